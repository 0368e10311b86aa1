"""Rich Text Format: text, headers and footers included; fonts, styles and pictures left out."""

from __future__ import annotations

import re

from straymail.extract.reading import Reading
from straymail.message.encoded import codec

_TOKEN = re.compile(
    rb"\\([a-z]{1,32})(-?[0-9]{1,9})?[ ]?|\\'([0-9a-fA-F]{2})|\\([^a-z])|([{}])|([^\\{}\r\n]+)", re.DOTALL
)
_SKIP = frozenset(
    (b"fonttbl", b"colortbl", b"stylesheet", b"pict", b"objdata", b"themedata", b"colorschememapping", b"datastore",
     b"latentstyles", b"listtable", b"listoverridetable", b"generator", b"rsidtbl", b"xmlnstbl", b"filetbl", b"fldinst")
)  # fmt: skip
_PROPERTIES = frozenset(
    (b"title", b"subject", b"author", b"manager", b"company", b"operator", b"keywords", b"comment", b"doccomm")
)
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


def read_rtf(reading: Reading, data: bytes, _name: str, where: str, _depth: int) -> str:
    """Read an RTF document."""
    text, properties = rtf_text(data)
    for key, value in properties:
        reading.property(where, key, value)
    reading.text(where, text)
    return ""


def rtf_text(data: bytes) -> tuple[str, list[tuple[str, str]]]:
    """Text, and (name, value) of the document's properties; never raises; one pass."""
    state = _Rtf()
    for match in _TOKEN.finditer(data):
        state.token(match)
    return "".join(state.out), state.properties


class _Rtf:
    def __init__(self) -> None:
        self.out: list[str] = []
        self.properties: list[tuple[str, str]] = []
        self._charset = "cp1252"
        self._stack: list[tuple[bool, bytes, int]] = []
        self._skip, self._property, self._fallback = False, b"", 1
        self._drop = 0
        self._value: list[str] = []

    def token(self, match: re.Match[bytes]) -> None:
        """Take one token: a control word, an escaped byte, a symbol, a brace, or text."""
        word, number, byte, symbol, brace, text = match.groups()
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
            self._skip = self._skip or len(self._stack) > _MAX_DEPTH
        elif brace:
            self._close()
        elif text:
            kept = text[self._drop :]
            self._drop = max(0, self._drop - len(text))
            self._emit(kept.decode(self._charset, "replace"))

    def _close(self) -> None:
        if self._property and self._value:
            self.properties.append((self._property.decode(), "".join(self._value)))
            self._value.clear()
        if self._stack:
            self._skip, self._property, self._fallback = self._stack.pop()

    def _symbol(self, symbol: bytes) -> None:
        if symbol == b"*":
            self._skip = True
        elif symbol in (b"\\", b"{", b"}"):
            self._emit(symbol.decode())
        elif symbol in (b"~", b"\n", b"\r"):
            self._emit(" " if symbol == b"~" else "\n")

    def _word(self, word: bytes, number: int | None) -> None:
        if word == b"u" and number is not None:
            self._emit(chr(number % 65_536))
            self._drop = self._fallback
        elif word == b"uc":
            self._fallback = min(max(number or 0, 0), 10)
        elif word == b"ansicpg" and number:
            self._charset = codec(f"cp{number}") or "cp1252"
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
