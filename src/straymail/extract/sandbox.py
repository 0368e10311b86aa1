"""Limits the worker puts on itself before it reads anything: no network, no new files, memory, CPU time.

Reading runs native code (PDFium, Rust) on hostile bytes. With the privilege to do so the worker leaves the network
by a namespace of its own; without it, Python's sockets are closed off, which does not stop native code.
"""

from __future__ import annotations

import ctypes
import os
import resource
import socket
from contextlib import suppress

_NEWUSER, _NEWNET, _NEWIPC = 0x1000_0000, 0x4000_0000, 0x0800_0000
_NO_NEW_PRIVS = 38
_FILES = 32


def confine(memory: int) -> str:
    """Apply the limits; returns "namespace" or "python": how the network was taken away."""
    libc = ctypes.CDLL(None, use_errno=True)
    way = "namespace" if _leave_network(libc) else "python"
    libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0)
    _no_sockets()
    for name, value in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, _FILES),
        (resource.RLIMIT_NPROC, 0),
    ):
        with suppress(ValueError, OSError):
            resource.setrlimit(name, (value, value))
    with suppress(OSError):
        os.chdir("/")
    return way


def _leave_network(libc: ctypes.CDLL) -> bool:
    if libc.unshare(_NEWNET | _NEWIPC) == 0:
        return True
    return bool(libc.unshare(_NEWUSER | _NEWNET | _NEWIPC) == 0)


def _no_sockets() -> None:
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise OSError("no network in the reading process")

    socket.socket = refuse  # type: ignore[assignment,misc]  # replaced on purpose
    socket.create_connection = refuse  # type: ignore[assignment]  # likewise


def allow_cpu(seconds: float) -> None:
    """Let the next file have so much CPU time; beyond, the kernel ends the process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime + seconds) + 1
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (limit, hard))
