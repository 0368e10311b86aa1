"""A replay with strays put in: what the fit learns from and what the benches count.

Every message of the organisation's senders is judged untouched. Beside it a copy with one recipient replaced (or one
added) is judged with the same history and never learned. So untouched and altered messages come from one stream and
one history, and far more strays can be tried than one per 200 messages. A slip is made only of a known correspondent.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from straymail.audit.archived import taught
from straymail.audit.inject import KINDS, LISTS
from straymail.audit.replay import Judged, envelope_of, judge
from straymail.audit.unsaid import without_greeting
from straymail.correspondence import Correspondence
from straymail.evidence import Assessment
from straymail.message import Address, Envelope, Message
from straymail.verdict import Policy, Weights, is_excepted, open_loss

_MOST_RECIPIENTS = 15


@dataclass(frozen=True, slots=True)
class Case:
    """One judged message: untouched (``kind`` is "") or with one stray, which is ``assessments[0]``."""

    kind: str
    time: float
    assessments: tuple[Assessment, ...]
    right: str = ""
    added: bool = False
    message_id: str = ""
    sender: str = ""
    masked: tuple[Assessment, ...] | None = None
    """The same judged without the words of greeting; None when not asked for, or when it greets nobody by name."""
    loss: float = 0.0
    """The greatest expected loss the policy's thresholds go by; 0 without a policy, and where rules decide on all."""

    @property
    def unsaid(self) -> Case:
        """The case as it is without the greeting."""
        return self if self.masked is None else replace(self, assessments=self.masked, masked=None)

    @property
    def probability(self) -> float:
        """The most suspect recipient's; 0 when exceptions leave none."""
        return max((each.probability for each in self.assessments), default=0.0)

    @property
    def suggested(self) -> bool:
        """Whether the right address is the first suggestion for the stray."""
        meant = self.assessments[0].meant
        return bool(meant) and meant[0].address.person == self.right


@dataclass
class Trial:
    """Settings: strays of each kind once in ``every`` messages, in turn; ``adding`` leaves the right one in place.

    Messages before ``told_from`` (Unix time) are gone through, strays drawn for them too, but not judged. With
    ``masking`` what greets somebody by name is judged a second time without the greeting (``Case.masked``).
    Recipients whom an exception of ``policy`` lets pass are left out of the cases, as a replay does not ask about them.
    """

    history: Correspondence
    weights: Weights
    since: datetime
    every: int = 3
    seed: int = 2026
    kinds: Sequence[str] = field(default_factory=lambda: tuple(KINDS))
    adding: bool = False
    told_from: float = 0.0
    masking: bool = False
    policy: Policy | None = None

    def run(self, messages: Iterable[Message]) -> Iterator[Case]:
        """Cases in time order: each untouched message, followed by its altered copy where there is one."""
        chance = random.Random(self.seed)  # noqa: S311  (an experiment to be repeated)
        own = self.history.own_domains
        count = 0
        for message in messages:
            envelope = envelope_of(message)
            if envelope.recipients and self._due(message):
                count += 1
                told = message.date is not None and message.date.timestamp() >= self.told_from
                if told:
                    yield self._case("", judge(self.history, self.weights, message))
                if self.kinds and count % self.every == 0:
                    kind = self.kinds[count // self.every % len(self.kinds)]
                    drawn = self._drawn(message, envelope, kind, chance)
                    if drawn and told:
                        right, changed = drawn
                        yield self._case(kind, judge(self.history, self.weights, message, changed), right, self.adding)
            self.history.observe(taught(message, own))

    def _due(self, message: Message) -> bool:
        if not message.from_ or message.date is None or message.automatic or message.list_id:
            return False
        return message.date >= self.since and self.history.is_own(message.from_[0].address.domain)

    def _drawn(
        self, message: Message, envelope: Envelope, kind: str, chance: random.Random
    ) -> tuple[Address, tuple[Address, ...]] | None:
        """Who was meant, and the recipients with the stray first; None where no stray of this kind can be made."""
        sender = message.from_[0].address.person
        known = [each for each in envelope.recipients if self.history.pair(sender, each.person)]
        if not known or len(envelope.recipients) > _MOST_RECIPIENTS:
            return None
        right = chance.choice(known)
        wrong = (KINDS | LISTS)[kind](self.history, sender, right, chance)
        if wrong is None or wrong.person in {each.person for each in envelope.recipients} | {sender}:
            return None
        if self._is_excepted(envelope, wrong):
            return None
        others = (each for each in envelope.recipients if self.adding or each != right)
        return right, (wrong, *others)

    def _case(self, kind: str, judged: Judged, right: Address | None = None, added: bool = False) -> Case:
        date = judged.message.date
        masked = self._masked(judged) if self.masking else None
        loss = _loss(self.policy, judged) if self.policy else 0.0
        time = date.timestamp() if date else 0.0
        sender = str(judged.envelope.sender or "")
        person = right.person if right else ""
        left = tuple(each for each in judged.assessments if not self._is_excepted(judged.envelope, each.address))
        return Case(kind, time, left, person, added, judged.message.message_id, sender, masked, loss)

    def _is_excepted(self, envelope: Envelope, address: Address) -> bool:
        return self.policy is not None and is_excepted(self.policy, envelope.sender, address)

    def _masked(self, judged: Judged) -> tuple[Assessment, ...] | None:
        mute = without_greeting(judged.message)
        if mute is judged.message:
            return None
        return judge(self.history, self.weights, mute, judged.envelope.recipients).assessments


def _loss(policy: Policy, judged: Judged) -> float:
    """What a replay under this policy would hold against ``ask_at``."""
    losses = (open_loss(policy, judged.envelope, judged.message, each) for each in judged.assessments)
    return max((loss for loss in losses if loss is not None), default=0.0)
