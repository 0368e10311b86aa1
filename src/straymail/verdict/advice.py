"""What a policy allows but should not: remarks for the administrator, said at `policy check` and at start."""

from __future__ import annotations

from straymail.evidence import Sensitivity
from straymail.verdict.pattern import Kind
from straymail.verdict.policy import Mode, OnFailure, Policy

FAILURES = ("on_error", "on_timeout", "on_oversize", "on_store_down")
"""Settings that name what happens when a message cannot be judged."""

_NO_CONDITION = frozenset({"name", "action", "wait"})
_EAGER = 0.001  # a threshold below ten times the base rate asks about nearly everything new


def advice(policy: Policy) -> tuple[str, ...]:
    """Remarks in plain words, most pressing first; empty when there is nothing to say."""
    remarks = [
        f"{name} = pass lets mail leave unchecked whenever that happens, and somebody may be able to make it happen."
        for name in FAILURES
        if getattr(policy, name) is OnFailure.PASS
    ]
    if not policy.organisation.domains:
        remarks.append("organisation.domains is empty: every recipient counts as external.")
    if not policy.organisation.officers:
        remarks.append("organisation.officers is empty: nobody is told of what is held for an officer.")
    if not policy.organisation.country and any(rule.outside_country is not None for rule in policy.rules):
        remarks.append(
            "rules use outside_country, but organisation.country is empty: they do not tell countries apart."
        )
    if policy.ask_at < _EAGER:
        remarks.append(f"ask_at is {policy.ask_at:.2g}: nearly every new correspondent will be questioned.")
    return (*remarks, *_thresholds(policy), *_everybody(policy), *_unreachable(policy), *_same_names(policy))


def _thresholds(policy: Policy) -> list[str]:
    """Thresholds and costs of which one takes the meaning from another."""
    remarks = []
    if policy.mode is Mode.ENFORCE and policy.thresholds.hold_at <= policy.ask_at:
        remarks.append(
            f"hold_at is not above ask_at ({policy.ask_at:.2g}): nobody is asked, all of it waits for officers."
        )
    costs = [policy.costs.of(level) for level in Sensitivity]
    if costs != sorted(costs):
        remarks.append("costs do not rise with sensitivity: graver content would be let go more easily.")
    return remarks


def _everybody(policy: Policy) -> list[str]:
    """Exceptions after which nothing is left to judge."""
    whole = any(each.sender.kind is each.recipient.kind is Kind.ANYONE for each in policy.exceptions)
    return ["an exception allows everybody to write to everybody: nothing is ever stopped."] if whole else []


def _unreachable(policy: Policy) -> list[str]:
    """Rules below one that has no condition."""
    for index, rule in enumerate(policy.rules[:-1]):
        if not rule.model_fields_set - _NO_CONDITION:
            later = ", ".join(repr(each.name) for each in policy.rules[index + 1 :])
            return [f"rule {rule.name!r} has no condition, so these are never reached: {later}."]
    return []


def _same_names(policy: Policy) -> list[str]:
    """Names used twice: the log could not say which rule decided."""
    names = [rule.name for rule in policy.rules]
    twice = sorted({name for name in names if names.count(name) > 1})
    return [f"several rules are named {name!r}: the log cannot say which of them decided." for name in twice]
