"""Strings of which one must stand wherever a pattern matches.

``demanded`` gives those worth looking for by themselves, or none. ``rarest`` gives whatever there is, however short, by
how often letters drawn by chance would make one (``expected``): the place to begin at when looking for the pattern.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import product

from straymail.content.syntax import Assertion, Class, Group, Item, Letter, letter_pattern

EDGE = "\b"  # in a string: a word begins or ends here
_LEAST = 4  # what a string must weigh to be worth looking for
_HALF, _MARK = 0.6, 0.5
_LONG = 9  # beyond, a longer string is no better
_MANY = 400  # strings for one rule
_FEW = 200  # strings a sequence may be multiplied into
_WORTHLESS = (-1, 0)
_COMMON = frozenset(("http", "https", "://", "http://", "https://"))
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 _")
# How many of a thousand characters of English mail are each of these; any other mark, and what is beyond ASCII, below.
_PER_MILLE = dict(
    zip(
        " etaoinshrdlcumwfgypbvkjxqz0123456789",
        (180, 104, 74, 67, 61, 57, 55, 52, 50, 49, 35, 33, 23, 23, 20, 20, 18, 16, 16, 16, 12, 8, 6, 1, 1, 1, 1,
         *[25] * 10),
        strict=True,
    )
)  # fmt: skip
_MARK_PER_MILLE, _BEYOND_PER_MILLE, _EDGE_PER_MILLE = 8, 0.05, 180
_Strings = frozenset[str]
_Better = Callable[[_Strings, _Strings], _Strings]


def rarest(group: Group) -> frozenset[str]:
    """Of the sets of strings of which one must occur the one that chance meets least often; empty without any."""
    exact, needed = _of_group(group, _rarer)
    return _rarer(exact or frozenset(), needed)


def fewest(words: frozenset[str]) -> list[str]:
    """The strings without those that hold another of them."""
    kept: list[str] = []
    for word in sorted(words, key=lambda each: (len(each), each)):
        if not any(each in word for each in kept):
            kept.append(word)
    return kept


def demanded(group: Group) -> frozenset[str]:
    """Strings (lower case, ``EDGE`` at word edges) of which one must occur; empty when there are none good enough."""
    exact, needed = _of_group(group, _heavier)
    return _heavier(exact or frozenset(), needed)


def _of_group(group: Group, better: _Better) -> tuple[_Strings | None, _Strings]:
    """(all strings the group can be, when few; strings of which one must occur)."""
    found = [_of_sequence(items, better) for items in group.alternatives]
    exact: _Strings | None = frozenset()
    for each, _ in found:
        exact = None if exact is None or each is None or len(exact) + len(each) > _MANY else exact | each
    needed = [better(each or frozenset(), must) for each, must in found]
    return exact, frozenset().union(*needed) if all(needed) else frozenset()


def _of_sequence(items: Iterable[Item], better: _Better) -> tuple[_Strings | None, _Strings]:
    whole, run, needed = True, frozenset(("",)), frozenset[str]()
    for item in spread(tuple(items)):
        exact, must = _of_item(item, better)
        needed = better(needed, must)
        if exact is not None and len(run) * len(exact) <= _FEW:
            run = frozenset(left + right for left, right in product(run, exact))
            continue
        whole = False
        needed = better(needed, run)
        run = frozenset(("",)) if exact is None or len(exact) > _FEW else exact
        if exact is not None:
            needed = better(needed, exact)
    return (run if whole else None), better(needed, run)


def spread(items: tuple[Item, ...]) -> tuple[Item, ...]:
    """Word edges around a group moved into its alternatives: a short word with its edges may be rare enough."""
    if len(items) < 2 or not _is_edge(items[0]):
        return items
    atom, behind = items[1].atom, items[2:3]
    if not isinstance(atom, Group) or (items[1].least, items[1].most) != (1, 1):
        return items
    last = behind if behind and _is_edge(behind[0]) else ()
    inner = Group(tuple((items[0], *each, *last) for each in atom.alternatives), atom.flags)
    return (Item(inner), *items[2 + len(last) :])


def _is_edge(item: Item) -> bool:
    return isinstance(item.atom, Assertion) and item.atom.text == r"\b"


def _of_item(item: Item, better: _Better) -> tuple[_Strings | None, _Strings]:
    exact, needed = _of_atom(item.atom, better)
    if (item.least, item.most) == (1, 1):
        return exact, needed
    if item.least == 0:
        return (exact | {""} if exact is not None and item.most == 1 else None), frozenset()
    return None, better(needed, exact or frozenset())


def _of_atom(atom: Letter | Class | Assertion | Group, better: _Better) -> tuple[_Strings | None, _Strings]:
    match atom:
        case Letter(text):
            return frozenset((text.lower(),)), frozenset()
        case Class(_, _, _, members):
            return (frozenset(each.lower() for each in members) if members else None), frozenset()
        case Assertion(text):
            return frozenset((EDGE if text == r"\b" else "",)), frozenset()
        case Group() as group:
            return _of_group(group, better)


def _heavier(one: _Strings, other: _Strings) -> _Strings:
    """The demand that fewer texts meet; strings too short to be worth anything are no demand."""
    best = max(one, other, key=_worth)
    return best if _worth(best) > _WORTHLESS else frozenset()


def _worth(strings: _Strings) -> tuple[float, int]:
    if not strings or len(strings) > _MANY:
        return _WORTHLESS
    least = min(map(weight, strings))
    return (min(_LONG, least), -len(strings)) if least >= _LEAST else _WORTHLESS


@lru_cache(maxsize=16_384)  # the same strings are weighed against each other again and again
def weight(text: str) -> float:
    """How rare a string is: marks are rarer than letters, a word's edge is worth half of one, spaces nothing."""
    inner = text.strip(EDGE).replace(EDGE, "")
    if inner in _COMMON:
        return 0
    marks = sum(not letter.isalpha() for letter in inner if not letter.isspace())
    return len("".join(inner.split())) + marks * _MARK + (text.startswith(EDGE) + text.endswith(EDGE)) * _HALF


def _rarer(one: _Strings, other: _Strings) -> _Strings:
    """The demand that chance meets less often; an empty string is no demand."""
    known = [
        each
        for each in (one, other)
        if each and all(len(text.replace(EDGE, "")) > 1 or not text.isascii() for text in each)
    ]
    return min(known, key=expected, default=frozenset())


def expected(strings: Iterable[str]) -> float:
    """How many of these to expect at any place of a text, were its letters drawn by chance."""
    return sum(map(_chance, strings))


@lru_cache(maxsize=16_384)
def _chance(text: str) -> float:
    inner = text.replace(EDGE, "")
    if inner in _COMMON:
        return 1.0
    found = (_EDGE_PER_MILLE / 1_000) ** (text.startswith(EDGE) + text.endswith(EDGE))
    for letter in inner:
        found *= _PER_MILLE.get(letter, _MARK_PER_MILLE if letter.isascii() else _BEYOND_PER_MILLE) / 1_000
    return found


def written(text: str) -> str:
    """A string as a pattern; word edges inside it say nothing more."""
    first = r"\b" if text.startswith(EDGE) else ""
    last = r"\b" if text.endswith(EDGE) else ""
    inner = (each if each in _PLAIN else letter_pattern(Letter(each)) for each in text.replace(EDGE, ""))
    return f"{first}{''.join(inner)}{last}"
