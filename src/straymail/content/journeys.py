"""Who goes where, and when, as a bar code or the words of a booking say it, told as ``itinerary`` does.

Sources: IATA Resolution 792 (BCBP).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

import re2

from straymail.content.itinerary import Trip, initials, leg, ranked
from straymail.content.scan import Hit, Text

DATE = (
    r"(?:\d{1,2}[./\-]\d{1,2}[./\-]\d{2,4}|\d{4}-\d{2}-\d{2}|\d{1,2}[ .\-]{0,2}(?:jan|feb|mar|mär|apr|may|mai"
    r"|jun|jul|aug|sep|oct|okt"
    r"|nov|dec|dez)\w{0,7}|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w{0,6}\.? \d{1,2}\b)"
)
_DAY = re2.compile(rf"(?i)\b(?:{DATE}(?:,? 20\d\d\b)?|\d{{1,2}}\.\d{{1,2}}\.)")
_HOUR = re2.compile(r"(?i)\b(?:[01]?\d|2[0-3])[:.h][0-5]\d\b(?: ?[ap]\.?m\b)?|\b[01]?\d ?[ap]\.?m\b")
_GAP = r"[^\n\d]{0,40}\n?[^\n\d]{0,40}"
_INTO = re2.compile(rf"(?i)\b(?:check-?in|arriv\w{{0,4}}|anreise|ankunft)\b{_GAP}\b({DATE}(?:,? 20\d\d\b)?)")
_OUT = re2.compile(rf"(?i)\b(?:check-?out|depart\w{{0,4}}|abreise|d[ée]part)\b{_GAP}\b({DATE}(?:,? 20\d\d\b)?)")
_CODES = re2.compile(r"\b[A-Z]{3}\b")
_NO_AIRPORT = re2.compile(
    r"^(?:MON|TUE|WED|THU|FRI|SAT|SUN|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC|USD|EUR|GBP|CHF|CAD|AUD|THE|AND"
    r"|FOR|PNR|VIA|ETD|ETA|UTC|GMT)$"
)
_GDS = re2.compile(r"\b[A-Z]{2,20}/[A-Z]{2,20}(?: [A-Z]{2,20}){0,2}\b")
_NAMED = re2.compile(
    r"^(?:s?\))?(?i:[^\S\n]*names?)?[\s:]{0,20}(?:[0-9]{1,2}[.)]? )?"
    r"((?:\p{Lu}[\p{L}.'’\-]*[^\S\n]?,?[^\S\n]?){2,5}|[A-Z]{2,20}/[A-Z ]{2,30})"
)
_SEGMENT = re2.compile(r"(\d{1,2}[A-Z]{3}) {1,3}(?:[A-Z0-9]{1,2} {1,2})?([A-Z]{3})([A-Z]{3}) ")
_PERSONS = re2.compile(r"\b\d\.\d([A-Z]{2,30}/[A-Z]{2,30}(?: [A-Z]{2,6})?)")
_TITLED = re2.compile(
    r"\b(?:Mrs?|MRS?|Ms|MS|Miss|Herrn?|Frau|Mme|Monsieur|Madame|Dr|Sir)\b\.? ((?:\p{Lu}[\p{L}'’\-]+ ?){1,3})"
)
_THEN = re2.compile(r"^\W{1,4}(?:\p{Ll}{2,5} )?(\p{Lu}[\p{L}\-]+(?: \p{Lu}\p{L}+)?)")
_STOP = re2.compile(
    r"(?m)^\s*(\p{Lu}[^\n\t0-9:]{1,30}?)(?:[^\S\n]{2,}|, ?)(\d{1,2}\.\d{1,2}\.(?:\d{2,4})?)[^\S\n]+(ab|an|)"
    r"[^\S\n]?(\d{1,2}:\d{2})\b"
)
_CLOCK = re2.compile(r"[A-Z]{2}\d{1,2} +(\d{4}) ")
_MOST_STOPS = 40
_FLOWN = ("leave", "flight-number", "named-flight", "airports", "timetable", "arrive")


def pass_trip(hit: Hit) -> Trip:
    """The journey of a boarding pass; its day has no year."""
    start, end, day = hit.groups
    name = hit.text[2:22].strip()
    return Trip(initials(name), start, end, f"day {day} of the year", ranked(name))


def segment_trip(text: Text, hit: Hit) -> Trip:
    """The journey of a line of a reservation system, with the first passenger of the lines above."""
    names = _PERSONS.findall(text.before(hit, 1_000))
    name = names[0] if names else ""
    match = _SEGMENT.search(hit.text)
    day, start, end = match.groups() if match else ("", "", "")
    clock = _CLOCK.search(text.after(hit, 40))
    return Trip(initials(name), start, end, f"{day} {clock.group(1)}" if clock else day, ranked(name))


def told_trip(text: Text, kind: str) -> Trip:
    """The journey of a booking in words, as far as the lines of what gave it away say it."""
    name = next(_names(text), "")
    start, end, when = _timetable(text) if kind == "rail" else (*_places(text), "")
    if kind == "hotel":
        when = _stay(text)
    return Trip(initials(name), start, end, when or _moment(text), ranked(name))


def _names(text: Text) -> Iterator[str]:
    for hit in text.hits("passenger"):
        if coded := _GDS.search(hit.text + text.after(hit, 30)):
            yield coded.group()
        elif named := _NAMED.search(text.after(hit, 80)):
            yield named.group(1)
    if titled := _TITLED.search(text.raw):
        yield titled.group()


def _places(text: Text) -> tuple[str, str]:
    for hit in text.hits("airports"):
        codes = [code for code in _CODES.findall(hit.text) if not _NO_AIRPORT.search(code)]
        if len(codes) > 1:
            return codes[0], codes[1]
    legs = (leg(text.line(hit)) for hit in text.hits("named-flight", "leave", "flight-number")[:20])
    return next((each for each in legs if all(each)), (_beside(text, "leave"), _beside(text, "arrive")))


def _beside(text: Text, rule: str) -> str:
    """The place behind the hour of leaving or arriving."""
    found = (_THEN.search(text.after(hit, 60).partition("\n")[0]) for hit in text.hits(rule) if _HOUR.search(hit.text))
    return next((match.group(1)[:24] for match in found if match), "")


def _timetable(text: Text) -> tuple[str, str, str]:
    """From where to where, and when, lines of stations, days and hours go; the changes between are left out."""
    rows = [match.groups() for match in islice(_STOP.finditer(text.raw), _MOST_STOPS)]
    if not rows:
        return "", "", ""
    ways = [way or ("ab", "an")[number % 2] for number, (_, _, way, _) in enumerate(rows)]
    following = [row[:2] for row in rows[1:]] + [("", "")]
    ends = (row[0] for row, way, then in zip(rows, ways, following, strict=True) if way == "an" and row[:2] != then)
    start, day, _, hour = rows[0]
    end = next(ends, "")
    year = re2.search(rf"\b{re2.escape(day)}20\d\d\b", text.raw)
    return start[:24], end[:24] if end != start else "", f"{year.group() if year else day} {hour}"


def _moment(text: Text) -> str:
    """The day and the hour of the first leaving, else of the first line that has them, or one before."""
    hits = [hit for name in _FLOWN for hit in text.hits(name)[:20]]
    lines = [_line(text, hit) for hit in hits]
    day = _day(lines)
    if not day and hits:
        day = _day(reversed(text.before(hits[0], 300).split("\n")))
    return " ".join(filter(None, (day, _hour(lines))))


def _stay(text: Text) -> str:
    """From the day somebody checks in or arrives to that he leaves."""
    found = (pattern.search(text.raw) for pattern in (_INTO, _OUT))
    return " to ".join(match.group(1) for match in found if match)


def _line(text: Text, hit: Hit) -> str:
    """What was hit and the rest of its line; the next line where it ends there."""
    rest, _, then = text.after(hit, 80).partition("\n")
    return hit.text + (rest if rest.strip() else f" {then.partition(chr(10))[0]}")


def _day(lines: Iterable[str]) -> str:
    matches = (_DAY.search(line) for line in lines)
    return next((str(match.group()).rstrip(".") for match in matches if match), "")


def _hour(lines: Iterable[str]) -> str:
    matches = (_HOUR.search(_DAY.sub(" ", line)) for line in lines)
    return next((str(match.group()) for match in matches if match), "")
