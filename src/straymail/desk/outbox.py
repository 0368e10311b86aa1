"""A folder in place of the next hop: one ``.eml`` a message, its envelope beside it in ``.json`` (trials, tests)."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

from straymail.errors import NextHopDown


def write_outbox(folder: Path, name: str, sender: str, recipients: Sequence[str], *parts: bytes | memoryview) -> Path:
    """Write atomically and durably; the ``.eml`` appears last, so a reader that sees it finds the envelope too.

    Raises:
        NextHopDown: the folder cannot be written, or the disk is full.
    """
    envelope = json.dumps({"sender": sender, "recipients": list(recipients)}, ensure_ascii=False).encode()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder / f"{name}.json", envelope)
        return _write(folder / f"{name}.eml", *parts)
    except OSError as error:
        raise NextHopDown(f"{folder}: {error.strerror}") from error


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)  # mail is for whoever runs the guard


def _write(target: Path, *parts: bytes | memoryview) -> Path:
    hidden = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with open(hidden, "wb", opener=_private) as stream:
            stream.writelines(parts)
            stream.flush()
            os.fsync(stream.fileno())
        hidden.replace(target)
    finally:
        hidden.unlink(missing_ok=True)
    handle = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    return target
