"""``straymail check``: judge a message before it is sent, and explain why."""

from __future__ import annotations

import json as jsonlib
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, TextIO

import typer

from straymail.cli.common import (
    EXIT_BAD_INPUT,
    EXIT_WOULD_STOP,
    ConfigOption,
    JsonOption,
    console,
    print_json,
    settings_from,
)
from straymail.cli.opening import open_guard
from straymail.cli.present import show_verdict, verdict_json
from straymail.errors import AddressError, BadInput
from straymail.evidence import Action, Verdict
from straymail.guard import Guard
from straymail.message import Address, Envelope, Limits, Message, parse_address, parse_message

_STOPS = Action.ASK.severity
_LINE = 1 << 20  # bytes of one line of --batch


def check(
    recipients: Annotated[
        list[str] | None, typer.Argument(help="Envelope recipients; default: those in the message's To, Cc and Bcc.")
    ] = None,
    sender: Annotated[
        str | None,
        typer.Option(
            "--from", "-f", metavar="ADDRESS", help="Envelope sender; default: the message's From. <> for none."
        ),
    ] = None,
    message: Annotated[
        Path | None,
        typer.Option(
            "--message", "-m", metavar="FILE", help="The message itself (.eml); - reads it from standard input."
        ),
    ] = None,
    batch: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help='Judge many: JSON lines {"sender", "recipients", "message": path or null}, one verdict a line; '
            "- is standard input.",
        ),
    ] = None,
    config: ConfigOption = None,
    json: JsonOption = False,
) -> None:
    """Judge a message before it is sent, and explain why.

    Nothing is sent, held, learned or recorded. Exit code 0: it would pass (or only be tagged); 10: it would be asked
    about, held or refused; 3: the input cannot be used.
    """
    settings = settings_from(config)
    limits = settings.gateway.limits.limits()
    with open_guard(settings) as guard:
        if batch is not None:
            raise typer.Exit(_batch(guard, batch, limits))
        raw = read_message(message) if message else None
        envelope, parsed = draft(sender, recipients or [], raw, limits)
        verdict = judge(guard, envelope, parsed)
    if json:
        print_json(verdict_json(verdict))
    else:
        show_verdict(console(), verdict)
    raise typer.Exit(exit_code(verdict))


def exit_code(verdict: Verdict) -> int:
    """0 when the message would leave, 10 when it would be stopped."""
    return EXIT_WOULD_STOP if verdict.action.severity >= _STOPS else 0


def judge(guard: Guard, envelope: Envelope, message: Message) -> Verdict:
    """What the gateway would do: recipients it refuses at RCPT TO, then the message to the others."""
    now = datetime.now(UTC)
    early = {to: guard.judge_recipient(envelope, to, now) for to in envelope.recipients}
    rest = tuple(to for to in envelope.recipients if early[to].action is not Action.REFUSE)
    verdict = guard.judge(replace(envelope, recipients=rest), message, now)
    if len(rest) == len(envelope.recipients):
        return verdict
    judged = {each.address: each for each in verdict.recipients}
    merged = tuple(judged.get(to, early[to]) for to in envelope.recipients)
    return replace(
        verdict,
        recipients=merged,
        action=max((each.action for each in merged), key=lambda action: action.severity),
        probability=max(each.probability for each in merged),
    )


def draft(
    sender: str | None, recipients: Sequence[str], raw: bytes | None, limits: Limits | None = None
) -> tuple[Envelope, Message]:
    """Envelope and message from what the user gave; what is missing comes from the message's header.

    Raises:
        BadInput: an address that is none, or nobody to judge.
    """
    given = None if sender in (None, "<>", "") else _address(str(sender), "sender")
    to = tuple(_address(text, "recipient") for text in recipients)
    message = parse_message(_bare(given, to) if raw is None else raw, limits)
    if sender is None and raw is None:
        raise BadInput("who is writing?", allowed="--from ADDRESS, or a message with a From header")
    if sender is None:
        boxes = message.sender or message.from_
        if not boxes:
            raise BadInput("the message has no From header", allowed="--from ADDRESS")
        given = boxes[0].address
    to = to or tuple(dict.fromkeys(box.address for box in (*message.to, *message.cc, *message.bcc)))
    if not to:
        raise BadInput("no recipient to judge", allowed="addresses, or a message with To, Cc or Bcc")
    return Envelope(given, to), message


def _address(text: str, field: str) -> Address:
    try:
        return parse_address(text)
    except AddressError as error:
        raise BadInput(f"{text!r} is no address: {error.problem}", field=field) from error


def _bare(sender: Address | None, recipients: Sequence[Address]) -> bytes:
    """The header of a message that has not been written yet."""
    lines = [f"From: {sender}"] if sender else []
    lines += ["To: " + ", ".join(str(to) for to in recipients)] if recipients else []
    return "\r\n".join([*lines, "", ""]).encode()


def read_message(path: Path) -> bytes:
    """Bytes of a message file, or of standard input for ``-``; BadInput when it cannot be read."""
    try:
        return sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
    except OSError as error:
        raise BadInput(f"cannot be read: {error.strerror}", file=str(path)) from error


def _batch(guard: Guard, source: str, limits: Limits) -> int:
    """Judge each line; a line that cannot be used gives ``{"error", "line"}`` in its place. Returns the exit code."""
    code = 0
    for number, line in _lines(source):
        try:
            envelope, message = draft(*_entry(line, source, number), limits)
            verdict = judge(guard, envelope, message)
        except BadInput as error:
            print_json({"error": str(error), "line": number})
            code = EXIT_BAD_INPUT
            continue
        print_json(verdict_json(verdict))
        code = code or exit_code(verdict)
    return code


def _lines(source: str) -> Iterator[tuple[int, str]]:
    """Numbered lines that are not empty."""
    if source == "-":
        yield from _numbered(sys.stdin)
        return
    try:
        with Path(source).open(encoding="utf-8", errors="replace") as stream:
            yield from _numbered(stream)
    except OSError as error:
        raise BadInput(f"cannot be read: {error.strerror}", file=source) from error


def _numbered(stream: TextIO) -> Iterator[tuple[int, str]]:
    number = 0
    while line := stream.readline(_LINE):
        number += 1
        if line.strip():
            yield number, line


def _entry(line: str, source: str, number: int) -> tuple[str | None, list[str], bytes | None]:
    """(sender, recipients, message) of one JSON line."""
    wanted = '{"sender": "a@b", "recipients": ["c@d"], "message": "path" or null}'
    try:
        entry: Any = jsonlib.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadInput("not JSON", file=source, line=number, allowed=wanted) from error
    sender, recipients, path = _fields(entry)
    if not isinstance(recipients, list) or not all(isinstance(to, str) for to in recipients):
        raise BadInput("not a list of addresses", file=source, line=number, field="recipients", allowed=wanted)
    if not isinstance(sender, str | None) or not isinstance(path, str | None):
        raise BadInput("not text", file=source, line=number, allowed=wanted)
    return sender, recipients, None if path is None else read_message(Path(path))


def _fields(entry: object) -> tuple[object, object, object]:
    if not isinstance(entry, dict):
        return None, None, None
    return entry.get("sender"), entry.get("recipients"), entry.get("message")
