"""Cheaper patterns that match wherever a rule does: what makes searching for hundreds of rules cheap.

``hint(pattern)`` gives a byte pattern in the syntax of Hyperscan. Where strings exist of which one must occur, it is
these; else it is the pattern itself without its bounds on repetition and with any byte beyond ASCII for any letter
beyond ASCII. Both match too much, never too little: the rule itself decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

from straymail.content.syntax import Assertion, Class, Group, Item, Letter, letter_pattern, read

_EDGE = "\b"  # in a string: a word begins or ends here
_LEAST = 4  # what a string must weigh to be worth looking for
_HALF, _MARK = 0.6, 0.5
_RARE = 7  # what a string must weigh for the words before it not to matter
_LONG = 9  # beyond, a longer string is no better
_MANY = 400  # strings for one rule
_FEW = 200  # strings a sequence may be multiplied into
_WORTHLESS = (-1, 0)
_COMMON = frozenset(("http", "https", "://", "http://", "https://"))
_COUNTED = 16  # repetitions told apart in a relaxed pattern
_ANY = r"\x80-\xff"
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 _")


def hint(pattern: str, *, whole: bool = False) -> str:
    """The cheaper pattern for a rule's; ``whole``: never strings alone, as those are common.

    Raises:
        ValueError: the rule uses syntax ``syntax`` does not know.
    """
    flags, group = read(pattern)
    words = frozenset[str]() if whole or _starts_lines(group) else _demanded(group)
    if words:
        return f"(?i)(?:{'|'.join(map(_written, _fewest(words)))})"
    shorter = _led(group if whole else _cut(_begun(group)))
    return (f"(?{flags})" if flags else "") + _relaxed_group(shorter, outermost=True)


def _fewest(words: frozenset[str]) -> list[str]:
    """The strings without those that hold another of them."""
    kept: list[str] = []
    for word in sorted(words, key=lambda each: (len(each), each)):
        if not any(each in word for each in kept):
            kept.append(word)
    return kept


def _starts_lines(group: Group) -> bool:
    """Whether every alternative stands at the start of a line or text: cheap to follow as it is."""
    return all(items and _is_anchor(items[0]) for items in group.alternatives)


def _led(group: Group) -> Group:
    """The group with one byte for any character but some at its start: what stands before that does not matter."""
    return Group(tuple(map(_led_sequence, group.alternatives)), group.flags)


def _led_sequence(items: tuple[Item, ...]) -> tuple[Item, ...]:
    if not items or (items[0].least, items[0].most) != (1, 1):
        return items
    match items[0].atom:
        case Group() as group:
            return (Item(_led(group)), *items[1:])
        case Class(True, ascii_part, True, members):
            return (Item(Class(True, ascii_part, False, members)), *items[1:])
    return items


def _begun(group: Group) -> Group:
    """The group without runs of a class that stand before strings rare enough: it is they that are searched for."""
    return Group(tuple(map(_begun_sequence, group.alternatives)), group.flags)


def _begun_sequence(items: tuple[Item, ...]) -> tuple[Item, ...]:
    words = _demanded(Group((items,)))
    if words and any(map(_runs, items)):
        start = max(at for at in range(len(items)) if _demanded(Group((items[at:],))) == words)
        common = isinstance(items[0].atom, Class) or min(map(_weight, words)) >= _RARE
        return items[start:] if common and any(map(_runs, items[:start])) else items
    spread = _spread(items)
    if spread and isinstance(spread[0].atom, Group) and (spread[0].least, spread[0].most) == (1, 1):
        begun = _begun(spread[0].atom)
        return (Item(begun), *spread[1:]) if begun != spread[0].atom else items
    return items


def _runs(item: Item) -> bool:
    """Whether a class stands in it any number of times."""
    if isinstance(item.atom, Group):
        return any(_runs(each) for items in item.atom.alternatives for each in items)
    return isinstance(item.atom, Class) and item.most != 1


def _cut(group: Group) -> Group:
    """The group without what follows strings that are rare enough: following it costs more than it saves."""
    return Group(tuple(_cut_sequence(items) for items in group.alternatives), group.flags)


def _cut_sequence(items: tuple[Item, ...]) -> tuple[Item, ...]:
    for start in range(1, len(items)):
        before = items[:start]
        if _is_anchor(before[0]) or _demanded(Group((before,))) or not _demanded(Group((items[start:],))):
            break
        if isinstance(items[start - 1].atom, Group) or items[start - 1].most != 1:
            return _cut_end(items[start:])
    return _cut_end(items)


def _is_anchor(item: Item) -> bool:
    return isinstance(item.atom, Assertion) and item.atom.text == "^"


def _cut_end(items: tuple[Item, ...]) -> tuple[Item, ...]:
    end = len(items)
    for index in range(1, len(items)):
        if items[index].most != 1 and _demanded(Group((items[:index],))):
            end = index
            break
    while end > 1 and items[end - 1].least == 0:
        end -= 1
    last = items[end - 1] if end else None
    if last is None or last.least == last.most:
        return items[:end]
    return (*items[: end - 1], Item(last.atom, last.least, last.least))


def _relaxed_group(group: Group, *, outermost: bool = False) -> str:
    inner = "|".join("".join(map(_relaxed, items)) for items in group.alternatives)
    return inner if outermost and len(group.alternatives) == 1 else f"(?{group.flags}:{inner})"


def _relaxed(item: Item) -> str:
    match item.atom:
        case Assertion(text):
            return text
        case Group() as group:
            return _relaxed_group(group) + _repeated(item, counted=1)
        case Letter() as letter:
            narrow = letter.text.isascii()
            text = letter_pattern(letter)
            return text + _repeated(item, counted=_COUNTED) if narrow else f"(?:{text}){_repeated(item, counted=1)}"
        case Class(negated, ascii_part, wide, _):
            if not wide:
                return f"[{'^' * negated}{ascii_part}]{_repeated(item, counted=_COUNTED)}"
            inside = f"[^{ascii_part}]" if negated else f"[{ascii_part}{_ANY}]"
            return inside + ("+" if item.least else "*")


def _repeated(item: Item, *, counted: int) -> str:
    """A quantifier that allows at least what the item's allows, without counting far."""
    least, most = item.least, item.most
    if (least, most) == (1, 1):
        return ""
    if (least, most) == (0, 1):
        return "?"
    if least == 0:
        return "*"
    if least == most and least <= counted:
        return f"{{{least}}}"
    return "+" if least == 1 or counted == 1 else f"{{{min(least, counted)},}}"


def _demanded(group: Group) -> frozenset[str]:
    """Strings (lower case, ``_EDGE`` at word edges) of which one must occur; empty when there are none good enough."""
    exact, needed = _of_group(group)
    return _better(exact or frozenset(), needed)


_Strings = frozenset[str]


def _of_group(group: Group) -> tuple[_Strings | None, _Strings]:
    """(all strings the group can be, when few; strings of which one must occur)."""
    found = [_of_sequence(items) for items in group.alternatives]
    exact: _Strings | None = frozenset()
    for each, _ in found:
        exact = None if exact is None or each is None or len(exact) + len(each) > _MANY else exact | each
    needed = [_better(each or frozenset(), must) for each, must in found]
    return exact, frozenset().union(*needed) if all(needed) else frozenset()


def _of_sequence(items: Iterable[Item]) -> tuple[_Strings | None, _Strings]:
    whole, run, needed = True, frozenset(("",)), frozenset[str]()
    for item in _spread(tuple(items)):
        exact, must = _of_item(item)
        needed = _better(needed, must)
        if exact is not None and len(run) * len(exact) <= _FEW:
            run = frozenset(left + right for left, right in product(run, exact))
            continue
        whole = False
        needed = _better(needed, run)
        run = frozenset(("",)) if exact is None or len(exact) > _FEW else exact
        if exact is not None:
            needed = _better(needed, exact)
    return (run if whole else None), _better(needed, run)


def _spread(items: tuple[Item, ...]) -> tuple[Item, ...]:
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


def _of_item(item: Item) -> tuple[_Strings | None, _Strings]:
    exact, needed = _of_atom(item.atom)
    if (item.least, item.most) == (1, 1):
        return exact, needed
    if item.least == 0:
        return (exact | {""} if exact is not None and item.most == 1 else None), frozenset()
    return None, _better(needed, exact or frozenset())


def _of_atom(atom: Letter | Class | Assertion | Group) -> tuple[_Strings | None, _Strings]:
    match atom:
        case Letter(text):
            return frozenset((text.lower(),)), frozenset()
        case Class(_, _, _, members):
            return (frozenset(each.lower() for each in members) if members else None), frozenset()
        case Assertion(text):
            return frozenset((_EDGE if text == r"\b" else "",)), frozenset()
        case Group() as group:
            return _of_group(group)


def _better(one: _Strings, other: _Strings) -> _Strings:
    """The demand that fewer texts meet; strings too short to be worth anything are no demand."""
    best = max(one, other, key=_worth)
    return best if _worth(best) > _WORTHLESS else frozenset()


def _worth(strings: _Strings) -> tuple[float, int]:
    if not strings or len(strings) > _MANY:
        return _WORTHLESS
    least = min(map(_weight, strings))
    return (min(_LONG, least), -len(strings)) if least >= _LEAST else _WORTHLESS


def _weight(text: str) -> float:
    """How rare a string is: marks are rarer than letters, a word's edge is worth half of one, spaces nothing."""
    inner = text.strip(_EDGE).replace(_EDGE, "")
    if inner in _COMMON:
        return 0
    marks = sum(not letter.isalpha() for letter in inner if not letter.isspace())
    return len("".join(inner.split())) + marks * _MARK + (text.startswith(_EDGE) + text.endswith(_EDGE)) * _HALF


def _written(text: str) -> str:
    """A string as a pattern; word edges inside it say nothing more."""
    first = r"\b" if text.startswith(_EDGE) else ""
    last = r"\b" if text.endswith(_EDGE) else ""
    inner = (each if each in _PLAIN else letter_pattern(Letter(each)) for each in text.replace(_EDGE, ""))
    return f"{first}{''.join(inner)}{last}"
