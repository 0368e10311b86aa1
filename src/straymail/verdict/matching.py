"""Whether a rule covers a recipient: yes, no, or not to be told before the message is known.

Conditions on content are the same for every recipient, so they are answered once a message (``Mail.holds``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from straymail.evidence import Finding
from straymail.frozen import dataclass
from straymail.message import Address
from straymail.verdict.pattern import any_match
from straymail.verdict.policy import Policy, Rule
from straymail.verdict.stakes import Stakes

Answer = bool | None
"""None: cannot be told before the message is known."""


@dataclass(frozen=True, slots=True)
class Mail:
    """What all recipients of a message share: sender, whether a machine wrote it, and which rules its content meets.

    At RCPT TO ``automatic`` is None, and so is ``holds`` for each rule that asks for content.
    """

    sender: Address | None
    automatic: Answer
    holds: tuple[Answer, ...]


def mail_of(policy: Policy, sender: Address | None, automatic: Answer, findings: Sequence[Finding] | None) -> Mail:
    """Answer once what depends on the message alone; ``findings`` is None at RCPT TO."""
    return Mail(sender, automatic, tuple(_holds(rule, findings) for rule in policy.rules))


def answers(policy: Policy, mail: Mail, stakes: Stakes) -> Iterator[tuple[Rule, Answer]]:
    """Each rule with its answer for one recipient, in the order of the policy."""
    for rule, holds in zip(policy.rules, mail.holds, strict=True):
        yield rule, False if holds is False else _matches(policy, rule, mail, stakes, holds)


def _matches(policy: Policy, rule: Rule, mail: Mail, stakes: Stakes, holds: Answer) -> Answer:
    if not _who(policy, rule, mail.sender, stakes):
        return False
    rest = (holds, *_how(rule, stakes), *_which(rule, mail, stakes))
    return False if False in rest else None if None in rest else True


def _who(policy: Policy, rule: Rule, sender: Address | None, stakes: Stakes) -> bool:
    return (
        rule.external in (None, stakes.external)
        and rule.outside_country in (None, stakes.outside_country)
        and rule.first_contact in (None, stakes.first_contact)
        and (not rule.senders or any_match(rule.senders, sender, policy.groups))
        and (not rule.recipients or any_match(rule.recipients, stakes.address, policy.groups))
    )


def _how(rule: Rule, stakes: Stakes) -> tuple[Answer, ...]:
    """Probability and loss; before the message is known both can still rise, and probability can fall."""
    early = not stakes.complete
    later: Answer = None if early else False
    likely = rule.min_probability is None or stakes.probability >= rule.min_probability
    bad = rule.min_loss is None or stakes.loss >= rule.min_loss
    if rule.max_probability is None:
        return (likely or later, bad or later)
    return (likely or later, bad or later, None if early else stakes.probability <= rule.max_probability)


def _which(rule: Rule, mail: Mail, stakes: Stakes) -> tuple[Answer, ...]:
    if not stakes.complete:
        return (True if rule.excluded is None and rule.automatic is None else None,)
    return (rule.excluded in (None, stakes.excluded), rule.automatic in (None, mail.automatic))


def _holds(rule: Rule, findings: Sequence[Finding] | None) -> Answer:
    if not rule.content and rule.min_sensitivity is None:
        return True
    return None if findings is None else any(_covers(rule, finding) for finding in findings)


def _covers(rule: Rule, finding: Finding) -> bool:
    """One finding must satisfy class, sensitivity, confidence and quoting together."""
    return (
        finding.confidence >= rule.min_confidence
        and (rule.quoted or not finding.quoted)
        and (rule.min_sensitivity is None or finding.sensitivity >= rule.min_sensitivity)
        and (not rule.content or any(id_matches(pattern, finding.id) for pattern in rule.content))
    )


def id_matches(pattern: str, finding_id: str) -> bool:
    """``secret.key`` is that id and those below it; ``secret.*`` or ``secret`` is the class; ``*`` is anything."""
    stem = pattern.removesuffix("*").removesuffix(".")
    return not stem or finding_id == stem or finding_id.startswith(stem + ".")
