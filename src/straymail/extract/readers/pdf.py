"""PDF by PDFium: the text of each page and what is noted on it, metadata, bookmarks, attached files."""

from __future__ import annotations

from itertools import islice

import pypdfium2  # type: ignore[import-untyped]  # ships no types
import pypdfium2.raw  # type: ignore[import-untyped]

from straymail.extract.limits import ReadLimits, Unread
from straymail.extract.readers.pdf_notes import Notes, read_attachment, read_filled_form
from straymail.extract.readers.pdf_raw import label_names, photo_heads
from straymail.extract.readers.xmp import read_xmp
from straymail.extract.reading import Reading

_LOCKED = (pypdfium2.raw.FPDF_ERR_PASSWORD, pypdfium2.raw.FPDF_ERR_SECURITY)  # a password; another kind of lock
_ATTACHMENTS = 100
_BOOKMARKS = 5_000
_STAMP = 80  # characters
_COVERED = 0.7  # of the page
_PICTURES = 50
_NAMED = 10  # ranges of pages that are named one by one
_POINTS = 72
_LONGEST_SIDE = 6_000  # dots of a page that is drawn


def read_pdf(reading: Reading, data: bytes, _name: str, where: str, depth: int) -> str:
    """Read a PDF; pages that hold only pictures are said to be unread."""
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        locked = getattr(error, "err_code", 0) in _LOCKED or "assword" in str(error)
        raise Unread("encrypted" if locked else "damaged", "PDF") from error
    try:
        _read_properties(reading, document, data, where)
        _read(reading, document, where, depth)
        for number, head in enumerate(photo_heads(data), 1):
            reading.head(head, "jpeg", f"{where} > photograph {number}")
    except pypdfium2.PdfiumError as error:
        raise Unread("damaged", "PDF") from error
    finally:
        document.close()
    return ""


def _drawn(page: pypdfium2.PdfPage, limits: ReadLimits) -> str:
    """The writing in a page without text, where that is wanted."""
    if not limits.ocr:
        return ""
    from straymail.extract.readers import picture  # noqa: PLC0415  (an extra)

    width, height = page.get_size()
    scale = min(picture.RESOLUTION / _POINTS, _LONGEST_SIDE / max(width, height, 1))
    bitmap = page.render(scale=scale, grayscale=True)
    try:
        return picture.words(bitmap.to_pil(), limits)
    finally:
        bitmap.close()


def _read_properties(reading: Reading, document: pypdfium2.PdfDocument, data: bytes, where: str) -> None:
    properties = document.get_metadata_dict(skip_empty=True)
    properties |= {name: document.get_metadata_value(name) for name in label_names(data)}
    for key, value in properties.items():
        reading.property(where, key, value)
    read_xmp(reading, data, where, frozenset(properties.values()))


def _read(reading: Reading, document: pypdfium2.PdfDocument, where: str, depth: int) -> None:
    document.init_forms()  # before any page is opened
    count = len(document)
    pages = _Pages(reading, Notes(reading, document, where, depth), where)
    for number in range(min(count, reading.budget.limits.pages)):
        pages.read(document, number)
    read_filled_form(reading, document, where)
    titles = [bookmark.get_title() for bookmark in islice(document.get_toc(), _BOOKMARKS)]
    reading.text(f"{where}, bookmarks", "\n".join(titles))
    for number in range(min(document.count_attachments(), _ATTACHMENTS)):
        read_attachment(reading, document.get_attachment(number), where, depth)
    if count > reading.budget.limits.pages:
        reading.problem(where, "limit", f"more than {reading.budget.limits.pages} pages")
    pages.tell()


class _Pages:
    """Reads pages, and remembers which of them could not be read or have no text."""

    def __init__(self, reading: Reading, notes: Notes, where: str) -> None:
        self._reading, self._notes, self._where = reading, notes, where
        self._seen = False
        self._count = 0
        self._pictures: list[int] = []
        self._stamped: list[int] = []
        self._broken: list[int] = []

    def read(self, document: pypdfium2.PdfDocument, index: int) -> None:
        """Read one page."""
        self._count += 1
        try:
            page = document[index]
        except pypdfium2.PdfiumError:
            self._broken.append(index + 1)
            return
        try:
            self._text(page, index + 1)
            self._notes.read_page(page, index + 1)
        except pypdfium2.PdfiumError:
            self._broken.append(index + 1)
        finally:
            page.close()

    def _text(self, page: pypdfium2.PdfPage, number: int) -> None:
        textpage = page.get_textpage()
        try:
            text = textpage.get_text_range()
        finally:
            textpage.close()
        limits = self._reading.budget.limits
        text = text if text.strip() else _drawn(page, limits)
        if text.strip():
            self._seen = True
            if not limits.ocr and len(text.strip()) <= _STAMP and _is_covered(page):
                self._stamped.append(number)
        elif not limits.ocr and pypdfium2.raw.FPDFPage_CountObjects(page) > 0:
            self._pictures.append(number)
        self._reading.text(f"{self._where}, page {number}", text)

    def tell(self) -> None:
        """Say which pages are unread."""
        if self._broken:
            self._reading.problem(self._where, "damaged", f"PDF, {_named(self._broken)}")
        if self._count and not self._seen:
            self._reading.problem(self._where, "type", "pages without text, probably a scan")
            return
        if 2 * (len(self._pictures) + len(self._stamped)) >= self._count:  # a cover alone is no scan
            self._pictures = sorted(self._pictures + self._stamped)
        if self._pictures:
            self._reading.problem(self._where, "type", f"without text, probably scanned: {_named(self._pictures)}")


def _is_covered(page: pypdfium2.PdfPage) -> bool:
    """Whether one picture fills the page, as scans do whose program adds its name or a number."""
    width, height = page.get_size()
    pictures = page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE], max_depth=2)
    for picture in islice(pictures, _PICTURES):
        left, bottom, right, top = picture.get_bounds()
        if (right - left) * (top - bottom) >= _COVERED * width * height:
            return True
    return False


def _named(pages: list[int]) -> str:
    """Ascending numbers as a person lists them: ``pages 2-5, 9``."""
    ranges: list[list[int]] = []
    for number in pages:
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    named = ", ".join(f"{first}-{last}" if last > first else str(first) for first, last in ranges[:_NAMED])
    return f"page{'s' if len(pages) > 1 else ''} {named}" + (" and more" if len(ranges) > _NAMED else "")
