"""Standard streams that are closed, full or left by their reader: one line at most, and no traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

RUN = "import sys; from straymail.cli.main import run; run(sys.argv[1:])"


@pytest.mark.parametrize(
    ("command", "streams", "code", "said"),
    [
        (["version", "--json"], ">/dev/full", 1, "straymail: No space left on device\n"),
        (["version"], ">/dev/full", 1, "straymail: No space left on device\n"),
        (["--help"], ">/dev/full", 1, "straymail: No space left on device\n"),
        (["version", "--json"], ">&-", 0, ""),
        (["check", "--batch", "-"], "<&-", 0, ""),
        (["check", "--message", "-"], "<&-", 3, "the message has no From header"),
    ],
)
def test_streams_that_cannot_be_used(tmp_path: Path, command: list[str], streams: str, code: int, said: str) -> None:
    settings = tmp_path / "straymail.toml"
    settings.write_text(f'data_dir = "{tmp_path}"\n')
    ended = subprocess.run(
        ["/bin/sh", "-c", f'exec "$@" {streams}', "sh", sys.executable, "-c", RUN, *command],
        env={"STRAYMAIL_CONFIG": str(settings), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )
    assert "Traceback" not in ended.stderr
    assert said in ended.stderr
    assert ended.returncode == code
