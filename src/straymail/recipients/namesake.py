"""``namesake`` and ``prefix``: another person of (nearly) the same name, or the same first letters, is much closer.

Strength is log((1 + tie of the other) / (1 + tie of the recipient)) / 2, times the share of name tokens in common, at
most 3: wrong autocompletion puts a rare contact in the place of a usual one. Only looked for when the recipient is a
weak contact. The same person under another address is no namesake: equal full names are left out.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from straymail.correspondence.names import tokens_of
from straymail.evidence import Candidate, Signal
from straymail.message import Address, parse_address
from straymail.recipients.context import Context

_WEAK = 3.0
_LEAST = 1.0
_PREFIX = 3


def observe(context: Context, address: Address) -> Iterator[Signal]:
    """A namesake signal, else a prefix signal, else nothing."""
    key = address.person
    mine = context.tie(key)
    if mine >= _WEAK or not context.sender:
        return
    tokens = set(tokens_of(address.local)) | set(tokens_of(context.name_of(address)))
    best, strength = "", 0.0
    for token in tokens:
        for other in context.history.namesakes(context.sender, token):
            if other == key or other in context.recipients:
                continue
            theirs = set(tokens_of(other.partition("@")[0]))
            if theirs == tokens or not theirs:
                continue
            share = len(tokens & theirs) / max(len(tokens), len(theirs))
            points = share * _ratio(context.tie(other), mine)
            if points > strength:
                best, strength = other, points
    if best:
        yield _signal(context, "namesake", address, best, strength)
        return
    yield from _prefix(context, address, mine)


def _prefix(context: Context, address: Address, mine: float) -> Iterator[Signal]:
    start = address.person[:_PREFIX]
    others = (
        other for other in context.book.get(start, ()) if other != address.person and other not in context.recipients
    )
    tie, best = max(((context.tie(other), other) for other in others), default=(0.0, ""))
    strength = _ratio(tie, mine)
    if best and strength > 0:
        yield _signal(context, "prefix", address, best, strength)


def _ratio(theirs: float, mine: float) -> float:
    return min(3.0, max(0.0, math.log((_LEAST + theirs) / (_LEAST + mine)) / 2.0))


def _signal(context: Context, kind: str, address: Address, best: str, strength: float) -> Signal:
    names = context.history.names(best)
    name = names[0][0] if names else ""
    other = parse_address(best)
    text = f"You write to {name or other} much more often than to {address}, and the names are alike."
    return Signal(kind, strength, text, f"{other} is closer", (Candidate(other, strength - 10.0, name),))
