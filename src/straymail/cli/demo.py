"""``straymail demo``: a guard with an invented organisation, and four messages through it."""

from __future__ import annotations

import signal
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import format_datetime, getaddresses
from importlib.resources import as_file, files
from importlib.resources.abc import Traversable
from pathlib import Path
from shutil import rmtree
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from straymail.audit.learn import Learner
from straymail.cli.common import console
from straymail.cli.init import write_installation
from straymail.cli.opening import open_store
from straymail.cli.present import STYLES, percent
from straymail.config import Settings, load
from straymail.errors import BadInput, StraymailError
from straymail.evidence import Action, worth_telling
from straymail.record import history, log

_OWN = "mod.example"
_FIT = ("rival", "fit.")  # terms of a comparison; those without words for a sender are for operators
_MARK = ".straymail-demo"
_PORT = 2525
_PATIENCE = 20.0
_TITLES = {
    "1-right": "To the right person",
    "2-wrong-domain": "To .ml instead of .mil",
    "3-namesake": "To a namesake",
    "4-marked-document": "A marked document to somebody new",
}


def demo(
    folder: Annotated[
        Path, typer.Option("--dir", metavar="DIR", help="Where the demo keeps its files; emptied at each start.")
    ] = Path("straymail-demo"),
    once: Annotated[bool, typer.Option("--once", help="Stop after the four messages instead of staying up.")] = False,
) -> None:
    """Try it: a guard with an invented organisation, and four messages.

    Everything stays on this machine: mail that passes is written into an outbox folder. Ctrl-C stops it.
    """
    out = console()
    for number in (signal.SIGTERM, signal.SIGHUP):  # as Ctrl-C: whoever stops the demo stops its guard
        signal.signal(number, signal.default_int_handler)
    settings, config = _install(folder.absolute())
    people = _teach(settings)
    out.print(Text("Straymail demo", style="bold") + Text(f": an invented ministry, {_OWN}, and what it wrote before."))
    out.print(f"Learned from examples: {people} people.", style="dim")
    with _guard(config, out) as port:
        for name, raw in _messages():
            _send_and_tell(out, settings, port, name, raw)
        _next_steps(out, settings, config)
        if not once:
            out.print(Text("The guard stays up until Ctrl-C.", style="bold"))
            with suppress(KeyboardInterrupt):
                signal.pause()
    out.print("Stopped.")


def _install(folder: Path) -> tuple[Settings, Path]:
    """A fresh installation in a folder of the demo's own.

    Raises:
        BadInput: the folder holds something else.
    """
    if folder.exists():
        if any(folder.iterdir()) and not (folder / _MARK).exists():
            raise BadInput("is not empty and not the demo's", file=str(folder), allowed="another --dir")
        rmtree(folder)
    folder.mkdir(parents=True)
    (folder / _MARK).touch()
    given = {
        "data_dir": str(folder),
        "organisation__name": "Ministry of Examples",
        "gateway__next_hop": f"outbox:{folder / 'outbox'}",
        "gateway__listen": f"127.0.0.1:{_free_port()}",
        "metrics__listen": "off",
    }
    config = folder / "straymail.toml"
    write_installation(config, given, {"organisation__domains": [_OWN]})
    return load(config), config


def _free_port() -> int:
    """2525, or any free port when something listens there already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", _PORT))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _teach(settings: Settings) -> int:
    with as_file(_examples() / "history.mbox") as mbox, open_store(settings) as record:
        if not mbox.exists():
            raise StraymailError("the examples are missing from this installation")
        with record.reading() as connection:
            learner = Learner(record, history.load_history(connection, [_OWN], record.keys.words), time.time())
        learner.archives([mbox], lambda _done, _total, _messages: None)
        return learner.result.people


def _messages() -> Iterator[tuple[str, bytes]]:
    """The four messages, dated now, with CRLF line ends."""
    with as_file(_examples() / "messages") as folder:
        for file in sorted(folder.glob("*.eml")):
            mail = BytesParser(policy=policy.SMTP).parsebytes(file.read_bytes())
            mail.replace_header("Date", format_datetime(datetime.now(UTC)))
            yield file.stem, mail.as_bytes(policy=policy.SMTP)


@contextmanager
def _guard(config: Path, out: Console) -> Iterator[int]:
    """``straymail serve`` as a process of its own, its log beside the settings."""
    port = _port_of(load(config))
    journal = (config.parent / "guard.log").open("wb")
    command = [sys.executable, "-m", "straymail", "serve", "--config", str(config)]
    # Our own program with paths of our own making; a session of its own, so that Ctrl-C reaches the demo first.
    process = subprocess.Popen(command, stdout=journal, stderr=journal, start_new_session=True)  # noqa: S603
    try:
        _wait_for(process, port, config.parent / "guard.log")
        out.print(
            f"The guard listens for SMTP at 127.0.0.1:{port}; mail that passes goes into {config.parent / 'outbox'}"
        )
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_PATIENCE)
        journal.close()


def _examples() -> Traversable:
    """The invented organisation: within the package, or beside the sources when it is installed editable."""
    inside = files("straymail") / "examples" / "demo"
    return inside if inside.is_dir() else Path(__file__).parents[3] / "examples" / "demo"


def _port_of(settings: Settings) -> int:
    return int(str(settings.gateway.listen).rpartition(":")[2])


def _wait_for(process: subprocess.Popen[bytes], port: int, journal: Path) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise StraymailError(f"the guard did not start; its last words: {journal.read_text().strip()[-500:]}")


def _send_and_tell(out: Console, settings: Settings, port: int, name: str, raw: bytes) -> None:
    mail = BytesParser(policy=policy.default).parsebytes(raw)
    assert isinstance(mail, EmailMessage)
    to = [
        address
        for _, address in getaddresses([str(each) for each in (*mail.get_all("To", ()), *mail.get_all("Cc", ()))])
    ]
    after = _last(settings)
    try:
        with smtplib.SMTP("127.0.0.1", port, timeout=30) as client:
            client.sendmail("clara.voss@mod.example", to, raw)
        said = ""
    except smtplib.SMTPRecipientsRefused as refused:
        said = "; ".join(f"{code} {text.decode()}" for code, text in refused.recipients.values())
    except smtplib.SMTPResponseException as error:
        said = f"{error.smtp_code} {error.smtp_error!r}"
    out.print()
    out.print(Text(f"{name[0]}  {_TITLES.get(name, name)}", style="bold"))
    out.print(f"   {mail['Subject']}, to {', '.join(to)}", style="dim", soft_wrap=True)
    _tell(out, _decision(settings, after), said)


def _last(settings: Settings) -> int:
    with open_store(settings) as record, record.reading() as connection:
        return log.verify(connection, record.keys).entries


def _decision(settings: Settings, after: int) -> Mapping[str, Any]:
    """The newest decision after a log entry, as soon as it is written."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        with open_store(settings) as record, record.reading() as connection:
            for entry in log.entries(connection, after=after, kinds=("judged", "held", "refused")):
                return entry.payload or {}
        time.sleep(0.05)
    return {}


def _tell(out: Console, decision: Mapping[str, Any], said: str) -> None:
    verdict = decision.get("verdict", {})
    action = Action(verdict.get("action", "pass"))
    held = decision.get("held")
    told = {
        Action.PASS: "passed",
        Action.TAG: "passed, with a header",
        Action.ASK: f"waits as {held}: its sender was asked",
        Action.HOLD: f"waits as {held} for a security officer",
        Action.REFUSE: f"refused: {said}",
        Action.DEFER: f"put off: {said}",
    }[action]
    out.print("   ", Text(told, style=f"bold {STYLES[action]}"))
    for each in verdict.get("recipients", ()):
        if each["action"] in (Action.PASS, Action.TAG):
            continue
        meant = f": did you mean {each['meant'][0]}?" if each["meant"] else ""
        chance = f"   {percent(each['probability'])} astray"
        out.print("   ", Text(f"{each['address']}{meant}", style="bold") + Text(chance), soft_wrap=True)
        for reason in _reasons(each["evidence"]):
            _point(out, reason)
    holds: dict[str, list[Mapping[str, Any]]] = {}
    for each in verdict.get("content", ()):
        if worth_telling(str(each["id"]), each["confidence"]):
            holds.setdefault(str(each.get("text") or each["id"]), []).append(each)
    for what, found in holds.items():
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        _point(out, f"{what} ({found[0]['sensitivity']}; {found[0]['where']}{more})")


def _point(out: Console, text: str) -> None:
    """A point of a list, whose further lines stand below its first word."""
    point = Table.grid(padding=(0, 1))
    point.add_row("      -", text)
    out.print(point)


def _reasons(evidence: list[Mapping[str, Any]]) -> list[str]:
    against = sorted((each for each in evidence if each["weight"] >= 0.5), key=lambda each: -float(each["weight"]))
    against = [each for each in against if each.get("sender_text") or not str(each["id"]).startswith(_FIT)]
    texts = dict.fromkeys(str(each.get("sender_text") or each.get("operator_text") or each["id"]) for each in against)
    return list(texts)[:3]


def _next_steps(out: Console, settings: Settings, config: Path) -> None:
    with suppress(ValueError):
        config = config.relative_to(Path.cwd())
    program = Path(sys.argv[0])
    with suppress(ValueError):
        program = program.absolute().relative_to(Path.cwd())
    name, given = str(program), f"-c {config}"
    with open_store(settings) as record, record.reading() as connection:
        held = next((entry.payload or {} for entry in log.entries(connection, kinds=("held",))), {}).get("held", "ID")
    steps = {
        "what waits": f"{name} held list {given}",
        "why it waits": f"{name} held show {held} {given}",
        "send it to the right address": f"{name} held correct {held} {given}",
        "the outbox": f"ls {config.parent / 'outbox'}",
        "judge a draft": f"{name} check {given} --from clara.voss@mod.example anna.lindqvist@nortport.example",
        "every decision": f"{name} log {given}",
        "is the log whole": f"{name} log verify {given}",
    }
    out.print()
    out.print(Text("Try next, in another terminal:", style="bold"))
    for what, command in steps.items():
        out.print(f"   {what:<30}", Text(command, style="cyan"), soft_wrap=True)
    out.print()
