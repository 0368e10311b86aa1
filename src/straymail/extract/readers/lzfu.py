"""Compressed RTF, as Outlook keeps bodies (MS-OXRTFCP)."""

from __future__ import annotations

import struct

_HEAD = struct.Struct("<II4sI")
_PRIMER = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor "
    b"MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
    b"\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
_WINDOW = 4_096
_MOST = 4_000_000  # bytes of one body


def find_rtf(data: bytes) -> list[bytes]:
    """Every compressed RTF body inside binary data, unpacked; at most ten."""
    found: list[bytes] = []
    for mark in (b"LZFu", b"MELA"):
        at = data.find(mark)
        while at >= 8 and len(found) < 10:
            found.append(unpack(data[at - 8 :]))
            at = data.find(mark, at + 4)
    return found


def unpack(data: bytes) -> bytes:
    """Unpack one body; what stands before a fault is kept, never more than 4 MB."""
    if len(data) < _HEAD.size:
        return b""
    size, raw, mark, _crc = _HEAD.unpack_from(data)
    most = min(raw, _MOST)
    body = data[_HEAD.size : size + 4]
    if mark == b"MELA":
        return body[:most]
    window = bytearray(_PRIMER.ljust(_WINDOW, b"\0"))
    place = len(_PRIMER)
    out = bytearray()
    at = 0
    while at < len(body) and len(out) < most:
        flags, at = body[at], at + 1
        for bit in range(8):
            if flags >> bit & 1:
                if at + 2 > len(body):
                    return bytes(out)
                reference = body[at] << 8 | body[at + 1]
                at += 2
                start, length = reference >> 4, (reference & 15) + 2
                if start == place % _WINDOW:
                    return bytes(out[:most])
                piece = [0] * length
                for step in range(length):
                    piece[step] = window[(start + step) % _WINDOW]
                    window[place % _WINDOW] = piece[step]
                    place += 1
                out += bytes(piece)
            elif at < len(body):
                out.append(body[at])
                window[place % _WINDOW] = body[at]
                place, at = place + 1, at + 1
    return bytes(out[:most])
