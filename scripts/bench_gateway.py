"""``make bench-gateway``: what the guard costs on a real Postfix, beside no filter and beside rspamd.

The same load (4 KB messages, 20 sessions, one connection a message) goes through four doors of one private Postfix in
turns, several rounds in one run, since only ratios of the same minute mean anything on a shared machine:

    none        no milter
    rspamd      Debian's rspamd over a Unix socket: three regular expressions, no network (skipped when not installed)
    unix, tcp   straymail over a Unix socket and over TCP, its history loaded, every detector on
    ... first   rspamd, and straymail over its Unix socket, before others where processors are busy, as the shipped
                systemd unit has it (CPUWeight=); here by the niceness of the process's scheduling group

It prints messages a second, the filter's CPU time a message, and the latency of one session; raw figures go to
bench-results/gateway.json. Needs root (Postfix) and finds real history below CORPUS; without it the shipped example's.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import smtplib
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table

from private_postfix import Postfix, free_port

ROOT = Path(__file__).resolve().parents[1]
SESSIONS, PROCESSES, SIZE = 20, 4, 4096
FIRST = -10  # niceness that weighs 9.3 times the usual, as CPUWeight=900 does
PROSE = (
    "the range is free in the second week and the crane was inspected on monday please send the list of observers to "
    "the planning group before the exercise begins fuel delivery moves to the evening tide berth four is kept free we "
    "agreed on the new schedule for the workshop and the budget of the harbour office will follow after the meeting"
)
RSPAMD = """\
options {{
  filters = "regexp"; url_tld = "/usr/share/rspamd/effective_tld_names.dat"; pidfile = "{folder}/pid";
  control_socket = "{folder}/control mode=0600"; temp_dir = "{folder}"; hs_cache_dir = "{folder}";
  dns {{ nameserver = ["127.0.0.1:9:1"]; }}
}}
logging {{ type = "file"; filename = "{folder}/log"; level = "error"; }}
metric {{ name = "default"; actions {{ reject = 1500; }}
  symbol {{ name = "MONEY"; weight = 1.0; }} symbol {{ name = "URGENT"; weight = 1.0; }}
  symbol {{ name = "NUMBER"; weight = 1.0; }} }}
regexp {{
  MONEY = "/free (money|offer)/i{{body}}"; URGENT = "Subject=/urgent/i{{header}}"; NUMBER = "/[0-9]{{16}}/{{body}}";
}}
worker "rspamd_proxy" {{
  bind_socket = "{folder}/sock mode=0666"; milter = yes; count = 1; timeout = 30s;
  upstream "local" {{ default = yes; self_scan = yes; }}
}}
"""
GUARD = """\
data_dir = "{folder}"
[organisation]
domains = ["{own}"]
[gateway]
milter = "{milter}"
milter_socket_mode = "0666"
listen = "off"
next_hop = "127.0.0.1:{hop}"
[metrics]
listen = "off"
[log]
level = "warning"
"""


@dataclass
class Door:
    """One way through Postfix, and what was measured there."""

    name: str
    milter: str = ""
    pid: int = 0
    port: int = 0
    nice: int = 0
    rates: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)
    latency_ms: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Load:
    """Invented messages between people of the loaded history."""

    sender: str
    recipient: str
    file: Path


def main() -> int:
    """Set up, measure in turns, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=Path(os.environ.get("CORPUS", ROOT.parent / "shared/data")))
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--messages", type=int, default=2_000, help="a round and door")
    parser.add_argument("--latency", type=int, default=150, help="messages of one session, a round and door")
    parser.add_argument("--out", type=Path, default=ROOT / "bench-results/gateway.json")
    options = parser.parse_args()
    if os.geteuid() != 0:
        sys.exit("bench-gateway needs root: Postfix changes users. Try: sudo make bench-gateway")
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="straymail-bench-", dir=memory) as name, ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o755)
        doors, loads, postfix = set_up(stack, folder, options.corpus)
        for number in range(options.rounds):
            for door in doors:
                measure(door, loads, postfix, options.messages, options.latency)
            print(f"round {number + 1}/{options.rounds}: " + ", ".join(f"{d.name} {d.rates[-1]:.0f}/s" for d in doors))
        report(doors, options.out)
    return 0


def set_up(stack: ExitStack, folder: Path, corpus: Path) -> tuple[list[Door], list[Load], Postfix]:
    """Start everything, to be stopped by the stack."""
    sink = free_port()
    run = ["smtp-sink", "-u", "nobody", "-c", f"127.0.0.1:{sink}", "1000"]
    stack.enter_context(running([shutil.which("smtp-sink") or "/usr/sbin/smtp-sink", *run[1:]]))
    own, archives = sources(corpus)
    hop = free_port()
    doors = [Door("none")]
    if rspamd := shutil.which("rspamd"):
        doors.append(start_rspamd(stack, rspamd, folder / "rspamd"))
    else:
        print("rspamd is not installed: its door is left out")
    addresses = {"unix": f"unix:{folder}/unix/milter.sock", "tcp": f"inet:127.0.0.1:{free_port()}"}
    for name, address in addresses.items():
        settings = GUARD.format(folder=folder / name, own=own, milter=address, hop=hop)
        doors.append(start_guard(stack, Door(name, address), folder / name, settings, archives))
    postfix = Postfix(folder / "postfix", sink, doors=[door.milter for door in doors])
    postfix.start()
    stack.callback(postfix.stop)
    for door, port in zip(doors, postfix.ports, strict=True):
        door.port = port
    again = [door for door in doors if door.name in ("rspamd", "unix")]
    doors += [Door(f"{door.name} first", door.milter, door.pid, door.port, FIRST) for door in again]
    return doors, make_loads(folder, own), postfix


def sources(corpus: Path) -> tuple[str, list[str]]:
    """Own domain and archives to learn."""
    if archives := sorted(map(str, (corpus / "enron").glob("*.mbox.gz"))):
        return "enron.com", archives
    print("no corpus: the shipped example's history is used, which is small")
    return "mod.example", [str(ROOT / "examples/demo/history.mbox")]


def start_rspamd(stack: ExitStack, program: str, folder: Path) -> Door:
    """Rspamd needs some 15 s to compile its tables."""
    folder.mkdir()
    shutil.chown(folder, "_rspamd", "_rspamd")
    (folder / "rspamd.conf").write_text(RSPAMD.format(folder=folder))
    command = [program, "-f", "-u", "_rspamd", "-g", "_rspamd", "-c", str(folder / "rspamd.conf")]
    process = stack.enter_context(running(command))
    wait_for(folder / "sock", 60)
    return Door("rspamd", f"unix:{folder}/sock", process.pid)


def start_guard(stack: ExitStack, door: Door, folder: Path, settings: str, archives: list[str]) -> Door:
    """Teach a guard the archives and start it."""
    folder.mkdir()
    config = folder / "straymail.toml"
    straymail = str(Path(sys.executable).parent / "straymail")
    subprocess.run(
        [straymail, "init", "--config", str(config), "--data-dir", str(folder)], check=True, capture_output=True
    )
    config.write_text(settings)
    print(f"learning {len(archives)} archives for {door.name} ...")
    subprocess.run([straymail, "learn", *archives, "--config", str(config)], check=True, capture_output=True)
    process = stack.enter_context(running([straymail, "serve", "--config", str(config)], stderr=subprocess.PIPE))
    assert process.stderr is not None
    for line in process.stderr:
        if b"asks from" in line:  # the last line of the greeting: the doors are open
            break
    door.pid = process.pid
    return door


@contextmanager
def running(command: list[str], stderr: int = subprocess.DEVNULL) -> Iterator[subprocess.Popen[bytes]]:
    """A process in a session of its own, ended by its id afterwards."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=stderr, start_new_session=True)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(40)
        except subprocess.TimeoutExpired:
            process.kill()


def wait_for(path: Path, seconds: float) -> None:
    """Wait until a socket takes connections."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with socket.socket(socket.AF_UNIX) as sock:
            if path.exists() and sock.connect_ex(str(path)) == 0:
                return
        time.sleep(0.2)
    raise TimeoutError(f"nothing listens at {path}")


def make_loads(folder: Path, own: str) -> list[Load]:
    """Eight messages between pairs of the history, and two to people and a domain nobody has written to."""
    with sqlite3.connect(folder / "unix/straymail.db") as database:
        rows = database.execute("select a, b, value from history where kind = 'pair'").fetchall()
    pairs = [
        (a, b)
        for a, b, value in rows
        if a.endswith("@" + own) and not b.endswith(own) and json.loads(value)["facts"][0] > 2
    ]
    chance = random.Random(7)
    chosen = chance.sample(sorted(pairs), min(8, len(pairs)))
    chosen += [(chosen[0][0], "new.person@first-contact.example"), (chosen[1][0], "other.person@blue-harbour.example")]
    loads = []
    for number, (sender, recipient) in enumerate(chosen):
        text = f"From: <{sender}>\nTo: <{recipient}>\nSubject: {' '.join(chance.choices(PROSE.split(), k=4))}\n\n"
        while len(text) < SIZE:
            text += " ".join(chance.choices(PROSE.split(), k=12)) + "\n"
        file = folder / f"message{number}"
        file.write_text(text)
        loads.append(Load(sender, recipient, file))
    return loads


def measure(door: Door, loads: list[Load], postfix: Postfix, messages: int, latency: int) -> None:
    """One round of one door."""
    prefer(door)
    cpu = cpu_seconds(door.pid)
    began = time.perf_counter()
    source = shutil.which("smtp-source") or "/usr/sbin/smtp-source"
    processes = []
    for number in range(PROCESSES):
        load = loads[random.Random(f"{number}{len(door.rates)}").randrange(len(loads))]
        counts = ["-s", str(SESSIONS // PROCESSES), "-m", str(messages // PROCESSES)]
        who = ["-f", load.sender, "-t", load.recipient, "-F", str(load.file)]
        processes.append(subprocess.Popen([source, *counts, *who, f"127.0.0.1:{door.port}"]))
    for process in processes:
        if process.wait(300) != 0:
            raise RuntimeError(f"smtp-source failed at door {door.name}")
    door.rates.append(messages / (time.perf_counter() - began))
    time.sleep(0.5)  # the log of the last messages is written within this time, and counts
    door.cpu_ms.append((cpu_seconds(door.pid) - cpu) * 1_000 / messages)
    drain(postfix)
    one_session(door, loads, latency)
    drain(postfix)


def prefer(door: Door) -> None:
    """Give the filter the share of the processors that its door says."""
    if not door.pid:
        return
    for task in Path(f"/proc/{door.pid}/task").iterdir():
        os.setpriority(os.PRIO_PROCESS, int(task.name), door.nice)
    group = Path(f"/proc/{door.pid}/autogroup")  # where sessions are scheduled as groups, theirs is what counts
    if group.exists():
        group.write_text(str(door.nice))


def one_session(door: Door, loads: list[Load], count: int) -> None:
    """Time from MAIL to the final reply of each message, over one connection."""
    with smtplib.SMTP("127.0.0.1", door.port, timeout=30) as client:
        client.ehlo()
        for number in range(count):
            load = loads[number % len(loads)]
            raw = load.file.read_bytes().replace(b"\n", b"\r\n")
            began = time.perf_counter()
            client.sendmail(load.sender, [load.recipient], raw)
            door.latency_ms.append((time.perf_counter() - began) * 1_000)


def drain(postfix: Postfix) -> None:
    """Wait until everything is delivered, so that one round does not slow the next."""
    deadline = time.monotonic() + 120
    while postfix.queue_size():
        if time.monotonic() > deadline:
            raise TimeoutError("the queue does not empty")
        time.sleep(0.2)


def cpu_seconds(pid: int) -> float:
    """CPU time of a process and its living children, from the scheduler's nanoseconds."""
    if not pid:
        return 0.0
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        total += int((task / "schedstat").read_text().split()[0])
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return total / 1e9 + sum(cpu_seconds(int(child)) for child in children)


def report(doors: list[Door], out: Path) -> None:
    """Print the table; rates as ratios of the same round's rate without a milter."""
    base, rspamd = doors[0], next((door for door in doors if door.name == "rspamd"), None)
    table = Table(title=f"{SIZE} byte messages, {SESSIONS} sessions, {len(base.rates)} rounds in turns")
    for name in ("door", "msg/s", "of none", "of rspamd", "CPU ms/msg", "p50 ms", "p99 ms", "p99 added"):
        table.add_column(name, justify="left" if name == "door" else "right")
    figures = {}
    for door in doors:
        p50, p99 = percentile(door.latency_ms, 50), percentile(door.latency_ms, 99)
        row = {
            "msg/s": statistics.median(door.rates),
            "of none": ratio(door.rates, base.rates),
            "of rspamd": ratio(door.rates, rspamd.rates) if rspamd else 0.0,
            "cpu_ms": statistics.median(door.cpu_ms),
            "p50": p50,
            "p99": p99,
            "p99 added": p99 - percentile(base.latency_ms, 99),
        }
        figures[door.name] = row | {"rates": door.rates, "cpu": door.cpu_ms}
        formats = ("{:.0f}", "{:.2f}", "{:.2f}", "{:.2f}", "{:.1f}", "{:.1f}", "{:.1f}")
        table.add_row(door.name, *(form.format(value) for form, value in zip(formats, row.values(), strict=True)))
    Console(width=100).print(table)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(figures, indent=1) + "\n")


def ratio(rates: list[float], others: list[float]) -> float:
    """Median of the rounds' ratios."""
    return statistics.median(mine / other for mine, other in zip(rates, others, strict=True))


def percentile(values: list[float], share: int) -> float:
    """The value below which ``share`` per cent lie."""
    return statistics.quantiles(values, n=100)[share - 1]


if __name__ == "__main__":
    sys.exit(main())
