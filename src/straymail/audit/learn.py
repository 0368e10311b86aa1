"""Learning from archives and directories into the store, in batches that can be interrupted and resumed.

A batch is one transaction: what was learned, the identities of its messages, and how far each file was read. So an
interruption loses at most one batch, a second run goes on where the first stopped, and the same mail learned twice
(from another folder, from the gateway) changes nothing. A guard that runs meanwhile writes what it learns itself; then
the batch is learned again on top of that.
"""

from __future__ import annotations

import hashlib
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from straymail.audit.ahead import Ahead
from straymail.audit.archives import EMPTY, Archive
from straymail.audit.directories import read_directory
from straymail.correspondence import Correspondence, Observation
from straymail.errors import ArchiveError, Outdated, StoreDown
from straymail.record import Record, history

BATCH = 2_000
_TRIES = 20
_COMMONEST = 3  # domains named where the own ones are in no message
_EARLIEST = 631_152_000.0  # 1990: mail dated before was dated by a broken clock
_AHEAD = 86_400.0


@dataclass
class Learned:
    """What a run did. ``faults`` are what could not be read; ``skipped`` files had been learned before, unchanged.

    ``unmet`` are own domains that no message learned is from or to; ``met`` the commonest others when all are.
    """

    messages: int = 0
    new: int = 0
    known: int = 0
    nobody: int = 0
    entries: int = 0
    skipped: int = 0
    people: int = 0
    seconds: float = 0.0
    interrupted: bool = False
    unmet: list[str] = field(default_factory=list)
    met: list[str] = field(default_factory=list)
    faults: list[ArchiveError] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """Whether nothing at all could be read, and something should have been."""
        faults = [fault for fault in self.faults if EMPTY not in str(fault)]
        return bool(faults) and not (self.messages or self.entries or self.skipped)

    @property
    def rate(self) -> float:
        """Messages per second."""
        return self.messages / self.seconds if self.seconds else 0.0


class Learner:
    """Learns into one store.

    Args:
        record: the store.
        model: the learned history as loaded from it.
        now: Unix seconds; dates later than a day from now are not believed.
        words: whether to learn what messages are about.
    """

    def __init__(self, record: Record, model: Correspondence, now: float, *, words: bool = True) -> None:
        self.record, self.model, self.now = record, model, now
        self._ahead = Ahead(model.own_domains, words=words)
        self.result = Learned()
        self._marks: dict[str, str] = {}
        self._fresh: list[Observation] = []  # learned since the last write
        self._entered: list[tuple[str, str]] = []
        self._stop = False
        self._believed = now

    def archives(self, paths: Iterable[Path], progress: Callable[[int, int, int], None]) -> None:
        """Learn every message of files and folders; ``progress`` gets bytes done, bytes in all, messages.

        A KeyboardInterrupt writes what is learned and ends the run; ``result.interrupted`` says so.

        Raises:
            ArchiveError: a path does not exist. StoreDown: the last batch was not written.
        """
        archive = Archive.of(paths)
        began = time.perf_counter()
        try:
            with self._interrupted_between(), self._ahead.processes(archive.total):
                for file in archive.files:
                    self._file(archive, file, progress)
        except KeyboardInterrupt:
            self.result.interrupted = True
        self._write()
        self.result.faults += archive.faults
        self.result.seconds = time.perf_counter() - began
        self.result.people = self.model.people
        self._compare_domains()

    def _compare_domains(self) -> None:
        """Say which own domains stand in no message: with one misspelt, everybody would count as external."""
        own, met = sorted(self.model.own_domains), Counter[str]()
        for key in self.model.everyone() if len(self.model) else ():
            if person := self.model.person(key):
                met[key.rpartition("@")[2]] += person.sent + person.received
        self.result.unmet = [each for each in own if met and not any(f".{name}".endswith(f".{each}") for name in +met)]
        if self.result.unmet == own:
            common = sorted(met.items(), key=lambda each: (-each[1], each[0]))
            self.result.met = [name for name, _ in common[:_COMMONEST]]

    @contextmanager
    def _interrupted_between(self) -> Iterator[None]:
        """Let Ctrl-C take effect between two messages: one that is half learned would count as known for ever."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        def stop(number: int, frame: object) -> None:
            self._stop = True

        before = signal.signal(signal.SIGINT, stop)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    def _file(self, archive: Archive, file: Path, progress: Callable[[int, int, int], None]) -> None:
        name, state = _mark(file)
        with self.record.reading() as connection:
            known = history.mark(connection, name)
        start = 0
        if known and known.rpartition(":")[0] == state:
            place = known.rpartition(":")[2]
            if place == "all":
                self.result.skipped += 1
                archive.done += file.stat().st_size
                return
            start = int(place)
        for number, (item, seen) in enumerate(self._ahead.read(archive.read(file, start)), 1):
            if number % BATCH == 0:
                self._marks[name] = f"{state}:{item.offset}"
                self._write()
            self._message(seen)
            if self._stop:
                raise KeyboardInterrupt
            if number % 100 == 0:
                progress(archive.done, archive.total, self.result.messages)
        if not any(fault.file == str(file) for fault in archive.faults):
            self._marks[name] = f"{state}:all"
        progress(archive.done, archive.total, self.result.messages)

    def _message(self, seen: Observation) -> None:
        self.result.messages += 1
        if self.model.knows(seen.identity):
            self.result.known += 1
            return
        if not seen.sender or not seen.recipients:
            self.result.nobody += 1
            return
        if _EARLIEST <= seen.time <= self.now + _AHEAD:
            self._believed = seen.time
        else:  # a broken clock: the message counts, at the time of its neighbour in the file
            seen = replace(seen, time=self._believed)
        if self.model.observe(seen):
            self.result.new += 1
            self._fresh.append(seen)
        else:
            self.result.known += 1

    def directory(self, file: Path) -> None:
        """Learn the people of a CSV or vCard file.

        Raises:
            ArchiveError: it cannot be read at all.
        """
        for person in read_directory(file, self.result.faults):
            self._entered.append((person.address.person, person.name))
            self.model.enter(*self._entered[-1])
            self.result.entries += 1
        self._write()
        self.result.people = self.model.people

    def _write(self) -> None:
        for _ in range(_TRIES):
            rows = self.model.drain()
            if not rows and not self._marks:
                return
            try:
                with self.record.writing() as connection:
                    history.save_rows(connection, rows, self.now, since=self.model.revision)
                    history.set_marks(connection, self._marks)
            except Outdated:
                self._read_again()
                continue
            self.model.revision += bool(rows)
            self._marks, self._fresh, self._entered = {}, [], []
            return
        raise StoreDown("other processes go on learning into this store: try again later")

    def _read_again(self) -> None:
        with self.record.reading() as connection:
            model = history.load_history(connection, self.model.own_domains, self.record.keys.words)
        for seen in self._fresh:
            model.observe(seen)
        for key, name in self._entered:
            model.enter(key, name)
        self.model.become(model)


def _mark(file: Path) -> tuple[str, str]:
    """The name a file is remembered by, and its state: size and time of change."""
    status = file.stat()
    name = hashlib.sha256(str(file.absolute()).encode("utf-8", "surrogateescape")).hexdigest()[:40]
    return f"learned {name}", f"{status.st_size}:{status.st_mtime_ns}"
