"""Tables with a column of passwords: the cells below a head that says so, in CSV, tabs or bars."""

from __future__ import annotations

import re
from collections.abc import Iterator

from straymail.content.scan import Hit, Text
from straymail.content.secret_values import code, odd, placeholder

_HEADS = re.compile(r"pass ?words?|passwd|pwd|passwort|kennwort|mot de passe|contrase[ñn]a|wachtwoord", re.IGNORECASE)
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
    return (row.strip().strip("|") if delimiter == "|" else row.strip("\r\n ")).split(delimiter)


def _password(value: str) -> bool:
    fits = 4 <= len(value) <= _LONGEST and " " not in value and "://" not in value
    return fits and odd(value) and not placeholder(value) and not code(value, assigned=False)
