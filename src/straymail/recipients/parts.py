"""How well one person fits one message: the parts named in ``evidence.PARTS``, measured."""

from __future__ import annotations

import math

from straymail.evidence import PARTS
from straymail.recipients.context import Context

_WEEK, _SEASON = 7 * 86_400.0, 60 * 86_400.0
_BESIDE = 40  # recipients of a message up to which it is counted who stands beside whom
_FULL_NAME = 2
_MOST_TOPIC = 2.0  # above which messages are as like as form letters: more says nothing more
_BEFORE = list(PARTS).index("group")


def parts(context: Context, key: str, judged: str) -> tuple[float, ...]:
    """The parts for the person with this key in the place of the recipient who is judged; in the order of ``PARTS``."""
    alone = context.alone.get(key)
    if alone is None:
        alone = context.alone[key] = _alone(context, key)
    group = together = 0.0
    others = len(context.places) - (judged in context.places)
    if 0 < others < _BESIDE:
        counts = context.beside(key)
        place = context.places.get(judged)
        with_judged = counts[place] if place is not None else 0
        known = len(counts) - counts.count(0) - (with_judged > 0)
        group, together = known / others, math.log1p(sum(counts) - with_judged)
    return (*alone[:_BEFORE], group, together, *alone[_BEFORE:])


def _alone(context: Context, key: str) -> tuple[float, ...]:
    """All parts that do not depend on who else is addressed."""
    history, to, back = context.history, context.to(key), context.back(key)
    last = max((facts.last for facts in (to, back) if facts), default=None)
    age = max(0.0, context.latest - last) if last is not None else math.inf
    names = history.words(key)
    quoted = context.quoted.count(names)
    stranger = not to and not back
    person = context.person(key) if stranger else None
    return (
        math.log1p(context.recent(to)),
        math.log1p(context.recent(back)),
        math.exp(-age / _WEEK),
        math.exp(-age / _SEASON),
        float(key in context.thread),
        float(_wrote(context, key, names)),
        float(bool(quoted) and quoted >= min(_FULL_NAME, len(names))),
        float(quoted > 0),
        float(context.mentioned.any(names)),
        context.called(key).value if context.greeted else 0.0,
        math.log1p(10.0 * min(_MOST_TOPIC, context.topic(key))),
        float(stranger),
        float(stranger and person is None),
        math.log1p(person.received) if person else 0.0,
        float(history.is_own(key.rpartition("@")[2])),
    )


def _wrote(context: Context, key: str, names: frozenset[str]) -> bool:
    """Whether the message that is answered names this person as its writer."""
    words, addresses = context.author
    if addresses:  # a name beside another address is another person's
        return not addresses.isdisjoint(context.history.same(key))
    return bool(names) and words.count(names) >= min(_FULL_NAME, len(names))
