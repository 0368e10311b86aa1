"""Tables with a column of passwords: the cells below a head that says so, in CSV, tabs or bars."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator

from straymail.content.scan import Hit, Text
from straymail.content.secret_rules import COLUMN
from straymail.content.secret_values import code, odd, placeholder

_HEADS = re.compile(COLUMN, re.IGNORECASE)
_USERS = re.compile(
    r"(?:user|login|log-?on|account|e-?mail|benutzer|nutzer|identifiant|usuario|gebruiker|host|server|url|site|system)"
    r"[ _-]?(?:name|id|address)?s?",
    re.IGNORECASE,
)
_DELIMITERS = "\t|;,"
_DRESS = " \t\r\"'*"
_MOST_ROWS, _LONGEST_ROW, _LONGEST = 200, 1_000, 64


def columns(text: Text, head: Hit) -> Iterator[Hit]:
    """Yield the values in the column of a table's head line that is called password; nothing when it is no table."""
    delimiter = max(_DELIMITERS, key=head.text.count)
    cells = [cell.strip(_DRESS) for cell in _cells(head.text, delimiter)]
    place = next((at for at, cell in enumerate(cells) if _HEADS.fullmatch(cell)), None)
    if place is None or len(cells) < 2 or any(len(cell) > _LONGEST for cell in cells):
        return
    if cells[place].lower() == "pass" and not any(map(_USERS.fullmatch, cells)):
        return  # what passed a test
    at = head.end
    for _ in range(_MOST_ROWS):
        start = at + 1
        at = text.data.find(b"\n", start, start + _LONGEST_ROW)
        end = at if at >= 0 else min(len(text.data), start + _LONGEST_ROW)
        row = _cells(text.data[start:end].decode("utf-8", "replace"), delimiter)
        if len(row) < 2:
            return
        value = row[place].strip(_DRESS) if place < len(row) <= len(cells) else ""
        if _password(value):
            yield Hit(head.rule, start, end, (value,), value)
        if at < 0:
            return


def _cells(row: str, delimiter: str) -> list[str]:
    if delimiter == "|":
        return row.strip().strip("|").split(delimiter)
    row = row.strip("\r\n ")
    if '"' not in row or delimiter == "\t":
        return row.split(delimiter)
    try:  # a field in quotes may hold the delimiter
        return next(csv.reader((row,), delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:
        return row.split(delimiter)


def _password(value: str) -> bool:
    fits = 4 <= len(value) <= _LONGEST and " " not in value and "://" not in value
    return fits and odd(value) and not placeholder(value) and not code(value, assigned=False)
