"""Builders of test mail; every address is invented."""

from __future__ import annotations

HEAD = (
    b"From: Ann <ann@mod.example>\r\nTo: bob@army.example\r\nSubject: plan\r\nDate: Mon, 02 Feb 2026 10:00:00 +0100\r\n"
)


def mail(body: bytes = b"hello\r\n", extra: bytes = b"", head: bytes = HEAD) -> bytes:
    """A message with extra header lines."""
    return head + extra + b"\r\n" + body


def mixed(*parts: bytes, extra: bytes = b"") -> bytes:
    """A multipart/mixed message of the given parts (header, empty line, body)."""
    inner = b"".join(b"--b\r\n" + part + b"\r\n" for part in parts)
    return mail(inner + b"--b--\r\n", extra + b"Content-Type: multipart/mixed; boundary=b\r\n")


def nested(depth: int, leaf: bytes = b"inner") -> bytes:
    """Multiparts within multiparts."""
    text = b"Content-Type: text/plain\r\n\r\n" + leaf + b"\r\n"
    for level in range(depth):
        mark = b"b%d" % level
        text = b"Content-Type: multipart/mixed; boundary=" + mark + b"\r\n\r\n--" + mark + b"\r\n" + text
        text += b"\r\n--" + mark + b"--\r\n"
    return HEAD + text


def forwarded(depth: int) -> bytes:
    """Messages embedded in messages."""
    text = mail(b"inner\r\n")
    for _ in range(depth):
        text = HEAD + b"Content-Type: message/rfc822\r\n\r\n" + text
    return text
