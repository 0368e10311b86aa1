"""The proxy at shutdown: the message under way is finished, and no other begun."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from straymail.gateway.outcome import Accept, Arrival, Disposition
from straymail.gateway.smtp_proxy import SmtpProxy

from .test_smtp import MESSAGE, Client, ScriptedEngine, outbox, settings_for


class Slow(ScriptedEngine):
    """Judges when it is let."""

    def __init__(self) -> None:
        super().__init__(Accept())
        self.asked, self.gate = asyncio.Event(), asyncio.Event()

    async def message(self, arrival: Arrival) -> Disposition:
        self.asked.set()
        await self.gate.wait()
        return await super().message(arrival)


@pytest.mark.parametrize("ahead", [b"", b"MAIL FROM:<a@b.example>\r\n"])
async def test_the_next_message_is_for_another_time(tmp_path: Path, ahead: bytes) -> None:
    engine = Slow()
    proxy = SmtpProxy(engine, settings_for(f"outbox:{tmp_path}"))
    port = await proxy.listen("127.0.0.1", 0)
    client = Client(*await asyncio.open_connection("127.0.0.1", port))
    await client.reply()
    await client.begin(b"x@d.example")
    assert (await client.say(b"DATA\r\n")).startswith("354")
    client.writer.write(MESSAGE + b".\r\n" + ahead)
    await engine.asked.wait()
    stopping = asyncio.ensure_future(proxy.shutdown(30))
    await asyncio.sleep(0)
    engine.gate.set()
    assert (await client.reply()).startswith("250")
    assert (await client.reply()).startswith("421 4.3.2 shutting down")
    assert await client.reply() == ""
    await asyncio.wait_for(stopping, 5)
    assert len(outbox(tmp_path)) == 1
    client.writer.close()
