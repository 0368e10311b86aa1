"""Text files, HTML, XML, mail, and encrypted envelopes."""

from __future__ import annotations

from straymail.extract.kinds import kind_of
from straymail.extract.limits import Unread
from straymail.extract.reading import Reading
from straymail.extract.xml import xml_text
from straymail.message import embedded_data, html_to_text, parse_message
from straymail.message.encoded import decode_text


def plain_text(data: bytes) -> str:
    """Decode by byte order mark, by the zero bytes of UTF-16, else as UTF-8 or Windows-1252."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    if len(data) > 1 and not data[1:512:2].strip(b"\0"):
        return data.decode("utf-16-le", "replace")
    if len(data) > 1 and not data[:512:2].strip(b"\0"):
        return data.decode("utf-16-be", "replace")
    return decode_text(data.removeprefix(b"\xef\xbb\xbf"), "")


def read_text(reading: Reading, data: bytes, name: str, where: str, depth: int) -> str:
    """Any text: as it stands, but for HTML (seen as a reader would), XML (its text) and mail (its parts)."""
    kind = kind_of(data)
    if b"-----BEGIN PGP MESSAGE-----" in data[:100_000]:
        reading.problem(where, "encrypted", "PGP")
    if kind == "eml" or name.lower().endswith(".eml"):
        read_mail(reading, data, where, depth)
        return "eml"
    text = plain_text(data)
    if kind == "html":
        reading.text(f"{where}, data", embedded_data(text))
        text = html_to_text(text)
    elif kind in ("xml", "svg"):
        text = xml_text(data)
    reading.text(where, text)
    return ""


def read_mail(reading: Reading, data: bytes, where: str, depth: int) -> None:
    """An attached mail: subject, bodies, and its attachments as files of their own."""
    message = parse_message(data)
    reading.text(f"{where}, subject", message.subject)
    for part in message.parts:
        place = f"{where} > {part.filename or 'part ' + part.path}"
        if part.is_attachment:
            reading.budget.take(len(part.content))
            reading.file(part.content, part.filename, place, depth + 1)
        elif part.content_type == "text/html":
            reading.text(f"{where}, data", embedded_data(part.text()))
            reading.text(where, html_to_text(part.text()))
        else:
            reading.text(where, part.text())


def read_encrypted(_reading: Reading, _data: bytes, _name: str, _where: str, _depth: int) -> str:
    """PGP messages and PKCS #7 envelopes."""
    raise Unread("encrypted", "PGP or S/MIME")


def read_signed(reading: Reading, data: bytes, _name: str, where: str, depth: int) -> str:
    """S/MIME signed data (RFC 8551): the mail inside, when it holds one in clear; detached signatures hold nothing."""
    start = data.find(b"Content-Type:")
    if start >= 0:
        read_mail(reading, data[start:], where, depth + 1)
    return ""
