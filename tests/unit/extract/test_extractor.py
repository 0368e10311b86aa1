"""Reading attachments: a table of formats, of what cannot be read, and of files made to hurt."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import lzma
import os
import tarfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from straymail.evidence import Sensitivity
from straymail.extract import Extraction, Extractor, ReadLimits
from straymail.extract.frames import HEAD, read_frame, write_frame
from straymail.extract.sandbox import confine
from straymail.message import parse_message

from . import builders as make


@pytest.fixture(scope="module")
def extractor() -> Iterator[Extractor]:
    with Extractor() as shared:
        yield shared


def ids(found: Extraction) -> list[str]:
    return [finding.id for finding in found.unread]


def tar(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


MAIL = (
    b"From: a@x.example\r\nTo: b@x.example\r\nSubject: inner subject\r\n"
    b"Date: Mon, 2 Feb 2026 10:00:00 +0000\r\n\r\ninner words\r\n"
)
NS = "xmlns:o='urn:o' xmlns:text='urn:t' xmlns:p='urn:p' xmlns:a='urn:a'"
ODF = make.zipped(
    {
        "mimetype": "application/vnd.oasis.opendocument.text",
        "content.xml": f"<o:d {NS}><text:p>odf words</text:p></o:d>",
        "styles.xml": f"<o:d {NS}><text:p>odf header</text:p></o:d>",
        "meta.xml": f"<o:m {NS}><o:meta>odf title</o:meta></o:m>",
    }
)
PPTX = make.zipped(
    {
        "[Content_Types].xml": "<Types/>",
        "ppt/slides/slide1.xml": f"<p:s {NS}><a:p><a:t>slide</a:t><a:t> words</a:t></a:p></p:s>",
        "ppt/notesSlides/notesSlide1.xml": f"<p:s {NS}><a:p><a:t>speaker notes</a:t></a:p></p:s>",
    }
)
DOCX = make.docx("body words", header1="top words", footer1="foot words", comments="side words", footnotes="note words")
RTF = (
    rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\header top words}"
    rb"gr\'fc\u223?e\par {\*\x hidden}end}"
)
MSG = make.outlook("msg subject", "msg words", b"attached words " * 300)
PKCS7 = b"0\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07"
SIGNED = PKCS7 + b"\x02\xa0\x80Content-Type: text/plain\r\n\r\nsigned words\r\n"

FORMATS: list[tuple[str, bytes, tuple[str, ...]]] = [
    ("plan.pdf", make.pdf("page words"), ("page words",)),
    ("plan.docx", DOCX, ("body words", "top words", "foot words", "side words", "note words")),
    ("crew.xlsx", make.xlsx(), ("shown", "4111111111111111", "concealed", "remark", "Crew")),
    ("talk.pptx", PPTX, ("slide words", "speaker notes")),
    ("plan.odt", ODF, ("odf words", "odf header")),
    ("plan.rtf", RTF, ("top words", "grüße", "end")),
    ("page.html", b"<html><style>x</style><p>html <b>words</b></p>", ("html words",)),
    ("list.csv", "name,größe\n".encode("utf-16"), ("name,größe",)),
    ("wide.txt", "utf sixteen without a mark".encode("utf-16-le"), ("utf sixteen",)),
    ("mail.eml", MAIL, ("inner subject", "inner words")),
    ("old.doc", make.word("old words\rnext"), ("old words\nnext",)),
    ("old.ppt", make.powerpoint("old slide"), ("old slide",)),
    ("note.msg", MSG, ("msg subject", "msg words", "attached words")),
    ("winmail.dat", make.tnef("a.txt", b"packed words", "tnef body"), ("packed words", "tnef body")),
    ("day.ics", b"BEGIN:VCALENDAR\r\nSUMMARY:visit\r\nEND:VCALENDAR\r\n", ("SUMMARY:visit",)),
    ("bob.vcf", b"BEGIN:VCARD\r\nFN:Bob\r\nEND:VCARD\r\n", ("FN:Bob",)),
    ("map.kml", b"<?xml version='1.0'?><kml><name>base</name></kml>", ("base",)),
    ("all.zip", make.zipped({"in/a.txt": "zip words", "b.docx": make.docx("deep words")}), ("zip words", "deep words")),
    ("all.tar", tar({"a.txt": b"tar words"}), ("tar words",)),
    ("all.tar.gz", gzip.compress(tar({"a.txt": b"tar words"})), ("tar words",)),
    ("a.txt.bz2", bz2.compress(b"bzip words"), ("bzip words",)),
    ("a.txt.xz", lzma.compress(b"xz words"), ("xz words",)),
    ("smime.p7m", SIGNED, ("signed words",)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "data", "words"), FORMATS, ids=[case[0] for case in FORMATS])
def test_a_format_is_read(extractor: Extractor, name: str, data: bytes, words: tuple[str, ...]) -> None:
    found = extractor.read_file(data, name)
    text = "\n".join(text for _, text in found.texts)
    assert all(word in text for word in words), text
    assert ids(found) == []
    assert "hidden" not in text


def test_places_and_properties_are_told(extractor: Extractor) -> None:
    found = extractor.read_file(make.zipped({"b.docx": make.docx("x", header1="top")}), "all.zip")
    assert ("all.zip > b.docx, header1", "top") in found.texts
    assert ("all.zip > b.docx", "title", "The title") in found.properties
    assert ("all.zip > b.docx", "MSIP_Label_1_Name", "Secret") in found.properties
    assert ("plan.pdf, page 1", "words") in extractor.read_file(make.pdf("words"), "plan.pdf").texts
    assert any("Pay (hidden)" in where for where, _ in extractor.read_file(make.xlsx(), "crew.xlsx").texts)


def test_bytes_of_pictures_and_maps_are_handed_on(extractor: Extractor) -> None:
    picture = b"\xff\xd8\xff\xe1" + bytes(range(200))
    found = extractor.read_file(
        make.zipped({"a.jpg": picture, "b.txt": "x", "c.png": b"\x89PNG\r\n\x1a\n1"}), "all.zip"
    )
    assert {file.name: (file.kind, file.data) for file in found.files} == {
        "a.jpg": ("jpeg", picture), "b.txt": ("text", b""),
        "c.png": ("png", b"\x89PNG\r\n\x1a\n1"), "all.zip": ("zip", b""),
    }  # fmt: skip
    assert extractor.read_file(picture, "a.jpg").files[0].data == picture


def bomb() -> bytes:
    return make.zipped({f"{number}.bin": b"\1" * 30_000_000 for number in range(6)})


def deep(levels: int) -> bytes:
    data = b"end"
    for _ in range(levels):
        data = make.zipped({"n.zip": data})
    return data


def lying_zip() -> bytes:
    """An entry that unpacks to more than it says."""
    data = bytearray(make.zipped({"a.txt": "x" * 1_000}))
    central = data.index(b"PK\x01\x02")
    data[central + 24 : central + 28] = (10).to_bytes(4, "little")
    return bytes(data)


ENCRYPTED = (
    b"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <" + b"41" * 32 + b"> /U <" + b"42" * 32 + b"> >> "
    b"/ID [<41> <41>]"
)
SECRET_ODF = make.zipped({"mimetype": "x", "content.xml": "x", "META-INF/manifest.xml": "<m:encryption-data/>"})
LAUGHS = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><l>&b;</l>'
SECRET_WHOLE = make.zipped(
    {"mimetype": "x", "encrypted-package": b"x", "META-INF/manifest.xml": "<m:encryption-data/>"}
)
UNREAD: list[tuple[str, bytes, str]] = [
    ("secret.zip", make.locked_zip(), "unread.encrypted"),
    ("secret.docx", make.compound({"EncryptedPackage": b"x", "EncryptionInfo": b"y"}), "unread.encrypted"),
    ("secret.doc", make.word("x", flags=0x0100), "unread.encrypted"),
    ("secret.odt", SECRET_ODF, "unread.encrypted"),
    ("whole.odt", SECRET_WHOLE, "unread.encrypted"),
    ("secret.pdf", make.pdf("x", ENCRYPTED), "unread.encrypted"),
    ("rights.pdf", make.pdf("x", ENCRYPTED.replace(b"/Standard", b"/MicrosoftIRMServices")), "unread.encrypted"),
    ("message.rpmsg", b"\x76\xe8\x04\x60\xc4\x11\xe3\x86" + bytes(range(200)), "unread.encrypted"),
    ("plan.txt.enc", b"Salted__" + bytes(range(64)), "unread.encrypted"),
    ("all.kdbx", b"\x03\xd9\xa2\x9a\x67\xfb\x4b\xb5" + bytes(99), "unread.encrypted"),
    ("plan.age", b"age-encryption.org/v1\n-> X25519 x\n", "unread.encrypted"),
    ("secret.asc", b"-----BEGIN PGP MESSAGE-----\n\nhQ==\n-----END PGP MESSAGE-----\n", "unread.encrypted"),
    ("smime.p7m", PKCS7 + b"\x03\xa0\x80" + bytes(80), "unread.encrypted"),
    ("cut.zip", make.zipped({"a.txt": "x" * 999})[:-60], "unread.damaged"),
    ("cut.gz", gzip.compress(os.urandom(999))[:-60], "unread.damaged"),
    ("cut.xz", lzma.compress(os.urandom(999))[:-60], "unread.damaged"),
    ("cut.tar", tar({"a.txt": b"x" * 9_000})[:2_000], "unread.damaged"),
    ("cut.doc", make.word("x")[:700], "unread.damaged"),
    ("cut.pdf", b"%PDF-1.4\n" + bytes(50), "unread.damaged"),
    ("cut.dat", make.tnef("a", b"x" * 99, "y")[:-60], "unread.damaged"),
    ("bad.xlsx", make.zipped({"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<x/>"}), "unread.damaged"),
    ("lying.zip", lying_zip(), "unread.damaged"),
    ("laughs.xml", LAUGHS, "unread.damaged"),
    ("laughs.docx", make.zipped({"[Content_Types].xml": "<T/>", "word/document.xml": LAUGHS}), "unread.damaged"),
    ("deep.xml", b"<?xml version='1.0'?>" + b"<a>" * 5_000, "unread.limit"),
    ("deep.zip", deep(100), "unread.limit"),
    ("bomb.zip", bomb(), "unread.limit"),
    ("bomb.gz", gzip.compress(b"\1" * 200_000_000), "unread.limit"),
    ("bomb.bz2", bz2.compress(b"\1" * 200_000_000), "unread.limit"),
    ("many.zip", make.zipped({f"{number}.txt": "x" for number in range(2_100)}), "unread.limit"),
    ("long.txt", b"word " * 2_000_000, "unread.limit"),
    ("all.7z", b"7z\xbc\xaf'\x1c" + b"\xff" * 90, "unread.damaged"),
    ("all.rar", b"Rar!\x1a\x07\x01\x00" + bytes(90), "unread.type"),
    ("a.bin", bytes(range(256)), "unread.type"),
    ("scan.pdf", make.pdf(""), "unread.type"),
    ("holiday.jpg", make.zipped({"a.txt": "x"}), "unread.mismatch"),
    ("notes.txt", make.pdf("x"), "unread.mismatch"),
    ("plan.pdf", b"just words", "unread.mismatch"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "data", "reason"), UNREAD, ids=[case[0] for case in UNREAD])
def test_what_cannot_be_read_is_said(extractor: Extractor, name: str, data: bytes, reason: str) -> None:
    start = time.monotonic()
    found = extractor.read_file(data, name)
    assert reason in ids(found)
    assert all(finding.where and finding.text and "." in finding.id for finding in found.unread)
    assert time.monotonic() - start < 10


def test_encrypted_weighs_more_than_an_unknown_type(extractor: Extractor) -> None:
    assert extractor.read_file(make.locked_zip(), "a.zip").unread[0].sensitivity == Sensitivity.ELEVATED
    assert extractor.read_file(bytes(range(256)), "a.bin").unread[0].sensitivity == Sensitivity.LOW


def test_names_that_tell_no_lie(extractor: Extractor) -> None:
    for name, data in (
        ("a.jpg", b"\x89PNG\r\n\x1a\n1"),
        ("a.doc", b"{\\rtf1 x}"),
        ("a", b"x"),
        ("key.pub", b"x"),
        ("a.dat", b"x"),
    ):
        assert ids(extractor.read_file(data, name)) == [], name


def message(*parts: tuple[str, bytes]) -> bytes:
    out = b"From: a@x.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhello\r\n"
    for name, data in parts:
        head = f"--b\r\nContent-Disposition: attachment; filename={name}\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        out += head.encode() + base64.encodebytes(data).replace(b"\n", b"\r\n") + b"\r\n"
    return out + b"--b--\r\n"


def test_attachments_of_a_message_are_read(extractor: Extractor) -> None:
    found = extractor.read(parse_message(message(("a.pdf", make.pdf("one")), ("b.txt", b"two"))))
    assert [where for where, _ in found.texts] == ["a.pdf, page 1", "b.txt"]


def test_attached_mail_and_pgp_bodies_are_seen() -> None:
    with Extractor() as fresh:
        raw = b"From: a@x.example\r\nContent-Type: message/rfc822\r\n\r\n" + MAIL
        assert "inner words" in " ".join(text for _, text in fresh.read(parse_message(raw)).texts)
        pgp = parse_message(b"From: a@x.example\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n\r\nhQ==\r\n")
        assert ids(fresh.read(pgp)) == ["unread.encrypted"]


def test_mail_without_documents_starts_no_process() -> None:
    with Extractor() as fresh:
        assert fresh.read(parse_message(MAIL)) == Extraction()
        found = fresh.read(parse_message(message(("a.png", b"\x89PNG\r\n\x1a\n1"), ("b.txt", b"words"))))
        assert [(file.kind, file.data) for file in found.files] == [("png", b"\x89PNG\r\n\x1a\n1"), ("text", b"")]
        assert found.texts == [("b.txt", "words")]
        worker = fresh._free.get_nowait()
        assert worker._process is None


def test_a_lost_worker_is_replaced() -> None:
    with Extractor(ReadLimits(seconds=5)) as fresh:
        assert fresh.read_file(make.pdf("words"), "a.pdf").texts
        worker = fresh._free.get_nowait()
        assert worker._process is not None
        worker._process.kill()
        worker._process.wait()
        fresh._free.put(worker)
        assert fresh.read_file(make.pdf("words"), "a.pdf").texts


@pytest.mark.timeout(60)
def test_a_reader_that_takes_too_long_is_killed_and_reported() -> None:
    slow = make.zipped({f"{number}.txt": b"word " * 100_000 for number in range(300)})
    with Extractor(ReadLimits(seconds=0.02, text=10**9, unpacked=10**9)) as fresh:
        fresh.start()
        start = time.monotonic()
        assert ids(fresh.read_file(slow, "slow.zip")) == ["unread.limit"]
        assert time.monotonic() - start < 3
    with Extractor(ReadLimits(message_seconds=0)) as fresh:
        assert ids(fresh.read(parse_message(message(("a.txt", b"x"))))) == ["unread.limit"]


def test_memory_is_limited() -> None:
    with Extractor(ReadLimits(memory=700 * 1024 * 1024, unpacked=4 * 10**9)) as fresh:
        big = zipfile.ZIP_DEFLATED
        data = make.zipped({"a.bin": b"\1" * 600_000_000}, big)
        assert "unread.limit" in ids(fresh.read_file(data, "a.zip"))
        assert fresh.read_file(make.pdf("words"), "a.pdf").texts


def test_the_worker_has_no_network_and_writes_no_files() -> None:
    """In a child, because the limits cannot be taken off again."""
    child = os.fork()
    if child == 0:
        status = 0
        try:
            confine(4 * 1024**3)
            import socket  # noqa: PLC0415

            try:
                socket.socket()
                status = 1
            except OSError:
                pass
            try:
                Path(f"/tmp/straymail-{os.getpid()}").write_text("x", encoding="utf-8")
                status = 2
            except OSError:
                pass
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) in (0, -25)  # -25: SIGXFSZ, the write was stopped


@pytest.mark.corpus
def test_files_of_other_projects_are_read(extractor: Extractor, corpus: Path) -> None:
    folder = corpus / "mime" / "zbateson" / "tests" / "_data" / "emails" / "files"
    assert "Biodiversité" in extractor.read_file((folder / "test.doc").read_bytes(), "test.doc").texts[0][1]
    for path in sorted((corpus / "mime").rglob("*.eml")):
        found = extractor.read(parse_message(path.read_bytes()))
        assert not any("too long" in finding.text for finding in found.unread), path


@pytest.mark.parametrize(
    "answer", [b"", b"\0\0", HEAD.pack(2**31, 0), HEAD.pack(2, 5) + b"{}1", HEAD.pack(2, 0) + b"{x"]
)
def test_a_worker_that_answers_nonsense_is_not_believed(answer: bytes) -> None:
    """A worker taken over by a hostile file can at most make its own file unread."""
    try:
        assert read_frame(io.BytesIO(answer)) is None
    except ValueError:
        return
    assert len(answer) < HEAD.size


def test_frames_survive_the_pipe() -> None:
    pipe = io.BytesIO()
    write_frame(pipe, {"a": ["ü", 1]}, b"blob")
    pipe.seek(0)
    assert read_frame(pipe) == ({"a": ["ü", 1]}, b"blob")
