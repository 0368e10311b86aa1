"""A large message on its way out: whole to the last byte, and without many copies of it in memory."""

from __future__ import annotations

import asyncio
import hashlib
import random
import tracemalloc
from contextlib import suppress
from dataclasses import dataclass, field

import pytest

from straymail.desk import Courier
from straymail.desk.settle import corrected
from straymail.record.custody import Waiting
from straymail.record.outbound import Delivery, Target

from .office import CLARA, RIGHT, STRAY, Office, settings_for

END = b"\r\n.\r\n"
SIZE = 8 << 20
WAIT = 0.002


@dataclass
class Slow:
    """A server that keeps nothing of a message but its hash, and reads slowly."""

    final: str = "250 ok"
    size: int = 0
    digest: str = ""
    tail: bytes = b""
    said: list[str] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 slow.example\r\n")
        while line := await reader.readline():
            self.said.append(line[:4].decode().strip())
            if line.startswith(b"DATA"):
                writer.write(b"354 go on\r\n")
                await self._message(reader)
                writer.write(self.final.encode() + b"\r\n")
            else:
                writer.write(b"250 ok\r\n")
        writer.close()

    async def _message(self, reader: asyncio.StreamReader) -> None:
        found = hashlib.sha256()
        while not self.tail.endswith(END):
            piece = await reader.read(1 << 16)
            found.update(piece)
            self.size, self.tail = self.size + len(piece), (self.tail + piece)[-len(END) :]
            await asyncio.sleep(WAIT)
        self.digest = found.hexdigest()


def large() -> bytes:
    noise = random.Random(1).randbytes(SIZE // 2).hex().encode()
    lines = [noise[at : at + 76] for at in range(0, len(noise), 76)]
    lines[1::3] = [b"." + each for each in lines[1::3]]
    return b"From: clara.voss@mod.example\r\nTo: robert.holt@army.ml\r\n\r\n" + b"\r\n".join(lines) + b".\r\n"


async def deliver(office: Office, server: Slow, raw: bytes) -> tuple[Target, int]:
    """What became of it, and the most memory that was taken, beyond what was there before."""
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0, limit=1 << 16)
    courier = Courier(office.desk, settings_for(office, listening.sockets[0].getsockname()[1]))
    delivery = Delivery("abcdefghjk", "release", "x", str(CLARA), (Target(str(STRAY)),), (), 1, office.now, raw)
    tracemalloc.start()
    try:
        [target] = await courier.deliver(delivery)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        listening.close()
        with suppress(TimeoutError):
            await asyncio.wait_for(listening.wait_closed(), 5)
    return target, most


def test_a_large_message_arrives_whole_and_is_copied_once(office: Office) -> None:
    raw, server = large(), Slow()
    target, most = asyncio.run(deliver(office, server, raw))
    assert target.state == "done"
    signed = office_signed(office, raw)
    wire = signed.replace(b"\r\n.", b"\r\n..") + b".\r\n"
    assert server.size == len(wire)
    assert server.digest == hashlib.sha256(wire).hexdigest()
    assert most < SIZE / 2  # what waits for the wire


def office_signed(office: Office, raw: bytes) -> bytes:
    delivery = Delivery("abcdefghjk", "release", "x", str(CLARA), (Target(str(STRAY)),), (), 1, office.now, raw)
    return b"".join(office.courier._signed(delivery, [str(STRAY)]))


@pytest.mark.parametrize(("final", "state"), [("452 4.2.2 full", "ready"), ("554 5.7.1 spam", "failed")])
def test_what_is_said_of_a_message_at_its_end_counts(office: Office, final: str, state: str) -> None:
    target, _ = asyncio.run(deliver(office, Slow(final), large()))
    assert (target.state, target.error) == (state, final)


def test_lines_that_end_in_a_cr_or_lf_alone_are_mended_on_the_way(office: Office) -> None:
    raw, server = b"From: a@mod.example\nSubject: x\n\none\rtwo\n\r.\r\nthree", Slow()
    target, _ = asyncio.run(deliver(office, server, raw))
    assert target.state == "done"
    assert server.said[-1] == "QUIT"  # and not "thre", as another command


def test_a_large_message_is_corrected_in_its_header_alone() -> None:
    raw = large()
    waiting = (Waiting(str(STRAY), suspect=True, decision="fix", final=str(RIGHT)),)
    header, rest = corrected(raw, waiting)
    assert rest == b"\r\n" + raw.partition(b"\r\n\r\n")[2]
    assert header.endswith(b"\r\nTo: robert.holt@army.mil\r\n")
    assert header.startswith(b"X-Straymail-Corrected: robert.holt@army.ml to robert.holt@army.mil\r\n")
