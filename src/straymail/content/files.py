"""Files whose bytes say something no text would: pictures with a position, maps, medical images, tickets, plans.

Told by kind (``extract.kinds``), read within bounds, never raising: whatever is malformed holds nothing here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from straymail.content.place_files import find_drawing, find_geojson, find_grid, find_kml, find_photo, find_shapefile
from straymail.content.travel import find_ticket
from straymail.evidence import Finding, Sensitivity

_Find = Callable[[bytes, str], Iterator[Finding]]
_DICOM_NAME, _DICOM_ID = b"\x10\x00\x10\x00", b"\x10\x00\x20\x00"  # (0010,0010) and (0010,0020), little endian
_HEAD = 65_536


def examine_file(kind: str, name: str, data: bytes, where: str) -> tuple[Finding, ...]:
    """Findings in one file's bytes; ``kind`` is by content, ``name`` as sent."""
    finder = _FINDERS.get(kind)
    found = tuple(finder(data, where)) if finder and data else ()
    return (*found, *find_drawing(kind, name, where))


def find_dicom(data: bytes, where: str) -> Iterator[Finding]:
    """Yield a medical image (DICOM PS3.10), worse when it names its patient."""
    head = data[:_HEAD]
    named = _DICOM_NAME in head or _DICOM_ID in head
    text = "it holds a medical image with the patient's name" if named else "it holds a medical image"
    yield Finding("health.dicom", where, Sensitivity.HIGH if named else Sensitivity.ELEVATED, 0.97, text)


_FINDERS: dict[str, _Find] = {
    "kml": find_kml,
    "gpx": find_kml,
    "json": find_geojson,
    "jpeg": find_photo,
    "tiff": find_photo,
    "png": find_photo,
    "webp": find_photo,
    "heic": find_photo,
    "avif": find_photo,
    "shapefile": find_shapefile,
    "nitf": find_grid,
    "dicom": find_dicom,
    "ticket": find_ticket,
    "unknown": find_ticket,
}
