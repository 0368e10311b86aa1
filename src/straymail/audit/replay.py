"""Replay: judge an archive in time order, learning as it goes. The core takes messages and reads no clock.

Each message is judged with what was known before it and learned afterwards, so nothing is known ahead of its time;
with ``hindsight`` everything is learned first. What would be done about it, the policy says (``ruling``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from straymail.audit.archived import boxes, taught
from straymail.audit.ruling import Examine, Ruling
from straymail.correspondence import Correspondence
from straymail.correspondence.observation import usable
from straymail.evidence import Action, Assessment, RecipientVerdict
from straymail.message import Address, Envelope, Message
from straymail.recipients import Context, observe
from straymail.verdict import Policy, Weights, assess

LEAST = 0.01
"""Recipients below this probability are not reported, unless the policy would stop them."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One message with its recipients' assessments."""

    message: Message
    envelope: Envelope
    assessments: tuple[Assessment, ...]
    verdicts: Mapping[Address, RecipientVerdict] = field(default_factory=dict)  # on those something could reach

    @property
    def probability(self) -> float:
        """The most suspect recipient's, before policy."""
        return max((each.probability for each in self.assessments), default=0.0)

    @property
    def action(self) -> Action:
        """What would happen to the message: the most severe of what happens to its recipients."""
        actions = (verdict.action for verdict in self.verdicts.values())
        return max(actions, key=lambda action: action.severity, default=Action.PASS)

    @property
    def reported(self) -> list[tuple[Assessment, RecipientVerdict]]:
        """Recipients with a probability of at least LEAST, or whom the policy would stop."""
        return [
            (each, verdict)
            for each in self.assessments
            if (verdict := self.verdicts.get(each.address))
            and (verdict.probability >= LEAST or verdict.action.severity >= Action.ASK.severity)
        ]


@dataclass
class Summary:
    """What a replay came to: messages asked about, and those that a rule would hold or refuse (``stopped``).

    ``threshold`` is the expected loss from which the policy asks; ``reported`` counts recipients; ``automatic`` are
    the organisation's messages by machines and to lists, which are judged where all mail is.
    """

    threshold: float
    learned: int = 0
    messages: int = 0
    recipients: int = 0
    questions: int = 0
    stopped: int = 0
    reported: int = 0
    automatic: int = 0

    @property
    def per_thousand(self) -> float:
        """Questions per 1,000 judged messages."""
        return 1_000.0 * self.questions / self.messages if self.messages else 0.0


@dataclass
class Replay:
    """Settings of a replay. ``everyone``: judge every message, not only the organisation's own by people.

    ``examine`` says what a message holds, for costs and rules on content; without it nothing is looked at.
    """

    history: Correspondence
    weights: Weights
    policy: Policy = field(default_factory=Policy)
    everyone: bool = False
    learn_until: datetime | None = None
    hindsight: bool = False
    examine: Examine | None = None
    summary: Summary = field(init=False)

    def __post_init__(self) -> None:
        self.summary = Summary(self.policy.ask_at)
        self._ruling = Ruling(self.policy, self.weights, LEAST, self.examine)

    def run(self, messages: Iterable[Message]) -> Iterator[Judged]:
        """Judge messages (in time order; with ``hindsight`` the iterable is gone through twice)."""
        own = self.history.own_domains
        if self.hindsight:
            for message in messages:
                self.summary.learned += self.history.observe(taught(message, own))
        for message in messages:
            if self._due(message):
                judged = self._judge(message)
                if judged.assessments:
                    self._tally(judged)
                    yield judged
            if not self.hindsight:
                self.summary.learned += self.history.observe(taught(message, own))

    def _judge(self, message: Message) -> Judged:
        findings = self._ruling.findings(message)
        judged = judge(self.history, self.weights, message, least=self._ruling.least(findings))
        verdicts = self._ruling.verdicts(judged.envelope, message, judged.assessments, findings)
        return replace(judged, verdicts=verdicts)

    def _due(self, message: Message) -> bool:
        if not message.from_ or message.date is None:
            return False
        if self.learn_until is not None and message.date < self.learn_until:
            return False
        if not self.everyone and not self.history.is_own(message.from_[0].address.domain):
            return False
        automatic = not self.everyone and (message.automatic or bool(message.list_id))
        self.summary.automatic += automatic
        return not automatic

    def _tally(self, judged: Judged) -> None:
        self.summary.messages += 1
        self.summary.recipients += len(judged.assessments)
        self.summary.questions += judged.action is Action.ASK
        self.summary.stopped += judged.action.severity > Action.ASK.severity
        self.summary.reported += len(judged.reported)


def envelope_of(message: Message, recipients: tuple[Address, ...] | None = None) -> Envelope:
    """Who writes to whom by the header; ``recipients`` stand in for those it names."""
    own = message.from_[0].address.person if message.from_ else ""
    if recipients is None:
        named = (box.address for box in boxes(message))
        recipients = tuple({each.person: each for each in named if usable(each.person, own)}.values())
    return Envelope(message.from_[0].address if message.from_ else None, recipients)


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
    envelope = envelope_of(message, recipients)
    context = Context(history, envelope, message, message.date or datetime.fromtimestamp(0, UTC))
    found = (assess(weights, address, observe(context, address), least) for address in envelope.recipients)
    return Judged(message, envelope, tuple(found))


def lines(judged: Judged) -> Iterator[dict[str, Any]]:
    """One object for each recipient that is reported; ``action`` is what the policy would do about it."""
    for each, verdict in judged.reported:
        yield {
            "message_id": judged.message.message_id,
            "date": judged.message.date.isoformat() if judged.message.date else None,
            "sender": str(judged.envelope.sender) if judged.envelope.sender else "",
            "recipient": str(each.address),
            "meant": [str(candidate.address) for candidate in each.meant],
            "probability": round(verdict.probability, 4),
            "action": str(verdict.action),
            "evidence": [
                {"id": item.id, "weight": item.weight, "text": item.sender_text or item.operator_text}
                for item in verdict.evidence
            ],
        }
