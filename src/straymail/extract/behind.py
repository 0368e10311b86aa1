"""What stands behind the end of a file: a whole other file that the first one's program never shows.

A picture with an archive behind it opens as a picture, and as an archive. Pictures say where they end; an archive (ZIP)
is read from its end, so it may stand behind anything.
"""

from __future__ import annotations

import struct

from straymail.extract.kinds import is_text

_DIRECTORY_END = struct.Struct("<4s4H2IH")  # of a ZIP (APPNOTE 4.3.16)
_END_MARK, _ENTRY_MARK, _FIRST_MARK = b"PK\x05\x06", b"PK\x01\x02", b"PK\x03\x04"
_LONGEST_COMMENT = 65_535
_STARTS = (_FIRST_MARK, b"7z\xbc\xaf'\x1c", b"Rar!\x1a\x07", b"%PDF-", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"{\\rtf",
           b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0", b"MZ", b"-----BEGIN PGP")  # fmt: skip
_HOLD_AS_IT_IS = frozenset(("zip", "eml", "mbox", "tar", "ole", "tnef"))  # the last file in them may be a ZIP
_PADDING = b"\0\r\n\t "
_MOST_BLOCKS = 100_000
_HEAD, _FEWEST = 4_096, 64  # bytes; fewer of text are a program's mark
_SCAN, _END = 0xDA, 0xD9  # markers of JPEG


def behind(kind: str, data: bytes) -> bytes:
    """The archive, document, program or text behind a file of this kind; b"" mostly, and for what may hold an archive.

    Telephones put films and further pictures behind their own: those are no files of another kind.
    """
    if kind in _HOLD_AS_IT_IS:
        return b""
    if (start := _zip_start(data)) >= 0:
        return data[start:]
    end = _ENDS[kind](data) if kind in _ENDS else -1
    rest = data[end : end + _HEAD].lstrip(_PADDING) if 0 < end < len(data) else b""
    told = rest.startswith(_STARTS) or (len(rest) >= _FEWEST and b"\0" not in rest and is_text(rest))
    return data[end:].lstrip(_PADDING) if told else b""


def _zip_start(data: bytes) -> int:
    """Where a ZIP that ends with the data begins, its places counted from there or from the start; -1 without one."""
    end = data.rfind(_END_MARK, max(0, len(data) - _LONGEST_COMMENT - _DIRECTORY_END.size))
    if end < 0 or end + _DIRECTORY_END.size > len(data):
        return -1
    *_, count, size, offset, comment = _DIRECTORY_END.unpack_from(data, end)
    directory = end - size
    if not count or directory < 0 or data[end + _DIRECTORY_END.size + comment :].strip(_PADDING):
        return -1
    start = directory - offset or data.find(_FIRST_MARK)
    return start if data.startswith(_ENTRY_MARK, directory) and data.startswith(_FIRST_MARK, max(start, 0)) else -1


def _jpeg_end(data: bytes) -> int:
    """Behind the end marker that follows the first scan: what stands before it holds small pictures with ends too."""
    at = 2
    for _ in range(_MOST_BLOCKS):
        if at + 4 > len(data) or data[at] != 0xFF:
            return -1
        marker, size = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == _SCAN:
            end = data.find(bytes((0xFF, _END)), at)
            return end + 2 if end >= 0 else -1
        at += 2 + size
    return -1


def _png_end(data: bytes) -> int:
    at = 8
    for _ in range(_MOST_BLOCKS):
        if at + 12 > len(data):
            return -1
        size = int.from_bytes(data[at : at + 4], "big")
        at += 12 + size
        if data[at - size - 8 : at - size - 4] == b"IEND":
            return at
    return -1


def _gif_end(data: bytes) -> int:
    if len(data) < 13:
        return -1
    at = 13 + _colours(data[10])
    for _ in range(_MOST_BLOCKS):
        match data[at : at + 1]:
            case b"!":
                at = _past_blocks(data, at + 2)
            case b"," if at + 10 < len(data):
                at = _past_blocks(data, at + 11 + _colours(data[at + 9]))
            case b";":
                return at + 1
            case _:
                return -1
    return -1


def _colours(flags: int) -> int:
    """Bytes of a table of colours."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _past_blocks(data: bytes, at: int) -> int:
    """Past blocks that begin with their length each, up to one of none."""
    while at < len(data) and data[at]:
        at += 1 + data[at]
    return at + 1


_ENDS = {"jpeg": _jpeg_end, "png": _png_end, "gif": _gif_end}
