"""What a detector is given: the history, the envelope, the message if it is there, and what was looked up already."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import field
from datetime import datetime

from straymail.correspondence import History, PairFacts, PersonFacts
from straymail.correspondence.names import tokens_of
from straymail.correspondence.observation import normal_subject
from straymail.frozen import cached_property, dataclass
from straymail.message import Envelope, Message, answered_author, is_forward, new_text, quoted_text, words_of
from straymail.recipients.said import NOTHING, Said
from straymail.recipients.salutation import Called, Person, called, greeted

_GREETING_TEXT = 200
_ADDRESS = re.compile(r"[\w.+\-]{1,64}@[\w.\-]{1,253}")  # bounded; one class beside the next mark
_NOBODY: tuple[Said, frozenset[str]] = (NOTHING, frozenset())
_NAMED_TEXT = 4_000  # characters in which names are looked for


@dataclass(frozen=True)
class Context:
    """One message (or, at RCPT TO, one address: ``message`` is None) about to be judged as of ``now``."""

    history: History
    envelope: Envelope
    message: Message | None
    now: datetime
    alone: dict[str, tuple[float, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)
    doubted: set[str] = field(default_factory=set, init=False, repr=False, compare=False)
    _to: dict[str, PairFacts | None] = field(default_factory=dict, init=False, repr=False, compare=False)
    _back: dict[str, PairFacts | None] = field(default_factory=dict, init=False, repr=False, compare=False)
    _beside: dict[str, list[int]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _named: dict[str, list[str]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _called: dict[str, Called] = field(default_factory=dict, init=False, repr=False, compare=False)
    _ties: dict[str, float] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def sender(self) -> str:
        """Person key of who writes: the header's From when it is there (it is what was learned), else the envelope."""
        if self.message is not None and self.message.from_:
            return self.message.from_[0].address.person
        return self.envelope.sender.person if self.envelope.sender else ""

    @cached_property
    def recipients(self) -> frozenset[str]:
        """Person keys of the envelope's recipients."""
        return frozenset(address.person for address in self.envelope.recipients)

    @cached_property
    def places(self) -> dict[str, int]:
        """The recipients in order, each with its number."""
        return {key: place for place, key in enumerate(sorted(self.recipients))}

    @cached_property
    def addressed(self) -> frozenset[str]:
        """Every address of the sender and of the recipients."""
        return frozenset(each for key in (self.sender, *self.recipients) for each in self.history.same(key))

    @cached_property
    def _topic(self) -> Callable[[str], float]:
        return self.history.topic(words_of(self.message) if self.message is not None else ())

    def topic(self, key: str) -> float:
        """How much the messages most like this one speak for a person (``History.topic``)."""
        return self._topic(key)

    @cached_property
    def mentioned(self) -> Said:
        """Words of what was newly written."""
        return Said(new_text(self.message)[:_NAMED_TEXT]) if self.message is not None else NOTHING

    @cached_property
    def quoted(self) -> Said:
        """Words of what is quoted or forwarded, where its writer and recipients are named."""
        return Said(quoted_text(self.message)[:_NAMED_TEXT]) if self.message is not None else NOTHING

    @cached_property
    def author(self) -> tuple[Said, frozenset[str]]:
        """Words and addresses by which the message that is answered names its writer; empty for none."""
        line = answered_author(self.message) if self.message is not None else ""
        return (Said(line), frozenset(found.lower() for found in _ADDRESS.findall(line))) if line else _NOBODY

    def names_any(self, words: frozenset[str]) -> bool:
        """Whether one of these stands in ``mentioned`` or ``quoted``."""
        return self.mentioned.any(words) or self.quoted.any(words)

    @cached_property
    def files(self) -> tuple[str, ...]:
        """Names of the attached files."""
        parts = self.message.parts if self.message is not None else ()
        return tuple(part.filename for part in parts if part.is_attachment and part.filename)

    @cached_property
    def greeted(self) -> tuple[Person, ...]:
        """Who is greeted by name, the sender left out: that is a signature."""
        found = greeted(self.opening) if self.opening else ()
        mine = self.history.words(self.sender) if found else frozenset[str]()
        return tuple(person for person in found if not mine.issuperset(person))

    def called(self, key: str) -> Called:
        """Whether this person is one of those greeted, going by the names of all his addresses."""
        known = self._called.get(key)
        if known is None:
            words = self.words(key)
            found = [called(person, words, key.partition("@")[0]) for person in self.greeted]
            known = self._called[key] = max(found, key=lambda each: each.value, default=Called.NO)
        return known

    def words(self, key: str) -> frozenset[str]:
        """The name tokens of all addresses of a person, and of how the header shows this one."""
        shown = tokens_of(self.shown.get(key, ""))
        return frozenset(shown).union(*map(self.history.words, self.history.same(key)))

    @cached_property
    def thread(self) -> frozenset[str]:
        """Who took part in the thread this message continues; empty when it begins one."""
        if self.message is None or not self.replies:
            return frozenset()
        return self.history.thread(self.message.references, self._subject[0], self.sender)

    @cached_property
    def _subject(self) -> tuple[str, bool]:
        return normal_subject(self.message.subject) if self.message is not None else ("", False)

    @cached_property
    def replies(self) -> bool:
        """Whether the message answers or forwards another."""
        return self.message is not None and (bool(self.message.references) or self._subject[1])

    @cached_property
    def answering(self) -> bool:
        """Whether the message answers another, and does not pass it on."""
        return self.message is not None and self.replies and not is_forward(self.message)

    @cached_property
    def opening(self) -> str:
        """The first line or two of what was newly written: where people greet."""
        if self.message is None:
            return ""
        return new_text(self.message).lstrip()[:_GREETING_TEXT]

    @cached_property
    def shown(self) -> dict[str, str]:
        """Display names in the header by person key."""
        if self.message is None:
            return {}
        return {box.address.person: box.name for box in (*self.message.to, *self.message.cc) if box.name}

    def silent(self, key: str) -> bool:
        """Whether this person was written to and has never written."""
        person = self.history.person(key)
        return person is not None and not person.sent

    def doubt(self, key: str) -> None:
        """Forget what was sent to somebody who never wrote and looks like a slip: repetition makes no acquaintance."""
        self.doubted.add(key)
        self._to[key] = None
        self.alone.pop(key, None)

    def person(self, key: str) -> PersonFacts | None:
        """Totals of somebody; None for a stranger, and for who is doubted."""
        return None if key in self.doubted else self.history.person(key)

    def to(self, key: str) -> PairFacts | None:
        """What the sender wrote to this person."""
        if key not in self._to:
            self._to[key] = self.history.pair(self.sender, key)
        return self._to[key]

    def back(self, key: str) -> PairFacts | None:
        """What this person wrote to the sender."""
        if key not in self._back:
            self._back[key] = self.history.pair(key, self.sender)
        return self._back[key]

    def beside(self, key: str) -> list[int]:
        """How many messages of the sender went to this person and each recipient, in the order of ``places``."""
        known = self._beside.get(key)
        if known is None:
            known = self._beside[key] = self._together(key)
        return known

    @cached_property
    def _together(self) -> Callable[[str], list[int]]:
        return self.history.together(self.sender, tuple(self.places))

    def namesakes(self, token: str) -> list[str]:
        """The sender's contacts in whose name or local part this token stands (``History.namesakes``)."""
        known = self._named.get(token)
        if known is None:
            known = self._named[token] = self.history.namesakes(self.sender, token)
        return known

    def tie(self, key: str) -> float:
        """How close sender and person are (``History.ties``); 0 for none."""
        known = self._ties.get(key)
        return self.ties((key,))[0] if known is None else known

    def ties(self, keys: Sequence[str]) -> list[float]:
        """How close the sender is to each of these."""
        found = self.history.ties(self.sender, keys, self.latest)
        self._ties.update(zip(keys, found, strict=True))
        return found

    @cached_property
    def latest(self) -> float:
        """When the sender last wrote or was written to: who comes back after a year still knows the same people."""
        person = self.history.person(self.sender)
        return min(self.now.timestamp(), person.last) if person else self.now.timestamp()

    def recent(self, facts: PairFacts | None) -> float:
        """Messages, faded."""
        return facts.faded(self.latest) if facts else 0.0

    def name_of(self, key: str) -> str:
        """Display name of a person key: as learned, else as the header shows it, else ""."""
        return self.history.name(key) or self.shown.get(key, "")
