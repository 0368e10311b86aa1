"""The next hop as the SMTP proxy sees it: a server, or an outbox folder that behaves like one.

Replies are passed on as they come: code and lines, nothing added.
"""

from __future__ import annotations

import asyncio
import ssl
from typing import Protocol

import structlog

from straymail.config import Outbox, Tcp
from straymail.desk import write_outbox
from straymail.errors import NextHopDown, TlsFailed
from straymail.frozen import dataclass
from straymail.gateway.starttls import spoke_early
from straymail.message.wire import stuffed
from straymail.record.custody import new_id

_log = structlog.get_logger("straymail.hop")
_LONGEST_LINE = 4_096
_TIMEOUT = 60.0


@dataclass(frozen=True, slots=True)
class HopReply:
    """An SMTP reply of the next hop: the code, and each line's text after it."""

    code: int
    texts: tuple[str, ...]

    def wire(self) -> bytes:
        """The reply as bytes, line ends included."""
        last = len(self.texts) - 1
        lines = (f"{self.code}{' ' if at == last else '-'}{text}\r\n" for at, text in enumerate(self.texts))
        return "".join(lines).encode("utf-8", "surrogateescape")

    @property
    def good(self) -> bool:
        """Whether it is 2xx or 3xx."""
        return 200 <= self.code < 400


class Hop(Protocol):
    """A conversation with the next hop. Every method raises NextHopDown when the connection is of no use any more."""

    keywords: tuple[str, ...]

    async def open(self) -> None:
        """Connect, greet, learn the keywords."""

    async def command(self, line: bytes) -> HopReply:
        """Send one command line (without its line end) and read the reply."""
        ...

    async def data(self, raw: bytes) -> HopReply:
        """DATA with a message (CRLF line ends, not yet dot-stuffed); the final reply, or the one that refused DATA."""
        ...

    async def close(self) -> None:
        """Say QUIT and leave."""


class SmtpHop:
    """A server.

    Args:
        address: where it listens.
        hostname: the name we greet with.
        starttls: ``never``, ``may`` (when offered and it works, certificate not checked) or ``must`` (checked).
    """

    def __init__(self, address: Tcp, hostname: str, starttls: str) -> None:
        self._address, self._hostname, self._starttls = address, hostname, starttls
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None
        self.keywords: tuple[str, ...] = ()

    async def open(self) -> None:
        """Connect, EHLO (HELO for old servers), STARTTLS where wanted."""
        try:
            await self._open(self._starttls)
        except TlsFailed as error:
            if self._starttls == "must":
                raise
            _log.warning("hop.starttls_failed", why=str(error), then="without it")
            await self.close()
            await self._open("never")

    async def _open(self, starttls: str) -> None:
        try:
            async with asyncio.timeout(_TIMEOUT):
                self._reader, self._writer = await asyncio.open_connection(
                    self._address.host, self._address.port, limit=1 << 16
                )
        except (OSError, TimeoutError) as error:
            raise NextHopDown(f"{self._address}: {error}") from error
        if not (greeting := await self._read()).good:
            raise NextHopDown(f"{self._address}: {greeting.code} {greeting.texts[0]}")
        await self._greet()
        offered = "STARTTLS" in self.keywords
        if starttls == "must" and not offered:
            raise NextHopDown(f"{self._address}: offers no STARTTLS, and starttls_out is must")
        if offered and starttls != "never":
            await self._secure()

    async def _greet(self) -> None:
        reply = await self.command(f"EHLO {self._hostname}".encode())
        if reply.good:
            self.keywords = tuple(text.upper() for text in reply.texts[1:])
            return
        self.keywords = ()
        if not (reply := await self.command(f"HELO {self._hostname}".encode())).good:
            raise NextHopDown(f"{self._address}: {reply.code} {reply.texts[0]}")

    async def _secure(self) -> None:
        assert self._writer is not None
        assert self._reader is not None
        if not (await self.command(b"STARTTLS")).good:
            if self._starttls == "must":
                raise NextHopDown(f"{self._address}: STARTTLS refused")
            return
        if await spoke_early(self._reader, self._writer):
            raise NextHopDown(f"{self._address}: replies came before the encryption")
        context = ssl.create_default_context()
        if self._starttls == "may":
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        try:
            await self._writer.start_tls(context, server_hostname=self._address.host)
        except (OSError, ssl.SSLError) as error:
            raise TlsFailed(f"{self._address}: {error}") from error
        await self._greet()

    async def command(self, line: bytes) -> HopReply:
        """One command and its reply."""
        await self._write(line + b"\r\n")
        return await self._read()

    async def data(self, raw: bytes) -> HopReply:
        """The message, dot-stuffed (RFC 5321 4.5.2)."""
        ready = await self.command(b"DATA")
        if ready.code != 354:
            return ready
        for piece in stuffed(raw):
            await self._write(piece)
        await self._write(b".\r\n")
        return await self._read()

    async def _write(self, data: bytes) -> None:
        assert self._writer is not None
        try:
            self._writer.write(data)
            async with asyncio.timeout(_TIMEOUT):
                await self._writer.drain()
        except (OSError, TimeoutError) as error:
            raise NextHopDown(f"{self._address}: {error}") from error

    async def _read(self) -> HopReply:
        """One reply, perhaps of several lines."""
        assert self._reader is not None
        texts: list[str] = []
        try:
            async with asyncio.timeout(_TIMEOUT * 10):
                while len(texts) < 200:
                    line = (await self._reader.readline()).rstrip(b"\r\n").decode("utf-8", "surrogateescape")
                    if len(line) < 3 or not line[:3].isdigit() or len(line) > _LONGEST_LINE:
                        raise NextHopDown(f"{self._address}: " + (f"said {line[:80]!r}" if line else "closed"))
                    texts.append(line[4:])
                    if line[3:4] != "-":
                        return HopReply(int(line[:3]), tuple(texts))
        except (OSError, ValueError, TimeoutError) as error:
            raise NextHopDown(f"{self._address}: {error}") from error
        raise NextHopDown(f"{self._address}: a reply without end")

    async def close(self) -> None:
        """Leave; nothing under way is waited for."""
        if self._writer is None:
            return
        try:
            self._writer.write(b"QUIT\r\n")
            self._writer.close()
        except (OSError, RuntimeError):
            return


class OutboxHop:
    """A folder that answers as a server would."""

    def __init__(self, address: Outbox) -> None:
        self.keywords: tuple[str, ...] = ("8BITMIME", "SMTPUTF8", "PIPELINING", "ENHANCEDSTATUSCODES")
        self._folder = address.folder
        self._sender, self._recipients = "", list[str]()

    async def open(self) -> None:
        """Nothing to open."""

    async def command(self, line: bytes) -> HopReply:
        """MAIL, RCPT and RSET are noted; everything is well."""
        text = line.decode("utf-8", "replace")
        path = text.partition(":")[2].strip().partition(">")[0].lstrip("<")
        match text[:4].upper():
            case "MAIL":
                self._sender, self._recipients = path, []
            case "RCPT":
                self._recipients.append(path)
            case "RSET":
                self._sender, self._recipients = "", []
        return HopReply(250, ("2.0.0 Ok",))

    async def data(self, raw: bytes) -> HopReply:
        """One file."""
        name = new_id()
        await asyncio.to_thread(write_outbox, self._folder, name, self._sender, self._recipients, raw)
        self._sender, self._recipients = "", []
        return HopReply(250, (f"2.0.0 Ok: in the outbox as {name}",))

    async def close(self) -> None:
        """Nothing to close."""
