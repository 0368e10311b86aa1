"""``place.map``, ``.track``, ``.photo``, ``.image``, ``.drawing``: positions and plans in files.

Every reader looks at bounded bytes and takes malformed ones for empty. Sources: OGC KML 2.3, GPX 1.1, RFC 7946
(GeoJSON), ESRI shapefile (1998), EXIF 2.32 and TIFF 6.0, OGC GeoTIFF 1.1, MIL-STD-2500C (NITF).
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator

import re2

from straymail.content.exif import photo_position
from straymail.evidence import Finding, Sensitivity

_SIZE = 8 << 20
_POINTS = re2.compile(
    rb"<(?:\w+:)?coordinates>\s*(-?[0-9.]+(?:[eE]-?[0-9]+)?)\s*,\s*(-?[0-9.]+)"
    rb"|<gx:coord>\s*(-?[0-9.]+)\s+(-?[0-9.]+)"
    rb"|<(?:wpt|trkpt|rtept)\s[^>]*?lat\s*=\s*[\"']\s*(-?[0-9.]+)\s*[\"'][^>]*?lon\s*=\s*[\"']\s*(-?[0-9.]+)"
    rb"|<(?:wpt|trkpt|rtept)\s[^>]*?lon\s*=\s*[\"']\s*(-?[0-9.]+)\s*[\"'][^>]*?lat\s*=\s*[\"']\s*(-?[0-9.]+)"
)
_TRACK = re2.compile(rb"<(?:trk|gx:Track|rte|LineString)\b")
_GEOJSON = re2.compile(
    rb"\"type\"\s*:\s*\"(?:FeatureCollection|Feature|Point|MultiPoint|LineString|MultiLineString|Polygon|MultiPolygon"
    rb"|GeometryCollection|Topology)\""
)
_PAIRS = re2.compile(rb"\"coordinates\"\s*:\s*\[[\s\[]*(-?[0-9.]+)\s*,\s*(-?[0-9.]+)")
_PLAN = re2.compile(
    r"(?i)(?:floor|site|building|evacuation|escape|installation|cable|wiring|camp|base)[ _\-]?(?:plan|layout|map"
    r"|drawing)|blue[ _\-]?print|grundriss|lageplan|bauplan|fluchtplan|plan[ _\-]de[ _\-](?:masse|situation|niveau)"
)
_PLANS = frozenset(("pdf", "jpeg", "png", "tiff", "svg", "gif", "webp", "bmp", "dwg", "dxf", "drawing", "pptx"))
_SAID = "it holds a map or positions"


def find_kml(data: bytes, where: str) -> Iterator[Finding]:
    """Yield a KML or GPX file: a track where it has lines, else a map."""
    data = _narrow(data)
    points = sum(1 for _ in _POINTS.finditer(data))
    track = bool(_TRACK.search(data))
    identifier = "place.track" if track and points else "place.map"
    sensitivity = Sensitivity.ELEVATED if points else Sensitivity.LOW
    yield Finding(identifier, where, sensitivity, 0.98, _SAID, f"{points} positions")


def find_geojson(data: bytes, where: str) -> Iterator[Finding]:
    """Yield a GeoJSON (or TopoJSON) document; other JSON holds no map."""
    data = _narrow(data)
    if _GEOJSON.search(data) and (b'"coordinates"' in data or b'"arcs"' in data):
        points = sum(1 for _ in _PAIRS.finditer(data))
        yield Finding("place.map", where, Sensitivity.ELEVATED, 0.98, _SAID, f"{points} shapes")


def _narrow(data: bytes) -> bytes:
    """At most 8 MB of a text, UTF-16 as UTF-8."""
    data = data[:_SIZE]
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace").encode()
    if len(data) > 1 and 0 in data[:2]:
        return data.decode("utf-16-be" if data[0] == 0 else "utf-16-le", "replace").encode("utf-8", "replace")
    return data


def find_shapefile(data: bytes, where: str) -> Iterator[Finding]:
    """Yield an ESRI shapefile, with the middle of its bounds when they are degrees."""
    excerpt = ""
    if len(data) >= 68:
        west, south, east, north = struct.unpack_from("<4d", data, 36)
        if all(map(math.isfinite, (west, south, east, north))) and max(abs(west), abs(east)) <= 180:
            excerpt = f"near {(south + north) / 2:.1f}, {(west + east) / 2:.1f}"
    yield Finding("place.map", where, Sensitivity.ELEVATED, 0.98, _SAID, excerpt)


def find_grid(_data: bytes, where: str) -> Iterator[Finding]:
    """Yield a NITF or NSIF image: such files are reconnaissance pictures."""
    yield Finding("place.image", where, Sensitivity.HIGH, 0.97, "it holds an aerial or satellite picture")


def find_photo(data: bytes, where: str) -> Iterator[Finding]:
    """Yield a picture that says where it was taken (EXIF, XMP) or which ground it shows (GeoTIFF)."""
    position = photo_position(data)
    if position is None:
        return
    excerpt = f"near {position.latitude:.1f}, {position.longitude:.1f}" if position.known else ""
    if position.ground:
        yield Finding("place.image", where, Sensitivity.HIGH, 0.97, "it holds a picture of mapped ground", excerpt)
    else:
        text = "it holds a photograph that says where it was taken"
        yield Finding("place.photo", where, Sensitivity.ELEVATED, 0.97, text, excerpt)


def find_drawing(kind: str, name: str, where: str) -> Iterator[Finding]:
    """Yield drawings of computer-aided design, and pictures and documents whose name says plan."""
    named = bool(_PLAN.search(name)) and kind in _PLANS
    if kind in ("dwg", "dxf") or named:
        sensitivity = Sensitivity.HIGH if named else Sensitivity.ELEVATED
        yield Finding(
            "place.drawing", where, sensitivity, 0.9 if kind in ("dwg", "dxf") else 0.75, "it holds a plan or drawing"
        )
