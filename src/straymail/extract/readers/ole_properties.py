"""Properties an organisation gives documents itself, in compound files (MS-OLEPS); sensitivity labels among them.

They are the second section of the stream of document properties: names by number, values by number.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from straymail.message.encoded import codec

STREAM = "\x05DocumentSummaryInformation"
_OWN = bytes.fromhex("05d5cdd59c2e1b10939708002b2cf9ae")
_NAMES, _CODEPAGE = 0, 1
_NARROW, _WIDE = (0x1E, 0x08), 0x1F  # kinds of value: strings of bytes, and UTF-16
_UTF_16 = 1_200
_MOST = 500


def own_properties(stream: bytes) -> list[tuple[str, str]]:
    """(name, text) of each that is text; whatever is malformed holds none."""
    try:
        return list(_read(stream))
    except (struct.error, UnicodeDecodeError):
        return []


def _read(stream: bytes) -> Iterator[tuple[str, str]]:
    sections = min(struct.unpack_from("<I", stream, 24)[0], 4)
    start = next(
        (
            struct.unpack_from("<I", stream, 44 + 20 * number)[0]
            for number in range(sections)
            if stream.startswith(_OWN, 28 + 20 * number)
        ),
        0,
    )
    if not start:
        return
    section = stream[start:]
    count = min(struct.unpack_from("<I", section, 4)[0], _MOST)
    places = dict(struct.iter_unpack("<II", section[8 : 8 + 8 * count]))
    codepage = struct.unpack_from("<H", section, places[_CODEPAGE] + 4)[0] if _CODEPAGE in places else 0
    for number, name in _names(section, places.get(_NAMES, 0), codepage):
        if number in places and (text := _text(section, places[number], codepage)):
            yield name, text


def _names(section: bytes, at: int, codepage: int) -> Iterator[tuple[int, str]]:
    count = struct.unpack_from("<I", section, at)[0] if at else 0
    at += 4
    for _ in range(min(count, _MOST)):
        number, size = struct.unpack_from("<II", section, at)
        size *= 2 if codepage == _UTF_16 else 1
        yield number, _decoded(section[at + 8 : at + 8 + size], codepage)
        at += 8 + size + (-size % 4 if codepage == _UTF_16 else 0)


def _text(section: bytes, at: int, codepage: int) -> str:
    kind, size = struct.unpack_from("<II", section, at)
    if kind == _WIDE:
        return _decoded(section[at + 8 : at + 8 + 2 * size], _UTF_16)
    return _decoded(section[at + 8 : at + 8 + size], codepage) if kind in _NARROW else ""


def _decoded(data: bytes, codepage: int) -> str:
    name = "utf-16-le" if codepage == _UTF_16 else codec(f"cp{codepage}") or "utf-8"
    return data.decode(name, "replace").partition("\0")[0]
