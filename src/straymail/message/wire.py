"""A message on the wire (RFC 5321): its line ends, and pieces with dots stuffed, so that a large one is not copied."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

_PIECE = 1 << 18


def pieces(raw: bytes | memoryview) -> Iterator[bytes]:
    """A long text bit by bit; a CRLF is never parted."""
    start = 0
    while start < len(raw):
        end = min(start + _PIECE, len(raw))
        end += raw[end - 1 : end + 1] == b"\r\n"
        yield bytes(raw[start:end])
        start = end


def with_line_ends(raw: bytes) -> bytes:
    """Each line ended by CRLF (RFC 5321 2.3.8); a CR or LF alone could end the message for a careless server."""
    pairs = raw.count(b"\r\n")
    if raw.count(b"\n") == pairs and raw.count(b"\r") == pairs:
        return raw
    mended = BytesIO()
    for piece in pieces(raw):
        mended.write(piece.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n"))
    return mended.getvalue()


def stuffed(*parts: bytes | memoryview) -> Iterator[bytes]:
    """A message as it goes over the wire, dot-stuffed (RFC 5321 4.5.2); ``.`` CRLF is to follow.

    Each of the ``parts`` but the first begins a line.
    """
    before = b"\r\n"  # the last two bytes that went
    for part in parts:
        for piece in pieces(part):
            dotted = piece.replace(b"\r\n.", b"\r\n..")
            yield b"." + dotted if before == b"\r\n" and piece.startswith(b".") else dotted
            before = (before + piece)[-2:]
    if before != b"\r\n":
        yield b"\r\n"
