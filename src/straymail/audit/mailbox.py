"""Messages out of mbox files and folders of .eml, gzip and xz included, spooled so that memory stays bounded."""

from __future__ import annotations

import gzip
import lzma
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, cast

from straymail.errors import ArchiveError
from straymail.message import Message, parse_message

_FROM = b"From "
_LARGEST = 50_000_000


def read_raw(path: Path) -> Iterator[bytes]:
    """Raw messages of a file or folder: mbox, .eml, .gz and .xz of these.

    Raises:
        ArchiveError: the file cannot be read; says which.
    """
    if path.is_dir():
        for each in sorted(path.rglob("*")):
            if each.is_file():
                yield from read_raw(each)
        return
    try:
        with _opened(path) as stream:
            yield from _messages(stream)
    except (OSError, EOFError, lzma.LZMAError) as error:
        raise ArchiveError(f"cannot be read: {error}", file=str(path)) from error


def _opened(path: Path) -> IO[bytes]:
    if path.suffix == ".gz":
        return cast("IO[bytes]", gzip.open(path))
    return cast("IO[bytes]", lzma.open(path)) if path.suffix == ".xz" else path.open("rb")


def _messages(stream: IO[bytes]) -> Iterator[bytes]:
    """Split at ``From `` lines that follow an empty line (RFC 4155); a file without them is one message."""
    lines: list[bytes] = []
    size = 0
    empty = True
    for line in stream:
        if empty and line.startswith(_FROM):
            if lines:
                yield b"".join(lines)
            lines, size = [], 0
        elif size < _LARGEST:
            lines.append(line)
            size += len(line)
        empty = not line.strip()
    if lines:
        yield b"".join(lines)


@dataclass
class Spool:
    """Messages in time order, each identity once. Raw bytes lie in an unnamed temporary file, gone when closed."""

    _file: IO[bytes] = field(default_factory=tempfile.TemporaryFile, repr=False)
    _index: list[tuple[float, int, int]] = field(default_factory=list, repr=False)
    _seen: set[str] = field(default_factory=set, repr=False)
    undated: int = 0
    repeated: int = 0

    def add(self, raw: bytes) -> None:
        """Take one raw message; undated ones and repetitions are counted and left out."""
        message = parse_message(raw, headers_only=True)
        if message.date is None:
            self.undated += 1
        elif message.identity in self._seen:
            self.repeated += 1
        else:
            self._seen.add(message.identity)
            self._index.append((message.date.timestamp(), self._file.tell(), len(raw)))
            self._file.write(raw)

    def fill(self, paths: Iterable[Path]) -> None:
        """Take every message of these files and folders."""
        for path in paths:
            for raw in read_raw(path):
                self.add(raw)

    def __len__(self) -> int:
        return len(self._index)

    def times(self) -> list[float]:
        """Unix times of the messages, in order, wild dates left out as in iteration."""
        return [time for time, _, _ in self._in_order()]

    def __iter__(self) -> Iterator[Message]:
        for _, offset, length in self._in_order():
            self._file.seek(offset)
            yield parse_message(self._file.read(length))

    def _in_order(self) -> list[tuple[float, int, int]]:
        """Sorted by time; dates ten years or more from the middle of the archive are errors of clocks and left out."""
        ordered = sorted(self._index)
        if not ordered:
            return []
        middle = ordered[len(ordered) // 2][0]
        ten_years = 10 * 365 * 86_400.0
        return [entry for entry in ordered if abs(entry[0] - middle) < ten_years]
