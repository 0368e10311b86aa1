"""What is said of pictures in their own files; files made here, byte by byte."""

from __future__ import annotations

import struct
import zlib

import pytest

from straymail.extract import Extractor
from straymail.extract.captions import captions

SAID = b"The password is Kx9#pQ2m"


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + b"\0\0\0\0"


def png(*chunks: bytes) -> bytes:
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIB4x", 8, 8, 8)) + b"".join(chunks) + chunk(b"IEND", b"")
    )


def jpeg(marker: int, content: bytes) -> bytes:
    return b"\xff\xd8" + struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content + b"\xff\xda\0\x02"


def tiff(tag: int, value: bytes, order: str = "<") -> bytes:
    mark = b"II*\0" if order == "<" else b"MM\0*"
    entry = struct.pack(f"{order}HHII", tag, 2, len(value), 26)
    return mark + struct.pack(f"{order}IH", 8, 1) + entry + b"\0\0\0\0" + value


def iptc(number: int, value: bytes) -> bytes:
    return b"Photoshop 3.0\08BIM\x04\x04\0\0\0\0\0\x40" + struct.pack(">BBBH", 0x1C, 2, number, len(value)) + value


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("png", png(chunk(b"tEXt", b"Comment\0" + SAID))),
        ("png", png(chunk(b"zTXt", b"Comment\0\0" + zlib.compress(SAID)))),
        ("png", png(chunk(b"iTXt", b"Comment\0\0\0en\0Said\0" + SAID))),
        ("png", png(chunk(b"iTXt", b"Comment\0\1\0\0\0" + zlib.compress(SAID)))),
        ("png", png(chunk(b"eXIf", tiff(0x010E, SAID)))),
        ("jpeg", jpeg(0xFE, SAID)),
        ("jpeg", jpeg(0xE1, b"Exif\0\0" + tiff(0x010E, SAID))),
        ("jpeg", jpeg(0xE1, b"Exif\0\0" + tiff(0x010E, SAID, ">"))),
        ("jpeg", jpeg(0xE1, b"Exif\0\0" + tiff(0x9286, b"ASCII\0\0\0" + SAID))),
        ("jpeg", jpeg(0xE1, b"Exif\0\0" + tiff(0x9286, b"UNICODE\0" + SAID.decode().encode("utf-16-le")))),
        ("jpeg", jpeg(0xE1, b"Exif\0\0" + tiff(0x9C9C, SAID.decode().encode("utf-16-le")))),
        ("jpeg", jpeg(0xED, iptc(120, SAID))),
        ("gif", b"GIF89a" + b"\x01\0\x01\0\0\0\0!\xfe" + bytes((len(SAID),)) + SAID + b"\0;"),
        ("webp", b"RIFF\0\0\0\0WEBP" + b"EXIF" + struct.pack("<I", len(tiff(270, SAID))) + tiff(270, SAID)),
        ("tiff", tiff(0x010E, SAID)),
    ],
)
def test_what_is_said_of_a_picture(kind: str, data: bytes) -> None:
    assert SAID.decode() in captions(kind, data)
    with Extractor() as reading:
        found = reading.read_file(data, f"a.{kind}")
    assert [where for where, text in found.texts if SAID.decode() in text] == [f"a.{kind}, said of the picture"]


@pytest.mark.parametrize("kind", ["png", "jpeg", "gif", "webp", "tiff", "bmp"])
@pytest.mark.parametrize("data", [b"", b"\xff" * 40, b"II*\0\xff\xff\xff\xff", b"\x89PNG\r\n\x1a\n\0\0\0\xffzTXt\0\0x"])
def test_what_is_malformed_says_nothing(kind: str, data: bytes) -> None:
    assert captions(kind, data) == ""


def test_xmp_of_a_picture_is_kept_as_properties() -> None:
    packet = (
        b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x='adobe:ns:meta/' xmlns:d='d'><d:title>The plan</d:title>"
        b"</x:xmpmeta>"
    )
    with Extractor() as reading:
        found = reading.read_file(jpeg(0xE1, packet), "a.jpg")
    assert ("a.jpg", "title", "The plan") in found.properties
