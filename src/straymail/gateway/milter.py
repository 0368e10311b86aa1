"""The milter wire format, version 6: packets, negotiation, replies. No I/O.

A packet is a 4-byte big-endian length, one command byte, and length-1 bytes of body. Names follow
Sendmail's ``mfdef.h``. What an MTA sends is trusted to be an MTA's, but every length is bounded.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from enum import IntFlag
from functools import cache, lru_cache

from straymail.errors import StraymailError
from straymail.gateway.outcome import Reply

VERSION = 6
MAX_PACKET = 2 << 20
"""Largest packet taken, in bytes: MTAs send bodies in 64 KiB chunks, header fields whole."""
MAX_BUFFER = 4 << 20
"""Most bytes that may wait while a message is judged; an MTA waits for the answer and sends nothing."""

CONNECT, HELO, MAIL, RCPT, DATA = b"C", b"H", b"M", b"R", b"T"
HEADER, END_OF_HEADERS, BODY, END_OF_MESSAGE = b"L", b"N", b"B", b"E"
NEGOTIATE, MACRO, ABORT, QUIT, QUIT_NEW, UNKNOWN = b"O", b"D", b"A", b"Q", b"K", b"U"


class MilterError(StraymailError):
    """The MTA sent what the protocol does not allow: the connection is closed, the MTA's failure mode decides."""


class Can(IntFlag):
    """SMFIF_*: what a milter may do to a message."""

    ADD_HEADERS = 0x01
    DELETE_RECIPIENTS = 0x08
    CHANGE_HEADERS = 0x10


class Step(IntFlag):
    """SMFIP_*: commands the milter needs no answer for (``NO_REPLY_*``) or does not want (``SKIP_*``)."""

    SKIP_HELO = 0x2
    NO_REPLY_HEADER = 0x80
    SKIP_UNKNOWN = 0x100
    SKIP_DATA = 0x200
    NO_REPLY_CONNECT = 0x1000
    NO_REPLY_HELO = 0x2000
    NO_REPLY_MAIL = 0x4000
    NO_REPLY_DATA = 0x10000
    NO_REPLY_UNKNOWN = 0x20000
    NO_REPLY_END_OF_HEADERS = 0x40000
    NO_REPLY_BODY = 0x80000
    LEADING_SPACE = 0x100000


NEEDED = Can.ADD_HEADERS | Can.DELETE_RECIPIENTS | Can.CHANGE_HEADERS
WANTED = (
    Step.SKIP_HELO
    | Step.SKIP_UNKNOWN
    | Step.SKIP_DATA
    | Step.NO_REPLY_HEADER
    | Step.NO_REPLY_CONNECT
    | Step.NO_REPLY_HELO
    | Step.NO_REPLY_MAIL
    | Step.NO_REPLY_DATA
    | Step.NO_REPLY_UNKNOWN
    | Step.NO_REPLY_END_OF_HEADERS
    | Step.NO_REPLY_BODY
    | Step.LEADING_SPACE
)
SILENT = {
    CONNECT: Step.NO_REPLY_CONNECT,
    HELO: Step.NO_REPLY_HELO,
    MAIL: Step.NO_REPLY_MAIL,
    DATA: Step.NO_REPLY_DATA,
    HEADER: Step.NO_REPLY_HEADER,
    END_OF_HEADERS: Step.NO_REPLY_END_OF_HEADERS,
    BODY: Step.NO_REPLY_BODY,
    UNKNOWN: Step.NO_REPLY_UNKNOWN,
}


@cache
def silent(agreed: Step) -> frozenset[bytes]:
    """Commands the MTA waits for no answer to, by what was agreed."""
    return frozenset(command for command, step in SILENT.items() if step & agreed)


_LENGTH = struct.Struct("!I")


class Packets:
    """Cuts a byte stream into packets."""

    def __init__(self) -> None:
        self._buffer: bytes | bytearray = b""  # whole packets, as mostly arrive, are cut from what was read
        self._at = 0

    def feed(self, data: bytes) -> None:
        """Take bytes as they arrived; MilterError when more wait than an MTA would send."""
        if self._at < len(self._buffer):
            self._buffer = bytearray(self._buffer) if isinstance(self._buffer, bytes) else self._buffer
            del self._buffer[: self._at]
            self._buffer += data
        else:
            self._buffer = data
        self._at = 0
        if len(self._buffer) > MAX_BUFFER:
            raise MilterError(f"more than {MAX_BUFFER} bytes sent ahead")

    def next(self) -> tuple[bytes, bytes] | None:
        """The next (command, body), or None until more bytes arrive."""
        buffer, start = self._buffer, self._at + 4
        if len(buffer) < start:
            return None
        (size,) = _LENGTH.unpack_from(buffer, self._at)
        if not 1 <= size <= MAX_PACKET:
            raise MilterError(f"packet of {size} bytes (allowed: 1 to {MAX_PACKET})")
        end = start + size
        if len(buffer) < end:
            return None
        command, body = bytes(buffer[start : start + 1]), bytes(buffer[start + 1 : end])
        self._buffer, self._at = (buffer, end) if end < len(buffer) else (b"", 0)
        return command, body


def packet(command: bytes, body: bytes = b"") -> bytes:
    """One packet on the wire."""
    return _LENGTH.pack(1 + len(body)) + command + body


CONTINUE, ACCEPT, DISCARD, PROGRESS = packet(b"c"), packet(b"a"), packet(b"d"), packet(b"p")


@lru_cache(maxsize=64)
def negotiate(offer: bytes) -> tuple[bytes, Step]:
    """Our answer to the MTA's offer, and the steps agreed: what we want, masked by what it can.

    Raises:
        MilterError: the offer is malformed, older than version 2, or lacks an action we cannot do without.
    """
    if len(offer) < 12:
        raise MilterError(f"offer of {len(offer)} bytes (allowed: 12 or more)")
    version, actions, steps = struct.unpack("!III", offer[:12])
    if version < 2:
        raise MilterError(f"protocol version {version} (allowed: 2 or later)")
    if missing := NEEDED & ~Can(actions & NEEDED):
        raise MilterError(f"the MTA does not let us {missing!r}")
    agreed = WANTED & Step(steps & int(WANTED))
    return packet(NEGOTIATE, struct.pack("!III", min(version, VERSION), NEEDED, agreed)), agreed


def strings(body: bytes) -> list[bytes]:
    """NUL-terminated strings; a last one without its NUL counts too."""
    return body.removesuffix(b"\0").split(b"\0") if body else []


def macros(body: bytes) -> dict[str, str]:
    """Names (braces removed) and values of a macro packet, its command byte left out."""
    parts = [part.decode("utf-8", "replace") for part in strings(body[1:])]
    return {name.strip("{}"): value for name, value in zip(parts[::2], parts[1::2], strict=False)}


def reply_packet(reply: Reply) -> bytes:
    """SMFIR_REPLYCODE. The MTA formats the text, so every percent sign is doubled."""
    return packet(b"y", "\r\n".join(reply.lines()).replace("%", "%%").encode("ascii") + b"\0")


def insert_header(name: str, value: str, *, leading_space: bool) -> bytes:
    """SMFIR_INSHEADER at the top. The value is one line of ASCII: nothing in it can start another field."""
    line = "".join(char if " " <= char <= "~" else "?" for char in value)
    text = f" {line}" if leading_space else line
    return packet(b"i", struct.pack("!I", 0) + name.encode("ascii") + b"\0" + text.encode("ascii") + b"\0")


def delete_headers(name: bytes, count: int) -> bytes:
    """Delete all ``count`` fields of a name, the last first, so that no index moves."""
    return b"".join(packet(b"m", struct.pack("!I", index) + name + b"\0\0") for index in range(count, 0, -1))


def delete_recipients(paths: Iterable[bytes]) -> bytes:
    """SMFIR_DELRCPT for each path, as it was typed at RCPT TO."""
    return b"".join(packet(b"-", path + b"\0") for path in paths)
