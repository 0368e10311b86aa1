"""Mails inside other files: attached messages, mail files, mailboxes."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest

from straymail.content import examine_property, examine_text
from straymail.extract import Extraction, Extractor
from straymail.message import parse_message

INNER = (
    b"From: c@x.example\r\nTo: d@x.example\r\nSubject: =?utf-8?q?=5BCUI=5D?= roster for May\r\n"
    b"Received: from a by b\r\n"
    b"msip_labels: MSIP_Label_1-2_Enabled=true; MSIP_Label_1-2_Name=Secret\r\n"
    b"X-Protective-Marking: VER=2018.6, SEC=SECRET\r\n"
    b"MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n<p>The password is</p><p>Kx9#pQ2m</p>"
    b"<a href='https://x.example/reset-password?token=8f2a9c4e1b7d4f6a9c2e5b8d1f4a7c0e'>here</a>\r\n"
)


@pytest.fixture(scope="module")
def extractor() -> Iterator[Extractor]:
    with Extractor() as shared:
        yield shared


def outer(disposition: bytes = b"") -> bytes:
    return (
        b"From: a@x.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n"
        b"--B\r\n\r\nhello\r\n--B\r\nContent-Type: message/rfc822\r\n"
        + disposition
        + b"\r\n"
        + INNER
        + b"\r\n--B--\r\n"
    )


def findings(found: Extraction) -> set[str]:
    texts = (finding.id for where, text in found.texts for finding in examine_text(text, where))
    labels = (each.id for where, name, value in found.properties for each in examine_property(name, value, where))
    return {*texts, *labels}


@pytest.mark.parametrize("disposition", [b"", b"Content-Disposition: attachment; filename=note.eml\r\n"])
def test_an_attached_message_is_read_as_the_same_mail_in_a_file(extractor: Extractor, disposition: bytes) -> None:
    attached = extractor.read(parse_message(outer(disposition)))
    inside = extractor.read_file(outer(disposition), "outer.eml")
    alone = extractor.read_file(INNER, "note.eml")
    for found in (attached, inside, alone):
        assert {"secret.password", "secret.reset-link", "marking.cui", "marking.label", "marking.au"} <= findings(found)
        text = "\n".join(text for _, text in found.texts)
        assert "The password is\nKx9#pQ2m" in text.replace("\n\n", "\n")
        assert "<p>" not in text
        assert "Received" not in text
        assert any(where.endswith("subject") and "[CUI] roster" in text for where, text in found.texts)
        assert found.unread == []


def test_the_end_of_a_very_long_attached_body_is_said_to_be_unread(extractor: Extractor) -> None:
    raw = outer().replace(b"<p>The password is</p>", b"<p>" + b"word " * 1_700_000 + b"</p>")
    assert [each.id for each in extractor.read(parse_message(raw)).unread] == ["unread.limit"]


MAILBOX = (
    b"From c@x.example Mon Nov  3 10:00:00 2025\n"
    + INNER.replace(b"\r\n", b"\n")
    + b"\nFrom here on it is body\n\nFrom c@x.example Mon Nov  3 10:00:01 2025\nFrom: c@x.example\nTo: d@x.example\n"
    b"Subject: second\nContent-Transfer-Encoding: base64\n\n" + base64.encodebytes(b"words in base64")
)


def test_a_mailbox_is_read_message_by_message(extractor: Extractor) -> None:
    found = extractor.read_file(MAILBOX, "all.mbox")
    texts = dict(found.texts)
    assert texts["all.mbox > message 2"] == "words in base64"
    assert texts["all.mbox > message 2, subject"] == "second"
    assert "From here on" in texts["all.mbox > message 1"]
    assert found.unread == []
    assert {"secret.password", "marking.cui"} <= findings(found)


def test_a_mailbox_of_very_many_messages_is_not_read_to_the_end(extractor: Extractor) -> None:
    found = extractor.read_file(b"From a Mon\nFrom: a\nTo: b\nSubject: c\n\nx\n" * 3_000, "all.mbox")
    assert [each.id for each in found.unread] == ["unread.limit"]
