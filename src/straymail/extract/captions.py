"""What is said of a picture in its own file: comments, captions, descriptions, names. Its dots are not looked at.

PNG's text chunks (PNG 11.3.3), JPEG's comments and Exif (Exif 2.32), IPTC captions (IIM 4.2), GIF's comments (GIF89a
24), WebP's Exif, tags of TIFF 6.0. Within bounds, and whatever is malformed says nothing. XMP is read by
``readers.xmp``.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

DESCRIBED = 1 << 20
"""Bytes of a picture among which XMP is looked for."""

_MAX_BLOCKS = 2_000
_LONGEST = 1 << 16  # bytes of one caption
_MAX_TAGS = 400
_MORE_TAGS = 0x8769  # the directory of Exif
_COMMENT = 0x9286  # its first eight bytes name the encoding
_WIDE = frozenset(range(0x9C9B, 0x9CA0))  # Windows' title, comment, author, keywords, subject
_WRITTEN = frozenset((0x010D, 0x010E, 0x013B, 0x8298, 0x9286, 0xA430, *_WIDE))
_IPTC = b"\x1c\x02"
_IPTC_WRITTEN = frozenset((5, 25, 40, 55, 80, 85, 90, 92, 95, 101, 103, 105, 110, 115, 116, 118, 120, 122))


def captions(kind: str, data: bytes) -> str:
    """The texts in a picture's file, each once, a line each."""
    try:
        found = list(_TEXTS[kind](data)) if kind in _TEXTS else []
    except (struct.error, IndexError, zlib.error):
        found = []
    texts = (_text(each) for each in found)
    return "\n".join(dict.fromkeys(text for text in texts if text))


def is_described(data: bytes) -> bool:
    """Whether a picture may hold XMP, which is XML and thus read by a worker only."""
    return b"xmpmeta" in data[:DESCRIBED]


def _text(caption: bytes) -> str:
    text = caption[:_LONGEST].decode("utf-8", "replace") if b"\0\0" not in caption else ""
    return "".join(letter for letter in text if letter.isprintable() or letter in "\n\t").strip()


def _png(data: bytes) -> Iterator[bytes]:
    for name, content in _chunks(data, 8, ">I4s", after=4):
        head, _, rest = content.partition(b"\0")
        if name == b"tEXt":
            yield head + b": " + rest.decode("latin-1").encode()
        elif name == b"zTXt":
            yield zlib.decompressobj().decompress(rest[1:], _LONGEST)
        elif name == b"iTXt":
            packed, text = rest[:1] == b"\1", rest[2:].split(b"\0", 2)[-1]
            yield zlib.decompressobj().decompress(text, _LONGEST) if packed else text
        elif name == b"eXIf":
            yield from _tags(content)


def _webp(data: bytes) -> Iterator[bytes]:
    for name, content in _chunks(data, 12, "<4sI", even=True):
        if name == b"EXIF":
            yield from _tags(content.removeprefix(b"Exif\0\0"))


def _chunks(data: bytes, at: int, head: str, *, after: int = 0, even: bool = False) -> Iterator[tuple[bytes, bytes]]:
    """Name and content of each chunk, however the head orders name and size."""
    for _ in range(_MAX_BLOCKS):
        if at + 8 > len(data):
            return
        first, second = struct.unpack_from(head, data, at)
        name, size = (first, second) if isinstance(first, bytes) else (second, first)
        yield name, data[at + 8 : at + 8 + size]
        at += 8 + size + after + (size & 1 if even else 0)


def _jpeg(data: bytes) -> Iterator[bytes]:
    at = 2
    for _ in range(_MAX_BLOCKS):
        marker, size = struct.unpack_from(">xBH", data, at)
        content = data[at + 4 : at + 2 + size]
        if data[at] != 0xFF or marker == 0xDA:  # the scan
            return
        if marker == 0xFE:
            yield content
        elif marker == 0xE1 and content.startswith(b"Exif\0\0"):
            yield from _tags(content[6:])
        elif marker == 0xED:
            yield from _iptc(content)
        at += 2 + size


def _iptc(content: bytes) -> Iterator[bytes]:
    at = content.find(_IPTC)
    for _ in range(_MAX_BLOCKS):
        if at < 0 or at + 5 > len(content):
            return
        number, size = struct.unpack_from(">BH", content, at + 2)
        if number in _IPTC_WRITTEN:
            yield content[at + 5 : at + 5 + size]
        at = content.find(_IPTC, at + 5 + size)


def _gif(data: bytes) -> Iterator[bytes]:
    at = data.find(b"!\xfe")
    for _ in range(_MAX_BLOCKS):
        if at < 0:
            return
        pieces, place = b"", at + 2
        while place < len(data) and data[place] and len(pieces) < _LONGEST:
            pieces += data[place + 1 : place + 1 + data[place]]
            place += 1 + data[place]
        yield pieces
        at = data.find(b"!\xfe", place)


def _tags(tiff: bytes) -> Iterator[bytes]:
    """Texts of the first directory of a TIFF structure and of Exif's within it."""
    order = "<" if tiff.startswith(b"II") else ">"
    starts = [struct.unpack_from(f"{order}I", tiff, 4)[0]]
    for number, start in enumerate(starts):
        for entry in range(min(struct.unpack_from(f"{order}H", tiff, start)[0], _MAX_TAGS)):
            at = start + 2 + 12 * entry
            tag, _, count, place = struct.unpack_from(f"{order}HHII", tiff, at)
            if tag == _MORE_TAGS and not number:
                starts.append(place)
            elif tag in _WRITTEN:
                place = at + 8 if count <= 4 else place
                yield _written(tag, tiff[place : place + min(count, _LONGEST)], order)


def _written(tag: int, value: bytes, order: str) -> bytes:
    if tag in _WIDE:
        return value.decode("utf-16-le", "replace").rstrip("\0").encode()
    if tag == _COMMENT:
        wide = value.startswith(b"UNICODE")
        codec = "utf-16-le" if order == "<" else "utf-16-be"
        return value[8:].decode(codec, "replace").encode() if wide else value[8:].rstrip(b"\0 ")
    return value.rstrip(b"\0 ")


_TEXTS = {"png": _png, "jpeg": _jpeg, "gif": _gif, "webp": _webp, "tiff": _tags}
