"""What the policy makes of archived messages: what it would do in mode ``ask``, whatever its mode.

Only recipients that something can reach are put to it, for most are far below every threshold.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from straymail.evidence import Action, Assessment, Finding, RecipientVerdict
from straymail.message import Address, Envelope, Message
from straymail.verdict import Mode, Policy, Weights, decide
from straymail.verdict.policy import Rule

Examine = Callable[[Message], Sequence[Finding]]
"""What a message holds."""


@dataclass
class Ruling:
    """A policy with what it needs. Without ``examine`` nothing is known of what messages hold.

    ``told`` is the probability from which on it is always asked.
    """

    policy: Policy
    weights: Weights
    told: float
    examine: Examine | None = None
    _least: float = field(init=False)

    def __post_init__(self) -> None:
        self.policy = self.policy.model_copy(update={"mode": Mode.ASK})
        self._least = min(self.told, _least(self.policy))

    def findings(self, message: Message) -> tuple[Finding, ...]:
        """What the message holds, as far as it is looked at."""
        return tuple(self.examine(message)) if self.examine else ()

    def least(self, findings: Sequence[Finding]) -> float:
        """The probability below which no recipient of such a message can be reached by anything."""
        return 0.0 if findings else self._least

    def verdicts(
        self, envelope: Envelope, message: Message, assessments: Sequence[Assessment], findings: Sequence[Finding]
    ) -> dict[Address, RecipientVerdict]:
        """Verdicts on the recipients that something can reach."""
        least = self.least(findings)
        near = [each for each in assessments if each.probability >= least]
        if not near:
            return {}
        verdict = decide(self.policy, envelope, message, near, findings, self.weights)
        return {each.address: each for each in verdict.recipients}


def _least(policy: Policy) -> float:
    """The probability from which a threshold or a rule can stop a message in which nothing was found."""
    cost = policy.costs.none * (policy.costs.outside_country if policy.organisation.country else 1.0)
    bounds = [_probability(policy.ask_at, cost)]
    bounds += [
        max(rule.min_probability or 0.0, _probability(rule.min_loss or 0.0, cost))
        for rule in policy.rules
        if rule.action.severity >= Action.ASK.severity and not _of_content(rule)
    ]
    return min(bounds)


def _probability(loss: float, cost: float) -> float:
    return loss / cost if cost else math.inf if loss else 0.0


def _of_content(rule: Rule) -> bool:
    """Whether a rule covers only messages in which something was found, or those of machines, which are not judged."""
    return bool(rule.content or rule.min_sensitivity is not None or rule.excluded or rule.automatic)
