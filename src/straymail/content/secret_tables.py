"""Tables with a column of passwords: the cells below a head that says so, in CSV, tabs or bars."""

from __future__ import annotations

import re
from collections.abc import Iterator

from straymail.content.scan import Hit, Text
from straymail.content.secret_rules import COLUMN
from straymail.content.secret_values import code, odd, placeholder
from straymail.content.tables import DRESS, head_cells, rows

_HEADS = re.compile(COLUMN, re.IGNORECASE)
_USERS = re.compile(
    r"(?:user|login|log-?on|account|e-?mail|benutzer|nutzer|identifiant|usuario|gebruiker|host|server|url|site|system)"
    r"[ _-]?(?:name|id|address)?s?",
    re.IGNORECASE,
)
_MOST_ROWS, _LONGEST = 200, 64


def columns(text: Text, head: Hit) -> Iterator[Hit]:
    """Yield the values in the column of a table's head line that is called password; nothing when it is no table."""
    delimiter, cells = head_cells(head.text)
    place = next((at for at, cell in enumerate(cells) if _HEADS.fullmatch(cell)), None)
    if place is None or len(cells) < 2 or any(len(cell) > _LONGEST for cell in cells):
        return
    if cells[place].lower() == "pass" and not any(map(_USERS.fullmatch, cells)):
        return  # what passed a test
    for start, end, row in rows(text, head, delimiter, _MOST_ROWS):
        value = row[place].strip(DRESS) if place < len(row) <= len(cells) else ""
        if _password(value):
            yield Hit(head.rule, start, end, (value,), value)


def _password(value: str) -> bool:
    fits = 4 <= len(value) <= _LONGEST and " " not in value and "://" not in value
    return fits and odd(value) and not placeholder(value) and not code(value, assigned=False)
