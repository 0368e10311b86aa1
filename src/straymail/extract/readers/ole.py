"""Compound files: Word, Excel and PowerPoint of 1997-2003, Outlook messages, and encrypted new documents."""

from __future__ import annotations

import io
import struct

import olefile  # type: ignore[import-untyped]  # ships no types

from straymail.extract.limits import Unread
from straymail.extract.mail import read_block
from straymail.extract.readers import ole_parts
from straymail.extract.readers.lzfu import unpack
from straymail.extract.readers.office import read_sheets
from straymail.extract.readers.ole_properties import STREAM, own_properties
from straymail.extract.readers.rtf import read_rtf_text
from straymail.extract.reading import Reading
from straymail.message import html_to_text
from straymail.message.encoded import decode_text

_MAX_STREAMS = 5_000
_DRAWINGS = 0x022A  # where the shapes of a Word document are
_PACKED = ("\x01Ole10Native", "Package", "package_stream", "CONTENTS")  # the last: a PDF
_SHOWN_ONLY = ("\x02OlePres", "\x01Ole", "\x01CompObj", "\x03")  # a picture of an object, and what it is
_META = ("title", "subject", "author", "keywords", "comments", "last_saved_by", "company", "manager", "category")
_MSG_TEXT = {"0037": "subject", "1000": "", "0E04": "to", "0E03": "cc", "0C1A": "from"}
_MSG_HTML, _MSG_RTF, _MSG_HEADER = "1013", "1009", "007D"


def read_ole(reading: Reading, data: bytes, _name: str, where: str, depth: int) -> str:
    """Tell which program's file it is by its streams, and read it."""
    with olefile.OleFileIO(io.BytesIO(data), raise_defects=olefile.DEFECT_FATAL) as ole:
        streams = ole.listdir(streams=True, storages=False)[:_MAX_STREAMS]
        names = {stream[0] for stream in streams if len(stream) == 1}
        if names & {"EncryptedPackage", "\tDRMContent"}:
            raise Unread("encrypted", "document with a password")
        _metadata(reading, ole, where)
        embedded = _embedded(reading, ole, streams, where, depth) + _inside(reading, ole, streams, where, depth)
        if any(stream[-1].startswith("__substg1.0_") for stream in streams):
            _msg(reading, ole, streams, where, depth)
            return "ole"
        if "WordDocument" in names:
            reading.text(where, _word(reading, ole))
        elif names & {"Workbook", "Book"}:
            _beside_cells(reading, _stream(reading, ole, ["Workbook" if "Workbook" in names else "Book"]), where)
            read_sheets(reading, data, where)
        elif "PowerPoint Document" in names:
            _presentation(reading, ole, where, depth)
        elif not embedded and not all(stream[-1].startswith(_SHOWN_ONLY) for stream in streams):
            raise Unread("type", "a compound file of an unknown program")
    return ""


def _stream(reading: Reading, ole: olefile.OleFileIO, path: list[str]) -> bytes:
    size = ole.get_size(path)
    reading.budget.take(size)
    content: bytes = ole.openstream(path).read()
    return content


def _embedded(reading: Reading, ole: olefile.OleFileIO, streams: list[list[str]], where: str, depth: int) -> int:
    """Files packed into the document (MS-OLEDS 2.3.6, and whole files as they are); returns how many."""
    count = 0
    for path in streams:
        if path[-1] not in _PACKED:
            continue
        content, name = _stream(reading, ole, path), ""
        if path[-1] == "\x01Ole10Native":
            label, _, rest = content[6:].partition(b"\0")
            _path, _, rest = rest.partition(b"\0")
            size = struct.unpack_from("<I", rest, 4)[0]  # two words, then the length of a temporary path
            length = struct.unpack_from("<I", rest, 8 + size)[0]
            name, content = decode_text(label, ""), rest[12 + size : 12 + size + length]
        reading.file(content, name, f"{where} > {name or 'object'}", depth + 1)
        count += 1
    return count


def _inside(reading: Reading, ole: olefile.OleFileIO, streams: list[list[str]], where: str, depth: int) -> int:
    """Documents kept inside this one as folders of their own; returns how many."""
    found = ole_parts.folders(streams)
    for paths in found.values():
        content = ole_parts.compound({path[-1]: _stream(reading, ole, path) for path in paths})
        if content:
            reading.file(content, "", f"{where} > object", depth + 1)
        else:
            reading.problem(f"{where} > object", "limit", "a document of more than 7 MB inside another")
    return len(found)


def _metadata(reading: Reading, ole: olefile.OleFileIO, where: str) -> None:
    meta = ole.get_metadata()
    for key in _META:
        value = getattr(meta, key, None)
        if isinstance(value, bytes) and value:
            reading.property(where, key, decode_text(value, ""))
    if ole.exists(STREAM):
        for name, text in own_properties(_stream(reading, ole, [STREAM])):
            reading.property(where, name, text)


def _word(reading: Reading, ole: olefile.OleFileIO) -> str:
    """Text by the piece table (MS-DOC 2.4.1): body, notes, headers, comments and text boxes alike."""
    main = _stream(reading, ole, ["WordDocument"])
    flags = struct.unpack_from("<H", main, 10)[0]
    if flags & 0x0100:
        raise Unread("encrypted", "document with a password")
    table = _stream(reading, ole, ["1Table" if flags & 0x0200 else "0Table"])
    start, size = struct.unpack_from("<II", main, 0x01A2)
    clx = table[start : start + size]
    at = 0
    while at < len(clx) and clx[at] == 1:
        at += 3 + struct.unpack_from("<H", clx, at + 1)[0]
    if at >= len(clx) or clx[at] != 2:
        raise Unread("damaged", "Word document without a piece table")
    length = struct.unpack_from("<I", clx, at + 1)[0]
    text = _pieces(reading, main, clx[at + 5 : at + 5 + length])
    start, size = struct.unpack_from("<II", main, _DRAWINGS)
    return "\n".join((text, *ole_parts.shape_words(table[start : start + size])))


def _pieces(reading: Reading, main: bytes, table: bytes) -> str:
    count = (len(table) - 4) // 12
    ends = struct.unpack_from(f"<{count + 1}I", table, 0)
    out: list[str] = []
    for number in range(count):
        place = struct.unpack_from("<I", table, 4 * (count + 1) + 8 * number + 2)[0]
        length = max(0, ends[number + 1] - ends[number])
        if place & 0x4000_0000:
            start = (place & 0x3FFF_FFFF) // 2
            text = main[start : start + length].decode("cp1252", "replace")
        else:
            text = main[place : place + 2 * length].decode("utf-16-le", "replace")
        reading.budget.take(len(text))
        out.append(text)
    return "".join(out).replace("\r", "\n").replace("\x07", "\t").replace("\x0b", "\n")


def _beside_cells(reading: Reading, stream: bytes, where: str) -> None:
    if ole_parts.is_locked_workbook(stream):
        raise Unread("encrypted", "workbook with a password")
    notes, headers = ole_parts.sheet_notes(stream)
    labels = ole_parts.shape_words(ole_parts.sheet_drawings(stream))
    reading.text(f"{where}, comments", "\n".join(filter(None, (notes, *labels))))
    reading.text(f"{where}, headers", headers)


def _presentation(reading: Reading, ole: olefile.OleFileIO, where: str, depth: int) -> None:
    if ole.exists("Current User") and ole_parts.is_locked_presentation(_stream(reading, ole, ["Current User"])):
        raise Unread("encrypted", "presentation with a password")
    stream = _stream(reading, ole, ["PowerPoint Document"])
    reading.text(where, "\n".join((_powerpoint(stream), *ole_parts.shape_words(stream))))
    for content in ole_parts.packed_objects(stream, reading.budget.room() + 1):
        reading.budget.take(len(content))
        reading.file(content, "", f"{where} > object", depth + 1)


def _powerpoint(data: bytes) -> str:
    """Text atoms (MS-PPT 2.9.42): containers are entered, other records passed over."""
    out: list[str] = []
    at = 0
    while at + 8 <= len(data):
        version, kind, size = struct.unpack_from("<HHI", data, at)
        at += 8
        if version & 0xF == 0xF:
            continue
        if kind in (0x0FA0, 0x0FBA):
            out.append(data[at : at + size].decode("utf-16-le", "replace"))
        elif kind == 0x0FA8:
            out.append(data[at : at + size].decode("latin-1"))
        at += size
    return "\n".join(out).replace("\r", "\n")


def _msg(reading: Reading, ole: olefile.OleFileIO, streams: list[list[str]], where: str, depth: int) -> None:
    """An Outlook message (MS-OXMSG): subject, people, bodies, attachments; embedded messages by their streams."""
    files: dict[str, dict[str, bytes]] = {}
    for path in streams:
        tag, kind = path[-1][12:16].upper(), path[-1][16:20].upper()
        if tag in ("3701", "3707", "3704") and len(path) > 1:
            files.setdefault("/".join(path[:-1]), {})[tag] = _stream(reading, ole, path)
        elif tag == _MSG_RTF:
            body = unpack(_stream(reading, ole, path))
            reading.budget.take(len(body))
            read_rtf_text(reading, body, where, depth)
        elif tag == _MSG_HEADER or (tag.startswith("8") and kind == "001F"):
            _header(reading, _string(_stream(reading, ole, path), kind), tag, where)
        elif tag in _MSG_TEXT or tag == _MSG_HTML:
            text = _string(_stream(reading, ole, path), kind)
            reading.text(
                f"{where}, {_MSG_TEXT[tag]}" if _MSG_TEXT.get(tag) else where,
                html_to_text(text) if tag == _MSG_HTML else text,
            )
    for found in files.values():
        if "3701" in found:
            name = _string(found.get("3707") or found.get("3704") or b"", "001F")
            reading.file(found["3701"], name, f"{where} > {name or 'file'}", depth + 1)


def _header(reading: Reading, text: str, tag: str, where: str) -> None:
    """What an Outlook message's header says, and labels it keeps as a property of its own."""
    if tag != _MSG_HEADER:
        if not text.startswith("MSIP_Label_"):
            return
        text = f"msip_labels: {text}"
    header = read_block(text.encode(), where)
    for place, each in header.texts:
        if not place.endswith(", subject"):  # it has a place of its own
            reading.text(place, each)
    for place, name, value in header.labels:
        reading.property(place, name, value)


def _string(data: bytes, kind: str) -> str:
    text = data.decode("utf-16-le", "replace") if kind == "001F" else decode_text(data, "")
    return text.rstrip("\0")
