"""Parsing is total: any bytes give a Message, quickly, and the same identity either way."""

from __future__ import annotations

import gzip
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from straymail.errors import AddressError
from straymail.message import (
    Address,
    html_to_text,
    new_text,
    normalise_domain,
    parse_address,
    parse_mailboxes,
    parse_message,
)
from straymail.message.rewrite import add_headers, remove_headers, replace_address

PIECES = [
    b"From: ann@mod.example\r\n",
    b'To: <bob@x.example>, "C" <c@x.example>\r\n',
    b"Subject: =?utf-8?q?a=20b?=\r\n",
    b"Content-Type: multipart/mixed; boundary=b\r\n",
    b"Content-Type: message/rfc822\r\n",
    b"--b\r\n",
    b"--b--\r\n",
    b"\r\n",
    b"Content-Transfer-Encoding: base64\r\n",
    b"Content-Transfer-Encoding: quoted-printable\r\n",
    b"aGVsbG8=\r\n",
    b"=3D=\r\n",
    b"begin 644 a\r\n",
    b"`\r\nend\r\n",
    b"\x00",
    b"\r",
    b"\n",
    b" folded\r\n",
    b"Date: Mon, 2 Feb 2026 10:00:00 +0100\r\n",
    b'Content-Type: text/html; charset="utf-7"; charset=x\r\n',
    b"\xff\xfe",
    b"Content-Type: text/plain; name*0*=''%\r\n",
    b'Content-Type: multipart/mixed; boundary="b"; boundary=c\r\n',
    b"--c\r\n",
    b"Date: 99 Foo 99999\r\n",
    b"=?x?b?!?=",
]
mails = st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=12)), max_size=40).map(b"".join)


def check(raw: bytes) -> None:
    message = parse_message(raw)
    assert message.identity == parse_message(raw, headers_only=True).identity
    assert message.size == len(raw)
    for part in message.parts:
        assert isinstance(part.text(), str)
    assert isinstance(new_text(message), str)
    for name, value in message.headers:
        (name + value).encode("utf-8")


@given(st.one_of(mails, st.binary(max_size=400)))
def test_any_bytes_give_a_message(raw: bytes) -> None:
    check(raw)


@given(mails)
def test_rewriting_touches_nothing_else(raw: bytes) -> None:
    assert remove_headers(raw, "X-Absent-*") == raw
    assert replace_address(raw, Address("z", "z.example"), Address("y", "y.example")) == raw
    if not raw.startswith(b"From "):
        assert add_headers(raw, [("X-A", "b")]).endswith(raw)


@given(mails)
def test_a_replaced_address_is_gone(raw: bytes) -> None:
    raw = remove_headers(raw, "Sender")
    wrong, right = Address("bob", "x.example"), Address("rob", "y.example")
    before, after = parse_message(raw), parse_message(replace_address(raw, wrong, right))
    assert len(before.to) == len(after.to)
    assert wrong.key not in {box.address.key for box in (*after.to, *after.cc)}


@given(st.text(max_size=60))
def test_lists_never_raise(value: str) -> None:
    parse_mailboxes(value)
    html_to_text(value)


locals_ = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=20)
domains = st.lists(st.text("abcxyz0189-_üßд例", min_size=1, max_size=10), min_size=1, max_size=4).map(".".join)


@given(locals_, domains)
def test_an_address_survives_writing_and_reading(local: str, domain: str) -> None:
    quoted = local.replace("\\", "\\\\").replace('"', '\\"')
    try:
        address = parse_address(f'"{quoted}"@{domain}')
    except AddressError:
        return
    assert parse_address(str(address)) == address
    assert parse_mailboxes(f"Name <{address}>, x@y.example")[0].address == address


@given(st.text(max_size=40))
def test_any_address_read_survives_writing(text: str) -> None:
    for candidate in (text, f"{text}@mod.example", f"a@{text}"):
        try:
            address = parse_address(candidate)
        except AddressError:
            continue
        assert parse_address(str(address)) == address
        assert normalise_domain(address.domain) == address.domain


@pytest.mark.corpus
def test_other_parsers_own_test_mail_is_read(corpus: Path) -> None:
    files = [path for path in (corpus / "mime").rglob("*") if path.is_file()]
    assert len(files) > 500
    for path in files:
        check(path.read_bytes())


@pytest.mark.corpus
def test_ordinary_mail_has_next_to_no_defects(corpus: Path) -> None:
    defects = count = 0
    for path in sorted((corpus / "ham").glob("*.gz")):
        with gzip.open(path) as file:
            for piece in islice(file.read().split(b"\nFrom "), 0, None, 5):
                defects += bool(parse_message(piece.partition(b"\n")[2]).defects)
                count += 1
    assert count > 400
    assert defects <= count // 200


@pytest.mark.corpus
def test_copies_in_other_folders_have_one_identity(corpus: Path) -> None:
    """Enron's copies carry different Message-IDs; identity merges them and next to nothing else."""
    bodies: dict[str, set[bytes]] = {}
    count = 0
    with gzip.open(corpus / "enron" / "fossum-d.mbox.gz") as file:
        for piece in file.read().split(b"\nFrom MAILER-DAEMON "):
            raw = piece.partition(b"\n")[2]
            identity = parse_message(raw, headers_only=True).identity
            bodies.setdefault(identity, set()).add(b"".join(raw.partition(b"\n\n")[2].split()))
            count += 1
    assert len(bodies) < count * 0.7
    assert sum(len(different) > 1 for different in bodies.values()) <= len(bodies) // 1_000
