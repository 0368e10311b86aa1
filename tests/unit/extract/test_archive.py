"""Archives: compressed files in several pieces, and the names of what is inside."""

from __future__ import annotations

import bz2
import gzip
import lzma
import time
import zipfile
from collections.abc import Callable, Iterator

import pytest

from straymail.cli.opening import make_reader
from straymail.config import Settings
from straymail.extract import Extractor
from straymail.message import Message, parse_message

from . import builders as make

PACKERS: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("a.txt.gz", gzip.compress), ("a.txt.bz2", bz2.compress), ("a.txt.xz", lzma.compress),
]  # fmt: skip


@pytest.fixture(scope="module")
def extractor() -> Iterator[Extractor]:
    with Extractor() as shared:
        yield shared


@pytest.mark.parametrize(("name", "pack"), PACKERS)
def test_every_piece_of_a_compressed_file_is_read(
    extractor: Extractor, name: str, pack: Callable[[bytes], bytes]
) -> None:
    long = bytes(range(32, 127)) * 3_000
    data = pack(b"first ") + pack(b"") + pack(long) + bytes(512) + pack(b" last") + bytes(40)
    found = extractor.read_file(data, name)
    assert found.texts == [(f"{name} > a.txt", f"first {long.decode()} last")]
    assert found.unread == []


@pytest.mark.parametrize(("name", "pack"), PACKERS)
@pytest.mark.parametrize("rest", [b"PK more", b"\x1f\x8b more", b"BZh9 more"])
def test_what_follows_a_compressed_file_is_said(
    extractor: Extractor, name: str, pack: Callable[[bytes], bytes], rest: bytes
) -> None:
    found = extractor.read_file(pack(b"first words") + rest, name)
    assert found.texts == [(f"{name} > a.txt", "first words")]
    assert [each.id for each in found.unread] == ["unread.damaged"]


@pytest.mark.parametrize(("name", "pack"), PACKERS)
def test_the_start_of_a_cut_file_is_read(extractor: Extractor, name: str, pack: Callable[[bytes], bytes]) -> None:
    found = extractor.read_file(pack(b"first words") + pack(b"more")[:-6], name)
    assert "first words" in found.texts[0][1]
    assert [each.id for each in found.unread] == ["unread.damaged"]


def test_very_many_pieces_are_bounded(extractor: Extractor) -> None:
    start = time.monotonic()
    for data in (gzip.compress(b"") * 300_000, gzip.compress(b"") + bytes(20_000_000) + b"x"):
        found = extractor.read_file(data, "a.gz")
        assert len(found.unread) == 1
    assert time.monotonic() - start < 8


def letter(name: str, data: bytes) -> Message:
    head = b"From: a@x.example\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename="
    return parse_message(head + name.encode() + b"\r\n\r\n" + data)


NAMES = [
    (make.zipped({"NATO SECRET plan.txt": "x"}), "marking.file"),
    (make.zipped({"NATO SECRET/plan.txt": "x"}), "marking.nato"),
    (make.zipped({"in.zip": make.zipped({"a/NATO SECRET plan.txt": "x"})}), "marking.file"),
    (make.locked_zip("NATO SECRET plan.txt"), "marking.file"),
]


@pytest.mark.parametrize(("data", "reason"), NAMES)
def test_names_inside_archives_are_examined(extractor: Extractor, data: bytes, reason: str) -> None:
    read = make_reader(extractor, Settings())
    assert [finding.id for finding in read(letter("a.zip", data)) if finding.where.startswith("file name")] == [reason]


def test_the_comment_of_an_archive_is_read(extractor: Extractor) -> None:
    data = make.zipped({"a.txt": "x"}, zipfile.ZIP_STORED)
    comment = b"comment words"
    data = data[:-2] + len(comment).to_bytes(2, "little") + comment
    assert ("a.zip, comment", "comment words") in extractor.read_file(data, "a.zip").texts


def test_a_way_of_compressing_that_is_not_known_is_no_damage(extractor: Extractor) -> None:
    found = extractor.read_file(make.odd_zip("plan.txt"), "a.zip")
    assert [(each.id, each.where) for each in found.unread] == [("unread.type", "a.zip > plan.txt")]
    assert "packed in a way" in found.unread[0].text
    assert "plan.txt" in {file.name for file in found.files}
