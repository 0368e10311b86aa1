"""The pipeline, on one page: the way of a message from bytes to verdict. Pure but for what it is handed.

parse -> who (recipients) + what (content) -> weights -> policy -> Verdict
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from straymail.content import discreet, examine
from straymail.correspondence import History
from straymail.evidence import Assessment, Finding, RecipientVerdict, Verdict
from straymail.frozen import dataclass
from straymail.message import Address, Envelope, Message
from straymail.recipients import Context, observe
from straymail.verdict import Policy, Weights, assess, decide, decide_recipient

Reader = Callable[[Message], Sequence[Finding]]
"""Reads attachments (in a limited worker process) and returns what they hold, unread parts included."""


@dataclass(frozen=True, slots=True)
class Guard:
    """Everything a judgement depends on; a reload replaces the whole object, so one message sees one policy."""

    history: History
    policy: Policy
    weights: Weights
    read: Reader | None = None

    def judge(
        self, envelope: Envelope, message: Message, now: datetime, findings: Sequence[Finding] | None = None
    ) -> Verdict:
        """Judge a whole message as of ``now``; ``findings`` when they have been gathered already (in a thread)."""
        findings = self.findings(message) if findings is None else findings
        return decide(self.policy, envelope, message, self.assessments(envelope, message, now), findings, self.weights)

    def assessments(self, envelope: Envelope, message: Message, now: datetime) -> tuple[Assessment, ...]:
        """Probability of a stray for each envelope recipient, before policy."""
        context = Context(self.history, envelope, message, now)
        return tuple(assess(self.weights, address, observe(context, address)) for address in envelope.recipients)

    def findings(self, message: Message) -> tuple[Finding, ...]:
        """What the message holds, attachments included."""
        read = tuple(self.read(message)) if self.read else ()
        return discreet((*examine(message, self.policy.dictionary), *read))

    def judge_recipient(self, envelope: Envelope, recipient: Address, now: datetime) -> RecipientVerdict:
        """Judge one recipient by address alone, as at RCPT TO: only evidence that needs no message counts."""
        context = Context(self.history, envelope, None, now)
        assessment = assess(self.weights, recipient, observe(context, recipient))
        return decide_recipient(self.policy, envelope, assessment)
