"""An address that two corrections lead to stands in the header once."""

from __future__ import annotations

import pytest

from straymail.message import parse_address, parse_message
from straymail.message.rewrite import drop_repeats

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
