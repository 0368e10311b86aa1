"""Word, Excel and PowerPoint of 1997-2003: what stands beside the main text, and what is locked."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator

import olefile  # type: ignore[import-untyped]  # ships no types
import pytest

from straymail.extract import Extraction, Extractor
from straymail.extract.readers import ole_parts, ole_properties

from . import builders as make


@pytest.fixture(scope="module")
def extractor() -> Iterator[Extractor]:
    with Extractor() as shared:
        yield shared


def text_of(found: Extraction) -> str:
    return "\n".join(text for _, text in found.texts)


def record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def note(letters: int, *pieces: bytes) -> bytes:
    """A comment of a sheet, its text in one record or several."""
    head = bytes(10) + struct.pack("<HH", letters, 16) + bytes(4)
    runs = record(0x3C, bytes(16))
    return record(0x1B6, head) + b"".join(record(0x3C, piece) for piece in pieces) + runs


def header(kind: int, text: str) -> bytes:
    return record(kind, struct.pack("<HB", len(text), 0) + text.encode("cp1252"))


BOF = record(0x809, struct.pack("<HH", 0x600, 5) + bytes(12))
WIDE = "door code Ω".encode("utf-16-le")


def shape(*properties: tuple[int, bytes]) -> bytes:
    """A table of a shape's properties, the longer ones after it."""
    entries = b"".join(struct.pack("<HI", code, len(value)) for code, value in properties)
    values = b"".join(value for code, value in properties if code & 0x8000)
    return struct.pack("<HHI", len(properties) << 4 | 3, 0xF00B, len(entries) + len(values)) + entries + values


@pytest.mark.parametrize(
    ("stream", "notes", "headers"),
    [
        (BOF + note(9, b"\0keep away"), "keep away", ""),
        (BOF + note(9, b"\0keep", b"\0 away"), "keep away", ""),
        (BOF + note(11, b"\1" + WIDE), "door code Ω", ""),
        (BOF + note(2, b"\0ok") + note(3, b"\0yes"), "ok\nyes", ""),
        (
            BOF + header(0x14, '&C&"Arial,Bold"&12SECRET') + header(0x15, "&LPage &P&RSECRET"),
            "",
            "SECRET\nPage\nSECRET",
        ),
        (BOF + record(0x3C, b"\0what goes on from something else"), "", ""),
        (BOF + record(0x1B6, b"cut"), "", ""),
        (BOF + record(0x14, b""), "", ""),
        (b"\x14\0\xff\xff", "", ""),
    ],
)
def test_notes_and_headers_of_sheets(stream: bytes, notes: str, headers: str) -> None:
    assert ole_parts.sheet_notes(stream) == (notes, headers)


def test_notes_of_workbooks_are_read_though_their_cells_cannot_be(extractor: Extractor) -> None:
    drawing = record(0xEC, shape((0x8381, "plan of the gate\0".encode("utf-16-le"))))
    data = make.compound({"Workbook": BOF + note(9, b"\0keep away") + drawing})
    found = extractor.read_file(data, "crew.xls")
    assert ("crew.xls, comments", "keep away\nplan of the gate") in found.texts


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (shape((0x80C0, "SECRET\0".encode("utf-16-le"))), ["SECRET"]),
        (shape((0x8380, b"n\0\0\0"), (0x8381, "the gate\0".encode("utf-16-le"))), ["the gate"]),
        (b"\x0b\xf0" * 9 + shape((4, b""), (0x8381, b"x\0")), ["x"]),
        (shape((0x8380, b"n\0\0\0")), []),
        (shape((0x8381, b"x\0"))[:14], []),
        (b"\x0b\xf0", []),
        (b"\xf3\xff\x0b\xf0" + bytes(40), []),
    ],
)
def test_words_of_shapes(data: bytes, words: list[str]) -> None:
    assert [each for each in ole_parts.shape_words(data) if each] == words


def test_watermarks_of_documents_are_read(extractor: Extractor) -> None:
    with olefile.OleFileIO(io.BytesIO(make.word("body"))) as ole:
        main, table = (bytearray(ole.openstream(name).read()) for name in ("WordDocument", "0Table"))
    struct.pack_into("<II", main, 0x022A, len(table), 200)
    table += shape((0x80C0, "SECRET//NOFORN\0".encode("utf-16-le")))
    found = extractor.read_file(make.compound({"WordDocument": bytes(main), "0Table": bytes(table)}), "a.doc")
    assert "SECRET//NOFORN" in text_of(found).splitlines()


def inside(data: bytes, folder: str) -> dict[str, bytes]:
    with olefile.OleFileIO(io.BytesIO(data)) as ole:
        return {f"{folder}/{name}": ole.openstream(name).read() for (name,) in ole.listdir()}


def test_documents_inside_others_are_read(extractor: Extractor) -> None:
    outer = make.word("outer words")
    streams = {name.lstrip("/"): content for name, content in inside(outer, "").items()}
    streams |= inside(make.word("inner words"), "ObjectPool/_1")
    streams |= {
        "ObjectPool/_2/CONTENTS": make.pdf("page words"),
        "ObjectPool/_3/package_stream": make.docx("new words"),
    }
    found = extractor.read_file(make.compound(streams), "a.doc")
    assert {("a.doc", "outer words"), ("a.doc > object", "inner words")} <= set(found.texts)
    assert "page words" in text_of(found)
    assert "new words" in text_of(found)
    assert found.unread == []


def test_objects_in_presentations_are_read(extractor: Extractor) -> None:
    packed = zlib.compress(make.word("packed words"))
    plain = make.word("plain words")
    atoms = b"".join((
        struct.pack("<HHII", 0x10, 0x1011, len(packed) + 4, len(packed)) + packed,
        struct.pack("<HHI", 0, 0x1011, len(plain)) + plain,
        struct.pack("<HHI", 0x10, 0x1011, 9) + b"damaged..",
    ))  # fmt: skip
    found = extractor.read_file(make.compound({"PowerPoint Document": atoms}), "a.ppt")
    assert {("a.ppt > object", "packed words"), ("a.ppt > object", "plain words")} <= set(found.texts)


@pytest.mark.parametrize(
    ("name", "streams"),
    [
        ("a.ppt", {"PowerPoint Document": b"\1\2", "Current User": bytes(12) + b"\xdf\xc4\xd1\xf3"}),
        ("a.xls", {"Workbook": BOF + record(0x2F, bytes(54)) + header(0x14, "garbled")}),
        ("a.doc", {"WordDocument": b"cover", "\tDRMContent": b"x"}),
    ],
)
def test_what_has_a_password_is_said(extractor: Extractor, name: str, streams: dict[str, bytes]) -> None:
    found = extractor.read_file(make.compound(streams), name)
    assert [each.id for each in found.unread] == ["unread.encrypted"]
    assert found.texts == []


def test_a_picture_of_an_object_is_no_file_that_nobody_read(extractor: Extractor) -> None:
    found = extractor.read_file(make.compound({"\x02OlePres000": b"x", "\x01CompObj": b"y"}), "")
    assert found.unread == []


def test_plain_compound_files() -> None:
    streams = {"One": b"x" * 5_000, "Two": b"y"}
    with olefile.OleFileIO(io.BytesIO(ole_parts.compound(streams)), raise_defects=olefile.DEFECT_INCORRECT) as ole:
        assert ole.openstream("One").read() == streams["One"]
        assert ole.openstream("Two").read().rstrip(b"\0") == b"y"
    with olefile.OleFileIO(io.BytesIO(ole_parts.compound({f"{each}": b"x" for each in range(300)}))) as ole:
        assert len(ole.listdir()) == 300
    assert ole_parts.compound({"One": bytes(8 << 20)}) == b""


def own_properties(values: dict[str, bytes], codepage: int = 1_252, kind: int = 0x1E) -> bytes:
    """A stream of document properties whose second section holds these, by name."""
    wide = codepage == 1_200

    def text(value: str) -> bytes:
        return f"{value}\0".encode("utf-16-le" if wide else "cp1252")

    names = struct.pack("<I", len(values))
    for number, name in enumerate(values, 2):
        letters = text(name)
        names += struct.pack("<II", number, len(name) + 1) + letters + bytes(-len(letters) % 4 if wide else 0)
    pieces = [names, struct.pack("<IH", 2, codepage), *(struct.pack("<I", kind) + each for each in values.values())]
    pieces = [each + bytes(-len(each) % 4) for each in pieces]
    table, at = b"", 8 + 8 * len(pieces)
    for number, piece in enumerate(pieces):
        table += struct.pack("<II", number, at)
        at += len(piece)
    section = struct.pack("<II", at, len(pieces)) + table + b"".join(pieces)
    first = struct.pack("<II", 8, 0)
    places = bytes(16) + struct.pack("<I", 68) + OWN + struct.pack("<I", 68 + len(first))
    return struct.pack("<HHI16sI", 0xFFFE, 0, 0x20005, bytes(16), 2) + places + first + section


OWN = bytes.fromhex("05d5cdd59c2e1b10939708002b2cf9ae")
LABEL = "MSIP_Label_1_Name"
NARROW = {LABEL: struct.pack("<I", 7) + b"Secret\0", "Reference": struct.pack("<I", 5) + b"A 12\0"}
WIDE_LABEL = {LABEL: struct.pack("<I", 7) + "Secret\0".encode("utf-16-le")}


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        (own_properties(NARROW), [(LABEL, "Secret"), ("Reference", "A 12")]),
        (own_properties(WIDE_LABEL, kind=0x1F), [(LABEL, "Secret")]),
        (own_properties(WIDE_LABEL, codepage=1_200, kind=0x1F), [(LABEL, "Secret")]),
        (own_properties({"Pages": struct.pack("<I", 9)}, kind=3), []),
        (own_properties(NARROW).replace(OWN, bytes(16)), []),
        (own_properties(NARROW)[:90], []),
        (own_properties({}), []),
        (b"", []),
    ],
)
def test_own_properties(stream: bytes, expected: list[tuple[str, str]]) -> None:
    assert ole_properties.own_properties(stream) == expected


def test_labels_of_old_documents_are_told(extractor: Extractor) -> None:
    streams = {name.lstrip("/"): content for name, content in inside(make.word("body"), "").items()}
    streams[ole_properties.STREAM] = own_properties(NARROW)
    found = extractor.read_file(make.compound(streams), "a.doc")
    assert ("a.doc", LABEL, "Secret") in found.properties


LABELS = "MSIP_Label_1-2_Enabled=true; MSIP_Label_1-2_Name=Secret"


@pytest.mark.parametrize(
    "stream",
    [
        ("__substg1.0_007D001F", f"From: a@mod.example\r\nmsip_labels: {LABELS}\r\nX-Mailer: x\r\n"),
        ("__substg1.0_8005001F", LABELS),
    ],
)
def test_labels_of_outlook_messages_are_told(extractor: Extractor, stream: tuple[str, str]) -> None:
    name, value = stream
    data = make.compound({"__substg1.0_0037001F": "subject".encode("utf-16-le"), name: value.encode("utf-16-le")})
    found = extractor.read_file(data, "a.msg")
    assert ("a.msg, header msip_labels", "MSIP_Label_1-2_Name", "Secret") in found.properties


def test_headers_of_outlook_messages_are_read(extractor: Extractor) -> None:
    head = "X-Protective-Marking: VER=2024.1, NS=gov.au, SEC=PROTECTED\r\nSubject: other\r\nX-Note: the gate\r\n"
    data = make.compound({"__substg1.0_007D001F": head.encode("utf-16-le"), "__substg1.0_8006001F": b"n\0o\0"})
    found = extractor.read_file(data, "a.msg")
    assert ("a.msg, header X-Protective-Marking", "VER=2024.1, NS=gov.au, SEC=PROTECTED") in found.texts
    assert "the gate" in text_of(found)
    assert "other" not in text_of(found)
