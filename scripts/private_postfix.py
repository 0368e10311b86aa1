"""A private Postfix in a folder of its own, for benches and end-to-end runs. Needs root; touches nothing in /etc.

It starts in about 30 ms (``master -w`` on a queue made here), listens on loopback, takes mail from this machine only
and hands everything to one next hop. ``stop`` ends only what ``start`` began.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

MASTER = Path("/usr/lib/postfix/sbin/master")
_MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/maillog
maillog_file_prefixes = {folder}
inet_interfaces = loopback-only
inet_protocols = ipv4
myhostname = gateway.example
mydestination =
local_recipient_maps =
alias_maps =
alias_database =
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
default_transport = smtp:[127.0.0.1]:{hop}
relay_transport = smtp:[127.0.0.1]:{hop}
smtp_dns_support_level = disabled
disable_dns_lookups = yes
smtpd_peername_lookup = no
smtputf8_enable = yes
biff = no
smtpd_client_connection_count_limit = 0
default_process_limit = 200
smtpd_timeout = 60s
smtpd_forbid_bare_newline = normalize
smtpd_forbid_bare_newline_exclusions =
"""
_MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
127.0.0.1:{inject} inet n - n - - smtpd -o smtpd_milters= -o syslog_name=postfix/inject
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""
_QUEUES = ("active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "private", "saved", "trace")


def free_port() -> int:
    """A loopback port nobody listens on at the moment."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


class Postfix:
    """One instance.

    Args:
        folder: made if missing; absolute, and each parent must be readable by everybody (Postfix drops its rights).
        hop: port of the next hop on 127.0.0.1.
        settings: more lines of main.cf, e.g. ``smtpd_milters``.
        doors: the milters of more doors, each with a port of its own in ``ports``; "" for none.
    """

    def __init__(
        self, folder: Path, hop: int, settings: dict[str, str] | None = None, doors: Sequence[str] = ()
    ) -> None:
        self.folder, self.hop, self.settings, self.doors = folder.absolute(), hop, settings or {}, doors
        self.port, self.inject_port = free_port(), free_port()
        self.ports = [free_port() for _ in doors]
        self._configure()

    def _configure(self) -> None:
        etc = self.folder / "etc"
        for each in (self.folder, etc, self.folder / "data", self.folder / "queue"):
            each.mkdir(parents=True, exist_ok=True, mode=0o755)
            each.chmod(0o755)
        main = _MAIN.format(folder=self.folder, hop=self.hop)
        main += "".join(f"{name} = {value}\n" for name, value in self.settings.items())
        (etc / "main.cf").write_text(main)
        services = [
            f"127.0.0.1:{port} inet n - n - - smtpd -o {{ smtpd_milters = {milters} }}\n"
            for port, milters in zip(self.ports, self.doors, strict=True)
        ]
        services.append(_MASTER.format(port=self.port, inject=self.inject_port))
        (etc / "master.cf").write_text("".join(services))
        (etc / "dynamicmaps.cf").touch()
        shutil.chown(self.folder / "data", "postfix")
        self._make_queue(self.folder / "queue")

    def _make_queue(self, queue: Path) -> None:
        wanted = [(name, 0o700, "postfix", "root") for name in _QUEUES]
        wanted += [("pid", 0o755, "root", "root"), ("maildrop", 0o730, "postfix", "postdrop")]
        wanted += [("public", 0o710, "postfix", "postdrop")]
        for name, mode, user, group in wanted:
            (queue / name).mkdir(exist_ok=True)
            shutil.chown(queue / name, user, group)
            (queue / name).chmod(mode)

    def start(self) -> None:
        """Start, and wait until it listens."""
        subprocess.run([MASTER, "-c", self.folder / "etc", "-w"], check=True, timeout=30)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with socket.socket() as sock:
                if sock.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise TimeoutError(f"Postfix does not listen; see {self.folder}/maillog")

    @property
    def pid(self) -> int:
        """Process id of the master."""
        return int((self.folder / "queue/pid/master.pid").read_text().strip())

    def stop(self) -> None:
        """Stop the master, its children with it, and wait for it."""
        try:
            pid = self.pid
            os.kill(pid, signal.SIGTERM)
        except (FileNotFoundError, ProcessLookupError):
            return
        for _ in range(100):
            try:
                os.kill(pid, 0)
            except ProcessLookupError:
                return
            time.sleep(0.05)
        os.kill(pid, signal.SIGKILL)

    def tool(self, name: str, *arguments: str) -> str:
        """Run postqueue, postsuper or postcat on this instance; its output."""
        command = [f"/usr/sbin/{name}", "-c", str(self.folder / "etc"), *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout

    def queue_size(self) -> int:
        """Messages that have not been delivered yet, held ones included."""
        return self.tool("postqueue", "-j").count('"queue_id"')

    def log(self) -> str:
        """The mail log so far."""
        file = self.folder / "maillog"
        return file.read_text(errors="replace") if file.exists() else ""
