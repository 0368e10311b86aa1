"""PDF: what stands on pages and beside them, and pages that hold only pictures."""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterator

import pytest

from straymail.extract import Extraction, Extractor
from straymail.extract.readers.pdf_raw import label_names, photo_heads

from . import builders as make

PAGE = [make.drawn("page words")]
SCAN = b"0 0 300 200 re f"
RECT = b"/Type /Annot /Rect [10 10 50 50]"
XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="r"><rdf:Description pdfx:Level="attribute words" '
    b"xmpMM:DocumentID='no words'><dc:title><rdf:Alt><rdf:li>SECRET//NOFORN</rdf:li></rdf:Alt></dc:title>"
    b"<pdfx:MSIP_Label_1-2_Name>Secret</pdfx:MSIP_Label_1-2_Name></rdf:Description></rdf:RDF></x:xmpmeta>"
)


@pytest.fixture(scope="module")
def extractor() -> Iterator[Extractor]:
    with Extractor() as shared:
        yield shared


def with_note(*objects: bytes, catalog: bytes = b"") -> bytes:
    """A page with object 6 for its annotation."""
    return make.pages(PAGE, objects, catalog=catalog, page=b"/Annots [6 0 R]")


def details(found: Extraction) -> list[tuple[str, str]]:
    return [(each.id, each.text.partition("(")[2].rstrip(")")) for each in found.unread]


ACTION = b"/A << /S /URI /URI (https://x.example/?a=b) >>"
EMBEDDED = (b"<< /Type /Filespec /F (i.txt) /EF << /F 8 0 R >> >>", make.stream(b"inner words", b"/Type /EmbeddedFile"))
NOTES = [
    (with_note(b"<< %s /Subtype /Text /Contents (note words) >>" % RECT), "comments", "note words"),
    (with_note(b"<< %s /Subtype /Text /RC (<body><p>rich words</p></body>) >>" % RECT), "comments", "rich words"),
    (with_note(b"<< %s /Subtype /FreeText /Contents (stamp words) >>" % RECT), "comments", "stamp words"),
    (with_note(b"<< %s /Subtype /Link %s >>" % (RECT, ACTION)), "links", "https://x.example/?a=b"),
    (
        with_note(b"<< %s /Subtype /Widget /FT /Tx /T (pw) /V (filled words) >>" % RECT,
                  catalog=b"/AcroForm << /Fields [6 0 R] >>"),
        "form", "pw: filled words",
    ),
    (
        with_note(b"<< %s /Subtype /Widget /Parent 7 0 R >>" % RECT,
                  b"<< /FT /Tx /T (pw) /V <FEFF006600FC0072> /Kids [6 0 R] >>",
                  catalog=b"/AcroForm << /Fields [7 0 R] >>"),
        "form", "pw: für",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("data", "kind", "words"), NOTES)
def test_what_is_noted_on_a_page_is_read(extractor: Extractor, data: bytes, kind: str, words: str) -> None:
    found = extractor.read_file(data, "a.pdf")
    assert found.texts == [("a.pdf, page 1", "page words"), (f"a.pdf, page 1, {kind}", words)]
    assert found.unread == []


def test_files_attached_to_pages_are_read(extractor: Extractor) -> None:
    found = extractor.read_file(with_note(b"<< %s /Subtype /FileAttachment /FS 7 0 R >>" % RECT, *EMBEDDED), "a.pdf")
    assert ("a.pdf > i.txt", "inner words") in found.texts
    empty = b"<< /Type /Filespec /F (i.txt) /EF << /F 99 0 R >> >>"
    names = b"/Names << /EmbeddedFiles << /Names [(i.txt) 6 0 R] >> >>"
    lost = extractor.read_file(make.pages(PAGE, (empty,), catalog=names), "a.pdf")
    assert lost.texts == [("a.pdf, page 1", "page words")]


def test_bookmarks_are_read(extractor: Extractor) -> None:
    outline = (b"<< /Type /Outlines /First 7 0 R /Last 7 0 R >>", b"<< /Title (chapter words) /Parent 6 0 R >>")
    found = extractor.read_file(make.pages(PAGE, outline, catalog=b"/Outlines 6 0 R"), "a.pdf")
    assert ("a.pdf, bookmarks", "chapter words") in found.texts


def test_forms_of_the_second_kind_are_read(extractor: Extractor) -> None:
    form = b"/AcroForm << /Fields [] /XFA [(template) 6 0 R (datasets) 7 0 R] >>"
    packets = (make.stream(b"<template/>"), make.stream(b"<d><name>filled words</name></d>"))
    found = extractor.read_file(make.pages(PAGE, packets, catalog=form), "a.pdf")
    assert ("a.pdf, form", "filled words") in found.texts
    packets = (packets[0], make.stream(b"<d><name>filled words</name><d>"))
    assert [each.id for each in extractor.read_file(make.pages(PAGE, packets, catalog=form), "a.pdf").unread] == [
        "unread.damaged"
    ]


@pytest.mark.parametrize(
    "metadata",
    [
        make.stream(XMP, b"/Type /Metadata /Subtype /XML"),
        make.stream(zlib.compress(XMP), b"/Filter /FlateDecode /Subtype /XML /Type /Metadata"),
    ],
)
def test_metadata_in_rdf_are_properties(extractor: Extractor, metadata: bytes) -> None:
    found = extractor.read_file(make.pages(PAGE, (metadata,), catalog=b"/Metadata 6 0 R"), "a.pdf")
    assert found.properties == [
        ("a.pdf", "Level", "attribute words"),
        ("a.pdf", "title", "SECRET//NOFORN"),
        ("a.pdf", "MSIP_Label_1-2_Name", "Secret"),
    ]


@pytest.mark.parametrize("packet", [b"<x:xmpmeta><a></x:xmpmeta>", b"xmpmeta", b"<x:xmpmeta>" * 9, b"x:xmpmeta>" * 99])
def test_damaged_metadata_do_no_harm(extractor: Extractor, packet: bytes) -> None:
    found = extractor.read_file(make.pages(PAGE, (make.stream(packet, b"/Type /Metadata"),)), "a.pdf")
    assert (found.texts, found.unread) == ([("a.pdf, page 1", "page words")], [])


EVEN = ", ".join(str(number) for number in range(2, 21, 2))
SCANS = [
    (PAGE + [SCAN] * 3 + [b"", SCAN], [("unread.type", "without text, probably scanned: pages 2-4, 6")]),
    ([SCAN, *PAGE], [("unread.type", "without text, probably scanned: page 1")]),
    ([SCAN, SCAN], [("unread.type", "pages without text, probably a scan")]),
    ([*PAGE, b""], []),
    ([*PAGE, SCAN] * 20, [("unread.type", f"without text, probably scanned: pages {EVEN} and more")]),
]  # fmt: skip


@pytest.mark.parametrize(("contents", "said"), SCANS)
def test_pages_that_hold_only_pictures_are_named(
    extractor: Extractor, contents: list[bytes], said: list[tuple[str, str]]
) -> None:
    assert details(extractor.read_file(make.pages(contents), "a.pdf")) == said


PICTURE = make.stream(b"x", b"/Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8")
FULL, SMALL = b"q 300 0 0 200 0 0 cm /I Do Q ", b"q 100 0 0 50 0 0 cm /I Do Q "
STAMP, LONG = make.drawn("Scanned with a telephone"), make.drawn("A long line of ordinary text. " * 4)


@pytest.mark.parametrize(
    ("contents", "said"),
    [
        ([FULL + STAMP] * 3, "pages 1-3"),
        ([FULL + STAMP, FULL, LONG, LONG], "pages 1-2"),
        ([FULL + STAMP, LONG, LONG], ""),
        ([FULL + LONG] * 3, ""),
        ([SMALL + STAMP] * 3, ""),
        ([STAMP], ""),
    ],
)
def test_scans_with_a_stamp_are_scans(extractor: Extractor, contents: list[bytes], said: str) -> None:
    found = extractor.read_file(make.pages(contents, (PICTURE,)), "a.pdf")
    assert [each.text.partition("scanned: ")[2].rstrip(")") for each in found.unread] == ([said] if said else [])


def test_very_many_notes_are_bounded(extractor: Extractor) -> None:
    note = b"<< %s /Subtype /Text /Contents (note words) >>" % RECT
    data = make.pages(PAGE * 60, (note,), page=b"/Annots [%s]" % (b"124 0 R " * 500))
    start = time.monotonic()
    found = extractor.read_file(data, "a.pdf")
    assert [each.id for each in found.unread] == ["unread.limit"]
    assert time.monotonic() - start < 8


NAME = "MSIP_Label_2096f6a2-d2f7-48be-b329-b73aaa526e5d_Name"


def test_labels_among_the_properties_are_told(extractor: Extractor) -> None:
    info = f"<< /Title (plan) /{NAME} (Secret) >>".encode()
    found = extractor.read_file(make.pages([make.drawn("words")], (info,), trailer=b"/Info 6 0 R"), "a.pdf")
    assert ("a.pdf", NAME, "Secret") in found.properties


@pytest.mark.parametrize(
    ("data", "names"),
    [
        (f"<< /{NAME} (Secret) /MSIP_Label_1_Enabled (true) >>".encode(), [NAME]),
        (b"<< /Type /ObjStm /N 1 >>\nstream\n" + zlib.compress(f"1 0 << /{NAME} (Secret) >>".encode()), [NAME]),
        (b"<< /Type /ObjStm /N 1 >>\nstream\n" + zlib.compress(b"1 0 << /Title (x) >>"), []),
        (b"<< /Type /ObjStm /N 1 >>\nstream\ndamaged", []),
        (b"/ObjStm" * 999, []),
    ],
)
def test_names_of_labels(data: bytes, names: list[str]) -> None:
    assert label_names(data) == names


PHOTO = b"\xff\xd8\xff\xe1\0\x20Exif\0\0II*\0" + bytes(99)


def test_photographs_hand_on_their_heads(extractor: Extractor) -> None:
    image = make.stream(PHOTO, b"/Type /XObject /Subtype /Image /Width 1 /Height 1 /Filter /DCTDecode")
    found = extractor.read_file(make.pages([make.drawn("words")], (image,)), "a.pdf")
    (photo,) = (each for each in found.files if each.where == "a.pdf > photograph 1")
    assert (photo.kind, photo.data[: len(PHOTO)]) == ("jpeg", PHOTO)


def test_a_word_alone_is_no_photograph() -> None:
    assert list(photo_heads(b"Exif\0\0" + bytes(99) + b"Exif\0\0")) == []
    assert len(list(photo_heads(PHOTO * 99))) == 50
