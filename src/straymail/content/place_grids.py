"""Checks of plausibility for positions on a grid: squares of Great Britain, UTM, Switzerland, sentences of a receiver.

A grid reference looks like a part number and UTM like two amounts, so each must be where it says it is: the letters
name a square with land in it, the northing lies in the band beside the zone, the check digits of a sentence fit.

Sources: Ordnance Survey national grid (55 squares), DMA TM 8358.1 (UTM bands), swisstopo (LV95, LV03), NMEA 0183.
"""

from __future__ import annotations

_SQUARES = frozenset(
    """
    HP HT HU HW HX HY HZ NA NB NC ND NF NG NH NJ NK NL NM NN NO NR NS NT NU NW NX NY NZ OV SC SD SE SH SJ SK SM SN SO
    SP SR SS ST SU SV SW SX SY SZ TA TF TG TL TM TQ TR TV
    """.split()  # noqa: SIM905  (a table to read)
)
_BANDS = "CDEFGHJKLMNPQRSTUVWX"  # eight degrees of latitude each, from 80 south
_ZONES = 60
_DEGREE = 110_700.0  # metres of northing, the mean
_SLACK = 90_000.0  # metres that a northing may lie beyond its band: meridians bend, degrees differ
_SOUTH = 10_000_000.0
_MILLION = 1_000_000
_WEST, _EAST = 100_000.0, 900_000.0


def is_square(letters: str) -> bool:
    """Whether two letters name a square of 100 km of Great Britain that has land in it."""
    return letters in _SQUARES


def is_utm(zone: int, band: str, easting: float, northing: float) -> bool:
    """Whether such a place can be: the northing (metres) lies in the band."""
    at = _BANDS.find(band.upper())
    if at < 0 or not 1 <= zone <= _ZONES or not _WEST <= easting <= _EAST:
        return False
    south = -80.0 + 8 * at
    start = south * _DEGREE + (_SOUTH if south < 0 else 0)
    degrees = 12 if band.upper() == "X" else 8
    return start - _SLACK <= northing <= start + degrees * _DEGREE + _SLACK


def is_swiss(east: int, north: int) -> bool:
    """Whether metres east and north lie in Switzerland or Liechtenstein: LV95, or LV03, which lacks the millions."""
    if east > _MILLION and north > _MILLION:
        east, north = east - 2 * _MILLION, north - _MILLION
    return 480_000 <= east <= 840_000 and 70_000 <= north <= 300_000


def is_sentence(body: str, check: str) -> bool:
    """Whether the two hexadecimal digits behind a receiver's sentence are those of what stands before ``*``."""
    total = 0
    for byte in body.encode("ascii", "replace"):
        total ^= byte
    return f"{total:02X}" == check.upper()
