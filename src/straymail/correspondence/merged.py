"""The facts of a person with several addresses: those of the addresses added up, once, until one is heard of again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from straymail.correspondence.history import ANSWER_WEIGHT, PairFacts, PersonFacts
from straymail.correspondence.table import Edges

_SHIFT = 32
_MOST = 100_000  # sums kept


class Merged:
    """Sums over addresses by their integers; who has one address is looked up directly.

    Args:
        groups: the addresses of those who have several (``Aliases.groups``).
        people: what each wrote. received: what each was sent. pairs: who wrote to whom, by ``a << 32 | b``.
    """

    def __init__(self, groups: Mapping[int, tuple[int, ...]], people: Edges, received: Edges, pairs: Edges) -> None:
        self.groups = groups
        self._people, self._received, self._pairs = people, received, pairs
        self._sums: dict[int, PairFacts | None] = {}
        self._persons: dict[int, PersonFacts | None] = {}
        self._current: dict[int, int] = {}

    def of(self, who: int) -> tuple[int, ...]:
        """Every address of the person who has this one, itself included."""
        return self.groups.get(who) or (who,)

    def person(self, who: int) -> PersonFacts | None:
        """Totals of one person; None when never seen in mail."""
        if who not in self._persons:
            if len(self._persons) >= _MOST:
                self._persons.clear()
            self._persons[who] = self._person(who)
        return self._persons[who]

    def _person(self, who: int) -> PersonFacts | None:
        group = self.groups.get(who)
        if group is None:
            sent, received = self._people.get(who), self._received.get(who)
        else:
            sent, received = self._people.sum(group), self._received.sum(group)
        if sent and received:
            first, last = min(sent.first, received.first), max(sent.last, received.last)
            return PersonFacts(sent.sent, received.sent, first, last)
        if sent:
            return PersonFacts(sent.sent, 0, sent.first, sent.last)
        return PersonFacts(0, received.sent, received.first, received.last) if received else None

    def pair(self, a: int, b: int) -> PairFacts | None:
        """What one person wrote to another; None when nothing."""
        first, second = self.groups.get(a), self.groups.get(b)
        if first is None and second is None:
            return self._pairs.get(a << _SHIFT | b)
        at = (first[0] if first else a) << _SHIFT | (second[0] if second else b)
        if at not in self._sums:
            if len(self._sums) >= _MOST:
                self._sums.clear()
            self._sums[at] = self._pair(first or (a,), second or (b,))
        return self._sums[at]

    def _pair(self, first: Sequence[int], second: Sequence[int]) -> PairFacts | None:
        return self._pairs.sum([x << _SHIFT | y for x in first if x in self._people for y in second])

    def tie(self, who: int, other: int, now: float) -> float:
        """How close the other is: mail sent to him and ``ANSWER_WEIGHT`` x mail from him, ``faded``."""
        if who not in self.groups and other not in self.groups:
            to_him, from_him = who << _SHIFT | other, other << _SHIFT | who
            return self._pairs.faded(to_him, now) + ANSWER_WEIGHT * self._pairs.faded(from_him, now)
        to, back = self.pair(who, other), self.pair(other, who)
        return (to.faded(now) if to else 0.0) + (ANSWER_WEIGHT * back.faded(now) if back else 0.0)

    def current(self, people: Iterable[int]) -> list[int]:
        """One address for each person: the one used last."""
        people = list(people)
        if self.groups.keys().isdisjoint(people):
            return list(dict.fromkeys(people))
        chosen = {}
        for who in people:
            group = self.groups.get(who)
            if group is None:
                chosen[who] = who
            elif group[0] not in chosen:
                last = self._current.get(group[0])
                if last is None:
                    last = self._current[group[0]] = max(group, key=self._last)
                chosen[group[0]] = last
        return list(chosen.values())

    def _last(self, who: int) -> float:
        return max((facts.last for facts in (self._people.get(who), self._received.get(who)) if facts), default=0.0)

    def heard(self, who: int) -> None:
        """A message is counted for this address."""
        group = self.groups.get(who)
        if group:
            self._current.pop(group[0], None)
        for each in group or (who,):
            self._persons.pop(each, None)

    def wrote(self, a: int, b: int) -> None:
        """A message from one address to another is counted."""
        if self._sums:
            self._sums.pop(self.of(a)[0] << _SHIFT | self.of(b)[0], None)

    def clear(self) -> None:
        """Who is one person has changed."""
        self._sums.clear()
        self._persons.clear()
        self._current.clear()
