"""A running guard: ``straymail serve`` as a process of its own, behind one of its two doors."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from private_postfix import Postfix, free_port
from private_sendmail import Sendmail
from sink import Sink
from straymail.audit.learn import Learner
from straymail.cli.init import write_installation
from straymail.cli.opening import open_store
from straymail.config import load
from straymail.desk import Desk
from straymail.record import custody, history, log
from straymail.record.custody import Held

DOORS = ("milter", "proxy")


@dataclass
class Guard:
    """A guard, its next hop, and what a client connects to."""

    config: Path
    port: int
    sink: Sink
    process: subprocess.Popen[bytes]
    mta: Postfix | Sendmail | None

    @property
    def journal(self) -> str:
        return (self.config.parent / "guard.log").read_text()

    def held(self) -> list[Held]:
        with open_store(load(self.config)) as record, record.reading() as connection:
            return custody.listing(connection)

    def kinds(self) -> list[str]:
        """Kinds of the log's entries, in order; the chain must be whole."""
        with open_store(load(self.config)) as record, record.reading() as connection:
            assert log.verify(connection, record.keys).faults == ()
            return [entry.kind for entry in log.entries(connection)]

    def tick(self, ahead: float) -> None:
        """Let the desk believe that it is ``ahead`` seconds later, in this process, on the same store."""
        settings = load(self.config)
        with open_store(settings) as record:
            Desk(record, settings).tick(time.time() + ahead)
            with record.writing() as connection:  # what the desk queued then is due now
                connection.exec_driver_sql("UPDATE delivery SET next_at = 0 WHERE state = 'ready'")

    def rss(self) -> int:
        """Peak resident memory of the guard so far, bytes."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        assert found
        return int(found.group(1)) * 1024


@contextmanager
def running_guard(
    door: str, *, own: str = "mod.example", settings: str = "", teach: Path | None = None
) -> Iterator[Guard]:
    """Start a guard that has learned an archive; ``settings`` are TOML lines, sections included."""
    with ExitStack() as stack:
        scratch = tempfile.TemporaryDirectory(prefix="straymail-e2e-", ignore_cleanup_errors=True)
        base = Path(stack.enter_context(scratch))
        base.chmod(0o755)
        sink = stack.enter_context(Sink())
        port = free_port()
        mta = _mta(door, base, sink)
        config = _install(base, own, settings, 0 if mta else port, mta.inject_port if mta else sink.port)
        if teach:
            _teach(config, teach)
        process = stack.enter_context(_serving(config, base / "data/milter.sock" if mta else port))
        if mta:
            if isinstance(mta, Postfix):
                os.chmod(base / "data/milter.sock", 0o666)
            stack.callback(mta.stop)
            mta.start()
        yield Guard(config, mta.port if mta else port, sink, process, mta)


def _mta(door: str, base: Path, sink: Sink) -> Postfix | Sendmail | None:
    (base / "data").mkdir(mode=0o755)
    match door:
        case "milter":
            return _postfix(base, sink)
        case "sendmail":
            return Sendmail(base / "sendmail", sink.port, base / "data/milter.sock")
    return None


def _postfix(base: Path, sink: Sink) -> Postfix:
    milters = f"{{ unix:{base}/data/milter.sock, connect_timeout=5s, command_timeout=30s, content_timeout=60s }}"
    settings = {"smtpd_milters": milters, "non_smtpd_milters": milters, "message_size_limit": "80000000"}
    settings |= {"header_size_limit": "2000000", "smtpd_recipient_limit": "6000"}
    known = base / "postfix-settings"
    known.write_text(subprocess.run(["/usr/sbin/postconf", "-d"], capture_output=True, text=True, check=True).stdout)
    settings = {name: value for name, value in settings.items() if f"\n{name} =" in known.read_text()}
    return Postfix(base / "postfix", sink.port, settings)


def _install(base: Path, own: str, settings: str, port: int, next_hop: int) -> Path:
    folder = base / "data"
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)
    config = folder / "straymail.toml"
    given = {
        "data_dir": str(folder),
        "gateway__next_hop": f"127.0.0.1:{next_hop}",
        "gateway__listen": f"127.0.0.1:{port}" if port else "off",
        "gateway__milter": "off" if port else f"unix:{folder}/milter.sock",
        "metrics__listen": "off",
        "desk__retry_after": "1s",
    }
    write_installation(config, given, {"organisation__domains": [own], "organisation__officers": [f"officer@{own}"]})
    config.write_text(_merged(config.read_text(), settings))
    load(config)
    return config


def _merged(text: str, settings: str) -> str:
    """The settings file with more lines: those of a table go into it, arrays of tables and new tables to the end."""
    for block in re.split(r"(?m)^(?=\[)", settings):
        head, _, lines = block.partition("\n")
        before, mark, after = text.partition(f"\n{head}\n")
        if mark and not head.startswith("[["):
            text = f"{before}{mark}{lines}{after}"
        elif head.startswith("["):
            text = f"{text}\n{block}"
    return text


def _teach(config: Path, archive: Path) -> None:
    settings = load(config)
    with open_store(settings) as record:
        with record.reading() as connection:
            learner = Learner(record, history.load_history(connection, settings.organisation.domains), time.time())
        learner.archives([archive], lambda _done, _total, _messages: None)
        assert learner.result.new
        assert not learner.result.faults


def installed() -> str:
    """The program under test."""
    return os.environ.get("STRAYMAIL") or str(Path(sys.executable).with_name("straymail"))


@contextmanager
def _serving(config: Path, door: Path | int) -> Iterator[subprocess.Popen[bytes]]:
    program = installed()
    with (config.parent / "guard.log").open("wb") as journal:
        process = subprocess.Popen([program, "serve", "--config", str(config)], stdout=journal, stderr=journal)
        try:
            _wait(process, door, config.parent / "guard.log")
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(process: subprocess.Popen[bytes], door: Path | int, journal: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(OSError):
            if isinstance(door, int):
                with socket.create_connection(("127.0.0.1", door), 1):
                    return
            with socket.socket(socket.AF_UNIX) as sock:
                sock.connect(str(door))
                return
        time.sleep(0.02)
    raise AssertionError(f"the guard did not start: {journal.read_text()[-2000:]}")
