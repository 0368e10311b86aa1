"""The parent's side: which parts are read, by which worker, and what happens when one is lost.

``Extractor.read`` blocks for as long as reading takes (bounded by the limits): call it in a thread, never on an
event loop. A message without attachments costs no worker and no process.
"""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from hashlib import sha256
from types import TracebackType
from typing import Any, Self

from straymail.extract.behind import behind
from straymail.extract.captions import is_described
from straymail.extract.frames import read_frame, write_frame
from straymail.extract.kinds import IMAGES, is_named_html, is_named_mail, kind_of, mislabelled
from straymail.extract.limits import ReadLimits
from straymail.extract.mail import body_texts, is_cut, read_block
from straymail.extract.model import Extraction, File, unread
from straymail.extract.readers.cards import holds_files
from straymail.extract.reading import RETURNED, read_one, reader_of
from straymail.message import Message, Part

_START_SECONDS = 20.0
_SHOWN = {"text/plain": ".txt", "text/html": ".html"}  # kinds of text, and names that claim them
_GRACE = 1.5  # the worker's own CPU limit comes first where it can


class Extractor:
    """Reads attachments in ``workers`` limited processes, started when first needed."""

    def __init__(self, limits: ReadLimits | None = None, workers: int = 1) -> None:
        self.limits = limits or ReadLimits()
        self._free: queue.LifoQueue[_Worker] = queue.LifoQueue()
        self._count = workers
        for _ in range(workers):
            self._free.put(_Worker(self.limits))

    def read(self, message: Message) -> Extraction:
        """Everything the attachments of a message hold, and what could not be read; never raises for bad files."""
        found = Extraction()
        files = list(_files(message))
        _inner_texts(message, found)
        if files:
            deadline = time.monotonic() + self.limits.message_seconds
            for part in files:
                self._one(part, found, deadline)
        return found

    def read_file(self, data: bytes, name: str, where: str = "") -> Extraction:
        """Read one file that did not come in a message."""
        found = Extraction()
        part = Part("1", "application/octet-stream", "", name, "attachment", data)
        self._one(part, found, time.monotonic() + self.limits.seconds, where or name or "file")
        return found

    def _one(self, part: Part, found: Extraction, deadline: float, where: str = "") -> None:
        where = where or part.filename or f"part {part.path}"
        seconds = min(self.limits.seconds * _GRACE, deadline - time.monotonic())
        if seconds <= 0:
            found.unread.append(unread("limit", where, "no time left"))
            return
        if _harmless(part, self.limits):
            shown = part.disposition != "attachment"
            answer, blob = read_one(part.content, part.filename, where, self.limits, shown=shown)
            _merge(found, answer, blob, part, where)
            return
        with self._worker() as worker:
            reply = worker.ask({"name": part.filename, "where": where}, part.content, seconds)
        if reply is None:
            found.unread.append(unread("limit", where, "reading took too long, too much memory, or failed"))
            kind = kind_of(part.content)
            found.files.append(File(where, part.filename, kind, len(part.content), sha256(part.content).hexdigest()))
        else:
            _merge(found, *reply, part, where)

    @contextmanager
    def _worker(self) -> Iterator[_Worker]:
        worker = self._free.get()
        try:
            yield worker
        finally:
            self._free.put(worker)

    def start(self) -> None:
        """Start the workers now rather than at the first attachment (a third of a second each)."""
        workers = [self._free.get() for _ in range(self._count)]
        for worker in workers:
            worker.start()
            self._free.put(worker)

    def close(self) -> None:
        """End the workers."""
        with suppress(queue.Empty):
            while True:
                self._free.get_nowait().stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Worker:
    """One reading process; started again after it was lost."""

    def __init__(self, limits: ReadLimits) -> None:
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, request: dict[str, str], data: bytes, seconds: float) -> tuple[Any, bytes] | None:
        """Send one file; None when the worker was lost or killed over it."""
        process = self._running()
        if process is None or process.stdin is None or process.stdout is None:
            return None
        timer = threading.Timer(seconds, process.kill)
        timer.daemon = True
        timer.start()
        try:
            write_frame(process.stdin, request, data)
            answer = read_frame(process.stdout)
        except (OSError, ValueError, MemoryError):
            answer = None
        finally:
            timer.cancel()
        if answer is None:
            self.stop()
        return answer

    def start(self) -> None:
        """Start the process if it does not run."""
        self._running()

    def _running(self) -> subprocess.Popen[bytes] | None:
        if self._process is None or self._process.poll() is not None:
            self.stop()
            command = [sys.executable, "-I", "-m", "straymail.extract.worker", json.dumps(asdict(self._limits))]
            self._process = subprocess.Popen(  # noqa: S603  (our own module)
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={"LANG": "C.UTF-8", "OMP_THREAD_LIMIT": "1"},
            )
            if not self._ready(self._process):
                self.stop()
        return self._process

    @staticmethod
    def _ready(process: subprocess.Popen[bytes]) -> bool:
        timer = threading.Timer(_START_SECONDS, process.kill)
        timer.daemon = True
        timer.start()
        try:
            return process.stdout is not None and read_frame(process.stdout) is not None
        except (OSError, ValueError):
            return False
        finally:
            timer.cancel()

    def stop(self) -> None:
        """End the process and reap it."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for stream in (process.stdin, process.stdout):
            if stream:
                with suppress(OSError):
                    stream.close()
        process.wait()


def _harmless(part: Part, limits: ReadLimits) -> bool:
    """Kinds that are only named and counted, and plain text: nothing is parsed, so no other process is needed."""
    kind = kind_of(part.content)
    if kind in IMAGES and (limits.ocr or is_described(part.content)):
        return False
    if kind == "text" and (is_named_mail(part.filename) or is_named_html(part.filename)):
        return False
    if kind in ("ics", "vcf") and holds_files(part.content):
        return False
    return (reader_of(kind) is None or kind in ("text", "ics", "vcf")) and not behind(kind, part.content)


def _files(message: Message) -> Iterator[Part]:
    for part in message.parts:
        if part.content_type == "message/rfc822" or not part.content:
            continue
        if part.is_attachment or (part.parser == "second" and kind_of(part.content) not in ("text", "html")):
            yield part
        elif part.content_type in _SHOWN and mislabelled(part.content):
            yield replace(part, filename=f"part {part.path}{_SHOWN[part.content_type]}")


def _inner_texts(message: Message, found: Extraction) -> None:
    """Text of attached messages (``content`` reads the mail's own body), and PGP in the body."""
    embedded = {part.path + ".": part for part in message.parts if part.content_type == "message/rfc822"}
    for part in message.parts:
        if part.content_type in ("text/plain", "text/html") and b"-----BEGIN PGP MESSAGE-----" in part.content:
            found.unread.append(unread("encrypted", "body", "PGP"))
        if part.path + "." in embedded:
            header = read_block(part.content, f"attached message {part.path}")
            found.texts += header.texts
            found.properties += header.labels
        elif embedded and not part.is_attachment and part.path.startswith(tuple(embedded)):
            _inner_body(part, found)


def _inner_body(part: Part, found: Extraction) -> None:
    place = f"attached message, part {part.path}"
    found.texts += [(where, text) for where, text in body_texts(part, place) if text.strip()]
    if is_cut(part):
        found.unread.append(unread("limit", place, f"{len(part.content)} bytes"))


def _merge(found: Extraction, answer: Any, blob: bytes, part: Part, where: str) -> None:  # noqa: ANN401  (JSON)
    try:
        found.texts += [(str(place), str(text)) for place, text in answer["texts"]]
        found.unread += [unread(str(why), str(place), str(detail)) for why, place, detail in answer["unread"]]
        found.properties += [(str(place), str(name), str(value)) for place, name, value in answer["properties"]]
        at = 0
        for place, name, kind, size, digest, length in answer["files"]:
            own = part.content if place == where and kind in RETURNED else b""
            found.files.append(
                File(str(place), str(name), str(kind), int(size), str(digest), own or blob[at : at + int(length)])
            )
            at += int(length)
    except (KeyError, TypeError, ValueError):
        found.unread.append(unread("damaged", where, "the reading process gave no sensible answer"))
