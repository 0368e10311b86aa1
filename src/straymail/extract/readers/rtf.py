"""Rich Text Format: text, headers and footers, embedded objects; fonts, styles and pictures left out."""

from __future__ import annotations

import binascii
import re
from typing import NamedTuple

from straymail.extract.kinds import kind_of
from straymail.extract.reading import Reading, reader_of
from straymail.message.encoded import codec

_TOKEN = re.compile(
    rb"\\([a-z]{1,32})(-?[0-9]{1,9})?[ ]?|\\'([0-9a-fA-F]{2})|\\([^a-z])|([{}])|([^\\{}\r\n]+)", re.DOTALL
)
_SKIP = frozenset(
    (b"fonttbl", b"colortbl", b"stylesheet", b"pict", b"themedata", b"colorschememapping", b"datastore",
     b"latentstyles", b"listtable", b"listoverridetable", b"generator", b"rsidtbl", b"xmlnstbl", b"filetbl")
)  # fmt: skip
_PROPERTIES = frozenset(
    (
        b"title",
        b"subject",
        b"author",
        b"manager",
        b"company",
        b"operator",
        b"keywords",
        b"comment",
        b"doccomm",
        b"propname",
        b"staticval",
        b"sn",  # a property of a shape, its name and then its value
        b"sv",
        b"fldinst",  # what a field is to do: go to an address, mostly
    )
)
_DRAWN = ("gtextUNICODE", "wzDescription")  # a watermark, the alternative text
_ADDRESS = re.compile(r"^\s*HYPERLINK\s+(?:\\l\s+)?\"?([^\"\s]{1,2000})")
# What stands by itself, wherever it is written down.
_APART = frozenset(
    (b"header", b"headerl", b"headerr", b"headerf", b"footer", b"footerl", b"footerr", b"footerf", b"footnote",
     b"annotation", b"shptxt")
)  # fmt: skip
_SHOWN = frozenset((b"annotation", b"shptxt"))  # comments and text boxes, though older programs may pass them over
_BREAKS = {
    **dict.fromkeys((b"par", b"line", b"row", b"page", b"sect"), "\n"),
    **dict.fromkeys((b"tab", b"cell"), "\t"),
    b"emdash": "—",
    b"endash": "–",
    b"bullet": "•",
    b"lquote": "‘",
    b"rquote": "’",
    b"ldblquote": "“",
    b"rdblquote": "”",
}
_MAX_DEPTH = 5_000
_MAX_OBJECTS = 200
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEXADECIMAL = re.compile(rb"[^0-9a-fA-F]+")


class Rtf(NamedTuple):
    """``properties`` are (name, value); ``objects`` the bytes of embedded ones; ``faults`` say what was left out."""

    text: str
    links: list[str]
    properties: list[tuple[str, str]]
    objects: list[bytes]
    faults: list[tuple[str, str]]  # (why, detail) as ``Reading.problem`` takes them


def read_rtf(reading: Reading, data: bytes, _name: str, where: str, depth: int) -> str:
    """Read an RTF document."""
    read_rtf_text(reading, data, where, depth)
    return ""


def read_rtf_text(reading: Reading, data: bytes, where: str, depth: int) -> None:
    """Keep all that RTF holds, a document or the body of a mail."""
    found = rtf_text(data)
    for key, value in found.properties:
        reading.property(where, key, value)
    reading.text(where, found.text)
    reading.text(f"{where}, links", "\n".join(dict.fromkeys(found.links)))
    for why, detail in found.faults:
        reading.problem(where, why, detail)
    for content in found.objects:
        _object(reading, content, f"{where} > object", depth)


def _object(reading: Reading, content: bytes, where: str, depth: int) -> None:
    """An embedded object (MS-OLEDS 2.2): most hold a compound file after a short head."""
    start = content.find(_COMPOUND)
    if start > 0:
        content = content[start:]
    reading.budget.take(len(content))
    if reader_of(kind_of(content)):
        reading.file(content, "", where, depth + 1)
    else:
        reading.budget.file()
        reading.problem(where, "type", "an embedded object")


def rtf_text(data: bytes) -> Rtf:
    """Read RTF; never raises; one pass."""
    state = _Rtf()
    at = 0
    while at < len(data):
        for match in _TOKEN.finditer(data, at):
            if skipped := state.token(match):  # raw bytes, braces and all, that are not to be looked at
                at = match.end() + skipped
                state.raw(data[match.end() : at])
                break
        else:
            break
    state.finish()
    return Rtf("".join(state.out), state.links, state.properties, state.objects, state.faults())


class _Rtf:
    def __init__(self) -> None:
        self.out: list[str] = []
        self.links: list[str] = []
        self.properties: list[tuple[str, str]] = []
        self.objects: list[bytes] = []
        self._charset = "cp1252"
        self._stack: list[tuple[bool, bytes, int]] = []
        self._skip, self._property, self._fallback = False, b"", 1
        self._drop = 0
        self._value: list[str] = []
        self._name = ""  # of the property whose value comes next
        self._object: list[bytes] | None = None  # hexadecimal digits, while inside one
        self._object_depth = 0
        self._deep = self._many = self._cut = False
        self._apart: list[int] = []  # depths of groups that stand by themselves

    def finish(self) -> None:
        """The document ended, in the midst of an object perhaps."""
        if self._object is not None:
            self._end_object(self._object)
        self._cut = bool(self._stack)

    def faults(self) -> list[tuple[str, str]]:
        """What was left out."""
        deep = [("limit", f"RTF nested deeper than {_MAX_DEPTH}")] if self._deep else []
        deep += [("damaged", "RTF that ends too early")] if self._cut and not deep else []
        return deep + ([("limit", f"more than {_MAX_OBJECTS} embedded objects")] if self._many else [])

    def raw(self, data: bytes) -> None:
        """Bytes given as they are (the word ``bin``): of pictures, or of an object."""
        if self._object is not None:
            self._object.append(binascii.hexlify(data))

    def token(self, match: re.Match[bytes]) -> int:
        """Take one token: a control word, an escaped byte, a symbol, a brace, or text.

        Returns how many raw bytes follow it.
        """
        word, number, byte, symbol, brace, text = match.groups()
        if word == b"bin":
            return max(0, int(number or 0))
        if word:
            self._word(word, int(number) if number else None)
        elif byte:
            if self._drop:
                self._drop -= 1
            else:
                self._emit(bytes([int(byte, 16)]).decode(self._charset, "replace"))
        elif symbol:
            self._symbol(symbol)
        elif brace == b"{":
            self._stack.append((self._skip, self._property, self._fallback))
            self._deep = self._deep or len(self._stack) > _MAX_DEPTH
            self._skip = self._skip or len(self._stack) > _MAX_DEPTH
        elif brace:
            self._close()
        elif text and self._object is not None:
            self._object.append(text)
        elif text:
            kept = text[self._drop :]
            self._drop = max(0, self._drop - len(text))
            self._emit(kept.decode(self._charset, "replace"))
        return 0

    def _close(self) -> None:
        if self._object is not None and len(self._stack) <= self._object_depth:
            self._end_object(self._object)
        if self._property and self._value:
            self._end_property(self._property, "".join(self._value))
            self._value.clear()
        if self._apart and self._apart[-1] >= len(self._stack):
            self._apart.pop()
            self.out.append("\n")
        if self._stack:
            self._skip, self._property, self._fallback = self._stack.pop()

    def _end_property(self, word: bytes, value: str) -> None:
        if word in (b"propname", b"sn"):
            self._name = value.strip() if word == b"sn" else value
        elif word == b"sv":
            self.out += [f"\n{value}\n"] if self._name in _DRAWN else []
        elif word == b"fldinst":
            self.links += [match[1] for match in [_ADDRESS.search(value)] if match and "://" in match[1]]
        else:
            self.properties.append((self._name if word == b"staticval" else word.decode(), value))

    def _end_object(self, digits: list[bytes]) -> None:
        text = _HEXADECIMAL.sub(b"", b"".join(digits))
        self._many = self._many or len(self.objects) >= _MAX_OBJECTS
        if text and not self._many:
            self.objects.append(binascii.unhexlify(text[: len(text) // 2 * 2]))
        self._object = None

    def _symbol(self, symbol: bytes) -> None:
        if symbol == b"*":
            self._skip = True
        elif symbol in (b"\\", b"{", b"}"):
            self._emit(symbol.decode())
        elif symbol in (b"~", b"\n", b"\r"):
            self._emit(" " if symbol == b"~" else "\n")
        elif symbol == b"_":
            self._emit("-")

    def _word(self, word: bytes, number: int | None) -> None:
        if word == b"u" and number is not None:
            self._emit(chr(number % 65_536))
            self._drop = self._fallback
        elif word == b"uc":
            self._fallback = min(max(number or 0, 0), 10)
        elif word == b"ansicpg" and number:
            self._charset = codec(f"cp{number}") or "cp1252"
        elif word == b"objdata" and self._object is None:
            self._object, self._object_depth, self._skip = [], len(self._stack), True
        elif word in _SHOWN or word in _APART:
            self._skip = len(self._stack) > _MAX_DEPTH or (self._skip and word not in _SHOWN)
            self._apart += [len(self._stack)]
            self.out.append("\n")
        elif word in _SKIP:
            self._skip = True
        elif word in _PROPERTIES and self._stack:
            self._property = word
        elif word in _BREAKS:
            self._emit(_BREAKS[word])

    def _emit(self, text: str) -> None:
        if self._property:
            self._value.append(text)
        elif not self._skip:
            self.out.append(text)
