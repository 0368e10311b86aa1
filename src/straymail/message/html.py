"""HTML to the text a reader sees: one pass, no parser tree, no backtracking; quoted blocks marked with ``> ``.

Hidden text (``display:none``, white on white) is kept: what the recipient's machine receives has left the house.
Scripts, styles and comments are dropped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

from straymail.message.tables import row_line

_BREAK = frozenset(
    """address article aside blockquote br center dd details div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6
    header hr li main nav ol option p pre section summary table tbody thead title tr ul
    """.split()  # noqa: SIM905  (a table to read)
)
_CELL = frozenset(("td", "th"))
_ROWS = frozenset(("table", "tr"))
_RAW = {name: re.compile(f"</{name}", re.IGNORECASE | re.ASCII) for name in ("script", "style")}
_NAME = re.compile(r"/?[a-zA-Z][a-zA-Z0-9:_-]{0,40}")
_OPENING = re.compile(r"<(?=[a-zA-Z/!?])")
_TAG_STOP = re.compile("[>\"']")
_SPACE = re.compile(r"[ \t\r\n\f\u00a0]+")
_TAG = re.compile("<[^<>]*>")
_UNSHOWN = re.compile("<(?:style|script)", re.IGNORECASE)
_SHOWN_AGAIN = re.compile("</(?:style|script)", re.IGNORECASE)
_MAX_QUOTE_DEPTH = 20
_MOST_BLOCKS, _MOST_TYPES, _MOST_DATA = 20, 200, 100_000
_DEEPEST_TABLE, _MOST_EMPTY = 50, 100
_NEXT = "\x01"  # begins a cell, until its row has ended
_NO_WORDS = _NEXT + " "
_AROUND = re.compile(f" ?{_NEXT} ?")
_MOST_LINKS, _LONGEST_LINK = 500, 2_000
_LINK = re.compile("href=", re.IGNORECASE)
_LABEL = re.compile("""[ \\t\\r\\n](?:alt|title)=["']""", re.IGNORECASE)
_SHORTEST_LABEL = 8
_LINK_ENDS = re.compile("[\"'>]")


def html_to_text(html: str, limit: int = 2_000_000) -> str:
    """Text of an HTML document or fragment; lines end in LF; never raises; time linear in the input.

    What lies beyond ``limit`` characters follows as it stands, tags included: nothing is left unseen.
    """
    reader = _Reader()
    reader.read(html[:limit])
    return reader.text() + html[limit:]


def embedded_data(html: str) -> str:
    """What an HTML document says to programs about bookings and the like: JSON-LD blocks, schema.org item types.

    At most 20 blocks and 200 types; "" for most documents.
    """
    if "schema.org" not in html:
        return ""
    pieces: list[str] = []
    at = html.find("ld+json")
    while at >= 0 and len(pieces) < _MOST_BLOCKS:
        start = html.find(">", at) + 1
        end = html.find("</", start) if start else -1
        pieces.append(html[start : end if end >= 0 else None][:_MOST_DATA] if start else "")
        at = html.find("ld+json", max(start, at + 1))
    at = html.find("itemtype=")
    while at >= 0 and len(pieces) < _MOST_BLOCKS + _MOST_TYPES:
        pieces.append(html[at : at + 100].partition(">")[0])
        at = html.find("itemtype=", at + 1)
    return "\n".join(pieces)


def rough_words(html: str) -> set[str]:
    """Words of an HTML document by a look many times cheaper than ``html_to_text``; a tag inside a word parts it."""
    first, *others = html.split("<!--")
    html = " ".join((first, *(other.partition("-->")[2] for other in others)))
    first, *others = _UNSHOWN.split(html)
    pieces = (other[end.end() :] for other in others if (end := _SHOWN_AGAIN.search(other)))
    return set(_unescape(_TAG.sub(" ", " ".join((first, *pieces)))).split())


def links(html: str) -> tuple[str, ...]:
    """Where the links of an HTML document lead (http and https), each once, in order; at most 500, of 2,000 letters.

    A reader sees only the words of a link; whoever gets the message can follow it.
    """
    found: dict[str, None] = {}
    at = _LINK.search(html)
    while at and len(found) < _MOST_LINKS:
        start = at.end() + (html[at.end() : at.end() + 1] in ("'", '"'))
        if html.startswith("http", start):
            match = _LINK_ENDS.search(html, start, start + _LONGEST_LINK)
            end = match.start() if match else start + _LONGEST_LINK
            found[_unescape(html[start:end].strip())] = None
            start = end
        at = _LINK.search(html, start)
    return tuple(found)


@dataclass(slots=True)
class _Table:
    """The first line of the row being read, and where the line of the row before ended."""

    row: int = -1
    ended: int = -1


def labels(html: str) -> tuple[str, ...]:
    """What stands for pictures (``alt``) and beside things (``title``), each once; at most 500 of 2,000 letters."""
    found: dict[str, None] = {}
    at = _LABEL.search(html)
    while at and len(found) < _MOST_LINKS:
        quote = at[0][-1]
        end = html.find(quote, at.end(), at.end() + _LONGEST_LINK)
        label = _SPACE.sub(" ", _unescape(html[at.end() : end if end >= 0 else at.end() + _LONGEST_LINK])).strip()
        if len(label) >= _SHORTEST_LABEL:
            found[label] = None
        at = _LABEL.search(html, max(end, at.end()))
    return tuple(found)


class _Reader:
    def __init__(self) -> None:
        self._tables: list[_Table] = []
        self._lines: list[str] = []
        self._line: list[str] = []
        self._depth = 0
        self._pre = 0

    def text(self) -> str:
        """Everything read so far."""
        self._break()
        for table in reversed(self._tables):
            self._end_row(table)
        text = "\n".join(self._lines)
        if _NEXT in text:
            text = "\n".join(_AROUND.sub(" ", line).strip() for line in text.split("\n"))
        return text.strip("\n")

    def read(self, html: str) -> None:
        """Walk from one ``<`` to the next."""
        html = html.replace(_NEXT, " ")
        at, end = 0, len(html)
        while at < end:
            match = _OPENING.search(html, at)
            self._data(html[at : match.start()] if match else html[at:])
            if not match:
                return
            at = self._markup(html, match.start())

    def _markup(self, html: str, opening: int) -> int:
        """Handle what begins at ``<``; returns where reading goes on."""
        if html.startswith("<!--", opening):
            close = html.find("-->", opening + 4)
            return len(html) if close < 0 else close + 3
        match = _NAME.match(html, opening + 1)
        if not match:
            if html.startswith(("<!", "<?"), opening):
                close = html.find(">", opening)
                return len(html) if close < 0 else close + 1
            self._data("<")
            return opening + 1
        close = _tag_end(html, match.end())
        name = match[0].lower()
        self._tag(name)
        raw = _RAW.get(name)
        if raw:
            ending = raw.search(html, close)
            return ending.start() if ending else len(html)
        return close

    def _tag(self, tag: str) -> None:
        name = tag.removeprefix("/")
        if name in _CELL:
            self._line.append(_NEXT if tag == name and self._tables else " ")
        elif name in _ROWS:
            self._break()
            self._row(tag)
        elif name in _BREAK:
            self._break()
        step = -1 if tag.startswith("/") else 1
        if name == "blockquote":
            self._depth = max(0, self._depth + step)
            self._no_data()
        elif name == "pre":
            self._pre = max(0, self._pre + step)

    def _row(self, tag: str) -> None:
        """A table or a row begins or ends."""
        if tag == "table":
            self._line.clear()
            self._no_data()
            if len(self._tables) < _DEEPEST_TABLE:
                self._tables.append(_Table())
        elif self._tables:
            table = self._tables[-1]
            self._end_row(table)
            if tag == "tr":
                table.row = len(self._lines)
            elif tag == "/table":
                self._tables.pop()

    def _no_data(self) -> None:
        """Rows that hold a table or a quotation are none of data."""
        for table in self._tables:
            table.row = -1

    def _end_row(self, table: _Table) -> None:
        """Make one line of the row that ends here, if it is one of data; no blank line stands between two."""
        start, table.row = table.row, -1
        self._line.clear()
        if start < 0 or start >= len(self._lines):
            return
        prefix = "> " * min(self._depth, _MAX_QUOTE_DEPTH)
        lines = [line.removeprefix(prefix) for line in self._lines[start:]]
        cells = [cell.split("\n") for cell in "\n".join(lines).split(_NEXT)[1:]]
        line = row_line(cells)
        if not line:
            return
        if start and start - 1 == table.ended and not self._lines[start - 1]:
            start -= 1
        self._lines[start:] = [prefix + line]
        table.ended = len(self._lines)

    def _data(self, data: str) -> None:
        if not data:
            return
        if "&" in data:
            data = _unescape(data)
        if not self._pre:
            self._line.append(_SPACE.sub(" ", data))
            return
        first, *rest = data.split("\n")
        self._line.append(first)
        for line in rest:
            self._break()
            self._line.append(line)

    def _break(self) -> None:
        line = _SPACE.sub(" ", "".join(self._line)).strip()
        self._line.clear()
        if line and not line.strip(_NO_WORDS):
            self._line += _NEXT * min(line.count(_NEXT), _MOST_EMPTY)
            line = ""
        if line or (self._lines and self._lines[-1]):
            self._lines.append("> " * min(self._depth, _MAX_QUOTE_DEPTH) + line if line else "")


def _unescape(data: str) -> str:
    try:
        return unescape(data)
    except ValueError:  # a numeric reference of thousands of digits
        return data


def _tag_end(html: str, at: int) -> int:
    """Offset after the ``>`` that closes a tag; quotes after ``=`` protect what they hold."""
    while match := _TAG_STOP.search(html, at):
        at = match.end()
        if match[0] == ">":
            return at
        if html[max(0, match.start() - 20) : match.start()].rstrip().endswith("="):
            close = html.find(match[0], at)
            if close < 0:
                return len(html)
            at = close + 1
    return len(html)
