"""XMP (ISO 16684): metadata in RDF that stands in other files, mostly as it is; sensitivity labels among them."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

from straymail.extract.limits import Unread
from straymail.extract.reading import Reading
from straymail.extract.xml import xml_leaves

_MARK = b"xmpmeta"
_STREAM = re.compile(rb"/Type\s{0,9}/Metadata\b[^>]{0,400}>>\s{0,9}stream\r?\n")
_MAX_PACKETS = 20
_LONGEST = 1 << 20
_MAX_PROPERTIES = 200
_HISTORY = ("xmpMM:", "stEvt:", "stRef:", "stFnt:", "xmpG:", "xmpGImg:", "xmpTPg:", "exif:", "tiff:", "crs:")


def read_xmp(reading: Reading, data: bytes, where: str, known: frozenset[str]) -> None:
    """Keep what is said about the document, but for values that are ``known`` and for the history of editing."""
    seen: set[tuple[str, str]] = set()
    for packet in (*_plain(data), *_deflated(data)):
        try:
            leaves = xml_leaves(packet)
        except Unread:
            continue  # its remains of an older state are no loss
        for name, value in leaves:
            local = name.rpartition(":")[2]
            if name.startswith(_HISTORY) or value in known or (local, value) in seen or len(seen) >= _MAX_PROPERTIES:
                continue
            seen.add((local, value))
            reading.property(where, local, value)


def _plain(data: bytes) -> Iterator[bytes]:
    at, count = data.find(_MARK), 0
    while at >= 0 and count < _MAX_PACKETS:
        start, end = data.rfind(b"<", max(0, at - 8), at), data.find(_MARK + b">", at + len(_MARK))
        if end < 0:
            return
        if start >= 0 and end - start <= _LONGEST:
            yield data[start : end + len(_MARK) + 1]
        at, count = data.find(_MARK, end + len(_MARK)), count + 1


def _deflated(data: bytes) -> Iterator[bytes]:
    for count, match in enumerate(_STREAM.finditer(data)):
        if count >= _MAX_PACKETS:
            return
        if data[match.end() : match.end() + 1] != b"x":  # how zlib's streams begin
            continue
        try:
            content = zlib.decompressobj().decompress(data[match.end() : match.end() + _LONGEST], _LONGEST)
        except zlib.error:
            continue
        yield from _plain(content)
