"""Messages of archives in time order, spooled so that memory stays bounded."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from straymail.audit.archives import read_raw
from straymail.errors import ArchiveError
from straymail.message import Message, parse_message

_TEN_YEARS = 10 * 365 * 86_400.0
_EDGE = 0.05  # share of an archive at each end whose dates are not gone by

_Entry = tuple[float, int, int, int]
"""Time, number of the message as it came, offset and length of the copy that is kept."""

_Rank = tuple[int, bool, str]


@dataclass
class Spool:
    """Messages in time order, each identity once. Raw bytes lie in an unnamed temporary file, gone when closed.

    Of the copies of a message the one that shows blind copies is kept, else that with the least Message-ID, whatever
    the order of the files.
    """

    _file: IO[bytes] = field(default_factory=tempfile.TemporaryFile, repr=False)
    _index: list[_Entry] = field(default_factory=list, repr=False)
    _seen: dict[str, tuple[_Rank, int]] = field(default_factory=dict, repr=False)
    undated: int = 0
    repeated: int = 0
    faults: list[ArchiveError] = field(default_factory=list)

    def add(self, raw: bytes) -> None:
        """Take one raw message; undated ones and repetitions are counted and left out."""
        message = parse_message(raw, headers_only=True)
        if message.date is None:
            self.undated += 1
            return
        rank = (-len(message.bcc), not message.message_id, message.message_id)
        number = len(self._index)
        if known := self._seen.get(message.identity):
            self.repeated += 1
            if known[0] <= rank:
                return
            number = known[1]
        self._seen[message.identity] = rank, number
        self._index[number : number + 1] = [(message.date.timestamp(), number, self._file.tell(), len(raw))]
        self._file.write(raw)

    def fill(self, paths: Iterable[Path]) -> None:
        """Take every message of these files and folders; what cannot be read is added to ``faults``.

        Raises:
            ArchiveError: a path does not exist, or nothing at all can be read.
        """
        for raw in read_raw(paths, self.faults):
            self.add(raw)

    def close(self) -> None:
        """Let the temporary file go."""
        self._file.close()

    def __len__(self) -> int:
        return len(self._index)

    @property
    def wild(self) -> int:
        """How many messages are left out because their date cannot be right."""
        return len(self._index) - len(self._in_order())

    def times(self) -> list[float]:
        """Unix times of the messages, in order, wild dates left out as in iteration."""
        return [entry[0] for entry in self._in_order()]

    def __iter__(self) -> Iterator[Message]:
        for _, _, offset, length in self._in_order():
            self._file.seek(offset)
            yield parse_message(self._file.read(length))

    def _in_order(self) -> list[_Entry]:
        """Sorted by time, without dates ten years or more before or after 90 % of the archive: errors of clocks."""
        ordered = sorted(self._index)
        first, last = believable([entry[0] for entry in ordered])
        return [entry for entry in ordered if first < entry[0] < last]


def believable(times: Sequence[float]) -> tuple[float, float]:
    """Unix times between which dates of an archive are believed: ten years around 90 % of it; ``times`` in order."""
    if not times:
        return 0.0, 0.0
    first, last = (times[int(len(times) * share)] for share in (_EDGE, 1 - _EDGE))
    return first - _TEN_YEARS, last + _TEN_YEARS


def archives_of(folder: Path) -> list[Path]:
    """The mail of a corpus: its folder ``enron`` where there is one, else the folder itself."""
    inside = folder / "enron"
    return [inside if inside.is_dir() else folder]
