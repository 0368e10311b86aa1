"""The short form of `make soak`: nothing is lost when the guard is killed again and again."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "soak.py"


def test_nothing_is_lost_when_the_guard_is_killed() -> None:
    options = ["--messages", "150", "--kills", "5", "--trials", "kill", "--json"]
    ran = subprocess.run(
        [sys.executable, str(SCRIPT), *options], capture_output=True, text=True, timeout=280, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    figures = json.loads(ran.stdout.splitlines()[-1])
    assert figures["accepted"] == 150
    assert figures["kills"] >= 5
    assert figures["lost"] == figures["stray delivered unasked"] == figures["log faults"] == 0
