"""What stands on the pages of a PDF without being their text: form fields, comments, stamps, links, attached files."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pypdfium2  # type: ignore[import-untyped]  # ships no types
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

from straymail.extract.limits import Unread
from straymail.extract.reading import Reading
from straymail.extract.xml import xml_text

_LONGEST = 1 << 20  # bytes of one string
_MAX_NOTES = 20_000  # of a document; one takes about 20 microseconds
_MAX_FILES = 100
_MAX_PACKETS = 50
_WRITTEN = frozenset((pdfium.FPDF_FORMFIELD_TEXTFIELD, pdfium.FPDF_FORMFIELD_COMBOBOX, pdfium.FPDF_FORMFIELD_LISTBOX))
_Handle = Any  # pointers of the native library


class Note(NamedTuple):
    """One annotation: ``kind`` is "form", "comments" or "links"."""

    kind: str
    text: str


class Notes:
    """Reads the annotations of one document, page by page, within bounds for the whole of it."""

    def __init__(self, reading: Reading, document: pypdfium2.PdfDocument, where: str, depth: int) -> None:
        self._reading, self._document, self._where, self._depth = reading, document, where, depth
        self._left, self._files = _MAX_NOTES, _MAX_FILES

    def read_page(self, page: pypdfium2.PdfPage, number: int) -> None:
        """Keep the texts of a page's annotations, a text for each kind."""
        count = pdfium.FPDFPage_GetAnnotCount(page)
        if count <= 0 or self._left <= 0:
            return
        found: dict[str, list[str]] = {}
        for index in range(min(count, self._left)):
            for note in self._one(page, index):
                found.setdefault(note.kind, []).append(note.text)
        for kind, texts in found.items():
            self._reading.text(f"{self._where}, page {number}, {kind}", "\n".join(dict.fromkeys(texts)))
        self._left -= count
        if self._left <= 0:
            self._reading.problem(self._where, "limit", f"more than {_MAX_NOTES} comments, links and form fields")

    def _one(self, page: pypdfium2.PdfPage, index: int) -> Iterator[Note]:
        annotation = pdfium.FPDFPage_GetAnnot(page, index)
        if not annotation:
            return
        try:
            yield from self._read(annotation)
        finally:
            pdfium.FPDFPage_CloseAnnot(annotation)

    def _read(self, annotation: _Handle) -> Iterator[Note]:
        kind = pdfium.FPDFAnnot_GetSubtype(annotation)
        if kind == pdfium.FPDF_ANNOT_LINK:
            if address := self._address(annotation):
                yield Note("links", address)
            return
        if kind == pdfium.FPDF_ANNOT_WIDGET:
            if value := self._field(annotation):
                yield Note("form", value)
            return
        if kind == pdfium.FPDF_ANNOT_FILEATTACHMENT:
            self._file(annotation)
        if kind != pdfium.FPDF_ANNOT_POPUP and (said := _key(annotation, b"Contents") or _rich(annotation)):
            yield Note("comments", said)

    def _address(self, annotation: _Handle) -> str:
        link = pdfium.FPDFAnnot_GetLink(annotation)
        action = pdfium.FPDFLink_GetAction(link) if link else None
        if not action or pdfium.FPDFAction_GetType(action) != pdfium.PDFACTION_URI:
            return ""
        data = _filled(lambda buffer, size: pdfium.FPDFAction_GetURIPath(self._document, action, buffer, size))
        return data.rstrip(b"\0").decode("utf-8", "replace")

    def _field(self, annotation: _Handle) -> str:
        """``name: value`` of a field somebody may have written in."""
        form = self._document.formenv
        if form is None:
            return _key(annotation, b"V")
        if pdfium.FPDFAnnot_GetFormFieldType(form, annotation) not in _WRITTEN:
            return ""
        value = _wide(lambda buffer, size: pdfium.FPDFAnnot_GetFormFieldValue(form, annotation, buffer, size))
        name = _wide(lambda buffer, size: pdfium.FPDFAnnot_GetFormFieldName(form, annotation, buffer, size))
        return f"{name}: {value}" if value.strip() else ""

    def _file(self, annotation: _Handle) -> None:
        attachment = pdfium.FPDFAnnot_GetFileAttachment(annotation)
        if attachment and self._files > 0:
            self._files -= 1
            read_attachment(
                self._reading, pypdfium2.PdfAttachment(attachment, self._document), self._where, self._depth
            )


def read_attachment(reading: Reading, attachment: pypdfium2.PdfAttachment, where: str, depth: int) -> None:
    """Read a file attached to a document or a page; one without content is said to be damaged."""
    name = attachment.get_name()
    try:
        content = bytes(attachment.get_data())
    except pypdfium2.PdfiumError:
        reading.problem(f"{where} > {name}", "damaged", "a file attached to the PDF")
        return
    reading.budget.take(len(content))
    reading.file(content, name, f"{where} > {name}", depth + 1)


def read_filled_form(reading: Reading, document: pypdfium2.PdfDocument, where: str) -> None:
    """What was filled into a form of Adobe's second kind (XFA): its data are a packet of XML."""
    for index in range(min(pdfium.FPDF_GetXFAPacketCount(document), _MAX_PACKETS)):
        if _packet_name(document, index) != b"datasets":
            continue
        try:
            text, fault = xml_text(_packet(document, index))
        except Unread as stop:
            text, fault = "", stop.text
        reading.text(f"{where}, form", text)
        if fault:
            reading.problem(f"{where}, form", "damaged", fault)


def _packet_name(document: pypdfium2.PdfDocument, index: int) -> bytes:
    return _filled(lambda buffer, size: pdfium.FPDF_GetXFAPacketName(document, index, buffer, size)).rstrip(b"\0")


def _packet(document: pypdfium2.PdfDocument, index: int) -> bytes:
    """Content of a packet; b"" when it is longer than a string may be, which reads as damaged."""
    size = ctypes.c_ulong()
    pdfium.FPDF_GetXFAPacketContent(document, index, None, 0, size)
    if size.value > _LONGEST:
        return b""
    buffer = ctypes.create_string_buffer(size.value)
    pdfium.FPDF_GetXFAPacketContent(document, index, buffer, len(buffer), size)
    return buffer.raw


def _key(annotation: _Handle, key: bytes) -> str:
    return _wide(lambda buffer, size: pdfium.FPDFAnnot_GetStringValue(annotation, key, buffer, size))


def _rich(annotation: _Handle) -> str:
    """The text of a comment that has its formatted form only (ISO 32000-1, 12.7.3.4)."""
    try:
        return xml_text(_key(annotation, b"RC").encode())[0]
    except Unread:
        return ""


def _wide(fill: Callable[[_Handle, int], int]) -> str:
    def cast(buffer: _Handle, size: int) -> int:
        return fill(buffer and ctypes.cast(buffer, ctypes.POINTER(pdfium.FPDF_WCHAR)), size)

    return _filled(cast).decode("utf-16-le", "replace").rstrip("\0").strip()


def _filled(fill: Callable[[_Handle, int], int]) -> bytes:
    """Ask for the length, then for the bytes: how this library gives strings.

    Raises:
        Unread: there are more than a million.
    """
    size = fill(None, 0)
    if size <= 0:
        return b""
    if size > _LONGEST:
        raise Unread("limit", "a note in the PDF is too long")
    buffer = ctypes.create_string_buffer(size)
    fill(buffer, size)
    return buffer.raw
