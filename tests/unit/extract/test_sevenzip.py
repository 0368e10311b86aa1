"""7z archives made by 7-Zip itself: every method it has, passwords, damage and bombs."""

from __future__ import annotations

import random
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from straymail.extract import Extraction, Extractor
from straymail.extract.limits import Unread
from straymail.extract.sevenzip import Unpacking, read_header

PROGRAM = shutil.which("7zz") or shutil.which("7z") or "7-Zip is installed by scripts/install-test-packages.sh"
FILES = {
    "one.txt": "harbour words " * 2_000,
    "sub/two, ümläut.txt": "more words",
    "three.txt": "last words",
    "empty.txt": "",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("packed")
    for name, text in FILES.items():
        file = root / "in" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    shutil.copy("/bin/ls", root / "in/program.exe")
    return root


@pytest.fixture(scope="module")
def extractor() -> Iterator[Extractor]:
    with Extractor() as shared:
        yield shared


def packed(folder: Path, *options: str, program: bool = False) -> bytes:
    """The files as an archive."""
    archive = folder / "made.7z"
    archive.unlink(missing_ok=True)
    left_out = [] if program else ["-x!program.exe"]
    command = [PROGRAM, "a", "-bd", "-y", *options, str(archive), ".", *left_out]
    subprocess.run(command, cwd=folder / "in", check=True, capture_output=True, timeout=60)
    return archive.read_bytes()


def texts(found: Extraction) -> dict[str, str]:
    return {where.partition(" > ")[2]: text for where, text in found.texts}


METHODS = {
    "as it comes": (),
    "LZMA": ("-m0=LZMA",),
    "LZMA2, file by file": ("-m0=LZMA2", "-ms=off"),
    "deflate": ("-m0=Deflate",),
    "bzip2": ("-m0=BZip2",),
    "stored": ("-m0=Copy",),
    "header not packed": ("-mhc=off",),
    "delta": ("-m0=Delta:4", "-m1=LZMA2"),
    "converted branches, LZMA": ("-m0=BCJ", "-m1=LZMA"),
    "converted branches, LZMA2": ("-m0=BCJ", "-m1=LZMA2"),
}


@pytest.mark.parametrize("options", METHODS.values(), ids=METHODS)
def test_every_file_of_an_archive_is_read(folder: Path, extractor: Extractor, options: tuple[str, ...]) -> None:
    found = extractor.read_file(packed(folder, *options), "all.7z")
    assert texts(found) == {name: text.strip() for name, text in FILES.items() if text}
    assert not found.unread


def test_a_program_beside_texts_hides_none_of_them(folder: Path, extractor: Extractor) -> None:
    for options in ((), ("-mx9",), ("-m0=BCJ", "-m1=LZMA")):  # -mx9 packs it by a method of several streams
        found = extractor.read_file(packed(folder, *options, program=True), "all.7z")
        assert texts(found) == {name: text.strip() for name, text in FILES.items() if text}
        assert [(each.id, each.where.rpartition("/")[2]) for each in found.unread] == [
            ("unread.type", "all.7z > program.exe")
        ]


UNREAD = {
    "password": (("-psecret",), "unread.encrypted", 3),
    "password on the names too": (("-psecret", "-mhe=on"), "unread.encrypted", 1),
    "PPMd": (("-m0=PPMd",), "unread.type", 3),
}


@pytest.mark.parametrize(("options", "reason", "times"), UNREAD.values(), ids=UNREAD)
def test_what_cannot_be_unpacked_is_said_of_each_file(
    folder: Path, extractor: Extractor, options: tuple[str, ...], reason: str, times: int
) -> None:
    found = extractor.read_file(packed(folder, *options), "all.7z")
    assert [each.id for each in found.unread] == [reason] * times
    assert not found.texts


def test_a_bomb_stops_at_the_limit(folder: Path, extractor: Extractor) -> None:
    bomb = folder / "bomb"
    with bomb.open("wb") as file:
        file.truncate(200_000_000)
    archive = folder / "bomb.7z"
    subprocess.run([PROGRAM, "a", "-bd", "-mx1", str(archive), str(bomb)], check=True, capture_output=True, timeout=60)
    found = extractor.read_file(archive.read_bytes(), "bomb.7z")
    assert "unread.limit" in [each.id for each in found.unread]


def number(value: int) -> bytes:
    """A number as 7-Zip writes it, in nine bytes."""
    return b"\xff" + value.to_bytes(8, "little")


def archive_of(header: bytes) -> bytes:
    start = (0).to_bytes(8, "little") + len(header).to_bytes(8, "little") + bytes(4)
    return b"7z\xbc\xaf'\x1c\x00\x04" + bytes(4) + start + header


FOLDER = b"\x07\x0b\x01\x00\x01\x01\x00\x0c\x05\x00"  # one folder, stored, five bytes
LYING = {
    "files": b"\x01\x05" + number(200_000) + bytes(100_000),
    "streams in a folder": b"\x01\x04\x06\x00\x01\x09\x05\x00"
    + FOLDER
    + b"\x08\x0d"
    + number(200_000)
    + bytes(100_000),
    "more than there are bytes": b"\x01\x05" + number(1 << 60),
}


@pytest.mark.parametrize("header", LYING.values(), ids=LYING)
def test_counts_of_a_header_are_not_believed(header: bytes) -> None:
    began = time.monotonic()
    with pytest.raises(Unread):
        read_header(archive_of(header))
    assert time.monotonic() - began < 1


def test_damage_is_said_and_never_raised(folder: Path) -> None:
    chance = random.Random(7)
    archives = [packed(folder, *options) for options in (("-mhc=off",), ("-m0=BCJ", "-m1=LZMA", "-mhc=off"), ())]
    said = 0
    for number in range(3_000):
        broken = bytearray(archives[number % len(archives)])
        for _ in range(chance.choice((1, 2, 8))):
            broken[chance.randrange(6, len(broken))] = chance.randrange(256)
        data = bytes(broken[: chance.randrange(32, len(broken))] if chance.random() < 0.1 else broken)
        try:
            for entry in read_header(data):
                if entry.folder is not None:
                    Unpacking(data, entry.folder).read(min(entry.size, 100_000))
        except Unread:
            said += 1
    assert said > 1_000
