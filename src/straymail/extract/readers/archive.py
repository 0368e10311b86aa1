"""ZIP (and the documents that are ZIP), 7z, tar, and compressed streams: never more is unpacked than the budget has."""

from __future__ import annotations

import bz2
import io
import lzma
import tarfile
import zipfile
import zlib

from straymail.extract.kinds import zip_kind
from straymail.extract.limits import Unread
from straymail.extract.readers.office import read_office
from straymail.extract.reading import Reading
from straymail.extract.sevenzip import Entry, Folder, Unpacking, read_header

_ENCRYPTED = 0x1
_CHUNK = 1 << 20
_LZMA_MEMORY = 256 << 20


def read_zip(reading: Reading, data: bytes, _name: str, where: str, depth: int) -> str:
    """Any ZIP: a document by its parts, anything else file by file."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
            kind = zip_kind(frozenset(info.filename for info in members))
            if kind in ("docx", "xlsx", "pptx", "odf"):
                read_office(reading, archive, data, kind, where, depth)
            else:
                _members(reading, archive, members, where, depth)
            return kind
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError) as error:
        raise Unread("damaged", f"ZIP: {type(error).__name__}") from error


def _members(
    reading: Reading, archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], where: str, depth: int
) -> None:
    for info in members:
        place = f"{where} > {info.filename}"
        if info.flag_bits & _ENCRYPTED:
            reading.budget.file()
            reading.problem(place, "encrypted", "ZIP with a password")
            continue
        try:
            content = member(reading, archive, info)
        except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, NotImplementedError, EOFError, OSError) as error:
            reading.problem(place, "damaged", type(error).__name__)
            continue
        reading.file(content, info.filename, place, depth + 1)


def member(reading: Reading, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """Unpack one entry within the budget, whatever size it declares."""
    with archive.open(info) as file:
        content = file.read(reading.budget.room() + 1)
    reading.budget.take(len(content))
    return content


def read_7z(reading: Reading, data: bytes, _name: str, where: str, depth: int) -> str:
    """A 7z archive file by file, each of its folders unpacked once from the front."""
    folder: Folder | None = None
    unpacking: Unpacking | Unread | None = None
    for entry in read_header(data):
        place = f"{where} > {entry.name}"
        if entry.folder is not None and entry.folder is not folder:
            folder, unpacking = entry.folder, _opened(data, entry.folder)
        try:
            content = _part(reading, entry, unpacking)
        except Unread as stop:
            if stop.why == "limit":
                raise
            reading.budget.file()
            reading.problem(place, stop.why, stop.text)
            unpacking = stop  # nor can what follows in this folder be read
            continue
        if len(content) < entry.size:
            reading.problem(place, "damaged", "7z: the file ends too early")
        reading.file(content, entry.name, place, depth + 1)
    return ""


def _opened(data: bytes, folder: Folder) -> Unpacking | Unread:
    try:
        return Unpacking(data, folder)
    except Unread as stop:
        return stop


def _part(reading: Reading, entry: Entry, unpacking: Unpacking | Unread | None) -> bytes:
    if entry.folder is None or unpacking is None:
        return b""
    if isinstance(unpacking, Unread):
        raise Unread(unpacking.why, unpacking.text)
    content = unpacking.read(min(entry.size, reading.budget.room() + 1))
    reading.budget.take(len(content))
    return content


def read_tar(reading: Reading, data: bytes, _name: str, where: str, depth: int) -> str:
    """A tar archive: its regular files; links and devices are passed over."""
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
            for info in archive:
                file = archive.extractfile(info) if info.isreg() else None
                if file is None:
                    reading.budget.file()
                    continue
                content = file.read(reading.budget.room() + 1)
                reading.budget.take(len(content))
                reading.file(content, info.name, f"{where} > {info.name}", depth + 1)
    except (tarfile.TarError, EOFError) as error:
        raise Unread("damaged", f"tar: {type(error).__name__}") from error
    return ""


def read_stream(reading: Reading, data: bytes, name: str, where: str, depth: int) -> str:
    """One file compressed by gzip, bzip2 or xz (the first member; others are noted)."""
    content = _inflate(reading, data)
    inner = name.rpartition("/")[2]
    lower = inner.lower()
    inner = inner[: inner.rfind(".")] if lower.endswith((".gz", ".bz2", ".xz")) else inner.replace(".tgz", ".tar")
    reading.file(content, inner, f"{where} > {inner or 'content'}", depth + 1)
    return ""


def _inflate(reading: Reading, data: bytes) -> bytes:
    try:
        if data.startswith(b"\x1f\x8b"):
            return _gzip(reading, data)
        decoder: bz2.BZ2Decompressor | lzma.LZMADecompressor = (
            bz2.BZ2Decompressor() if data.startswith(b"BZh") else lzma.LZMADecompressor(memlimit=_LZMA_MEMORY)
        )
        content = decoder.decompress(data, reading.budget.room() + 1)
        reading.budget.take(len(content))
    except (OSError, zlib.error, lzma.LZMAError, EOFError) as error:
        raise Unread("damaged", f"compressed file: {type(error).__name__}") from error
    if not decoder.eof:
        raise Unread("damaged", "the compressed file ends too early")
    return content


def _gzip(reading: Reading, data: bytes) -> bytes:
    decoder = zlib.decompressobj(wbits=31)
    content = decoder.decompress(data, reading.budget.room() + 1)
    reading.budget.take(len(content))
    if not decoder.eof:
        raise Unread("damaged", "the compressed file ends too early")
    return content
