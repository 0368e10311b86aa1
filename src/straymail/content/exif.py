"""The position a picture file carries: EXIF GPS tags, XMP, or the ground keys of GeoTIFF.

A small reader of TIFF directories (TIFF 6.0, EXIF 2.32 section 4.6.6): at most a few hundred entries are looked at,
every offset is checked, and whatever does not fit ends the reading.
"""

from __future__ import annotations

import struct

import re2

from straymail.frozen import dataclass

_GPS_IFD, _TIEPOINT, _GEOKEYS, _TRANSFORM = 0x8825, 33922, 34735, 34264
_LATITUDE_REF, _LATITUDE, _LONGITUDE_REF, _LONGITUDE = 1, 2, 3, 4
_ENTRIES, _DIRECTORIES = 400, 8
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 9: 4, 10: 8, 12: 8, 13: 4, 16: 8}
_SEARCHED = 4 << 20
_XMP = re2.compile(
    rb"exif:GPSLatitude(?:=[\"']|>)([0-9]{1,3}),([0-9.]{1,12})([NS])[\s\S]*?"
    rb"exif:GPSLongitude(?:=[\"']|>)([0-9]{1,3}),([0-9.]{1,12})([EW])"
)


@dataclass(frozen=True, slots=True)
class Position:
    """Degrees north and east; not ``known`` when only the fact of a position is; ``ground``: georeferenced images."""

    latitude: float = 0.0
    longitude: float = 0.0
    known: bool = False
    ground: bool = False


def photo_position(data: bytes) -> Position | None:
    """The position in a JPEG, TIFF, PNG, WebP, HEIC or AVIF file; None when there is none."""
    for tiff in _tiffs(data):
        try:
            found = _Directory(tiff).position()
        except (struct.error, ValueError, ZeroDivisionError, IndexError, OverflowError):
            continue
        if found:
            return found
    return _xmp(data[:_SEARCHED])


def _tiffs(data: bytes) -> list[bytes]:
    """Every TIFF structure within a picture file, the file itself when it is one."""
    if data[:2] in (b"II", b"MM"):
        return [data]
    found: list[bytes] = []
    for mark, skip in ((b"Exif\0\0", 6), (b"eXIf", 4), (b"EXIF", 8)):
        at = data.find(mark, 0, _SEARCHED)
        while at >= 0 and len(found) < _DIRECTORIES:
            head = data[at + skip : at + skip + 4]
            if head in (b"II*\0", b"MM\0*"):
                found.append(data[at + skip : at + skip + _SEARCHED])
            at = data.find(mark, at + 1, _SEARCHED)
    return found


class _Directory:
    """The tags of a TIFF structure."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._order = "<" if data[:2] == b"II" else ">"

    def position(self) -> Position | None:
        """GPS tags first, then the keys of GeoTIFF."""
        tags = self._tags(self._number("I", 4))
        if _GPS_IFD in tags:
            kind, count, at = tags[_GPS_IFD]
            gps = self._tags(self._number("I", at) if count == 1 and kind in (4, 13) else 0)
            if _LATITUDE in gps and _LONGITUDE in gps:
                return self._gps(gps)
        if _GEOKEYS in tags or _TIEPOINT in tags or _TRANSFORM in tags:
            return Position(ground=True)
        return None

    def _gps(self, gps: dict[int, tuple[int, int, int]]) -> Position | None:
        latitude, longitude = self._degrees(gps[_LATITUDE]), self._degrees(gps[_LONGITUDE])
        south = self._letter(gps.get(_LATITUDE_REF)) == b"S"
        west = self._letter(gps.get(_LONGITUDE_REF)) == b"W"
        known = 0 <= latitude <= 90 and 0 <= longitude <= 180
        if latitude == longitude == 0:
            return None  # a receiver that knew no position
        return Position(-latitude if south else latitude, -longitude if west else longitude, known)

    def _degrees(self, tag: tuple[int, int, int]) -> float:
        kind, count, at = tag
        if kind != 5 or not 1 <= count <= 3:
            raise ValueError("no degrees")
        offset = self._number("I", at)
        parts: list[float] = [self._ratio(offset + 8 * index) for index in range(count)]
        return sum(part / scale for part, scale in zip(parts, (1, 60, 3_600), strict=False))

    def _ratio(self, at: int) -> float:
        over, under = self._number("I", at), self._number("I", at + 4)
        return over / under if under else 0.0

    def _letter(self, tag: tuple[int, int, int] | None) -> bytes:
        return self._data[tag[2] : tag[2] + 1].upper() if tag else b""

    def _tags(self, at: int) -> dict[int, tuple[int, int, int]]:
        """Tag to (type, count, place of its value or of the offset to it)."""
        found = {}
        for index in range(min(self._number("H", at), _ENTRIES)):
            entry = at + 2 + 12 * index
            tag, kind, count = struct.unpack_from(f"{self._order}HHI", self._data, entry)
            if kind in _SIZES:
                found[tag] = (kind, count, entry + 8)
        return found

    def _number(self, kind: str, at: int) -> int:
        (value,) = struct.unpack_from(f"{self._order}{kind}", self._data, at)
        return int(value)


def _xmp(data: bytes) -> Position | None:
    match = _XMP.search(data) if b"GPSLatitude" in data else None
    if match is None:
        return None
    north, minutes, hemisphere, east, more, side = match.groups()
    latitude = float(north) + float(minutes or 0) / 60
    longitude = float(east) + float(more or 0) / 60
    if latitude == longitude == 0:
        return None
    return Position(
        -latitude if hemisphere == b"S" else latitude, -longitude if side == b"W" else longitude, known=True
    )
