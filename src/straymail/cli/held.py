"""``straymail held``: messages in custody."""

from __future__ import annotations

import os
import pwd
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from straymail.cli.common import ConfigOption, JsonOption, ago, console, print_json, settings_from
from straymail.cli.opening import open_store
from straymail.cli.present import percent
from straymail.cli.second_look import look_again
from straymail.cli.tables import facts, listing, moment, moment_json
from straymail.desk import Desk, Outcome
from straymail.desk.notices import clean, gone_to, rules_of
from straymail.errors import AddressError, BadInput, Conflict
from straymail.message import parse_address, parse_message
from straymail.record import custody, log, outbound
from straymail.record.custody import OPEN, Held, Waiting

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Messages in custody: list, show, release, correct, discard."
)
Id = Annotated[str, typer.Argument(metavar="ID", help="The message's id, or the beginning of it.")]
_WHO = "from whom, to whom in question"
_STATES = {"asked": "yellow", "held": "magenta", "failed": "red", "releasing": "cyan"}


@app.command("list")
def list_held(
    everything: Annotated[bool, typer.Option("--all", "-a", help="Settled messages too.")] = False,
    limit: Annotated[int, typer.Option(min=0, help="Most messages, the oldest first; 0: all.")] = 0,
    config: ConfigOption = None,
    json: JsonOption = False,
) -> None:
    """List what waits: for its sender (asked), for an officer (held), for the next hop (releasing, failed)."""
    with _desk(config) as desk, desk.record.reading() as connection:
        states = () if everything else (*OPEN, "releasing", "failed")
        found = custody.listing(connection, states, limit=limit or None)
        more = custody.count(connection, states) - len(found)
    if json:
        print_json([_json(each) for each in found])
        return
    out = console()
    if not found:
        out.print("Nothing is held.")
        return
    out.print(listing(("id", "age", "state", _WHO), (_row(each) for each in found), wide=(_WHO,)))
    if more:
        out.print(f"And {more:,} more, newer than these.")


@app.command("show")
def show_held(
    identifier: Id,
    raw: Annotated[
        bool, typer.Option("--raw", help="Write the message itself to standard output; this is logged.")
    ] = False,
    config: ConfigOption = None,
    json: JsonOption = False,
) -> None:
    """Show one message: who, why, what it holds, and what was decided."""
    with _desk(config) as desk:
        held = desk.show(identifier)
        if raw:
            _write_raw(desk, held)
            return
        subject = _subject(desk, held)
        refused = _refused(desk, held)
    if json:
        more = {"subject": subject, "refused": refused, "verdict": held.verdict, "envelope": held.envelope}
        print_json(_json(held) | more)
    else:
        _print(console(), held, subject, refused)


@app.command("release")
def release_held(identifier: Id, config: ConfigOption = None, json: JsonOption = False) -> None:
    """Send it as it is: every address still in question is right.

    What was corrected or left out before stays so: a message that has failed is tried again as it was decided.
    """
    with _desk(config) as desk:
        _say(desk.release(identifier, actor=_actor(), now=time.time()), json)


@app.command("correct")
def correct_held(
    identifier: Id,
    to: Annotated[
        list[str] | None,
        typer.Option("--to", metavar="[WRONG=]RIGHT", help="The right address; needed where there is no suggestion."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Send it even if an address of --to looks wrong.")] = False,
    config: ConfigOption = None,
    json: JsonOption = False,
) -> None:
    """Send it to the suggested addresses, or to those given with --to; what was decided before stays.

    An address given with --to that looks wrong itself is asked about; where nobody can be, it needs --yes.
    """
    with _desk(config) as desk:
        held = desk.show(identifier)
        given = _corrections(held, to or [])
        if given and not yes and held.state in (*OPEN, "failed"):
            look_again(settings_from(config), desk, held, given.values(), ask=sys.stdin.isatty() and not json)
        _say(desk.correct(held.id, actor=_actor(), now=time.time(), to=given), json)


@app.command("discard")
def discard_held(
    identifier: Id,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask whether you are sure.")] = False,
    config: ConfigOption = None,
    json: JsonOption = False,
) -> None:
    """Send it to nobody. The message is gone afterwards; its sender is told.

    Asks whether you are sure, unless --yes or --json is given.
    """
    with _desk(config) as desk:
        held = desk.show(identifier)
        if not yes and not json:
            typer.confirm(f"Discard the message of {clean(held.sender) or 'the null sender'} for good?", abort=True)
        _say(desk.discard(held.id, actor=_actor(), now=time.time()), json)


@contextmanager
def _desk(config: Path | None) -> Iterator[Desk]:
    settings = settings_from(config)
    with open_store(settings) as record:
        yield Desk(record, settings)


def _actor() -> str:
    """Who decides, as the log names them: the account, and who took it up with sudo.

    The account is the system's word: no variable that anybody can set names an officer.
    """
    account = pwd.getpwuid(os.getuid()).pw_name
    person = os.environ.get("SUDO_USER", "")
    return f"{person} as {account} (command line)" if person not in ("", account) else f"{account} (command line)"


def _corrections(held: Held, given: list[str]) -> dict[str, str]:
    """The right address by the wrong one; one alone is for the one in question, the open one if there are several."""
    suspects = [each.address for each in held.recipients if each.suspect]
    open_ = [each.address for each in held.recipients if each.suspect and not each.decision]
    recipients = {parse_address(each.address).key for each in held.recipients}
    found: dict[str, str] = {}
    for each in given:
        wrong, right = _wrong_and_right(each)
        if not wrong:
            wrong = _only(suspects) or _only(open_)
        if not wrong:
            raise BadInput(
                f"{each!r} does not say which of {len(suspects)} addresses it corrects", allowed="WRONG=RIGHT"
            )
        if parse_address(wrong).key not in recipients:
            raise BadInput(f"{wrong} is no recipient of it", allowed=", ".join(suspects))
        if parse_address(wrong).key in {parse_address(known).key for known in found}:
            raise BadInput(f"two addresses are given for {wrong}", allowed="one WRONG=RIGHT for each")
        found[wrong] = right
    return found


def _only(addresses: list[str]) -> str:
    return addresses[0] if len(addresses) == 1 else ""


def _wrong_and_right(given: str) -> tuple[str, str]:
    """The two addresses of ``WRONG=RIGHT``, or "" and the one; an address may hold an ``=`` itself."""
    at = given.rfind("=")
    while at >= 0:
        with suppress(AddressError):
            return str(parse_address(given[:at])), str(parse_address(given[at + 1 :]))
        at = given.rfind("=", 0, at)
    return "", str(parse_address(given.removeprefix("=")))


def _say(outcome: Outcome, json: bool) -> None:
    if json:
        print_json({"held": outcome.held_id, "outcome": outcome.kind, "text": outcome.text})
        return
    out = console()
    out.print(Text(f"{outcome.held_id}: {outcome.text}", style="bold green"))
    if outcome.kind == "partly":
        out.print("Other recipients of it are still in question.")


def _write_raw(desk: Desk, held: Held) -> None:
    """The body for an officer's eyes; that it was read stands in the log first."""
    if sys.stdout.isatty():
        raise Conflict("--raw writes the message as it is: send it to a file or a pager (`... | less`)")
    with desk.record.writing() as connection:
        entry = log.Entry(time.time(), "read", {"held": held.id, "actor": _actor()})
        log.append(connection, desk.record.keys, [entry])
        body = custody.body(connection, desk.record.keys, held.id)
    sys.stdout.buffer.write(body)


def _subject(desk: Desk, held: Held) -> str:
    if held.state in custody.CLOSED:
        return ""
    with desk.record.reading() as connection:
        return parse_message(custody.body(connection, desk.record.keys, held.id), headers_only=True).subject


def _refused(desk: Desk, held: Held) -> dict[str, str]:
    """Why it has not arrived: the next hop's words by address, for one that is on its way or has failed."""
    if held.state not in ("releasing", "failed", "expired"):
        return {}
    with desk.record.reading() as connection:
        return outbound.troubles(connection, held.id)


def _row(held: Held) -> tuple[str | Text, ...]:
    who = Text("\n").join(
        [Text(held.sender or "<>"), *(_in_question(each) for each in held.recipients if each.suspect)]
    )
    state = Text(held.state, style=_STATES.get(held.state, "green"))
    return held.id, ago(time.time() - held.taken_at), state, who


def _in_question(each: Waiting) -> Text:
    said = Text("  ") + Text(each.address, style="bold")
    return said + Text(f"\n  did you mean {each.meant[0]}?" if each.meant else "", style="dim")


def _print(out: Console, held: Held, subject: str, refused: Mapping[str, str]) -> None:
    told: dict[str, str | Text] = {
        "message": held.id,
        "state": Text(held.state, style=_STATES.get(held.state, "green")),
        "from": held.sender or "<>",
        "subject": clean(subject),
        "taken": f"{moment(held.taken_at)} UTC, {held.size:,} bytes",
        "goes back": f"{moment(held.expires_at)} UTC" if held.state in OPEN else "",
        "stopped by": clean(", ".join(rules_of(held))),
        "sent already": clean(", ".join(gone_to(held))),
        "settled by": held.actor,
        "next hop said": clean("; ".join(f"{address}: {said}" for address, said in refused.items())),
        "tried again": f"{held.duplicates} times by the client" if held.duplicates else "",
    }
    facts(out, {name: value for name, value in told.items() if value})
    out.print()
    heads = ("recipient", "astray?", "did you mean", "decided")
    out.print(listing(heads, _recipients(held), wide=("recipient", "did you mean", "decided")))
    reasons = [*_reasons(held)]
    if reasons:
        out.print()
        out.print(listing(("weight", "why", "evidence"), reasons, wide=("why",)))
    holds = [
        (
            str(each["id"]),
            clean(str(each["where"])),
            clean(str(each.get("excerpt", ""))),
            str(each["sensitivity"]),
            percent(each.get("confidence", 1.0)),
        )
        for each in held.verdict.get("content", ())
    ]
    if holds:
        out.print()
        out.print(listing(("holds", "where", "what", "sensitivity", "sure"), holds, wide=("where", "what")))


def _recipients(held: Held) -> Iterator[tuple[str | Text, ...]]:
    chances = {each["address"]: each["probability"] for each in held.verdict.get("recipients", ())}
    for each in held.recipients:
        chance = percent(chances[each.address]) if each.address in chances else ""
        name = Text(each.address, style="bold yellow" if each.suspect else "")
        yield name, chance, each.meant[0] if each.meant else "", _decided(each)


def _decided(each: Waiting) -> str:
    return {"fix": f"sent to {each.final}", "send": "sent", "discard": "not sent", "": ""}[each.decision]


def _reasons(held: Held) -> Iterator[tuple[str, str, str]]:
    suspects = {each.address for each in held.recipients if each.suspect}
    for recipient in held.verdict.get("recipients", ()):
        if recipient["address"] in suspects:
            for item in sorted(recipient["evidence"], key=lambda each: -abs(each["weight"])):
                if abs(item["weight"]) >= 0.05:
                    yield f"{item['weight']:+.1f}", clean(item["operator_text"] or item["sender_text"]), item["id"]


def _json(held: Held) -> dict[str, Any]:
    return {
        "id": held.id,
        "kind": held.kind,
        "state": held.state,
        "sender": held.sender,
        "taken": moment_json(held.taken_at),
        "expires": moment_json(held.expires_at),
        "closed": moment_json(held.closed_at) if held.closed_at else None,
        "actor": held.actor,
        "size": held.size,
        "duplicates": held.duplicates,
        "recipients": [
            {
                "address": each.address,
                "in_question": each.suspect,
                "meant": list(each.meant),
                "decision": each.decision,
                "final": each.final,
            }
            for each in held.recipients
        ],
    }
