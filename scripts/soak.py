"""``make soak``: is anything lost when the guard is killed, the disk is full, or the next hop is away?

A real ``straymail serve`` behind its SMTP door, clients that try again as mail servers do, senders who answer the
notices they get, and a next hop that notes what it accepts. Three trials:

    kill     2,000 messages while the guard is killed (kill -9) 30 times at random moments and started again
    disk     the same with the store on a small disk that fills up and is emptied again (needs root: a tmpfs)
    hop      the same with the next hop away again and again

Every message that a client saw accepted must have been delivered or be held. Exit code 1 when one is missing.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import signal
import smtplib
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.utils import parseaddr
from pathlib import Path
from typing import TYPE_CHECKING

from aiosmtpd.controller import Controller

from straymail.config import load as load_settings
from straymail.record import custody, log, open_record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aiosmtpd.smtp import SMTP, Envelope, Session

ROOT = Path(__file__).resolve().parents[1]
CLIENTS = 8
DEADLINE = 900.0
PAUSES = (0.2, 4.0)
"""Seconds until a client tries again, one of these: by the longest, a message held may be answered and released."""
SENDER = "clara.voss@mod.example"
RIGHT, STRAY, OTHER = "robert.holt@army.mil", "robert.holt@army.ml", "tom.okafor@mod.example"
TAG = re.compile(rb"straymail\+[a-z0-9]+@mod\.example")


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Sink:
    """The next hop: notes what it accepts."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.got: dict[str, list[tuple[str, tuple[str, ...]]]] = defaultdict(list)
        self.notices: list[bytes] = []
        self._lock = threading.Lock()
        self._controller: Controller | None = None

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Note Message-ID, delivery key and recipients; 250 only afterwards."""
        raw = envelope.content if isinstance(envelope.content, bytes) else b""
        mail = message_from_bytes(raw)
        with self._lock:
            if envelope.mail_from not in ("", "<>", None):
                key = str(mail.get("X-Straymail-Delivery", "")).partition(";")[0]
                self.got[str(mail["Message-ID"])].append((key, tuple(envelope.rcpt_tos)))
            else:
                self.notices.append(raw)
        return "250 2.0.0 noted"

    def up(self) -> None:
        """Listen."""
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def down(self) -> None:
        """Go away."""
        if self._controller:
            self._controller.stop()
            self._controller = None


class GuardProcess:
    """``straymail serve``, killed and started again."""

    def __init__(self, config: Path, port: int) -> None:
        self.config, self.port = config, port
        self.kills = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._journal = (config.parent.parent / "guard.log").open("ab")

    def start(self) -> None:
        """Start, and wait until the door is open."""
        command = [sys.executable, "-m", "straymail", "serve", "--config", str(self.config)]
        self._process = subprocess.Popen(command, stdout=self._journal, stderr=self._journal)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            if self._process.poll() is not None:  # a full disk may keep it from starting: try again
                time.sleep(0.5)
                self._process = subprocess.Popen(command, stdout=self._journal, stderr=self._journal)
            time.sleep(0.05)
        raise SystemExit(f"the guard does not start: see {self._journal.name}")

    def kill(self) -> None:
        """Kill -9."""
        if self._process and self._process.poll() is None:
            os.kill(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self.kills += 1

    def stop(self) -> None:
        """SIGTERM: finish, then stop."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(60)


@dataclass
class Load:
    """Clients that try again until their message is accepted, and a sender who answers notices with ``fix``."""

    port: int
    sink: Sink
    messages: int
    seed: int
    accepted: dict[str, bool] = field(default_factory=dict)  # Message-ID -> stray
    tries: Counter[str] = field(default_factory=Counter)
    answers: int = 0
    _next: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Send everything; ends when all of it was accepted."""
        threads = [threading.Thread(target=self._client, daemon=True) for _ in range(CLIENTS)]
        threads.append(threading.Thread(target=self._answer, daemon=True))
        for thread in threads:
            thread.start()
        for thread in threads[:-1]:
            thread.join()

    def _client(self) -> None:
        while not self.stop.is_set():
            with self._lock:
                number, self._next = self._next, self._next + 1
            if number >= self.messages:
                return
            stray = number % 3 == 0
            identifier = f"<soak.{self.seed}.{number}@mod.example>"
            to = [STRAY if stray else RIGHT, OTHER]
            raw = (
                f"Message-ID: {identifier}\r\nFrom: Clara Voss <{SENDER}>\r\nTo: Robert Holt <{to[0]}>\r\n"
                f"Cc: {OTHER}\r\nSubject: Exercise {number}\r\n\r\nHello Robert,\r\n\r\nnumber {number}\r\n"
            ).encode()
            if self._until_accepted(to, raw):
                self.accepted[identifier] = stray

    def _until_accepted(self, to: list[str], raw: bytes) -> bool:
        while not self.stop.is_set():
            try:
                with smtplib.SMTP("127.0.0.1", self.port, timeout=30) as client:
                    refused = client.sendmail(SENDER, to, raw)
                if refused:
                    raise SystemExit(f"refused for good: {refused}")
            except (smtplib.SMTPException, OSError) as error:
                self.tries[type(error).__name__] += 1
                time.sleep(random.choice(PAUSES))
            else:
                return True
        return False

    def _answer(self) -> None:
        seen = 0
        while not self.stop.is_set():
            time.sleep(0.2)
            fresh, seen = self.sink.notices[seen:], len(self.sink.notices)
            for notice in fresh:
                address = parseaddr(str(message_from_bytes(notice)["From"]))[1]
                if not TAG.fullmatch(address.encode()):
                    continue
                raw = f"From: {SENDER}\r\nTo: {address}\r\nMessage-ID: <{address}>\r\n\r\nfix\r\n".encode()
                if self._until_accepted([address], raw):
                    self.answers += 1


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[None]:
    """A tmpfs of that size at the folder."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "straymail-soak", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def install(folder: Path, port: int, sink_port: int) -> Path:
    """A fresh installation that has learned the invented history; returns its settings file."""
    straymail = [sys.executable, "-m", "straymail"]
    config = folder / "straymail.toml"
    init = ["init", "--own", "mod.example", "--data-dir", str(folder), "--next-hop", f"127.0.0.1:{sink_port}"]
    subprocess.run([*straymail, *init, "-c", str(config)], check=True, stdout=subprocess.DEVNULL)
    text = config.read_text()
    for key, value in (
        ("listen", f'"127.0.0.1:{port}"'),
        ("milter", '"off"'),
        ("retry_after", '"1s"'),
        ("notice_rate", "10000"),
        ("read", "false"),
    ):
        text, count = re.subn(rf"(?m)^#?\s*{key} = .*$", f"{key} = {value}", text, count=1)
        if not count:
            raise SystemExit(f"no {key} in {config}")
    head, _, metrics = text.partition("[metrics]")
    config.write_text(f"{head}[metrics]\n" + re.sub(r"(?m)^#?\s*listen = .*$", 'listen = "off"', metrics, count=1))
    learn = ["learn", str(ROOT / "examples/demo/history.mbox"), "-c", str(config), "--json"]
    subprocess.run([*straymail, *learn], check=True, stdout=subprocess.DEVNULL)
    return config


def disturb(kind: str, guard: GuardProcess, sink: Sink, disk: Path, kills: int, seed: int) -> None:
    """What goes wrong, ``kills`` times at random moments."""
    rng = random.Random(seed)
    ballast = disk / "ballast"
    while guard.kills < kills:
        time.sleep(rng.uniform(0.1, 1.2))
        guard.kill()
        if kind == "disk":
            with suppress(OSError), ballast.open("wb") as full:
                while True:
                    full.write(b"\0" * (1 << 16))
                    full.flush()
        if kind == "hop":
            sink.down()
        guard.start() if kind != "disk" else _start_later(guard, ballast)
        if kind == "hop":
            time.sleep(rng.uniform(0.2, 1.0))
            sink.up()
    ballast.unlink(missing_ok=True)


def _start_later(guard: GuardProcess, ballast: Path) -> None:
    """Start on a full disk; after a while somebody makes room."""
    room = threading.Timer(1.0, lambda: ballast.unlink(missing_ok=True))
    room.start()
    guard.start()
    room.join()


def drain(load: Load) -> None:
    """Wait until every question has been answered and every release delivered, at most two minutes."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if all(load.sink.got.get(each) for each in load.accepted):
            return
        time.sleep(0.5)


def judge(config: Path, load: Load, guard: GuardProcess, seconds: float) -> dict[str, object]:
    """What became of each accepted message."""
    settings = load_settings(config)
    record = open_record(settings.store_url, settings.store.key_file)
    with record.reading() as connection:
        verified = log.verify(connection, record.keys)
        waiting: set[str] = set()
        copies = 0
        for each in custody.listing(connection, limit=1_000_000):
            copies += each.duplicates
            with suppress(Exception):
                waiting.add(str(message_from_bytes(custody.body(connection, record.keys, each.id))["Message-ID"]))
    record.close()
    missing = [each for each in load.accepted if not load.sink.got.get(each) and each not in waiting]
    wrong = [each for each, stray in load.accepted.items() if stray and _reached(load, each, STRAY)]
    twice = {each: found for each, found in load.sink.got.items() if len(found) > 1}
    released = {each: found for each, found in twice.items() if any(key for key, _ in found)}
    shared = sum(len({key for key, _ in found}) == 1 for found in released.values())
    return {
        "accepted": len(load.accepted),
        "delivered": sum(bool(load.sink.got.get(each)) for each in load.accepted),
        "held": sum(each in waiting and not load.sink.got.get(each) for each in load.accepted),
        "lost": len(missing),
        "stray delivered unasked": len(wrong),
        "delivered twice or more": len(twice),
        "of them releases": len(released),
        "releases sharing one idempotency key": shared,
        "retries of clients taken once": copies,
        "kills": guard.kills,
        "answers": load.answers,
        "client errors, tried again": dict(load.tries),
        "log entries": verified.entries,
        "log faults": len(verified.faults),
        "seconds": round(seconds, 1),
        "missing": missing[:20],
    }


def _reached(load: Load, identifier: str, address: str) -> bool:
    return any(address in to for _, to in load.sink.got.get(identifier, ()))


def trial(kind: str, messages: int, kills: int, seed: int) -> dict[str, object]:
    """One trial from a fresh installation to its figures."""
    with ExitStack() as stack:
        base = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="straymail-soak-", ignore_cleanup_errors=True))
        )
        folder = base / "data"
        folder.mkdir()
        if kind == "disk":
            stack.enter_context(small_disk(folder, 24))
        port, sink = free_port(), Sink(free_port())
        config = install(folder, port, sink.port)
        guard = GuardProcess(config, port)
        sink.up()
        guard.start()
        clients = Load(port, sink, messages, seed)
        began = time.monotonic()
        watchdog = threading.Timer(DEADLINE, clients.stop.set)
        watchdog.start()
        runner = threading.Thread(target=clients.run, daemon=True)
        runner.start()
        disturb(kind, guard, sink, folder, kills, seed)
        runner.join()
        drain(clients)
        clients.stop.set()
        watchdog.cancel()
        guard.stop()
        sink.down()
        return judge(config, clients, guard, time.monotonic() - began)


def main() -> int:
    """Run the trials and print their figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--messages", type=int, default=2_000)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--trials", nargs="+", choices=("kill", "disk", "hop"), default=["kill", "disk", "hop"])
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    failed = False
    for kind in options.trials:
        if kind == "disk" and (os.geteuid() != 0 or not shutil.which("mount")):
            print("disk: not run: needs root for a small disk (tmpfs)")
            continue
        figures = trial(kind, options.messages, options.kills, options.seed)
        failed |= bool(figures["lost"] or figures["stray delivered unasked"] or figures["log faults"])
        failed |= figures["accepted"] != options.messages
        failed |= figures["of them releases"] != figures["releases sharing one idempotency key"]
        if options.json:
            print(json.dumps({"trial": kind, **figures}))
        else:
            print(f"\n{kind}")
            for name, value in figures.items():
                print(f"  {name:<36} {value}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
