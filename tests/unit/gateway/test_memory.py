"""What a running guard remembers: whoever is forgotten by a command is forgotten here too, and does not come back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from straymail.cli.main import run
from straymail.config import Settings, load
from straymail.correspondence import observation
from straymail.desk import Desk
from straymail.gateway.memory import Memory
from straymail.message import parse_message
from straymail.record import Record, history, open_record

GONE = "robert.holt@army.mil"
EXAMPLE = Path(__file__).parents[3] / "examples/demo/history.mbox"


def command(*arguments: str) -> None:
    with pytest.raises(SystemExit) as ended:
        run(arguments)
    assert ended.value.code in (0, None)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    config = tmp_path / "straymail.toml"
    command("init", "--own", "mod.example", "--config", str(config), "--data-dir", str(tmp_path))
    command("learn", str(EXAMPLE), "--own", "mod.example", "--config", str(config))
    return load(config)


@pytest.fixture
def record(settings: Settings) -> Iterator[Record]:
    opened = open_record(settings.store_url, settings.store.key_file)
    yield opened
    opened.close()


def traces(record: Record) -> list[str]:
    """Rows of the learned history that name the address anywhere."""
    with record.reading() as connection:
        rows = connection.execute(text("select kind, a, b, value from history")).all()
    return [row.kind for row in rows if GONE in f"{row.a} {row.b} {row.value}"]


async def test_whoever_is_forgotten_stays_forgotten(tmp_path: Path, settings: Settings, record: Record) -> None:
    with record.reading() as connection:
        model = history.load_history(connection, settings.organisation.domains, record.keys.words)
        lesson = history.last_lesson(connection)
    memory = Memory(record, Desk(record, settings), model, lesson)
    assert model.person(GONE) is not None
    assert {"pair", "person", "words"} <= set(traces(record))
    command("forget", GONE, "--config", str(tmp_path / "straymail.toml"))
    assert traces(record) == []
    await memory.take_lessons()
    assert model.person(GONE) is None
    raw = f"From: clara.voss@mod.example\r\nTo: tom.okafor@mod.example\r\nMessage-ID: <n@x>\r\n\r\n{'crane ' * 9}\r\n"
    model.observe(observation(parse_message(raw.encode()), model.own_domains))
    await memory.save()
    assert traces(record) == []
    assert not memory.down
