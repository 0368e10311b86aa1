"""The decision log: whole, and any change of it found."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from private_postgresql import PostgreSQL
from straymail.errors import StoreDown
from straymail.message import parse_address
from straymail.record import Keys, Record, log, new_key, open_record, parse_keys

NOW = 1_800_000_000.0


def fill_log(record: Record, count: int = 6) -> None:
    with record.writing() as connection:
        for number in range(count):
            entry = log.Entry(NOW + number, "judged", {"to": f"p{number}@army.mil", "n": number})
            log.append(connection, record.keys, [entry])


def test_the_log_verifies_and_tells(record: Record) -> None:
    fill_log(record)
    with record.reading() as connection:
        assert log.verify(connection, record.keys).faults == ()
        assert [entry.seq for entry in log.entries(connection, about="p3@army.mil")] == [4]
        assert [entry.seq for entry in log.entries(connection, after=4, kinds=["judged"])] == [5, 6]


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE decision_text SET payload = '{\"n\":9}' WHERE seq = 3",
        "UPDATE decision_text SET salt = 'x' WHERE seq = 3",
        "DELETE FROM decision_text WHERE seq = 3",
        "DELETE FROM decision WHERE seq = 3",
        "DELETE FROM decision WHERE seq = 6",
        "UPDATE decision SET at = at + 1 WHERE seq = 1",
        "UPDATE decision SET kind = 'passed' WHERE seq = 2",
        "UPDATE decision SET digest = substr(digest, 2) || 'a' WHERE seq = 5",
        "UPDATE decision SET chain = substr(chain, 2) || 'a' WHERE seq = 6",
        "UPDATE decision_head SET seq = 5",
        "UPDATE decision_head SET mac = replace(mac, substr(mac, 1, 1), 'z')",
        "DELETE FROM decision_head",
        "UPDATE decision SET seq = -seq WHERE seq IN (2, 3)",
        "INSERT INTO decision VALUES (7, 1.0, 'judged', 'x', 'y')",
        "DELETE FROM decision; DELETE FROM decision_text; DELETE FROM decision_head",
        "DELETE FROM decision; DELETE FROM decision_text",
        "INSERT INTO decision_text VALUES (99, 'x', '{}')",
        "INSERT INTO decision_text VALUES (-1, 'x', '{}')",
        "UPDATE decision_text SET payload = x'ff00' WHERE seq = 3",
        "UPDATE decision_text SET salt = x'ff00' WHERE seq = 3",
        "UPDATE decision SET kind = x'ff00' WHERE seq = 3",
        "UPDATE decision SET digest = x'ff00' WHERE seq = 3",
        "UPDATE decision SET chain = x'ff00' WHERE seq = 6",
        "UPDATE decision_head SET mac = x'ff00'",
        "UPDATE decision_head SET chain = x'ff00'",
        "UPDATE decision_head SET mac = 'é'",
        "INSERT INTO decision_head VALUES (2, 6, 'x', 'y')",
    ],
)
def test_any_change_of_the_log_is_found(in_file: Record, tmp_path: Path, tampering: str) -> None:
    fill_log(in_file)
    with sqlite3.connect(tmp_path / "store.db") as connection:
        connection.executescript(tampering)
    connection.close()
    with in_file.reading() as view:
        assert log.verify(view, in_file.keys).faults


def test_a_fresh_log_is_whole_and_an_emptied_one_stays_suspect(in_file: Record, tmp_path: Path) -> None:
    with in_file.reading() as view:
        assert log.verify(view, in_file.keys) == log.Verification(0, 0, log.GENESIS, ())
    fill_log(in_file)
    with sqlite3.connect(tmp_path / "store.db") as connection:
        for table in ("decision", "decision_text", "decision_head"):
            connection.execute(f"DELETE FROM {table}")
    connection.close()
    fill_log(in_file)  # the guard goes on, and does not cover it up
    fill_log(in_file)
    again = open_record(f"sqlite:///{tmp_path / 'store.db'}", in_file.keys)
    with again.reading() as view:
        assert log.verify(view, in_file.keys).faults == ("the head of the log is missing",)
        assert len(list(log.entries(view))) == 12
    again.close()


def test_an_erasure_that_cannot_be_read_erases_nothing(record: Record) -> None:
    fill_log(record)
    with record.writing() as connection:
        log.append(connection, record.keys, [log.Entry(NOW, log.ERASED, {"other": 1})])
    with record.reading() as view:
        assert log.verify(view, record.keys).faults == ()


def test_a_tail_cut_off_with_its_head_is_found(in_file: Record, tmp_path: Path) -> None:
    fill_log(in_file)
    with sqlite3.connect(tmp_path / "store.db") as connection:
        connection.execute("DELETE FROM decision WHERE seq = 6")
        connection.execute("UPDATE decision_head SET seq = 5, chain = (SELECT chain FROM decision WHERE seq = 5)")
    connection.close()
    with in_file.reading() as view:
        assert "not made with this key" in log.verify(view, in_file.keys).faults[-1]


@pytest.mark.parametrize(
    "forgery", ["UPDATE decision SET kind = 'passed' WHERE seq = 2", "DELETE FROM decision WHERE seq = 6"]
)
def test_a_forged_log_is_not_made_good_by_the_next_entry(in_file: Record, tmp_path: Path, forgery: str) -> None:
    fill_log(in_file)
    with sqlite3.connect(tmp_path / "store.db") as connection:  # all that can be made without the key is made
        connection.execute(forgery)
        connection.execute("DELETE FROM decision_text WHERE seq NOT IN (SELECT seq FROM decision)")
        chain = log.GENESIS
        for seq, at, kind, digest in connection.execute(
            "SELECT seq, at, kind, digest FROM decision ORDER BY seq"
        ).fetchall():
            chain = log._link(chain, seq, at, kind, digest)
            connection.execute("UPDATE decision SET chain = ? WHERE seq = ?", (chain, seq))
        connection.execute("UPDATE decision_head SET seq = ?, chain = ?", (seq, chain))
    connection.close()
    for _ in range(2):
        with in_file.reading() as view:
            assert log.verify(view, in_file.keys).faults == ("the head of the log was not made with this key",)
        fill_log(in_file)


def test_another_key_signs_nothing(record: Record) -> None:
    fill_log(record)
    other = parse_keys(new_key().decode())
    with record.writing() as connection:
        assert log.signed_here(connection, record.keys)
        assert not log.signed_here(connection, other)
        log.append(connection, other, [log.Entry(NOW, "judged", {})])
        assert log.verify(connection, other).faults
        assert log.verify(connection, record.keys).faults


def test_a_new_key_beside_the_old_one_goes_on(record: Record) -> None:
    fill_log(record)
    fresh = parse_keys(new_key().decode())
    both = Keys((*record.keys.material, *fresh.material))
    with record.writing() as connection:
        log.append(connection, both, [log.Entry(NOW, "judged", {})])
        assert log.verify(connection, both).faults == ()
        assert log.signed_here(connection, fresh)


def test_writers_of_several_machines_take_turns(url: str) -> None:
    keys = parse_keys(new_key().decode())
    records = [open_record(url, keys) for _ in range(3)]  # as three guards would: each with a lock of its own

    def append(record: Record) -> None:
        for number in range(20):
            with record.writing() as connection:
                log.append(connection, keys, [log.Entry(NOW, "judged", {"n": number})])

    with ThreadPoolExecutor() as threads:
        list(threads.map(append, records))
    with records[0].reading() as view:
        assert log.verify(view, keys).faults == ()
        assert len(list(log.entries(view))) == 60
    for record in records:
        record.close()


def test_forgetting_leaves_the_chain_whole(record: Record) -> None:
    fill_log(record)
    with record.writing() as connection:
        assert log.erase(connection, record.keys, parse_address("p2@army.mil"), NOW) == 1
    with record.reading() as connection:
        found = log.verify(connection, record.keys)
        assert (found.faults, found.erased, found.entries) == ((), 1, 7)
        assert next(entry for entry in log.entries(connection) if entry.seq == 3).payload is None


def test_a_store_is_opened_while_somebody_writes(url: str) -> None:
    keys = parse_keys(new_key().decode())
    first = open_record(url, keys)
    with first.writing() as connection:
        log.append(connection, keys, [log.Entry(NOW, "judged", {})])
        second = open_record(url, keys)  # a writer that hangs must not keep another guard from starting
        with second.reading() as view:
            assert list(log.entries(view)) == []
    second.close()
    first.close()


def test_a_writer_that_waits_too_long_says_for_what(postgresql: PostgreSQL, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("straymail.record.dialect._BUSY_MS", 200)
    keys = parse_keys(new_key().decode())
    with postgresql.database() as url:
        first, second = open_record(url, keys), open_record(url, keys)
        with first.writing(), pytest.raises(StoreDown, match="another process has been writing"), second.writing():
            pass
        with second.writing() as connection:
            log.append(connection, keys, [log.Entry(NOW, "judged", {})])
        first.close()
        second.close()


def test_a_writer_that_is_gone_lets_go(postgresql: PostgreSQL, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("straymail.record.dialect._IDLE_MS", 300)
    keys = parse_keys(new_key().decode())
    with postgresql.database() as url:
        first, second = open_record(url, keys), open_record(url, keys)

        def append(record: Record, meanwhile: Callable[[], None] = lambda: None) -> None:
            with record.writing() as connection:
                meanwhile()
                log.append(connection, keys, [log.Entry(NOW, "judged", {})])

        with pytest.raises(StoreDown):  # the server has ended its session
            append(first, lambda: append(second))
        with first.reading() as view:
            assert len(list(log.entries(view))) == 1
        first.close()
        second.close()
