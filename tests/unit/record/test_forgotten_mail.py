"""Queued mail and a person who is to be forgotten: notices are dropped, messages are not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from straymail.message import parse_address
from straymail.record import Record, custody, new_key, open_record, outbound, parse_keys, schema
from straymail.record.custody import NewHold, Waiting
from straymail.record.outbound import Target

NOW = 1_800_000_000.0
ANN, TOM = parse_address("ann@mod.example"), parse_address("tom@mod.example")


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    opened = open_record(f"sqlite:///{tmp_path / 'straymail.db'}", parse_keys(new_key().decode()))
    yield opened
    opened.close()


def queue(record: Record, kind: str, held_id: str, to: str) -> str:
    with record.writing() as connection:
        return outbound.enqueue(
            connection, record.keys, kind=kind, held_id=held_id, sender="", recipients=[to], raw=b"x", now=NOW
        )


def discarded(record: Record) -> str:
    new = NewHold("hold", str(TOM), (Waiting(str(ANN), suspect=True),), {}, {}, b"x", NOW, NOW + 10)
    with record.writing() as connection:
        held, _ = custody.take(connection, record.keys, new)
        custody.transition(connection, held, custody.OPEN, "discarded", actor="a", now=NOW)
    return held


def test_queued_notices_to_or_about_the_person_are_dropped(record: Record) -> None:
    held = discarded(record)
    to, about = queue(record, "notice", "", "Ann+x@mod.example"), queue(record, "notice", held, str(TOM))
    other = queue(record, "notice", "another", str(TOM))
    with record.writing() as connection:
        (first, *_) = outbound.claim(connection, record.keys, NOW, limit=1)  # one is on its way at that moment
        assert outbound.erase(connection, ANN, custody.naming(connection, ANN, settled=True)) == 2
        rows = {row.id: row for row in connection.execute(select(schema.delivery))}
        for each in (to, about):
            assert (rows[each].state, rows[each].recipients, rows[each].body) == ("failed", "[]", None)
        assert rows[other].body is not None
        done = [Target(each.address, "done") for each in first.targets]
        late = outbound.settle(connection, first.id, done, now=NOW, pause=1, attempts=1)
    assert late == ("done" if first.id == other else "stale")


@pytest.mark.parametrize("kind", ["release", "return"])
def test_a_message_on_its_way_is_not_dropped(record: Record, kind: str) -> None:
    identifier = queue(record, kind, "held", str(ANN))
    with record.writing() as connection:
        assert outbound.must_arrive(connection, ANN) == [identifier]
        assert outbound.must_arrive(connection, TOM) == []
        assert outbound.erase(connection, ANN) == 0
