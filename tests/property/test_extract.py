"""Reading files is total: damaged documents of every format give texts or findings, never an exception."""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
import zipfile

from hypothesis import given, settings
from hypothesis import strategies as st

from straymail.extract.kinds import contradicts, kind_of
from straymail.extract.limits import ReadLimits
from straymail.extract.readers.rtf import rtf_text
from straymail.extract.reading import read_one

LIMITS = ReadLimits(unpacked=2_000_000, files=50, text=200_000, depth=3)


def _zip(members: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _tar() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        info = tarfile.TarInfo("a.txt")
        info.size = 5
        archive.addfile(info, io.BytesIO(b"words"))
    return buffer.getvalue()


DOCX = "<w:d xmlns:w='u'><w:p>words</w:p></w:d>"
SEEDS = [
    _zip({"a.txt": "words", "b.html": "<p>words"}),
    _zip({"[Content_Types].xml": "<T/>", "word/document.xml": DOCX, "docProps/a.xml": "<a/>"}),
    _zip({"[Content_Types].xml": "<T/>", "xl/workbook.xml": "<w/>", "xl/_rels/a.rels": "<a External='1' Target='http://x'/>"}),
    _zip({"mimetype": "x", "content.xml": "<a>words</a>", "META-INF/manifest.xml": "<a/>"}),
    _tar(),
    gzip.compress(b"words" * 50),
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6) + b"\xff" * 2_000,
    b"\x78\x9f\x3e\x22\x01\0" + struct.pack("<BII", 2, 0x0006800F, 20) + bytes(22),
    b"{\\rtf1\\ansicpg1252{\\info{\\title T}}gr\\'fc\\u8364?\\par{\\*\\x y}}",
    b"From: a@x.example\nTo: b@x.example\nSubject: s\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b--\n",
    b"<?xml version='1.0'?><a><b name='c'>words</b></a>",
    b"%PDF-1.4\n",
]  # fmt: skip


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    data = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, len(data)))
        data[at : at + draw(st.integers(0, 4))] = draw(st.binary(max_size=4))
    return bytes(data[: draw(st.integers(0, len(data)))] if draw(st.booleans()) else data)


@settings(deadline=None)
@given(st.one_of(damaged(), st.binary(max_size=300)), st.sampled_from(["", "a.pdf", "a.txt", "a.eml", "a.docx"]))
def test_any_file_gives_an_answer(data: bytes, name: str) -> None:
    answer, blob = read_one(data, name, "the file", LIMITS)
    assert answer["files"]
    assert {why for why, _, _ in answer["unread"]} <= {"encrypted", "damaged", "limit", "type", "mismatch"}
    assert len(blob) == sum(file[5] for file in answer["files"])
    assert sum(len(text) for _, text in answer["texts"]) <= LIMITS.text


@given(st.binary(max_size=300), st.text(max_size=12))
def test_kinds_are_told_of_anything(data: bytes, name: str) -> None:
    assert isinstance(contradicts(name, kind_of(data)), bool)


@given(
    st.lists(
        st.sampled_from(
            [
                b"{",
                b"}",
                b"\\",
                b"'",
                b"u12",
                b"*",
                b"\\'f",
                b"\\uc9 ",
                b"\\info",
                b"\\title ",
                b"x",
                b"\xff",
                b"\\bin2 ",
                b"\\objdata ",
                b"\\footer ",
                b"\\sn ",
                b"\\sv ",
                b"\\fldinst ",
            ]
        )
    )
)
def test_rtf_never_raises(pieces: list[bytes]) -> None:
    found = rtf_text(b"{\\rtf1" + b"".join(pieces))
    assert isinstance(found.text, str)
    assert isinstance(found.properties, list)
