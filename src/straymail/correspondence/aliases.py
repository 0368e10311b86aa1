"""One person under several addresses: the addresses of one organisation whose owner bears one name.

Two addresses belong to one person when both lie in the organisation's own domains, or both in one other domain that is
no public mail provider; first name and surname are equal (short forms count as the long ones) and the local parts show
something of them; known middle names do not contradict each other; and the two never stood side by side in one message.
A name comes from the display names seen for the address, or from a local part ``first.last``. Inside and outside never
merge, so an outsider cannot pass for somebody of the organisation by his display name.

Whom it gets wrong: two people of exactly one name, of whom no message named both; and whoever is most often addressed
by another's name, which a stranger's mail can bring about between two addresses inside.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from straymail.correspondence.names import TITLES, tokens_of
from straymail.correspondence.well_known import WELL_KNOWN
from straymail.message import registrable

_MOST = 12  # addresses of one name; more are a list's or a machine's
_NAMES = 2
_TELLING = 3
_BETWEEN = TITLES | {"van", "von", "der", "den", "ter", "de", "du", "des", "la", "le", "del", "di", "da", "dos", "el",
                     "al", "bin", "ibn", "st"}  # fmt: skip

Name = tuple[str, str, str]  # family of domains, first name, surname


class Aliases:
    """Groups of addresses, by the integers of their owners.

    Args:
        is_own: whether a domain is the organisation's.
        changed: called when ``groups`` change.
    """

    def __init__(self, is_own: Callable[[str], bool], changed: Callable[[], None] = lambda: None) -> None:
        self.tell(is_own, changed)
        self._named: dict[int, tuple[Name, str]] = {}  # name and middle initial
        self._bearers: dict[Name, list[int]] = defaultdict(list)
        self._apart: set[int] = set()
        self.groups: dict[int, tuple[int, ...]] = {}  # of those alone who have several addresses

    def tell(self, is_own: Callable[[str], bool], changed: Callable[[], None]) -> None:
        """Whom to ask and to tell from now on."""
        self._is_own, self._changed = is_own, changed

    def name(self, who: int, key: str, shown: Mapping[str, int]) -> None:
        """Take note of what somebody is called: the most frequent display name, else the local part."""
        local, _, domain = key.partition("@")
        display = max(shown, key=lambda each: (shown[each], each), default="") if shown else local
        words = tokens_of(display)
        if len(words) < _NAMES or (not shown and len(words) != _NAMES) or not _borne(local, words, display):
            return
        family = "" if self._is_own(domain) else registrable(domain)
        if family in WELL_KNOWN:
            return
        name = ((family, words[0], words[-1]), _initial(display))
        before = self._named.get(who)
        if before == name:
            return
        if before:
            self._bearers[before[0]].remove(who)
            self.groups.pop(who, None)
            self._regroup(before[0])
        self._named[who] = name
        bearers = self._bearers[name[0]]
        bearers.append(who)
        if len(bearers) > 1:
            self._regroup(name[0])

    def beside(self, people: Iterable[int]) -> list[tuple[int, int]]:
        """These stood in one message: who of them bear one name are different people. The pairs newly told apart."""
        seen: dict[Name, int] = {}
        found = []
        for who in people:
            named = self._named.get(who)
            if named is None or len(self._bearers[named[0]]) < _NAMES:
                continue
            other = seen.setdefault(named[0], who)
            if other != who and other in self.group(who):
                self.tell_apart(other, who)
                found.append((other, who))
        return found

    def tell_apart(self, one: int, other: int) -> None:
        """These two are different people: from now on everybody of their name is a person of his own."""
        self._apart |= {one, other}
        for who in (one, other):
            if who in self._named:
                self._regroup(self._named[who][0])

    def group(self, who: int) -> tuple[int, ...]:
        """Everybody who is the same person as this one, himself included."""
        return self.groups.get(who) or (who,)

    def drop(self, who: int) -> None:
        """Forget somebody."""
        found = self._named.pop(who, None)
        if found:
            self._bearers[found[0]].remove(who)
            self._regroup(found[0])
        self.groups.pop(who, None)
        self._changed()

    def _regroup(self, name: Name) -> None:
        bearers = self._bearers[name]
        for who in bearers:
            self.groups.pop(who, None)
        self._changed()
        if not 1 < len(bearers) <= _MOST or not self._apart.isdisjoint(bearers):
            return
        by_initial: dict[str, list[int]] = defaultdict(list)
        for who in bearers:
            by_initial[self._named[who][1]].append(who)
        initials = [initial for initial in by_initial if initial]
        sets = [bearers] if len(initials) <= 1 else [by_initial[initial] for initial in initials]
        for people in sets:
            if len(people) > 1:
                group = tuple(sorted(people))
                self.groups.update(dict.fromkeys(group, group))


def _initial(display: str) -> str:
    """The first letter of the middle name ("Alan M. Tarnow", "Alan Mark Tarnow": "m"); "" when there is none."""
    words = [word for word in display.replace(".", " ").lower().split() if word.isalpha() and word not in _BETWEEN]
    return next((word[0] for word in words[1:-1]), "")


def _borne(local: str, words: Sequence[str], display: str) -> bool:
    """Whether a local part shows something of the name (a part of it, or its initials)."""
    local = local.lower()
    plain = "".join(filter(str.isalnum, local))
    parts = (*words, *display.lower().split())
    return any(len(word) >= _TELLING and word in local for word in parts) or plain.startswith(
        words[0][0] + words[-1][0]
    )
