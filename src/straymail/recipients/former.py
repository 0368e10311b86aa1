"""``former``: the address is that of a former employer; its owner writes from another one since.

1 where the recipient wrote to the sender once, neither has written for ``_SILENT`` days, and all the mail the sender
got from somebody of the same first name and surname in another firm's domain (``_LEAST`` messages or more) came after
that. Own domains and public mail providers are no employers. Whoever uses two addresses at a time has not moved, nor
has somebody whose name is shown nowhere; two people of one name, of whom one fell silent before the other began, are
taken for one.
"""

from __future__ import annotations

from collections.abc import Iterator

from straymail.correspondence.well_known import WELL_KNOWN
from straymail.evidence import Candidate, Signal
from straymail.message import Address, registrable
from straymail.recipients.context import Context

_DAY = 86_400.0
_SILENT = 180
_LEAST = 3
_NAMES = 2
_MONTH = 30.4


def observe(context: Context, address: Address) -> Iterator[Signal]:
    """At most one signal."""
    key = address.person
    to, back = context.to(key), context.back(key)
    if back is None:
        return
    silent = (context.now.timestamp() - max(facts.last for facts in (to, back) if facts)) / _DAY
    names = context.history.words(key)
    if silent < _SILENT or len(names) < _NAMES or not _employer(context, key):
        return
    since = [other for other in context.namesakes(min(names)) if _moved(context, key, other, back.last)]
    if since:
        best = Address.of(max(since, key=lambda each: (context.tie(each), each)))
        text = f"{address.readable} has not written to you for {silent / _MONTH:.0f} months; since then "
        text += f"{context.name_of(best.person) or 'somebody of that name'} writes to you from {best.readable}."
        meant = (Candidate(best, -8.0, context.name_of(best.person)),)
        yield Signal("former", 1.0, text, f"silent for {silent:.0f} days, {best} since", meant)


def _employer(context: Context, key: str) -> bool:
    domain = key.rpartition("@")[2]
    return not context.history.is_own(domain) and registrable(domain) not in WELL_KNOWN


def _moved(context: Context, key: str, other: str, last: float) -> bool:
    """Whether somebody of just these names began to write elsewhere after that time."""
    history, back = context.history, context.back(other)
    if back is None or back.sent < _LEAST or back.first <= last or history.words(other) != history.words(key):
        return False
    if other in context.addressed or other in history.same(key) or not _employer(context, other):
        return False
    return registrable(other.rpartition("@")[2]) != registrable(key.rpartition("@")[2])
