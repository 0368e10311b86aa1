"""The milter's sockets: asyncio protocols that move bytes between MTA and session.

Edits and reply leave in one ``write``: a crash between them would apply the edits (a recipient lost).
"""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import stat
from pathlib import Path
from typing import cast

import structlog

from straymail.gateway import milter
from straymail.gateway.milter import MilterError
from straymail.gateway.milter_session import AskMessage, AskRecipient, Closed, MilterSession
from straymail.gateway.outcome import Arrival, Disposition, Engine, Refused, Reply

PROGRESS_EVERY = 5.0
"""Seconds between progress packets while a message is judged; below every usual milter_command_timeout."""
FAILED = Reply(451, "4.3.0", "the message could not be checked, please try again later")
_log = structlog.get_logger("straymail.milter")


class MilterServer:
    """Accepts milter connections and answers them from one engine.

    Args:
        engine: judges; replaced as a whole on reload by setting the attribute.
        max_connections: more are closed at once; the MTA's own failure mode (451) then applies.
        max_size, max_recipients: bounds of one message, see MilterSession.
    """

    def __init__(
        self, engine: Engine, *, max_connections: int = 1_000, max_size: int = 64 << 20, max_recipients: int = 5_000
    ) -> None:
        self.engine = engine
        self.max_connections = max_connections
        self.max_size, self.max_recipients = max_size, max_recipients
        self.connections: set[MilterConnection] = set()
        self.stopping = False
        self._server: asyncio.Server | None = None
        self._path: Path | None = None

    async def listen_unix(self, path: Path, mode: int = 0o660, group: str | None = None) -> None:
        """Listen on a Unix socket; OSError when another process still listens there."""
        sock = unix_socket(path, mode, group)
        self._server = await asyncio.get_running_loop().create_unix_server(self._connection, sock=sock, backlog=1_024)
        self._path = path

    async def listen_tcp(self, host: str, port: int) -> int:
        """Listen on TCP; returns the port (useful for port 0)."""
        self._server = await asyncio.get_running_loop().create_server(self._connection, host, port, backlog=1_024)
        return int(self._server.sockets[0].getsockname()[1])

    def _connection(self) -> MilterConnection:
        return MilterConnection(self)

    async def shutdown(self, grace: float) -> None:
        """Take no new connections, let messages under way finish for ``grace`` seconds, then stop."""
        self.stopping = True
        if self._server:
            self._server.close()
        for connection in list(self.connections):
            connection.close_if_idle()
        waiting = [connection.closed for connection in self.connections]
        if waiting:
            await asyncio.wait(waiting, timeout=grace)
        for connection in list(self.connections):
            connection.abort()
        if self._path:
            self._path.unlink(missing_ok=True)


class MilterConnection(asyncio.Protocol):
    """One connection from the MTA."""

    def __init__(self, server: MilterServer) -> None:
        self._owner = server
        self._session = MilterSession(server.max_size, server.max_recipients)
        self._transport: asyncio.Transport | None = None
        self._task: asyncio.Future[None] | None = None  # the loop holds it weakly
        self._progress: asyncio.TimerHandle | None = None
        self._socket: socket.socket | None = None
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Set up the socket, or close at once when there are too many."""
        self._transport = connection = cast("asyncio.Transport", transport)  # uvloop's transports are no subclass of it
        self._owner.connections.add(self)
        sock = connection.get_extra_info("socket")
        if sock is not None and sock.family in (socket.AF_INET, socket.AF_INET6):
            self._socket = sock
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._acknowledge()
        if self._owner.stopping or len(self._owner.connections) > self._owner.max_connections:
            _log.warning("milter.too_many_connections", connections=len(self._owner.connections))
            connection.abort()

    def _acknowledge(self) -> None:
        """Acknowledge at once; the kernel forgets this, so it is said again after each read.

        Commands without replies otherwise meet Nagle's rule on the MTA's side: 40 ms a message.
        """
        if self._socket is not None:
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)

    def data_received(self, data: bytes) -> None:
        """Bytes from the MTA: as far as they go."""
        self._acknowledge()
        try:
            self._session.feed(data)
            self._pump()
        except MilterError as error:
            self._violation(error)

    def _violation(self, error: MilterError) -> None:
        _log.error("milter.protocol_error", problem=str(error))
        self.abort()

    def _pump(self) -> None:
        out = bytearray()
        while (step := self._session.step()) is not None:
            match step:
                case AskRecipient(so_far, address):
                    out += self._session.answer_recipient(self._owner.engine.recipient(so_far, address))
                case AskMessage(arrival):
                    self._task = asyncio.ensure_future(self._judge(arrival))
                    self._tell_progress(first=True)
                case Closed():
                    self._close()
                    return
                case bytes():
                    out += step
        if out:
            self._write(bytes(out))
        if self._owner.stopping:
            self.close_if_idle()

    async def _judge(self, arrival: Arrival) -> None:
        """Have the engine judge, and answer in the same step. An engine that failed means 451: never a silent pass."""
        try:
            said = await self._owner.engine.message(arrival)
        except Exception as error:  # noqa: BLE001  (whatever it was, the MTA waits for an answer)
            _log.error("milter.engine_failed", exc_info=error)
            said = Refused(FAILED)
        self._answer(said)

    def _tell_progress(self, *, first: bool = False) -> None:
        if not first:
            self._write(milter.PROGRESS)
        self._progress = asyncio.get_running_loop().call_later(PROGRESS_EVERY, self._tell_progress)

    def _answer(self, said: Disposition) -> None:
        self._task = None
        self._quiet()
        if self._transport is None or self._transport.is_closing():
            return
        try:
            self._write(self._session.answer_message(said))
            self._pump()
        except MilterError as error:
            self._violation(error)

    def _quiet(self) -> None:
        if self._progress is not None:
            self._progress.cancel()
            self._progress = None

    def _write(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.write(data)

    def _close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def close_if_idle(self) -> None:
        """Close unless a message is under way."""
        if not self._session.in_message:
            self._close()

    def abort(self) -> None:
        """Close at once; the MTA's failure mode decides about a message under way."""
        if self._transport is not None:
            self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection. A judgement under way is let finish: its hold may be half committed."""
        self._quiet()
        self._owner.connections.discard(self)
        if not self.closed.done():
            self.closed.set_result(None)


def unix_socket(path: Path, mode: int, group: str | None) -> socket.socket:
    """A bound Unix socket with its permissions; a file left by a dead process is replaced.

    Raises:
        OSError: another process listens there, or something that is no socket stands in the way.
    """
    if path.exists() and stat.S_ISSOCK(path.stat().st_mode):
        _refuse_if_alive(path)
        path.unlink()
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    # Nobody may connect between bind and chmod.
    before = os.umask(0o777)
    try:
        sock.bind(str(path))
    except OSError:
        sock.close()
        raise
    finally:
        os.umask(before)
    if group:
        shutil.chown(path, group=group)
    path.chmod(mode)
    return sock


def _refuse_if_alive(path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            return
    raise FileExistsError(f"{path}: another process listens here")
