"""Archives as a stream of raw messages: mbox, Maildir, folders of .eml, and gzip or xz of these.

Constant memory whatever the size. What cannot be read is collected as a fault with file and place, and reading goes on.
mbox is RFC 4155 with its dialects: a message begins at a ``From `` line after an empty line that has a time in it or a
header field below it; in a file whose beginning shows no such place, also at one with an address and a date before a
header field; one ``>`` of ``>From`` is taken off (mboxrd, mboxo). Empty lines and a byte order mark before the
beginning are passed over. What is packed is told by its first bytes, not by its name.
"""

from __future__ import annotations

import gzip
import lzma
import os
import re
import zlib
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import BufferedIOBase
from pathlib import Path
from typing import IO, cast

from straymail.audit.directories import DIRECTORIES
from straymail.errors import ArchiveError

_FROM = b"From "
_QUOTED_FROM = re.compile(rb"^>(>{0,20}From )", re.MULTILINE)
_FIELD = re.compile(rb"[!-9;-~]{1,200}[ \t]{0,20}:")
LARGEST = 100_000_000
EMPTY = "is empty"
"""The fault of a file without a byte: a mailbox to which nothing has come yet."""
_BROKEN = (OSError, EOFError, lzma.LZMAError, zlib.error)
_PIECE = 1 << 16
_GZIP, _XZ = b"\x1f\x8b", b"\xfd7zXZ\0"
_CHUNK = 1 << 20
# Every repeat is bounded and ends at a character that the next cannot begin with.
_FIELD_BELOW = rb"[^\r\n]{0,254}\r?\n[!-9;-~]{1,99}:"
_TIME_IN_IT = rb"[^\r\n:]{1,300}[0-9]:[0-9]{2}"
_SEPARATOR = re.compile(rb"\n\r?\nFrom (?=" + _FIELD_BELOW + rb"|" + _TIME_IN_IT + rb")")
_DAY = rb"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? {1,3}(?:[A-Z][a-z]{2} {1,2}[0-9]{1,2}|[0-9]{1,2} [A-Z][a-z]{2}) "
_DATED_LINE = rb"\S{1,254} {1,3}" + _DAY + rb"[^\r\n]{0,12}[0-9]{2}:[0-9]{2}[^\r\n]{0,40}\r?\n[!-9;-~]{1,99}:"
_NO_EMPTY_LINE = re.compile(_SEPARATOR.pattern + rb"|\nFrom (?=" + _DATED_LINE + rb")")
_SEPARATOR_LONGEST = 512  # bytes, with what is looked at behind it


@dataclass(frozen=True, slots=True)
class Item:
    """One raw message: ``offset`` is its place in the (decompressed) file."""

    source: Path
    offset: int
    raw: bytes = field(repr=False)


@dataclass
class Archive:
    """Messages of files and folders, in the order of their names.

    ``faults`` grows while reading; ``done`` is how many bytes on disk have been read of ``total``.
    """

    paths: tuple[Path, ...]
    faults: list[ArchiveError] = field(default_factory=list)
    done: int = 0
    files: list[Path] = field(default_factory=list)
    total: int = 0

    @classmethod
    def of(cls, paths: Iterable[Path]) -> Archive:
        """Look the files up.

        Raises:
            ArchiveError: a path does not exist, or may not be looked at.
        """
        archive = cls(tuple(paths))
        for path in archive.paths:
            try:
                path.stat()
            except OSError as error:
                missing = isinstance(error, FileNotFoundError)
                problem = "does not exist" if missing else f"cannot be read: {error.strerror}"
                raise ArchiveError(problem, file=str(path), allowed="mbox, Maildir, a folder of .eml") from error
            archive.files += _files(path, archive.faults)
        archive.total = sum(_size(each) for each in archive.files)
        return archive

    def read(self, file: Path, start: int = 0) -> Iterator[Item]:
        """Messages of one file from ``start`` on; a fault ends the file, not the run."""
        before = self.done
        try:
            with file.open("rb") as disk, _opened(file, disk) as stream:
                for item in _messages(file, stream, start, self.faults):
                    self.done = before + disk.tell()
                    yield item
        except _BROKEN as error:
            self.faults.append(ArchiveError(f"cannot be read: {error}", file=str(file)))
        self.done = before + _size(file)

    def __iter__(self) -> Iterator[Item]:
        for file in self.files:
            yield from self.read(file)


def read_raw(paths: Iterable[Path], faults: list[ArchiveError]) -> Iterator[bytes]:
    """Raw messages of files and folders; what of them cannot be read is added to ``faults``.

    Raises:
        ArchiveError: a path does not exist, or nothing at all can be read.
    """
    found: list[ArchiveError] = []
    nothing = True
    for path in paths:
        archive = Archive.of([path])
        for item in archive:
            nothing = False
            yield item.raw
        found += archive.faults
    if nothing and found:
        raise next((fault for fault in found if fault.problem != EMPTY), found[0])
    faults += found


def _files(path: Path, faults: list[ArchiveError]) -> list[Path]:
    """Files below a path, sorted; each once, whatever the symbolic links. A Maildir gives ``cur`` and ``new`` only.

    Folders and files that may not be looked at are faults.
    """
    if not path.is_dir():
        return [path]

    def closed(error: OSError) -> None:
        faults.append(ArchiveError(f"cannot be read: {error.strerror}", file=str(error.filename)))

    found: list[Path] = []
    seen: set[tuple[int, int]] = set()
    for folder, names, files in os.walk(path, onerror=closed, followlinks=True):
        here = Path(folder)
        status = here.stat()
        if (status.st_dev, status.st_ino) in seen:
            names.clear()
            continue
        seen.add((status.st_dev, status.st_ino))
        names.sort()
        if {"cur", "new"} <= set(names):
            names[:] = [name for name in names if name != "tmp"]
            continue
        for name in sorted(files):
            try:
                if not name.startswith(".") and (here / name).is_file():
                    found.append(here / name)
            except OSError as error:
                closed(error)
    return found


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0


def _opened(file: Path, disk: IO[bytes]) -> IO[bytes]:
    beginning = disk.read(len(_XZ))
    disk.seek(0)
    if beginning.startswith(_GZIP):
        return cast("IO[bytes]", gzip.GzipFile(fileobj=disk))
    return cast("IO[bytes]", lzma.open(disk)) if beginning == _XZ else disk


def _messages(file: Path, stream: IO[bytes], start: int, faults: list[ArchiveError]) -> Iterator[Item]:
    """Split a stream; a file that does not begin with ``From `` is one message, if it looks like one."""
    if start:
        stream.seek(start)
    head, passed = _beginning(stream)
    if not head.startswith(_FROM):
        yield from _single(file, stream, head, start, faults)
        return
    offset = start + passed
    for size, parts in _split(head, stream):
        yield from _item(file, offset, parts, size, faults)
        offset += size


def _beginning(stream: IO[bytes]) -> tuple[bytes, int]:
    """The first line that is not empty, and how many bytes stood before it."""
    head, passed = stream.readline(_PIECE), 0
    if head.startswith(BOM_UTF8):
        head, passed = head.removeprefix(BOM_UTF8), len(BOM_UTF8)
    while head and not head.strip() and passed < _PIECE:
        passed += len(head)
        head = stream.readline(_PIECE)
    return head, passed


def _split(head: bytes, stream: IO[bytes]) -> Iterator[tuple[int, list[bytes]]]:
    """Sizes of messages, ``From `` line and empty line after included, with their bytes (none when over LARGEST)."""
    parts: list[bytes] = []
    size, buffer = 0, head
    pieces = _Pieces(stream)
    separator: re.Pattern[bytes] | None = None
    for chunk in pieces:
        buffer += chunk
        if separator is None:
            if len(buffer) < _CHUNK and not _SEPARATOR.search(buffer):
                continue  # which dialect it is does not show yet
            separator = _dialect(buffer)
        begin = 0
        for found in separator.finditer(buffer):
            end = found.end() - len(_FROM)
            yield size + end - begin, [*parts, buffer[begin:end]] if size < LARGEST else []
            parts, size, begin = [], 0, end
        keep = len(buffer) - _SEPARATOR_LONGEST  # the separator may lie across two chunks
        if keep > begin:
            size += keep - begin
            if size < LARGEST:
                parts.append(buffer[begin:keep])
            begin = keep
        buffer = buffer[begin:]
    begin = 0
    for found in _dialect(buffer).finditer(buffer) if separator is None else ():
        end = found.end() - len(_FROM)
        yield end - begin, [buffer[begin:end]]
        begin = end
    yield size + len(buffer) - begin, [*parts, buffer[begin:]] if size < LARGEST else []
    pieces.check()


def _dialect(beginning: bytes) -> re.Pattern[bytes]:
    """Where messages begin in a file that begins so: a body may hold what looks like a ``From `` line of the other."""
    return _SEPARATOR if _SEPARATOR.search(beginning) else _NO_EMPTY_LINE


class _Pieces:
    """What can be read of a stream, piece by piece; what ended it too early is raised by ``check`` afterwards."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = cast("BufferedIOBase", stream)
        self._fault: Exception | None = None

    def __iter__(self) -> Iterator[bytes]:
        try:
            while piece := self._stream.read1(_CHUNK):  # one piece at a time: what came before a fault is not lost
                yield piece
        except _BROKEN as error:
            self._fault = error

    def check(self) -> None:
        """Raise the fault, if there was one."""
        if self._fault is not None:
            raise self._fault


def _item(file: Path, offset: int, parts: list[bytes], size: int, faults: list[ArchiveError]) -> Iterator[Item]:
    raw = b"".join(parts).partition(b"\n")[2]
    if size >= LARGEST:
        faults.append(ArchiveError(f"the message at byte {offset} is over {LARGEST >> 20} MB", file=str(file)))
    elif any(b"\r" in part for part in parts) and not raw:
        faults.append(ArchiveError("has no line ends", file=str(file), allowed="lines that end with LF or CRLF"))
    elif raw.strip():
        yield Item(file, offset, _QUOTED_FROM.sub(rb"\1", raw) if b"\n>" in raw else raw)


def _single(file: Path, stream: IO[bytes], head: bytes, start: int, faults: list[ArchiveError]) -> Iterator[Item]:
    if start:
        return  # it was read before
    if head.startswith(b">From ") and (below := stream.readline(_PIECE)):
        head = below  # a message that was cut out of an mbox
    if not _FIELD.match(head) or head[:6].upper() == b"BEGIN:":
        problem = EMPTY if not head else "is no mail: it begins neither with a header field nor with `From `"
        allowed = "mbox, Maildir, .eml; .gz and .xz of these"
        if head and file.suffix.lower() in DIRECTORIES:
            problem, allowed = "is a directory of people, not mail", "to be named itself: straymail learn FILE"
        faults.append(ArchiveError(problem, file=str(file), allowed=allowed))
        return
    raw = bytearray(head)
    pieces = _Pieces(stream)
    for piece in pieces:
        raw += piece
        if len(raw) > LARGEST:
            break
    if len(raw) > LARGEST:
        faults.append(ArchiveError(f"is a message over {LARGEST >> 20} MB", file=str(file)))
        return
    yield Item(file, 0, bytes(raw))
    pieces.check()
