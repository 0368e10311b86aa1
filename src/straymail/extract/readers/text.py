"""Text files, HTML, XML, mail, and encrypted envelopes."""

from __future__ import annotations

import re
from itertools import islice

from straymail.extract.kinds import is_named_html, is_named_mail, is_named_xml, kind_of, wide_codec
from straymail.extract.limits import Unread
from straymail.extract.mail import Header, body_texts, is_cut, read_block, read_header
from straymail.extract.readers.cards import read_lines, unfolded
from straymail.extract.readers.records import card_rows, entry_rows, insert_rows, object_rows
from straymail.extract.readers.web import read_html
from straymail.extract.reading import Reading
from straymail.extract.xml import xml_text
from straymail.message import Part, parse_message
from straymail.message.encoded import decode_text

_LOCKED = {
    "pkcs12": "a store of keys (PKCS #12)",
    "rights": "a message under rights management",
    "locked": "by a program of its own, with a password or key",
}
_MAX_SOURCE = 2_000_000  # characters
_MAX_POSITIONS = 200
# Positions in GML (latitude first, as EPSG:4326 has them) and in tracks of training computers (TCX).
_POSITION = re.compile(
    r"<gml:pos(?:List)?\b[^<>]{0,200}>\s{0,40}(-?[0-9]{1,2}\.[0-9]{1,15})\s{1,9}(-?[0-9]{1,3}\.[0-9]{1,15})"
    r"|<LatitudeDegrees>(-?[0-9.]{1,20})</LatitudeDegrees>\s{0,40}<LongitudeDegrees>(-?[0-9.]{1,20})</"
)
_ESCAPED = re.compile(r"\\u([0-9A-Fa-f]{4})")
_RECORDS = {"vcf": (card_rows,), "text": (entry_rows, insert_rows), "json": (object_rows,)}
_FROM = re.compile(rb"(?:\A\s{0,4}|(?<=\n))From [^\n]{1,200}\n(?=[!-9;-~]{1,70}:)")


def plain_text(data: bytes) -> str:
    """Decode by byte order mark, by the zero bytes of UTF-16, else as UTF-8 or Windows-1252."""
    wide = wide_codec(data)
    return data.decode(wide, "replace") if wide else decode_text(data.removeprefix(b"\xef\xbb\xbf"), "")


def read_text(reading: Reading, data: bytes, name: str, where: str, depth: int) -> str:
    """Any text: as it stands, but for HTML (seen as a reader would), XML (its text) and mail (its parts)."""
    kind = kind_of(data)
    if b"-----BEGIN PGP MESSAGE-----" in data[:100_000]:
        reading.problem(where, "encrypted", "PGP")
    if kind == "mbox":
        read_mailbox(reading, data, where, depth)
    elif kind == "eml" or name.lower().endswith(".eml") or (kind == "text" and is_named_mail(name)):
        read_mail(reading, data, where, depth)
        return "eml"
    elif kind in ("xml", "svg") or (kind == "html" and is_named_xml(name)):
        _xml(reading, data, kind, where)
    elif kind == "html" or (kind == "text" and is_named_html(name)):
        read_html(reading, plain_text(data), where, depth)
        return "html"
    else:
        text = _card(reading, data, where, depth) if kind in ("ics", "vcf") else _plain(reading, data, kind, where)
        for rows_of in _RECORDS.get(kind, ()):
            reading.text(f"{where}, records", rows_of(text))
    return ""


def _plain(reading: Reading, data: bytes, kind: str, where: str) -> str:
    text = plain_text(data)
    reading.text(where, _unescaped(text) if kind == "json" and "\\u" in text else text)
    return text


def _unescaped(text: str) -> str:
    """JSON with its letters beyond ASCII as letters: most programs write them as numbers (RFC 8259 section 7)."""
    plain = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _xml(reading: Reading, data: bytes, kind: str, where: str) -> None:
    """The text, and the source as it stands: settings keep their passwords in attributes, and names say what they are.

    Drawings (SVG) are without the source: numbers all over.
    """
    try:
        text, fault = xml_text(data)
        reading.text(where, text)
    except Unread as stop:
        if reading.budget.text >= reading.budget.limits.text:
            raise
        fault = ""
        reading.problem(where, stop.why, stop.text)
    if kind == "svg":
        if fault:
            reading.problem(where, "damaged", fault)
        return
    source = plain_text(data)
    reading.text(f"{where}, source", source[:_MAX_SOURCE])
    places = islice(_POSITION.finditer(source[:_MAX_SOURCE]), _MAX_POSITIONS)
    reading.text(
        f"{where}, positions", "\n".join(f"lat {each[1] or each[3]} lon {each[2] or each[4]}" for each in places)
    )
    if len(source) > _MAX_SOURCE:
        reading.problem(where, "limit", f"only the first {_MAX_SOURCE} characters of its attributes")
        if fault:
            reading.problem(where, "damaged", fault)


def read_mail(reading: Reading, data: bytes, where: str, depth: int) -> None:
    """An attached mail: header, bodies, and its attachments as files of their own."""
    message = parse_message(data)
    _header(reading, read_header(message, where))
    for part in message.parts:
        place = f"{where} > {part.filename or 'part ' + part.path}"
        if part.content_type == "message/rfc822":
            _header(reading, read_block(part.content, place))
        elif part.is_attachment:
            reading.budget.take(len(part.content))
            shown = part.disposition != "attachment"
            reading.file(part.content, part.filename, place, depth + 1, shown=shown)
        else:
            _body(reading, part, where)


def _header(reading: Reading, header: Header) -> None:
    for place, text in header.texts:
        reading.text(place, text)
    for place, name, value in header.labels:
        reading.property(place, name, value)


def _body(reading: Reading, part: Part, where: str) -> None:
    for place, text in body_texts(part, where):
        reading.text(place, text)
    if is_cut(part):
        reading.problem(where, "limit", f"a text of {len(part.content)} bytes")


def read_mailbox(reading: Reading, data: bytes, where: str, depth: int) -> None:
    """A mailbox (RFC 4155): each message as an attached mail."""
    starts = [match.start() for match in _FROM.finditer(data)]
    for number, (start, end) in enumerate(zip(starts, [*starts[1:], len(data)], strict=True), 1):
        reading.budget.file()
        mail = data[start:end].lstrip().partition(b"\n")[2]
        read_mail(reading, mail, f"{where} > message {number}", depth)


def _card(reading: Reading, data: bytes, where: str, depth: int) -> str:
    """The text of a calendar or card; files in it are read as such."""
    if wide_codec(data):
        data = plain_text(data).encode("utf-8", "replace")
    card = read_lines(plain_text(unfolded(data)))
    reading.text(where, card.text)
    for name, content in card.files:
        reading.budget.take(len(content))
        reading.file(content, name, f"{where} > {name}", depth + 1, shown=True)
    return card.text


def read_encrypted(reading: Reading, data: bytes, _name: str, where: str, _depth: int) -> str:
    """PGP messages, CMS envelopes, key stores, mail under rights management."""
    raise Unread("encrypted", _LOCKED.get(kind_of(data), "PGP or S/MIME"))
