"""Fit the costs of the typo channel to names that people mistyped (``straymail.correspondence.channel.COSTS``).

usage: fit_channel.py --names TSV [--words FILE] [--worth 100]

``--names``: mistyped names, one a line as ``typed<TAB>meant``; a first line with other fields is skipped. ``--words``:
a prior, words of running text as ``typed->meant`` (codespell's dictionary.txt) which counts as ``--worth`` slips. Only
pairs that are one slip apart count.

The model: of all the slips that could have been made in a name, one is made, each with a probability that is
proportional to the rate of its kind (times that of first letters). The rates are those of greatest likelihood, found by
iterative scaling: rate = slips of the kind that were made / those expected under rates of one. Printed are minus their
logarithms, with deletions held at 1.2 as in the channel, and how many slips of each kind there were.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from straymail.correspondence.channel import COSTS, MARKS, deletion, insertion, substitution

ROUNDS = 40
Slip = tuple[str, bool]
"""Its kind, and whether it hits the first letter."""


@dataclass(frozen=True)
class Case:
    """One mistyped name: the slip that was made, and how many of each kind could have been; ``worth`` is its weight."""

    made: Slip
    possible: Counter[Slip]
    worth: float = 1.0


def slips(meant: str, alphabet: Iterable[str]) -> dict[str, Slip]:
    """Every string one slip from ``meant``; where two slips lead to one string, the commoner kind. Marks stay."""
    found: dict[str, Slip] = {}
    letters = [at for at, letter in enumerate(meant) if letter not in MARKS]
    for at in letters:
        if at + 1 in letters:
            swapped = meant[:at] + meant[at + 1] + meant[at] + meant[at + 2 :]
            found.setdefault(swapped, ("transposition", at == 0))
        found.setdefault(meant[:at] + meant[at + 1 :], (deletion(meant, at), at == 0))
        found.setdefault(meant[:at] + meant[at] + meant[at:], ("insertion.doubled", at == 0))
    for at in letters:
        for other in alphabet:
            found.setdefault(meant[:at] + other + meant[at + 1 :], (substitution(meant[at], other), at == 0))
    for at in range(len(meant) + 1):
        for other in alphabet:
            typed = meant[:at] + other + meant[at:]
            found.setdefault(typed, (insertion(typed, at), at == 0))
    found.pop(meant, None)
    return found


def cases(pairs: Iterable[tuple[str, str]], worth: float | None = None) -> list[Case]:
    """The pairs that are one slip apart; together they count as ``worth``, or one each."""
    pairs = sorted(set(pairs))
    alphabet = sorted({letter for pair in pairs for letter in "".join(pair) if letter.isalnum()})
    found = []
    for typed, meant in pairs:
        possible = slips(meant, alphabet)
        if typed in possible:
            found.append(Case(possible[typed], Counter(possible.values())))
    each = 1.0 if worth is None else worth / max(1, len(found))
    return [Case(case.made, case.possible, each) for case in found]


def fit(data: list[Case]) -> dict[str, float]:
    """The costs, by kind; kinds of which nothing was seen are left out."""
    made: dict[str, float] = defaultdict(float)
    for case in data:
        made[case.made[0]] += case.worth
        made["first"] += case.worth * case.made[1]
    rates = {kind: 1.0 for kind, count in made.items() if count}
    for _ in range(ROUNDS):
        expected: dict[str, float] = defaultdict(float)
        for case in data:
            chances = {slip: _rate(rates, slip) * count for slip, count in case.possible.items()}
            total = sum(chances.values())
            for (kind, first), chance in chances.items():
                expected[kind] += case.worth * chance / total
                expected["first"] += case.worth * chance / total if first else 0.0
        rates = {kind: rate * made[kind] / expected[kind] for kind, rate in rates.items()}
    level = math.log(rates["deletion"]) + COSTS["deletion"]
    return {kind: -math.log(rate) + (level if kind != "first" else 0.0) for kind, rate in rates.items()}


def _rate(rates: dict[str, float], slip: Slip) -> float:
    return rates.get(slip[0], 0.0) * (rates.get("first", 1.0) if slip[1] else 1.0)


def names(path: Path) -> Iterator[tuple[str, str]]:
    """Pairs (typed, meant) of a table."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        fields = line.lower().split("\t")
        if len(fields) < 2:
            sys.exit(f"{path}:{number}: one field (allowed: typed<TAB>meant)")
        if number > 1 or "." in fields[0]:
            yield fields[0], fields[1]


def words(path: Path) -> Iterator[tuple[str, str]]:
    """Pairs of a word list; words with more than one reading say nothing."""
    for line in path.read_text(encoding="utf-8").splitlines():
        typed, arrow, meant = line.lower().partition("->")
        if arrow and (typed + meant).isascii() and (typed + meant).isalpha():
            yield typed, meant


def main() -> int:
    """Read, fit, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--names", type=Path, required=True)
    parser.add_argument("--words", type=Path)
    parser.add_argument("--worth", type=float, default=100.0)
    options = parser.parse_args()
    seen = cases(names(options.names))
    prior = cases(words(options.words), options.worth) if options.words else []
    costs = fit(seen + prior)
    table = Table(
        title=f"{len(seen)} slips in names, {len(prior)} in words counted as {options.worth if prior else 0:g}"
    )
    for name in ("kind", "in names", "in words", "cost", "in the channel"):
        table.add_column(name, justify="left" if name == "kind" else "right")
    for kind, now in COSTS.items():
        counts = [
            sum(case.made[1] if kind == "first" else case.made[0] == kind for case in each) for each in (seen, prior)
        ]
        table.add_row(kind, *map(str, counts), f"{costs[kind]:.2f}" if kind in costs else "", f"{now:.1f}")
    Console().print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
