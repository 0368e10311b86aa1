"""The policies in examples/policies can be used as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from straymail.config import load

POLICIES = Path(__file__).resolve().parents[3] / "examples" / "policies"
NAMES = ["hospital", "law-firm", "ministry", "university"]


def test_every_example_is_tested() -> None:
    """A new example joins the list below."""
    assert sorted(path.stem for path in POLICIES.glob("*.toml")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_example_policies_are_valid(name: str) -> None:
    """Each loads, knows its organisation, and has rules that differ in name."""
    policy = load(POLICIES / f"{name}.toml").policy
    names = [rule.name for rule in policy.rules]
    assert len(names) >= 4
    assert len(names) == len(set(names))
    assert policy.organisation.domains
    assert policy.organisation.officers
    assert 0 < policy.ask_at < 1
