"""PDF by PDFium: the text of each page, metadata, attached files."""

from __future__ import annotations

import pypdfium2  # type: ignore[import-untyped]  # ships no types
import pypdfium2.raw  # type: ignore[import-untyped]

from straymail.extract.limits import ReadLimits, Unread
from straymail.extract.reading import Reading

_ATTACHMENTS = 100
_POINTS = 72
_LONGEST_SIDE = 6_000  # dots of a page that is drawn


def read_pdf(reading: Reading, data: bytes, _name: str, where: str, depth: int) -> str:
    """Read a PDF; pages that hold only pictures are said to be unread."""
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        locked = getattr(error, "err_code", 0) == pypdfium2.raw.FPDF_ERR_PASSWORD or "assword" in str(error)
        raise Unread("encrypted" if locked else "damaged", "PDF") from error
    try:
        _read(reading, document, where, depth)
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


def _read(reading: Reading, document: pypdfium2.PdfDocument, where: str, depth: int) -> None:
    for key, value in document.get_metadata_dict(skip_empty=True).items():
        reading.property(where, key, value)
    count = len(document)
    seen = False
    for number in range(min(count, reading.budget.limits.pages)):
        page = document[number]
        textpage = page.get_textpage()
        text = textpage.get_text_range() or _drawn(page, reading.budget.limits)
        seen = seen or bool(text.strip())
        reading.text(f"{where}, page {number + 1}", text)
        textpage.close()
        page.close()
    for number in range(min(document.count_attachments(), _ATTACHMENTS)):
        attachment = document.get_attachment(number)
        content = bytes(attachment.get_data())
        reading.budget.take(len(content))
        name = attachment.get_name()
        reading.file(content, name, f"{where} > {name}", depth + 1)
    if count > reading.budget.limits.pages:
        raise Unread("limit", f"more than {reading.budget.limits.pages} pages")
    if count and not seen:
        raise Unread("type", "pages without text, probably a scan")
