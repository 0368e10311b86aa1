"""The text of XML documents, streamed; entities are refused (billion laughs), external ones never fetched."""

from __future__ import annotations

from xml.sax import SAXException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

import defusedxml.sax
from defusedxml import DefusedXmlException

from straymail.extract.limits import Unread
from straymail.message.tables import row_line

_BREAKS = frozenset(
    ("p", "h", "tr", "row", "si", "br", "cr", "line-break", "comment", "table-row", "note", "sp", "placemark", "tab",
     "title", "desc", "subject", "creator", "description", "keywords", "t", "name", "cm", "text", "v", "f")
)  # fmt: skip
_ROWS = frozenset(("tr", "table-row", "Row", "row"))
_CELLS = frozenset(("tc", "td", "th", "table-cell", "covered-table-cell", "Cell", "cell"))
_TABLES = tuple(_ROWS | _CELLS)
_SHAPES = ("docPr", "cNvPr", "v:shape", "v:rect")
_LABELS = ("title", "descr", "alt")  # of a shape: its alternative text
_REPEATED, _MOST_REPEATED = "table:number-columns-repeated", 60
_MAX_DEPTH = 1_000
_FAULT = "not well-formed XML"
_CHARACTERS = {"tab": "\t", "nobreakhyphen": "-"}


class _Row:
    """A row of a table: the piece it begins with, those its cells begin with, and whether it holds a table itself."""

    def __init__(self, start: int) -> None:
        self.start = start
        self.cells: list[int] = []
        self.holds_table = False

    def line(self, pieces: list[str]) -> str:
        """The row as one line, "" when it is none of data."""
        if self.holds_table or not self.cells:
            return ""
        bounds = zip(self.cells, [*self.cells[1:], len(pieces)], strict=True)
        return row_line(["".join(pieces[start:end]).split("\n") for start, end in bounds])


class Texts(ContentHandler):
    """Gathers text in ``pieces``; in ``pairs`` (name, text) of elements at ``level``, and of ``attributes``."""

    def __init__(self, attributes: frozenset[str] = frozenset(), level: int = 2) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.pairs: list[tuple[str, str]] = []
        self._wanted, self._level = attributes, level
        self._depth = 0
        self._name = ""
        self._value: list[str] = []
        self._rows: list[_Row] = []

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802  (the interface's name)
        """Take the opening of an element."""
        self._depth += 1
        if name.endswith(_SHAPES):
            self.pieces += [f"{label}\n" for label in map(attrs.get, _LABELS) if label]
        if name.endswith(_TABLES):
            self._table(name.rpartition(":")[2], attrs)
        if self._depth > _MAX_DEPTH:
            raise Unread("limit", "XML nested too deeply")
        if self._depth == self._level:
            self._name = attrs.get("name", "") or attrs.get("meta:name", "") or name.rpartition(":")[2]
        for attribute in self._wanted.intersection(attrs.getNames()):
            self.pairs.append((attribute, attrs[attribute]))
        if name == "v:textpath" and attrs.get("string", ""):  # a watermark of words
            self.pieces.append(f"\n{attrs['string']}\n")

    def endElement(self, name: str) -> None:  # noqa: N802
        """Take the end of an element."""
        self._depth -= 1
        if self._rows and name.endswith(_TABLES) and name.rpartition(":")[2] in _ROWS:
            row = self._rows.pop()
            if line := row.line(self.pieces):
                self.pieces[row.start :] = [line]
        local = name.rpartition(":")[2].lower()
        mark = " " if name == "text:s" else _CHARACTERS.get(local, "")
        if not mark and local in _BREAKS and name not in ("w:t", "a:t"):
            mark = "\n"
        if mark and self.pieces and self.pieces[-1] != mark:
            self.pieces.append(mark)
        if self._depth == self._level - 1:
            self.pairs.append((self._name, "".join(self._value)))
            self._value.clear()

    def _table(self, local: str, attrs: AttributesImpl) -> None:
        """A row or a cell begins; a cell that stands for several is as many."""
        if local in _ROWS:
            if self._rows:
                self._rows[-1].holds_table = True
            if self.pieces and self.pieces[-1] != "\n":
                self.pieces.append("\n")
            self._rows.append(_Row(len(self.pieces)))
        elif local in _CELLS and self._rows:
            times = attrs.get(_REPEATED, "1")
            count = min(int(times), _MOST_REPEATED) if times.isdecimal() and len(times) < 10 else 1
            self._rows[-1].cells += [len(self.pieces)] * count

    def characters(self, content: str) -> None:
        """Take text."""
        self.pieces.append(content)
        self._value.append(content)


def parse_xml(data: bytes, handler: Texts) -> str:
    """Parse; returns what was wrong, "" when nothing.

    Raises:
        Unread: entities are defined, nesting is too deep, or nothing could be read.
    """
    try:
        defusedxml.sax.parseString(data, handler, forbid_dtd=False, forbid_entities=True, forbid_external=True)
    except DefusedXmlException as error:
        raise Unread("damaged", f"XML that defines entities ({type(error).__name__})") from error
    except SAXException as error:
        if not handler.pieces:
            raise Unread("damaged", _FAULT) from error
        return f"{_FAULT} after {len(handler.pieces)} pieces of text"
    return ""


def xml_text(data: bytes) -> tuple[str, str]:
    """All character data, a line for each paragraph, and what was wrong ("" or that the text ends at a fault).

    Raises:
        Unread: entities are defined, nesting is too deep, or nothing could be read.
    """
    handler = Texts()
    fault = parse_xml(data, handler)
    return "".join(handler.pieces), fault


def xml_pairs(data: bytes, attributes: frozenset[str] = frozenset(), level: int = 2) -> list[tuple[str, str]]:
    """(name, text) of each element at this level (the root's children are 2), and of each of these attributes."""
    handler = Texts(attributes, level)
    parse_xml(data, handler)
    return [(name, value) for name, value in handler.pairs if value.strip()]


class _Leaves(ContentHandler):
    """Values under the name of the nearest element that is not RDF's own (``rdf:li`` in ``dc:title``)."""

    def __init__(self) -> None:
        super().__init__()
        self.pairs: list[tuple[str, str]] = []
        self._names: list[str] = []
        self._value: list[str] = []

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802
        if len(self._names) >= _MAX_DEPTH:
            raise Unread("limit", "XML nested too deeply")
        inherited = self._names[-1] if self._names else name
        self._names.append(inherited if name.startswith("rdf:") else name)
        self._value.clear()
        self.pairs += [
            (key, value) for key, value in attrs.items() if not key.startswith(("xmlns", "rdf:", "xml:", "x:"))
        ]

    def endElement(self, _name: str) -> None:  # noqa: N802
        name = self._names.pop()
        if value := "".join(self._value).strip():
            self.pairs.append((name, value))
        self._value.clear()

    def characters(self, content: str) -> None:
        self._value.append(content)


def xml_leaves(data: bytes) -> list[tuple[str, str]]:
    """(name with prefix, text) of the innermost elements and of attributes, as metadata in RDF has them.

    Raises:
        Unread: as ``xml_text``.
    """
    handler = _Leaves()
    try:
        defusedxml.sax.parseString(data, handler, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    except (DefusedXmlException, SAXException) as error:
        if not handler.pairs:
            raise Unread("damaged", _FAULT) from error
    return handler.pairs
