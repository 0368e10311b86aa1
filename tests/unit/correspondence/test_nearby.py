"""The index of near names gives what measuring every name gives."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from straymail.correspondence import deletes, nearby
from straymail.correspondence.nearby import EDITS, Nearby

NAMES = st.lists(st.text(alphabet="abc.é", min_size=1, max_size=12), max_size=40, unique=True)


def brute(names: list[str], asked: str) -> set[str]:
    return {name for name in names if 0 < OSA.distance(name, asked) <= EDITS}


@settings(max_examples=200, deadline=None)
@given(NAMES, NAMES, st.text(alphabet="abc.é", min_size=1, max_size=12), st.booleans())
def test_index_and_later_names(first: list[str], later: list[str], asked: str, between: bool) -> None:
    """However many are described, hashed and counted at a time, and whether or not somebody asks in between."""
    with pytest.MonkeyPatch.context() as patch:
        for module, name, value in (
            (nearby, "_GATHERED", 3),
            (nearby, "_TOGETHER", 20),
            (deletes, "_TOGETHER", 5),
        ):
            patch.setattr(module, name, value)
        index = Nearby([*first, *first[:2]])
        for name in later:
            index.add(name)
            if between:
                index.near(name)
        assert {name for name, _ in index.near(asked)} == brute([*first, *later], asked)
        for name in later[::2]:
            index.discard(name)
            assert name not in index
        left = [name for name in dict.fromkeys([*first, *later]) if name not in later[::2]]
        assert {name for name, _ in index.near(asked)} == brute(left, asked)
        assert len(index) == len(left)
        for name in later[::2]:
            index.add(name)
        assert {name for name, _ in index.near(asked)} == brute([*first, *later], asked)


@pytest.mark.parametrize("shared", ["", "www.", ".example"])
def test_an_index_of_many_gives_what_measuring_gives(shared: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nearby, "_GATHERED", 1_000)
    chance = random.Random(11)
    names = ["".join(chance.choices("abcde0-é", k=chance.randint(1, 10))) for _ in range(50_000)]
    names = [shared + name if shared.endswith(".") else name + shared for name in names]
    index = Nearby(names)
    for asked in chance.sample(names, 5):
        asked = asked[:2] + asked[3:] + "e"
        found = index.near(asked)
        measured = [(OSA.distance(name, asked), name) for name in set(names)]
        assert [(edits, name) for name, edits in found] == sorted(pair for pair in measured if 0 < pair[0] <= EDITS)


def test_names_read_backwards() -> None:
    """Many share their beginning: the index is made of their ends."""
    names = [f"project-harbour-{number:05}" for number in range(70_000)]
    index = Nearby(names)
    asked = "project-harbour-0x123"
    assert {name for name, _ in index.near(asked)} == brute(names, asked)
