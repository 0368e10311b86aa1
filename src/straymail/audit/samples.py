"""Samples for the content bench: what a corpus says is there, and which half of it may be looked at.

A class of content has a module ``samples_CLASS`` with ``samples(folder) -> Iterator[Sample]``. Detectors are written
with the ``tune`` half in view; the tables report the ``report`` half, which nobody reads while writing rules. The
halves are told by a hash of the sample's group (a file, a source), so near copies stay on one side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from importlib import import_module
from pathlib import Path

CLASSES = ("marking", "secret", "health", "travel", "place", "person", "money")


@dataclass(frozen=True, slots=True)
class Sample:
    """One text or file; ``wanted`` are id prefixes of which at least one must be found, empty for a near miss.

    For a near miss ``unwanted`` names the id prefixes that must not be found. ``name`` is for the list of misses,
    ``group`` decides the half.
    """

    name: str
    group: str
    kind: str
    text: str = ""
    file: bytes = b""
    wanted: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()

    @property
    def half(self) -> str:
        """``tune`` or ``report``."""
        return "report" if sha256(self.group.encode()).digest()[0] & 1 else "tune"


def samples(cls: str, folder: Path) -> Iterator[Sample]:
    """The samples of one of ``CLASSES`` under a corpus folder.

    Raises:
        FileNotFoundError: the corpus holds none of this class.
    """
    source: Callable[[Path], Iterator[Sample]] = import_module(f"straymail.audit.samples_{cls}").samples
    return source(folder)
