"""What is examined of a message, and what is said about the rest."""

from __future__ import annotations

import pytest

from straymail.content import examine, examine_text
from straymail.message import READ_OF_PART, parse_message

HEAD = b"From: a@mod.example\r\nTo: b@army.mil\r\nSubject: x\r\n\r\n"


def test_a_body_beyond_the_limit_is_said_to_be() -> None:
    line = b"Nothing of note on this line.\r\n"
    long = HEAD + line * (READ_OF_PART // len(line) + 10)
    assert [each.id for each in examine(parse_message(long))] == ["unread.limit"]
    assert not examine(parse_message(HEAD + line))


def test_line_numbers_of_a_long_text() -> None:
    text = "Nothing of note.\n" * 100_000 + "The password is Tr0ub4dor&3x\n"
    [finding] = examine_text(text, "notes.txt")
    assert finding.where == "notes.txt, line 100001"


@pytest.mark.parametrize("before", range(31_800, 32_900, 100))
def test_what_lies_where_two_blocks_meet_is_found_once(before: int) -> None:
    text = "x" * 99 + "\n"
    text = text * (before // 100) + "The password is Tr0ub4dor&3x\n" + text * 400
    [finding] = examine_text(text, "notes.txt")
    assert finding.where == f"notes.txt, line {before // 100 + 1}"


def test_cues_strewn_over_a_long_text_amount_to_nothing() -> None:
    cues = ("He denies fever.", "Blood pressure 120/80.", "Past medical history: none.", "Flight LX 963",
            "Passenger: A", "Arrival 10.09.2027 08:15", "Departure 10.09.2027 06:45", "e-ticket")  # fmt: skip
    prose = "The range is free in the second week and the crane was inspected on Monday.\n" * 1_000
    assert not examine_text("".join(prose + cue + "\n" for cue in cues), "book.txt")
