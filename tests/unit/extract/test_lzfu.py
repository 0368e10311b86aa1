"""Compressed RTF: the specification's own examples, and damage."""

from __future__ import annotations

import struct

import pytest

from straymail.extract.limits import ReadLimits
from straymail.extract.readers.lzfu import find_rtf, unpack
from straymail.extract.reading import read_one

from . import builders as make

PR_HTML = b"\x02\x01\x13\x10\1\0\0\0"

# MS-OXRTFCP 3.1.1 and 3.1.2: simple compressed RTF, and one that refers into what is being written.
SIMPLE = bytes.fromhex(
    "2d0000002b0000004c5a4675f1c5c7a703000a00726370673132354232 0af3 2068656c0900 20627705b06c647d0a800fa0".replace(
        " ", ""
    )
)
RUNNING = bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0")


def test_the_specifications_examples() -> None:
    assert unpack(SIMPLE) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert unpack(RUNNING) == b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"
    assert find_rtf(b"before" + b"x" * 9 + RUNNING + b"after") == [b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"]


def test_uncompressed_bodies_and_damage() -> None:
    assert unpack(b"\x14\0\0\0\x05\0\0\0MELA\0\0\0\0words") == b"words"
    for length in range(len(SIMPLE)):
        assert b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n".startswith(unpack(SIMPLE[:length]))


@pytest.mark.timeout(20)
def test_a_body_cannot_grow_without_end() -> None:
    bomb = (
        b"\xff\xff\xff\x7f\xff\xff\xff\x7fLZFu\0\0\0\0" + b"\xff" + b"\0\x0f" * 8 + (b"\xff" + b"\0\x0f" * 8) * 60_000
    )
    assert len(unpack(bomb)) <= 4_000_000


def test_bodies_of_winmail_in_html() -> None:
    body = b"<p>the body</p><table><tr><td>a</td><td>b</td></tr></table>"
    size = struct.pack("<I", len(body))
    for properties, text in (
        (b"\2\0\0\0" + PR_HTML + size + body + b"\0", "the body\n\na\tb"),
        (PR_HTML + size + body[:11], "the body"),
        (PR_HTML, None),
        (b"\0\0\0\0", None),
    ):
        answer, _ = read_one(make.tnef("", b"", "", properties), "winmail.dat", "winmail.dat", ReadLimits())
        assert dict(answer["texts"]).get("winmail.dat") == text
        assert answer["unread"] == []
