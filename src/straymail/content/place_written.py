"""Further ways positions are written in: figures of airmen and seamen, well-known text, short links, words of squares.

GEOREF and the Swiss grid need a word that names them, the Swiss one at least "coordinates".

Sources: ICAO Annex 15 (degrees and minutes in figures), OGC 06-103r4 (well-known text), Open Location Code, what3words,
DMA TM 8358.1 (GEOREF), swisstopo (LV03, LV95).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from straymail.content.place_grids import is_swiss
from straymail.content.scan import DIGITS, Rule

_MINUTES = r"([0-5]?[0-9](?:\.[0-9]{1,4})?)"
_CODE = "[23456789CFGHJMPQRVWX]"
_THREE = r"([a-z]{3,18}\.[a-z]{3,18}\.[a-z]{3,18})"
_SAYS_WORDS = r"(?i:what ?3 ?words|w3w)"
_GEOREF = r"[A-HJ-NP-Z][A-HJ-M][A-HJ-NPQ]{2} ?[0-5][0-9](?:[0-9]{0,3}) ?[0-5][0-9](?:[0-9]{0,3})"
_SAYS_SWISS = (
    r"lv ?(?:95|03)|ch ?1903\+?|swiss (?:grid|coord\w{0,9})|landeskoordinaten|koordinaten?|coordonn(?:é|e)es"
    r"|coordinat(?:es?|e)"
)
_SWISS = (
    r"([24-8]?[' ’.]?[4-8][0-9]{2}[' ’.]?[0-9]{3})(?:\.[0-9]{1,3})? ?[,;/|]? ?(?:N ?[=:]? ?)?"
    r"(1?[' ’.]?[0-3]?[0-9]{2}[' ’.]?[0-9]{3})(?:\.[0-9]{1,3})?\b"
)
WRITTEN = (
    Rule("figures", r"\b([0-9]{2})([0-5][0-9])(?:[0-5][0-9](?:\.[0-9]{1,3})?)?[NS][ /,\-]{0,2}"
         r"([01][0-9]{2})([0-5][0-9])(?:[0-5][0-9](?:\.[0-9]{1,3})?)?[EW]\b", near=DIGITS,
         hint=r"[0-9][NS][ /,\x2d]*[01][0-9]{4}"),
    Rule("spaced", rf"\b([0-9]{{1,2}})[ \-]{_MINUTES}(?:[ \-][0-5]?[0-9](?:\.[0-9]{{1,3}})?)? ?[NS]\b[,;/ ]{{0,3}}"
         rf"([01]?[0-9]{{1,2}})[ \-]{_MINUTES}(?:[ \-][0-5]?[0-9](?:\.[0-9]{{1,3}})?)? ?[EW]\b",
         hint=r"[NS][,;/ ]*[0-9]+[ \x2d][0-9. \x2d]*[EW]\b"),
    Rule("mgrs-square", r"\b(?i:mgrs|grid(?: ref(?:erence)?| square)?)[\s:=]{1,3}(?:is |at )?([0-9]{1,2})[C-HJ-NP-X] ?"
         r"[A-HJ-NP-Z]{2} ?[0-9]{2} ?[0-9]{2}\b",
         hint=r"(?i)(?:mgrs|grid|ref|reference|square)[\s:=]+(?:is |at )?[0-9]"),
    Rule("wkt", r"\b(?:POINT|LINESTRING|POLYGON|MULTI(?:POINT|POLYGON|LINESTRING))\s?(?:Z\s?)?\({1,3}\s?"
         r"(-?[0-9]{1,3}(?:\.[0-9]{1,15})?) (-?[0-9]{1,2}(?:\.[0-9]{1,15})?)\b",
         hint=r"(?:POINT|STRING|POLYGON) ?(?:Z ?)?\("),
    Rule("link-short", r"(?i)https?://(?:maps\.app\.goo\.gl|goo\.gl/maps|g\.co/maps|osm\.org/go)/([\w\-~]{5,40})"),
    Rule("link-dms", r"(?i)/maps/(?:place|search|dir)/[^\s\"'<>]{0,80}?([0-9]{1,2})%C2%B0([0-9]{1,2})"
         r"[^\s\"<>]{1,20}[NS][^\s\"'<>0-9]{1,4}([0-9]{1,3})%C2%B0([0-9]{1,2})", hint=r"(?i)[0-9]%C2%B0[0-9]"),
    Rule("words-said", rf"{_SAYS_WORDS}\b[^\n]{{0,24}}?\b{_THREE}\b", hint=r"(?i)what ?3 ?words|w3w"),
    Rule("words-before", rf"\b{_THREE}\b[^\n]{{0,4}}\b{_SAYS_WORDS}", hint=r"(?i)what ?3 ?words|w3w"),
    Rule("georef", rf"\b(?i:georef)\b[^\n]{{0,20}}?\b({_GEOREF})\b", hint="(?i)georef"),
    Rule("swiss", rf"(?i)\b(?:{_SAYS_SWISS})[^\n0-9]{{0,24}}{_SWISS}", hint=rf"(?i)(?:{_SAYS_SWISS})"),
    Rule("swiss-before", rf"(?i)\b{_SWISS}[^\n0-9]{{0,12}}(?:LV ?(?:95|03)|CH ?1903)",
         hint="(?i)(?:LV ?(?:95|03)|CH ?1903)"),
    Rule("swiss-link", r"(?i)\bgeo\.admin\.ch/[^\s\"'<>]{0,200}?(?:[?&]E=|center=)([0-9]{6,7})(?:\.[0-9]{1,6})?"
         r"(?:&N=|,|%2C)([0-9]{6,7})", hint=r"(?i)geo\.admin\.ch/"),
    Rule("plus-short", rf"\b({_CODE}{{4}}\+{_CODE}{{2,3}})(?:, ?| )[A-Z]\pL{{2}}",
         hint=rf"{_CODE}\x2b{_CODE}{{2,3}}(?:, ?| )[A-Z]"),
)  # fmt: skip


def _angles(groups: Sequence[str]) -> bool:
    """Degrees and minutes of latitude, then of longitude."""
    north, north_minutes, east, east_minutes = map(float, groups[:4])
    return north <= 90 and east <= 180 and max(north_minutes, east_minutes) < 60


def _spaced(groups: Sequence[str]) -> bool:
    """The same; whole degrees and minutes alone are a date or a score unless the degrees of longitude are three."""
    told = "." in groups[1] or "." in groups[3] or len(groups[2]) == 3
    return told and _angles(groups)


def _shape(groups: Sequence[str]) -> bool:
    """Longitude first; a drawing in metres or dots is no place."""
    return "." in groups[0] + groups[1] and abs(float(groups[0])) <= 180 and abs(float(groups[1])) <= 90


def _swiss(groups: Sequence[str]) -> bool:
    east, north = (int("".join(filter(str.isdigit, each))) for each in groups[:2])
    return is_swiss(east, north)


FITS: Mapping[str, Callable[[Sequence[str]], bool]] = {
    "figures": _angles,
    "spaced": _spaced,
    "wkt": _shape,
    "mgrs-square": lambda groups: 1 <= int(groups[0]) <= 60,
    "link-short": lambda _groups: True,
    "link-dms": _angles,
    "georef": lambda groups: len(groups[0].replace(" ", "")) % 2 == 0,
    "swiss": _swiss,
    "swiss-before": _swiss,
    "swiss-link": _swiss,
    "plus-short": lambda groups: not groups[0].replace("+", "").isdigit(),
}
