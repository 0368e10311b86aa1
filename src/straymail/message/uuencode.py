"""Files uuencoded inside a text body (POSIX uuencode), as old mail clients send and new ones still show them."""

from __future__ import annotations

import binascii
from collections.abc import Iterator

from straymail.message.encoded import header_text
from straymail.message.limits import Limits


def uu_files(text: bytes, limits: Limits) -> Iterator[tuple[str, bytes]]:
    """(name, content) of each ``begin MODE NAME`` ... ``end`` block; damaged lines are skipped."""
    name, data, inside = "", bytearray(), False
    for line in text.split(b"\n"):
        line = line.rstrip(b"\r")
        if not inside:
            name = _begin(line)
            inside = bool(name)
        elif line == b"end":
            yield name, bytes(data)
            data, inside = bytearray(), False
        elif len(data) < limits.decoded:
            data += _line(line)


def _begin(line: bytes) -> str:
    words = line.split(None, 2) if line.startswith(b"begin ") else []
    return header_text(words[2]).strip() if len(words) == 3 and words[1].isdigit() and len(words[1]) <= 4 else ""


def _line(line: bytes) -> bytes:
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        count = (((line[0] - 32) & 63) * 4 + 5) // 3 if line else 0  # encoders that pad a line too long
        try:
            return binascii.a2b_uu(line[:count])
        except binascii.Error:
            return b""
