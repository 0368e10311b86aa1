"""Envelope and message from what the user gave."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from straymail.cli.draft import draft, entry_of, numbered_lines, read_message
from straymail.errors import BadInput

RAW = (
    b"From: Ann <ann@mod.example>\r\nTo: Bob <bob@a.example>, c@b.example\r\nCc: bob@a.example\r\n"
    b"Subject: x\r\n\r\nhello\r\n"
)


def test_addresses_alone_make_a_draft() -> None:
    """A message that has not been written has a sender, recipients and no text."""
    envelope, message = draft("ann@mod.example", ["general@army.ml", "jürgen@bücher.example"], None)
    assert str(envelope.sender) == "ann@mod.example"
    assert [str(to) for to in envelope.recipients] == ["general@army.ml", "jürgen@xn--bcher-kva.example"]
    assert set(envelope.recipients) == {box.address for box in message.to}


def test_what_is_missing_comes_from_the_header() -> None:
    """Sender from From, recipients from To, Cc and Bcc, each once."""
    envelope, _ = draft(None, [], RAW)
    assert str(envelope.sender) == "ann@mod.example"
    assert [str(to) for to in envelope.recipients] == ["bob@a.example", "c@b.example"]


def test_what_is_given_goes_before_the_header() -> None:
    """The envelope decides, as for any mail server."""
    envelope, _ = draft("<>", ["d@c.example"], RAW)
    assert None is envelope.sender
    assert [str(to) for to in envelope.recipients] == ["d@c.example"]


@pytest.mark.parametrize(
    ("sender", "recipients", "raw", "words"),
    [
        ("nobody", ["a@b.example"], None, "sender: 'nobody' is no address"),
        ("ann@mod.example", ["a@b@c", "d"], None, "recipient: 'a@b@c' is no address"),
        ("ann@mod.example", ["a@b.example\r\nBcc: x@y.example"], None, "is no address"),
        ("ann@mod.example", [], None, "no recipient to judge"),
        (None, ["a@b.example"], None, "who is writing?"),
        (None, [], b"To: a@b.example\r\n\r\n", "no From header"),
        ("ann@mod.example", [], b"Subject: x\r\n\r\n", "no recipient to judge"),
    ],
)
def test_what_cannot_be_judged_is_told(
    sender: str | None, recipients: list[str], raw: bytes | None, words: str
) -> None:
    """Each fault in plain words."""
    with pytest.raises(BadInput) as caught:
        draft(sender, recipients, raw)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        "3",
        "null",
        '{"sender": "a@b.example"}',
        '{"recipients": "a@b"}',
        '{"recipients": [3]}',
        '{"recipients": [], "sender": 3}',
        '{"recipients": [], "message": 3}',
        "[" * 100_000,
        '{"recipients": ["' + "a" * (1 << 20),
    ],
)
def test_lines_that_are_no_entries_name_file_and_line(line: str) -> None:
    """Any JSON that is not an entry is refused, and so is what is no JSON."""
    with pytest.raises(BadInput) as caught:
        entry_of(line, "drafts.jsonl", 7)
    assert str(caught.value).startswith("drafts.jsonl:7: ")


def test_entries_bring_their_message(tmp_path: Path) -> None:
    """A path is read, null means that there is no message yet."""
    path = tmp_path / "m.eml"
    path.write_bytes(RAW)
    entry = {"sender": "a@b.example", "recipients": ["c@d.example"], "message": str(path)}
    assert entry_of(json.dumps(entry), "-", 1) == ("a@b.example", ["c@d.example"], RAW)
    assert entry_of(json.dumps({**entry, "message": None}), "-", 1) == ("a@b.example", ["c@d.example"], None)


def test_blank_lines_are_counted_but_not_read(tmp_path: Path) -> None:
    """The number is that of the line in the file."""
    path = tmp_path / "drafts.jsonl"
    path.write_text("one\n\n  \nfour\n")
    assert list(numbered_lines(str(path))) == [(1, "one\n"), (4, "four\n")]


def test_a_line_too_long_is_one_line_and_a_byte_order_mark_none(tmp_path: Path) -> None:
    """The next line keeps its number."""
    path = tmp_path / "drafts.jsonl"
    path.write_text("\ufeff[1]\n" + "x" * (3 << 20) + "\nthree\n" + "y" * (1 << 20), encoding="utf-8")
    lines = list(numbered_lines(str(path)))
    assert [(number, line[:6]) for number, line in lines] == [
        (1, "[1]\n"),
        (2, "xxxxxx"),
        (3, "three\n"),
        (4, "yyyyyy"),
    ]


@pytest.mark.parametrize(("source", "path"), [("-", "-"), ("drafts.jsonl", "\0")])
def test_a_message_that_cannot_be_is_told(source: str, path: str) -> None:
    """The batch is no message of its own, and no file is named by a NUL."""
    with pytest.raises(BadInput):
        entry_of(json.dumps({"sender": "a@b.example", "recipients": ["c@d.example"], "message": path}), source, 3)


def test_missing_files_are_bad_input(tmp_path: Path) -> None:
    """Of both kinds."""
    with pytest.raises(BadInput, match="No such file"):
        read_message(tmp_path / "none.eml")
    with pytest.raises(BadInput, match="No such file"):
        list(numbered_lines(str(tmp_path / "none.jsonl")))
