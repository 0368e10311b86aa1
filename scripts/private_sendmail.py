"""A private Sendmail in a folder of its own, for end-to-end runs. Needs root; touches nothing in /etc.

Debian's package cannot stand beside Postfix, so it is not installed: ``install-test-packages.sh`` unpacks it into
``build/sendmail``. It listens on loopback, takes mail from this machine only and hands everything to one next hop.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from private_postfix import free_port

UNPACKED = Path(__file__).resolve().parents[1] / "build/sendmail"
PROGRAM = UNPACKED / "usr/libexec/sendmail/sendmail"
_MACROS = UNPACKED / "usr/share/sendmail/cf"
_CONFIGURATION = """\
divert(0)dnl
OSTYPE(`linux')dnl
define(`QUEUE_DIR', `{folder}/queue')dnl
define(`ALIAS_FILE', `{folder}/aliases')dnl
define(`HELP_FILE', `{folder}/helpfile')dnl
define(`STATUS_FILE', `{folder}/statistics')dnl
define(`confPID_FILE', `{folder}/sendmail.pid')dnl
define(`confSERVICE_SWITCH_FILE', `{folder}/switch')dnl
define(`confDOMAIN_NAME', `gateway.example')dnl
define(`confDONT_BLAME_SENDMAIL', `TrustStickyBit')dnl
define(`confDONT_PROBE_INTERFACES', `True')dnl
define(`confTO_IDENT', `0')dnl
define(`confQUEUE_LA', `10000')dnl
define(`confREFUSE_LA', `10000')dnl
FEATURE(`nocanonify')dnl
FEATURE(`accept_unresolvable_domains')dnl
FEATURE(`no_default_msa')dnl
define(`SMART_HOST', `relay:[127.0.0.1]')dnl
define(`RELAY_MAILER_ARGS', `TCP $h {hop}')dnl
DAEMON_OPTIONS(`Name=MTA, Addr=127.0.0.1, Port={port}')dnl
DAEMON_OPTIONS(`Name=Straymail, Addr=127.0.0.1, Port={inject}, InputMailFilters=')dnl
INPUT_MAIL_FILTER(`straymail', `S=local:{milter}, F=T, T=C:5s;S:30s;R:30s;E:1m')dnl
MAILER(`local')dnl
MAILER(`smtp')dnl
"""


class Sendmail:
    """One instance.

    Args:
        folder: made if missing; absolute.
        hop: port of the next hop on 127.0.0.1.
        milter: the socket of the filter.
    """

    def __init__(self, folder: Path, hop: int, milter: Path) -> None:
        self.folder = folder.absolute()
        self.port, self.inject_port = free_port(), free_port()
        self._process: subprocess.Popen[bytes] | None = None
        (self.folder / "queue").mkdir(parents=True, mode=0o700)
        (self.folder / "aliases").touch()
        (self.folder / "switch").write_text("hosts files\naliases files\n")
        source = self.folder / "sendmail.mc"
        ports = {"port": self.port, "inject": self.inject_port, "hop": hop}
        source.write_text(_CONFIGURATION.format(folder=self.folder, milter=milter, **ports))
        made = subprocess.run(
            [shutil.which("m4") or "m4", f"-D_CF_DIR_={_MACROS}/", _MACROS / "m4/cf.m4", source],
            check=True,
            capture_output=True,
        )
        self.configuration = self.folder / "sendmail.cf"
        self.configuration.write_bytes(made.stdout)

    def start(self) -> None:
        """Start, and wait until it listens."""
        command = [str(PROGRAM), "-bD", "-q5s", f"-C{self.configuration}", "-X", str(self.folder / "trace")]
        with (self.folder / "said").open("wb") as said:
            self._process = subprocess.Popen(command, stdout=said, stderr=said)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and self._process.poll() is None:
            with socket.socket() as sock:
                if sock.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            self._wake()
            time.sleep(0.05)
        raise TimeoutError(f"Sendmail does not listen: {(self.folder / 'said').read_text()}")

    def _wake(self) -> None:
        """Where the machine's name has no domain, Sendmail sleeps for a minute before it reads its settings.

        A signal it has a handler for ends that sleep: at first it has just the one for SIGUSR1, which tells its state.
        """
        assert self._process
        with suppress(FileNotFoundError):
            status = dict(
                line.split(":\t", 1) for line in Path(f"/proc/{self._process.pid}/status").read_text().splitlines()
            )
            only = 1 << (signal.SIGUSR1 - 1)
            if status["State"].startswith("S") and int(status["SigCgt"], 16) == only:
                self._process.send_signal(signal.SIGUSR1)

    def stop(self) -> None:
        """Stop it, its children with it, and wait for it."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def log(self) -> str:
        """What was said on each connection so far."""
        file = self.folder / "trace"
        return file.read_text(errors="replace") if file.exists() else ""


def missing() -> str:
    """Why it cannot be run here; "" when it can."""
    if os.geteuid():
        return "needs root"
    return "" if PROGRAM.exists() and shutil.which("m4") else "needs Sendmail"
