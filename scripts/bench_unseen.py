"""What is found of messages nobody tuned on, and what is accused of those that hold nothing: ``examples/unseen``.

    python scripts/bench_unseen.py [--texts FOLDER] [--out FILE]

Prints counts with exact 95 % intervals, and no word of any message: whoever reads them to mend a rule has to write new
ones. Found means: something of the class the message was written for; accused: something of any of the six classes.
Beside everything, what is left without guesses (``*.prose`` below .5, of which nobody is told), and the rules alone.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from email.message import EmailMessage
from pathlib import Path

from rich.console import Console
from rich.table import Table

from straymail.audit.bench import interval
from straymail.content import examine
from straymail.content.prose import CLASSES
from straymail.evidence import worth_telling
from straymail.message import parse_message
from texts import Told, read_texts

ROOT = Path(__file__).resolve().parents[1]
Held = tuple[frozenset[str], frozenset[str], frozenset[str]]
"""Ids of everything that is found, of that without guesses, and of what the rules find."""

_SHORT, _LONG = 40, 150  # words


@dataclass(frozen=True)
class Row:
    """Counts of one kind of messages as (hits, cases)."""

    name: str
    found: tuple[int, int]
    found_surely: tuple[int, int]
    found_by_rules: tuple[int, int]
    accused: tuple[int, int]
    accused_surely: tuple[int, int]
    accused_by_rules: tuple[int, int]


def main() -> int:
    """Count, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=Path, default=ROOT / "examples/unseen")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    hits = [(told, held(told)) for told in read_texts(options.texts / "hits.txt")]
    near = [(told, held(told)) for told in read_texts(options.texts / "near.txt")]
    each = len(near) // len(CLASSES)
    rows = []
    for number, name in enumerate(CLASSES):
        mine = [found for told, found in hits if told.classes[0] == name]
        rows.append(row(name, [name] * len(mine), mine, [found for _, found in near[number * each :][:each]]))
    rows.append(row("all", [told.classes[0] for told, _ in hits], [found for _, found in hits], [f for _, f in near]))
    for name, least, most in (("short", 0, _SHORT), ("middle", _SHORT, _LONG), ("long", _LONG, 10**9)):
        few = [(told.classes[0], found) for told, found in hits if least <= len(told.text.split()) < most]
        others = [found for told, found in near if least <= len(told.text.split()) < most]
        rows.append(row(name, [name for name, _ in few], [found for _, found in few], others))
    heads = ("found", "without guesses", "rules alone", "accused", "without guesses", "rules alone")
    table = Table("", *heads, title="Messages nobody tuned on")
    for facts in rows:
        counts = [facts.found, facts.found_surely, facts.found_by_rules]
        counts += [facts.accused, facts.accused_surely, facts.accused_by_rules]
        table.add_row(facts.name, *(said(*each) for each in counts))
    Console(width=150).print(table)
    if options.out:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(json.dumps([asdict(facts) for facts in rows], indent=1) + "\n", encoding="utf-8")
    return 0


def held(told: Told) -> Held:
    """What is found in a message, as it would pass the guard."""
    mail = EmailMessage()
    subject, _, body = told.text.partition("\n")
    mail["From"], mail["To"], mail["Subject"] = "a@mod.example", "b@firm.example", subject.strip()
    mail.set_content(body.strip() + "\n")
    found = examine(parse_message(mail.as_bytes()))
    return (
        frozenset(each.id for each in found),
        frozenset(each.id for each in found if worth_telling(each.id, each.confidence)),
        frozenset(each.id for each in found if not each.id.endswith(".prose")),
    )


def row(name: str, wanted: Sequence[str], found: Sequence[Held], near: Sequence[Held]) -> Row:
    """One row of the table."""
    hits = [(sum(holds(ids[at], each) for ids, each in zip(found, wanted, strict=True)), len(found)) for at in range(3)]
    misses = [(sum(accused(ids[at]) for ids in near), len(near)) for at in range(3)]
    return Row(name, *hits, *misses)


def holds(ids: frozenset[str], name: str) -> bool:
    """Whether something of this class was found."""
    return any(each.partition(".")[0] == name for each in ids)


def accused(ids: frozenset[str]) -> bool:
    """Whether something of one of the classes was found."""
    return any(each.partition(".")[0] in CLASSES for each in ids)


def said(hits: int, cases: int) -> str:
    """A count with its interval."""
    low, high = interval(hits, cases)
    return f"{hits} of {cases} ({100 * low:.0f}-{100 * high:.0f} %)"


if __name__ == "__main__":
    raise SystemExit(main())
