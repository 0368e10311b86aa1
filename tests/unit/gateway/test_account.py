"""What is said about a verdict."""

from __future__ import annotations

from straymail.evidence import Action, Finding, Sensitivity, Verdict
from straymail.gateway.account import tags


def test_guesses_do_not_leave_in_a_header() -> None:
    sure = Finding("marking.uk", "body", Sensitivity.HIGH, 0.42, quoted=True)
    guess = Finding("health.prose", "body", Sensitivity.HIGH, 0.42)
    assert dict(tags(Verdict(Action.TAG, 0.2, (), (sure, guess))))["X-Straymail-Content"] == "marking"
    assert "X-Straymail-Content" not in dict(tags(Verdict(Action.TAG, 0.2, (), (guess,))))
