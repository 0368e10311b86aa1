"""Fixtures of the desk's tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from straymail.config import parse
from straymail.desk import Courier, Desk
from straymail.record import new_key, open_record, parse_keys

from .office import Office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    outbox = tmp_path / "outbox"
    settings = parse(
        f'data_dir = "{tmp_path}"\n[organisation]\ndomains = ["mod.example"]\nofficers = ["officer@mod.example"]\n'
        f'[gateway]\nnext_hop = "outbox:{outbox}"\n[desk]\nnotice_rate = 3\n',
        "straymail.toml",
    )
    record = open_record(settings.store_url, parse_keys(new_key().decode()))
    desk = Desk(record, settings)
    yield Office(desk, Courier(desk, settings), outbox)
    record.close()
