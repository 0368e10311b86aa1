"""Parts of compound files beside their main text: notes and headers of sheets, words of shapes, documents inside.

Word, Excel and PowerPoint of 1997-2003 keep the alternative text of pictures and the words of watermarks with the
shapes (MS-ODRAW 2.2.9), comments and text boxes of sheets in records of their own (MS-XLS 2.4.329), and documents
inside others as folders of streams, or packed.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping
from itertools import islice

import olefile  # type: ignore[import-untyped]  # ships no types

from straymail.extract.readers.office_parts import without_codes

_MOST = 20_000
_SECTOR, _SMALL = 512, 4_096
_FREE, _END, _TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_MOST_TABLES = 109  # sectors of the table that the head names: about 7 MB
_HEADER, _FOOTER, _CONTINUED, _TEXT = 0x14, 0x15, 0x3C, 0x1B6
_PASSWORD, _FIRST_RECORDS = 0x2F, 5
_SHAPE = b"\x0b\xf0"  # a table of a shape's properties
_WATERMARK, _DESCRIPTION = 0x00C0, 0x0381
_PACKED_OBJECT = 0x1011
_ENCRYPTED = b"\xdf\xc4\xd1\xf3"  # MS-PPT 2.3.2: what "Current User" begins with, 12 bytes in


def shape_words(data: bytes) -> Iterator[str]:
    """Alternative texts and watermarks of the shapes in a drawing."""
    at = data.find(_SHAPE)
    for _ in range(_MOST):
        if at < 0:
            return
        if at >= 2:
            yield from _properties(data, at - 2)
        at = data.find(_SHAPE, at + 2)


def _properties(data: bytes, at: int) -> Iterator[str]:
    """The words of one table: six bytes each, then the values of those that are longer, in the same order."""
    head = int.from_bytes(data[at : at + 2], "little")
    start = at + 8
    value_at = start + 6 * (head >> 4)
    if head & 0xF != 3 or value_at > len(data):
        return
    for code, size in struct.iter_unpack("<HI", data[start:value_at]):
        if code & 0x8000:
            if code & 0x3FFF in (_WATERMARK, _DESCRIPTION):
                yield data[value_at : value_at + size].decode("utf-16-le", "replace").rstrip("\0")
            value_at += size


def sheet_notes(stream: bytes) -> tuple[str, str]:
    """(comments and text boxes, headers and footers) of a workbook's stream (BIFF8)."""
    notes: list[str] = []
    headers: list[str] = []
    left = 0  # letters of a text that are still to come
    for kind, body in _records(stream):
        if kind == _TEXT and len(body) >= 12:
            left = int.from_bytes(body[10:12], "little")
            notes += [""] * bool(left)
        elif kind == _CONTINUED and left and len(body) > 1:
            piece = _letters(body[0], body[1:], left)
            notes[-1] += piece
            left -= len(piece)
        elif kind in (_HEADER, _FOOTER) and len(body) > 3:
            headers.append(without_codes(_letters(body[2], body[3:], int.from_bytes(body[:2], "little"))))
            left = 0
        else:
            left = 0
    return "\n".join(filter(None, notes)), "\n".join(dict.fromkeys(filter(None, headers)))


def _records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + size]
        at += 4 + size


def _letters(flags: int, data: bytes, count: int) -> str:
    """At most ``count`` letters, of two bytes each or of one."""
    return data[: 2 * count].decode("utf-16-le", "replace") if flags & 1 else data[:count].decode("cp1252", "replace")


def sheet_drawings(stream: bytes) -> bytes:
    """The drawings of a workbook's stream."""
    return b"".join(body for kind, body in _records(stream) if kind in (0xEB, 0xEC))


def is_locked_workbook(stream: bytes) -> bool:
    """Whether a workbook's stream says that what follows has a password."""
    return any(kind == _PASSWORD for kind, _ in islice(_records(stream), _FIRST_RECORDS))


def is_locked_presentation(user: bytes) -> bool:
    """Whether the stream "Current User" says that the presentation has a password."""
    return user[12:16] == _ENCRYPTED


def packed_objects(data: bytes, most: int) -> Iterator[bytes]:
    """Compound files in a presentation's stream (MS-PPT 2.10.34), at most so many bytes of each."""
    mark = struct.pack("<H", _PACKED_OBJECT)
    at = data.find(mark)
    for _ in range(_MOST):
        if at < 0:
            return
        if at >= 2 and data[at - 2] in (0, 0x10) and data[at - 1] == 0:
            size = int.from_bytes(data[at + 2 : at + 6], "little")
            body = data[at + 6 : at + 6 + size]
            if data[at - 2] == 0x10:  # after the length of what it unpacks to
                try:
                    body = zlib.decompressobj().decompress(body[4:], most)
                except zlib.error:
                    body = b""
            if body.startswith(olefile.MAGIC):
                yield body
        at = data.find(mark, at + 2)


def folders(streams: list[list[str]]) -> dict[tuple[str, ...], list[list[str]]]:
    """Folders that hold a document of their own, with the streams right in them."""
    found: dict[tuple[str, ...], list[list[str]]] = {}
    for path in streams:
        found.setdefault(tuple(path[:-1]), []).append(path)
    return {
        folder: paths
        for folder, paths in found.items()
        if folder and {path[-1] for path in paths} & {"WordDocument", "Workbook", "Book", "PowerPoint Document"}
    }


def compound(streams: Mapping[str, bytes]) -> bytes:
    """A compound file (MS-CFB, version 3) of these streams; b"" when they are too many for a plain one."""
    sectors = bytearray()
    table: list[int] = []
    entries = [_entry("Root Entry", 5, child=1 if streams else _FREE, start=_END)]

    def store(content: bytes) -> int:
        start, count = len(table), -(-len(content) // _SECTOR)
        sectors.extend(content.ljust(count * _SECTOR, b"\0"))
        table.extend([*range(start + 1, start + count), _END])
        return start

    for number, (name, content) in enumerate(streams.items(), 1):
        content = content.ljust(_SMALL, b"\0")  # smaller ones are kept in another way
        following = number + 1 if number < len(streams) else _FREE
        entries.append(_entry(name, 2, right=following, start=store(content), size=len(content)))
    directory = store(b"".join(entries).ljust(-(-len(entries) // 4) * _SECTOR, b"\0"))
    tables = -(-len(table) // (_SECTOR // 4 - 1))
    if tables > _MOST_TABLES:
        return b""
    places = [len(table) + each for each in range(tables)]
    table += [_TABLE] * tables
    head: bytes = olefile.MAGIC + bytes(16) + struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<9I", 0, tables, directory, 0, _SMALL, _END, 0, _END, 0)
    head += struct.pack(f"<{_MOST_TABLES}I", *places, *[_FREE] * (_MOST_TABLES - tables))
    return head + bytes(sectors) + struct.pack(f"<{len(table)}I", *table).ljust(tables * _SECTOR, b"\xff")


def _entry(name: str, kind: int, right: int = _FREE, child: int = _FREE, start: int = 0, size: int = 0) -> bytes:
    label = (name + "\0").encode("utf-16-le")[:64]
    numbers = struct.pack("<HBB3I", len(label), kind, 1, _FREE, right, child)
    return label.ljust(64, b"\0") + numbers + bytes(36) + struct.pack("<IQ", start, size)
