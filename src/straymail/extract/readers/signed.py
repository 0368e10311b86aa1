"""What is signed, out of S/MIME and other CMS (RFC 5652): the mail or file inside, where the signature holds it."""

from __future__ import annotations

from straymail.extract.crypto import armoured
from straymail.extract.limits import Unread
from straymail.extract.reading import Reading

_SEQUENCE, _SET, _IDENTIFIER, _NUMBER, _OCTETS, _PIECES, _INSIDE = 0x30, 0x31, 0x06, 0x02, 0x04, 0x24, 0xA0
_MAX_PIECES = 1_000_000
_NAMES = (".p7m", ".p7s", ".p7b", ".p7c")
_MAIL = b"content-type:"


def read_signed(reading: Reading, data: bytes, name: str, where: str, depth: int) -> str:
    """The content as a file of its own; a signature that stands beside what it signs holds nothing to read."""
    content = signed_content(armoured(data) if data.startswith(b"-----") else data)
    if content:
        reading.budget.take(len(content))
        inner = name[:-4] if name.lower().endswith(_NAMES) else name
        mail = content[:2_000].lower().lstrip().startswith((_MAIL, b"mime-version:"))
        reading.file(content, "mail.eml" if mail else inner, f"{where} > signed content", depth + 1)
    return ""


def signed_content(data: bytes) -> bytes:
    """The eContent of SignedData; b"" for a detached signature; of a damaged one what looks like mail.

    Raises:
        Unread: these bytes are no signed data.
    """
    try:
        return _content(data)
    except IndexError as error:
        start = data.find(b"Content-Type:")
        if start < 0:
            raise Unread("damaged", "S/MIME") from error
        return data[start:]


def _content(data: bytes) -> bytes:
    at = _into(data, 0, _SEQUENCE)
    at = _into(data, _over(data, at, _IDENTIFIER), _INSIDE)
    at = _over(data, _into(data, at, _SEQUENCE), _NUMBER)
    tag, start, size = _head(data, _over(data, at, _SET))
    if tag != _SEQUENCE:
        raise IndexError
    at = _over(data, start, _IDENTIFIER)
    if 0 <= size <= at - start or data[at] != _INSIDE:  # what follows the sequence begins with the same tag
        return b""
    return _octets(data, _into(data, at, _INSIDE))


def _octets(data: bytes, at: int) -> bytes:
    """An octet string, whole or (BER) in pieces."""
    tag, start, size = _head(data, at)
    if tag == _OCTETS:
        return data[start : start + size]
    if tag != _PIECES:
        raise IndexError
    end = len(data) if size < 0 else start + size
    pieces: list[bytes] = []
    while start < end and data[start] == _OCTETS and len(pieces) < _MAX_PIECES:
        _tag, start, size = _head(data, start)
        pieces.append(data[start : start + size])
        start += size
    return b"".join(pieces)


def _into(data: bytes, at: int, wanted: int) -> int:
    tag, start, _size = _head(data, at)
    if tag != wanted:
        raise IndexError
    return start


def _over(data: bytes, at: int, wanted: int) -> int:
    tag, start, size = _head(data, at)
    if tag != wanted or size < 0:
        raise IndexError
    return start + size


def _head(data: bytes, at: int) -> tuple[int, int, int]:
    """(tag, where the value starts, its length or -1 when indefinite); IndexError past the end."""
    tag, first = data[at], data[at + 1]
    if first < 0x80:
        return tag, at + 2, first
    if first == 0x80:
        return tag, at + 2, -1
    count = first & 0x7F
    data[at + 1 + count]
    return tag, at + 2 + count, int.from_bytes(data[at + 2 : at + 2 + count], "big")
