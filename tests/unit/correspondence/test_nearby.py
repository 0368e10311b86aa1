"""The index of near names gives what measuring every name gives."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from straymail.correspondence import nearby
from straymail.correspondence.nearby import EDITS, Nearby

NAMES = st.lists(st.text(alphabet="abc.é", min_size=1, max_size=12), max_size=40, unique=True)


def brute(names: list[str], asked: str) -> set[str]:
    return {name for name in names if 0 < OSA.distance(name, asked) <= EDITS}


@settings(max_examples=200, deadline=None)
@given(NAMES, NAMES, st.text(alphabet="abc.é", min_size=1, max_size=12))
def test_index_and_later_names(first: list[str], later: list[str], asked: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nearby, "_GATHERED", 3)
        index = Nearby(first)
        for name in later:
            index.add(name)
        assert {name for name, _ in index.near(asked)} == brute([*first, *later], asked)
        for name in later[::2]:
            index.discard(name)
        left = [name for name in dict.fromkeys([*first, *later]) if name not in later[::2]]
        assert {name for name, _ in index.near(asked)} == brute(left, asked)
        assert len(index) == len(left)


def test_names_read_backwards() -> None:
    """Many share their beginning: the index is made of their ends."""
    names = [f"project-harbour-{number:05}" for number in range(70_000)]
    index = Nearby(names)
    asked = "project-harbour-0x123"
    assert {name for name, _ in index.near(asked)} == brute(names, asked)
