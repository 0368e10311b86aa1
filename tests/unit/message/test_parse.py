"""What parsing yields: fields, parts, defects, identity."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest

from straymail.message import Limits, Message, parse_message

from .samples import HEAD, forwarded, mail, mixed, nested

PDF = b"Content-Type: application/pdf; name=plan.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"


def ids(message: Message) -> set[str]:
    return {defect.id for defect in message.defects}


def test_fields_of_plain_mail() -> None:
    extra = b"Cc: =?utf-8?q?J=C3=B6rg?= <j@mod.example>,\r\n\tk@mod.example\r\nMessage-ID: <1@mod.example>\r\n"
    message = parse_message(
        mail(b"hello\r\n", extra + b"References: <a@x.example><b@x.example>\r\nIn-Reply-To: <b@x.example>\r\n")
    )
    assert message.subject == "plan"
    assert message.date == datetime(2026, 2, 2, 9, 0, tzinfo=UTC)
    assert [(str(box.address), box.name) for box in (*message.from_, *message.to, *message.cc)] == [
        ("ann@mod.example", "Ann"), ("bob@army.example", ""), ("j@mod.example", "Jörg"), ("k@mod.example", ""),
    ]  # fmt: skip
    assert message.message_id == "1@mod.example"
    assert message.references == ("b@x.example", "a@x.example")
    assert [(part.path, part.content_type, part.text()) for part in message.parts] == [("1", "text/plain", "hello\r\n")]
    assert message.defects == ()
    assert message.header("message-id") == "<1@mod.example>"
    assert message.header("absent") == ""


@pytest.mark.parametrize(
    ("field", "automatic"),
    [
        (b"Auto-Submitted: auto-replied (vacation)\r\n", True), (b"Auto-Submitted: auto-generated; x=1\r\n", True),
        (b"Auto-Submitted: no\r\n", False), (b"Precedence: bulk\r\n", True), (b"Precedence: first-class\r\n", False),
        (b"X-Auto-Response-Suppress: All\r\n", True), (b"X-Auto-Response-Suppress: None\r\n", False), (b"", False),
    ],
)  # fmt: skip
def test_automatic_mail(field: bytes, automatic: bool) -> None:
    assert parse_message(mail(extra=field)).automatic is automatic


def test_lists_and_resent_mail() -> None:
    message = parse_message(mail(extra=b"List-Id: Crew <crew.mod.example>\r\nResent-From: c@mod.example\r\n"))
    assert (message.list_id, message.resent) == ("Crew <crew.mod.example>", True)


def test_tree_of_parts() -> None:
    raw = mixed(
        b"Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\ngr=FC=DFe",
        PDF + base64.b64encode(b"%PDF-1.4"),
        b"Content-Disposition: attachment; filename*0*=utf-8''pl%C3%A4; filename*1=ne.txt\r\n\r\nx",
    )
    message = parse_message(raw)
    assert [(part.path, part.content_type, part.filename, part.disposition) for part in message.parts] == [
        ("1.1", "text/plain", "", ""), ("1.2", "application/pdf", "plan.pdf", ""),
        ("1.3", "text/plain", "pläne.txt", "attachment"),
    ]  # fmt: skip
    assert message.parts[0].text() == "grüße"
    assert message.parts[1].content == b"%PDF-1.4"
    assert [part.is_attachment for part in message.parts] == [False, True, True]


def test_embedded_messages_show_their_header_and_their_parts() -> None:
    message = parse_message(forwarded(2))
    assert [(part.path, part.content_type) for part in message.parts] == [
        ("1", "message/rfc822"), ("1.1", "message/rfc822"), ("1.1.1", "text/plain"),
    ]  # fmt: skip
    assert b"Subject: plan" in message.parts[1].content
    assert message.parts[2].text().strip() == "inner"


def test_uuencoded_files_are_parts() -> None:
    body = b"see file\r\n\r\nbegin 644 plan.txt\r\n%:&5L;&\\ \r\n`\r\nend\r\n"
    found = [part for part in parse_message(mail(body)).parts if part.parser == "uuencode"]
    assert [(part.filename, part.content) for part in found] == [("plan.txt", b"hello")]


def test_two_boundaries_are_read_both_ways() -> None:
    """The first parser believes the last boundary, the second the first: a filter that trusts one misses a part."""
    body = (
        b"--x\r\nContent-Type: text/plain\r\n\r\nharmless\r\n--x--\r\n"
        b"--y\r\nContent-Type: text/plain\r\n\r\nsecret\r\n--y--\r\n"
    )
    message = parse_message(mail(body, b'Content-Type: multipart/mixed; boundary="x"; boundary="y"\r\n'))
    shown = " ".join(part.text() for part in message.parts)
    assert "harmless" in shown
    assert "secret" in shown


@pytest.mark.parametrize(
    ("raw", "defect"),
    [
        (mail(extra=b"Subject: other\r\n"), "repeated-header"),
        (mail(extra=b"no colon here\r\n"), "bad-header"),
        (mail(b"a\0b"), "nul"), (mail(b"a\rb\r\n"), "bare-cr"), (mail(b"a\nb\r\n"), "bare-lf"),
        (mail(b"x", b"Content-Type: multipart/mixed; boundary=b\r\n"), "empty-multipart"),
        (mixed(PDF + b"!*=*!AAA=A"), "bad-encoding"),
        (mail(extra=b"Cc: nobody here\r\n"), "bad-address"),
        (nested(60), "too-deep"),
        (nested(1_000), "unparsable"),
    ],
)  # fmt: skip
def test_defects_are_named(raw: bytes, defect: str) -> None:
    assert defect in ids(parse_message(raw))


def test_ordinary_mail_has_no_defects() -> None:
    lf = mixed(b"\r\nhello", PDF + base64.b64encode(b"x" * 99)).replace(b"\r\n", b"\n")
    for raw in (mail(), lf, mixed(b"\r\nhello"), forwarded(3), nested(3)):
        assert parse_message(raw).defects == ()


def test_damaged_base64_is_read_as_mail_programs_do() -> None:
    message = parse_message(mixed(PDF + b"aGVs!!bG8="))
    assert b"hello" in [part.content for part in message.parts]


def test_data_after_base64_padding_is_seen() -> None:
    message = parse_message(mixed(PDF + b"aGk=\r\nc2VjcmV0"))
    assert any(b"secret" in part.content for part in message.parts)


@pytest.mark.parametrize(
    ("limits", "raw", "defect"),
    [
        (Limits(size=100), mail(b"x" * 200), "too-large"),
        (Limits(parts=3), mixed(*[b"\r\nx"] * 5), "too-many-parts"),
        (Limits(depth=2), nested(4), "too-deep"),
        (Limits(headers=3), mail(), "too-many-headers"),
        (Limits(header_size=64), mail(extra=b"X-Long: " + b"y" * 100 + b"\r\n"), "header-too-large"),
        (Limits(header_size=64), mail(extra=b"X: y\r\n" * 300), "header-block-too-large"),
        (
            Limits(recipients=1, addresses=2),
            mail(extra=b"Cc: a@x.example, b@x.example, c@x.example\r\n"),
            "too-many-addresses",
        ),
        (Limits(decoded=100), mixed(b"\r\n" + b"x" * 99, b"\r\n" + b"y" * 99), "decoded-too-large"),
    ],
)
def test_limits_are_said_when_exceeded(limits: Limits, raw: bytes, defect: str) -> None:
    assert defect in ids(parse_message(raw, limits))
    assert defect not in ids(parse_message(raw)) or defect == "too-deep"


def test_identity_survives_another_folder() -> None:
    """Line ends, header order, trace fields, Message-ID and letter case of addresses do not matter."""
    one = mail(b"hello\r\n", b"Message-ID: <1@x.example>\r\nReceived: here\r\n")
    lines = HEAD.replace(b"bob@", b"Bob@").splitlines()
    other = b"\n".join([b"Message-ID: <2@y.example>", *reversed(lines), b"X-Folder: sent", b"", b"hello", b""])
    assert (
        parse_message(one).identity == parse_message(other).identity == parse_message(one, headers_only=True).identity
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"hello", b"hallo"), (b"plan", b"plans"), (b"bob@", b"rob@"), (b"ann@", b"amy@"), (b"10:00:00", b"10:00:01")],
)
def test_identity_tells_different_mail_apart(old: bytes, new: bytes) -> None:
    assert parse_message(mail()).identity != parse_message(mail().replace(old, new)).identity


def test_mail_without_a_date_is_told_apart_by_its_id() -> None:
    bare = b"From: ann@mod.example\r\nMessage-ID: <%d@x.example>\r\n\r\ndaily report\r\n"
    assert parse_message(bare % 1).identity != parse_message(bare % 2).identity


def test_headers_only_reads_no_parts() -> None:
    assert parse_message(mixed(b"\r\nx"), headers_only=True).parts == ()


def test_a_first_parser_that_breaks_is_replaced_by_the_second(monkeypatch: pytest.MonkeyPatch) -> None:
    class PanicException(BaseException):
        pass

    def broken(_raw: bytes, mode: str) -> None:
        raise PanicException(mode)

    monkeypatch.setattr("fast_mail_parser.parse_email_tree", broken)
    message = parse_message(mixed(b"\r\nhello"))
    assert "unparsable" in ids(message)
    assert [part.content.strip() for part in message.parts] == [b"hello"]
