"""Clinical note sections and dialogues (MTS-Dialog): each section under its heading, as it stands in a note, by length.

The corpus abbreviates the headings ("GENHX"); here they are written as notes write them. The bare text of a section,
without heading, is a kind of its own: what says "patient" to a reader of two words is the place where they stand.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from straymail.audit.samples import Sample

_LONG, _SHORT = 200, 60
_HEADINGS = {
    "ALLERGY": "Allergies", "ASSESSMENT": "Assessment", "CC": "Chief complaint", "DIAGNOSIS": "Diagnosis",
    "DISPOSITION": "Disposition", "EDCOURSE": "Emergency department course", "EXAM": "Exam",
    "FAM/SOCHX": "Family and social history", "GENHX": "History of present illness",
    "GYNHX": "Gynecologic history", "IMAGING": "Imaging", "IMMUNIZATIONS": "Immunizations", "LABS": "Labs",
    "MEDICATIONS": "Medications", "OTHER_HISTORY": "Other history", "PASTMEDICALHX": "Past medical history",
    "PASTSURGICAL": "Past surgical history", "PLAN": "Plan", "PROCEDURES": "Procedures", "ROS": "Review of systems",
}  # fmt: skip


def samples(folder: Path) -> Iterator[Sample]:
    """Each section as a note under its heading and without it, and each dialogue."""
    for file in sorted((folder / "medical/mts-dialog").glob("*.csv")):
        with file.open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                name = f"{file.stem} {row['ID']}"
                note, talk, code = row["section_text"].strip(), row["dialogue"].strip(), row["section_header"].strip()
                size = _size(note)
                titled = f"{_HEADINGS.get(code, code.title())}: {note}\n"
                yield Sample(f"{name} note", name, f"notes, {size}", titled, wanted=("health.",))
                yield Sample(f"{name} bare", name, f"without heading, {size}", f"{note}\n", wanted=("health.",))
                yield Sample(f"{name} dialogue", name, "dialogues", f"{talk}\n", wanted=("health.",))


def _size(note: str) -> str:
    return "200 letters and more" if len(note) >= _LONG else "60 to 199" if len(note) >= _SHORT else "shorter"
