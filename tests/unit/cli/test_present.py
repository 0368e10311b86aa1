"""Verdicts for people and for programs."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from straymail.cli.present import percent, show_verdict, verdict_json
from straymail.evidence import Action, Evidence, Finding, RecipientVerdict, Sensitivity, Verdict
from straymail.message import Address

VERDICT = Verdict(
    Action.ASK,
    0.9712345678,
    (
        RecipientVerdict(
            Address("general", "army.ml"),
            Action.ASK,
            0.9712345678,
            (Address("general", "army.mil"),),
            (
                Evidence("typo.domain", 6.1, 0.9, '"army.ml" is one letter from "army.mil".', "osa 1"),
                Evidence("jurisdiction", 0.01, 1.0, "", ".ml is Mali"),
            ),
            "thresholds.ask_at",
        ),
        RecipientVerdict(Address("bob", "mod.example"), Action.PASS, 0.00001),
    ),
    (Finding("marking.uk", "subject", Sensitivity.HIGH, 0.99, "OFFICIAL-SENSITIVE"),),
    versions={"policy": "1", "weights": "2", "program": "3"},
)


def test_json_has_exactly_the_documented_shape() -> None:
    """Programs rely on these keys."""
    assert verdict_json(VERDICT) == {
        "action": "ask",
        "probability": 0.971235,
        "recipients": [
            {
                "address": "general@army.ml",
                "action": "ask",
                "probability": 0.971235,
                "meant": ["general@army.mil"],
                "evidence": [
                    {"id": "typo.domain", "weight": 6.1, "text": '"army.ml" is one letter from "army.mil".'},
                    {"id": "jurisdiction", "weight": 0.01, "text": ".ml is Mali"},
                ],
            },
            {"address": "bob@mod.example", "action": "pass", "probability": 1e-05, "meant": [], "evidence": []},
        ],
        "content": [{"id": "marking.uk", "where": "subject", "sensitivity": "high"}],
        "versions": {"policy": "1", "weights": "2", "program": "3"},
    }


def shown(width: int) -> str:
    """What a terminal of this width shows."""
    text = io.StringIO()
    show_verdict(Console(file=text, width=width, highlight=False), VERDICT)
    return text.getvalue()


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_text_fits_every_width(width: int) -> None:
    """No line is wider than the terminal."""
    assert max(len(line.rstrip()) for line in shown(width).splitlines()) <= width


def test_text_tells_what_and_why() -> None:
    """The telling parts are there."""
    text = shown(80)
    for part in ("Did you mean general@army.mil?", "97 %", "under 0.1 %", "+6.1", "typo.domain", "OFFICIAL-SENSITIVE"):
        assert part in text


def test_what_weighs_nothing_is_not_mentioned_to_people() -> None:
    """A term of a hundredth would only distract."""
    assert "jurisdiction" not in shown(80)


@pytest.mark.parametrize(
    ("probability", "text"),
    [(0.0, "under 0.1 %"), (0.0123, "1.2 %"), (0.5, "50 %"), (0.9712, "97 %"), (0.9999, "over 99 %")],
)
def test_percent(probability: float, text: str) -> None:
    """Probabilities in words that do not pretend to more than is known."""
    assert text == percent(probability)


def test_a_narrow_terminal_breaks_no_address() -> None:
    """With four columns on 40 signs every address stood in pieces of six letters."""
    out = Console(file=io.StringIO(), width=40, color_system=None)
    show_verdict(out, VERDICT)
    assert isinstance(out.file, io.StringIO)
    lines = [line.strip() for line in out.file.getvalue().splitlines()]
    assert "general@army.ml" in lines
    assert "did you mean general@army.mil" in lines
    assert "bob@mod.example" in lines
    assert "OFFICIAL-SENSITIVE" in out.file.getvalue()
    assert max(map(len, out.file.getvalue().splitlines())) <= 40
