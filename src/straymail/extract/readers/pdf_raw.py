"""What a PDF holds that PDFium does not list: sensitivity labels among its properties, and heads of photographs.

Photographs are kept in PDF as they were, with the place where they were taken; only their heads are looked at.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

_LABEL = re.compile(rb"/(MSIP_Label_[0-9A-Za-z\-]{1,64}_Name)\b")
_OBJECTS = re.compile(rb"/ObjStm\b[^>]{0,400}>>\s{0,9}stream\r?\n")
_MOST, _LONGEST = 2_000, 1 << 20  # streams of objects, and bytes of each
_EXIF, _JPEG = b"Exif\0\0", b"\xff\xd8\xff"
_BEFORE, _HEAD = 64, 1 << 16  # bytes before that word in a photograph, and of it that are kept
_MOST_PHOTOS = 50


def label_names(data: bytes) -> list[str]:
    """Names of properties that are labels (``MSIP_Label_GUID_Name``), each once."""
    found = dict.fromkeys(_LABEL.findall(data))
    for piece in _objects(data):
        if b"/MSIP_Label_" in piece:
            found |= dict.fromkeys(_LABEL.findall(piece))
    return [name.decode() for name in found]


def _objects(data: bytes) -> Iterator[bytes]:
    """Streams that objects are packed in, as newer programs do."""
    for count, match in enumerate(_OBJECTS.finditer(data)):
        if count >= _MOST:
            return
        try:
            yield zlib.decompressobj().decompress(data[match.end() : match.end() + _LONGEST], _LONGEST)
        except zlib.error:
            continue


def photo_heads(data: bytes) -> Iterator[bytes]:
    """The first bytes of photographs (JPEG with EXIF)."""
    at = data.find(_EXIF)
    for _ in range(_MOST_PHOTOS):
        if at < 0:
            return
        start = data.rfind(_JPEG, max(0, at - _BEFORE), at)
        if start >= 0:
            yield data[start : start + _HEAD]
        at = data.find(_EXIF, at + 1)
