"""The guard's first seconds, beside others who use its store."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from pathlib import Path

import pytest

from straymail.gateway.service import Service
from straymail.record import dialect, new_key, open_record, outbound, parse_keys

from .test_reload import settings, situate


async def test_a_store_that_is_locked_at_the_start_stops_no_guard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialect, "_BUSY_MS", 200)
    folder = tmp_path / "outbox"
    doors = f'[gateway]\nmilter = "unix:{tmp_path}/m"\nlisten = "off"\nnext_hop = "outbox:{folder}"\n'
    given = settings(tmp_path, "mod.example", more=f'{doors}[metrics]\nlisten = "off"\n')
    record = open_record(given.store_url, parse_keys(new_key().decode()))
    with record.writing() as connection:  # what a guard that was killed had taken up
        outbound.enqueue(
            connection,
            record.keys,
            kind="notice",
            held_id="x",
            sender="",
            recipients=["a@mod.example"],
            raw=b"Subject: x\r\n\r\n",
            now=0,
        )
        outbound.claim(connection, record.keys, time.time())
    other = sqlite3.connect(tmp_path / "straymail.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    service, opened = Service(given, record, situate, lambda: given), asyncio.Event()
    running = asyncio.ensure_future(service.run(lambda _doors: opened.set()))
    await asyncio.wait_for(opened.wait(), 10)
    await asyncio.sleep(1.5)
    assert not running.done()
    other.execute("ROLLBACK")
    other.close()
    deadline = time.monotonic() + 10
    while not list(folder.glob("*.eml")) and time.monotonic() < deadline:  # noqa: ASYNC110  (a folder tells nobody)
        await asyncio.sleep(0.05)
    assert len(list(folder.glob("*.eml"))) == 1
    service._stop.set()
    await asyncio.wait_for(running, 10)
    record.close()
