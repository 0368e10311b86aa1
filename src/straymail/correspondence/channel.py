"""The typo channel: log P(typed | meant), natural log, for local parts, domain names and top-level domains.

``SLIP`` is the log-probability that an address is mistyped at all; ``COSTS`` are what one certain slip costs beyond
that, by its kind and by whether the first letter is hit. A longer name offers more places to slip at and slips as much
more often, so what one certain slip costs does not depend on length.

The costs are fitted (``scripts/fit_channel.py``, maximum likelihood of the slip that was made among all that could
have been): on 104 names of mail providers that people mistyped by one slip when they signed up (collected in the tests
of flanker, fat_fingers, email_typo and mailcheck), with codespell's 47,500 slips that got past their writers in source
code as a prior worth 100. Spelling corpora (Norvig; Kernighan, Church and Gale) are not used: spelling is not typing,
and a vowel for another costs them 2.1 instead of 3.0. Checked against mail that did stray: the sites of one slip each
of Szurdi and Christin (IMC 2017, figure 9) draw, beside deletions, 1/2 of the mail for transpositions, 1/37 for
insertions and 1/41 for substitutions; the costs, over all sites there could be, say 3/5, 1/24 and 1/21.

Set by hand, with what the script's docstring found of each: ``SLIP`` (no data say how many addresses were typed); marks
lost or added, ``separator`` (none in the names; a mark that changes places is fitted as any letter); pairs of letters
that look like one, ``rn`` (nobody types them by slip, they are misread); top-level domains, ``TLD_SLIPS`` and
``UNLISTED`` (39 cases, of ``.com`` alone: they bear out the table's share and order; for ``UNLISTED`` the two halves of
the sources disagree).

Whom it gets wrong: people who type on keyboards other than QWERTY; names that differ by design in one letter.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

from straymail.message import bare

SLIP = -5.5
"""log P(an address is mistyped): one in about 250 that are typed by hand."""

UNLISTED = 1.0
"""What a slip in a top-level domain costs beyond its kind where ``TLD_SLIPS`` does not list it."""

LONGEST = 64
"""Characters compared; longer names are never explained as a slip."""

_ROWS = ("1234567890-", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_LOOK_ALIKE = {("l", "1"), ("o", "0"), ("i", "l"), ("i", "1"), ("s", "5"), ("n", "m"), ("-", "_")}
_VOWELS = frozenset("aeiouy")
MARKS = frozenset(".-_")
"""What stands between the words of a name."""

COSTS = {
    "deletion": 1.2,
    "deletion.doubled": 0.2,
    "transposition": 1.7,
    "insertion": 4.9,
    "insertion.doubled": 2.3,
    "insertion.neighbour": 4.3,
    "substitution": 5.6,
    "substitution.neighbour": 3.4,
    "substitution.look": 2.1,
    "substitution.vowel": 3.0,
    "separator": 1.5,
    "first": 1.1,
}
"""Minus the log of how often one certain slip of a kind is made, "deletion" being held at 1.2; "first" is added when
the first letter is hit."""

# What is typed for a top-level domain: meant -> {typed: cost}. Sources: the .ml affair (2013-2023), registrations under
# .cm, .co and .om that target .com, and the kinds of slips above.
TLD_SLIPS: dict[str, dict[str, float]] = {
    "mil": {"ml": 0.7, "mi": 1.5, "mill": 1.7, "mli": 1.7, "il": 2.1, "mul": 2.7, "mol": 2.7, "nil": 3.0, "mail": 3.0},
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
                cost = min(cost, COSTS["substitution.look"])
    return SLIP - cost


def log_tld(typed: str, meant: str) -> float:
    """Log P(typed | meant) for a top-level domain; the table of known confusions first."""
    if typed == meant:
        return 0.0
    cost = TLD_SLIPS.get(meant, {}).get(typed)
    return SLIP - cost if cost is not None else log_typed(typed, meant) - UNLISTED


def _cost(typed: str, meant: str) -> float:
    """Cheapest weighted OSA alignment; common ends are cut off first, so that one slip costs one small table."""
    start = 0
    limit = min(len(typed), len(meant))
    while start < limit and typed[start] == meant[start]:
        start += 1
    end = 0
    while end < limit - start and typed[-1 - end] == meant[-1 - end]:
        end += 1
    extra = COSTS["first"] if start == 0 else 0.0
    keep = max(0, start - 1)  # the letter before tells a doubled letter
    tail = max(0, end - 1)
    return extra + _table(typed[keep : len(typed) - tail], meant[keep : len(meant) - tail])


def _table(typed: str, meant: str) -> float:
    rows = len(typed) + 1
    before: list[float] = []
    row = [0.0]
    for j in range(len(meant)):
        row.append(row[-1] + COSTS[deletion(meant, j)])
    for i in range(1, rows):
        older, before = before, row
        added = COSTS[insertion(typed, i - 1)]
        row = [before[0] + added]
        for j in range(1, len(meant) + 1):
            a, b = typed[i - 1], meant[j - 1]
            best = before[j - 1] + (0.0 if a == b else COSTS[substitution(a, b)])
            best = min(best, before[j] + added, row[j - 1] + COSTS[deletion(meant, j - 1)])
            if i > 1 and j > 1 and a == meant[j - 2] and typed[i - 2] == b and a != b:
                best = min(best, older[j - 2] + COSTS["transposition"])
            row.append(best)
    return row[-1]


def deletion(meant: str, at: int) -> str:
    """The kind of slip that leaves out this letter."""
    letter = meant[at]
    doubled = (at and meant[at - 1] == letter) or (at + 1 < len(meant) and meant[at + 1] == letter)
    return "deletion.doubled" if doubled else "deletion"


def insertion(typed: str, at: int) -> str:
    """The kind of slip that added this letter."""
    letter = typed[at]
    around = [typed[k] for k in (at - 1, at + 1) if 0 <= k < len(typed)]
    if letter in around:
        return "insertion.doubled"
    if letter in MARKS:
        return "separator"
    return "insertion.neighbour" if any((letter, other) in _NEIGHBOURS for other in around) else "insertion"


def substitution(a: str, b: str) -> str:
    """The kind of slip that puts one letter in the place of another; one that loses or adds a mark is misread."""
    if not (a.isascii() and b.isascii()):
        a, b = bare(a), bare(b)
        if a == b:
            return "substitution.look"
    pair = (a, b)
    if pair in _LOOKS:
        return "substitution.look"
    if pair in _NEIGHBOURS:
        return "substitution.neighbour"
    if a in MARKS and b in MARKS:
        return "separator"
    return "substitution.vowel" if a in _VOWELS and b in _VOWELS else "substitution"
