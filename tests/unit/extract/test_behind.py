"""Files behind the end of others: archives behind pictures, documents and programs; hits and near misses."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

import pytest

from straymail.extract import Extractor
from straymail.extract.behind import behind
from straymail.extract.extractor import _harmless  # what may be read without a worker
from straymail.extract.limits import ReadLimits
from straymail.message import Part

from . import builders as make


@pytest.fixture(scope="module")
def extractor() -> Iterator[Extractor]:
    with Extractor() as shared:
        yield shared


JPEG = (
    b"\xff\xd8\xff\xe1\x00\x10Exif\0\0\xff\xd9" + bytes(6)  # a small picture inside has an end too
    + b"\xff\xda\x00\x04\1\2" + bytes(40) + b"\xff\xd9"
)  # fmt: skip
PNG = (
    b"\x89PNG\r\n\x1a\n" + struct.pack(">I4s", 13, b"IHDR") + struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0) + bytes(4)
    + struct.pack(">I4s", 10, b"IDAT") + zlib.compress(b"\0\0")[:10] + bytes(4) + struct.pack(">I4sI", 0, b"IEND", 0)
)  # fmt: skip
GIF = b"GIF89a\1\0\1\0\x80\0\0" + bytes(6) + b"!\xf9\4" + bytes(5) + b",\0\0\0\0\1\0\1\0\0\2\2D\1\0;"
ARCHIVE = make.zipped({"in.txt": "inner words"})
BEHIND = [
    ("a.jpg", JPEG + ARCHIVE, "in.txt"),
    ("a.png", PNG + ARCHIVE, "in.txt"),
    ("a.gif", GIF + ARCHIVE, "in.txt"),
    ("a.pdf", make.pdf("page") + ARCHIVE, "in.txt"),
    ("a.png", PNG + b"\0\0\0\0" + make.word("inner words"), ""),
    ("a.gif", GIF + b"{\\rtf1 inner words}", ""),
    ("a.jpg", JPEG + b"inner words, which nobody sees who only looks at the picture, go on and on", ""),
    ("notes.txt", b"notes\n" * 2_000 + ARCHIVE, "in.txt"),
]


@pytest.mark.parametrize(("name", "data", "inner"), BEHIND, ids=[f"{n} {at}" for at, (n, _, _) in enumerate(BEHIND)])
def test_what_stands_behind_a_file_is_read_and_said(extractor: Extractor, name: str, data: bytes, inner: str) -> None:
    found = extractor.read_file(data, name)
    place = f"{name} > behind its end" + (f" > {inner}" if inner else "")
    assert ("unread.mismatch", name) in [(each.id, each.where) for each in found.unread]
    assert any(where == place and "inner words" in text for where, text in found.texts)


def test_offsets_of_an_archive_may_count_from_the_start(extractor: Extractor) -> None:
    program = b"MZ" + bytes(998)
    data = bytearray(program + ARCHIVE)
    central, end = data.index(b"PK\x01\x02"), data.index(b"PK\x05\x06")
    data[central + 42 : central + 46] = (1_000).to_bytes(4, "little")
    data[end + 16 : end + 20] = central.to_bytes(4, "little")
    found = extractor.read_file(bytes(data), "setup.exe")
    assert ("setup.exe > behind its end > in.txt", "inner words") in found.texts


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("jpeg", JPEG),
        ("jpeg", JPEG + JPEG),  # as cameras put a larger or a smaller one
        ("jpeg", JPEG + b"\0\0\0\x18ftypmp42" + bytes(99)),  # and films
        ("jpeg", JPEG + b"\0" * 999),
        ("jpeg", JPEG + b"\r\n"),
        ("jpeg", JPEG[:30]),
        ("png", PNG),
        ("png", PNG + b"made with Paint\n"),
        ("png", PNG[:40]),
        ("gif", GIF),
        ("gif", GIF[:20]),
        ("gif", b"GIF89a\1\0\1\0\xff"),
        ("pdf", make.pdf("PK\x05\x06")),
        ("tar", b"x" * 512 + ARCHIVE + bytes(1_024)),
        ("eml", b"From: a@mod.example\r\nTo: b@mod.example\r\nSubject: x\r\n\r\n" + ARCHIVE),
        ("zip", ARCHIVE),
        ("unknown", b"PK\x05\x06" + bytes(18)),
        ("unknown", b"x" + ARCHIVE + b"y"),
        ("unknown", b"PK\x05\x06" + b"\xff" * 18),
    ],
)
def test_near_misses(kind: str, data: bytes) -> None:
    assert behind(kind, data) == b""


def test_such_files_are_read_in_the_worker() -> None:
    def part(data: bytes) -> Part:
        return Part("1", "image/png", "", "a.png", "attachment", data)

    assert _harmless(part(PNG), ReadLimits())
    assert not _harmless(part(PNG + ARCHIVE), ReadLimits())
