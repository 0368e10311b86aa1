"""The header block of a message or a part: split, unfolded, bounded (RFC 5322 2.2). Linear; never raises."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache

from straymail.frozen import dataclass
from straymail.message.encoded import decode_text, header_text
from straymail.message.limits import Limits

_MAX_DATE = 200
_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTHS = {name: number for number, name in enumerate(_NAMES, 1)}
_DATE = re.compile(  # as nearly all programs write it (RFC 5322 3.3); the library takes five times as long
    rf"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d{{1,2}}) ({'|'.join(_MONTHS)}) ([12]\d{{3}}) "
    r"(\d\d):(\d\d):(\d\d) ([+-])(0\d|1[0-4])([0-5]\d)(?: \([A-Z]{1,5}\))?\Z",
    re.ASCII,
)
_SPACE = (32, 9)
_BLOCK_FACTOR = 16  # the whole block may be so many times the longest field


@dataclass(frozen=True, slots=True)
class Block:
    """Fields as (name, raw value unfolded), where the body begins, what was odd, whether all is plain ASCII."""

    fields: tuple[tuple[str, str], ...]
    body: int
    odd: frozenset[str]
    plain: bool


def header_end(raw: bytes) -> tuple[int, int]:
    """Offsets where the header block ends and where the body begins (after the first empty line)."""
    if raw[:1] == b"\n":
        return 0, 1
    if raw[:2] == b"\r\n":
        return 0, 2
    at, length = raw.find(b"\n\r\n"), 3
    earlier = raw.find(b"\n\n", 0, at + 1 if at >= 0 else None)  # not through all of a long body
    if earlier >= 0:
        at, length = earlier, 2
    if at < 0:
        return len(raw), len(raw)
    return at + 1, at + length


def read_block(raw: bytes, limits: Limits) -> Block:
    """Split the header block of ``raw``: unfolded as a whole, then line by line."""
    end, body = header_end(raw)
    odd: set[str] = set()
    if end > limits.header_size * _BLOCK_FACTOR:
        odd.add("header-block-too-large")
        end = limits.header_size * _BLOCK_FACTOR
    text = _unfold(raw[:end])
    lines = text.split("\n", limits.headers)
    if len(lines) > limits.headers and lines.pop().strip("\n"):
        odd.add("too-many-headers")
    longest = limits.header_size if len(text) > limits.header_size else 0
    fields: list[tuple[str, str]] = []
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not name.isascii() or not name.isprintable() or " " in name:
            name = _odd_name(name, colon, odd)
            if not name:
                continue
        if longest and len(value) > longest:
            odd.add("header-too-large")
            value = value[:longest]
        fields.append((name, value.strip()))
    return Block(tuple(fields), body, frozenset(odd), text.isascii() and "=?" not in text)


def _unfold(block: bytes) -> str:
    """The block as text with every folded field on one line; line ends become LF."""
    if b"\r\n" in block:
        block = block.replace(b"\r\n", b"\n")
    if b"\n " in block or b"\n\t" in block:
        block = block.replace(b"\n ", b" ").replace(b"\n\t", b" ")
    try:
        return block.decode("utf-8")
    except UnicodeDecodeError:
        return "\n".join(header_text(line) for line in block.split(b"\n"))


def _odd_name(label: str, colon: str, odd: set[str]) -> str:
    """The usable name of an odd line, or "" (nothing usable; an mbox line is not odd)."""
    if not colon or label.startswith(("From ", ">From ")):
        if label and not label.startswith(("From ", ">From ")):
            odd.add("bad-header")
        return ""
    name = label.rstrip(" \t")
    if " " in name or not name.isascii() or not name.isprintable():
        odd.add("bad-header")
    return name.strip()


def parameters(value: str) -> tuple[str, dict[str, str], bool]:
    """As ``_parameters``; common short values are read once. The dict is shared: do not change it."""
    return _common(value) if len(value) < 120 else _parameters(value)


@lru_cache(maxsize=1_024)
def _common(value: str) -> tuple[str, dict[str, str], bool]:
    return _parameters(value)


def _parameters(value: str) -> tuple[str, dict[str, str], bool]:
    """A structured value (Content-Type, Content-Disposition): the token, its parameters, whether one was repeated.

    RFC 2231 continuations and charsets are decoded. The first of two equal names counts.
    """
    head, _, rest = value.partition(";")
    found: dict[str, str] = {}
    repeated = False
    for name, text in _pairs(rest):
        if name in found:
            repeated = True
        elif len(found) < 1_000:
            found[name] = text
    return head.strip().lower(), _rfc2231(found) if any("*" in name for name in found) else found, repeated


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    at, end = 0, len(text)
    while at < end:
        equals = text.find("=", at)
        if equals < 0:
            return
        name = text[at:equals].rpartition(";")[2].strip().lower()
        at = equals + 1
        while at < end and ord(text[at]) in _SPACE:
            at += 1
        if text[at : at + 1] == '"':
            value, at = _quoted(text, at + 1)
        else:
            stop = text.find(";", at)
            stop = end if stop < 0 else stop
            value, at = text[at:stop].strip(), stop
        if name:
            yield name, value


def _quoted(text: str, at: int) -> tuple[str, int]:
    close = text.find('"', at)
    while close > 0 and text[close - 1] == "\\" and (close - len(text[at:close].rstrip("\\")) - at) % 2:
        close = text.find('"', close + 1)
    close = len(text) if close < 0 else close
    value = text[at:close]
    return (value.replace('\\"', '"').replace("\\\\", "\\") if "\\" in value else value), close + 1


def _rfc2231(found: dict[str, str]) -> dict[str, str]:
    plain = {name: value for name, value in found.items() if "*" not in name}
    groups: dict[str, list[tuple[int, bool, str]]] = {}
    for name, value in found.items():
        base, star, tail = name.partition("*")
        if star:
            number = tail.removesuffix("*")
            index = int(number) if number.isascii() and number.isdigit() and len(number) < 5 else 0
            groups.setdefault(base, []).append((index, tail.endswith("*") or not tail, value))
    for base, pieces in groups.items():
        plain[base] = _join_2231(sorted(pieces))
    return plain


def _join_2231(pieces: list[tuple[int, bool, str]]) -> str:
    charset, data = "", b""
    for index, encoded, value in pieces:
        if encoded and index == 0 and value.count("'") > 1:
            charset, _, value = value.split("'", 2)
        data += _percent(value) if encoded else value.encode("utf-8", "replace")
    return decode_text(data, charset)


def _percent(text: str) -> bytes:
    head, *rest = text.encode("utf-8", "replace").split(b"%")
    out = [head]
    for piece in rest:
        try:
            out.append(bytes([int(piece[:2], 16)]) + piece[2:])
        except ValueError:
            out.append(b"%" + piece)
    return b"".join(out)


def read_date(value: str) -> datetime | None:
    """The Date field as aware UTC (a date without a zone is taken as UTC); None when it is no date."""
    if not value:
        return None
    try:
        if usual := _DATE.match(value):
            day, month, year, hour, minute, second, sign, hours, minutes = usual.groups()
            offset = timedelta(hours=int(hours), minutes=int(minutes))
            moment = datetime(int(year), _MONTHS[month], int(day), int(hour), int(minute), int(second), tzinfo=UTC)
            return moment - offset if sign == "+" else moment + offset
        moment = parsedate_to_datetime(value[:_MAX_DATE])
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError, AttributeError):
        return None
