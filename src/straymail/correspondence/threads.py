"""Who took part in a thread: by message-id, or else by subject. Bounded; the oldest messages go first.

Of each message only keyed 64-bit marks of its Message-ID and subject are kept, when it was sent, and who stood in it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MOST = 100_000
_GROUPS = 6
_SHORTEST = 4
_REFERENCES = 50


@dataclass(slots=True)
class _Entry:
    """One message: when, marks (0 for none), who stood in it, who stood in the messages it refers to."""

    time: float
    id: int
    subject: int
    people: frozenset[str]
    earlier: frozenset[str]


class Threads:
    """Participants by message-id and by normalised subject.

    Args:
        secret: keys the marks.
        most: how many messages are kept.
    """

    def __init__(self, secret: bytes = b"", most: int = MOST) -> None:
        self._secret, self._most = secret[:64], most
        self._entries: dict[str, _Entry] = {}
        self._by_id: dict[int, _Entry] = {}
        self._by_subject: dict[int, list[_Entry]] = {}

    def add(
        self,
        identity: str,
        time: float,
        message_id: str,
        references: Sequence[str],
        subject: str,
        people: frozenset[str],
    ) -> str:
        """Remember who stood in a message; the identity of the one that had to go for it, "" for none."""
        by_id = self._mark(message_id) if message_id else 0
        by_subject = self._mark(subject) if len(subject) >= _SHORTEST else 0
        if not by_id and not by_subject:
            return ""
        known = [entry for each in references[:_REFERENCES] if (entry := self._by_id.get(self._mark(each)))]
        earlier = frozenset[str]().union(*(entry.people | entry.earlier for entry in known)) - people
        return self._keep(identity, _Entry(time, by_id, by_subject, people, earlier))

    def _keep(self, identity: str, entry: _Entry) -> str:
        gone = ""
        if len(self._entries) >= self._most:
            gone = next(iter(self._entries))
            self._drop(gone)
        self._entries[identity] = entry
        if entry.id:
            self._by_id[entry.id] = entry
        if entry.subject:
            groups = self._by_subject.setdefault(entry.subject, [])
            groups.append(entry)
            del groups[:-_GROUPS]
        return gone

    def _drop(self, identity: str) -> None:
        entry = self._entries.pop(identity)
        if self._by_id.get(entry.id) is entry:
            del self._by_id[entry.id]
        groups = self._by_subject.get(entry.subject, [])
        if any(each is entry for each in groups):
            groups[:] = [each for each in groups if each is not entry]
            if not groups:
                del self._by_subject[entry.subject]

    def people(self, references: Sequence[str], subject: str, senders: Sequence[str]) -> frozenset[str]:
        """Participants of the thread; by subject only those of messages in which one of ``senders`` took part."""
        found: set[str] = set()
        for each in references[:_REFERENCES]:
            if entry := self._by_id.get(self._mark(each)):
                found |= entry.people | entry.earlier
        if not found and len(subject) >= _SHORTEST:
            for entry in self._by_subject.get(self._mark(subject), ()):
                if not entry.people.isdisjoint(senders):
                    found |= entry.people
        return frozenset(found)

    def forget(self, key: str) -> list[str]:
        """Take a person out of every message; the identities of the messages that changed."""
        changed = []
        for identity, entry in self._entries.items():
            if key in entry.people or key in entry.earlier:
                entry.people, entry.earlier = entry.people - {key}, entry.earlier - {key}
                changed.append(identity)
        return changed

    def values(self, identity: str) -> dict[str, Any]:
        """A message as the values of a row; empty when it is not kept."""
        entry = self._entries.get(identity)
        if entry is None:
            return {}
        values = {"t": entry.time, "i": entry.id, "s": entry.subject, "p": sorted(entry.people)}
        return values | {"e": sorted(entry.earlier)} if entry.earlier else values

    def restore(self, rows: Mapping[str, Mapping[str, Any]]) -> list[str]:
        """Take messages back, by identity, as ``values`` gave them; the identities of those that had to go again."""
        gone = []
        for identity, values in sorted(rows.items(), key=lambda row: (row[1]["t"], row[0])):
            people, earlier = frozenset(values["p"]), frozenset(values.get("e", ()))
            gone.append(self._keep(identity, _Entry(values["t"], values["i"], values["s"], people, earlier)))
        return list(filter(None, gone))

    def _mark(self, text: str) -> int:
        digest = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8, key=self._secret).digest()
        return int.from_bytes(digest) >> 1  # fits a signed column anywhere, and JSON readers with 63 bits
