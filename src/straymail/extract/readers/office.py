"""Office Open XML and OpenDocument: every text part, so also headers, comments, notes and hidden sheets."""

from __future__ import annotations

import io
import re
import zipfile

import python_calamine

from straymail.extract.kinds import kind_of
from straymail.extract.limits import Unread
from straymail.extract.readers.office_parts import labels, master_text, ornaments, sheet_header
from straymail.extract.reading import Reading, reader_of
from straymail.extract.xml import xml_pairs, xml_text

_SKIPPED = ("theme", "styles", "fonttable", "settings", "numbering", "websettings", "printersettings", "calcchain",
            "tablestyles", "presprops", "viewprops", "webextension")  # fmt: skip
_MASTERS = ("slidemaster", "slidelayout", "notesmaster", "handoutmaster")
_READ_ELSEWHERE = (".xml", ".rels", ".bin", ".vml", ".odttf", ".fntdata", ".ttf", ".xsl")  # .bin: sheets, printers
_SHEET = re.compile(r"xl/worksheets/[^/]{1,80}\.xml$")
_NUMBERED = re.compile(r"\w{1,12} ?[0-9]{1,3}")  # as programs name sheets
_REPLACEMENTS = "ObjectReplacements/"  # pictures of objects that are read themselves
_EMBEDDED = ("/embeddings/", "/media/", "Pictures/", "Object ")


def read_office(reading: Reading, archive: zipfile.ZipFile, data: bytes, kind: str, where: str, depth: int) -> None:
    """Read the parts of a document container."""
    for info in archive.infolist():
        if info.flag_bits & 1:
            raise Unread("encrypted", "document with a password")
        name = info.filename
        if name == "META-INF/manifest.xml" and b"encryption-data" in _part(reading, archive, info):
            raise Unread("encrypted", "document with a password")
    for info in archive.infolist():
        _one(reading, archive, info, kind, where, depth)
    _forget_ornaments(reading, archive, where)
    if kind == "xlsx":
        read_sheets(reading, data, where)


def _forget_ornaments(reading: Reading, archive: zipfile.ZipFile, where: str) -> None:
    """A background or a letterhead, which every document of an organisation has, is no page that nobody read."""
    if not reading.pictures:
        return
    links = [(info.filename, _part(reading, archive, info)) for info in archive.infolist() if _is_links(info.filename)]
    places = {f"{where} > {name}" for name in ornaments(links)}
    reading.pictures = [place for place in reading.pictures if place not in places]


def _is_links(name: str) -> bool:
    return name.endswith(".rels") and name.startswith(("word/", "xl/", "ppt/"))


def _one(reading: Reading, archive: zipfile.ZipFile, info: zipfile.ZipInfo, kind: str, where: str, depth: int) -> None:
    name = info.filename
    base = name.rpartition("/")[2].lower()
    if name.startswith(_REPLACEMENTS):
        return
    if any(mark in f"/{name}" for mark in _EMBEDDED) and not info.is_dir() and not name.endswith((".xml", ".rels")):
        reading.file(_part(reading, archive, info), base, f"{where} > {base}", depth + 1, shown=True)
    elif name.startswith(("docProps/", "docMetadata/")) or name == "meta.xml" or name.endswith(".psmdcp"):
        if name.endswith((".xml", ".psmdcp")):
            content = _part(reading, archive, info)
            level = 3 if name == "meta.xml" else 2
            for key, value in labels(content) if base == "labelinfo.xml" else xml_pairs(content, level=level):
                reading.property(where, key, value)
    elif _is_links(name):
        _links(reading, archive, info, where)
    elif name.endswith(".xml") and _holds_text(name, kind):
        _text(reading, archive, info, f"{where}, {base.removesuffix('.xml')}")
    elif _SHEET.match(name) and kind == "xlsx":
        reading.text(f"{where}, header of {base[:-4]}", sheet_header(archive, info, reading.budget.limits.unpacked))
    elif base == "vbaproject.bin":
        reading.problem(f"{where} > {base}", "type", "macros")
    elif _is_other(name, kind) and not info.is_dir() and not base.endswith(_READ_ELSEWHERE):
        _other(reading, archive, info, f"{where} > {base}", depth)


def _is_other(name: str, kind: str) -> bool:
    """OpenDocument keeps objects of other programs at the top, their names without an ending."""
    return kind != "odf" or name.startswith(("Scripts/", "Obj"))


def _other(reading: Reading, archive: zipfile.ZipFile, info: zipfile.ZipInfo, place: str, depth: int) -> None:
    """Parts of no kind of their own: whole documents that Word shows as if they were its text (altChunk)."""
    content = _part(reading, archive, info)
    if reader_of(kind_of(content)):
        reading.file(content, info.filename.rpartition("/")[2], place, depth + 1)


def _holds_text(name: str, kind: str) -> bool:
    if kind == "odf":
        # Headers and footers stand in styles.xml; what the lists of macros name is in the macros.
        return name.endswith(("content.xml", "styles.xml")) or (name.startswith("Basic/") and "/script-l" not in name)
    if name.lower().rpartition("/")[2].startswith(_SKIPPED):
        return False
    if kind == "xlsx":
        return name.startswith("xl/") and not name.startswith(("xl/worksheets/sheet", "xl/sharedStrings"))
    return name.startswith(("word/", "ppt/", "customXml/"))


def _text(reading: Reading, archive: zipfile.ZipFile, info: zipfile.ZipInfo, place: str) -> None:
    try:
        content = _part(reading, archive, info)
        is_master = info.filename.lower().rpartition("/")[2].startswith(_MASTERS)
        text, fault = master_text(content) if is_master else xml_text(content)
        reading.text(place, text)
        if b'xlink:href="http' in content:
            _addresses(reading, content, "xlink:href", f"{place}, links")
        if fault:
            reading.problem(place, "damaged", fault)
    except Unread as stop:
        if stop.why != "damaged":
            raise
        reading.problem(place, "damaged", stop.text)


def _links(reading: Reading, archive: zipfile.ZipFile, info: zipfile.ZipInfo, where: str) -> None:
    content = _part(reading, archive, info)
    if b"External" in content:
        _addresses(reading, content, "Target", f"{where}, links")


def _addresses(reading: Reading, content: bytes, attribute: str, place: str) -> None:
    targets = [value for name, value in xml_pairs(content, frozenset((attribute,))) if name == attribute]
    reading.text(place, "\n".join(dict.fromkeys(target for target in targets if "://" in target)))


def _part(reading: Reading, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    with archive.open(info) as file:
        content = file.read(reading.budget.room() + 1)
    reading.budget.take(len(content))
    return content


def read_sheets(reading: Reading, data: bytes, where: str) -> None:
    """Values of every sheet of a workbook (xlsx, xls, xlsb, ods), hidden ones included, rows as tab-separated lines."""
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    except python_calamine.PasswordError as error:
        raise Unread("encrypted", "workbook with a password") from error
    except python_calamine.CalamineError as error:
        raise Unread("damaged", "workbook") from error
    for sheet in book.sheets_metadata:
        hidden = " (hidden)" if sheet.visible != python_calamine.SheetVisibleEnum.Visible else ""
        try:
            rows = book.get_sheet_by_name(sheet.name).iter_rows()
            lines = ("\t".join(_cell(cell) for cell in row).rstrip("\t") for row in rows)
            reading.text(f"{where}, sheet {sheet.name}{hidden}", "\n".join(line for line in lines if line))
        except python_calamine.CalamineError:
            reading.problem(f"{where}, sheet {sheet.name}", "damaged", "sheet")
    names = (sheet.name for sheet in book.sheets_metadata)
    reading.text(f"{where}, names of sheets", "\n".join(name for name in names if not _NUMBERED.fullmatch(name)))


def _cell(value: object) -> str:
    """A cell as its reader sees it: whole numbers without a decimal point, so that account numbers stay themselves."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e18:
        return str(int(value))
    return str(value)
