"""Rich Text Format: objects, raw bytes, what other programs may pass over, depth."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from straymail.extract import Extractor
from straymail.extract.readers.rtf import rtf_text

from . import builders as make

OLE1 = b"\x01\x05\0\0\x02\0\0\0"


@pytest.fixture(scope="module")
def extractor() -> Iterator[Extractor]:
    with Extractor() as shared:
        yield shared


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (rb"{\rtf1 a{\pict\bin5 {{{{{}b}", "ab"),
        (rb"{\rtf1 a{\pict\bin99999 {{{{{}b}", "a"),
        (rb"{\rtf1 a\bin0 b\bin-3 c}", "abc"),
        (rb"{\rtf1 OFFICIAL\_SENSITIVE}", "OFFICIAL-SENSITIVE"),
        (rb"{\rtf1 a{\*\annotation said {\*\x no}aside}b}", "a\nsaid aside\nb"),
        (rb"{\rtf1 a{\shp{\*\shpinst\shpleft0{\shptxt in a box}}}b}", "a\nin a box\nb"),
        (rb"{\rtf1 a{\object{\*\objdata 0102}{\result shown}}b}", "ashownb"),
        (rb"{\rtf1{\header SECRET}a{\footnote aside}b{\footerf {\b SECRET}}}", "\nSECRET\na\naside\nb\nSECRET\n"),
        (rb"{\rtf1{\*\x{\footer no}}a}", "\n\na"),
        (rb"{\rtf1 a{\shp{\*\shpinst{\sp{\sn gtextUNICODE}{\sv SECRET}}{\sp{\sn fLine}{\sv 1}}}}b}", "a\nSECRET\nb"),
        (rb"{\rtf1 a{\pict{\*\picprop{\sp{\sn wzDescription}{\sv the gate}}}89504e47}b}", "a\nthe gate\nb"),
        (rb'{\rtf1 a{\field{\*\fldinst HYPERLINK "https://mod.example/x"}{\fldrslt here}}b}', "ahereb"),
    ],
)
def test_text(data: bytes, text: str) -> None:
    assert rtf_text(data).text == text


@pytest.mark.parametrize(
    ("field", "links"),
    [
        (rb'HYPERLINK "https://mod.example/reset?t=1"', ["https://mod.example/reset?t=1"]),
        (rb'{\rtlch\fs20  HYPERLINK "https://mod.example/a" \\t "_blank" }', ["https://mod.example/a"]),
        (rb'HYPERLINK \\l "chapter"', []),
        (rb"PAGE", []),
    ],
)
def test_links_are_read(field: bytes, links: list[str]) -> None:
    data = rb"{\rtf1{\field{\*\fldinst " + field + rb"}{\fldrslt here}}}"
    assert rtf_text(data).links == links


def test_own_properties_are_read(extractor: Extractor) -> None:
    data = rb"{\rtf1{\*\userprops{\propname MSIP_Label_1_Name}\proptype30{\staticval Secret}}{\info{\title plan}}}"
    assert extractor.read_file(data, "a.rtf").properties == [
        ("a.rtf", "MSIP_Label_1_Name", "Secret"),
        ("a.rtf", "title", "plan"),
    ]


@pytest.mark.parametrize("bare", [True, False])
@pytest.mark.parametrize("closing", [b"}}}", b""])
def test_embedded_objects_are_read(extractor: Extractor, closing: bytes, *, bare: bool) -> None:
    content = (b"" if bare else OLE1) + make.word("inner words")
    found = extractor.read_file(
        rb"{\rtf1 outer {\object{\*\objdata " + content.hex("\n", 40).encode() + closing, "a.rtf"
    )
    assert found.texts == [("a.rtf", "outer"), ("a.rtf > object", "inner words")]
    raw = rb"{\rtf1 outer {\object{\*\objdata\bin%d " % len(content) + content + b"}}}"
    assert extractor.read_file(raw, "a.rtf").texts == found.texts
    assert [each.id for each in found.unread] == ([] if closing else ["unread.damaged"])


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (rb"{\rtf1 a{\object{\*\objdata " + (OLE1 + bytes(90)).hex().encode() + b"}}}", "unread.type"),
        (b"{\\rtf1 a" + b"{" * 5_010 + b"words", "unread.limit"),
        (b"{\\rtf1 a" + b"{\\objdata 78}" * 300 + b"}", "unread.limit"),
        (b"{\\rtf1 a{\\b and more", "unread.damaged"),
    ],
)
def test_what_is_left_out_is_said(extractor: Extractor, data: bytes, reason: str) -> None:
    found = extractor.read_file(data, "a.rtf")
    assert [each.id for each in found.unread] == [reason]
    assert found.texts[0][1].startswith("a")


def test_hostile_documents_take_linear_time() -> None:
    start = time.monotonic()
    for piece in (b"\\bin1 x", b"{\\objdata 78}", b"{\\*", b"{\\objdata", b"\\bin", b"\\objdata}", b"}"):
        rtf_text(b"{\\rtf1 " + piece * 100_000)
    assert time.monotonic() - start < 15
