"""ZIP (and the documents that are ZIP), 7z, tar, and compressed streams: never more is unpacked than the budget has."""

from __future__ import annotations

import bz2
import io
import lzma
import re
import tarfile
import zipfile
import zlib
from typing import Protocol

from straymail.extract.kinds import zip_kind
from straymail.extract.limits import Unread
from straymail.extract.readers.office import read_office
from straymail.extract.readers.text import plain_text
from straymail.extract.reading import Reading
from straymail.extract.sevenzip import Entry, Folder, Unpacking, read_header

_ENCRYPTED = 0x41  # with a password, or strongly
_COMPRESSED = 1 << 16  # bytes given to a decoder at once; what it does not use is copied
_MAX_MEMBERS = 10_000
_ZEROS = re.compile(rb"\0*")
_STARTS = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0")
_UNKNOWN_METHOD = "packed in a way that is not read here"
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
                reading.text(f"{where}, comment", plain_text(archive.comment))
                _members(reading, archive, members, where, depth)
            return kind
    except NotImplementedError as error:
        raise Unread("type", _UNKNOWN_METHOD) from error
    except (zipfile.BadZipFile, zipfile.LargeZipFile) as error:
        raise Unread("damaged", f"ZIP: {type(error).__name__}") from error


def _members(
    reading: Reading, archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], where: str, depth: int
) -> None:
    for info in members:
        place = f"{where} > {info.filename}"
        if info.flag_bits & _ENCRYPTED:
            reading.name(info.filename, place)
            reading.problem(place, "encrypted", "ZIP with a password")
            continue
        try:
            content = member(reading, archive, info)
        except NotImplementedError:
            reading.name(info.filename, place)
            reading.problem(place, "type", _UNKNOWN_METHOD)
            continue
        except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError) as error:
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
            reading.name(entry.name, place)
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
    """One file compressed by gzip, bzip2 or xz, all its members one after the other, as their programs do."""
    content = _inflate(reading, data, where)
    inner = name.rpartition("/")[2]
    lower = inner.lower()
    inner = inner[: inner.rfind(".")] if lower.endswith((".gz", ".bz2", ".xz")) else inner.replace(".tgz", ".tar")
    if content:
        reading.file(content, inner, f"{where} > {inner or 'content'}", depth + 1)
    return ""


class _Decoder(Protocol):
    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


def _inflate(reading: Reading, data: bytes, where: str) -> bytes:
    pieces: list[bytes] = []
    at = 0
    for _ in range(_MAX_MEMBERS):
        try:
            at, ended = _member(reading, data, at, pieces)
        except (OSError, zlib.error, lzma.LZMAError, EOFError) as error:
            reading.problem(where, "damaged", f"compressed file: {type(error).__name__}")
            break
        if not ended:
            reading.problem(where, "damaged", "the compressed file ends too early")
            break
        at = _past_zeros(data, at)  # xz and tapes fill up with them
        if at >= len(data):
            break
        if not data.startswith(_STARTS, at):
            reading.problem(where, "damaged", f"{len(data) - at} bytes after the end of the compressed file")
            break
    else:
        reading.problem(where, "limit", f"more than {_MAX_MEMBERS} compressed pieces")
    return b"".join(pieces)


def _past_zeros(data: bytes, at: int) -> int:
    match = _ZEROS.match(data, at)
    return match.end() if match else at


def _member(reading: Reading, data: bytes, at: int, pieces: list[bytes]) -> tuple[int, bool]:
    """Unpack the member that starts here; returns where it ended, and whether it had an end."""
    decoder = _decoder(data[at : at + 6])
    while at < len(data) and not decoder.eof:
        chunk = data[at : at + _COMPRESSED]
        content = decoder.decompress(chunk, reading.budget.room() + 1)  # what is more raises below
        reading.budget.take(len(content))
        pieces.append(content)
        at += len(chunk) - len(decoder.unused_data)
    return at, decoder.eof


def _decoder(start: bytes) -> _Decoder:
    if start.startswith(b"\x1f\x8b"):
        return zlib.decompressobj(wbits=31)
    if start.startswith(b"BZh"):
        return bz2.BZ2Decompressor()
    return lzma.LZMADecompressor(memlimit=_LZMA_MEMORY)
