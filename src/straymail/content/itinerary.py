"""Who goes where, and when, as a booking or an event for programs says: schema.org (JSON-LD, microdata), iCalendar.

A journey is told in a form that may be stored: a person by initials, a place by its code or town, never a street.
Malformed or cut off, it says what stands before. Sources: schema.org Reservation, RFC 5545.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice

import re2

from straymail.content.movements import RANKS
from straymail.frozen import dataclass

_MOST, _ABOVE = 16_000, 4_000  # characters of one booking, and of it before its type
_TOKEN = re2.compile(r'"((?:[^"\\]|\\.)*)"|([{}\[\]:])')
_ITEM = re2.compile(
    r"<[^<>]*\bitemtype=[^<>]*>|<[^<>]*\bitemprop=[\"']?(?:\w*[nN]ame|iataCode|\w+(?:Time|Date|Day)|addressLocality)\b"
    r"[^<>]*>[^<]{0,100}"
)
_MOST_ITEMS = 200
_TAG = re2.compile(r"<[^<>]*\bitemprop=[\"']?(\w+)[^<>]*>([^<]*)")
_CONTENT = re2.compile(r"(?i)\b(?:content|datetime)=[\"']([^\"'<>]*)")
_TIME = re2.compile(r"^(\d{4}-\d{2}-\d{2}|\d{1,2}[.\-/]\d{1,2}[.\-/]\d{4})(?:[T ](\d{2}:\d{2}))?")
_ADDRESSED = re2.compile(
    r"(?i)^(?:mrs?|ms|miss|mstr|dr|prof|sir|dame|lord|lady|herr|frau|m|mme|mlle|sr|sra|ir|ing|chd|inf|adt"
    r"|of|the|his|her|excellency|vice|rear|major|lieutenant|air|marshal|chief|prime|foreign|defence|secretary|state"
    rf"|permanent|staff|{RANKS}|lt|maj|col|brig|capt|gen|adm|hon)\.?$"
)
_RANKED = re2.compile(
    rf"(?i)\b(?:{RANKS}|colonel|brigadier)\b|(?:^|[\s/,(])(?:gen|brig|col|adm|lt ?gen|maj ?gen|lt ?col|[vr]adm|cdre"
    r"|amb)\.(?:[\s,)]|$)"
    r"|^(?:(?:lt|lieutenant)\.? )?col\.? \p{L}|\b(?-i:GEN|BRIG|ADM|LTGEN|MAJGEN|LTCOL|LTG|RADM|VADM|CDRE|AMB)\b"
)
_PERSON = ("underName.name", "underName.familyName", "underName", "attendee.name", "attendees.name", "attendee")
_RANK = ("underName.honorificPrefix", "underName.jobTitle")
_STOPS = ("Airport", "Station", "BusStop", "BoatTerminal", "Location")
_TIMES = ("departureTime", "departureDay", "checkinTime", "checkinDate", "pickupTime", "startDate", "startTime")
_ENDS = ("checkoutTime", "checkoutDate")
_PARTED = re2.compile(r"\\[,;nN]|[|(),;]")
_DIGITS = re2.compile(r"\d")
_POSTCODE = re2.compile(r"\b(?:[A-Z]{1,2}-?)?\d{4,6}\b|\b[A-Z]{1,2}\d[A-Z0-9]? ?\d[A-Z]{2}\b|\b\d{4} ?[A-Z]{2}\b")
_LINE = re2.compile(r"(?m)^(SUMMARY|LOCATION|DTSTART|ATTENDEE)([;:][^\n]*)$")
_COMMON_NAME = re2.compile(r"(?i);CN=(?:\"([^\"]*)\"|([^;:]*))")
_STAMP = re2.compile(r":(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d\d(Z?))?")
_LEG = re2.compile(
    r"(?:^|[\s:(])(\p{Lu}[^\n,;:]{1,40}?)\s*(?:->|[→➔➞])\s*(\p{Lu}[^\n,;]{1,40})"
    r"|\b([A-Z]{3}) ?(?:-|–|/|to) ?([A-Z]{3})\b"
    r"|(?i:\b(?:from|von|de) )(\p{Lu}\p{L}+) (?i:to|nach|à|a) (\p{Lu}\p{L}+)|(?i:\b(?:to|nach) )(\p{Lu}\p{L}+)"
)


@dataclass(frozen=True, slots=True)
class Trip:
    """One journey, as far as it is told: ``who`` in initials, places, a time; ``senior`` when he has a rank."""

    who: str = ""
    start: str = ""
    end: str = ""
    when: str = ""
    senior: bool = False

    @property
    def where(self) -> str:
        """From where to where: ``CDG to DKR``; one place where only one is known."""
        return " to ".join(filter(None, (self.start, self.end)))

    @property
    def excerpt(self) -> str:
        """``J. H., CDG to DKR, 2026-12-03 10:40``, or what of it is known."""
        return ", ".join(filter(None, (self.who, self.where, self.when)))

    @property
    def parts(self) -> int:
        """How much is known."""
        return sum(map(bool, (self.who, self.start, self.end, self.when)))


def initials(name: str) -> str:
    """A person's name made safe to store: ``J. H.`` of "Gen. James Holt", "HOLT/JAMES MR" and "Holt, James"."""
    for mark in ("/", ","):
        last, found, first = name.partition(mark)
        if found:
            name = f"{first} {last}"
            break
    words = [word for word in name.replace(".", ". ").split() if word[0].isalpha() and not _ADDRESSED.search(word)]
    return " ".join(f"{word[0].upper()}." for word in (words[:1] + words[1:][-1:]))


def ranked(name: str) -> bool:
    """Whether a rank or an office stands with a name."""
    return _RANKED.search(name) is not None


def town(place: str) -> str:
    """Where an address lies, without its street: the town, else the place's name; "" where that cannot be told."""
    if "@" in place or "//" in place:
        return ""
    parts = [part.strip() for part in _PARTED.sub("\n", place).split("\n") if part.strip()]
    numbered = [number for number, part in enumerate(parts) if _DIGITS.search(part)]
    for number in numbered:
        if _POSTCODE.search(parts[number]):
            named = " ".join(
                word for word in str(_POSTCODE.sub(" ", parts[number])).split() if not _DIGITS.search(word)
            )
            return (named or (parts[number - 1] if number and number - 1 not in numbered else ""))[:24]
    following = parts[numbered[-1] + 1 :] if numbered else parts
    return following[0][:24] if following else ""


def schema_trip(text: str, at: int) -> tuple[Trip, int]:
    """The journey of the reservation whose type stands ``at`` a place, and where what it says ends."""
    if text.startswith("item", at):
        fields, end = _tags(text, at)
    else:
        start = _opening(text, at)
        if start < 0:
            return Trip(), at
        fields, end = _values(text, start)
    return _trip(fields), end


def item_properties(html: str) -> str:
    """What microdata of an HTML document says of a reservation, tag by tag; "" for most documents."""
    if "itemprop=" not in html or "Reservation" not in html:
        return ""
    tags = (match.group() for match in _ITEM.finditer(html))
    return "\n".join(islice(tags, _MOST_ITEMS))


def _opening(text: str, at: int) -> int:
    """Where the object that holds a place begins; -1 where that cannot be told."""
    depth, low = 0, max(0, at - _ABOVE)
    for back in range(at - 1, low - 1, -1):
        if text[back] == "}":
            depth += 1
        elif text[back] == "{":
            if not depth:
                return back
            depth -= 1
    return -1


def _values(text: str, start: int) -> tuple[dict[str, str], int]:
    """What an object of JSON says, by path ("departureAirport.iataCode"), the first of each; it need not be whole."""
    fields: dict[str, str] = {}
    stack: list[str] = []
    key = last = ""
    end = start
    for match in _TOKEN.finditer(text[start : start + _MOST]):
        string, mark = match.groups()
        end = start + match.end()
        if mark == ":":
            key = last
        elif mark in ("{", "["):
            stack.append(key)
            key = ""
        elif mark:
            stack = stack[:-1]
            key = ""
            if not stack:
                break
        elif key:
            path = ".".join(part for part in (*stack, key) if part not in ("", "reservationFor", "@value"))
            fields.setdefault(path, _plain(string))
            key = ""
        else:
            last = string
    return fields, end


def _plain(string: str) -> str:
    try:
        return str(json.loads(f'"{string}"', strict=False)) if "\\" in string else string
    except ValueError:
        return string


def _tags(text: str, start: int) -> tuple[dict[str, str], int]:
    """What microdata says, up to the next reservation."""
    end = text.find('Reservation"', text.find(">", start) + 1) if ">" in text[start:] else -1
    end = min(end if end >= 0 else len(text), start + _MOST)
    fields: dict[str, str] = {}
    scope = ""
    for match in _TAG.finditer(text[start:end]):
        name, shown = match.groups()
        if "itemscope" in match.group():
            scope = "" if name == "reservationFor" else f"{name}."
            continue
        said = _CONTENT.search(match.group())
        fields.setdefault(f"{scope}{name}", (said.group(1) if said else shown).strip())
    return fields, end


def _said(fields: dict[str, str], *names: str) -> str:
    """The first of these fields that says something; one inside others where none is at the top."""
    for name in names:
        if fields.get(name):
            return fields[name]
    within = (value for name in names for path, value in fields.items() if path.endswith(f".{name}"))
    return next(filter(None, within), "")


def _trip(fields: dict[str, str]) -> Trip:
    name = _said(fields, *_PERSON)
    if given := fields.get("underName.givenName", ""):
        name = f"{given} {fields.get('underName.familyName', '')}"
    start, end = _stop(fields, "departure", "pickup"), _stop(fields, "arrival", "dropoff")
    if not start and not end:
        named = _said(fields, "address.addressLocality", "location.address.addressLocality", "location.name")
        end = town(named or fields.get("address", "") or fields.get("location", ""))
    when = " to ".join(filter(None, (_moment(_said(fields, *_TIMES)), _moment(_said(fields, *_ENDS)))))
    senior = ranked(" ".join((_said(fields, *_PERSON), *(fields.get(each, "") for each in _RANK))))
    return Trip(initials(name), start, end, when, senior)


def _stop(fields: dict[str, str], *ways: str) -> str:
    """An airport's code, else the town or the name of a stop."""
    for way in ways:
        for kind in _STOPS:
            for said in ("iataCode", "address.addressLocality", "name", ""):
                if value := fields.get(f"{way}{kind}.{said}".rstrip("."), ""):
                    return town(value)
    return ""


def _moment(value: str) -> str:
    match = _TIME.search(value)
    return " ".join(filter(None, match.groups())) if match else ""


def event_trip(event: str) -> Trip:
    """The journey an iCalendar event tells: its place or those its summary names, its start, whoever attends."""
    event = event.replace("\r", "").replace("\n ", "").replace("\n\t", "")
    lines: dict[str, list[str]] = {}
    for match in _LINE.finditer(event):
        lines.setdefault(match.group(1), []).append(match.group(2))
    names = list(_attending(lines.get("ATTENDEE", [])))
    start, end = leg(_value(lines, "SUMMARY"))
    if not start:
        end = town(_value(lines, "LOCATION")) or end
    who = initials(names[0]) + (f" and {len(names) - 1} more" if len(names) > 1 else "") if names else ""
    return Trip(who, start, end, _stamp(lines), any(map(ranked, names)))


def _attending(lines: list[str]) -> Iterator[str]:
    for line in lines:
        match = _COMMON_NAME.search(line)
        name = (match.group(1) or match.group(2) or "") if match else ""
        if initials(name) and "@" not in name:
            yield name


def _value(lines: dict[str, list[str]], name: str) -> str:
    return lines[name][0].partition(":")[2] if name in lines else ""


def _stamp(lines: dict[str, list[str]]) -> str:
    match = _STAMP.search(lines["DTSTART"][0]) if "DTSTART" in lines else None
    if not match:
        return ""
    year, month, day, hour, minute, zone = match.groups()
    return f"{year}-{month}-{day}" + (f" {hour}:{minute}{zone or ''}" if hour else "")


def leg(line: str) -> tuple[str, str]:
    """From where to where a line says somebody goes ("BER-ZRH", "from Moorhaven to Quay", "Praha -> Wien")."""
    match = _LEG.search(line)
    if not match:
        return "", ""
    groups = [group or "" for group in match.groups()]
    start = groups[0] or groups[2] or groups[4]
    return town(start), town(groups[1] or groups[3] or groups[5] or groups[6])
