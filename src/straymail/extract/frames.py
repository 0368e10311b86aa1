"""Frames between parent and worker: JSON and bytes, never pickles, for a worker may be lost to a hostile file.

A frame is two unsigned 32-bit lengths in network order, then JSON (UTF-8), then bytes.
"""

from __future__ import annotations

import json
import struct
from typing import IO

MOST = 512 * 1024 * 1024  # bytes of either half: what a lost worker may make its parent hold
HEAD = struct.Struct("!II")


def write_frame(stream: IO[bytes], value: object, blob: bytes = b"") -> None:
    """Write one frame and flush."""
    text = json.dumps(value, separators=(",", ":")).encode()
    stream.write(HEAD.pack(len(text), len(blob)))
    stream.write(text)
    stream.write(blob)
    stream.flush()


def read_frame(stream: IO[bytes]) -> tuple[object, bytes] | None:
    """Read one frame; None at the end of the stream.

    Raises:
        ValueError: the frame is too large, cut short, or no JSON.
    """
    head = stream.read(HEAD.size)
    if len(head) < HEAD.size:
        return None
    size, blob = HEAD.unpack(head)
    if max(size, blob) > MOST:
        raise ValueError("frame too large")
    text, content = stream.read(size), stream.read(blob)
    if len(content) < blob:
        raise ValueError("frame cut short")
    return json.loads(text), content
