"""Remarks on policies that can be used but are unwise."""

from __future__ import annotations

from typing import Any

import pytest

from straymail.verdict import Policy
from straymail.verdict.advice import advice

SOUND: dict[str, Any] = {"organisation": {"domains": ["mod.example"], "officers": ["o@mod.example"]}}
BLANK = {"name": "all", "action": "ask"}
LATER = {"name": "later", "action": "hold", "recipients": ["*.ml"]}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"on_error": "pass"}, "on_error = pass lets mail leave unchecked"),
        ({"on_store_down": "pass"}, "on_store_down = pass"),
        ({"organisation": {"officers": ["o@mod.example"]}}, "every recipient counts as external"),
        ({"organisation": {"domains": ["mod.example"]}}, "nobody is told"),
        ({"rules": [{"name": "r", "action": "ask", "outside_country": True}]}, "country is empty"),
        ({"budget": 500.0}, "nearly every new correspondent"),
        ({"mode": "enforce", "thresholds": {"ask_at": 0.5, "hold_at": 0.2}}, "nobody is asked"),
        ({"costs": {"low": 50.0}}, "do not rise with sensitivity"),
        ({"exceptions": [{"recipient": "*"}]}, "nothing is ever stopped"),
        ({"rules": [BLANK, LATER]}, "never reached: 'later'"),
        ({"rules": [LATER, LATER]}, "several rules are named 'later'"),
    ],
)
def test_what_is_unwise_is_said(changes: dict[str, Any], words: str) -> None:
    """One remark each, in plain words."""
    remarks = advice(Policy.model_validate({**SOUND, **changes}))
    assert len(remarks) == 1
    assert words in remarks[0]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"rules": [LATER, BLANK]},
        {"on_error": "hold"},
        {"budget": 50.0},
        {"thresholds": {"ask_at": 0.5, "hold_at": 0.2}},  # ask: hold_at has no effect
        {"exceptions": [{"recipient": "*", "sender": "@mod.example"}]},
    ],
)
def test_what_is_sound_needs_no_remark(changes: dict[str, Any]) -> None:
    """A rule without condition at the end, holding on errors, a generous budget: all fine."""
    assert advice(Policy.model_validate({**SOUND, **changes})) == ()
