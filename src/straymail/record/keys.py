"""The key file: what encrypts held bodies and signs tokens, log heads and delivery headers.

Format: one key a line, ``straymail-key-1 ID BASE64``, newest last; lines that begin with ``#`` are comments. The newest
encrypts and signs; all decrypt and verify, so a key is rotated by appending a line. Each purpose has its own key
derived by HKDF-SHA256 (RFC 5869). The file must be readable by its owner alone.
"""

from __future__ import annotations

import base64
import hmac
import os
import secrets
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import GCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from straymail.errors import READERS, BadInput

_MAGIC = "straymail-key-1"
_ID, _NONCE, _TAG = 16, 12, 16
_BEFORE = _ID + _NONCE
_PIECE = 1 << 20
_FORM = "lines of `straymail-key-1 ID BASE64` with 32 bytes each, as `straymail init` writes"
_NO_KEY = "the copy that was kept of it; for a new installation `straymail init` makes one"


def new_key() -> bytes:
    """A fresh key line for the key file."""
    return f"{_MAGIC} {secrets.token_hex(4)} {base64.b64encode(secrets.token_bytes(32)).decode()}\n".encode()


class Sealed(Protocol):
    """What was encrypted: whole in memory, or read as it is sliced."""

    def __len__(self) -> int:
        """Bytes of it."""
        ...

    def __getitem__(self, part: slice, /) -> bytes:
        """Some of it."""
        ...


@dataclass(frozen=True, slots=True)
class Keys:
    """Key material by id, newest last."""

    material: tuple[tuple[str, bytes], ...]

    @property
    def newest(self) -> str:
        """Id of the key in use."""
        return self.material[-1][0]

    @property
    def words(self) -> bytes:
        """What hashes of words are keyed with: from the oldest key, so that they outlive a rotation."""
        return self._derived(self.material[0][0], "words")

    def mark(self, name: str) -> str:
        """A hash by which a name is known again, of 32 hex digits; from the oldest key too."""
        return self._mac(self.material[0][0], "mark", (name,)).hex()[:32]

    def encrypt(self, pieces: Iterable[bytes], bound_to: str) -> bytearray:
        """AES-256-GCM of the pieces together; ``bound_to`` is authenticated with it.

        Returns:
            Key id, nonce, ciphertext and tag in one.
        """
        nonce = os.urandom(_NONCE)
        encryptor = Cipher(AES(self._derived(self.newest, "body")), GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(bound_to.encode())
        sealed = bytearray(self.newest.encode().ljust(_ID, b"\0") + nonce)
        for piece in pieces:
            sealed += encryptor.update(piece)
        sealed += encryptor.finalize()
        sealed += encryptor.tag
        return sealed

    def decrypt(self, sealed: Sealed, bound_to: str) -> Iterator[bytes]:
        """Inverse of ``encrypt``, in pieces: none is given out before all are known to be ours.

        Raises:
            BadInput: the key is not in the file, or the data were changed.
        """
        identifier = sealed[:_ID].rstrip(b"\0").decode("ascii", "replace")
        if identifier not in dict(self.material):
            raise BadInput(f"encrypted with key {identifier}, which is not in the key file")
        key = self._derived(identifier, "body")
        try:
            for _ in _decrypted(key, sealed, bound_to):
                pass
        except (InvalidTag, ValueError):
            raise BadInput("the encrypted body was changed or belongs elsewhere") from None
        return _decrypted(key, sealed, bound_to)

    def sign(self, purpose: str, *parts: str) -> bytes:
        """HMAC-SHA256 with the newest key; ``parts`` are joined by NUL."""
        return self._mac(self.newest, purpose, parts)

    def verify(self, signature: bytes, purpose: str, *parts: str) -> bool:
        """Whether any key of the file made the signature (which may be truncated, 10 bytes at least); constant time."""
        if len(signature) < 10:
            return False
        found = False
        for identifier, _ in self.material:
            found |= hmac.compare_digest(self._mac(identifier, purpose, parts)[: len(signature)], signature)
        return found

    def _mac(self, identifier: str, purpose: str, parts: tuple[str, ...]) -> bytes:
        data = "\0".join(parts).encode("utf-8", "surrogatepass")
        return hmac.digest(self._derived(identifier, purpose), data, "sha256")

    def _derived(self, identifier: str, purpose: str) -> bytes:
        return _derive(dict(self.material)[identifier], purpose)


@lru_cache(maxsize=64)
def _derive(material: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), 32, salt=b"straymail", info=purpose.encode()).derive(material)


def _decrypted(key: bytes, sealed: Sealed, bound_to: str) -> Iterator[bytes]:
    """What was encrypted; ValueError or InvalidTag, at the end at the latest, when it was changed."""
    if len(sealed) < _BEFORE + _TAG:
        raise ValueError("too short")
    end = len(sealed) - _TAG
    decryptor = Cipher(AES(key), GCM(sealed[_ID:_BEFORE], sealed[end : end + _TAG])).decryptor()
    decryptor.authenticate_additional_data(bound_to.encode())
    for start in range(_BEFORE, end, _PIECE):
        yield decryptor.update(sealed[start : min(start + _PIECE, end)])
    yield decryptor.finalize()


def read_keys(file: Path) -> Keys:
    """Keys of a key file.

    Raises:
        BadInput: missing, readable by others, or not in the form above.
    """
    try:
        mode = file.stat().st_mode
        text = file.read_text("ascii")
    except FileNotFoundError:
        raise BadInput("there is no key file", file=str(file), allowed=_NO_KEY) from None
    except OSError as error:
        raise BadInput(f"cannot be read: {error.strerror}", file=str(file), allowed=READERS) from error
    except UnicodeDecodeError as error:
        raise BadInput(f"cannot be read: {error}", file=str(file), allowed=_FORM) from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise BadInput(f"is open to others (mode {mode & 0o777:04o})", file=str(file), allowed="mode 0600")
    return parse_keys(text, str(file))


def parse_keys(text: str, file: str = "") -> Keys:
    """Keys of a key file's text; raises BadInput naming the line."""
    found: list[tuple[str, bytes]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        fields = line.split()
        try:
            magic, identifier, encoded = fields
            material = base64.b64decode(encoded, validate=True)
        except ValueError:
            magic, identifier, material = "", "", b""
        if magic != _MAGIC or len(material) != 32 or not 1 <= len(identifier) <= 16:
            raise BadInput("is no key", file=file, line=number, allowed=_FORM)
        found.append((identifier, material))
    if not found:
        raise BadInput("holds no key", file=file, allowed=_FORM)
    return Keys(tuple(found))
