"""The milter's sockets: real connections, an engine that answers what the test says."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import socket
import stat
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import ParamSpec

import pytest
import uvloop

from straymail.gateway.milter_server import MilterServer, unix_socket
from straymail.gateway.outcome import Accept, Arrival, Disposition, Engine, Reply
from straymail.message import Address, Envelope

from . import mta

FIRST = mta.offer() + mta.connect()
ENVELOPE = mta.mail("<me@own.example>") + mta.rcpt("<a@other.example>")


class Prepared:
    """An engine that waits for ``gate``, then answers ``said``, or raises it."""

    def __init__(self, said: Disposition | Exception) -> None:
        self.said = said
        self.gate = asyncio.Event()
        self.gate.set()
        self.arrivals: list[Arrival] = []
        self.judged = 0

    def recipient(self, so_far: Envelope, address: Address) -> Reply | None:
        return None

    def is_desk_address(self, address: Address) -> bool:
        return False

    def turned_away(self, envelope: Envelope, reply: Reply) -> None:
        raise AssertionError("a milter's door refuses no whole message itself")

    async def message(self, arrival: Arrival) -> Disposition:
        self.arrivals.append(arrival)
        await self.gate.wait()
        if isinstance(self.said, Exception):
            raise self.said
        self.judged += 1
        return self.said


class Client:
    """An MTA's connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def say(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def hear(self) -> tuple[bytes, bytes]:
        size = int.from_bytes(await self.reader.readexactly(4), "big")
        found = await self.reader.readexactly(size)
        return found[:1], found[1:]

    async def gone(self) -> bool:
        try:
            return await asyncio.wait_for(self.reader.read(1), 5) == b""
        except ConnectionError:
            return True


OPEN: list[asyncio.StreamWriter] = []
SERVERS: list[MilterServer] = []
P = ParamSpec("P")


def on_uvloop(test: Callable[P, Awaitable[None]]) -> Callable[P, None]:
    """Run a test on the loop the guard runs on (its transports differ in details), and close what it opened."""

    async def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            async with asyncio.timeout(60):
                await test(*args, **kwargs)
        finally:
            while SERVERS:  # uvloop waits for ever for one that still listens
                await SERVERS.pop().shutdown(1)
            while OPEN:
                writer = OPEN.pop()
                writer.close()
                with contextlib.suppress(ConnectionError, TimeoutError):
                    await asyncio.wait_for(writer.wait_closed(), 5)

    @functools.wraps(test)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
        uvloop.run(run(*args, **kwargs))

    return wrapped


def serving(engine: Engine) -> MilterServer:
    SERVERS.append(MilterServer(engine))
    return SERVERS[-1]


async def dial(port: int) -> Client:
    """A connection that has said nothing yet."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    OPEN.append(writer)
    return Client(reader, writer)


async def dial_unix(path: Path) -> Client:
    reader, writer = await asyncio.open_unix_connection(str(path))
    OPEN.append(writer)
    return Client(reader, writer)


async def client(port: int) -> Client:
    found = await dial(port)
    await found.say(FIRST)
    assert (await found.hear())[0] == b"O"
    return found


@on_uvloop
async def test_a_message_over_tcp_meets_no_40_ms_stall() -> None:
    server = serving(Prepared(Accept()))
    mta_side = await client(await server.listen_tcp("127.0.0.1", 0))
    sock = mta_side.writer.get_extra_info("socket")
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 0)  # an MTA's side, where Nagle's rule holds
    began = time.perf_counter()
    for _ in range(50):
        await mta_side.say(ENVELOPE)
        assert await mta_side.hear() == (b"c", b"")
        for piece in (mta.packet(b"T"), mta.header("Subject", "x"), mta.packet(b"N"), mta.packet(b"E")):
            await mta_side.say(piece)
        assert await mta_side.hear() == (b"a", b"")
    assert (time.perf_counter() - began) / 50 < 0.02


@on_uvloop
async def test_edits_and_reply_come_in_one_piece() -> None:
    """Whatever ends the milter, the MTA never sees edits without the reply that belongs to them."""
    server = serving(Prepared(Accept((("X-Straymail-Verdict", "tag"),), (Address("b", "other.example"),))))
    port = await server.listen_tcp("127.0.0.1", 0)
    mta_side = await client(port)
    await mta_side.say(ENVELOPE + mta.rcpt("<b@other.example>"))
    for _ in range(2):
        await mta_side.hear()
    await mta_side.say(mta.content())
    piece = await mta_side.reader.read(65_536)
    assert [command for command, _ in mta.replies(piece)] == [b"i", b"-", b"a"]


@on_uvloop
async def test_an_engine_that_fails_means_451() -> None:
    server = serving(Prepared(RuntimeError("broken")))
    mta_side = await client(await server.listen_tcp("127.0.0.1", 0))
    await mta_side.say(ENVELOPE + mta.content())
    assert await mta_side.hear() == (b"c", b"")
    command, body = await mta_side.hear()
    assert command == b"y"
    assert body.startswith(b"451 4.3.0 ")


@on_uvloop
async def test_a_slow_judgement_tells_the_mta_that_it_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("straymail.gateway.milter_server.PROGRESS_EVERY", 0.02)
    engine = Prepared(Accept())
    engine.gate.clear()
    server = serving(engine)
    mta_side = await client(await server.listen_tcp("127.0.0.1", 0))
    await mta_side.say(ENVELOPE + mta.content())
    assert await mta_side.hear() == (b"c", b"")
    assert await mta_side.hear() == (b"p", b"")
    engine.gate.set()
    while (found := await mta_side.hear()) == (b"p", b""):
        pass
    assert found == (b"a", b"")


@on_uvloop
async def test_noise_closes_the_connection_and_only_that_one() -> None:
    server = serving(Prepared(Accept()))
    port = await server.listen_tcp("127.0.0.1", 0)
    bad, good = await client(port), await client(port)
    await bad.say(b"\0\0\0\0")
    assert await bad.gone()
    await good.say(ENVELOPE + mta.content())
    assert [await good.hear(), await good.hear()] == [(b"c", b""), (b"a", b"")]


@on_uvloop
async def test_a_thousand_connections_at_once() -> None:
    server = serving(Prepared(Accept()))
    port = await server.listen_tcp("127.0.0.1", 0)
    clients = await asyncio.gather(*(client(port) for _ in range(1_000)))
    await asyncio.gather(*(each.say(ENVELOPE + mta.content()) for each in clients))
    heard = [[await each.hear(), await each.hear()] for each in clients]
    assert heard == [[(b"c", b""), (b"a", b"")]] * 1_000
    one_more = await dial(port)
    assert await one_more.gone()


@on_uvloop
async def test_shutdown_lets_a_message_finish_and_takes_no_other(tmp_path: Path) -> None:
    engine = Prepared(Accept())
    engine.gate.clear()
    server = serving(engine)
    path = tmp_path / "milter.sock"
    await server.listen_unix(path)
    busy = await dial_unix(path)
    idle = await dial_unix(path)
    for each in (busy, idle):
        await each.say(FIRST)
        await each.hear()
    await busy.say(ENVELOPE + mta.content())
    assert await busy.hear() == (b"c", b"")
    stopping = asyncio.ensure_future(server.shutdown(5))
    assert await idle.gone()
    with pytest.raises(OSError, match=r"refused|No such file"):
        await dial_unix(path)
    engine.gate.set()
    assert await busy.hear() == (b"a", b"")
    assert await busy.gone()
    await asyncio.wait_for(stopping, 5)
    assert not path.exists()


@on_uvloop
async def test_shutdown_does_not_wait_for_ever() -> None:
    engine = Prepared(Accept())
    engine.gate.clear()
    server = serving(engine)
    mta_side = await client(await server.listen_tcp("127.0.0.1", 0))
    await mta_side.say(ENVELOPE + mta.content())
    await mta_side.hear()
    await server.shutdown(0.1)
    assert await mta_side.gone()
    engine.gate.set()


@on_uvloop
async def test_the_judgement_of_a_lost_connection_is_let_finish() -> None:
    """A hold may be half committed; the client, who saw no answer, sends again."""
    engine = Prepared(Accept())
    engine.gate.clear()
    server = serving(engine)
    mta_side = await client(await server.listen_tcp("127.0.0.1", 0))
    await mta_side.say(ENVELOPE + mta.content())
    await mta_side.hear()
    (task,) = [each for each in asyncio.all_tasks() if "_judge" in str(each.get_coro())]
    mta_side.writer.transport.abort()
    await asyncio.sleep(0.05)
    assert not task.cancelled()
    engine.gate.set()
    await task
    assert engine.judged == 1


def test_the_socket_has_its_permissions_from_the_first_moment(tmp_path: Path) -> None:
    path = tmp_path / "milter.sock"
    with unix_socket(path, 0o660, None):
        assert stat.S_IMODE(path.stat().st_mode) == 0o660


def test_a_dead_socket_is_replaced_and_a_living_one_is_not(tmp_path: Path) -> None:
    path = tmp_path / "milter.sock"
    unix_socket(path, 0o660, None).close()
    with unix_socket(path, 0o660, None) as alive:
        alive.listen()
        with pytest.raises(FileExistsError, match="listens"):
            unix_socket(path, 0o660, None)


def test_a_file_that_is_no_socket_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "precious"
    path.write_text("data")
    with pytest.raises(OSError, match="in use"):
        unix_socket(path, 0o660, None)
    assert path.read_text() == "data"
