"""Names in a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from straymail.correspondence.names import NICKNAMES
from straymail.message.words import letters
from straymail.recipients.said import NOTHING, Said


@pytest.mark.parametrize(
    ("text", "said", "not_said"),
    [
        ("Hi Bob,\nplease ask Anna-Lena.", ["robert", "anna", "lena", "bob"], ["bobby", "ann", "na"]),
        ("DR. VOSS (voss_clara@mod.example)", ["voss", "clara", "mod"], ["clar", "oss"]),
        ("Grüße an Jörg", ["jörg", "grüße"], ["j", "rg", "jorg"]),
        ("robert", ["robert"], ["bob"]),
        ("", [], ["robert", ""]),
    ],
)
def test_whole_words_and_first_names_in_every_form(text: str, said: list[str], not_said: list[str]) -> None:
    found = Said(text)
    assert [word in found for word in said] == [True] * len(said)
    assert [word in found for word in not_said] == [False] * len(not_said)
    assert found.any(said) is bool(said)
    assert not found.any(not_said)
    assert found.count([*said, *not_said]) == len(said)


def test_nothing_says_nothing() -> None:
    assert not NOTHING.any(["robert"])
    assert NOTHING.count(["robert"]) == 0


WORDS = st.sampled_from(["bob", "rob", "robert", "smith", "Müller", "x", "--", "7", "al", "albert", "\n"])


@given(st.lists(WORDS | st.text(max_size=5), max_size=12).map(" ".join), st.sampled_from(["robert", "smith", "müller"]))
def test_as_a_set_of_all_words(text: str, name: str) -> None:
    words = {form for word in letters(text) for form in (word, NICKNAMES.get(word, word))}
    assert (name in Said(text)) is (name in words)
