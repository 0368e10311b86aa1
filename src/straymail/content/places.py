"""``place.coordinates``, ``place.link``: positions in text, each with a check of plausibility.

Latitude and longitude (decimal, degrees and minutes, with or without seconds, in figures as airmen write them),
MGRS, UTM, GEOREF, the Swiss grid, British grid references of six figures and more, sentences of a receiver (NMEA
0183), ``geo:`` (RFC 5870), well-known text, map links, Plus Codes, words of what3words. Two decimal numbers side by
side are mostly prices, so those count only beside a word that says position, or with a comma and five decimals each; a
British reference counts beside a word that says grid, or, in two groups of figures, where something "is at" it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import re2

from straymail.content.place_grids import is_sentence, is_square, is_utm
from straymail.content.place_tables import LATITUDE, positions
from straymail.content.place_written import FITS, WRITTEN
from straymail.content.scan import DIGITS, Detector, Hit, Rule, Text
from straymail.evidence import Finding, Sensitivity

_NUMBER = r"(-?[0-9]{1,3}\.[0-9]{2,12})"
_MINUTES_OF = r"\s?[°º]\s?([0-9]{1,2}(?:\.[0-9]{1,6})?)\s?['′’´]\s?"
_MINUTES_AFTER = r"\s?[°º]\s?([0-9]{1,2}(?:\.[0-9]{1,6})?)\s?['′’´]?\s?"
_SECONDS = r"(?:[0-9]{1,2}(?:\.[0-9]{1,6})?\s?(?:[\"″”]|'')\s?)?"
_RULES = (
    Rule("dms", rf"([0-9]{{1,2}}){_MINUTES_OF}{_SECONDS}[NS]\b[,;/\s]{{0,4}}"
         rf"([0-9]{{1,3}}){_MINUTES_OF}{_SECONDS}[EWO]\b"),
    Rule("hemisphere", r"\b([0-9]{1,2}[.,][0-9]{2,8})\s?°?\s?[NS]\b[,;/\s]{1,4}"
         r"([0-9]{1,3}[.,][0-9]{2,8})\s?°?\s?[EWO]\b", hint=r"[0-9][.,][0-9]{2,}\s?[\x80-\xff]*\s?[NS]\b"),
    Rule("before", rf"\b[NS]\s?([0-9]{{1,2}}){_MINUTES_AFTER}{_SECONDS}[,;/\s]{{0,4}}"
         rf"[EWO]\s?([0-9]{{1,3}}){_MINUTES_AFTER}"),
    Rule("hemisphere-before", r"\b[NS]\s?([0-9]{1,2}\.[0-9]{3,8})\s?°?[,;/\s]{1,4}[EWO]\s?([0-9]{1,3}\.[0-9]{3,8})\b",
         hint=r"[0-9]\.[0-9]{3,}\s?[\x80-\xff]*[,;/\s]+[EWO]\s?[0-9]"),
    Rule("labelled", rf"(?i)\blat(?:itude)?\b[\"']?\s{{0,3}}[:=]?\s{{0,3}}[\"']?{_NUMBER}[^\n0-9]{{0,20}}?\n?"
         rf"[^\n0-9]{{0,12}}?\b(?:lon(?:g|gitude)?|lng)\b[\"']?\s{{0,3}}[:=]?\s{{0,3}}[\"']?{_NUMBER}"),
    Rule("columns", rf"(?im)^(?:[^\n]{{0,300}}[,;|\t])?[ \t\"]{{0,4}}{LATITUDE}[ \t\"]{{0,4}}"
         r"(?:[,;|\t][^\n]{0,300})?\r?$", hint=r"(?i)(?:lat|latitude|breitengrad)[ _]?"
         r"(?:\(?(?:deg|dd|wgs|\xc2\xb0|dec)[^\n,;|\t]*)?[ \t\"]*(?:[,;|\t\r\n]|$)"),
    Rule("pair", r"(?:^|[\s(\[:=])(-?[0-9]{1,2}\.[0-9]{4,12})\s{0,2}[,;]\s{0,2}(-?[0-9]{1,3}\.[0-9]{4,12})\b",
         near=DIGITS, hint=r"\x2e[0-9]{4,}\s*[,;]\s*\x2d?[0-9]+\x2e[0-9]{4}"),
    Rule("said", r"(?i)\b(?:positions?|coord(?:inate)?s?|location|gps|lat ?[/,] ?long?|rv|lz|wgs ?84)\b"
         r"[^\n0-9\-]{0,16}(-?[0-9]{1,2}\.[0-9]{3,12})\s?[,;/ ]\s?(-?[0-9]{1,3}\.[0-9]{3,12})\b", near=DIGITS,
         hint=r"\x2e[0-9]{3,}\s?[,;/ ]\s?\x2d?[0-9]+\x2e[0-9]{3}"),
    *WRITTEN,
    Rule("mgrs", r"\b([0-9]{1,2})([C-HJ-NP-X]) ?([A-HJ-NP-Z]{2}) ?([0-9]{3,5}) ?([0-9]{3,5})\b", near=DIGITS),
    Rule("mgrs-run", r"\b([0-9]{1,2})([C-HJ-NP-X])([A-HJ-NP-Z]{2})([0-9]{6}|[0-9]{8}|[0-9]{10})\b", near=DIGITS),
    Rule("utm", r"(?i)\b(?:utm|zone)\b[^\n]{0,20}?\b([0-9]{1,2}) ?([C-X])\b[^\n]{0,12}?"
         r"\b0?([0-9]{6})(?:\.[0-9]{1,3})?\s?m?\s?E?[,;\s]{1,4}(?:N[:\s]{0,2})?([0-9]{6,7})"),
    Rule("utm-bare", r"\b([0-9]{1,2}) ?([C-HJ-NP-X])[ ,]{1,2}(?:E ?)?0?([0-9]{6})(?:\.[0-9]{1,3})?\s?m?\s?E?"
         r"[,;/\s]{1,4}(?:N ?)?([0-9]{7})(?:\.[0-9]{1,3})?\s?(?:m?\s?N)?\b", near=DIGITS,
         hint=r"[0-9] ?[C-X][ ,]+(?:E ?)?[0-9]{6,}[^0-9]"),
    Rule("easting", r"(?i)\beasting\b[\s:=]{1,4}([0-9]{6,7})(?:\.[0-9]{1,3})?[^0-9]{1,14}?"
         r"\bnorthing\b[\s:=]{1,4}([0-9]{6,7})\b", hint="(?i)easting"),
    Rule("os-grid", r"\b([HNOST][A-Z]) ?([0-9]{3,5} ?[0-9]{3,5})\b", near=DIGITS,
         hint=r"\b[HNOST][A-Z] ?[0-9]{3,5} ?[0-9]{3}"),
    Rule("nmea", r"\$(G[NPLABQ](?:GGA|RMC|GLL|GNS),[0-9A-Za-z.,\-]{12,90})\*([0-9A-Fa-f]{2})\b",
         hint=r"\x24G[A-Z](?:GGA|RMC|GLL|GNS),"),
    Rule("geo", rf"\bgeo:{_NUMBER},{_NUMBER}"),
    Rule("link", r"(?i)https?://(?:[a-z.]{0,12}google\.[a-z.]{2,6}/maps|maps\.google\.[a-z.]{2,6}"
           r"|maps\.apple\.com|(?:www\.)?openstreetmap\.org|(?:www\.)?bing\.com/maps"
         r"|osm\.org|share\.here\.com|yandex\.[a-z.]{2,6}/maps)[^\s\"'<>]{0,200}?(?:@|[?&](?:q|ll|sll|daddr|cp"
           r"|mlat|center|destination|query)=|#map=[0-9]{1,2}/|/place/)(?:loc:)?"
         r"(-?[0-9]{1,2}\.[0-9]{3,12})[,~/&][^\s\"'<>]{0,12}?(-?[0-9]{1,3}\.[0-9]{3,12})"),
    Rule("words", r"(?:what3words\.com/|w3w\.co/|(?:^|[^:/\w])///)([a-z]{3,18}\.[a-z]{3,18}\.[a-z]{3,18})\b"),
    Rule("plus", r"\b([23456789CFGHJMPQRV][23456789CFGHJMPQRVWX]{7}\+[23456789CFGHJMPQRVWX]{2,3})\b",
         hint=r"[23456789CFGHJMPQRVWX]\x2b[23456789CFGHJMPQRVWX]{2}"),
)  # fmt: skip
_POSITION = ("lat", "lon", "coord", "gps", "position", "locat", "koord", "grid", "waypoint", "point", "site", "map")
_LATITUDE, _LONGITUDE, _ZONES, _MINUTES = 90.0, 180.0, 60, 60.0
_NO_WORDS = frozenset(
    ("com", "org", "net", "edu", "gov", "html", "htm", "txt", "pdf", "docs", "doc", "zip", "php", "info")
)
_FINE = 5  # decimals: a metre
_PRICELESS = 13  # letters before the decimals of a pair that no price has
_MOST = 50
_LEAST = {"pair": 1, "said": 10}  # degrees, of one of the two: below it they are shares, marks, lengths
_LINKS = ("link", "link-short", "link-dms", "swiss-link")
_SAYS_BRITISH = re2.compile(
    rb"(?i)\b(?:(?:os|map) ?(?:grid )?ref(?:erence)?s?\.?|grid(?: ref(?:erence)?s?\.?| square)?|os(?:gb|gr)?(?: grid)?"
    rb"|ngr|bng|grs?|lz|hls|rv)(?: (?:is|at|of))?[\s:=(]{1,4}$"
)
_SAYS_WHERE = re2.compile(
    rb"(?i)\b(?:is|are|was|were|it's|located|situated|sited|buried|hidden|parked|camped|lies|stands|found|left"
    rb"|meet(?:ing)?|rendezvous|assemble|park|camp|wait(?:ing)?|based|landed|turn(?:ing)?|entrance|gate|track)"
    rb" (?:up |off )?(?:at|near)\s{1,2}$"
)
_CURRENT = re2.compile(rb"(?i)\b(?:power|national|electric\w{0,4}|energy|smart|starting) grid\b")
_SAYS_BRITISH_AFTER = re2.compile(rb"(?i)[ ,]{0,2}\(?(?:os(?:gb|gr)?|ngr|bng|grid ref\w{0,6})\b")
_HEADED = re2.compile(rb"(?i)\b(?:grid ref(?:erence)?s?|os(?:gb|gr)? grid|ngr|osgr)\b")
_IN_DEGREES = re2.compile(rb",[0-9]{4}\.[0-9]{1,8},[NS],[0-9]{5}\.[0-9]{1,8},[EW],")


def _judge(text: Text) -> Iterator[Finding]:
    """Yield one finding for all positions of a text, and one for map links: a table of waypoints is one thing."""
    hits = [hit for hit in _hits(text) if _plausible(text, hit)]
    for identifier, chosen in (
        ("place.link", [hit for hit in hits if hit.rule in _LINKS]),
        ("place.coordinates", [hit for hit in hits if hit.rule not in _LINKS]),
    ):
        if chosen:
            count = len({hit.text.strip() for hit in _apart(chosen)[:_MOST]})
            sure = max(_sureness(hit) for hit in chosen)
            sensitivity = Sensitivity.LOW if identifier == "place.link" else Sensitivity.ELEVATED
            excerpt = f"{count} position{'s' if count > 1 else ''}{_near(chosen[0])}"
            yield text.finding(
                identifier, sensitivity, sure, "it holds a position on the map", chosen[0], excerpt=excerpt
            )


def _apart(hits: Sequence[Hit]) -> list[Hit]:
    """One hit for each place of the text: a row of a table may be a pair of numbers too."""
    apart: list[Hit] = []
    for hit in sorted(hits, key=lambda each: (each.start, -each.end)):
        if not apart or hit.start >= apart[-1].end:
            apart.append(hit)
    return apart


def _hits(text: Text) -> Iterator[Hit]:
    for hit in text.hits()[:2_000]:
        if hit.rule == "columns":
            yield from positions(text, hit)
        else:
            yield hit


def _sureness(hit: Hit) -> float:
    return {
        "pair": 0.8,
        "mgrs": 0.85,
        "mgrs-run": 0.8,
        "os-grid": 0.85,
        "plus": 0.85,
        "words": 0.9,
        "plus-short": 0.75,
        "said": 0.9,
        "figures": 0.9,
    }.get(hit.rule, 0.97)


def _plausible(text: Text, hit: Hit) -> bool:
    groups = hit.groups
    if hit.rule in _GRIDS:
        return _GRIDS[hit.rule](text, hit)
    if hit.rule in FITS:
        return FITS[hit.rule](groups)
    if hit.rule in ("dms", "before"):
        return (
            float(groups[0]) <= _LATITUDE
            and float(groups[2]) <= _LONGITUDE
            and max(float(groups[1]), float(groups[3])) < _MINUTES
        )
    if hit.rule.startswith("words"):
        return not groups[0].startswith("www.") and groups[0].rpartition(".")[2] not in _NO_WORDS
    if hit.rule == "plus":
        return True
    north, east = map(_degrees, groups[:2])
    fine = abs(north) <= _LATITUDE and abs(east) <= _LONGITUDE
    if max(abs(north), abs(east)) < _LEAST.get(hit.rule, 0):
        return False
    return fine and (hit.rule != "pair" or _no_price(text, hit))


def _degrees(written: str) -> float:
    return float(written.replace(",", "."))


def _no_price(text: Text, hit: Hit) -> bool:
    said = text.before(hit, 80).lower()
    if any(word in said for word in _POSITION):
        return True
    return all(len(each.partition(".")[2]) >= _FINE for each in hit.groups)


def _grid(text: Text, hit: Hit) -> bool:
    """Zone 1 to 60, as many digits east as north; a run without spaces also needs a word that says grid."""
    if not 1 <= int(hit.groups[0]) <= _ZONES:
        return False
    if hit.rule == "mgrs":
        if len(hit.groups[3]) != len(hit.groups[4]):
            return False
        spaced = hit.text.count(" ") >= 2
        return spaced or _says_grid(text, hit)
    return _says_grid(text, hit) or len(text.hits("mgrs-run")) > 2


def _says_grid(text: Text, hit: Hit) -> bool:
    said = (text.before(hit, 120) + text.after(hit, 40)).lower()
    return any(word in said for word in ("mgrs", "grid", "coord", "position", "locat", "rv ", "lz ", "target"))


def _british(text: Text, hit: Hit) -> bool:
    """A square there is, as many digits east as north, and a word that says grid."""
    square, figures = hit.groups
    east, _, north = figures.partition(" ")
    even = len(east) == len(north) if north else len(east) % 2 == 0
    return even and is_square(square) and _says_british(text, hit)


def _utm(_text: Text, hit: Hit) -> bool:
    zone, band, east, north = hit.groups
    return is_utm(int(zone), band, float(east), float(north))


def _sentence(_text: Text, hit: Hit) -> bool:
    return is_sentence(*hit.groups) and _IN_DEGREES.search(hit.groups[0].encode()) is not None


def _says_british(text: Text, hit: Hit) -> bool:
    """Whether a word beside says grid, or a heading does above three: else letters and figures are a part number."""
    before = text.before(hit, 40).encode()
    if _CURRENT.search(before):
        return False
    if _SAYS_BRITISH.search(before) or _SAYS_BRITISH_AFTER.match(text.after(hit, 20).encode()):
        return True
    if _SAYS_WHERE.search(before) and hit.groups[1].count(" ") == 1:
        return True
    squares = [each for each in text.hits("os-grid") if is_square(each.groups[0])]
    return len(squares) > 2 and _HEADED.search(text.data[max(0, squares[0].start - 200) : hit.start]) is not None


def _near(hit: Hit) -> str:
    if hit.rule not in ("hemisphere", "hemisphere-before", "labelled", "pair", "said", "geo", "link"):
        return ""
    north, east = map(_degrees, hit.groups)
    if hit.rule.startswith("hemisphere"):
        north, east = -north if "S" in hit.text else north, -east if "W" in hit.text else east
    return f" near {north:.1f}, {east:.1f}"


_GRIDS: dict[str, Callable[[Text, Hit], bool]] = {
    "mgrs": _grid,
    "mgrs-run": _grid,
    "utm": lambda _text, hit: 1 <= int(hit.groups[0]) <= _ZONES,
    "utm-bare": _utm,
    "easting": lambda _text, _hit: True,
    "os-grid": _british,
    "nmea": _sentence,
}
DETECTOR = Detector("places", _RULES, _judge)
