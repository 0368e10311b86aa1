"""The connection to the next hop, where what it offers and what it does differ."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from straymail.config import Tcp
from straymail.errors import TlsFailed
from straymail.gateway.hop import SmtpHop


async def _offers_tls_it_cannot_do(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 hop\r\n")
    while line := await reader.readline():
        if line.startswith(b"EHLO"):
            writer.write(b"250-hop\r\n250-STARTTLS\r\n250 8BITMIME\r\n")
        elif line.startswith(b"STARTTLS"):
            writer.write(b"220 go ahead\r\n")
            await reader.read(100)
            writer.write(b"500 this is no TLS\r\n")
            break
        else:
            writer.write(b"250 ok\r\n")
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()


@pytest.mark.parametrize("mode", ["may", "must"])
async def test_encryption_that_fails(mode: str) -> None:
    served: list[asyncio.Task[None]] = []

    def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        served.append(asyncio.create_task(_offers_tls_it_cannot_do(reader, writer)))

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    hop = SmtpHop(Tcp("127.0.0.1", server.sockets[0].getsockname()[1]), "guard.example", mode)
    if mode == "must":
        with pytest.raises(TlsFailed):
            await hop.open()
    else:
        await hop.open()
        assert "8BITMIME" in hop.keywords
        assert (await hop.command(b"MAIL FROM:<clara@mod.example>")).code == 250
    await hop.close()
    await asyncio.gather(*served)
    server.close()
