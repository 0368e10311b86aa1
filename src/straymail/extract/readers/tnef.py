"""TNEF ("winmail.dat", MS-OXTNEF): body and attached files."""

from __future__ import annotations

import struct

from straymail.extract.limits import Unread
from straymail.extract.readers.lzfu import find_rtf
from straymail.extract.readers.rtf import read_rtf_text
from straymail.extract.readers.text import plain_text
from straymail.extract.reading import Reading
from straymail.message import html_to_text
from straymail.message.encoded import decode_text

_ATTRIBUTE = struct.Struct("<BII")
_SUBJECT, _BODY = 0x00018004, 0x0002800C
_RENDER, _TITLE, _DATA = 0x00069002, 0x00018010, 0x0006800F
_HTML = b"\x02\x01\x13\x10\1\0\0\0"  # PR_HTML in bytes, one value
_PROPS, _ATTACH_PROPS = 0x00069003, 0x00069005


def read_tnef(reading: Reading, data: bytes, _name: str, where: str, depth: int) -> str:
    """Walk the attributes in order; a title names the data before or after it."""
    at, name, content = 6, "", b""
    while at + _ATTRIBUTE.size <= len(data):
        _level, tag, size = _ATTRIBUTE.unpack_from(data, at)
        at += _ATTRIBUTE.size
        value = data[at : at + size]
        if len(value) < size:
            raise Unread("damaged", "TNEF ends too early")
        at += size + 2
        if tag == _RENDER:
            _attach(reading, name, content, where, depth)
            name, content = "", b""
        elif tag in (_SUBJECT, _BODY):
            reading.text(where, decode_text(value.rstrip(b"\0"), ""))
        elif tag == _TITLE:
            name = decode_text(value.rstrip(b"\0"), "")
        elif tag == _DATA:
            content = value
        elif tag in (_PROPS, _ATTACH_PROPS):
            reading.text(f"{where}, properties", wide_strings(value))
            reading.text(where, html_to_text(plain_text(_html(value))))
            for body in find_rtf(value):
                reading.budget.take(len(body))
                read_rtf_text(reading, body, where, depth)
    _attach(reading, name, content, where, depth)
    return ""


def _html(properties: bytes) -> bytes:
    """The body that is kept as HTML; b"" when there is none."""
    at = properties.find(_HTML)
    if at < 0 or at + len(_HTML) + 4 > len(properties):
        return b""
    (size,) = struct.unpack_from("<I", properties, at + len(_HTML))
    start = at + len(_HTML) + 4
    return properties[start : start + size].rstrip(b"\0")


def _attach(reading: Reading, name: str, content: bytes, where: str, depth: int) -> None:
    if content:
        reading.file(content, name, f"{where} > {name or 'file'}", depth + 1)


def wide_strings(data: bytes, shortest: int = 8) -> str:
    """Runs of UTF-16 text in binary data, as MAPI keeps it; one pass."""
    runs = data.decode("utf-16-le", "replace")
    return "\n".join(
        run
        for run in runs.split("\0")
        if len(run) >= shortest and run.isprintable() and sum(c.isascii() for c in run) * 2 > len(run)
    )
