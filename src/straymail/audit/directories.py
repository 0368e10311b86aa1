"""Directories of people: CSV and vCard files as (address, name). Bad entries are reported with file, line and column.

Text is UTF-8, UTF-16 with its mark, or Windows-1252. CSV (RFC 4180): the delimiter is told from the first lines, or
from Excel's ``sep=;``; what PowerShell writes above (``#TYPE``) is passed over. The address is in a column named mail,
e-mail, email or address (or the first column that holds addresses), the name in name, display name, or first and last
name, in English or German; further addresses stand in columns of their own, as Outlook exports them, or in one cell
after ``;`` or ``:::``. Who has none is left out. vCard 2.1, 3.0 and 4.0 (RFC 6350): every EMAIL of a card, with its FN
or N; quoted-printable values of 2.1 are decoded by their CHARSET.
"""

from __future__ import annotations

import csv
import io
import quopri
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from straymail.errors import AddressError, ArchiveError
from straymail.message import Address, parse_address
from straymail.message.encoded import decode_text

DIRECTORIES = frozenset((".csv", ".tsv", ".vcf", ".vcard"))
"""Names of directories end so; names of mail do not."""

_MAIL = (
    "e-mail address",
    "email address",
    "primarysmtpaddress",
    "windowsemailaddress",
    "emailaddress",
    "e-mail",
    "email",
    "mail",
    "smtp",
    "address",
    "primary email",
    "e-mail 1 - value",
    "e-mail-adresse",
    "emailadresse",
    "mailadresse",
)
_MORE = re.compile(r"e-?mail[ -]?(?:(?:address|adresse) ?)?[2-9](?:[ -]+(?:address|adresse|value))?")
_NAME = ("display name", "displayname", "full name", "name", "cn", "anzeigename", "vollständiger name")
_FIRST = ("first name", "firstname", "given name", "givenname", "vorname")
_LAST = ("last name", "lastname", "surname", "family name", "sn", "nachname", "familienname")
_SAMPLE = 8_192
_MOST_NULS = 100  # one in so many characters


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
    text = _text(file)
    if file.suffix.lower() in (".vcf", ".vcard") or text.lstrip()[:11].upper() == "BEGIN:VCARD":
        yield from _cards(file, text, faults)
    else:
        yield from _rows(file, text, faults)


def _text(file: Path) -> str:
    try:
        data = file.read_bytes()
    except OSError as error:
        raise ArchiveError(f"cannot be read: {error.strerror}", file=str(file)) from error
    try:
        text = data.decode("utf-16" if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    if text.count("\0") * _MOST_NULS > len(text):
        raise ArchiveError("is no text", file=str(file), allowed="UTF-8, UTF-16 with its mark, Windows-1252")
    return text.replace("\0", "\ufffd")


def _rows(file: Path, text: str, faults: list[ArchiveError]) -> Iterator[Person]:
    dialect, above = _dialect(text)
    rows = list(_numbered_rows(file, text, dialect, faults))[above:]
    if not rows:
        return
    heads = [head.strip().lower() for head in rows[0][1]]
    first_row = 1
    if any("@" in head for head in heads):
        heads, first_row = [], 0
    mail = _column(heads, _MAIL)
    if mail is None or not _addresses(rows[first_row:], mail):  # "Address" may be a street
        mail = _first_with_addresses(file, [row for _, row in rows[first_row:]], mail)
    for number, row in rows[first_row:]:
        if not any(cell.strip() for cell in row):
            continue
        yield from _of_row(file, number, heads, row, mail, faults)
        for column in (at for at, head in enumerate(heads) if _MORE.fullmatch(head)):
            if column != mail and column < len(row) and row[column].strip():
                yield from _of_row(file, number, heads, row, column, faults)


def _of_row(
    file: Path, number: int, heads: Sequence[str], row: Sequence[str], column: int, faults: list[ArchiveError]
) -> Iterator[Person]:
    cell = row[column].strip() if column < len(row) else ""
    if not cell and column < len(row):
        return  # who has no address cannot be written to
    name = " ".join(_name_in(heads, row).split())
    for written in _several(cell):
        before, angle, inside = written.removesuffix(">").rpartition("<")
        try:
            yield Person(parse_address(_bare(inside)), name or (before.strip(' "') if angle else ""))
        except AddressError as error:
            where = f"column {column + 1}" + (f" ({heads[column]})" if heads else "")
            faults.append(
                ArchiveError(error.problem, file=str(file), line=number, field=where, allowed="name@mod.example")
            )


def _several(cell: str) -> list[str]:
    """The values of a cell that holds several, as Google and Exchange write them."""
    values = [cell] if '"@' in cell else re.split(r" ::: |;", cell)
    return [value.strip() for value in values if value.strip()] or [cell]


def _bare(written: str) -> str:
    """The address without ``mailto:`` or ``SMTP:`` before it."""
    return re.sub(r"^\s*(?:mailto|smtp):", "", written, flags=re.IGNORECASE).strip()


def _dialect(text: str) -> tuple[type[csv.Dialect] | csv.Dialect, int]:
    """How the cells are parted, and how many rows stand above the table."""
    first = text[:_SAMPLE].lstrip("\r\n").partition("\n")[0].strip().strip('"').lower()
    above = int(first.startswith(("sep=", "#type ")))
    if first.startswith("sep=") and len(first) == len("sep=;"):
        return type("Told", (csv.excel,), {"delimiter": first[-1]}), above
    try:
        sample = text[:_SAMPLE].partition("\n")[2] if above else text[:_SAMPLE]
        return csv.Sniffer().sniff(sample, delimiters=",;\t|"), above
    except csv.Error:
        return csv.excel, above


def _numbered_rows(
    file: Path, text: str, dialect: type[csv.Dialect] | csv.Dialect, faults: list[ArchiveError]
) -> Iterator[tuple[int, list[str]]]:
    """Rows with the number of the line each begins on; a row that cannot be read is a fault."""
    reader = csv.reader(io.StringIO(text, newline=""), dialect)
    while True:
        number = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            faults.append(ArchiveError(f"no row: {error}", file=str(file), line=number))
            continue
        yield number, row


def _column(heads: Sequence[str], names: Sequence[str]) -> int | None:
    return next((heads.index(name) for name in names if name in heads), None)


def _addresses(rows: Sequence[tuple[int, Sequence[str]]], column: int) -> bool:
    """Whether the column holds an address, or there are no rows to tell."""
    return not rows or any("@" in row[column] for _, row in rows if column < len(row))


def _first_with_addresses(file: Path, rows: Sequence[Sequence[str]], named: int | None) -> int:
    filled = [row for row in rows if any(cell.strip() for cell in row)][:50]
    for column in range(max((len(row) for row in filled), default=0)):
        if sum("@" in row[column] for row in filled if column < len(row)) * 2 >= len(filled):
            return column
    if named is not None:
        return named
    raise ArchiveError(
        "has no column of addresses", file=str(file), line=1, allowed="a column named mail, e-mail, email or address"
    )


def _name_in(heads: Sequence[str], row: Sequence[str]) -> str:
    def cell(names: Sequence[str]) -> str:
        column = _column(heads, names)
        return row[column].strip() if column is not None and column < len(row) else ""

    return cell(_NAME) or f"{cell(_FIRST)} {cell(_LAST)}".strip()


def _cards(file: Path, text: str, faults: list[ArchiveError]) -> Iterator[Person]:
    name, mails, cards, opened = "", list[tuple[int, str]](), 0, 0
    for number, line in _unfolded(text):
        key, parameters, value = _property(line)
        cards += key == "BEGIN"
        if any("QUOTED-PRINTABLE" in each for each in parameters):
            charset = next((each.partition("=")[2] for each in parameters if each.startswith("CHARSET=")), "")
            value = decode_text(quopri.decodestring(value.encode("utf-8")), charset)
        if key == "BEGIN":
            if opened:
                yield from _unended(file, opened, name, mails, faults)
            name, mails, opened = "", [], number
        elif key == "FN":
            name = _plain(value) or name
        elif key == "N" and not name:
            name = " ".join(filter(None, map(_plain, reversed(re.split(r"(?<!\\);", value)[:2]))))
        elif key == "EMAIL":
            if value.strip():
                mails.append((number, _bare(value)))
        elif key == "END":
            yield from _of_card(file, name, mails, faults)
            mails, opened = [], 0
    if opened:
        yield from _unended(file, opened, name, mails, faults)
    if not cards:
        faults.append(ArchiveError("holds no card", file=str(file), allowed="BEGIN:VCARD ... END:VCARD"))


def _plain(value: str) -> str:
    return " ".join(value.replace("\\,", ",").replace("\\;", ";").split())


def _unended(
    file: Path, number: int, name: str, mails: Sequence[tuple[int, str]], faults: list[ArchiveError]
) -> Iterator[Person]:
    faults.append(ArchiveError("the card has no end; it was read all the same", file=str(file), line=number))
    yield from _of_card(file, name, mails, faults)


def _property(line: str) -> tuple[str, list[str], str]:
    """Name without its group, parameters in upper case, and value; a colon in a quoted parameter parts nothing."""
    quoted, at = False, 0
    while at < len(line) and (quoted or line[at] != ":"):
        quoted ^= line[at] == '"'
        at += 1
    key, *parameters = line[:at].upper().split(";")
    return key.rpartition(".")[2], parameters, line[at + 1 :]


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
        if held.endswith("=") and "QUOTED-PRINTABLE" in held.upper():
            held = held[:-1] + line
        elif held and line[:1] in (" ", "\t"):
            held += line[1:]
        else:
            if held:
                yield number, held
            number, held = at, line
    if held:
        yield number, held
