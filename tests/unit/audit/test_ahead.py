"""Messages read ahead in other processes: the same observations, in order, whatever becomes of the processes."""

from __future__ import annotations

import os
import signal
from multiprocessing import active_children
from pathlib import Path

import pytest

from straymail.audit import ahead
from straymail.audit.ahead import Ahead, observed
from straymail.audit.archives import Item
from straymail.audit.learn import Learner
from straymail.correspondence import Correspondence, Observation
from straymail.record import history, new_key, open_record, parse_keys

OWN = frozenset(("mod.example",))


def items(count: int, size: int = 40) -> list[Item]:
    return [
        Item(
            Path("a.mbox"),
            number,
            f"From: a@mod.example\nTo: b{number}@x.example\nSubject: {number}\n\n{'word ' * size}".encode(),
        )
        for number in range(count)
    ]


@pytest.mark.parametrize("size", [0, ahead.WORTH])
def test_observations_come_in_order(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "_CHUNK_ITEMS", 7)
    monkeypatch.setattr(ahead, "_cores", lambda: 3)
    given, reader = items(300), Ahead(OWN, words=True)
    with reader.processes(size):
        found = list(reader.read(given))
    assert [item for item, _ in found] == given
    assert [seen for _, seen in found] == observed([item.raw for item in given], OWN, words=True)


def test_what_is_under_way_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "_CHUNK_ITEMS", 1)
    monkeypatch.setattr(ahead, "_MOST_BYTES", 10_000)
    monkeypatch.setattr(ahead, "_cores", lambda: 2)
    given, taken, reader = items(60, 400), 0, Ahead(OWN, words=False)

    def counted() -> object:
        nonlocal taken
        for item in given:
            taken += 1
            yield item

    with reader.processes(ahead.WORTH):
        for number, _ in enumerate(reader.read(counted())):  # type: ignore[arg-type]
            assert taken - number <= 10_000 // 2_000 + 2


def test_a_killed_process_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "_CHUNK_ITEMS", 5)
    monkeypatch.setattr(ahead, "_cores", lambda: 2)
    given, reader, killed = items(400), Ahead(OWN, words=True), False
    found = []
    with reader.processes(ahead.WORTH):
        for _, seen in reader.read(given):
            found.append(seen)
            for child in active_children() if not killed else ():
                child.kill()
                killed = True
    assert killed
    assert found == observed([item.raw for item in given], OWN, words=True)


def test_ctrl_c_in_the_middle_of_a_message_learns_it_whole(tmp_path: Path) -> None:
    file = tmp_path / "a.mbox"
    file.write_bytes(b"".join(b"From x Thu Jan  1 00:00:00 2026\n" + item.raw + b"\n\n" for item in items(50)))
    record = open_record(f"sqlite:///{tmp_path}/store.db", parse_keys(new_key().decode()))

    class Pressed(Correspondence):
        def observe(self, seen: Observation) -> bool:
            if seen.subject == "20":
                os.kill(os.getpid(), signal.SIGINT)
                for _ in range(100):
                    "".join(seen.words)  # where an interrupt would strike
            return super().observe(seen)

    first = Learner(record, Pressed(OWN), 2e9)
    first.archives([file], lambda *_: None)
    assert first.result.interrupted
    assert first.result.new == 21
    with record.reading() as connection:
        known = history.load_history(connection, OWN)
    assert known.pair("a@mod.example", "b20@x.example")
    second = Learner(record, known, 2e9)
    second.archives([file], lambda *_: None)
    assert (second.result.new, second.result.known, second.result.interrupted) == (29, 21, False)
    record.close()
