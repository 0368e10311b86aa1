"""Own terms and markings: hits and near misses."""

from __future__ import annotations

import pytest

from straymail.content import Dictionary, Entry, examine_text
from straymail.evidence import Sensitivity

OWN = Dictionary(
    terms=(Entry("Harbour Light", Sensitivity.ELEVATED),),
    markings=(Entry("MOD EXAMPLE SECRET", Sensitivity.SEVERE, ("!GB",)),),
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("the order for exercise harbour light", ["own.term"]),
        ("HARBOUR LIGHT, and harbour light again", ["own.term"]),
        ("harbour lights are on", []),
        ("MOD EXAMPLE SECRET\nThe plan", ["marking.own"]),
        ("[MOD EXAMPLE SECRET] The plan", ["marking.own"]),
        ("we never write MOD EXAMPLE SECRET in prose like this, do we", []),
        ("mod example secret", []),
        ("", []),
    ],
)
def test_own_words(text: str, found: list[str]) -> None:
    assert [finding.id for finding in examine_text(text, "body", OWN)] == found


def test_a_marking_says_whom_it_excludes() -> None:
    (finding,) = examine_text("MOD EXAMPLE SECRET", "subject", OWN)
    assert finding.excludes == ("!GB",)
    assert finding.sensitivity is Sensitivity.SEVERE
