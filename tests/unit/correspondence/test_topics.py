"""What messages are about: neighbours vote for the people in them; only hashes are kept, and not without bound."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from straymail.correspondence import Correspondence, Observation, observation
from straymail.correspondence.topics import Hashes, Topics, packed, unpacked
from straymail.message import parse_message, words_of

ME = "me@mod.example"
FUEL = ("tanker", "fuel", "barrels", "depot")
PAY = ("salary", "payroll", "grade", "bonus")


def filled() -> Correspondence:
    model = Correspondence(["mod.example"], b"key")
    for number, (who, words) in enumerate([("fred@firm.example", FUEL), ("paula@firm.example", PAY)] * 5):
        to = ((who, ""),)
        text = (*words, f"number{number}")
        model.observe(Observation(f"i{number}", 1e9 + number, ME, "", to, False, f"m{number}", (), "", False, text))
    return model


def test_the_people_of_like_messages() -> None:
    found = filled().topic(("fuel", "depot", "tomorrow"))
    assert found("fred@firm.example") > 2 * found("paula@firm.example")
    assert filled().topic(("nothing", "like", "it"))("fred@firm.example") == 0
    assert filled().topic(())("fred@firm.example") == 0
    assert found("nobody@firm.example") == 0


def test_kept_and_taken_back_but_not_as_words() -> None:
    rows = filled().drain()
    said = [row for row in rows if row.kind == "words"]
    assert len(said) == 10
    assert "fuel" not in repr(said)
    again = Correspondence(["mod.example"], b"key")
    again.load(rows)
    assert again.topic(FUEL)("fred@firm.example") == pytest.approx(filled().topic(FUEL)("fred@firm.example"))
    other = Correspondence(["mod.example"], b"another key")
    other.load(rows)
    assert other.topic(FUEL)("fred@firm.example") == 0


def test_the_oldest_goes_first() -> None:
    topics = Topics(most=3)
    gone = [topics.add(f"i{time}", time, (1,), (int(time), 7)) for time in (5.0, 2.0, 9.0, 4.0, 1.0)]
    assert gone == ["", "", "", "i2.0", "i1.0"]
    assert len(topics) == 3
    assert topics.get("i4.0")[0] == 4.0


def test_a_forgotten_person_is_taken_out() -> None:
    model = filled()
    model.drain()
    model.forget("fred@firm.example")
    assert model.topic(FUEL)("fred@firm.example") == 0
    assert "fred@firm.example" not in repr([row for row in model.drain() if row.kind == "words"])


@given(st.lists(st.integers(0, 2**32 - 1), max_size=80))
def test_packing(words: list[int]) -> None:
    assert unpacked(packed(words)) == words


@given(st.lists(st.tuples(st.floats(0, 1e9), st.lists(st.integers(0, 50), min_size=1, max_size=8)), max_size=60))
def test_likeness_is_a_cosine(messages: list[tuple[float, list[int]]]) -> None:
    topics = Topics(most=20)
    for number, (time, words) in enumerate(messages):
        topics.add(str(number), time, (number,), words)
    for _, words in messages:
        found = topics.near(words)
        assert all(np.isfinite(value) and value >= 0 for value in found.values())


def test_words_of_a_message() -> None:
    raw = b"Subject: Fuel for the depot\r\n\r\nFuel again: two tankers, password hunter2.\r\n> the barrels\r\n"
    found = words_of(parse_message(raw))
    assert found == ("fuel", "depot", "again", "two", "tankers", "password", "hunter", "barrels")
    assert Hashes(b"k").of(["fuel"]) != Hashes(b"l").of(["fuel"])
    assert observation(parse_message(raw), frozenset()).words == ()  # names nobody


def test_names_an_export_keeps_beside_the_addresses() -> None:
    raw = (
        b"From: a@mod.example\r\nTo: m..tarnow@mod.example, lena.voss@mod.example\r\nSubject: x\r\n"
        b"X-To: Tarnow, Alan M. </O=MOD/CN=ATARNOW>, Voss, Lena </O=MOD/CN=LVOSS>\r\n\r\nhello\r\n"
    )
    assert observation(parse_message(raw), frozenset()).recipients == (
        ("m..tarnow@mod.example", "Alan M. Tarnow"),
        ("lena.voss@mod.example", "Lena Voss"),
    )
    wrong = raw.replace(b"Tarnow, Alan M.", b"Smith, Jane")
    assert observation(parse_message(wrong), frozenset()).recipients[0][1] == ""
