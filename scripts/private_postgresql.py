"""A private PostgreSQL in a folder of its own, for tests. ``stop`` ends only what ``start`` began.

It does not run as root: with root it takes Debian's user ``postgres``. It listens on loopback alone, trusts whoever
comes from there, and does not wait for the disk: what is in it is worth nothing.
"""

from __future__ import annotations

import os
import pwd
import secrets
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from private_postfix import free_port

_SETTINGS = (
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "fsync=off",
    "shared_buffers=16MB",
    "max_connections=40",
)
_PATIENCE = 30.0


def programs() -> Path | None:
    """The folder of the newest PostgreSQL's programs that is installed; None when there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


class PostgreSQL:
    """One server. ``database`` makes an empty database and gives its URL."""

    def __init__(self, folder: Path) -> None:
        found = programs()
        if found is None:
            raise RuntimeError("PostgreSQL is not installed: run scripts/install-test-packages.sh")
        self.port, self._programs, self._data = free_port(), found, folder / "data"
        self._as: dict[str, Any] = {}
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)
        self._data.mkdir()
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            self._as = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
            folder.chmod(0o755)
            os.chown(self._data, owner.pw_uid, owner.pw_gid)

    def start(self) -> None:
        """Start, and return when it answers.

        Raises:
            RuntimeError: it did not within half a minute.
        """
        self._run("initdb", "-D", str(self._data), "-A", "trust", "-U", "straymail", "--no-sync", "-E", "UTF8")
        options = [part for setting in _SETTINGS for part in ("-c", setting)]
        self._process = subprocess.Popen(
            [self._programs / "postgres", "-D", str(self._data), "-p", str(self.port), *options],
            cwd="/",  # its user may not see the folder we are in
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **self._as,
        )
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            ready = [str(self._programs / "pg_isready"), "-h", "127.0.0.1", "-p", str(self.port), "-q"]
            if subprocess.run(ready, check=False).returncode == 0:
                return
            time.sleep(0.05)
        self.stop()
        raise RuntimeError("PostgreSQL did not start")

    @contextmanager
    def database(self) -> Iterator[str]:
        """The URL of a new, empty database, which is dropped afterwards."""
        name = f"t{secrets.token_hex(6)}"
        where = ("-h", "127.0.0.1", "-p", str(self.port), "-U", "straymail")
        self._run("createdb", *where, name)
        yield f"postgresql+psycopg://straymail@127.0.0.1:{self.port}/{name}"
        self._run("dropdb", *where, "--force", name)

    def stop(self) -> None:
        """Stop at once."""
        if self._process:
            self._process.send_signal(signal.SIGQUIT)  # at once, nothing written down
            try:
                self._process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                self._process.kill()
            self._process = None

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run([self._programs / program, *arguments], cwd="/", check=True, capture_output=True, **self._as)
