"""A store others are busy with: the guard logs, learns and is reloaded all the same, and loses nothing."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from structlog.testing import capture_logs

from straymail.config import Settings, parse
from straymail.correspondence import Correspondence, Observation
from straymail.desk import Desk
from straymail.gateway.engine import Situation
from straymail.gateway.memory import Memory
from straymail.gateway.service import Service
from straymail.guard import Guard
from straymail.record import Record, history, log, new_key, open_record, parse_keys
from straymail.record.log import Entry
from straymail.verdict import Weights

NOW = 1_800_000_000.0
A, B = "a@mod.example", "b@x.example"
KEYS = parse_keys(new_key().decode())
HOLDER = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.readline()
held.execute("ROLLBACK")
"""


def settings(folder: Path, *domains: str) -> Settings:
    named = ", ".join(f'"{each}"' for each in domains)
    return parse(f'data_dir = "{folder}"\n[organisation]\ndomains = [{named}]', "straymail.toml")


def loaded(record: Record) -> Correspondence:
    with record.reading() as connection:
        return history.load_history(connection, ["mod.example"], record.keys.words)


def sent(model: Correspondence) -> int:
    facts = model.pair(A, B)
    return facts.sent if facts else 0


def message(number: int) -> Observation:
    return Observation(f"n{number}", NOW, A, "", ((B, ""),), False, f"<{number}>", (), "berth", False)


def learn_beside(record: Record, number: int) -> None:
    """What another process does: read the history, learn a message, write."""
    model = loaded(record)
    model.observe(message(number))
    with record.writing() as connection:
        history.save_rows(connection, model.drain(), NOW, since=model.revision)


def during_reading(monkeypatch: pytest.MonkeyPatch, does: Callable[[], None]) -> None:
    """Have this done in the middle of each reading of the history, in the thread that reads."""
    read = history.load_history

    def reading(*arguments: Any) -> Correspondence:
        model = read(*arguments)
        does()
        return model

    monkeypatch.setattr(history, "load_history", reading)


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Another process writes, and does not come to an end."""
    command = [sys.executable, "-c", HOLDER, str(file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdin is not None
        assert other.stdout.readline() == "held\n"
        yield
        other.stdin.write("enough\n")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "straymail.db"


@pytest.fixture
def stores(file: Path) -> Iterator[tuple[Record, Record]]:
    """The same store, as each of two processes has it open."""
    both = tuple(open_record(f"sqlite:///{file}", KEYS) for _ in range(2))
    yield both[0], both[1]
    for each in both:
        each.close()


def guard(record: Record, folder: Path) -> Memory:
    return Memory(record, Desk(record, settings(folder, "mod.example")), loaded(record), 0)


async def test_decisions_are_logged_while_the_history_is_read_again(
    stores: tuple[Record, Record], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory, logged, loop = guard(stores[0], tmp_path), list[list[str]](), asyncio.get_running_loop()
    learn_beside(stores[1], 1)
    memory.decided(Entry(NOW, "judged", {}))

    def write() -> None:
        asyncio.run_coroutine_threadsafe(memory.write_log(), loop).result(20)
        with stores[1].reading() as connection:
            logged.append([entry.kind for entry in log.entries(connection)])

    during_reading(monkeypatch, write)
    memory.learn(message(2))
    await memory.save()
    assert logged == [["judged"]]
    assert not memory.down
    assert sent(memory.model) == 2


async def test_what_cannot_be_saved_beside_a_busy_writer_is_saved_after_it(
    stores: tuple[Record, Record], tmp_path: Path, file: Path
) -> None:
    def impatient(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA busy_timeout = 50")

    memory = guard(stores[0], tmp_path)
    stores[0].engine.dispose()
    event.listen(stores[0].engine, "connect", impatient)
    memory.learn(message(1))
    memory.decided(Entry(NOW, "judged", {}))
    with locked(file):
        await memory.save()
        await memory.write_log()
        assert (memory.down, memory.unwritten) == (True, 1)
        memory.learn(message(2))
    await memory.save()
    await memory.write_log()
    assert (memory.down, memory.unwritten) == (False, 0)
    assert sent(loaded(stores[1])) == sent(memory.model) == 2


async def test_a_save_that_others_outrun_says_so_and_is_tried_long_at_the_end(
    stores: tuple[Record, Record], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory, others = guard(stores[0], tmp_path), iter(range(10, 20))
    memory.learn(message(1))
    read = history.load_history

    def write_once_more() -> None:
        if (number := next(others, None)) is None:
            return
        with monkeypatch.context() as plain:
            plain.setattr(history, "load_history", read)
            learn_beside(stores[1], number)

    learn_beside(stores[1], 9)
    during_reading(monkeypatch, write_once_more)
    with capture_logs() as said:
        await memory.save()
    assert [(each["event"], each["messages"]) for each in said if each["log_level"] == "warning"] == [
        ("history.not_saved", 1)
    ]
    await memory.save(last=True)
    assert next(others, None) is None
    monkeypatch.undo()
    assert sent(loaded(stores[1])) == sent(memory.model) == 12
    assert memory.model.knows("n1")


async def test_settings_of_a_reload_outlive_a_reading_under_way(
    stores: tuple[Record, Record], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh, reloaded = settings(tmp_path, "new.example", "mod.example"), asyncio.Event()
    service = Service(settings(tmp_path, "mod.example"), stores[0], situate, lambda: fresh)
    loop = asyncio.get_running_loop()

    def reload() -> None:
        service.reload()
        reloaded.set()

    def hang_up() -> None:
        os.kill(os.getpid(), signal.SIGHUP)
        asyncio.run_coroutine_threadsafe(reloaded.wait(), loop).result(20)

    loop.add_signal_handler(signal.SIGHUP, reload)
    learn_beside(stores[1], 1)
    during_reading(monkeypatch, hang_up)
    try:
        await service.memory.save()
    finally:
        loop.remove_signal_handler(signal.SIGHUP)
        service.engine.close()
    judges = service.engine.situation.guard.history
    assert judges.own_domains == {"new.example", "mod.example"}
    assert judges.is_own("new.example")
    assert [near for near, _ in judges.near_domains("nwe.example")] == ["new.example"]
    assert judges is service.memory.model
    assert sent(service.memory.model) == 1


def situate(given: Settings, model: Correspondence) -> Situation:
    return Situation(Guard(model, given.policy, Weights.shipped()), given)
