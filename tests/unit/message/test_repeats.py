"""An address that two corrections lead to stands in the header once; one that was left out stands nowhere."""

from __future__ import annotations

import pytest

from straymail.message import parse_address, parse_message
from straymail.message.rewrite import drop_address, drop_repeats

BOB = parse_address("bob@army.mil")


@pytest.mark.parametrize(
    ("header", "left"),
    [
        (b"To: bob@army.mil, bob@army.mil\r\n", b"To: bob@army.mil\r\n"),
        (b"To: Bob <bob@army.mil>,\r\n bob@army.mil,\r\n c@x.y\r\n", b"To: Bob <bob@army.mil>,\r\n c@x.y\r\n"),
        (b"To: bob@army.mil, bob@army.mil, bob@army.mil\r\n", b"To: bob@army.mil\r\n"),
        (b"To: bob@army.mil\r\nCc: bob@army.mil\r\n", b"To: bob@army.mil\r\n"),
        (b"To: bob@army.mil\r\nCc: bob@army.mil, c@x.example\r\n", b"To: bob@army.mil\r\nCc: c@x.example\r\n"),
        (b"To: us: bob@army.mil, bob@ARMY.mil;\r\n", b"To: us: bob@army.mil;\r\n"),
        (b"To: us: c@x.example;, bob@army.mil\r\nCc: we: bob@army.mil;\r\n", None),
        (b"To: bob@army.mil, bobby@army.mil\r\nFrom: bob@army.mil\r\n", None),
    ],
)
def test_only_the_first_stays(header: bytes, left: bytes | None) -> None:
    found = drop_repeats(header + b"\r\nbob@army.mil\r\n", BOB)
    assert found.endswith(b"\r\n\r\nbob@army.mil\r\n")
    if left is not None:
        assert found == left + b"\r\nbob@army.mil\r\n"
    message = parse_message(found)
    assert [box.address for box in (*message.to, *message.cc)].count(BOB) == 1
    assert not message.defects


@pytest.mark.parametrize(
    ("header", "left"),
    [
        (b"To: bob@army.mil, c@x.example\r\n", b"To: c@x.example\r\n"),
        (b"To: Bob <bob@army.mil>,\r\n c@x.example\r\n", b"To: c@x.example\r\n"),
        (b'To: c@x.example,\r\n "Holt, B" <BOB@army.mil>\r\n', b"To: c@x.example\r\n"),
        (b"To: a@x.example, bob@army.mil, c@x.example\r\n", b"To: a@x.example, c@x.example\r\n"),
        (b"To: us: bob@army.mil, c@x.example;\r\n", b"To: us: c@x.example;\r\n"),
        (b"To: bob@army.mil\r\nCc: c@x.example, bob@army.mil\r\n", b"Cc: c@x.example\r\n"),
        (b"Bcc: bob@army.mil\r\nTo: c@x.example\r\n", b"To: c@x.example\r\n"),
        (b"Resent-To: bob@army.mil\r\nTo: c@x.example\r\n", b"To: c@x.example\r\n"),
        (b"To: bob@army.mil\r\nSubject: x\r\n", b"To: undisclosed-recipients:;\r\nSubject: x\r\n"),
        (b"To: bobby@army.mil\r\nFrom: bob@army.mil\r\n", b"To: bobby@army.mil\r\nFrom: bob@army.mil\r\n"),
        (b"Subject: x\r\n", b"Subject: x\r\n"),
    ],
)
def test_who_was_left_out_stands_nowhere(header: bytes, left: bytes) -> None:
    found = drop_address(header + b"\r\nTo: bob@army.mil\r\n", BOB)
    assert found == left + b"\r\nTo: bob@army.mil\r\n"
    message = parse_message(found)
    assert BOB not in [box.address for box in (*message.to, *message.cc)]
    assert not message.defects


def test_the_line_that_says_nobody_is_shown_ends_as_the_others() -> None:
    found = drop_address(b"To: bob@army.mil\nCc: bob@army.mil\nSubject: x\n\nbody\r\n", BOB)
    assert found == b"To: undisclosed-recipients:;\nSubject: x\n\nbody\r\n"
