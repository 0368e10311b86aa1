"""Maps and photographs of a corpus: KML, GPX and GeoJSON files, pictures with and without a position.

Whether a picture has a position is asked of its bytes by another way than the detector's: the GPS tag of EXIF (0x8825)
in either byte order, within an Exif block. Positions in text are made here, in the notations people write.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

from straymail.audit.samples import Sample

_MADE = 400
_PREFIX = ("place.",)
_NEAR = (
    "the price went from 2.1{a} to 3.4{b} dollars",
    "version 12.0{a}.{b}",
    "call 713-853-{a}{b}",
    "temperatures of 12.5°C and {a}°F",
    "order 12ABC{a}{b}",
    "2.12{a} 3.45{b} 4.56{a} 5.67{b}",
    "a ratio of 51.{a}, and 0.{b}",
    "see https://maps.google.com/ for directions",
    "IPv4 10.0.{a}.{b}",
)


def samples(folder: Path) -> Iterator[Sample]:
    """Files of the corpus, then positions in text."""
    base = folder / "maps"
    for file in sorted((base / "togeojson/test/data").iterdir()):
        kind = {".kml": "KML", ".gpx": "GPX", ".geojson": "GeoJSON"}.get(file.suffix)
        data = file.read_bytes()
        if kind == "GeoJSON" and b'"coordinates"' not in data:  # a place that has an address only
            yield Sample(file.name, file.name, "GeoJSON without a position", file=data, unwanted=_PREFIX)
        elif kind:
            yield Sample(file.name, file.name, kind, file=data, wanted=_PREFIX)
    for file in sorted((base / "photos").rglob("*")):
        if file.is_file() and file.suffix.lower() in (".jpg", ".jpeg", ".tiff"):
            data = file.read_bytes()
            tagged = _has_gps(data)
            kind = "photographs with a position" if tagged else "photographs without"
            wanted, unwanted = (("place.photo",), ()) if tagged else ((), ("place.photo",))
            yield Sample(file.name, file.name, kind, file=data, wanted=wanted, unwanted=unwanted)
    yield from _texts()


def _has_gps(data: bytes) -> bool:
    """Whether the first directory's entries hold the GPS tag and the GPS block a latitude."""
    at = data.find(b"Exif\0\0")
    block = data[at + 6 : at + 6 + 65_536] if at >= 0 else data[:65_536]
    if block.startswith(b"II*\0"):
        return b"\x25\x88\x04\x00\x01\0\0\0" in block and b"\x02\0\x05\0\x03\0\0\0" in block
    return b"\x88\x25\0\x04\0\0\0\x01" in block and b"\0\x02\0\x05\0\0\0\x03" in block


def _texts() -> Iterator[Sample]:
    rng = Random(20260202)  # noqa: S311  (samples, not secrets)
    for number in range(_MADE):
        north, east = rng.uniform(-80, 80), rng.uniform(-179, 179)
        form, text = _written(rng, north, east)
        yield Sample(f"{form} {number}", f"{number}", f"text: {form}", f"Meet at {text} at dawn.\n", wanted=_PREFIX)
    for number in range(_MADE):
        near = rng.choice(_NEAR).replace("{a}", f"{rng.randrange(10, 99)}").replace("{b}", f"{rng.randrange(10, 99)}")
        yield Sample(f"near {number}", f"n{number}", "text: near misses", f"{near}\n", unwanted=_PREFIX)


def _written(rng: Random, north: float, east: float) -> tuple[str, str]:
    ns, ew = "N" if north >= 0 else "S", "E" if east >= 0 else "W"
    up, over = abs(north), abs(east)
    minutes, more = up % 1 * 60, over % 1 * 60
    easting, northing = rng.randrange(10_000, 99_999), rng.randrange(10_000, 99_999)
    forms = {
        "decimal": f"{north:.5f}, {east:.5f}",
        "labelled": f"lat {north:.4f} lon {east:.4f}",
        "hemisphere": f"{up:.4f}° {ns}, {over:.4f}° {ew}",
        "minutes": f"{int(up)}° {minutes:.3f}' {ns}, {int(over)}° {more:.3f}' {ew}",
        "seconds": f"{int(up)}°{int(minutes)}'{minutes % 1 * 60:.1f}\"{ns} "
        f"{int(over)}°{int(more)}'{more % 1 * 60:.1f}\"{ew}",
        "MGRS": f"{rng.randrange(1, 61)}{rng.choice('CDEFGHJKLMNPQRSTUVWX')} {rng.choice('ABCDEFGH')}"
        f"{rng.choice('ABCDEFGHJKLMNPQRSTUV')} {easting} {northing}",
        "MGRS, run together": f"grid {rng.randrange(1, 61)}UFT{easting}{northing}",
        "UTM": f"UTM {rng.randrange(1, 61)}N {rng.randrange(200_000, 800_000)} {rng.randrange(1_000_000, 9_000_000)}",
        "link": f"https://www.google.com/maps/@{north:.5f},{east:.5f},15z",
        "geo": f"geo:{north:.5f},{east:.5f}",
    }
    form = rng.choice(sorted(forms))
    return form, forms[form]
