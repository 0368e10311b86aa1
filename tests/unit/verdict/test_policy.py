"""The policy's types: patterns, versions, arithmetic, and faults that pydantic must refuse."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from straymail.message import Address
from straymail.verdict import BASE_RATE, Policy
from straymail.verdict.pattern import Pattern, parse_pattern


@pytest.mark.parametrize(
    "text", ["ann@mod.example", "@mod.example", "*.mod.example", "*.ml", "group:friends", "*", "<>"]
)
def test_patterns_keep_their_written_form(text: str) -> None:
    """Reading and writing a pattern gives the same text."""
    assert text == str(parse_pattern(text))


@pytest.mark.parametrize("text", ["", "mod.example", "@", "*.", "a@@b", "ann@", "a b@mod.example", "*@mod.example "])
def test_no_patterns(text: str) -> None:
    """What is no pattern is refused with the forms that are."""
    with pytest.raises(ValueError, match="group:NAME"):
        parse_pattern(text)


@pytest.mark.parametrize(
    ("pattern", "hits", "misses"),
    [
        ("Ann@Mod.Example", ["ann@mod.example", "ANN+list@mod.example"], ["anne@mod.example", "ann@x.mod.example"]),
        ("@mod.example", ["x@mod.example"], ["x@a.mod.example", "x@xmod.example"]),
        ("*.mod.example", ["x@a.mod.example", "x@b.a.mod.example"], ["x@mod.example", "x@amod.example"]),
        ("*.ml", ["x@army.ml"], ["x@army.mil", "x@ml.example"]),
        ("*", ["x@army.ml"], []),
        ("<>", [], ["x@army.ml"]),
        ("group:friends", [], ["x@army.ml"]),
    ],
)
def test_whom_patterns_cover(pattern: str, hits: list[str], misses: list[str]) -> None:
    """Each kind has hits and near misses."""
    parsed = parse_pattern(pattern)
    assert [True] * len(hits) == [_covers(parsed, hit) for hit in hits]
    assert [False] * len(misses) == [_covers(parsed, miss) for miss in misses]


def _covers(pattern: Pattern, text: str) -> bool:
    local, _, domain = text.partition("@")
    return pattern.matches(Address(local, domain))


def test_the_null_sender_is_covered_by_its_own_pattern() -> None:
    """`<>` and `*` cover bounces; a domain does not."""
    assert [parse_pattern(text).matches(None) for text in ("<>", "*", "@mod.example")] == [True, True, False]


@pytest.mark.parametrize("budget", [0.1, 1.0, 5.0, 100.0])
def test_the_derived_threshold_keeps_the_budget(budget: float) -> None:
    """At the threshold, the worst case of needless questions is the budget: (1 - t) / t x base rate."""
    threshold = Policy(budget=budget).ask_at
    assert budget / 1000 == pytest.approx((1 - threshold) / threshold * BASE_RATE)


def test_a_calibrated_threshold_replaces_the_bound() -> None:
    """What was measured on the organisation's own mail goes before arithmetic."""
    assert Policy.model_validate({"thresholds": {"ask_at": 0.3}}).ask_at == 0.3


def test_equal_policies_have_equal_versions() -> None:
    """The version follows content, not spelling, and a changed copy has its own."""
    first = Policy.model_validate({"rules": [{"name": "r", "action": "hold", "recipients": ["*.ML"]}]})
    again = Policy.model_validate({"rules": [{"action": "hold", "name": "r", "recipients": ["*.ml"]}], "budget": 1})
    assert first.version == again.version
    assert first.version != first.model_copy(update={"budget": 2.0}).version
    assert first.version != Policy().version


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"rules": [{"name": "r", "action": "defer"}]}, '"hold", "refuse"'),
        ({"rules": [{"name": "", "action": "hold"}]}, "at least 1 character"),
        ({"rules": [{"name": "r", "action": "hold", "recipients": ["mod.example"]}]}, "@domain or "),
        ({"rules": [{"name": "r", "action": "hold", "recipients": ["group:nobody"]}]}, "policy.groups"),
        ({"rules": [{"name": "r", "action": "hold", "content": ["all secrets"]}]}, "no class"),
        ({"rules": [{"name": "r", "action": "hold", "min_sensitivity": "huge"}]}, "severe"),
        ({"rules": [{"name": "r", "action": "hold", "min_probability": 1.5}]}, "less than or equal to 1"),
        (
            {"rules": [{"name": "r", "action": "hold", "min_probability": 0.5, "max_probability": 0.4}]},
            "could never match",
        ),
        ({"groups": {"a": ["group:b"], "b": []}}, "may not hold another group"),
        ({"exceptions": [{"sender": "*"}]}, "Field required"),
        ({"thresholds": {"ask_at": 0}}, "greater than 0"),
        ({"costs": {"high": -1}}, "greater than or equal to 0"),
        ({"organisation": {"domains": ["no domain"]}}, "a domain such as mod.example"),
        ({"organisation": {"country": "Britain"}}, "pattern"),
        ({"organisation": {"officers": ["somebody"]}}, "an e-mail address such as"),
    ],
)
def test_faulty_policies_are_refused(value: dict[str, object], words: str) -> None:
    """Each fault is told in words."""
    with pytest.raises(ValidationError) as caught:
        Policy.model_validate(value)
    assert words in str(caught.value)
