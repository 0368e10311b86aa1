"""What the detectors need to know of the past, as a protocol: ``Correspondence`` holds it, ``record`` keeps it.

Keys are ``Address.person`` strings; times are Unix seconds (UTC). Every fact is a commutative count, minimum
or maximum, so the order of learning does not matter and learning twice changes nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from straymail.frozen import dataclass

FIRST_LETTERS = 2
"""Letters after which an address may be completed by itself."""

ANSWER_WEIGHT = 2.0
_HALF_LIFE = 180 * 86_400.0


def faded(count: int, last: float, now: float) -> float:
    """A count, halved for each 180 days since the last time."""
    return count * math.pow(2.0, min(0.0, last - now) / _HALF_LIFE)


@dataclass(frozen=True, slots=True)
class PairFacts:
    """Directed: ``a`` wrote to ``b``. ``replies`` counts those that were replies ("Re:" or In-Reply-To)."""

    sent: int
    replies: int
    first: float
    last: float

    def faded(self, now: float) -> float:
        """Messages, all counting half for each 180 days since the last one."""
        return faded(self.sent, self.last, now)


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """Totals for one address: written by it (``sent``), addressed to it (``received``)."""

    sent: int
    received: int
    first: float
    last: float


@dataclass(frozen=True, slots=True)
class DomainFacts:
    """Totals for one domain. ``answered``: addresses in it that have answered somebody of the organisation."""

    people: int
    sent: int
    received: int
    answered: int
    first: float
    last: float


@dataclass(frozen=True, slots=True)
class Standing:
    """What people have settled about a (sender, recipient) pair or a recipient, beyond counting."""

    confirmed: bool = False  # a person said: this is right
    corrected_to: str = ""  # a person said: not this, but that address
    directory: bool = False  # listed in a directory the organisation loaded
    elsewhere: bool = False  # it was another sender who said so


UNSETTLED = Standing(elsewhere=True)
"""What is said of whom nobody settled anything."""


class History(Protocol):
    """Read side of the learned history."""

    @property
    def own_domains(self) -> frozenset[str]:
        """The organisation's own domains."""
        ...

    def is_own(self, domain: str) -> bool:
        """Whether the domain, or a parent of it, is the organisation's own."""
        ...

    def person(self, key: str) -> PersonFacts | None:
        """Totals of one address; None when it was never seen."""
        ...

    def same(self, key: str) -> tuple[str, ...]:
        """Every address of the person who has this one, itself included."""
        ...

    def topic(self, words: Sequence[str]) -> Callable[[str], float]:
        """Tells of a person how much the messages most like these words speak for him: a sum of likeness."""
        ...

    def pair(self, a: str, b: str) -> PairFacts | None:
        """What ``a`` wrote to ``b``; None when nothing."""
        ...

    def ties(self, person: str, others: Sequence[str], now: float) -> list[float]:
        """How close each of the others is: mail sent to him and ``ANSWER_WEIGHT`` x mail from him, ``faded``."""
        ...

    def domain(self, name: str) -> DomainFacts | None:
        """Totals of one domain; None when no address in it is known."""
        ...

    def standing(self, sender: str, recipient: str) -> Standing:
        """What people settled about the pair, or about the recipient for everyone."""
        ...

    def names(self, key: str) -> Sequence[tuple[str, int]]:
        """Display names seen for the address with counts, most frequent first."""
        ...

    def name(self, key: str) -> str:
        """The display name seen most often for the address; "" for none."""
        ...

    def words(self, key: str) -> frozenset[str]:
        """The name tokens of a person key: of its local part and of its most frequent display name."""
        ...

    def acquainted(self, key: str) -> int:
        """How many addresses are in the address book of ``key``."""
        ...

    def contacts(self, key: str) -> Iterable[str]:
        """The address book: everyone ``key`` has written to, or had mail from."""
        ...

    def beginning(self, key: str, local: str) -> Sequence[str]:
        """The contacts of ``key`` whose local part has the same ``first_letters`` as ``local``."""
        ...

    def near_domains(self, name: str) -> Sequence[tuple[str, int]]:
        """Known domains within two OSA edits of ``name`` (itself excluded), with the distance."""
        ...

    def near_mailboxes(self, domain: str, local: str) -> Sequence[tuple[str, int]]:
        """Known person keys in ``domain`` whose local part is within two OSA edits, with the distance."""
        ...

    def named(self, token: str) -> Iterable[str]:
        """Person keys whose display name or local part holds this name token (lower case, two letters or more)."""
        ...

    def together(self, sender: str, others: Sequence[str]) -> Callable[[str], list[int]]:
        """Tells of a person how many messages of ``sender`` went to him and each of the others (to himself: 0).

        Good until the next message is learned.
        """
        ...

    def namesakes(self, sender: str, token: str) -> list[str]:
        """As ``named``, within the address book of ``sender``."""
        ...

    def suffix(self, tld: str) -> int:
        """How many messages went to addresses under this top-level domain."""
        ...

    def answers(self, key: str) -> bool:
        """Whether this address has answered somebody of the organisation."""
        ...

    def domain_answers(self, name: str) -> bool:
        """Whether some address of the domain has answered somebody of the organisation."""
        ...

    def called(self, label: str) -> Iterable[str]:
        """Known domains, in which somebody has answered, whose registrable part begins with, or reads like, a label."""
        ...

    def knows_domain(self, name: str) -> bool:
        """Whether any address in the domain is known."""
        ...

    def thread(self, references: Sequence[str], subject: str, sender: str) -> frozenset[str]:
        """Person keys seen in the thread these references (or, lacking them, this normalised subject) belong to."""
        ...


def first_letters(local: str) -> str:
    """The first ``FIRST_LETTERS`` letters or digits of a local part."""
    if local[:FIRST_LETTERS].isalnum():
        return local[:FIRST_LETTERS]
    return "".join(letter for letter in local[:20] if letter.isalnum())[:FIRST_LETTERS]
