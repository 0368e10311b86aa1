"""Records of people as rows: cards (RFC 6350), LDIF (RFC 2849), inserts of SQL, lists of JSON; the name comes first.

The text stays as it is; a list of people is told by rows, and these formats write a line for each field, or none.
"""

from __future__ import annotations

import binascii
import csv
import json
import quopri
import re
from collections.abc import Iterable, Iterator
from itertools import islice

_MOST = 5_000  # records
_LONGEST, _LONGEST_ROW = 120, 500  # characters
_FIELDS = frozenset(
    """fn n tel email bday adr cn sn givenname displayname mail telephonenumber mobile homephone employeenumber
    homepostaladdress postaladdress dateofbirth title
    """.split()  # noqa: SIM905  (a table to read)
)
_NAMES = ("fn", "cn", "displayname", "n")
_LABELS = {"bday": "date of birth", "dateofbirth": "date of birth"}
_NAME = re.compile(r"[^\W\d_][^\W\d_.'’-]{0,30}(?:[ ,]{1,2}[^\W\d_][^\W\d_.'’-]{0,30}){1,3}")
_FOLDED = re.compile(r"\r?\n ")
_INSERT = re.compile(r"\binsert\s{1,9}into\b", re.IGNORECASE)
_TUPLE = re.compile(r"\(((?:[^()'\n]|'[^'\n]{0,500}'){1,2000})\)\s{0,9}[,;]")


def card_rows(text: str) -> str:
    """A row for each card of several, "" for one."""
    return _rows(_by_lines(text.splitlines(), "END:VCARD"))


def entry_rows(text: str) -> str:
    """A row for each entry of LDIF; "" when it is none."""
    if not text.startswith(("dn:", "version:", "#")) or "dn:" not in text[:4_000]:
        return ""
    return _rows(_by_lines(_FOLDED.sub("", text).splitlines(), ""))


def insert_rows(text: str) -> str:
    """A row for each tuple that SQL inserts; "" when it inserts none."""
    start = _INSERT.search(text)
    if not start:
        return ""
    rows = _rows(_inserted(text[start.end() :]))
    return rows and f"{_columns(text[start.end() :])}\n{rows}"


def object_rows(text: str) -> str:
    """A row for each object of the lists in a JSON document."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    lists = [document] if isinstance(document, list) else list(document.values()) if isinstance(document, dict) else []
    objects = (each for found in lists if isinstance(found, list) for each in found if isinstance(each, dict))
    return _rows([(str(key), value) for key, value in each.items() if isinstance(value, str)] for each in objects)


def _rows(records: Iterable[list[tuple[str, str]]]) -> str:
    """The names of fields in the first record, as words, and the rows below; "" for fewer than two."""
    told = [(record, row) for record in islice(records, _MOST) if (row := _row(record))]
    head = " ".join(_LABELS.get(key, key) for key, _ in told[0][0]).strip() if told else ""
    return "\n".join(filter(None, (head, *(row for _, row in told)))) if len(told) > 1 else ""


def _columns(text: str) -> str:
    return " ".join(re.findall(r"\w+", re.split("values", text[:_LONGEST_ROW], maxsplit=1, flags=re.IGNORECASE)[0]))


def _row(fields: list[tuple[str, str]]) -> str:
    """The fields of a record, its name first; "" for a record without."""
    names = dict(reversed(fields))
    parts = [value for key, value in fields if key.lower() in ("first_name", "firstname", "vorname", "given_name")]
    parts += [value for key, value in fields if key.lower() in ("last_name", "lastname", "nachname", "family_name")]
    given = (*(names.get(each, "") for each in _NAMES), " ".join(parts), *(value for _, value in fields))
    name = next((each for each in given if _NAME.fullmatch(each) and not each.islower()), "")
    others = [value for _, value in fields if value not in (name, *parts)]
    return "\t".join((name, *others))[:_LONGEST_ROW] if name and others else ""


def _by_lines(lines: Iterable[str], end: str) -> Iterator[list[tuple[str, str]]]:
    """Records of lines ``name:value``, each up to a line that says the end."""
    fields: list[tuple[str, str]] = []
    for line in lines:
        if line.strip().upper() == end:
            if fields:
                yield fields
            fields = []
            continue
        head, _, value = line.partition(":")
        name, *parameters = head.rpartition(".")[2].split(";")
        if (name := name.lower()) in _FIELDS and (value := _value(value, parameters)):
            fields.append((name, value))
    if fields:
        yield fields


def _value(value: str, parameters: list[str]) -> str:
    if any("QUOTED-PRINTABLE" in each.upper() for each in parameters):
        value = quopri.decodestring(value.encode("utf-8", "replace")).decode("utf-8", "replace")
    elif value.startswith(":"):  # LDIF in base64
        try:
            value = binascii.a2b_base64(value[1:]).decode("utf-8", "replace")
        except binascii.Error:
            return ""
    value = value.strip().removeprefix("tel:").removeprefix("mailto:")
    return " ".join(value.replace(";", " ").split())[:_LONGEST]


def _inserted(text: str) -> Iterator[list[tuple[str, str]]]:
    for match in _TUPLE.finditer(f"{text};"):
        cells = next(csv.reader((match[1],), quotechar="'", skipinitialspace=True), [])
        yield [("", " ".join(cell.split())[:_LONGEST]) for cell in cells if cell.strip()]
