"""Replay: judge an archive in time order, learning as it goes. The core takes messages and reads no clock.

Each message is judged with what was known before it and learned afterwards, so nothing is known ahead of its time;
with ``hindsight`` everything is learned first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from straymail.audit.archived import boxes, taught
from straymail.correspondence import Correspondence
from straymail.correspondence.observation import usable
from straymail.evidence import Assessment
from straymail.message import Address, Envelope, Message
from straymail.recipients import Context, observe
from straymail.verdict import Weights, assess

LEAST = 0.01
"""Recipients below this probability are not reported."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One message with its recipients' assessments."""

    message: Message
    envelope: Envelope
    assessments: tuple[Assessment, ...]

    @property
    def probability(self) -> float:
        """The most suspect recipient's."""
        return max((each.probability for each in self.assessments), default=0.0)


@dataclass
class Summary:
    """What a replay came to; ``questions`` are messages with a recipient at or above the threshold."""

    threshold: float
    learned: int = 0
    messages: int = 0
    recipients: int = 0
    questions: int = 0
    reported: int = 0

    @property
    def per_thousand(self) -> float:
        """Questions per 1,000 judged messages."""
        return 1_000.0 * self.questions / self.messages if self.messages else 0.0


@dataclass
class Replay:
    """Settings of a replay. ``everyone``: judge all senders, not only the organisation's own."""

    history: Correspondence
    weights: Weights
    everyone: bool = False
    learn_until: datetime | None = None
    hindsight: bool = False
    threshold: float = 0.091
    summary: Summary = field(init=False)

    def __post_init__(self) -> None:
        self.summary = Summary(self.threshold)

    def run(self, messages: Iterable[Message]) -> Iterator[Judged]:
        """Judge messages (in time order; with ``hindsight`` the iterable is gone through twice)."""
        own = self.history.own_domains
        if self.hindsight:
            for message in messages:
                self.summary.learned += self.history.observe(taught(message, own))
        for message in messages:
            if self._due(message):
                judged = judge(self.history, self.weights, message, least=LEAST)
                if judged.assessments:
                    self._tally(judged)
                    yield judged
            if not self.hindsight:
                self.summary.learned += self.history.observe(taught(message, own))

    def _due(self, message: Message) -> bool:
        if not message.from_ or message.date is None or message.automatic or message.list_id:
            return False
        if self.learn_until is not None and message.date < self.learn_until:
            return False
        return self.everyone or self.history.is_own(message.from_[0].address.domain)

    def _tally(self, judged: Judged) -> None:
        self.summary.messages += 1
        self.summary.recipients += len(judged.assessments)
        self.summary.questions += judged.probability >= self.threshold
        self.summary.reported += sum(each.probability >= LEAST for each in judged.assessments)


def judge(
    history: Correspondence,
    weights: Weights,
    message: Message,
    recipients: tuple[Address, ...] | None = None,
    least: float = 0.0,
) -> Judged:
    """Judge a message as of its own date; ``recipients`` stand in for those of its header.

    Below the probability ``least`` it is not told why.
    """
    own = message.from_[0].address.person if message.from_ else ""
    if recipients is None:
        named = (box.address for box in boxes(message))
        recipients = tuple({each.person: each for each in named if usable(each.person, own)}.values())
    envelope = Envelope(message.from_[0].address if message.from_ else None, recipients)
    context = Context(history, envelope, message, message.date or datetime.fromtimestamp(0, UTC))
    found = (assess(weights, address, observe(context, address), least) for address in recipients)
    return Judged(message, envelope, tuple(found))


def lines(judged: Judged, threshold: float) -> Iterator[dict[str, Any]]:
    """One object for each recipient that is reported."""
    for each in judged.assessments:
        if each.probability >= LEAST:
            yield {
                "message_id": judged.message.message_id,
                "date": judged.message.date.isoformat() if judged.message.date else None,
                "sender": str(judged.envelope.sender) if judged.envelope.sender else "",
                "recipient": str(each.address),
                "meant": [str(candidate.address) for candidate in each.meant],
                "probability": round(each.probability, 4),
                "action": "ask" if each.probability >= threshold else "pass",
                "evidence": [
                    {"id": item.id, "weight": item.weight, "text": item.sender_text or item.operator_text}
                    for item in each.evidence
                ],
            }
