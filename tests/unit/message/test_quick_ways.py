"""Shorter ways through usual mail lead where the long ones lead."""

from __future__ import annotations

from datetime import UTC
from email.utils import parsedate_to_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from straymail.message import parse_message, split_body
from straymail.message.fields import read_date

DAYS = st.sampled_from(["Mon, ", "Sun, ", "", "Foo, "])
MONTHS = st.sampled_from(["Jan", "Feb", "Sep", "Dec", "dec", "Foo"])
YEARS = st.sampled_from(["1000", "1999", "2024", "2026", "0099", "99", "9999"])
ZONES = st.sampled_from(["+0000", "-0000", "+0530", "-1159", "+1459", "+1500", "+2400", "GMT", "+0060", ""])
TAILS = st.sampled_from(["", " (UTC)", " (Central European Time)", " x", "  "])
PIECE = 1 << 16  # bytes of a body that are searched at once


@given(DAYS, st.integers(0, 32), MONTHS, YEARS, st.tuples(*[st.integers(0, 61)] * 3), ZONES, TAILS)
def test_a_date_is_what_the_standard_library_reads(
    weekday: str, day: int, month: str, year: str, time: tuple[int, int, int], zone: str, tail: str
) -> None:
    text = f"{weekday}{day} {month} {year} {':'.join(f'{each:02d}' for each in time)} {zone}{tail}"
    try:
        moment = parsedate_to_datetime(text)
        expected = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        expected = None
    assert read_date(text) == expected


@pytest.mark.parametrize("before", [0, PIECE - 40, PIECE - 20, PIECE - 12, PIECE - 3, PIECE, 3 * PIECE - 9])
@pytest.mark.parametrize(
    ("form", "quoted"),
    [
        ("On Monday 3 May Clara wrote:\n> old\n", True),
        ("-----Original Message-----\nold\n", True),
        ("Begin forwarded message:\nold\n", True),
        ("From: Clara\nTo: Tom\nSubject: x\nold\n", True),
        ("-- \nold\n", False),
        ("This message is for the intended recipient; tell us when it came in error. old\n", False),
    ],
)
def test_a_form_is_seen_wherever_it_stands(before: int, form: str, quoted: bool) -> None:
    lines = ("word " * 15 + "\n") * (before // 76)
    body = split_body(parse_message(f"Subject: x\n\n{lines}{'x' * (before % 76)}\n{form}".encode()))
    assert "old" not in body.new
    assert "old" in (body.quoted if quoted else body.signature)
