"""SMTP as a conversation: command lines and message data out of bytes. No I/O (RFC 5321 2.3.8, 4.1, 4.5.2).

Line ends are CRLF and nothing else: a bare CR or LF in a command is an error, in message data it is remembered, and the
message refused. The end of data is CRLF "." CRLF alone, so nothing can be smuggled behind a message.
"""

from __future__ import annotations

from dataclasses import field
from io import BytesIO

from straymail.frozen import dataclass

LONGEST_COMMAND = 4_096  # octets; RFC 5321 says 512, parameters of extensions need more


@dataclass(frozen=True, slots=True)
class Command:
    """One command: ``verb`` in upper case, ``argument`` as sent; ``fault`` when it is no valid line."""

    verb: str
    argument: str
    line: bytes = field(repr=False)
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Data:
    """One message, dots removed, CRLF line ends. ``oversize``: cut at the limit. ``bare``: it held a bare CR or LF."""

    raw: bytes = field(repr=False)
    oversize: bool
    bare: bool


class SmtpReader:
    """Splits what a client sends.

    Args:
        max_size: bytes of one message kept; more are counted and thrown away.
    """

    def __init__(self, max_size: int) -> None:
        self._max_size = max_size
        self._buffer = bytearray()
        self._message: BytesIO | None = None
        self._size = 0
        self._bare = False
        self._line_ended = True

    def feed(self, data: bytes) -> None:
        """Take bytes from the client."""
        self._buffer += data

    @property
    def pending(self) -> bool:
        """Whether bytes wait: after STARTTLS none may (they came before the encryption)."""
        return bool(self._buffer)

    def expect_data(self) -> None:
        """354 was said: what comes now is a message."""
        self._message, self._size, self._bare = BytesIO(), 0, False

    def next(self) -> Command | Data | None:
        """The next command or the whole message; None when more bytes are needed."""
        return self._command() if self._message is None else self._data()

    def _command(self) -> Command | None:
        end = self._buffer.find(b"\n")
        if end < 0:
            if len(self._buffer) <= LONGEST_COMMAND:
                return None
            self._buffer.clear()
            return Command("", "", b"", "line too long")
        line = bytes(self._buffer[: end + 1])
        del self._buffer[: end + 1]
        if not line.endswith(b"\r\n") or b"\r" in line[:-2] or b"\0" in line:
            return Command("", "", b"", "lines end with CRLF, and hold no bare CR, LF or NUL")
        if len(line) > LONGEST_COMMAND:
            return Command("", "", b"", "line too long")
        text = line[:-2].decode("utf-8", "surrogateescape")
        verb, _, argument = text.partition(" ")
        return Command(verb.upper(), argument.strip(), line[:-2])

    def _data(self) -> Data | None:
        assert self._message is not None
        while True:
            end = self._buffer.find(b"\r\n")
            if end < 0:
                self._drain_long_line()
                return None
            line = bytes(self._buffer[: end + 2])
            del self._buffer[: end + 2]
            at_start = self._size == 0 or self._line_ended
            if at_start and line == b".\r\n":
                return self._finish()
            self._keep(line[1:] if at_start and line.startswith(b".") else line)
            self._line_ended = True

    def _drain_long_line(self) -> None:
        """A line longer than the buffer should hold is kept in pieces; its last byte waits, it may be half a CRLF."""
        if len(self._buffer) > 1 << 16:
            piece = bytes(self._buffer[:-1])
            del self._buffer[:-1]
            at_start = self._size == 0 or self._line_ended
            self._keep(piece[1:] if at_start and piece.startswith(b".") else piece)
            self._line_ended = False

    def _keep(self, piece: bytes) -> None:
        assert self._message is not None
        body = piece[:-2] if piece.endswith(b"\r\n") else piece
        self._bare = self._bare or b"\n" in body or b"\r" in body
        self._size += len(piece)
        if self._size <= self._max_size:
            self._message.write(piece)

    def _finish(self) -> Data:
        assert self._message is not None
        found = Data(
            self._message.getvalue(),  # which is no copy
            self._size > self._max_size,
            self._bare,
        )
        self._message, self._line_ended = None, True
        return found
