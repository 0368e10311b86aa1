"""The store on a real SQLite file: custody, deliveries, tokens, log, history."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import Connection, event

from straymail.correspondence import Correspondence, Observation, Row
from straymail.errors import BadInput, ConfigError, Conflict, NotFound, StoreDown, TokenRefused
from straymail.message import Address, parse_address
from straymail.record import (
    Record,
    custody,
    history,
    log,
    new_key,
    open_record,
    outbound,
    parse_keys,
    read_keys,
    tokens,
)
from straymail.record import status as status_of
from straymail.record.custody import NewHold, Waiting
from straymail.record.outbound import Target
from straymail.record.persons import named_in_json, names

NOW = 1_800_000_000.0
RAW = b"Subject: Harbour\r\n\r\nthe password is Kestrel-41\r\n"


def hold(raw: bytes = RAW, sender: str = "clara@mod.example") -> NewHold:
    waiting = [Waiting("holt@army.ml", True, ("holt@army.mil",)), Waiting("tom@mod.example", False)]
    return NewHold("ask", sender, waiting, {"sender": sender}, {"action": "ask"}, raw, NOW, NOW + 100, NOW + 50)


def take(record: Record, new: NewHold) -> str:
    with record.writing() as connection:
        return custody.take(connection, record.keys, new)[0]


def decided(record: Record) -> None:
    with record.writing() as connection:
        log.append(connection, record.keys, [log.Entry(NOW, "judged", {"n": number}) for number in range(2)])


def test_a_taken_message_comes_back_whole(record: Record) -> None:
    identifier = take(record, hold())
    with record.reading() as connection:
        held = custody.get(connection, identifier[:4])
        assert custody.body(connection, record.keys, identifier) == RAW
    assert (held.state, held.kind, held.size) == ("asked", "ask", len(RAW))
    assert held.recipients[0] == Waiting("holt@army.ml", True, ("holt@army.mil",))


def test_a_retry_of_the_client_is_the_same_hold(record: Record) -> None:
    first = take(record, hold())
    assert take(record, hold()) == first
    assert take(record, hold(sender="ines@mod.example")) != first
    with record.reading() as connection:
        assert custody.get(connection, first).duplicates == 1


def test_nothing_of_the_body_is_readable_on_disk_and_it_goes_with_the_last_step(
    in_file: Record, tmp_path: Path
) -> None:
    identifier = take(in_file, hold())
    assert b"Kestrel" not in b"".join(file.read_bytes() for file in tmp_path.iterdir())
    with in_file.writing() as connection:
        custody.transition(connection, identifier, custody.OPEN, "discarded", actor="clara@mod.example", now=NOW)
    with in_file.reading() as connection, pytest.raises(NotFound):
        custody.body(connection, in_file.keys, identifier)
    assert take(in_file, hold()) != identifier  # the same mail sent again later is a new question


@pytest.mark.parametrize(
    ("steps", "identified", "later", "same"),
    [
        (["releasing"], True, 60.0, True),
        (["releasing", "released"], True, 60.0, True),
        (["releasing", "corrected"], True, custody.RETRIES, True),
        (["releasing", "released"], True, custody.RETRIES + 1, False),  # somebody sends it once more
        (["releasing", "released"], False, 60.0, False),  # nothing says that it is one message
        (["releasing", "failed"], True, 60.0, False),
        (["discarded"], True, 60.0, False),
        (["expired"], True, 60.0, False),
    ],
)
def test_a_late_retry_of_what_was_sent_is_not_sent_again(
    record: Record, steps: list[str], identified: bool, later: float, same: bool
) -> None:
    identifier = take(record, replace(hold(), identified=identified))
    with record.writing() as connection:
        for before, state in pairwise(["asked", *steps]):
            custody.transition(connection, identifier, [before], state, actor="clara@mod.example", now=NOW)
    retry = replace(hold(), identified=identified, taken_at=NOW + later)
    assert (take(record, retry) == identifier) is same
    with record.reading() as connection:
        assert custody.get(connection, identifier).duplicates == same
    if not same:
        assert take(record, retry) != identifier  # and of the new one a retry is known


def test_what_was_sent_is_found_by_those_who_waited(record: Record) -> None:
    identifier = take(record, replace(hold(), identified=True))
    waited = [parse_address("holt@army.ml"), parse_address("tom@mod.example")]

    def found(sender: str, perhaps: list[list[Address]], now: float) -> bool:
        with record.writing() as connection:
            known = custody.sent(connection, RAW, sender, perhaps, now)
        return known is not None and known.id == identifier

    assert not found("clara@mod.example", [waited], NOW)  # it waits: nothing was sent
    with record.writing() as connection:
        custody.transition(connection, identifier, custody.OPEN, "releasing", actor="", now=NOW)
        custody.transition(connection, identifier, ["releasing"], "released", actor="", now=NOW)
    assert found("clara@mod.example", [waited[:1], waited], NOW)
    assert found("clara@mod.example", [[*reversed(waited)]], NOW)
    assert not found("clara@mod.example", [waited[:1]], NOW)
    assert not found("ines@mod.example", [waited], NOW)
    assert not found("clara@mod.example", [waited], NOW + custody.RETRIES + 1)
    with record.reading() as connection:
        assert custody.get(connection, identifier).duplicates == 2


def test_only_one_of_two_deciders_wins(record: Record) -> None:
    identifier = take(record, hold())
    with record.writing() as connection:
        custody.transition(connection, identifier, custody.OPEN, "releasing", actor="a", now=NOW)
    with pytest.raises(Conflict, match="is releasing"), record.writing() as connection:
        custody.transition(connection, identifier, custody.OPEN, "discarded", actor="b", now=NOW)


def test_due_messages(record: Record) -> None:
    identifier = take(record, hold())
    for at, remind, late in ((NOW, 0, 0), (NOW + 60, 1, 0), (NOW + 101, 0, 1)):
        with record.reading() as connection:
            reminders, expired = custody.due(connection, at)
        assert (len(reminders), len(expired)) == (remind, late)
    with record.writing() as connection:
        custody.remind_at(connection, identifier, None)
        assert custody.due(connection, NOW + 60) == ([], [])


@pytest.mark.parametrize("text", ["", "nosuch", "   "])
def test_an_unknown_id_is_not_found(record: Record, text: str) -> None:
    take(record, hold())
    with record.reading() as connection, pytest.raises(NotFound):
        custody.get(connection, text)


def test_a_transaction_that_fails_leaves_nothing(record: Record) -> None:
    def take_and_fail() -> None:
        with record.writing() as connection:
            custody.take(connection, record.keys, hold())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        take_and_fail()
    with record.reading() as connection:
        assert custody.listing(connection) == []


def test_deliveries_are_leased_and_retried(record: Record) -> None:
    with record.writing() as connection:
        key = outbound.enqueue(
            connection,
            record.keys,
            kind="release",
            held_id="h",
            sender="a@mod.example",
            recipients=["x@army.mil", "y@army.mil"],
            raw=RAW,
            now=NOW,
        )
        (first,) = outbound.claim(connection, record.keys, NOW)
        assert outbound.claim(connection, record.keys, NOW) == []
        assert (first.id, first.raw, first.attempts) == (key, RAW, 1)
        done = [outbound.Target("x@army.mil", "done"), outbound.Target("y@army.mil", "ready", "451 later")]
        assert outbound.settle(connection, key, done, now=NOW, pause=60, attempts=1) == "ready"
        assert outbound.claim(connection, record.keys, NOW + 59) == []
        (again,) = outbound.claim(connection, record.keys, NOW + 60)
        assert [each.state for each in again.targets] == ["done", "ready"]
        (dead,) = outbound.claim(connection, record.keys, NOW + 61 + outbound.LEASE)  # its process died
        last = [outbound.Target("x@army.mil", "done"), outbound.Target("y@army.mil", "failed", "550 no")]
        assert outbound.settle(connection, dead.id, last, now=NOW, pause=60, attempts=3) == "failed"
        assert outbound.counts(connection) == {"failed": 1}


def test_tokens_are_bound_and_used_once(record: Record) -> None:
    with record.writing() as connection:
        text = tokens.issue(connection, record.keys, "abcdefghjk", "Clara@mod.example", NOW + 10)
        assert text == text.lower()
        assert len(text) <= 40
        assert tokens.held_id_of(text.upper(), record.keys, "clara@mod.example") == "abcdefghjk"
        other = "b" if text.endswith("a") else "a"
        for wrong in (text[:-1], text[:-1] + other, "x" + text[1:], "", "é" * 26):
            with pytest.raises(TokenRefused):
                tokens.held_id_of(wrong, record.keys, "clara@mod.example")
        with pytest.raises(TokenRefused, match="address that was asked"):
            tokens.held_id_of(text, record.keys, "ines@mod.example")
        with pytest.raises(TokenRefused, match="expired"):
            tokens.use(connection, text, NOW + 11)
        tokens.use(connection, text, NOW)
        with pytest.raises(TokenRefused, match="used already"):
            tokens.use(connection, text, NOW)


ANN = parse_address("Ann@mod.example")


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ("ann@mod.example", True),
        ("ANN+lists@MOD.example", True),
        ({"x": ["<Ann@mod.example>: 550 unknown"]}, True),
        ({"ann@mod.example": 1}, True),
        ("bob@x.example corrected to ann@mod.example; ines@x.example sent as it is", True),
        ("joann@mod.example", False),
        ("ann@mod.example.org", False),
        ("xann@mod.example, ann@amod.example", False),
        ("o'ann@mod.example went", False),
        ("did you mean 'ann@mod.example'?", True),
        ([1, None, b"ann@mod.example"], False),
    ],
)
def test_a_person_is_found_by_whole_addresses(value: object, named: bool) -> None:
    assert names(value, ANN) is named
    if not isinstance(value, list):
        assert named_in_json(json.dumps(value), ANN) is named


def test_forgetting_takes_the_whole_person_and_nobody_else(record: Record) -> None:
    senders = ("Ann@mod.example", "ann+x@mod.example", "joann@mod.example")
    holds = [take(record, hold(RAW + each.encode(), each)) for each in senders]
    with record.writing() as connection:
        for identifier, sender in zip(holds, senders, strict=True):
            token = tokens.issue(connection, record.keys, identifier, sender, NOW + 10)
            assert token
            outbound.enqueue(
                connection,
                record.keys,
                kind="notice",
                held_id=identifier,
                sender="",
                recipients=[sender],
                raw=RAW,
                now=NOW,
            )
            log.append(connection, record.keys, [log.Entry(NOW, "held", {"sender": sender})])
        assert custody.naming(connection, ANN, settled=False) == holds[:2]
        assert custody.naming(connection, parse_address("HOLT+x@army.mil"), settled=False) == holds
        for identifier in holds:
            custody.transition(connection, identifier, custody.OPEN, "discarded", actor="a", now=NOW)
        for due in outbound.claim(connection, record.keys, NOW):
            done = [Target(each.address, "done") for each in due.targets]
            outbound.settle(connection, due.id, done, now=NOW, pause=1, attempts=1)
        assert custody.erase(connection, ANN) == 2
        assert outbound.erase(connection, ANN) == 2
        assert tokens.erase(connection, ANN) == 2
        assert log.erase(connection, record.keys, ANN, NOW) == 2
        left = [custody.get(connection, each).sender for each in holds]
        assert left == ["", "", "joann@mod.example"]
        assert log.verify(connection, record.keys).faults == ()


def test_history_comes_back(record: Record) -> None:
    model = Correspondence({"mod.example"})
    model.confirm("clara@mod.example", "holt@army.mil")
    model.correct("clara@mod.example", "holt@army.ml", "holt@army.mil")
    with record.writing() as connection:
        history.save_rows(connection, model.drain(), NOW, since=model.revision)
    with record.reading() as connection:
        again = history.load_history(connection, {"mod.example"})
        assert history.learned_at(connection) == NOW
    assert again.standing("clara@mod.example", "holt@army.mil").confirmed
    assert again.standing("clara@mod.example", "holt@army.ml").corrected_to == "holt@army.mil"
    again.forget("holt@army.mil")
    with record.writing() as connection:
        history.save_rows(connection, again.drain(), NOW, since=again.revision)
    with record.reading() as connection:
        left = history.load_history(connection, {"mod.example"})
    assert not left.standing("clara@mod.example", "holt@army.mil").confirmed


def test_status_counts(record: Record) -> None:
    take(record, hold())
    decided(record)
    with record.reading() as connection:
        found = status_of(connection, NOW)
    assert (found.held, found.oldest_held, found.decisions) == ({"asked": 1}, NOW, {"judged": 2})


def test_threads_take_turns(record: Record) -> None:
    def work(name: int) -> None:
        for number in range(5):
            take(record, hold(raw=f"{name} {number}".encode()))
            decided(record)

    threads = [threading.Thread(target=work, args=(name,)) for name in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with record.reading() as connection:
        assert len(custody.listing(connection)) == 30
        assert log.verify(connection, record.keys).faults == ()


_TAKER = """
import sys
from straymail.record import custody, open_record
from straymail.record.custody import NewHold, Waiting
from pathlib import Path
record = open_record(sys.argv[1], Path(sys.argv[2]))
number = 0
while True:
    number += 1
    new = NewHold("ask", "c@mod.example", [Waiting("h@army.ml", True)], {}, {}, b"%d" % number, 1.0, 2.0)
    with record.writing() as connection:
        identifier, _ = custody.take(connection, record.keys, new)
    print(identifier, flush=True)
"""


def test_what_was_said_to_be_taken_survives_kill_9(url: str, tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_bytes(new_key())
    key.chmod(0o600)
    said: set[str] = set()
    for _ in range(3):
        child = subprocess.Popen([sys.executable, "-c", _TAKER, url, str(key)], stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        for _ in range(20):
            said.add(child.stdout.readline().strip())
        os.kill(child.pid, signal.SIGKILL)
        said.update(line.strip() for line in child.stdout if line.endswith("\n"))
        child.wait()
        child.stdout.close()
    record = open_record(url, key)
    with record.reading() as connection:
        found = {each.id for each in custody.listing(connection)}
    record.close()
    assert said <= found
    assert len(said) >= 20


def test_a_full_database_says_so_and_takes_nothing(in_file: Record) -> None:
    @event.listens_for(in_file.engine, "begin")
    def _no_room(connection: Connection) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    with pytest.raises(StoreDown, match="full"):
        take(in_file, hold(raw=os.urandom(200_000)))
    with in_file.reading() as connection:
        assert custody.listing(connection) == []


def test_a_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    keys = parse_keys(new_key().decode())
    open_record(url, keys).close()
    with sqlite3.connect(tmp_path / "store.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(BadInput, match=r"database .*store\.db: was made by a newer version \(schema 9999\)"):
        open_record(url, keys)


@pytest.mark.parametrize("at", [0, 4_096])
def test_a_database_that_is_damaged_is_named_and_not_tried_again(at: int, tmp_path: Path) -> None:
    file = tmp_path / "store.db"
    open_record(f"sqlite:///{file}", parse_keys(new_key().decode())).close()
    whole = file.read_bytes()
    file.write_bytes(whole[:at] + b"no page" * 8_000)
    with pytest.raises(BadInput, match=r"database .*store\.db: is damaged, or no database at all"):
        open_record(f"sqlite:///{file}", parse_keys(new_key().decode()))
    assert file.read_bytes().startswith(whole[:at] + b"no page")


def test_an_error_names_the_database(tmp_path: Path) -> None:
    file = tmp_path / "store.db"
    opened = open_record(f"sqlite:///{file}", parse_keys(new_key().decode()))
    file.rename(tmp_path / "elsewhere.db")
    with pytest.raises(StoreDown, match=r"database .*store\.db: its file was moved away"), opened.writing():
        pass
    opened.close()


@pytest.mark.parametrize(
    ("url", "said"), [("mysql://x/y", "not supported"), ("nonsense", "cannot be used"), ("", "cannot be used")]
)
def test_an_unusable_url_is_refused(url: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        open_record(url, parse_keys(new_key().decode()))


def test_key_files(tmp_path: Path) -> None:
    file = tmp_path / "key"
    with pytest.raises(BadInput, match="no key file"):
        read_keys(file)
    file.write_bytes(new_key())
    file.chmod(0o644)
    with pytest.raises(BadInput, match="0644"):
        read_keys(file)
    file.chmod(0o600)
    old = read_keys(file)
    file.write_bytes(file.read_bytes() + b"# rotated\n" + new_key())
    both = read_keys(file)
    sealed = bytes(old.encrypt([b"x", b"", b"y"], "id"))
    assert b"".join(both.decrypt(sealed, "id")) == b"xy"
    assert both.verify(old.sign("p", "a"), "p", "a")
    assert not both.verify(old.sign("p", "a"), "q", "a")
    for changed in (sealed[:-1] + b"?", sealed[:20], b""):
        with pytest.raises(BadInput):
            both.decrypt(changed, "id")
    with pytest.raises(BadInput):
        both.decrypt(sealed, "another")
    file.write_text("straymail-key-1 abc short\n")
    with pytest.raises(BadInput, match=":1: is no key"):
        read_keys(file)


def test_what_messages_are_about_is_kept_while_it_is_wanted(record: Record) -> None:
    model = Correspondence({"mod.example"}, record.keys.words)
    to = (("holt@army.mil", "Robert Holt"),)
    for number in range(2):
        text = ("tanker", f"berth{number}")
        model.observe(
            Observation(f"i{number}", NOW + number, "c@mod.example", "", to, False, f"m{number}", (), "", False, text)
        )
    with record.writing() as connection:
        history.save_rows(connection, model.drain(), NOW, since=model.revision)
    with record.reading() as connection:
        again = history.load_history(connection, {"mod.example"}, record.keys.words)
    assert again.topic(("tanker", "berth1"))("holt@army.mil") > 0
    with record.writing() as connection:
        history.save_rows(connection, [Row("unsaid", f"i{number}", "", {}) for number in range(2)], NOW, since=1)
    with record.reading() as connection:
        left = history.load_history(connection, {"mod.example"}, record.keys.words)
    assert left.topic(("tanker", "berth1"))("holt@army.mil") == 0
    assert left.pair("c@mod.example", "holt@army.mil") is not None


def test_no_message_is_missing_from_the_list(record: Record) -> None:
    with record.writing() as connection:
        for number in range(1_003):
            custody.take(connection, record.keys, hold(raw=b"%d" % number))
        assert len(custody.listing(connection, custody.OPEN)) == 1_003
        assert len(custody.listing(connection, limit=2)) == 2
        assert (custody.count(connection), custody.count(connection, ["failed"])) == (1_003, 0)


def test_a_clock_that_is_set_back_keeps_nothing_waiting(record: Record) -> None:
    day = 86_400.0
    with record.writing() as connection:
        for identifier, ahead in (("a", day), ("b", outbound.LONGEST_PAUSE)):
            outbound.enqueue(
                connection,
                record.keys,
                kind="notice",
                held_id="h",
                sender="",
                recipients=["x@mod.example"],
                raw=RAW,
                now=NOW + ahead,
                identifier=identifier,
            )
        assert [each.id for each in outbound.claim(connection, record.keys, NOW)] == ["a"]  # "b" may well be a pause
        assert outbound.claim(connection, record.keys, NOW) == []
