"""How large a picture is: a scanned page or a photograph holds writing that nobody read, a logo does not.

Only the header is looked at; whatever is malformed has no size.
"""

from __future__ import annotations

import struct

_LARGE_FILE = 100_000  # bytes
_LARGE_AREA = 1_000_000  # dots: a page of A4 has as many at 104 dots an inch
_LARGER_THAN_SCREENS = 3_800_000  # dots: a page at 200 an inch; pasted pictures of a screen are PNG
_EMPTY = 20_000  # bytes; so few over a large area are a plain background
_MAX_SEGMENTS = 200
_MAX_TAGS = 200
_JPEG_SIZES = frozenset((*range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0)))


def holds_writing(kind: str, data: bytes, *, shown: bool) -> bool:
    """Whether a picture may be a page or a photograph.

    ``shown``: it stands in the text of a mail, as banners under signatures do, so that its bytes alone say nothing.
    """
    width, height = picture_size(kind, data)
    large = width * height >= _LARGE_AREA and len(data) >= _EMPTY
    if kind == "tiff":  # what fax machines and scanners write; a page in black and white is small
        return large or len(data) >= _EMPTY
    if shown and kind == "png":
        return large and (width * height >= _LARGER_THAN_SCREENS or _like_paper(width, height))
    if shown and width and height:
        return large
    return large or len(data) >= _LARGE_FILE


def is_cut(kind: str, data: bytes) -> bool:
    """Whether a large picture ends before its end."""
    width, height = picture_size(kind, data)
    return kind == "png" and width * height >= _LARGE_AREA and b"IEND" not in data


def _like_paper(width: int, height: int) -> bool:
    """Upright like a page: screens lie, those of telephones are narrower."""
    return 1.2 <= height / width <= 1.6


def picture_size(kind: str, data: bytes) -> tuple[int, int]:
    """Width and height in dots; (0, 0) when the kind does not tell easily, or the header is malformed."""
    try:
        return _SIZES[kind](data) if kind in _SIZES else (0, 0)
    except (struct.error, IndexError):
        return (0, 0)


def _png(data: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from(">II", data, 16)
    return width, height


def _gif(data: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from("<HH", data, 6)
    return width, height


def _bmp(data: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from("<ii", data, 18)
    return abs(width), abs(height)


def _jpeg(data: bytes) -> tuple[int, int]:
    at = 2
    for _ in range(_MAX_SEGMENTS):
        marker, size = struct.unpack_from(">xBH", data, at)
        if marker in _JPEG_SIZES:
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        at += 2 + size
    return 0, 0


def _webp(data: bytes) -> tuple[int, int]:
    """The three forms of RFC 9649 section 2."""
    form = data[12:16]
    if form == b"VP8X":
        sides = struct.unpack_from("<3s3s", data, 24)
        return int.from_bytes(sides[0], "little") + 1, int.from_bytes(sides[1], "little") + 1
    if form == b"VP8L":
        bits = struct.unpack_from("<I", data, 21)[0]
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = struct.unpack_from("<HH", data, 26)
    return width & 0x3FFF, height & 0x3FFF


def _tiff(data: bytes) -> tuple[int, int]:
    """Tags 256 and 257 of the first directory."""
    order = "<" if data.startswith(b"II") else ">"
    start = struct.unpack_from(f"{order}I", data, 4)[0]
    count = min(struct.unpack_from(f"{order}H", data, start)[0], _MAX_TAGS)
    found = {256: 0, 257: 0}
    for number in range(count):
        at = start + 2 + 12 * number
        tag, form = struct.unpack_from(f"{order}HH", data, at)
        if tag in found:
            found[tag] = struct.unpack_from(f"{order}{'H' if form == 3 else 'I'}", data, at + 8)[0]
    return found[256], found[257]


_SIZES = {"png": _png, "gif": _gif, "bmp": _bmp, "jpeg": _jpeg, "webp": _webp, "tiff": _tiff}
