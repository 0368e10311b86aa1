"""What is examined of a message, and what is said about the rest."""

from __future__ import annotations

import pytest

from straymail.content import discreet, examine, examine_text
from straymail.evidence import Finding, Sensitivity
from straymail.message import READ_OF_PART, Message, parse_message

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


SECRET = "The password is Tr0ub4dor&3x"
BLOCK = f"From: Tom\r\nSent: Monday\r\nTo: Clara\r\nSubject: access\r\n\r\n{SECRET}\r\n"


def mail(subject: str, body: str) -> Message:
    return parse_message(f"From: a@mod.example\r\nTo: b@army.mil\r\nSubject: {subject}\r\n\r\n{body}".encode())


@pytest.mark.parametrize(
    ("subject", "body", "quoted"),
    [
        ("FW: access", f"See below.\r\n\r\n-----Original Message-----\r\n{BLOCK}", False),
        ("WG: Zugang", f"Siehe unten.\r\n\r\n{BLOCK}", False),
        ("access", f"---------- Forwarded message ---------\r\n{BLOCK}", False),
        ("access", f"Begin forwarded message:\r\n\r\n{BLOCK}", False),
        ("Zugang", f"-------- Weitergeleitete Nachricht --------\r\n{BLOCK}", False),
        ("Re: access", f"Thanks.\r\n\r\n-----Original Message-----\r\n{BLOCK}", True),
        ("Re: access", f"Thanks.\r\n\r\n---------- Forwarded message ---------\r\n{BLOCK}", True),
        ("access", f"Thanks.\r\n\r\nOn Monday, 2 March 2026 Tom wrote:\r\n> {SECRET}\r\n", True),
    ],
)
def test_what_is_forwarded_is_new_to_its_reader(subject: str, body: str, quoted: bool) -> None:
    [finding] = examine(mail(subject, body))
    assert (finding.id, finding.quoted) == ("secret.password", quoted)
    assert finding.where.startswith("quoted text" if quoted else "forwarded text")


def test_a_row_of_a_table_is_no_quotation() -> None:
    [finding] = examine(mail("access", f"| system | note |\r\n| ------ | ---- |\r\n| sap | {SECRET} |\r\n"))
    assert finding.where == "body, line 3"
    [finding] = examine(mail("Re: access", f"Thanks.\r\n\r\n| {SECRET}\r\n| for now\r\n"))
    assert finding.quoted


def test_no_place_quotes_a_secret() -> None:
    names = ("password is ZEBRA88k.txt", "minutes of monday.txt", "report.zip/pin code 4482.docx")
    places = [where for name in names for where in (name, f"{name}, line 3", f"file name {name}")]
    told = [
        each.where
        for each in discreet(Finding("own.term", where, Sensitivity.HIGH, 0.9) for where in (*places, "body"))
    ]
    hidden = ["an attachment whose name is left out", "an attachment whose name is left out, line 3",
              "the name of an attachment"]  # fmt: skip
    assert told == [*hidden, *places[3:6], *hidden, "body"]
