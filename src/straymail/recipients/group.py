"""``group`` and ``group.odd``: do the recipients of this message usually stand together?

With three recipients or more: ``group`` is the share of the others this one has stood beside in the sender's mail;
``group.odd`` is 1 when the others know each other (half of their pairs) and this one knows none of them.
``crowd`` is log(others / 3) from five recipients on: long lists are expanded, not typed.
``outsider`` is 1 for a weak outside contact among recipients who are all of the organisation.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from straymail.evidence import Signal
from straymail.message import Address
from straymail.recipients.context import Context

_CROWD = 4
_LEAST = 3
_MOST = 12
_HALF = 0.5
_WEAK = 2.0


def observe(context: Context, address: Address) -> Iterator[Signal]:
    """At most one of each signal."""
    key, places = address.person, context.places
    besides = len(places) - (key in places)
    if besides >= _CROWD:
        yield Signal("crowd", math.log(besides / (_CROWD - 1)), "", f"one of {besides + 1} recipients")
    if besides + 1 > _MOST or besides + 1 < _LEAST:
        return
    history, others = context.history, [other for other in places if other != key]
    share = _known(context, key) / len(others)
    if share:
        yield Signal("group", share, "", f"stood beside {share:.0%} of the others")
    elif sum(_known(context, other) for other in others) >= _HALF * len(others) * (len(others) - 1):
        text = f"{address.readable} has not been written to together with any of the others, who often are."
        yield Signal("group.odd", 1.0, text, "odd one out")
    if history.is_own(address.domain):
        return
    if all(history.is_own(other.rpartition("@")[2]) for other in others) and context.tie(key) < _WEAK:
        text = f"{address.readable} is outside; all others are inside."
        yield Signal("outsider", 1.0, text, "outsider in an inside group")


def _known(context: Context, key: str) -> int:
    """How many of the recipients this one has stood beside."""
    counts = context.beside(key)
    return len(counts) - counts.count(0)
