"""Fit the costs of the typo channel to names that people mistyped (``straymail.correspondence.channel.COSTS``).

usage: fit_channel.py --names TSV [--words FILE] [--worth 100] [--held-out]

``--names``: mistyped names, one a line as ``typed<TAB>meant[<TAB>sources]``; a first line with other fields is skipped.
``--words``: a prior, words of running text as ``typed->meant`` (codespell's dictionary.txt) which counts as ``--worth``
slips. Only pairs that are one slip apart count.

The model: of all the slips that could have been made in a name, one is made, each with a probability that is
proportional to the rate of its kind (times that of first letters). The rates are those of greatest likelihood, found by
iterative scaling: rate = slips of the kind that were made / those expected under rates of one. Printed are minus their
logarithms, with deletions held at 1.2 as in the channel, and how many slips of each kind there were.

``--held-out`` prints what the data say of the parts, as mean log-likelihood of a slip (natural log; higher is better):
of names by kind, with the channel's costs and with costs fitted to the other nine tenths; of ends (top-level domains)
by source, for several costs of an end that is in no table (``channel.UNLISTED``); and how often each pair of letters
that look alike was exchanged, beside what the channel's costs expect. Sources, and what they gave in November 2026:

- names: 126 of mail providers in the tests of flanker, fat_fingers, email_typo and mailcheck (MIT, Apache); 104 are one
  slip, two of them a dot that changed places with a letter. Held out they get -5.50 (-5.45 with costs fitted to all);
  moved marks as a kind of their own foretell them 0.008 worse, so they are not one.
- words: codespell 2.4's dictionary.txt (CC BY-SA), 47,500 of one slip. Letters that look alike: ``u`` and ``v`` were
  exchanged once, where some 200 times were expected, and look alike no more (held out, words gain 0.004 a slip and
  names 0.001); ``m`` and ``n`` are, as expected; ``i`` and ``l`` hardly in words, but twice in names where twice was
  expected, and stay. ``rn`` for ``m`` stands there once in 15,000 places, ``cl`` and ``vv`` never: they are misread,
  not mistyped, and as no data at hand are of names copied by eye they stay by hand.
- ends: 39 of the 126, all meant ``.com``. The share of slips that hit the end (31 %, the table says 37) and the order
  of the table hold. What an unlisted end costs would be 0.0 (-0.4 to 0.6, bootstrap) instead of 1.0 over all (-5.61
  instead of -5.66, and better name by name), but one source has 12 of the 14, and what is fitted to it foretells the
  others worse (-5.13 instead of -5.01) and the other way round (-6.24 instead of -6.21): kept. Other ends than ``.com``
  occur nowhere.
- marks lost or added: none in names (the tests begin with addresses that have their dots), none among the seven outside
  mailboxes in the older two thirds of an archive (Enron) that are one slip from another; codespell's 53 hyphens are
  rules of spelling. How often anybody slips: those seven are of 6,004 outside recipients, one in 250 if three in ten
  were typed, which nothing says. Both stay by hand.
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

from straymail.correspondence.channel import COSTS, MARKS, TLD_SLIPS, deletion, insertion, substitution

ROUNDS = 40
FOLDS = 10
EXTRA = (-0.5, 0.0, 0.5, 1.0, 1.5)
Slip = tuple[str, bool]
"""Its kind, and whether it hits the first letter."""


@dataclass(frozen=True)
class Case:
    """One mistyped name: the slip that was made, and how many of each kind could have been; ``worth`` is its weight."""

    made: Slip
    possible: Counter[Slip]
    worth: float = 1.0


def slips(meant: str, alphabet: Iterable[str]) -> dict[str, Slip]:
    """Every string one slip from ``meant``; where two slips lead to one string, the commoner kind. Marks only move."""
    found: dict[str, Slip] = {}
    letters = [at for at, letter in enumerate(meant) if letter not in MARKS]
    for at in range(len(meant) - 1):
        if not MARKS.issuperset(meant[at : at + 2]):
            swapped = meant[:at] + meant[at + 1] + meant[at] + meant[at + 2 :]
            found.setdefault(swapped, ("transposition", at == 0))
    for at in letters:
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
    level = math.log(rates.get("deletion", 1.0)) + COSTS["deletion"]
    return {kind: -math.log(rate) + (level if kind != "first" else 0.0) for kind, rate in rates.items()}


def _rate(rates: dict[str, float], slip: Slip) -> float:
    return rates.get(slip[0], 0.0) * (rates.get("first", 1.0) if slip[1] else 1.0)


def held_out(seen: list[Case], prior: list[Case]) -> Iterator[tuple[str, int, float, float]]:
    """Kinds of slips, how many, and the mean log-likelihood: costs of the channel, costs fitted to the other tenths."""
    chances: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for fold in range(FOLDS):
        costs = COSTS | fit([case for at, case in enumerate(seen) if at % FOLDS != fold] + prior)
        for case in seen[fold::FOLDS]:
            both = log_chance(case, COSTS), log_chance(case, costs)
            chances[case.made[0].partition(".")[0]].append(both)
            chances["all"].append(both)
    for kind, found in chances.items():
        now, fitted = (sum(each) / len(found) for each in zip(*found, strict=True))
        yield kind, len(found), now, fitted


def log_chance(case: Case, costs: dict[str, float]) -> float:
    """Log P(the slip that was made | one was made)."""
    rates = {kind: math.exp(-cost) for kind, cost in costs.items()}
    total = sum(_rate(rates, slip) * count for slip, count in case.possible.items())
    return math.log(_rate(rates, case.made) / total)


def look_alikes(pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, int, float]]:
    """Letters that look alike: how often one was put for the other, and how often at the channel's costs."""
    made: Counter[str] = Counter()
    expected: dict[str, float] = defaultdict(float)
    rates = {kind: math.exp(-cost) for kind, cost in COSTS.items()}
    pairs = sorted(set(pairs))
    alphabet = sorted({letter for pair in pairs for letter in "".join(pair) if letter.isalnum()})
    for typed, meant in pairs:
        outcomes = slips(meant, alphabet)
        total = sum(_rate(rates, slip) for slip in outcomes.values())
        for other, slip in outcomes.items() if typed in outcomes else ():
            if slip[0] == "substitution.look":
                pair = next(" for ".join(both) for both in zip(other, meant, strict=True) if both[0] != both[1])
                expected[pair] += _rate(rates, slip) / total
                made[pair] += other == typed
    for pair, count in expected.items():
        yield pair, made[pair], count


def ends(rows: Iterable[tuple[str, str, str]]) -> Iterator[tuple[str, int, float, float]]:
    """By source and by what an unlisted end costs beyond its kind: slips, unlisted share, mean log-likelihood."""
    found: dict[str, list[tuple[float, bool, float, float]]] = defaultdict(list)
    for typed, meant, sources in rows:
        outcomes = _outcomes(meant)
        if typed in outcomes:
            rest = sum(chance for chance, unlisted in outcomes.values() if not unlisted)
            unlisted = sum(chance for chance, unlisted in outcomes.values() if unlisted)
            for source in ("all", f"only {sources}" if "," not in sources else "several"):
                found[source].append((*outcomes[typed], rest, unlisted))
    for source, slips_made in found.items():
        for extra in EXTRA:
            fewer = math.exp(-extra)
            logs = [
                math.log(chance * (fewer if new else 1.0) / (rest + fewer * others))
                for chance, new, rest, others in slips_made
            ]
            yield source, len(logs), extra, sum(logs) / len(logs)


def _outcomes(meant: str) -> dict[str, tuple[float, bool]]:
    """Every slip in the name or in its end: its rate, and whether it is an end that is not in the table."""
    rates, (name, _, end) = {kind: math.exp(-cost) for kind, cost in COSTS.items()}, meant.rpartition(".")
    alphabet = "abcdefghijklmnopqrstuvwxyz0123456789"
    found = {f"{name}.{typed}": (_rate(rates, slip), True) for typed, slip in slips(end, alphabet).items()}
    found |= {f"{name}.{typed}": (math.exp(-cost), False) for typed, cost in TLD_SLIPS.get(end, {}).items()}
    return found | {f"{typed}.{end}": (_rate(rates, slip), False) for typed, slip in slips(name, alphabet).items()}


def names(path: Path) -> Iterator[tuple[str, str, str]]:
    """Rows (typed, meant, sources) of a table."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        fields = line.lower().split("\t")
        if len(fields) < 2:
            sys.exit(f"{path}:{number}: one field (allowed: typed<TAB>meant)")
        if number > 1 or "." in fields[0]:
            yield fields[0], fields[1], fields[2] if len(fields) > 2 else ""


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
    parser.add_argument("--held-out", action="store_true")
    options = parser.parse_args()
    rows = list(names(options.names))
    pairs = [row[:2] for row in rows]
    others = list(words(options.words)) if options.words else []
    seen, prior = cases(pairs), cases(others, options.worth)
    title = f"{len(seen)} slips in names, {len(prior)} in words counted as {options.worth if prior else 0:g}"
    _print(title, ("kind", "in names", "in words", "cost", "in the channel"), _fitted(seen, prior))
    if options.held_out:
        _print("Names", ("kind", "slips", "as it is", "held out"), held_out(seen, prior))
        _print("Ends", ("source", "slips", "an unlisted end costs more by", "log-likelihood"), ends(rows))
        for kind, each in (("names", pairs), ("words", others)):
            _print(f"Letters that look alike in {kind}", ("typed", "made", "expected"), look_alikes(each))
    return 0


def _fitted(seen: list[Case], prior: list[Case]) -> Iterator[tuple[str, int, int, str, str]]:
    costs = fit(seen + prior)
    for kind, now in COSTS.items():
        in_names, in_words = (
            sum(case.made[1] if kind == "first" else case.made[0] == kind for case in each) for each in (seen, prior)
        )
        yield kind, in_names, in_words, f"{costs[kind]:.2f}" if kind in costs else "", f"{now:.1f}"


def _print(title: str, columns: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
    table = Table(title=title)
    for at, name in enumerate(columns):
        table.add_column(name, justify="right" if at else "left")
    for row in rows:
        table.add_row(*(f"{cell:.3f}" if isinstance(cell, float) else str(cell) for cell in row))
    Console().print(table)


if __name__ == "__main__":
    sys.exit(main())
