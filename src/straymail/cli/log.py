"""``straymail log``: the decision log."""

from __future__ import annotations

import json as jsonlib
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.text import Text

from straymail.cli.common import ConfigOption, JsonOption, console, print_json, settings_from
from straymail.cli.opening import open_store
from straymail.cli.tables import listing, moment, moment_json
from straymail.desk.notices import clean
from straymail.errors import BadInput
from straymail.gateway.account import ANSWERED
from straymail.record import Record, log
from straymail.record.log import Logged

app = typer.Typer(
    add_completion=False, help="The decision log: read it, follow it, verify it.", invoke_without_command=True
)
_PAUSE = 1.0
KINDS = ("judged", "refused", "split", "reentered", "retried", "held", "answer", "read", "settled", "released",
         "corrected", "expired", "failed", "undeliverable", "forgotten", "erased", "unchecked", "deferred",
         "unjudged")  # fmt: skip


@app.callback()
def read_log(
    context: typer.Context,
    about: Annotated[str, typer.Option(metavar="TEXT", help="Entries that name this address or held id.")] = "",
    kind: Annotated[
        list[str] | None,
        typer.Option(metavar="KIND", help=f"{', '.join(KINDS)}; repeatable."),
    ] = None,
    since: Annotated[str, typer.Option(metavar="DATE", help="From this day on (2026-11-25).")] = "",
    limit: Annotated[int, typer.Option(min=1, help="The newest so many.")] = 50,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on as entries are written, until Ctrl-C.")] = False,
    config: ConfigOption = None,
    json: JsonOption = False,
) -> None:
    """The decision log: read it, follow it, verify it."""
    if context.invoked_subcommand:
        return
    if unknown := next((each for each in kind or () if each not in KINDS), ""):
        raise BadInput(f"no entry is of kind {unknown!r}", field="--kind", allowed=", ".join(KINDS))
    start = _day(since)
    with open_store(settings_from(config)) as record:
        with record.reading() as connection:
            entries = list(log.entries(connection, kinds=kind or (), since=start, about=about))[-limit:]
        _show(entries, json)
        if not entries and not json and not follow:
            console().print("Nothing of this kind is in the log." if about or kind or since else "The log is empty.")
        if follow:
            _follow(record, entries[-1].seq if entries else 0, kind or [], about, json)


@app.command("verify")
def verify_log(config: ConfigOption = None, json: JsonOption = False) -> None:
    """Recompute the chain and name every change, gap or cut. Exit code 1 when there is one."""
    with open_store(settings_from(config)) as record, record.reading() as connection:
        found = log.verify(connection, record.keys)
    if json:
        facts = {"entries": found.entries, "erased": found.erased, "head": found.head, "faults": list(found.faults)}
        print_json(facts)
    else:
        out = console()
        if found.faults:
            out.print(Text(f"The log was tampered with: {len(found.faults)} faults.", style="bold red"))
            for fault in found.faults[:50]:
                out.print(f"  {fault}", soft_wrap=True)
        else:
            out.print(Text("The log is whole.", style="bold green"))
        out.print(f"{found.entries:,} entries, {found.erased:,} erased on request; head {found.head}", soft_wrap=True)
    if found.faults:
        raise typer.Exit(1)


def _day(text: str) -> float:
    if not text:
        return 0.0
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()
    except ValueError:
        raise BadInput(f"{text!r} is no date", field="--since", allowed="2026-11-25") from None


def _follow(record: Record, after: int, kinds: list[str], about: str, json: bool) -> None:
    try:
        while True:
            time.sleep(_PAUSE)
            with record.reading() as connection:
                fresh = list(log.entries(connection, after=after, kinds=kinds, about=about))
            if fresh:
                _show(fresh, json)
                after = fresh[-1].seq
    except KeyboardInterrupt:
        return


def _show(entries: list[Logged], json: bool) -> None:
    if json:
        for each in entries:
            line = {"seq": each.seq, "at": moment_json(each.at), "kind": each.kind, "payload": each.payload}
            sys.stdout.write(jsonlib.dumps(line) + "\n")
        sys.stdout.flush()
        return
    if entries:
        console().print(listing(("no.", "when (UTC)", "what", "about"), _rows(entries), wide=("about",)))


def _rows(entries: list[Logged]) -> Iterator[tuple[str | Text, ...]]:
    for each in entries:
        yield str(each.seq), moment(each.at), Text(each.kind, style="bold"), clean(_about(each.kind, each.payload))


def _about(kind: str, payload: Mapping[str, Any] | None) -> str:
    """One line for a person."""
    if payload is None:
        return "(erased on request)"
    sender = payload.get("sender") or "<>"
    verdict = payload.get("verdict") or {}
    who = "; ".join(f"{each['address']}: {_said(each)}" for each in verdict.get("recipients", ()))
    if kind == "settled":
        return f"{payload.get('held')}: {payload.get('decisions')}, by {payload.get('actor')}"
    held = f"{payload['held']}: " if payload.get("held") else ""
    if kind == "answer":
        return f"{held}{sender}: {ANSWERED.get(payload.get('what', ''), payload.get('what', ''))}"
    if who:
        return f"{held}{sender} to {who}"
    if payload.get("why") and payload.get("recipients"):  # what could not be checked, or was refused as it came
        return f"{held}{sender} to {', '.join(payload['recipients'])}: {payload['why']}"
    rest = {key: value for key, value in payload.items() if key not in {"held", "sender", "recipients", "verdict"}}
    told = ", ".join(f"{key} {_listed(value)}" for key, value in rest.items())
    return f"{held}{sender if payload.get('sender') else ''} {told}".strip()


def _said(recipient: Mapping[str, Any]) -> str:
    """The action, what would have been done in watch mode, and who was probably meant unless it just passes."""
    action, would = str(recipient["action"]), recipient.get("would")
    said = f"{action}, would {would}" if would else action
    named = recipient.get("meant") if said != "pass" else ()
    return f"{said} (did you mean {named[0]}?)" if named else said


def _listed(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
