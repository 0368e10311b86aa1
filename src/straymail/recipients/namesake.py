"""``namesake``, ``prefix`` and ``rival.*``: somebody of (nearly) the same name, or the same first letters, fits better.

Wrong autocompletion and confusion put one contact in the place of another that looks alike. Of the sender's contacts
that look like the recipient (a name token in common or one slip away from it: Fisher and Fischer; else the same three
first letters) and are not addressed, the one that fits this message best is the rival. Its signals, each times the
likeness of the names (0..1):

- ``namesake`` or ``prefix``: log((1 + tie of the rival) / (1 + tie of the recipient)) / 2, 0..3: who is closer;
- ``rival.together``: the same ratio of how often each stood beside the other recipients, 0..3;
- ``rival.thread``: 1 when the rival took part in this conversation and the recipient did not;
- ``namesake.both``: 0..1, the recipient is new to the sender and has (nearly) first name and surname of a closer one;
- ``namesake.elsewhere``: log(1 + messages others sent to such a recipient), at most 4: a namesake is usually somebody's
  correspondent, so that clears less than it would else;
- ``rival.greeting``: 1 when the message greets the rival's name and not the recipient's.

The idea of comparing is Google's "Got the Wrong Bob?" (Roth et al., KDD 2010). The same person under another address is
no rival: equal full names are left out.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from straymail.correspondence import FIRST_LETTERS
from straymail.correspondence.names import tokens_of
from straymail.evidence import Candidate, Signal
from straymail.message import Address, parse_address
from straymail.recipients.context import Context
from straymail.recipients.salutation import greeted

_PREFIX_LIKENESS = 0.5
_SLIP = 0.9  # likeness of two tokens one slip apart
_SHORTEST = 5
_MOST_RIVALS = 60
_MOST = 3.0
_MOST_ELSEWHERE = 4.0
_BOTH_NAMES = 0.8
_NAMES = (2, 3)


@dataclass(frozen=True, slots=True)
class _Rival:
    key: str
    kind: str
    likeness: float
    tie: float
    together: float
    thread: bool
    greeting: bool

    @property
    def fit(self) -> float:
        """How much better this one fits; only ranks rivals, the weights file weighs the parts."""
        return self.likeness * (self.tie + self.together + 2.0 * self.thread + 2.0 * self.greeting)


def observe(context: Context, address: Address) -> Iterator[Signal]:
    """Signals of the best rival, if one fits better in any way."""
    if not context.sender:
        return
    rivals = [_compare(context, address, *each) for each in _alike(context, address)]
    best = max(rivals, key=lambda each: (each.fit, each.key), default=None)
    if best is not None and best.fit > 0:
        yield from _signals(context, address, best)


def _alike(context: Context, address: Address) -> Iterator[tuple[str, str, float]]:
    """(key, kind, likeness) of the sender's other contacts that look like the recipient."""
    mine = tuple(dict.fromkeys((*tokens_of(address.local), *tokens_of(context.name_of(address)))))
    found: dict[str, tuple[str, float]] = {}
    for token in mine:
        for other in context.history.namesakes(context.sender, token):
            if other not in found and _is_other(context, address, other):
                likeness = _likeness(mine, tokens_of(other.partition("@")[0]))
                if 0 < likeness < 1:
                    found[other] = ("namesake", likeness)
    for other in context.history.beginning(context.sender, address.person[:FIRST_LETTERS]):
        if other not in found and _is_other(context, address, other):
            found[other] = ("prefix", _PREFIX_LIKENESS)
    for _, (other, (kind, likeness)) in zip(range(_MOST_RIVALS), found.items(), strict=False):
        yield other, kind, likeness


def _is_other(context: Context, address: Address, other: str) -> bool:
    return other not in (address.person, context.sender) and other not in context.recipients


def _likeness(mine: tuple[str, ...], theirs: tuple[str, ...]) -> float:
    """Share of name tokens in common, those one slip apart nearly counting; 1: the same name, 0: nothing to compare."""
    if not mine or not theirs or set(mine) == set(theirs):
        return 1.0 if mine and theirs else 0.0
    left, points = list(theirs), 0.0
    for token in mine:
        best = max(left, key=lambda other: _alikeness(token, other), default="")
        if best and (points_here := _alikeness(token, best)):
            points += points_here
            left.remove(best)
    return min(0.99, points / max(len(mine), len(theirs)))


def _alikeness(a: str, b: str) -> float:
    if a == b:
        return 1.0
    near = min(len(a), len(b)) >= _SHORTEST and OSA.distance(a, b, score_cutoff=1) <= 1
    return _SLIP if near else 0.0


def _compare(context: Context, address: Address, other: str, kind: str, likeness: float) -> _Rival:
    key, history, sender = address.person, context.history, context.sender
    beside = [each for each in context.recipients if each != key]
    together = 0.0
    if beside and len(beside) <= 2 * _MOST_RIVALS:
        theirs = sum(history.together(sender, other, each) for each in beside)
        together = _ratio(theirs, sum(history.together(sender, key, each) for each in beside)) if theirs else 0.0
    thread = context.thread
    name = greeted(context.opening) if not beside and context.opening else ""
    return _Rival(
        other,
        kind,
        likeness,
        _ratio(context.tie(other), context.tie(key)),
        together,
        other in thread and key not in thread,
        bool(name) and name in _tokens(context, other) and name not in _tokens(context, key),
    )


def _tokens(context: Context, key: str) -> tuple[str, ...]:
    names = context.history.names(key)
    return (*tokens_of(key.partition("@")[0]), *(tokens_of(names[0][0]) if names else ()))


def _ratio(theirs: float, mine: float) -> float:
    return min(_MOST, max(0.0, math.log((1.0 + theirs) / (1.0 + mine)) / 2.0))


def _signals(context: Context, address: Address, rival: _Rival) -> Iterator[Signal]:
    names = context.history.names(rival.key)
    other = parse_address(rival.key)
    name = names[0][0] if names else ""
    shown = name or str(other)
    meant = (Candidate(other, rival.fit - 10.0, name),)
    yield Signal(
        rival.kind,
        rival.likeness * rival.tie,
        f"You write to {shown} much more often than to {address}, and the names are alike." if rival.tie else "",
        f"{other} is closer" if rival.tie else f"{other} looks like it",
        meant,
    )
    yield from _elsewhere(context, address, rival)
    for kind, strength, said, told in (
        ("together", rival.together, f"{shown} usually stands beside the other recipients; {address} does not.",
         f"{other} stands beside the others"),
        ("thread", float(rival.thread), f"{shown} took part in this conversation; {address} did not.",
         f"{other} is in the thread"),
        ("greeting", float(rival.greeting), f"The message greets {shown} by name.", f"greets {other}"),
    ):  # fmt: skip
        if strength:
            yield Signal(f"rival.{kind}", rival.likeness * strength, said, told, meant)


def _elsewhere(context: Context, address: Address, rival: _Rival) -> Iterator[Signal]:
    key = address.person
    if rival.likeness < _BOTH_NAMES or not rival.tie or context.to(key) or context.back(key):
        return
    if any(len(tokens_of(each.partition("@")[0])) not in _NAMES for each in (key, rival.key)):
        return  # lists and machines have more words than people have names
    yield Signal(
        "namesake.both", min(1.0, rival.tie), "", "new to the sender, and both names are those of a closer one"
    )
    person = context.history.person(key)
    if person and person.received:
        strength = min(1.0, rival.tie) * min(_MOST_ELSEWHERE, math.log1p(person.received))
        yield Signal("namesake.elsewhere", strength, "", f"new to the sender; {person.received} messages from others")
