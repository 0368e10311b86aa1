"""Weights, evidence and policy come together: from signals to an action.

The files, in the order of the work:

    combine   weights file + signals -> calibrated probability of a stray (``assess``)
    policy    what the organisation wants, as types
    pattern   who a rule is about
    stakes    content meets recipient: excluded, first contact, expected loss
    matching  whether a rule covers a recipient
    decide    exceptions, rules and thresholds -> Verdict
"""

from __future__ import annotations

from straymail.verdict.combine import Weights, assess, compare, probability
from straymail.verdict.decide import decide, decide_recipient, is_automatic, is_excepted, open_loss
from straymail.verdict.policy import BASE_RATE, Mode, OnFailure, Organisation, Policy, Rule, Wait

__all__ = [
    "BASE_RATE",
    "Mode",
    "OnFailure",
    "Organisation",
    "Policy",
    "Rule",
    "Wait",
    "Weights",
    "assess",
    "compare",
    "decide",
    "decide_recipient",
    "is_automatic",
    "is_excepted",
    "open_loss",
    "probability",
]
