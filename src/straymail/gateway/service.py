"""The guard as a service: both doors, the desk's clock, metrics; start, reload, stop."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
import socket
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from datetime import UTC, datetime
from typing import Any

import structlog
from prometheus_client import start_http_server

from straymail.config import Off, Settings, Tcp, UnixSocket
from straymail.content import examine, prepare
from straymail.desk import Courier, Desk
from straymail.errors import StoreDown, StraymailError, Unavailable
from straymail.gateway.engine import GuardEngine, Situation
from straymail.gateway.memory import Memory
from straymail.gateway.metrics import Metrics
from straymail.gateway.milter_server import MilterServer
from straymail.gateway.smtp_proxy import SmtpProxy
from straymail.message import Address, Envelope, parse_message
from straymail.record import Record, history, outbound

_log = structlog.get_logger("straymail.service")
_BUSY = 1 << 16  # bytes examined from which on the guard sees mail enough to make its hints ready
_COLLECT = (10_000, 10, 10)  # a message makes hundreds of objects, hardly any in a circle: looking often is in vain
_WARM = "The ward called about a biopsy; the flight is on Tuesday, and the nurse knows the password of the safe."
"""A text long enough, and of words that make every table be looked into."""

_TAKEN_OVER = ("gateway.judge_timeout", "gateway.limits", "attachments.read")
_OF_DOORS = ("size", "recipients")  # limits that the doors hold; the others are the engine's
TICK = 1.0
"""Seconds between two looks at what is due."""


class Service:
    """Everything that runs.

    Args:
        settings: as read at start.
        record: the open store.
        situate: makes the judging situation of settings, with the learned history given.
        reread: reads the settings file again; raises StraymailError when it cannot be used.
    """

    def __init__(
        self,
        settings: Settings,
        record: Record,
        situate: Callable[[Settings, Any], Situation],
        reread: Callable[[], Settings],
    ) -> None:
        self.settings, self.record = settings, record
        self._situate, self._reread = situate, reread
        self.desk = Desk(record, settings)
        with record.reading() as connection:
            model = history.load_history(connection, settings.organisation.domains, record.keys.words)
            lesson = history.last_lesson(connection)
        self.metrics = Metrics()
        self.memory = Memory(record, self.desk, model, lesson)
        self.engine = GuardEngine(situate(settings, model), self.desk, self.memory, self.metrics)
        self.courier = Courier(self.desk, settings)
        self._tasks: list[asyncio.Task[None]] = []
        self._stop = asyncio.Event()
        self.milter: MilterServer | None = None
        self.proxy: SmtpProxy | None = None

    async def run(self, ready: Callable[[list[str]], None]) -> None:
        """Serve until SIGTERM or SIGINT; ``ready`` is told where the doors are, once they are open."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        loop.add_signal_handler(signal.SIGHUP, self.reload)
        self.warm_up()
        await self.memory.take_lessons()
        doors = await self._open_doors()
        self._tasks = [loop.create_task(each) for each in (self.memory.run(), self._clock(), self._deliver())]
        ready(doors)
        _notify("READY=1")
        await self._stop.wait()
        _notify("STOPPING=1")
        await self._shut_down()

    def _reclaim(self) -> None:
        """What a killed guard had taken up is due at once, not when its lease ends: nobody else works on this store."""
        with self.record.writing() as connection:
            outbound.reclaim(connection, time.time())

    def warm_up(self) -> None:
        """The first judgement loads tables; no message should wait for that."""
        somebody = Address("warm.up", "warm-up-of-straymail.org")  # no reserved name: the suffix list is read for it
        message = parse_message(f"From: {somebody}\r\nSubject: warm up\r\n\r\n{_WARM}\r\n".encode())
        prepare(kept=True)
        self.engine.situation.guard.judge(Envelope(somebody, (somebody,)), message, datetime.now(UTC), ())
        examine(message, self.settings.policy.dictionary)
        # The history is large and stays: without this the collector walks through all of it again and again.
        gc.collect()
        gc.freeze()
        gc.set_threshold(*_COLLECT)

    async def _open_doors(self) -> list[str]:
        gateway, doors = self.settings.gateway, []
        if not isinstance(gateway.milter, Off):
            limits = gateway.limits
            self.milter = MilterServer(
                self.engine,
                max_connections=gateway.max_connections,
                max_size=limits.size,
                max_recipients=limits.recipients,
            )
            with _opening("gateway.milter", gateway.milter):
                doors.append(f"milter     {await self._open_milter(self.milter, gateway.milter)}")
        if isinstance(gateway.listen, Tcp):
            self.proxy = SmtpProxy(self.engine, self.settings)
            with _opening("gateway.listen", gateway.listen):
                port = await self.proxy.listen(gateway.listen.host, gateway.listen.port)
            doors.append(f"SMTP       {Tcp(gateway.listen.host, port)}, next hop {gateway.next_hop}")
        if isinstance(self.settings.metrics.listen, Tcp):
            where = self.settings.metrics.listen
            with _opening("metrics.listen", where):
                server, _thread = start_http_server(where.port, where.host, self.metrics.registry)
            doors.append(f"metrics    http://{Tcp(where.host, server.server_port)}/metrics")
        return doors

    async def _open_milter(self, milter: MilterServer, where: UnixSocket | Tcp) -> str:
        if isinstance(where, UnixSocket):
            where.path.parent.mkdir(parents=True, exist_ok=True)
            await milter.listen_unix(where.path, int(self.settings.gateway.milter_socket_mode, 8))
            return str(where)
        port = await milter.listen_tcp(where.host, where.port)
        return f"inet:{Tcp(where.host, port)}"

    async def _clock(self) -> None:
        """Reminders, expiry, and what people have settled."""

        async def tick() -> None:
            await asyncio.to_thread(self.desk.tick, time.time())
            if not self.engine.at_large:
                await asyncio.to_thread(prepare, _BUSY)
            await self.memory.take_lessons()
            self.metrics.unwritten.set(self.memory.unwritten)

        await _for_ever("clock", tick)

    async def _deliver(self) -> None:
        """Deliveries; beside the clock, since a next hop may be slow."""
        reclaimed = self.record.shared

        async def run_due() -> None:
            nonlocal reclaimed
            if not reclaimed:
                await asyncio.to_thread(self._reclaim)
                reclaimed = True
            await self.courier.run_due(time.time())

        await _for_ever("courier", run_due)

    def reload(self) -> None:
        """Read the settings again; when they cannot be used the old ones stay in force, and the log says so."""
        try:
            fresh = self._reread()
            situation = self._situate(fresh, self.memory.model)
            if self.proxy:
                self.proxy.renew()
        except StraymailError as error:
            _log.error("reload.refused", problem=str(error), kept=self.engine.situation.settings.policy.version)
            return
        self.memory.model.own(fresh.organisation.domains)
        self.desk.reload(fresh)
        self.engine.situation = situation
        _log.info("reload.done", policy=fresh.policy.version, mode=str(fresh.policy.mode))
        if waiting := waits_for_restart(self.settings, fresh):
            _log.warning("reload.restart_needed", settings=", ".join(waiting), note="these keep their values till then")

    async def _shut_down(self) -> None:
        """Finish what is under way, then write what is remembered."""
        grace = self.settings.gateway.shutdown_grace.total_seconds()
        doors: list[Coroutine[Any, Any, None]] = []
        if self.milter:
            doors.append(self.milter.shutdown(grace))
        if self.proxy:
            doors.append(self.proxy.shutdown(grace))
        await asyncio.gather(*doors)
        self.memory.stop()
        remembering, *others = self._tasks
        for task in others:
            task.cancel()
        await asyncio.gather(remembering, *others, return_exceptions=True)
        self.engine.close()
        await self.memory.write_log()
        await self.memory.save(last=True)
        _log.info("stopped", unwritten=self.memory.unwritten)


@contextlib.contextmanager
def _opening(field: str, where: UnixSocket | Tcp) -> Iterator[None]:
    """Name the door that cannot be opened, and why; it may be open to others only for a moment."""
    try:
        yield
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else str(error)
        raise Unavailable(f"{field}: {where} cannot be opened: {why}") from error


def waits_for_restart(old: Settings, fresh: Settings) -> list[str]:
    """Settings that differ and are read at start alone: doors, next hop, store, attachments' worker, metrics, logs."""
    found = ["data_dir"] if old.data_dir != fresh.data_dir else []
    for section in ("gateway", "store", "attachments", "metrics", "log"):
        before, after = getattr(old, section), getattr(fresh, section)
        names = type(before).model_fields
        found += [f"{section}.{each}" for each in names if getattr(before, each) != getattr(after, each)]
    limits = (old.gateway.limits, fresh.gateway.limits)
    found += [f"gateway.limits.{each}" for each in _OF_DOORS if len({getattr(those, each) for those in limits}) > 1]
    return [each for each in found if each not in _TAKEN_OVER]


async def _for_ever(name: str, work: Callable[[], Awaitable[None]]) -> None:
    """Do it every ``TICK`` seconds. A store that is away is tried again; one message's fault stops nothing else."""
    while True:
        await asyncio.sleep(TICK)
        try:
            await work()
        except StoreDown as error:
            _log.warning(f"{name}.store_down", problem=str(error))
        except Exception as error:  # noqa: BLE001  (see above)
            _log.error(f"{name}.failed", exc_info=error)


def _notify(state: str) -> None:
    """Tell systemd (sd_notify(3)); nothing when nobody asked."""
    target = os.environ.get("NOTIFY_SOCKET", "")
    if not target:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock, contextlib.suppress(OSError):
        sock.sendto(state.encode(), "\0" + target[1:] if target.startswith("@") else target)
