"""The typo channel: log P(typed | meant), natural log, for local parts, domain names and top-level domains.

Costs are negative log-probabilities of one slip, given that a slip was made; ``SLIP`` is the log-probability that an
address is mistyped at all. Deletions and transpositions are commonest in mail that strays and plain substitutions are
noticed by those who type (Szurdi and Christin, IMC 2017, figure 9: deletions and transpositions draw 20 to 40 times
the traffic of the others), so these cost least. The figures are set by hand from that order, not fitted; spelling
matrices (Norvig; Kernighan, Church and Gale) are not used, because spelling is not typing.

Whom it gets wrong: people who type on keyboards other than QWERTY; names that differ by design in one letter.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

SLIP = -5.5
"""log P(an address is mistyped): one in about 250 that are typed by hand."""

LONGEST = 64
"""Characters compared; longer names are never explained as a slip."""

_ROWS = ("1234567890-", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_LOOK_ALIKE = {("l", "1"), ("o", "0"), ("i", "l"), ("i", "1"), ("s", "5"), ("u", "v"), ("n", "m"), ("-", "_")}
_VOWELS = frozenset("aeiouy")
_DELETION = 1.2
_DELETION_DOUBLE = 0.8
_TRANSPOSITION = 1.2
_INSERTION = 3.2
_INSERTION_DOUBLE = 1.4
_INSERTION_NEIGHBOUR = 2.2
_SUBSTITUTION = 4.0
_SUBSTITUTION_NEIGHBOUR = 2.2
_SUBSTITUTION_LOOK = 1.8
_SUBSTITUTION_VOWEL = 2.4
_SEPARATOR = 1.5
_FIRST_LETTER = 1.2

# What is typed for a top-level domain: meant -> {typed: cost}. Sources: the .ml affair (2013-2023), registrations under
# .cm, .co and .om that target .com, and the kinds of slips above.
TLD_SLIPS: dict[str, dict[str, float]] = {
    "mil": {"ml": 0.7, "mi": 1.5, "mill": 1.7, "mli": 1.7, "il": 2.0, "mul": 2.7, "mol": 2.7, "nil": 3.0, "mail": 3.0},
    "com": {"cm": 1.0, "co": 0.9, "om": 1.2, "con": 1.2, "ocm": 1.5, "cmo": 1.5, "comm": 1.6, "cim": 2.0, "vom": 2.0,
            "xom": 2.0, "cpm": 2.0, "coom": 1.8, "ccom": 1.8, "cam": 2.4, "cop": 3.0, "net": 3.2, "org": 3.4, "c": 2.2,
            "de": 5.5, "cc": 3.0, "clm": 2.4, "dom": 2.6, "come": 2.4, "coml": 2.8, "como": 2.4, "col": 2.8},
    "net": {"ne": 1.2, "nt": 1.2, "et": 1.3, "ent": 1.4, "nte": 1.4, "nett": 1.7, "ney": 1.9, "com": 3.2, "bet": 2.2,
            "met": 2.2, "nett.": 3.0, "org": 3.6},
    "org": {"og": 1.2, "or": 1.2, "rg": 1.3, "ogr": 1.4, "rog": 1.4, "orgg": 1.8, "ort": 2.2, "orf": 2.2, "com": 3.2,
            "net": 3.6, "prg": 2.2, "irg": 2.2},
    "gov": {"gv": 1.2, "go": 1.3, "ov": 1.4, "gob": 2.0, "gof": 2.2, "govt": 2.0, "goc": 2.2, "com": 3.4, "ogv": 1.5},
    "edu": {"ed": 1.2, "eu": 1.2, "du": 1.4, "deu": 1.5, "eud": 1.5, "edi": 2.0, "edy": 2.0, "com": 3.4, "esu": 2.0},
    "uk": {"u": 1.5, "k": 1.8, "ku": 1.5, "ukk": 1.8, "il": 3.2, "uj": 2.2, "ul": 2.2},
    "fr": {"f": 1.6, "rf": 1.5, "gr": 2.6, "ft": 2.2},
    "de": {"d": 1.6, "ed": 1.6, "dr": 2.2, "dee": 1.9},
}  # fmt: skip


def _neighbours() -> frozenset[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for row in _ROWS:
        found.update(pairwise(row))
    for above, below in pairwise(_ROWS):
        for index, key in enumerate(below):
            found.update((key, other) for other in above[index : index + 2])
    return frozenset(found | {(b, a) for a, b in found})


_NEIGHBOURS = _neighbours()
_LOOKS = frozenset(_LOOK_ALIKE | {(b, a) for a, b in _LOOK_ALIKE})


@lru_cache(maxsize=65_536)
def log_typed(typed: str, meant: str) -> float:
    """Log P(typed | meant) for one label or local part; 0 when they are the same."""
    if typed == meant:
        return 0.0
    if len(typed) > LONGEST or len(meant) > LONGEST:
        return -40.0
    cost = _cost(typed, meant)
    for swap in (("rn", "m"), ("vv", "w"), ("cl", "d")):
        for wrong, right in (swap, swap[::-1]):
            if wrong in typed and typed.replace(wrong, right, 1) == meant:
                cost = min(cost, _SUBSTITUTION_LOOK)
    return SLIP - cost


def log_tld(typed: str, meant: str) -> float:
    """Log P(typed | meant) for a top-level domain; the table of known confusions first."""
    if typed == meant:
        return 0.0
    cost = TLD_SLIPS.get(meant, {}).get(typed)
    return SLIP - cost if cost is not None else log_typed(typed, meant) - 1.0


def _cost(typed: str, meant: str) -> float:
    """Cheapest weighted OSA alignment; common ends are cut off first, so that one slip costs one small table."""
    start = 0
    limit = min(len(typed), len(meant))
    while start < limit and typed[start] == meant[start]:
        start += 1
    end = 0
    while end < limit - start and typed[-1 - end] == meant[-1 - end]:
        end += 1
    extra = _FIRST_LETTER if start == 0 else 0.0
    keep = max(0, start - 1)  # the letter before tells a doubled letter
    tail = max(0, end - 1)
    return extra + _table(typed[keep : len(typed) - tail], meant[keep : len(meant) - tail])


def _table(typed: str, meant: str) -> float:
    rows = len(typed) + 1
    before: list[float] = []
    row = [0.0]
    for j, letter in enumerate(meant):
        row.append(row[-1] + _deletion(meant, j, letter))
    for i in range(1, rows):
        older, before = before, row
        row = [before[0] + _insertion(typed, i - 1)]
        for j in range(1, len(meant) + 1):
            a, b = typed[i - 1], meant[j - 1]
            best = before[j - 1] + (0.0 if a == b else _substitution(a, b))
            best = min(best, before[j] + _insertion(typed, i - 1), row[j - 1] + _deletion(meant, j - 1, b))
            if i > 1 and j > 1 and a == meant[j - 2] and typed[i - 2] == b and a != b:
                best = min(best, older[j - 2] + _TRANSPOSITION)
            row.append(best)
    return row[-1]


def _deletion(meant: str, at: int, letter: str) -> float:
    doubled = (at and meant[at - 1] == letter) or (at + 1 < len(meant) and meant[at + 1] == letter)
    return _DELETION_DOUBLE if doubled else _DELETION


def _insertion(typed: str, at: int) -> float:
    letter = typed[at]
    around = [typed[k] for k in (at - 1, at + 1) if 0 <= k < len(typed)]
    if letter in around:
        return _INSERTION_DOUBLE
    if letter in ".-_":
        return _SEPARATOR
    return _INSERTION_NEIGHBOUR if any((letter, other) in _NEIGHBOURS for other in around) else _INSERTION


def _substitution(a: str, b: str) -> float:
    pair = (a, b)
    if pair in _LOOKS:
        return _SUBSTITUTION_LOOK
    if pair in _NEIGHBOURS:
        return _SUBSTITUTION_NEIGHBOUR
    if a in ".-_" and b in ".-_":
        return _SEPARATOR
    return _SUBSTITUTION_VOWEL if a in _VOWELS and b in _VOWELS else _SUBSTITUTION
