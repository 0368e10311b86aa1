"""Who took part in a thread: by message-id, or else by subject. Bounded; the oldest threads go first."""

from __future__ import annotations

from collections.abc import Sequence

_MOST = 200_000
_GROUPS = 6
_SHORTEST = 4


class Threads:
    """Participants by message-id and by normalised subject."""

    def __init__(self) -> None:
        self._by_id: dict[int, frozenset[str]] = {}
        self._by_subject: dict[int, list[frozenset[str]]] = {}
        self._forgotten: set[str] = set()

    def add(self, message_id: str, references: Sequence[str], subject: str, people: frozenset[str]) -> None:
        """Remember who stood in a message."""
        if message_id:
            earlier = [self._by_id[hash(each)] for each in references[:50] if hash(each) in self._by_id]
            _bound(self._by_id)
            self._by_id[hash(message_id)] = people.union(*earlier)
        if len(subject) >= _SHORTEST:
            _bound(self._by_subject)
            groups = self._by_subject.setdefault(hash(subject), [])
            groups.append(people)
            del groups[:-_GROUPS]

    def people(self, references: Sequence[str], subject: str, senders: Sequence[str]) -> frozenset[str]:
        """Participants of the thread; by subject only those of messages in which one of ``senders`` took part."""
        found: set[str] = set()
        for each in references[:50]:
            found |= self._by_id.get(hash(each), frozenset())
        if not found and len(subject) >= _SHORTEST:
            for group in self._by_subject.get(hash(subject), ()):
                if not group.isdisjoint(senders):
                    found |= group
        return frozenset(found - self._forgotten)

    def forget(self, key: str) -> None:
        """Leave a person out from now on."""
        self._forgotten.add(key)


def _bound(table: dict[int, object] | dict[int, frozenset[str]] | dict[int, list[frozenset[str]]]) -> None:
    if len(table) >= _MOST:
        table.pop(next(iter(table)))
