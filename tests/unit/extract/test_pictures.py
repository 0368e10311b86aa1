"""Pictures whose writing nobody read: large ones are said to be unread, logos and signatures are not."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import pytest

from straymail.extract import Extractor
from straymail.extract.pictures import picture_size
from straymail.message import parse_message

from . import builders as make


@pytest.fixture(scope="module")
def extractor() -> Iterator[Extractor]:
    with Extractor() as shared:
        yield shared


def jpeg(width: int, height: int, size: int = 0) -> bytes:
    head = b"\xff\xd8\xff\xe0" + struct.pack(">H", 16) + bytes(14)
    head += b"\xff\xdb" + struct.pack(">H", 67) + bytes(65)
    return (head + b"\xff\xc2" + struct.pack(">HBHH", 17, 8, height, width)).ljust(size or 300, b"\1")


END = b"\0\0\0\0IEND\xaeB\x60\x82"


def png(width: int, height: int, size: int = 0) -> bytes:
    head = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", width, height)
    return head.ljust((size or 300) - len(END), b"\1") + END


def tiff(width: int, height: int, order: str = "<") -> bytes:
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}IH", 8, 2)
    return head + struct.pack(f"{order}HHIHxxHHII", 256, 3, 1, width, 257, 4, 1, height)


SIZES = [
    ("jpeg", jpeg(800, 600)),
    ("png", png(800, 600)),
    ("gif", b"GIF89a" + struct.pack("<HH", 800, 600)),
    ("bmp", b"BM" + bytes(16) + struct.pack("<ii", 800, -600)),
    ("webp", b"RIFF\0\0\0\0WEBPVP8X" + bytes(8) + (799).to_bytes(3, "little") + (599).to_bytes(3, "little")),
    ("webp", b"RIFF\0\0\0\0WEBPVP8L" + bytes(4) + b"\x2f" + struct.pack("<I", 799 | 599 << 14)),
    ("webp", b"RIFF\0\0\0\0WEBPVP8 " + bytes(10) + struct.pack("<HH", 800, 600)),
    ("tiff", tiff(800, 600)),
    ("tiff", tiff(800, 600, ">")),
]


@pytest.mark.parametrize(("kind", "data"), SIZES)
def test_the_size_is_read_from_the_header(kind: str, data: bytes) -> None:
    assert picture_size(kind, data) == (800, 600)
    for end in range(0, len(data), 3):
        assert picture_size(kind, data[:end])[0] in (0, 800)


def letter(data: bytes, disposition: str) -> bytes:
    head = "From: a@x.example\r\nContent-Type: image/png; name=a.png\r\nContent-Transfer-Encoding: base64\r\n"
    shown = f"Content-Disposition: {disposition}; filename=a.png\r\n" if disposition else "Content-ID: <a@x>\r\n"
    return (head + shown + "\r\n").encode() + make.base64_lines(data)


PHOTO, BANNER, LOGO, PIXEL = jpeg(1_600, 1_200, 90_000), png(1_200, 300, 150_000), png(300, 90, 30_000), png(1, 1)
HEIC = b"\0\0\0\x18ftypheic".ljust(150_000, b"\1")
PLAIN = png(2_000, 1_000, 6_000)
SCAN, TELEPHONE = png(1_240, 1_754, 90_000), png(1_080, 2_340, 300_000)
SCREEN, PAGE = png(1_920, 1_080, 400_000), png(1_700, 2_300, 400_000)


@pytest.mark.parametrize(
    ("data", "disposition", "said"),
    [
        (PHOTO, "attachment", True), (PHOTO, "inline", True), (PHOTO, "", True), (HEIC, "inline", True),
        (BANNER, "attachment", True), (BANNER, "inline", False), (BANNER, "", False), (LOGO, "attachment", False),
        (LOGO, "inline", False), (PIXEL, "inline", False), (PLAIN, "inline", False), (PLAIN, "attachment", False),
        (SCREEN, "inline", False), (SCREEN, "attachment", True), (PAGE, "inline", True),
        (SCAN, "inline", True), (SCAN, "", True), (TELEPHONE, "inline", False),
        (png(600, 800, 90_000), "inline", False),
    ],
)  # fmt: skip
def test_large_pictures_are_said_to_be_unread(
    extractor: Extractor, data: bytes, disposition: str, *, said: bool
) -> None:
    raw = letter(data, disposition)
    expected = ["unread.type"] if said else []
    assert [each.id for each in extractor.read(parse_message(raw)).unread] == expected
    assert [each.id for each in extractor.read_file(raw, "mail.eml").unread] == expected


def test_large_pictures_that_are_cut_are_damaged(extractor: Extractor) -> None:
    for data, said in ((PAGE[:9_000], ["unread.damaged"]), (PAGE[:300_000], ["unread.damaged"]), (LOGO[:900], [])):
        assert [each.id for each in extractor.read(parse_message(letter(data, "inline"))).unread] == said


def test_scans_in_documents_are_told(extractor: Extractor) -> None:
    data = make.zipped({**make.unzipped(make.docx()), "word/media/image1.png": SCAN, "word/media/image2.png": LOGO})
    unread = extractor.read_file(data, "a.docx").unread
    assert [(each.id, each.where) for each in unread] == [("unread.type", "a.docx > image1.png")]


def test_scans_in_black_and_white_are_small(extractor: Extractor) -> None:
    scan = tiff(1_700, 2_200).ljust(25_000, b"\1")
    assert [each.id for each in extractor.read_file(scan, "fax.tif").unread] == ["unread.type"]


def test_very_many_pictures_are_counted(extractor: Extractor) -> None:
    media: dict[str, bytes | str] = {f"word/media/image{number}.jpg": PHOTO for number in range(9)}
    found = extractor.read_file(make.zipped({**make.unzipped(make.docx()), **media}), "a.docx")
    assert [(each.where, "9 pictures" in each.text) for each in found.unread] == [("a.docx", True)]


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        (("header1",), False), (("slideMaster1",), False), (("slideLayout2", "slideMaster1"), False),
        (("document",), True), (("header1", "document"), True), ((), True),
    ],
)  # fmt: skip
def test_backgrounds_and_letterheads_are_no_pages(extractor: Extractor, parts: tuple[str, ...], *, said: bool) -> None:
    links = "<Relationships><Relationship Id='r1' Type='t' Target=\"../media/Image1.jpg\"/></Relationships>"
    more: dict[str, bytes | str] = {f"word/_rels/{part}.xml.rels": links for part in parts}
    data = make.zipped({**make.unzipped(make.docx()), "word/media/Image1.jpg": PHOTO, **more})
    assert [each.id for each in extractor.read_file(data, "a.docx").unread] == (["unread.type"] if said else [])
