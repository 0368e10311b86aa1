"""Files that save work at the next start, such as searches made ready. Whoever deletes them loses seconds.

Each file is a signature and what it holds, so that nothing that another user wrote is ever taken for ours: an engine
that loads a search it did not make itself can be led anywhere.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path

from straymail.record.keys import Keys

MOST = 12
"""Files that are kept: those of this version, and of the one before."""
_SIGNED = 32
_SUFFIX = ".ready"


class Files:
    """A folder of such files (``content.Shelf``).

    Args:
        folder: made when something is put there.
        keys: sign what is put, and tell whether it is ours.
        write: False for whoever only looks.
    """

    def __init__(self, folder: Path, keys: Keys, *, write: bool) -> None:
        self._folder, self._keys, self._write = folder, keys, write

    def get(self, name: str) -> bytes | None:
        """What was put there under this name; None when it is missing, cannot be read or was changed."""
        try:
            found = self._file(name).read_bytes()
        except OSError:
            return None
        data = found[_SIGNED:]
        return data if self._keys.verify(found[:_SIGNED], "shelf", *_stated(name, data)) else None

    def put(self, name: str, data: bytes) -> None:
        """Keep it; where that cannot be done (a full disk, a folder of another user) it is made anew next time."""
        if not self._write:
            return
        fresh = self._file(f"{name}.{os.getpid()}")
        with suppress(OSError):
            self._folder.mkdir(mode=0o700, exist_ok=True)
            try:
                with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                    file.write(self._keys.sign("shelf", *_stated(name, data)) + data)
                os.replace(fresh, self._file(name))
            finally:
                fresh.unlink(missing_ok=True)
            self._leave(MOST)

    def _leave(self, most: int) -> None:
        """Delete all but the newest."""
        files = sorted(self._folder.glob(f"*{_SUFFIX}"), key=lambda file: file.stat().st_mtime)
        for file in files[: -most or None]:
            file.unlink(missing_ok=True)

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}{_SUFFIX}"


def _stated(name: str, data: bytes) -> tuple[str, str]:
    return name, hashlib.sha256(data).hexdigest()
