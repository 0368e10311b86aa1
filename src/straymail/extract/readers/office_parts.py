"""Parts of Office documents that say little, but where banners and ornaments stand: headers, masters of slides."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable
from html import unescape
from xml.sax.xmlreader import AttributesImpl

from straymail.extract.xml import Texts, parse_xml

_START = re.compile(rb"<(?:[a-z]{1,9}:)?headerFooter\b")
_END = re.compile(rb"</(?:[a-z]{1,9}:)?headerFooter>")
_TAG = re.compile(r"<[^<>]{1,200}>")
# Codes of headers (ECMA-376 18.3.1.39): sections, then fonts, colours, sizes, fields. Two && are one.
_SECTION = re.compile(r"&[LCR]")
_CODE = re.compile(r'&(?:"[^"]{0,100}"|K[0-9A-F]{2}(?:[0-9A-F]{4}|[+-][0-9]{3})|[0-9]{1,3}|[A-Z])')
_CHUNK = 1 << 20
_LONGEST = 1 << 16
_MARGIN = 64  # bytes; longer than the opening tag


class _Labels(Texts):
    """Gathers the labels of ``docMetadata/LabelInfo.xml`` (MS-OFFCRYPTO 2.6.4) that were not taken away."""

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802
        """Take one label."""
        super().startElement(name, attrs)
        identifier = attrs.get("id", "").strip("{}")
        off = attrs.get("removed", "0") in ("1", "true") or attrs.get("enabled", "1") in ("0", "false")
        if name.endswith("label") and identifier and not off:
            self.pairs.append((f"MSIP_Label_{identifier}_Name", attrs.get("name", "") or f"label {identifier}"))


def labels(content: bytes) -> list[tuple[str, str]]:
    """Sensitivity labels of a document, as properties of the older kind: mostly only their identifiers are told."""
    handler = _Labels()
    parse_xml(content, handler)
    return [pair for pair in handler.pairs if pair[0].startswith("MSIP_Label_")]


_MEDIA = re.compile(rb"media/([^\"'/<>]{1,200})[\"']")
_ORNAMENTAL = ("slidemaster", "slidelayout", "notesmaster", "handoutmaster", "theme", "header", "footer")


def ornaments(links: Iterable[tuple[str, bytes]]) -> frozenset[str]:
    """Names of pictures, lower case, that only masters, headers and footers show; takes (name, content) of .rels."""
    names: dict[bool, set[str]] = {True: set(), False: set()}
    for name, content in links:
        ornamental = name.rpartition("/")[2].lower().startswith(_ORNAMENTAL)
        names[ornamental].update(each.decode("utf-8", "replace").lower() for each in _MEDIA.findall(content))
    return frozenset(names[True] - names[False])


def sheet_header(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> str:
    """Header and footer of a worksheet, "" for most; they stand at its end, so at most ``most`` bytes are looked at.

    The cells are read elsewhere, and are not kept here.
    """
    kept, seen = b"", 0
    with archive.open(info) as file:
        while seen <= most and (chunk := file.read(_CHUNK)):
            seen += len(chunk)
            kept += chunk
            if start := _START.search(kept):
                return header_text(kept[start.start() :] + file.read(_LONGEST))
            kept = kept[-_MARGIN:]
    return ""


def header_text(part: bytes) -> str:
    """Text of a ``headerFooter`` element and what follows it, without codes."""
    end = _END.search(part)
    source = part[: end.start() if end else _LONGEST].decode("utf-8", "replace")
    return without_codes(unescape(_TAG.sub("\n", source)))


def without_codes(text: str) -> str:
    """Lines of a sheet's headers, each once, without the codes of sections, fonts and fields."""
    text = text.replace("&&", "\0")
    lines = (line.strip() for line in _CODE.sub("", _SECTION.sub("\n", text)).replace("\0", "&").splitlines())
    return "\n".join(dict.fromkeys(line for line in lines if line))


class _Master(Texts):
    """Leaves out placeholders: what stands in them is an invitation to click, the same in most presentations."""

    def __init__(self) -> None:
        super().__init__()
        self._shapes: list[int] = []
        self._placeholder = False

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802  (the interface's name)
        super().startElement(name, attrs)
        local = name.rpartition(":")[2]
        if local == "sp":
            self._shapes.append(len(self.pieces))
            self._placeholder = False
        elif local == "ph":
            self._placeholder = attrs.get("type", "") not in ("ftr", "hdr")

    def endElement(self, name: str) -> None:  # noqa: N802
        super().endElement(name)
        if name.rpartition(":")[2] == "sp" and self._shapes:
            start = self._shapes.pop()
            if self._placeholder:
                del self.pieces[start:]
            self._placeholder = False


def master_text(data: bytes) -> tuple[str, str]:
    """Text of a slide master or layout, and what was wrong; as ``xml_text``."""
    handler = _Master()
    fault = parse_xml(data, handler)
    return "".join(handler.pieces), fault
