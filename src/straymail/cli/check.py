"""``straymail check``: judge a message before it is sent, and explain why."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

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
from straymail.cli.draft import draft, entry_of, numbered_lines, read_message
from straymail.cli.opening import open_guard
from straymail.cli.present import show_verdict, verdict_json
from straymail.config import Settings
from straymail.desk import is_ours
from straymail.errors import BadInput
from straymail.evidence import Action, RecipientVerdict, Verdict
from straymail.gateway.engine import _OVER_LIMIT, _nobody_to_ask
from straymail.guard import Guard
from straymail.message import Envelope, Message

_STOPS = Action.ASK.severity


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
    if batch is not None and (recipients or sender is not None or message):
        raise BadInput("--batch says itself who writes to whom", field="--batch", allowed="no other message beside it")
    settings = settings_from(config)
    with open_guard(settings, quiet=json or batch is not None) as guard:
        if batch is not None:
            raise typer.Exit(_batch(guard, batch, settings))
        raw = read_message(message) if message else None
        envelope, parsed = draft(sender, recipients or [], raw, settings.gateway.limits.limits())
        verdict = judge(guard, envelope, parsed, settings)
    if json:
        print_json(verdict_json(verdict))
    else:
        show_verdict(console(), verdict)
    raise typer.Exit(exit_code(verdict))


def exit_code(verdict: Verdict) -> int:
    """0 when the message would leave, 10 when it would be stopped."""
    return EXIT_WOULD_STOP if verdict.action.severity >= _STOPS else 0


def judge(guard: Guard, envelope: Envelope, message: Message, settings: Settings) -> Verdict:
    """What the gateway would do: recipients it refuses at RCPT TO, then the message to the others.

    A message over a limit is not judged: ``on_oversize`` decides. A stranger cannot be asked: his mail is tagged.
    """
    if any(each.id in _OVER_LIMIT for each in message.defects):
        return _oversize(envelope, settings)
    verdict = _judge(guard, envelope, message)
    return verdict if is_ours(settings, envelope) else _nobody_to_ask(verdict)


def _oversize(envelope: Envelope, settings: Settings) -> Verdict:
    action = Action(settings.policy.on_oversize)
    to = tuple(RecipientVerdict(each, action, 0.0, rule="on_oversize") for each in envelope.recipients)
    return Verdict(action, 0.0, to, versions={"policy": settings.policy.version})


def _judge(guard: Guard, envelope: Envelope, message: Message) -> Verdict:
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


def _batch(guard: Guard, source: str, settings: Settings) -> int:
    """Judge each line; a line that cannot be used gives ``{"error", "line"}`` in its place. Returns the exit code."""
    code, limits = 0, settings.gateway.limits.limits()
    for number, line in numbered_lines(source):
        try:
            envelope, message = draft(*entry_of(line, source, number), limits)
            verdict = judge(guard, envelope, message, settings)
        except BadInput as error:
            print_json({"error": str(error), "line": number})
            code = EXIT_BAD_INPUT
            continue
        print_json(verdict_json(verdict))
        code = code or exit_code(verdict)
    return code
