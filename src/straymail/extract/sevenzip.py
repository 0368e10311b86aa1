"""The container of 7-Zip, read and not written: what a header lists, and the streams its folders unpack to.

After 7-Zip's own description (7zFormat.txt, public domain). Known methods: copy, LZMA, LZMA2, deflate and bzip2, before
them any of the filters liblzma has (branch converters, delta). AES is said to be encryption; PPMd, BCJ2 and whatever
else needs several streams at once are said to be unknown. Sizes and counts of a header are never believed: nothing is
set aside for more than the bytes there are, a dictionary is no larger than what it unpacks to.
"""

from __future__ import annotations

import bz2
import lzma
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from straymail.extract.limits import Unread

_SIGNATURE = b"7z\xbc\xaf'\x1c"
_START = 32
_END, _HEADER, _ARCHIVE_PROPERTIES, _ADDITIONAL, _MAIN, _FILES = range(6)
_PACK, _UNPACK, _SUBSTREAMS, _SIZE, _CRC, _FOLDER, _FOLDER_SIZES, _COUNT = range(6, 14)
_EMPTY, _EMPTY_FILE, _NAMES, _ENCODED = 14, 15, 17, 23
_MOST_HEADER = 16 << 20
_MOST_CODERS = 32
_MOST_THINGS = 100_000  # files, folders, streams: fifty times what is read of an archive
_LEAST_DICTIONARY = 4_096
_COPY, _LZMA2, _LZMA, _AES = b"\0", b"\x21", b"\x03\x01\x01", b"\x06\xf1\x07\x01"
_DEFLATE, _BZIP2 = b"\x04\x01\x08", b"\x04\x02\x02"
_FILTERS = {
    b"\x03": lzma.FILTER_DELTA,
    b"\x04": lzma.FILTER_X86, b"\x03\x03\x01\x03": lzma.FILTER_X86,
    b"\x05": lzma.FILTER_POWERPC, b"\x03\x03\x02\x05": lzma.FILTER_POWERPC,
    b"\x06": lzma.FILTER_IA64, b"\x03\x03\x04\x01": lzma.FILTER_IA64,
    b"\x07": lzma.FILTER_ARM, b"\x03\x03\x05\x01": lzma.FILTER_ARM,
    b"\x08": lzma.FILTER_ARMTHUMB, b"\x03\x03\x07\x01": lzma.FILTER_ARMTHUMB,
    b"\x09": lzma.FILTER_SPARC, b"\x03\x03\x08\x05": lzma.FILTER_SPARC,
}  # fmt: skip
_PROPERTIES = 5  # bytes that describe LZMA: one of lc, lp and pb, four of the dictionary
_LARGEST_LZMA2 = 40
_STORED = 1 << 16  # the most a stored block of LZMA2 holds


@dataclass(frozen=True, slots=True)
class Coder:
    """One step of unpacking."""

    method: bytes
    properties: bytes
    inputs: int
    outputs: int


@dataclass(slots=True)
class Folder:
    """A chain of coders and what it unpacks to: files one after the other. ``packed`` is where its bytes lie."""

    coders: list[Coder]
    bound: dict[int, int]  # number of an output to the input it feeds
    streams: int  # packed ones
    checked: bool = False  # has a checksum of its own
    sizes: list[int] = field(default_factory=list)
    packed: tuple[int, int] = (0, 0)
    parts: list[int] = field(default_factory=list)  # sizes of its files

    @property
    def size(self) -> int:
        """Bytes it unpacks to: the size of the one output that feeds nothing."""
        free = [size for number, size in enumerate(self.sizes) if number not in self.bound]
        if len(free) != 1:
            raise _damaged("a folder without an end")
        return free[0]


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the archive: its name, its size, and the folder it lies in (None: it is empty)."""

    name: str
    size: int
    folder: Folder | None


def read_header(data: bytes) -> list[Entry]:
    """The files of an archive in order, directories left out.

    Raises:
        Unread: it is damaged, its list of files is encrypted, or a method is not known.
    """
    try:
        return _entries(_header(data))
    except (IndexError, struct.error, ValueError, lzma.LZMAError, zlib.error, OSError, EOFError) as error:
        raise _damaged(type(error).__name__) from error


def _header(data: bytes) -> _Cursor:
    if not data.startswith(_SIGNATURE) or len(data) < _START:
        raise _damaged("no header")
    offset, size = struct.unpack_from("<QQ", data, 12)
    if offset + size > len(data) - _START or size > _MOST_HEADER:
        raise _damaged("the archive ends too early")
    cursor = _Cursor(data[_START + offset : _START + offset + size])
    for _ in range(3):  # a packed header may be packed once more, no archive packs it thrice
        if not cursor.left:
            return cursor
        if (kind := cursor.byte()) == _HEADER:
            return cursor
        if kind != _ENCODED:
            raise _damaged("unknown header")
        (folder,) = _streams(cursor)
        if folder.size > _MOST_HEADER:
            raise Unread("limit", "7z: the list of files is too long")
        cursor = _Cursor(Unpacking(data, folder).read(folder.size))
    raise _damaged("headers within headers")


class _Cursor:
    """Reads 7-Zip's numbers, one after the other; IndexError at the end."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    @property
    def left(self) -> int:
        return len(self._data) - self._at

    def byte(self) -> int:
        self._at += 1
        return self._data[self._at - 1]

    def take(self, size: int) -> bytes:
        if not 0 <= size <= self.left:
            raise IndexError
        self._at += size
        return self._data[self._at - size : self._at]

    def number(self) -> int:
        """One to nine bytes: the first one's leading ones say how many follow."""
        first, mask, value = self.byte(), 0x80, 0
        for place in range(8):
            if not first & mask:
                return value | (first & (mask - 1)) << (8 * place)
            value |= self.byte() << (8 * place)
            mask >>= 1
        return value

    def count(self) -> int:
        """A number of things each of which takes at least a bit."""
        value = self.number()
        if value > 8 * len(self._data):
            raise ValueError
        return _few_enough(value)

    def bits(self, count: int) -> list[bool]:
        packed = self.take((count + 7) // 8)
        return [bool(packed[place >> 3] & 0x80 >> (place & 7)) for place in range(count)]

    def checks(self, count: int) -> list[bool]:
        """Pass over checksums; which of them are there."""
        flags = [True] * count if self.byte() else self.bits(count)
        self.take(4 * sum(flags))
        return flags


def _few_enough(things: int) -> int:
    if things > _MOST_THINGS:
        raise Unread("limit", f"7z: lists more than {_MOST_THINGS:,} things")
    return things


def _streams(cursor: _Cursor) -> list[Folder]:
    """The folders of a block that tells of streams, each with its place and its files' sizes."""
    start, packed, folders = 0, list[int](), list[Folder]()
    while (kind := cursor.byte()) != _END:
        if kind == _PACK:
            start, packed = _packed(cursor)
        elif kind == _UNPACK:
            folders = _folders(cursor)
            for folder in folders:
                folder.parts = [folder.size]
        elif kind == _SUBSTREAMS:
            _substreams(cursor, folders)
        else:
            raise _damaged("unknown streams")
    place, sizes = _START + start, iter(packed)
    for folder in folders:
        mine = [next(sizes, 0) for _ in range(folder.streams)]
        folder.packed = (place, mine[0])
        place += sum(mine)
    return folders


def _packed(cursor: _Cursor) -> tuple[int, list[int]]:
    start, count, sizes = cursor.number(), cursor.count(), []
    while (kind := cursor.byte()) != _END:
        if kind == _SIZE:
            sizes = [cursor.number() for _ in range(count)]
        elif kind == _CRC:
            cursor.checks(count)
        else:
            raise _damaged("unknown packing")
    return start, sizes


def _folders(cursor: _Cursor) -> list[Folder]:
    folders: list[Folder] = []
    while (kind := cursor.byte()) != _END:
        if kind == _FOLDER:
            count = cursor.count()
            if cursor.byte():
                raise Unread("type", "7z: parts of it lie in another file")
            folders = [_folder(cursor) for _ in range(count)]
        elif kind == _FOLDER_SIZES:
            for folder in folders:
                folder.sizes = [cursor.number() for coder in folder.coders for _ in range(coder.outputs)]
        elif kind == _CRC:
            for folder, checked in zip(folders, cursor.checks(len(folders)), strict=True):
                folder.checked = checked
        else:
            raise _damaged("unknown folder")
    return folders


def _folder(cursor: _Cursor) -> Folder:
    coders = [_coder(cursor) for _ in range(_few(cursor))]
    inputs, outputs = sum(coder.inputs for coder in coders), sum(coder.outputs for coder in coders)
    bound = {}
    for _ in range(outputs - 1):
        to, output = cursor.number(), cursor.number()
        bound[output] = to
    streams = inputs - len(bound)
    if streams < 1:
        raise ValueError
    if streams > 1:
        for _ in range(streams):
            cursor.number()
    return Folder(coders, bound, streams)


def _coder(cursor: _Cursor) -> Coder:
    head = cursor.byte()
    method = cursor.take(head & 0xF)
    inputs, outputs = (_few(cursor), _few(cursor)) if head & 0x10 else (1, 1)
    properties = cursor.take(cursor.number()) if head & 0x20 else b""
    return Coder(method, properties, inputs, outputs)


def _few(cursor: _Cursor) -> int:
    value = cursor.number()
    if not 0 < value <= _MOST_CODERS:
        raise ValueError
    return value


def _substreams(cursor: _Cursor, folders: Sequence[Folder]) -> None:
    counts = [1] * len(folders)
    kind = cursor.byte()
    if kind == _COUNT:
        counts = [cursor.count() for _ in folders]
        kind = cursor.byte()
    _few_enough(sum(counts))
    sized = kind == _SIZE
    for folder, count in zip(folders, counts, strict=True):
        sizes = [cursor.number() if sized else 0 for _ in range(count - 1)]
        last = folder.size - sum(sizes)
        if last < 0:
            raise _damaged("files larger than what they are packed in")
        folder.parts = [*sizes, last] if count else []
    if sized:
        kind = cursor.byte()
    while kind != _END:
        if kind != _CRC:
            raise _damaged("unknown files")
        pairs = zip(folders, counts, strict=True)
        cursor.checks(sum(count for folder, count in pairs if count != 1 or not folder.checked))
        kind = cursor.byte()


def _entries(cursor: _Cursor) -> list[Entry]:
    folders: list[Folder] = []
    while cursor.left and (kind := cursor.byte()) != _END:
        if kind == _ARCHIVE_PROPERTIES:
            while cursor.byte() != _END:
                cursor.take(cursor.number())
        elif kind == _ADDITIONAL:
            _streams(cursor)
        elif kind == _MAIN:
            folders = _streams(cursor)
        elif kind == _FILES:
            return _files(cursor, folders)
        else:
            raise _damaged("unknown header")
    return []


def _files(cursor: _Cursor, folders: Sequence[Folder]) -> list[Entry]:
    count = cursor.count()
    names, empty, whole = [""] * count, [False] * count, [False] * count
    while (kind := cursor.byte()) != _END:
        inner = _Cursor(cursor.take(cursor.number()))
        if kind == _NAMES:
            if inner.byte():
                raise Unread("type", "7z: parts of it lie in another file")
            names = inner.take(inner.left).decode("utf-16-le", "replace").split("\0")[:count]
        elif kind == _EMPTY:
            empty = inner.bits(count)
        elif kind == _EMPTY_FILE:
            flags = iter(inner.bits(sum(empty)))
            whole = [is_empty and next(flags) for is_empty in empty]
    places = iter([(folder, size) for folder in folders for size in folder.parts])
    found = []
    for name, is_empty, is_file in zip(names, empty, whole, strict=True):
        if not is_empty:
            folder, size = next(places, (None, 0))
            found.append(Entry(name, size, folder))
        elif is_file:
            found.append(Entry(name, 0, None))
    return found


class _Decoder(Protocol):
    def decompress(self, data: bytes, max_length: int = -1, /) -> bytes: ...


class Unpacking:
    """The bytes a folder unpacks to, from the front.

    Raises:
        Unread: it is encrypted, or packed by a method that is not known.
    """

    def __init__(self, data: bytes, folder: Folder) -> None:
        start, size = folder.packed
        self._packed = data[start : start + size]
        try:
            self._decoder = _decoder(folder)
        except (lzma.LZMAError, ValueError, IndexError, StopIteration) as error:
            raise _damaged(type(error).__name__) from error

    def read(self, size: int) -> bytes:
        """The next bytes, fewer when it ends before.

        Raises:
            Unread: the bytes are damaged.
        """
        if self._decoder is None:
            taken, self._packed = self._packed[:size], self._packed[size:]
            return taken
        found = bytearray()
        try:
            while len(found) < size and not getattr(self._decoder, "eof", False):
                piece = self._decoder.decompress(self._packed, size - len(found))
                self._packed = getattr(self._decoder, "unconsumed_tail", b"")
                if not piece:
                    break
                found += piece
        except (lzma.LZMAError, zlib.error, OSError, EOFError) as error:
            raise _damaged(type(error).__name__) from error
        return bytes(found)


def _decoder(folder: Folder) -> _Decoder | None:
    """What undoes the chain of a folder; None when it is only stored."""
    if any(coder.method == _AES for coder in folder.coders):
        raise Unread("encrypted", "7z with a password")
    if folder.streams > 1:
        raise Unread("type", "7z packed by a method of several streams (BCJ2)")
    chain = _chain(folder)
    first, filters = chain[0], chain[1:]
    if first.method == _COPY and not filters:
        return None
    if first.method == _DEFLATE and not filters:
        return zlib.decompressobj(wbits=-15)
    if first.method == _BZIP2 and not filters:
        return bz2.BZ2Decompressor()
    if first.method not in (_LZMA, _LZMA2) or any(coder.method not in _FILTERS for coder in filters):
        raise Unread("type", f"7z packed by the method {chain[0].method.hex()}")
    wanted = [_filter(coder) for coder in reversed(filters)]
    if wanted and first.method == _LZMA:
        return _Refiltered(_lzma(first, folder.size), wanted, folder.size)
    return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[*wanted, _lzma(first, folder.size)])


class _Refiltered:
    """LZMA and then filters. LZMA has no mark of its end, so liblzma would keep a filter's last bytes for ever.

    Therefore what LZMA yields is wrapped as stored blocks of LZMA2, which has such a mark, and filtered from there.
    """

    def __init__(self, packing: dict[str, Any], filters: list[dict[str, Any]], size: int) -> None:
        stored = {"id": lzma.FILTER_LZMA2, "dict_size": _STORED}
        self._first = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[packing])
        self._second = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[*filters, stored])
        self._left, self._began = size, False

    def decompress(self, data: bytes, max_length: int = -1, /) -> bytes:
        found = b""
        while not found and not self._second.eof:
            found = self._second.decompress(self._block(data) if self._second.needs_input else b"", max_length)
            data = b""
        return found

    def _block(self, data: bytes) -> bytes:
        """The next stored block; the mark of the end when there is none."""
        plain = self._first.decompress(data, min(_STORED, self._left)) if self._left else b""
        self._left -= len(plain)
        if not plain:
            return b"\0"
        head, self._began = struct.pack(">BH", 2 if self._began else 1, len(plain) - 1), True
        return head + plain


def _chain(folder: Folder) -> list[Coder]:
    """The coders in the order they are undone; each has one stream in and one out."""
    fed = set(folder.bound.values())
    at = next(number for number in range(len(folder.coders)) if number not in fed)
    chain = [folder.coders[at]]
    while at in folder.bound and len(chain) <= len(folder.coders):
        at = folder.bound[at]
        chain.append(folder.coders[at])
    if len(chain) != len(folder.coders):
        raise _damaged("a folder that leads nowhere")
    return chain


def _filter(coder: Coder) -> dict[str, Any]:
    kind = _FILTERS[coder.method]
    return {"id": kind, "dist": coder.properties[0] + 1} if kind == lzma.FILTER_DELTA else {"id": kind}


def _lzma(coder: Coder, size: int) -> dict[str, Any]:
    room = max(_LEAST_DICTIONARY, size)
    if coder.method == _LZMA2:
        (bits,) = coder.properties
        if bits > _LARGEST_LZMA2:
            raise _damaged("LZMA2")
        return {"id": lzma.FILTER_LZMA2, "dict_size": min((2 | bits & 1) << bits // 2 + 11, room)}
    if len(coder.properties) != _PROPERTIES:
        raise _damaged("LZMA")
    packed, dictionary = struct.unpack("<BI", coder.properties)
    rest, lc = divmod(packed, 9)
    pb, lp = divmod(rest, 5)
    wanted = max(_LEAST_DICTIONARY, min(dictionary, room))
    return {"id": lzma.FILTER_LZMA1, "lc": lc, "lp": lp, "pb": pb, "dict_size": wanted}


def _damaged(what: str) -> Unread:
    return Unread("damaged", f"7z: {what}")
