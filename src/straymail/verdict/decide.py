"""Policy applied: from assessments and findings to what happens to each recipient, and to the message.

For each recipient, in this order:

1. an **exception** (allowed pair) lets it pass;
2. the first **rule** all of whose conditions hold decides;
3. the **thresholds** decide on the expected loss: ask from ``ask_at`` on; in enforce mode hold from ``hold_at`` on.

Then what was decided is softened where it must be: in watch mode nothing goes beyond a tag; nobody is asked about mail
with the null sender, from machines or from lists, and such mail is held only where a rule says so. What would have
been done is kept in ``would``. The message's action is its recipients' most severe.

At RCPT TO only sender and recipient are known, so ``decide_recipient`` says refuse or pass, and refuses only what the
address alone settles: a rule that would need the message leaves the decision to ``decide``. Machines and lists cannot
be told from people there, so their mail is refused as well (never that with the null sender); a rule that says
``automatic = false`` waits for the message.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from straymail import __version__
from straymail.evidence import Action, Assessment, Evidence, Finding, RecipientVerdict, Verdict
from straymail.frozen import dataclass
from straymail.message import Address, Envelope, Message
from straymail.verdict.matching import Mail, answers, mail_of
from straymail.verdict.pattern import any_match
from straymail.verdict.policy import Mode, Policy, Wait
from straymail.verdict.stakes import Stakes, content_cost, weigh

if TYPE_CHECKING:
    from straymail.verdict.combine import Weights

_SUGGESTIONS = 3
_OF_OTHERS = ("rival.", "typo.", "namesake.")
_LIKELY = 0.01
"""Probability of a stray from which on somebody else is named: below it he would be the wrong one 99 times in 100."""


@dataclass(frozen=True, slots=True)
class _Decision:
    """What a rule or threshold said. ``written`` is true for rules: somebody wanted exactly this."""

    action: Action
    rule: str = ""
    wait: Wait | None = None
    written: bool = False


def decide(
    policy: Policy,
    envelope: Envelope,
    message: Message,
    assessments: Sequence[Assessment],
    findings: Sequence[Finding],
    weights: Weights,
) -> Verdict:
    """The verdict on a whole message; ``assessments`` are those of ``envelope.recipients``."""
    automatic = is_automatic(envelope, message)
    mail = mail_of(policy, envelope.sender, automatic, findings)
    cost = content_cost(policy, findings)
    decided = []
    for assessment in assessments:
        stakes = weigh(policy, assessment, findings, cost)
        decision = _decision(policy, mail, stakes)
        decided.append((_verdict(policy, stakes, decision, automatic), decision))
    recipients = tuple(verdict for verdict, _ in decided)
    action = max((verdict.action for verdict in recipients), key=lambda each: each.severity, default=Action.PASS)
    return Verdict(
        action=action,
        probability=max((verdict.probability for verdict in recipients), default=0.0),
        recipients=recipients,
        content=tuple(findings),
        split=_split(policy, action, decided),
        versions={"policy": policy.version, "weights": weights.version, "program": __version__},
    )


def decide_recipient(policy: Policy, envelope: Envelope, assessment: Assessment) -> RecipientVerdict:
    """The verdict at RCPT TO: refuse, or pass (which only means: not yet settled)."""
    stakes = weigh(policy, assessment, None, policy.costs.none)
    decision = _Decision(Action.PASS)
    if envelope.sender is not None:
        decision = _address_decision(policy, mail_of(policy, envelope.sender, None, None), stakes)
    if policy.mode is Mode.WATCH and decision.action is Action.REFUSE:
        return _recipient(stakes, Action.PASS, decision)
    return _recipient(stakes, decision.action, decision)


def open_loss(policy: Policy, envelope: Envelope, message: Message, assessment: Assessment) -> float | None:
    """The expected loss that the thresholds go by where nothing was found in the message.

    None where they are not asked: an exception or a rule decides about this recipient.
    """
    stakes = weigh(policy, assessment, (), content_cost(policy, ()))
    mail = mail_of(policy, envelope.sender, is_automatic(envelope, message), ())
    return None if _settled(policy, mail, stakes) else stakes.loss


def is_excepted(policy: Policy, sender: Address | None, recipient: Address) -> bool:
    """Whether an exception lets this pair pass."""
    return _exception(policy, sender, recipient) is not None


def is_automatic(envelope: Envelope, message: Message) -> bool:
    """Whether nobody is there to answer: null sender, machine-made (RFC 3834) or list mail."""
    return envelope.sender is None or message.automatic or bool(message.list_id)


def _decision(policy: Policy, mail: Mail, stakes: Stakes) -> _Decision:
    if settled := _settled(policy, mail, stakes):
        return settled
    if policy.mode is not Mode.ASK and stakes.loss >= policy.thresholds.hold_at:
        return _Decision(Action.HOLD, "thresholds.hold_at")
    if stakes.loss >= policy.ask_at:
        return _Decision(Action.ASK, "thresholds.ask_at")
    return _Decision(Action.PASS)


def _settled(policy: Policy, mail: Mail, stakes: Stakes) -> _Decision | None:
    """What an exception or a rule says; None leaves it to the thresholds."""
    if allowed := _exception(policy, mail.sender, stakes.address):
        return allowed
    for rule, answer in answers(policy, mail, stakes):
        if answer:
            return _Decision(rule.action, rule.name, rule.wait, written=True)
    return None


def _exception(policy: Policy, sender: Address | None, recipient: Address) -> _Decision | None:
    for entry in policy.exceptions:
        if any_match([entry.sender], sender, policy.groups) and any_match([entry.recipient], recipient, policy.groups):
            return _Decision(Action.PASS, f"exception: {entry.note}" if entry.note else "exception", written=True)
    return None


def _address_decision(policy: Policy, mail: Mail, stakes: Stakes) -> _Decision:
    if _exception(policy, mail.sender, stakes.address):
        return _Decision(Action.PASS)
    for rule, answer in answers(policy, mail, stakes):
        if answer and rule.action is Action.REFUSE:
            return _Decision(Action.REFUSE, rule.name, written=True)
        if answer is not False:
            return _Decision(Action.PASS)
    certain = stakes.probability >= policy.thresholds.refuse_at
    if policy.mode is not Mode.ASK and certain and stakes.assessment.meant:
        return _Decision(Action.REFUSE, "thresholds.refuse_at")
    return _Decision(Action.PASS)


def _verdict(policy: Policy, stakes: Stakes, decision: _Decision, automatic: bool) -> RecipientVerdict:
    action = decision.action
    held_by_rule = decision.written and action is Action.HOLD
    if policy.mode is Mode.WATCH or (automatic and not held_by_rule):
        action = min(action, Action.TAG, key=lambda each: each.severity)
    return _recipient(stakes, action, decision)


def _recipient(stakes: Stakes, action: Action, decision: _Decision) -> RecipientVerdict:
    likely = stakes.probability >= _LIKELY
    evidence = stakes.assessment.evidence
    return RecipientVerdict(
        address=stakes.address,
        action=action,
        probability=stakes.probability,
        meant=tuple(candidate.address for candidate in stakes.assessment.meant[:_SUGGESTIONS]) if likely else (),
        evidence=evidence if likely else tuple(map(_untold, evidence)),
        rule=decision.rule,
        would=None if action is decision.action else decision.action,
    )


def _untold(evidence: Evidence) -> Evidence:
    """Without its words for the sender, if they are about somebody who is not suggested."""
    return replace(evidence, sender_text="") if evidence.id.startswith(_OF_OTHERS) else evidence


def _split(policy: Policy, action: Action, decided: Sequence[tuple[RecipientVerdict, _Decision]]) -> bool:
    """Whether the others go now: somebody waits, somebody does not, and nobody's rule says that all wait."""
    if action not in (Action.ASK, Action.HOLD):
        return False
    waits = [
        decision.wait or policy.wait for verdict, decision in decided if verdict.action in (Action.ASK, Action.HOLD)
    ]
    return len(waits) < len(decided) and all(wait is Wait.SPLIT for wait in waits)
