"""A message on the wire (RFC 5321): its line ends, and pieces with dots stuffed, so that a large one is not copied."""

from __future__ import annotations

from collections.abc import Iterator

_PIECE = 1 << 18


def with_line_ends(raw: bytes) -> bytes:
    """Each line ended by CRLF (RFC 5321 2.3.8); a CR or LF alone could end the message for a careless server."""
    pairs = raw.count(b"\r\n")
    if raw.count(b"\n") == pairs and raw.count(b"\r") == pairs:
        return raw
    return raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")


def stuffed(raw: bytes) -> Iterator[bytes]:
    """A message as it goes over the wire, dot-stuffed (RFC 5321 4.5.2); ``.`` CRLF is to follow."""
    start = 0
    while start < len(raw):
        end = min(start + _PIECE, len(raw))
        end += raw[end - 1 : end + 1] == b"\r\n"  # a line's end is never parted
        piece = raw[start:end].replace(b"\r\n.", b"\r\n..")
        begins = start == 0 or raw[start - 2 : start] == b"\r\n"
        yield b"." + piece if begins and piece.startswith(b".") else piece
        start = end
    if raw and not raw.endswith(b"\r\n"):
        yield b"\r\n"
