"""The text of XML documents, streamed; entities are refused (billion laughs), external ones never fetched."""

from __future__ import annotations

from xml.sax import SAXException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

import defusedxml.sax
from defusedxml import DefusedXmlException

from straymail.extract.limits import Unread

_BREAKS = frozenset(
    ("p", "h", "tr", "row", "si", "br", "cr", "line-break", "comment", "table-row", "note", "sp", "placemark", "tab",
     "title", "subject", "creator", "description", "keywords", "t", "name", "cm", "text")
)  # fmt: skip
_MAX_DEPTH = 1_000


class _Texts(ContentHandler):
    def __init__(self, attributes: frozenset[str]) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.pairs: list[tuple[str, str]] = []
        self._wanted = attributes
        self._depth = 0
        self._name = ""
        self._value: list[str] = []

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802  (the interface's name)
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise Unread("limit", "XML nested too deeply")
        self._name = attrs.get("name", "") or name.rpartition(":")[2] if self._depth == 2 else self._name
        for attribute in self._wanted.intersection(attrs.getNames()):
            self.pairs.append((attribute, attrs[attribute]))

    def endElement(self, name: str) -> None:  # noqa: N802
        self._depth -= 1
        local = name.rpartition(":")[2].lower()
        mark = "\t" if local == "tab" else "\n" if local in _BREAKS and name not in ("w:t", "a:t") else ""
        if mark and self.pieces and self.pieces[-1] != mark:
            self.pieces.append(mark)
        if self._depth == 1:
            self.pairs.append((self._name, "".join(self._value)))
            self._value.clear()

    def characters(self, content: str) -> None:
        self.pieces.append(content)
        self._value.append(content)


def _parse(data: bytes, attributes: frozenset[str] = frozenset()) -> _Texts:
    handler = _Texts(attributes)
    try:
        defusedxml.sax.parseString(data, handler, forbid_dtd=False, forbid_entities=True, forbid_external=True)
    except DefusedXmlException as error:
        raise Unread("damaged", f"XML that defines entities ({type(error).__name__})") from error
    except SAXException as error:
        if not handler.pieces:
            raise Unread("damaged", "not well-formed XML") from error
    return handler


def xml_text(data: bytes) -> str:
    """All character data, a line for each paragraph; what stands before a fault is kept.

    Raises:
        Unread: entities are defined, nesting is too deep, or nothing could be read.
    """
    return "".join(_parse(data).pieces)


def xml_pairs(data: bytes, attributes: frozenset[str] = frozenset()) -> list[tuple[str, str]]:
    """(name, text) of each child of the root, and of each of these attributes anywhere."""
    return [(name, value) for name, value in _parse(data, attributes).pairs if value.strip()]
