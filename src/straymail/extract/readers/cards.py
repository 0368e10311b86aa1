"""Lines of calendars and cards (RFC 5545, RFC 6350, vCard 2.1): put together, decoded, their attached files apart."""

from __future__ import annotations

import binascii
import quopri
import re
from typing import NamedTuple

from straymail.extract.kinds import is_text
from straymail.message.encoded import decode_text

_FOLD = re.compile(rb"\r?\n[ \t]")
_ESCAPED = re.compile(r"\\([nN,;\\])")
_CODED = re.compile(r"(?i);(?:encoding=)?(?:quoted-printable|base64)\b|;encoding=b\b|;base64,")
_HEAD = re.compile(r"[A-Za-z0-9.\-]{1,60}(?:;(?:[^:\";\n]|\"[^\"\n]{0,500}\"){1,500}){0,20}:")
_CHARSET = re.compile(r"(?i);charset=\"?([\w\-]{1,40})")
_NAME = re.compile(r"(?i);(?:x-)?(?:file-?name|label)=\"?([^\";:\n]{1,200})")
_MOST_FILES = 50


class Card(NamedTuple):
    """The text, and (name, content) of the files that stand in it."""

    text: str
    files: list[tuple[str, bytes]]


def unfolded(data: bytes) -> bytes:
    """Lines put together again: before they are decoded, as a fold may stand within a letter."""
    return _FOLD.sub(b"", data)


def read_lines(text: str) -> Card:
    """The text of unfolded lines, escaped line breaks and commas as such, what is coded decoded; never raises."""
    files: list[tuple[str, bytes]] = []
    if _CODED.search(text):
        text = _decoded(text.splitlines(), files)
    return Card(_ESCAPED.sub(lambda match: "\n" if match[1] in "nN" else match[1], text), files)


def holds_files(data: bytes) -> bool:
    """Whether a calendar or card may hold files, which only the worker reads."""
    upper = data.upper()
    return any(mark in upper for mark in (b"BASE64", b"ENCODING=B"))


def _decoded(lines: list[str], files: list[tuple[str, bytes]]) -> str:
    out: list[str] = []
    at = 0
    while at < len(lines):
        line, at = lines[at], at + 1
        match = _HEAD.match(line)
        head = match[0] if match else ""
        value = line[len(head) :]
        if "quoted-printable" in head.lower():
            pieces = [value]
            while pieces[-1].endswith("=") and at < len(lines):  # goes on in the next line
                pieces[-1] = pieces[-1][:-1]
                pieces.append(lines[at])
                at += 1
            value = _printable("".join(pieces), head)
            head = f"{head.partition(';')[0]}:"
        elif head and _CODED.search(f"{head}{value[:100]}"):
            value = _bytes(value, head, files)
        out.append(f"{head}{value}")
    return "\n".join(out)


def _printable(value: str, head: str) -> str:
    charset = _CHARSET.search(head)
    data = quopri.decodestring(value.encode("utf-8", "replace"))
    return decode_text(data, charset[1] if charset else "").replace("\r\n", "\n")


def _bytes(value: str, head: str, files: list[tuple[str, bytes]]) -> str:
    """What is written in base64, when it is text; a file is put aside."""
    _, mark, coded = value.partition(";base64,")
    try:
        data = binascii.a2b_base64("".join((coded if mark else value).split()), strict_mode=True)
    except binascii.Error:
        return value
    if data and is_text(data[:4_096]) and not data.startswith((b"%PDF-", b"{\\rtf")):
        return decode_text(data, "")
    if len(files) < _MOST_FILES and data:
        name = _NAME.search(head)
        files.append((name[1].strip() if name else head.partition(";")[0].strip(":").lower(), data))
    return ""
