"""What ``status`` counts as a failure: what is not settled, and what the failure policies did of late."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from straymail.errors import StoreDown
from straymail.record import LastDay, Record, custody, log, new_key, open_record, outbound, parse_keys, schema, status
from straymail.record.custody import NewHold, Waiting
from straymail.record.outbound import Target

NOW = 1_800_000_000.0
WAITING = (Waiting("holt@army.ml", suspect=True),)


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    opened = open_record(f"sqlite:///{tmp_path / 'straymail.db'}", parse_keys(new_key().decode()))
    yield opened
    opened.close()


def test_a_failed_notice_counts_until_its_message_is_settled(record: Record) -> None:
    new = NewHold("hold", "clara@mod.example", WAITING, {}, {}, b"x", NOW, NOW + 10)
    with record.writing() as connection:
        held, _ = custody.take(connection, record.keys, new)
        to = ["clara@mod.example"]
        outbound.enqueue(
            connection, record.keys, kind="notice", held_id=held, sender="", recipients=to, raw=b"x", now=NOW
        )
        for due in outbound.claim(connection, record.keys, NOW):
            gone = [Target(each.address, "failed", "550 no") for each in due.targets]
            outbound.settle(connection, due.id, gone, now=NOW, pause=1, attempts=1)
        assert status(connection, NOW).undelivered == 1
        custody.transition(connection, held, custody.OPEN, "discarded", actor="a", now=NOW)
        assert status(connection, NOW).undelivered == 0
        assert status(connection, NOW).deliveries == {"failed": 1}


def test_failures_are_those_of_the_last_day(record: Record) -> None:
    moments = ((NOW - 90_000, "unchecked"), (NOW - 10, "unchecked"), (NOW, "deferred"), (NOW, "judged"))
    with record.writing() as connection:
        log.append(connection, record.keys, [log.Entry(at, kind, {}) for at, kind in moments])
        assert status(connection, NOW).failures == {"unchecked": 1, "deferred": 1}


def test_the_last_day_tells_what_the_mode_let_pass(record: Record) -> None:
    passed, would = {"recipients": [{"action": "pass"}]}, {"recipients": [{"action": "tag", "would": "ask"}]}
    quoted = {"sender": '"would":'}  # a sender who names himself so counts for nothing
    moments: list[tuple[float, str, dict[str, Any]]] = [(NOW - 90_000, "judged", would)]
    moments += [(NOW - 9, "judged", passed), (NOW - 8, "judged", would)]
    moments += [(NOW - 7, "judged", quoted), (NOW - 6, "held", {"verdict": would}), (NOW - 5, "answer", would)]
    with record.writing() as connection:
        log.append(connection, record.keys, [log.Entry(at, kind, payload) for at, kind, payload in moments])
        assert status(connection, NOW).last_day == LastDay(messages=4, held=1, would=1)
        assert status(connection, NOW + 90_000).last_day == LastDay(0, 0, 0)


def test_what_fails_is_told_without_what_it_was_about(record: Record) -> None:
    with pytest.raises(StoreDown) as failed, record.writing() as connection:
        connection.execute(insert(schema.held).values(id="the code is 4711"))
    told = str(failed.value.__cause__)  # as a traceback brings it into the journal
    assert "INSERT INTO held" in told
    assert "4711" not in told


@pytest.mark.parametrize("back", [False, True])
def test_a_database_that_was_moved_away_takes_nothing(record: Record, tmp_path: Path, back: bool) -> None:
    """What would be committed to it now could be gone after a restart."""
    file, away = tmp_path / "straymail.db", tmp_path / "away.db"
    entry = log.Entry(NOW, "judged", {})
    with record.writing() as connection:
        log.append(connection, record.keys, [entry])
    file.rename(away)
    for _ in range(2):
        with pytest.raises(StoreDown, match="moved away"), record.writing() as connection:
            log.append(connection, record.keys, [entry])
        with pytest.raises(StoreDown, match="moved away"), record.reading() as connection:
            log.verify(connection, record.keys)
    assert not file.exists()  # an empty one would hide what happened
    if back:
        away.rename(file)
        with record.writing() as connection:
            log.append(connection, record.keys, [entry])
            assert log.verify(connection, record.keys).entries == 2


def test_a_clock_set_back_leaves_room_for_notices(record: Record) -> None:
    to = "clara@mod.example"
    with record.writing() as connection:
        for made in (NOW - 4_000, NOW - 10, NOW, NOW + 86_400):
            outbound.enqueue(
                connection, record.keys, kind="notice", held_id="", sender="", recipients=[to], raw=b"x", now=made
            )
        assert outbound.recent_notices(connection, to, NOW - 3_600, NOW) == 2
