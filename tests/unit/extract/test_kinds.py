"""What a file is: cryptographic containers, fragments of HTML, text in wide characters, calendars, settings."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest

from straymail.content import examine_text
from straymail.extract import Extraction, Extractor
from straymail.extract.kinds import kind_of, zip_kind
from straymail.message import parse_message

from . import builders as make


@pytest.fixture(scope="module")
def extractor() -> Iterator[Extractor]:
    with Extractor() as shared:
        yield shared


def text_of(found: Extraction) -> str:
    return "\n".join(text for _, text in found.texts)


def der(tag: int, *inner: bytes) -> bytes:
    body = b"".join(inner)
    size = len(body)
    length = bytes([size]) if size < 128 else b"\x82" + size.to_bytes(2, "big")
    return bytes([tag]) + length + body


def pkcs7(kind: int) -> bytes:
    return der(6, b"\x2a\x86\x48\x86\xf7\x0d\x01\x07" + bytes([kind]))


def signed(content: bytes | None, *, pieces: bool = False) -> bytes:
    """SignedData with the content inside, or (None) beside it; certificates follow under the same tag."""
    octets = (
        der(0x24, *(der(4, content[at : at + 9]) for at in range(0, len(content), 9))) if content and pieces else b""
    )
    inside = der(0xA0, octets or der(4, content)) if content is not None else b""
    data = der(0x30, der(2, b"\1"), der(0x31), der(0x30, pkcs7(1), inside), der(0xA0, b"certificates"), der(0x31))
    return der(0x30, pkcs7(2), der(0xA0, data))


def pem(data: bytes) -> bytes:
    return b"-----BEGIN PKCS7-----\n" + base64.encodebytes(data) + b"-----END PKCS7-----\n"


PFX = der(0x30, der(2, b"\3"), der(0x30, pkcs7(1), der(0xA0, der(4, b"keys" * 40))))
ENVELOPED = der(0x30, pkcs7(3), der(0xA0, der(0x30, b"x" * 90)))
AUTHENTICATED = der(0x30, der(6, b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17"), der(0xA0, der(0x30, b"x" * 90)))
GPG_PASSWORD = b"\x8c\x0d\x04\x09\x03\x02" + bytes(9) + b"\xd2\x40\x01" + bytes(63)
GPG_KEY = b"\x85\x01\x0c\x03" + bytes(267) + b"\xd4\x40\x01" + bytes(63)
GPG_NEW = b"\xc1\x0c\x03" + bytes(11) + b"\xc1\xc0\x4c\x06" + bytes(267) + b"\xd2\xff\0\0\0\x40\x02" + bytes(63)
MAIL = b"Content-Type: text/plain\r\n\r\nsigned words\r\n"
LOCKED = [("x.p12", PFX), ("smime.p7m", ENVELOPED), ("smime.p7m", AUTHENTICATED), ("smime.p7m", pem(ENVELOPED)),
          ("a.gpg", GPG_PASSWORD), ("a.gpg", GPG_KEY), ("a.pgp", GPG_NEW)]  # fmt: skip


@pytest.mark.parametrize(("name", "data"), LOCKED)
def test_what_is_encrypted_is_said_to_be(extractor: Extractor, name: str, data: bytes) -> None:
    found = extractor.read_file(data, name)
    assert [each.id for each in found.unread] == ["unread.encrypted"]
    assert found.texts == []


def test_bytes_that_begin_like_openpgp_are_not() -> None:
    assert kind_of(GPG_PASSWORD[:-66] + b"x" * 66) == "unknown"
    assert kind_of("Ãnderung… of the plan".encode()) == "text"
    assert kind_of("…and so on, in Windows' characters".encode("cp1252")) == "text"
    assert kind_of(b"\x8c") == "text"


@pytest.mark.parametrize("data", [signed(MAIL), signed(MAIL, pieces=True), pem(signed(MAIL))])
def test_what_is_signed_is_read(extractor: Extractor, data: bytes) -> None:
    found = extractor.read_file(data, "smime.p7m")
    assert found.unread == []
    assert "signed words" in text_of(found)


def test_a_signed_file_is_read_under_its_own_name(extractor: Extractor) -> None:
    found = extractor.read_file(signed(b"{\\rtf1 signed words}"), "plan.rtf.p7m")
    assert (found.unread, text_of(found)) == ([], "signed words")
    assert [(file.name, file.kind) for file in found.files] == [("plan.rtf", "rtf"), ("plan.rtf.p7m", "signed")]


def test_a_signature_beside_its_mail_holds_nothing(extractor: Extractor) -> None:
    assert extractor.read_file(signed(None), "smime.p7s").unread == []
    cut = extractor.read_file(signed(MAIL)[:25], "smime.p7m")
    assert [each.id for each in cut.unread] == ["unread.damaged"]


SENTENCE = "The <b>root</b> pass<i>word</i> is Kx9#pQ2m"
HTML = [
    ("a.txt", f"<p>{SENTENCE}</p>".encode()),
    ("a", f"<div class='x'>{SENTENCE}</div>".encode()),
    ("a", f"<!-- saved from somewhere -->\n<!-- twice -->\n<html><p>{SENTENCE}</p>".encode()),
    ("a.html", f"<html><p>{SENTENCE}</p>".encode("utf-16")),
    ("a.html", f"<html><p>{SENTENCE}</p>".encode("utf-16-le")),
    ("a.htm", SENTENCE.encode()),
    ("a.HTML", SENTENCE.encode("utf-32")),
    ("a.mht", f"MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n<p>{SENTENCE}</p>".encode()),
]


@pytest.mark.parametrize(("name", "data"), HTML)
def test_html_is_seen_as_a_reader_would(extractor: Extractor, name: str, data: bytes) -> None:
    found = extractor.read_file(data, name)
    assert "The root password is Kx9#pQ2m" in text_of(found)
    assert found.unread == []


@pytest.mark.parametrize("text", ["<config password='x'/>", "<!-- a --><settings/>", "<pre:x/>", "<path/>", "a < b"])
def test_other_tags_are_left_as_they_stand(extractor: Extractor, text: str) -> None:
    assert text_of(extractor.read_file(text.encode(), "a.txt")) == text


SETTINGS = [
    b"<?xml version='1.0'?><c><password>Kx9#pQ2m</password></c>",
    b"<?xml version='1.0'?><c><add name='a' connectionString='Server=a;User Id=b;Password=Kx9pQ2mm;'/></c>",
    b"<?xml version='1.0'?><c><add connectionString='Server=a;User Id=b;Password=Kx9pQ2mm;'/><broken>",
    b"<form><add name='a' connectionString='Server=a;User Id=b;Password=Kx9pQ2mm;'/></form>",
    b"<?xml version='1.0'?><!DOCTYPE c [<!ENTITY x SYSTEM 'file:///x'>]><c><password>Kx9#pQ2m</password></c>",
]


@pytest.mark.parametrize("data", SETTINGS)
def test_settings_in_xml_are_read_with_their_names(extractor: Extractor, data: bytes) -> None:
    found = extractor.read_file(data, "web.config")
    assert {"secret.password", "secret.connection"} & {
        finding.id for where, text in found.texts for finding in examine_text(text, where)
    }


def test_very_long_xml_is_read_but_for_its_attributes(extractor: Extractor) -> None:
    data = b"<?xml version='1.0'?><c>" + b"<a b='c'>word </a>" * 120_000 + b"<a>the end</a></c>"
    found = extractor.read_file(data, "a.xml")
    assert "the end" in text_of(found)
    assert [each.id for each in found.unread] == ["unread.limit"]


FOLDED = "BEGIN:VCALENDAR\r\nDESCRIPTION:Visit\\, then:\\nthe root pass\r\n word is Gr\r\n öße9#x\r\nEND:VCALENDAR\r\n"


@pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
def test_folded_lines_are_put_together(extractor: Extractor, codec: str) -> None:
    found = extractor.read_file(FOLDED.encode(codec), "day.ics")
    assert "Visit, then:\nthe root password is Größe9#x" in text_of(found)
    split = extractor.read_file("BEGIN:VCARD\r\nFN:Jörg\r\nEND:VCARD".encode().replace(b"\xb6", b"\r\n \xb6"), "a.vcf")
    assert "FN:Jörg" in text_of(split)


PLACES = [
    b"<?xml version='1.0'?><gml:Point xmlns:gml='g'><gml:pos>34.0868 62.1675</gml:pos></gml:Point>",
    b"<?xml version='1.0'?><gml:posList srsDimension='2'>34.0868 62.1675 34.1 62.2</gml:posList>",
    b"<?xml?><T><LatitudeDegrees>34.0868</LatitudeDegrees>\n<LongitudeDegrees>62.1675</LongitudeDegrees></T>",
]


@pytest.mark.parametrize("data", PLACES)
def test_positions_in_maps_and_tracks_are_read(extractor: Extractor, data: bytes) -> None:
    assert ("a.xml, positions", "lat 34.0868 lon 62.1675") in extractor.read_file(data, "a.xml").texts


def test_maps_with_many_pictures_are_maps() -> None:
    pictures = {f"files/{number}.png" for number in range(80)}
    assert zip_kind(frozenset({"doc.kml", *pictures})) == "kmz"
    assert zip_kind(frozenset({"files/a.kml", *pictures})) == "zip"


@pytest.mark.parametrize("name", ["a.kmz", "a.zip"])
def test_maps_contradict_no_name(extractor: Extractor, name: str) -> None:
    pictures: dict[str, bytes | str] = {f"files/{number}.txt": "x" for number in range(60)}
    assert extractor.read_file(make.zipped({"files/a.kml": "<kml/>", **pictures}), name).unread == []


@pytest.mark.parametrize(("name", "data"), [("a.docx", make.docx()), ("a.xlsx", make.xlsx())])
def test_documents_that_end_too_early_are_damaged(extractor: Extractor, name: str, data: bytes) -> None:
    assert [each.id for each in extractor.read_file(data[:-60], name).unread] == ["unread.damaged"]
    other = [each.id for each in extractor.read_file(make.zipped({"a.txt": "x"}), name).unread]
    assert other == ["unread.mismatch"]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        ("<kml/>".encode("utf-16"), "kml"), ('{"a": 1}'.encode("utf-16"), "json"), (b"<!-- a --><gpx/>", "gpx"),
        (b"<?xml version='1.0'?><!--" + b"x" * 9_000 + b"--><kml>", "kml"),
        (b"<!--" + b"x" * 9_000 + b"--><html>", "html"), (b"words <!--" + b"x" * 9_000 + b"--><kml>", "text"),
        (b"<!--" + b"x" * 9_000, "text"), (bytes(9_000) + b"CD001", "unknown"),
    ],
)  # fmt: skip
def test_kinds_of_text(data: bytes, kind: str) -> None:
    assert kind_of(data) == kind


@pytest.mark.parametrize(
    ("content", "kind", "said"),
    [
        (make.docx("hidden words"), "text/plain", True), (make.docx("hidden words"), "text/html", True),
        (b"{\\rtf1 hidden words}", "text/plain", True), (b"BMW and hidden words", "text/plain", False),
        (b"\x01\x02\x03 hidden", "text/plain", False),
    ],
)  # fmt: skip
def test_files_labelled_as_text_are_read(extractor: Extractor, content: bytes, kind: str, *, said: bool) -> None:
    head = f"From: a@x.example\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    found = extractor.read(parse_message(head.encode() + make.base64_lines(content)))
    assert ("hidden words" in text_of(found)) == said
    assert ["unread.mismatch"] * said == [each.id for each in found.unread]


def test_json_is_read_with_its_letters_as_letters(extractor: Extractor) -> None:
    found = extractor.read_file(rb'{"note": "The p\u0061ssword is S\u00f6nne#12 \ud83d\ude00"}', "a.json")
    assert "The password is S\xf6nne#12 \U0001f600" in text_of(found)


def test_drawings_are_said_to_be_unread_unless_a_document_shows_them(extractor: Extractor) -> None:
    drawing = b"\x01\0\0\0" + b"\0" * 36 + b" EMF" + b"\0" * 100
    assert [each.id for each in extractor.read_file(drawing, "a.emf").unread] == ["unread.type"]
    shown = make.zipped({**make.unzipped(make.docx()), "word/media/image1.emf": drawing})
    assert extractor.read_file(shown, "a.docx").unread == []
