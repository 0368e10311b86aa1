"""Two processes on one store: a guard that runs, and one that learns beside it. Neither loses what the other knows."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from straymail.audit.learn import Learner
from straymail.config import parse
from straymail.correspondence import Correspondence, Observation
from straymail.desk import Desk
from straymail.errors import Outdated
from straymail.gateway.memory import Memory
from straymail.record import Record, history, new_key, open_record, parse_keys
from straymail.record.log import FORGOTTEN, Entry, append, entries

OWN = ("mod.example",)
NOW = 1_800_000_000.0
A, B = "a@mod.example", "b@x.example"
MAIL = (
    "Message-ID: <{0}@x>\nDate: Mon, 06 Jan 2025 10:00:00 +0000\n"
    "From: a@mod.example\nTo: b@x.example\nSubject: berth {0}\n\nhello\n"
)
KEYS = parse_keys(new_key().decode())


def one_more(number: int, to: str = B) -> Observation:
    return Observation(f"own{number}", NOW, A, "", ((to, ""),), False, f"<{number}>", (), "berth", False)


def loaded(record: Record) -> Correspondence:
    with record.reading() as connection:
        return history.load_history(connection, OWN, record.keys.words)


def sent(model: Correspondence) -> int:
    facts = model.pair(A, B)
    return facts.sent if facts else 0


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[tuple[Record, Record]]:
    """The same store, as each of two processes has it open."""
    both = tuple(open_record(f"sqlite:///{tmp_path}/store.db", KEYS) for _ in range(2))
    yield both[0], both[1]
    for each in both:
        each.close()


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    folder = tmp_path / "mail"
    folder.mkdir()
    for number in range(10):
        (folder / f"{number}.eml").write_text(MAIL.format(number))
    return folder


def guard(record: Record) -> Memory:
    return Memory(record, Desk(record, parse('[organisation]\ndomains = ["mod.example"]')), loaded(record), 0)


def learn(record: Record, archive: Path) -> Learner:
    learner = Learner(record, loaded(record), NOW)
    learner.archives([archive], lambda *_: None)
    return learner


async def test_a_guard_takes_what_was_learned_beside_it(stores: tuple[Record, Record], archive: Path) -> None:
    memory = guard(stores[0])
    model = memory.model
    memory.learn(one_more(1))
    await memory.save()
    learn(stores[1], archive)
    memory.learn(one_more(2))
    await memory.save()
    assert sent(model) == sent(loaded(stores[1])) == 12
    memory.learn(one_more(3))
    await memory.save()
    assert sent(model) == sent(loaded(stores[1])) == 13
    assert not memory.down


async def test_a_guard_that_learned_nothing_takes_it_too(stores: tuple[Record, Record], archive: Path) -> None:
    memory = guard(stores[0])
    learn(stores[1], archive)
    await memory.save()
    assert sent(memory.model) == 10


async def test_what_passes_while_it_reads_counts(
    stores: tuple[Record, Record], archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory, read = guard(stores[0]), history.load_history
    learn(stores[1], archive)

    def slowly(*arguments: object) -> Correspondence:
        model = read(*arguments)  # type: ignore[arg-type]
        memory.learn(one_more(1))
        return model

    monkeypatch.setattr(history, "load_history", slowly)
    await memory.save()
    monkeypatch.undo()
    assert sent(memory.model) == 11
    await memory.save()
    assert sent(loaded(stores[1])) == 11


async def test_learning_keeps_what_a_guard_saved_meanwhile(stores: tuple[Record, Record], archive: Path) -> None:
    learner, memory = Learner(stores[1], loaded(stores[1]), NOW), guard(stores[0])
    memory.learn(one_more(1))
    await memory.save()
    learner.archives([archive], lambda *_: None)
    assert learner.result.new == 10
    assert sent(loaded(stores[0])) == 11


async def test_forgotten_beside_it_stays_forgotten(stores: tuple[Record, Record], archive: Path) -> None:
    learn(stores[1], archive)
    memory, other = guard(stores[0]), loaded(stores[1])
    other.forget(B)
    with stores[1].writing() as connection:
        history.save_rows(connection, other.drain(), NOW, since=other.revision)
    memory.learn(one_more(1, "c@x.example"))
    await memory.save()
    assert memory.model.person(B) is None
    assert loaded(stores[1]).person(B) is None
    assert memory.model.person("c@x.example") is not None


def test_rows_of_an_older_state_are_refused(stores: tuple[Record, Record], archive: Path) -> None:
    old = loaded(stores[0])
    learn(stores[1], archive)
    old.observe(one_more(1))
    with pytest.raises(Outdated), stores[0].writing() as connection:
        history.save_rows(connection, old.drain(), NOW, since=old.revision)
    assert sent(loaded(stores[0])) == 10


def test_a_model_taken_over_groups_people_as_its_own(stores: tuple[Record, Record]) -> None:
    model, fresh = Correspondence(OWN), Correspondence(OWN)
    fresh.observe(one_more(1))
    model.become(fresh)
    model.enter("alan.tarnow@mod.example", "Alan Tarnow")
    model.enter("tarnow@mod.example", "Alan Tarnow")
    assert set(model.same("tarnow@mod.example")) == {"alan.tarnow@mod.example", "tarnow@mod.example"}
    assert sent(model) == 1


async def test_who_was_forgotten_before_keeps_what_was_learned_since(
    stores: tuple[Record, Record], archive: Path
) -> None:
    learn(stores[1], archive)
    with stores[1].reading() as connection:
        before = history.load_history(connection, OWN, KEYS.words)
    gone = Entry(NOW, FORGOTTEN, {"who": KEYS.mark(B), "revision": before.revision})
    with stores[1].writing() as connection:
        append(connection, KEYS, [gone])
    memory = guard(stores[0])  # reads what was learned after that
    await memory.save()
    assert sent(memory.model) == 10
    assert sent(loaded(stores[1])) == 10


async def test_a_guard_that_stops_sees_its_writing_through(stores: tuple[Record, Record]) -> None:
    memory = guard(stores[0])
    running = asyncio.ensure_future(memory.run())
    memory.decided(Entry(NOW, "judged", {}))
    memory.stop()
    await asyncio.wait_for(running, 10)
    await memory.write_log()
    assert memory.unwritten == 0
    with stores[1].reading() as connection:
        assert [entry.kind for entry in entries(connection)] == ["judged"]
