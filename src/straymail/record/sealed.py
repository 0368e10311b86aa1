"""Bodies as they are stored: compressed, encrypted, bound to their row. Few copies of a large one are in memory."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from io import BytesIO

from straymail.errors import BadInput
from straymail.record.keys import Keys, Sealed

_LEVEL = 6
_PIECE = 1 << 20


def seal(keys: Keys, raw: bytes | memoryview, bound_to: str, *, before: bytes = b"") -> bytearray:
    """A body as it is stored; ``bound_to`` names its row, ``before`` is what is put in front of it."""
    return keys.encrypt(_compressed(before, raw), bound_to)


def opened(keys: Keys, sealed: Sealed, bound_to: str) -> bytes:
    """The body.

    Raises:
        BadInput: the key is missing, or the data were changed.
    """
    unpacked, inflate = BytesIO(), zlib.decompressobj()
    try:
        for piece in keys.decrypt(sealed, bound_to):
            unpacked.write(inflate.decompress(piece))
        unpacked.write(inflate.flush())
    except zlib.error as error:
        raise BadInput(f"the stored body cannot be unpacked: {error}") from error
    if not inflate.eof:
        raise BadInput("the stored body ends too early")
    return unpacked.getvalue()


def _compressed(*parts: bytes | memoryview) -> Iterator[bytes]:
    deflate = zlib.compressobj(_LEVEL)
    for part in parts:
        view = memoryview(part)
        for start in range(0, len(view), _PIECE):
            yield deflate.compress(view[start : start + _PIECE])
    yield deflate.flush()
