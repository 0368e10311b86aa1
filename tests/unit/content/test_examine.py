"""What is examined of a message, and what is said about the rest."""

from __future__ import annotations

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
