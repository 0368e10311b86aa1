"""Cheaper patterns that match wherever a rule does: what makes searching for hundreds of rules cheap.

``hint(pattern)`` gives a byte pattern in the syntax of Hyperscan. Where strings exist of which one must occur, it is
these; else it is the pattern itself without its bounds on repetition and with any bytes beyond ASCII for a class of
letters beyond ASCII. Both match too much, never too little: the rule itself decides.

What a hint begins with decides what it costs. Strings cost next to nothing, as all of them are searched for together;
the start of a line, a word's edge or a class has to be followed each time it comes, and is left out where it can be.
"""

from __future__ import annotations

from straymail.content.demands import demanded, expected, fewest, rarest, spread, weight, written
from straymail.content.syntax import Assertion, Class, Group, Item, Letter, letter_pattern, read

_OFTEN = 3e-3  # strings expected at a place of a text, from which on they are no place to begin at
_RARE = 7  # what a string must weigh for the words before it not to matter
_COUNTED = 16  # repetitions told apart in a relaxed pattern
_ANY = r"\x80-\xff"


def hint(pattern: str, *, whole: bool = False) -> str:
    """The cheaper pattern for a rule's; ``whole``: never strings alone, as those are common.

    Raises:
        ValueError: the rule uses syntax ``syntax`` does not know.
    """
    flags, group = read(pattern)
    words = frozenset[str]() if whole or _starts_lines(group) else demanded(group)
    if words:
        return f"(?i)(?:{'|'.join(map(written, fewest(words)))})"
    group = Group(tuple(map(_within_line, group.alternatives)), group.flags)
    shorter = _led(group if whole else _cut(_begun(group)))
    return (f"(?{flags})" if flags else "") + _relaxed_group(shorter, outermost=True)


def apart(words: str, tail: str) -> str:
    """Each of several words with what follows it: beginning with a string each, they are searched for together.

    As one group before the tail they would be followed from every place of a text.
    """
    ends = _relaxed_group(read(tail)[1])
    return "|".join(f"(?i:{_relaxed_group(Group((each,)))}){ends}" for each in read(words)[1].alternatives)


def _starts_lines(group: Group) -> bool:
    """Whether every alternative stands at the start of a line or text, where common words are rare."""
    return all(items and _is_anchor(items[0]) for items in group.alternatives)


def _within_line(items: tuple[Item, ...]) -> tuple[Item, ...]:
    """What may start a line without what stands there before its strings: following each line costs far more."""
    if not items or not _may_anchor(items[0]):
        return items
    words = rarest(Group((items,)))
    if not words or expected(words) > _OFTEN:
        return items
    return items[max(at for at in range(len(items)) if rarest(Group((items[at:],))) == words) :]


def _may_anchor(item: Item) -> bool:
    if isinstance(item.atom, Group):
        return any(items and _may_anchor(items[0]) for items in item.atom.alternatives)
    return _is_anchor(item)


def _led(group: Group) -> Group:
    """The group with one byte for any character but some at its start, and without a word's edge before a class.

    What stands before that does not matter, and each word's edge of a text would have to be followed.
    """
    return Group(tuple(map(_led_sequence, group.alternatives)), group.flags)


def _led_sequence(items: tuple[Item, ...]) -> tuple[Item, ...]:
    if not items or (items[0].least, items[0].most) != (1, 1):
        return items
    match items[0].atom:
        case Assertion(r"\b") if len(items) > 1 and isinstance(items[1].atom, Class):
            return items[1:]
        case Group() as group:
            return (Item(_led(group)), *items[1:])
        case Class(True, ascii_part, True, members):
            return (Item(Class(True, ascii_part, False, members)), *items[1:])
    return items


def _begun(group: Group) -> Group:
    """The group without runs of a class that stand before strings rare enough: it is they that are searched for."""
    return Group(tuple(map(_begun_sequence, group.alternatives)), group.flags)


def _begun_sequence(items: tuple[Item, ...]) -> tuple[Item, ...]:
    words = demanded(Group((items,)))
    if words and any(map(_runs, items)):
        start = max(at for at in range(len(items)) if demanded(Group((items[at:],))) == words)
        common = isinstance(items[0].atom, Class) or min(map(weight, words)) >= _RARE
        return items[start:] if common and any(map(_runs, items[:start])) else items
    edged = spread(items)
    if edged and isinstance(edged[0].atom, Group) and (edged[0].least, edged[0].most) == (1, 1):
        begun = _begun(edged[0].atom)
        return (Item(begun), *edged[1:]) if begun != edged[0].atom else items
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
        if _is_anchor(before[0]) or demanded(Group((before,))) or not demanded(Group((items[start:],))):
            break
        if isinstance(items[start - 1].atom, Group) or items[start - 1].most != 1:
            return _cut_end(items[start:])
    return _cut_end(items)


def _is_anchor(item: Item) -> bool:
    return isinstance(item.atom, Assertion) and item.atom.text == "^"


def _cut_end(items: tuple[Item, ...]) -> tuple[Item, ...]:
    end = len(items)
    for index in range(1, len(items)):
        if items[index].most != 1 and demanded(Group((items[:index],))):
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
            counted = _COUNTED if letter.text.isascii() else 1
            return letter_pattern(letter) + _repeated(item, counted=counted)
        case Class(negated, ascii_part, wide, members):
            if wide and members:
                either = "|".join(letter_pattern(Letter(each)) for each in members)
                return f"(?:{either}){_repeated(item, counted=1)}"
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
