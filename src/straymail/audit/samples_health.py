"""Clinical note sections and dialogues (MTS-Dialog), by length: a section of two words says nothing by itself."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from straymail.audit.samples import Sample

_LONG, _SHORT = 200, 60


def samples(folder: Path) -> Iterator[Sample]:
    """Each section as a note with its heading, and each dialogue."""
    for file in sorted((folder / "medical/mts-dialog").glob("*.csv")):
        with file.open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                name = f"{file.stem} {row['ID']}"
                note, talk = row["section_text"].strip(), row["dialogue"].strip()
                size = (
                    "200 letters and more" if len(note) >= _LONG else "60 to 199" if len(note) >= _SHORT else "shorter"
                )
                yield Sample(f"{name} note", name, f"notes, {size}", f"{note}\n", wanted=("health.",))
                yield Sample(f"{name} dialogue", name, "dialogues", f"{talk}\n", wanted=("health.",))
