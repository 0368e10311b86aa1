"""Directories of people: CSV and vCard files as (address, name). Bad entries are reported with file, line and column.

CSV (RFC 4180): the delimiter is told from the first lines; the address is in a column named mail, e-mail, email or
address (or the first column that holds addresses), the name in name, display name, or first and last name.
vCard 2.1, 3.0 and 4.0 (RFC 6350): every EMAIL of a card, with its FN; quoted-printable values of 2.1 are decoded.
"""

from __future__ import annotations

import csv
import quopri
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from straymail.errors import AddressError, ArchiveError
from straymail.message import Address, parse_address

_MAIL = ("e-mail address", "email address", "e-mail", "email", "mail", "smtp", "address", "primary email")
_NAME = ("display name", "displayname", "full name", "name", "cn")
_FIRST = ("first name", "firstname", "given name", "givenname")
_LAST = ("last name", "lastname", "surname", "family name", "sn")
_SAMPLE = 8_192


@dataclass(frozen=True, slots=True)
class Person:
    """One entry."""

    address: Address
    name: str


def read_directory(file: Path, faults: list[ArchiveError]) -> Iterator[Person]:
    """Entries of a CSV (.csv, .tsv, .txt) or vCard (.vcf) file; bad entries go to ``faults``.

    Raises:
        ArchiveError: the file cannot be read, or has no column of addresses.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        text = file.read_text(encoding="cp1252", errors="replace")
    except OSError as error:
        raise ArchiveError(f"cannot be read: {error.strerror}", file=str(file)) from error
    if file.suffix.lower() == ".vcf" or text.lstrip()[:11].upper() == "BEGIN:VCARD":
        yield from _cards(file, text, faults)
    else:
        yield from _rows(file, text, faults)


def _rows(file: Path, text: str, faults: list[ArchiveError]) -> Iterator[Person]:
    try:
        dialect: type[csv.Dialect] | csv.Dialect = csv.Sniffer().sniff(text[:_SAMPLE], delimiters=",;\t|")
    except csv.Error:
        dialect = csv.excel
    rows = list(csv.reader(text.splitlines(), dialect))
    if not rows:
        return
    heads = [head.strip().lower() for head in rows[0]]
    mail = _column(heads, _MAIL)
    first_row = 1
    if mail is None or "@" in rows[0][mail]:
        mail, heads, first_row = _first_with_addresses(file, rows), [], 0
    for number, row in enumerate(rows[first_row:], first_row + 1):
        if not any(cell.strip() for cell in row):
            continue
        cell = row[mail].strip() if mail < len(row) else ""
        try:
            yield Person(parse_address(cell), _name_in(heads, row))
        except AddressError as error:
            where = f"column {mail + 1}" + (f" ({heads[mail]})" if heads else "")
            faults.append(
                ArchiveError(error.problem, file=str(file), line=number, field=where, allowed="name@mod.example")
            )


def _column(heads: Sequence[str], names: Sequence[str]) -> int | None:
    return next((heads.index(name) for name in names if name in heads), None)


def _first_with_addresses(file: Path, rows: Sequence[Sequence[str]]) -> int:
    for column in range(max(len(row) for row in rows)):
        if sum("@" in row[column] for row in rows[:50] if column < len(row)) * 2 >= len(rows[:50]):
            return column
    raise ArchiveError(
        "has no column of addresses", file=str(file), line=1, allowed="a column named mail, e-mail, email or address"
    )


def _name_in(heads: Sequence[str], row: Sequence[str]) -> str:
    def cell(names: Sequence[str]) -> str:
        column = _column(heads, names)
        return row[column].strip() if column is not None and column < len(row) else ""

    return cell(_NAME) or f"{cell(_FIRST)} {cell(_LAST)}".strip()


def _cards(file: Path, text: str, faults: list[ArchiveError]) -> Iterator[Person]:
    name, mails = "", list[tuple[int, str]]()
    for number, line in _unfolded(text):
        head, _, value = line.partition(":")
        key, *parameters = head.upper().split(";")
        key = key.rpartition(".")[2]
        if any("QUOTED-PRINTABLE" in each for each in parameters):
            value = quopri.decodestring(value.encode("utf-8")).decode("utf-8", "replace")
        if key == "BEGIN":
            name, mails = "", []
        elif key == "FN":
            name = value.replace("\\,", ",").replace("\\;", ";").strip()
        elif key == "EMAIL":
            mails.append((number, value.strip().removeprefix("mailto:")))
        elif key == "END":
            yield from _of_card(file, name, mails, faults)


def _of_card(file: Path, name: str, mails: Sequence[tuple[int, str]], faults: list[ArchiveError]) -> Iterator[Person]:
    for number, mail in mails:
        try:
            yield Person(parse_address(mail), name)
        except AddressError as error:
            faults.append(
                ArchiveError(error.problem, file=str(file), line=number, field="EMAIL", allowed="name@mod.example")
            )


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Logical lines with the number of their first: continuation by white space, or by ``=`` in 2.1."""
    number, held = 0, ""
    for at, line in enumerate(text.splitlines(), 1):
        if held and line[:1] in (" ", "\t"):
            held += line[1:]
        elif held.endswith("=") and "QUOTED-PRINTABLE" in held.upper():
            held = held[:-1] + line
        else:
            if held:
                yield number, held
            number, held = at, line
    if held:
        yield number, held
