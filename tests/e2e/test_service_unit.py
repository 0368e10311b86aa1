"""The shipped systemd unit: its filter lets through every system call that the guard and its worker make."""

from __future__ import annotations

import re
import signal
import smtplib
import subprocess
import time
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

from guard import installed
from private_postfix import free_port
from straymail.cli.init import write_installation

UNIT = (Path(__file__).parents[2] / "packaging/straymail.service").read_text()
PATIENCE = 60.0
AS_ROOT = {
    "fchown"
}  # SQLite gives its files to the database's owner where root runs it, as a test may; the unit does not


def members(name: str) -> set[str]:
    """The system calls of a set such as ``@system-service``."""
    told = subprocess.run(["systemd-analyze", "syscall-filter", name], capture_output=True, text=True, check=True)
    words = [line.strip() for line in told.stdout.splitlines()[1:] if not line.strip().startswith("#")]
    return {each for word in words if word for each in (members(word) if word.startswith("@") else {word})}


def allowed() -> set[str]:
    """What the lines of ``SystemCallFilter=`` leave, read from the first to the last."""
    found: set[str] = set()
    for line in re.findall(r"(?m)^SystemCallFilter=(.+)$", UNIT):
        sets = (members(word) if word.startswith("@") else {word} for word in line.removeprefix("~").split())
        named = {call for each in sets for call in each}
        found = found - named if line.startswith("~") else found | named
    return found


def with_archive() -> EmailMessage:
    """A message whose attachment the worker has to open."""
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        archive.writestr("plan.csv", "name,place\nAnn,Harbour\n")
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "ann@mod.example", "holt@partner.example", "Plan"
    mail.set_content("Enclosed.")
    mail.add_attachment(packed.getvalue(), maintype="application", subtype="zip", filename="plan.zip")
    return mail


def calls_of_a_guard(folder: Path) -> set[str]:
    """System calls of a guard from its start to its end, one message with an attachment between."""
    port, config, trace = free_port(), folder / "straymail.toml", folder / "trace"
    given = {
        "data_dir": str(folder),
        "gateway__listen": f"127.0.0.1:{port}",
        "gateway__milter": f"unix:{folder}/m",
        "gateway__next_hop": f"outbox:{folder}/out",
        "metrics__listen": "off",
    }
    write_installation(config, given, {"organisation__domains": ["mod.example"]})
    command = ["strace", "-f", "-qq", "-o", str(trace), installed(), "serve", "--config", str(config)]
    with (folder / "journal").open("wb") as journal:
        process = subprocess.Popen(command, stdout=journal, stderr=journal)
    try:
        client = connected(port, process)
        client.send_message(with_archive())
        client.quit()
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        subprocess.run(["kill", f"-{signal.SIGTERM}", *children], check=True)
        assert process.wait(PATIENCE) == 0, (folder / "journal").read_text()
    finally:
        process.kill()
        process.wait()
    assert list((folder / "out").glob("*.eml"))
    return set(re.findall(r"(?m)^\d+ +(?:[\d.]+ )?([a-z_]\w*)\(", trace.read_text(errors="replace")))


def connected(port: int, process: subprocess.Popen[bytes]) -> smtplib.SMTP:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return smtplib.SMTP("127.0.0.1", port, timeout=PATIENCE)
        except OSError:
            if time.monotonic() > deadline or process.poll() is not None:
                raise
            time.sleep(0.1)


def test_the_filter_lets_through_what_the_guard_calls(tmp_path: Path) -> None:
    seen = calls_of_a_guard(tmp_path)
    assert {"execve", "listen", "bind", "unshare"} <= seen
    assert sorted(seen - allowed() - AS_ROOT) == []


def test_a_fault_in_the_settings_fails_the_reload() -> None:
    check, signalled = re.findall(r"(?m)^ExecReload=(.+)$", UNIT)
    assert check.endswith("straymail policy check --config /etc/straymail/straymail.toml")
    assert signalled == "/bin/kill -HUP $MAINPID"
