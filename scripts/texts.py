"""Reads the invented messages of ``examples/texts`` and ``examples/unseen``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_HEAD = re.compile(r"=== (\S+) (\S+) (\S+)\s*")


@dataclass(frozen=True)
class Told:
    """One message: ``text`` is its subject and body; ``classes`` is what it holds, as written, first what it is for."""

    name: str
    classes: tuple[str, ...]
    text: str


def read_texts(file: Path) -> Iterator[Told]:
    """The messages of a file, in order: each begins with a line ``=== ID LANGUAGE CLASSES``."""
    name, classes, lines = "", tuple[str, ...](), list[str]()
    for line in (*file.read_text(encoding="utf-8").splitlines(), "=== end - -"):
        if head := _HEAD.fullmatch(line):
            if name:
                yield Told(name, classes, "\n".join(lines).strip().removeprefix("Subject:").strip())
            name, classes, lines = head[1], tuple(each for each in head[3].split(",") if each != "-"), []
        else:
            lines.append(line)
