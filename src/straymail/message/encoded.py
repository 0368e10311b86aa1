"""RFC 2047 encoded words in header values, and charsets as mail names them. Linear; never raises."""

from __future__ import annotations

import binascii
import codecs
import quopri
import re
import unicodedata
from functools import lru_cache

# Each repeat ends at a character the next cannot begin with, so there is nothing to backtrack into.
_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]{0,8000})\?=")
_SURROGATE = re.compile("[\ud800-\udfff]")
_ALIASES = {"unicode-1-1-utf-7": "utf-7", "x-sjis": "cp932", "ks_c_5601-1987": "cp949", "x-gbk": "gbk", "gb2312": "gbk"}
_NOT_TEXT = frozenset({"base64", "bz2", "hex", "quopri", "rot_13", "uu", "zlib", "idna", "punycode", "undefined"})


@lru_cache(maxsize=512)
def codec(charset: str) -> str:
    """Python codec for a charset label; "" when unknown (RFC 2231 language tags after ``*`` are dropped)."""
    label = charset.strip().strip("\"'").partition("*")[0].lower()
    label = _ALIASES.get(label, label)
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        return ""
    base = name.replace("-codec", "").replace("_codec", "")
    if base in _NOT_TEXT or name in ("unicode_escape", "raw_unicode_escape", "mbcs", "oem"):
        return ""
    return "cp1252" if name in ("ascii", "iso8859-1") else name  # as WHATWG Encoding: a superset of both


def decode_text(data: bytes, charset: str) -> str:
    """Bytes to NFC text: as UTF-8 when they are, else by the label, else Windows-1252; never raises."""
    name = codec(charset) if charset else ""
    if name in ("", "cp1252", "utf-8"):
        try:
            return _nfc(data.decode("utf-8"))
        except UnicodeDecodeError:
            pass
    try:
        return _nfc(data.decode(name or "cp1252", "replace"))
    except (UnicodeError, ValueError, LookupError):
        return _nfc(data.decode("utf-8", "replace"))


def _nfc(text: str) -> str:
    """NFC, and no half of a surrogate pair: UTF-7 can write one, and no other encoding can say it again."""
    return text if text.isascii() else unicodedata.normalize("NFC", _SURROGATE.sub("\ufffd", text))


def header_text(data: bytes) -> str:
    """A raw header value as text: UTF-8 (RFC 6532), else Windows-1252."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def decode_words(value: str) -> str:
    """Decode every encoded word; white space between two of them vanishes (RFC 2047 section 6.2)."""
    if "=?" not in value:
        return _nfc(value)
    pieces: list[str] = []
    pending: tuple[str, bytes] | None = None  # adjacent words of one charset may split a character
    end = 0
    for match in _WORD.finditer(value):
        between = value[end : match.start()]
        end = match.end()
        data = _payload(match[2], match[3])
        charset = match[1]
        if pending and not between.strip() and pending[0].lower() == charset.lower():
            pending = (charset, pending[1] + data)
            continue
        if pending:
            pieces.append(decode_text(pending[1], pending[0]))
        if not pending or between.strip():
            pieces.append(between)
        pending = (charset, data)
    if pending:
        pieces.append(decode_text(pending[1], pending[0]))
    pieces.append(value[end:])
    return _nfc("".join(pieces))


def _payload(encoding: str, text: str) -> bytes:
    raw = text.encode("utf-8", "replace")
    if encoding in "qQ":
        return quopri.decodestring(raw.replace(b"_", b" "))
    return decode_base64(raw)


def decode_base64(data: bytes) -> bytes:
    """Lenient base64 as mail clients do it: foreign characters skipped, missing padding supplied."""
    runs = data.translate(None, _FOREIGN).split(b"=")  # data after padding is read too: it can hide there
    return b"".join(_decode_run(run) for run in runs if run)


def _decode_run(run: bytes) -> bytes:
    spare = len(run) % 4
    return binascii.a2b_base64(run[: len(run) - (spare == 1)] + b"=" * (-spare % 4 if spare != 1 else 0))


_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_FOREIGN = bytes(set(range(256)) - set(_ALPHABET))
