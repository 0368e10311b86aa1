"""Tables with columns of latitude and longitude, as receivers, registers of sites and spreadsheets write them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from straymail.content.scan import Hit, Text
from straymail.content.tables import DRESS, head_cells, rows

_BEFORE, _AFTER = r"(?:[a-z]{1,12}[ _.\-])?", r"(?:[ _]?(?:\(?(?:deg(?:rees)?|dd|wgs ?84|°|decimal)\)?))?"
LATITUDE = rf"{_BEFORE}(?:lat|latitude|breitengrad){_AFTER}"
_LATITUDE = re.compile(LATITUDE, re.IGNORECASE)
_LONGITUDE = re.compile(rf"{_BEFORE}(?:lon|long|lng|longitude|l(?:ä|ae)ngengrad){_AFTER}", re.IGNORECASE)
_NUMBER = re.compile(r"[+-]?[0-9]{1,3}[.,][0-9]{3,15}°?")
_MOST_ROWS = 500


def positions(text: Text, head: Hit) -> Iterator[Hit]:
    """Yield a position for each row below a head that has both columns."""
    delimiter, names = head_cells(head.text)
    north = next((at for at, name in enumerate(names) if _LATITUDE.fullmatch(name)), None)
    east = next((at for at, name in enumerate(names) if _LONGITUDE.fullmatch(name)), None)
    if north is None or east is None:
        return
    for start, end, row in rows(text, head, delimiter, _MOST_ROWS):
        if max(north, east) < len(row):
            pair = row[north].strip(DRESS), row[east].strip(DRESS)
            if all(map(_NUMBER.fullmatch, pair)):
                groups = tuple(each.rstrip("°").replace(",", ".") for each in pair)
                yield Hit("labelled", start, end, groups, " ".join(pair))
