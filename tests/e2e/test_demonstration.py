"""``straymail demo`` (``make run``): what it says, and that nothing of it stays behind."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

_PATIENCE = 60.0


def test_whoever_stops_the_demo_stops_its_guard(tmp_path: Path) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):  # one after the other: both would take the same port
        _run_and_stop(tmp_path, number)


def _run_and_stop(folder: Path, number: signal.Signals) -> None:
    said = folder / f"said {number}"
    with said.open("wb") as output:
        demo = subprocess.Popen(
            [sys.executable, "-m", "straymail", "demo", "--dir", str(folder / "demo")], stdout=output, stderr=output
        )
        try:
            deadline = time.monotonic() + _PATIENCE
            while "stays up" not in said.read_text() and time.monotonic() < deadline and demo.poll() is None:
                time.sleep(0.1)
            text = said.read_text()
            assert "stays up" in text
            assert "did you mean robert.holt@army.mil?" in text
            port = re.search(r"127\.0\.0\.1:(\d+)", text)
            assert port
            demo.send_signal(number)
            assert demo.wait(_PATIENCE) == 0
        finally:
            if demo.poll() is None:
                demo.terminate()
                demo.wait(_PATIENCE)
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", int(port[1])), 1)
