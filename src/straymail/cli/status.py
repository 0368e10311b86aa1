"""``straymail status``: counts, ages and failures."""

from __future__ import annotations

import socket
import time
from dataclasses import asdict

from rich.text import Text

from straymail import __version__
from straymail.cli.common import ConfigOption, JsonOption, ago, console, print_json, settings_from
from straymail.cli.opening import open_store
from straymail.cli.tables import facts, moment_json
from straymail.config import Off, Settings, Tcp, UnixSocket
from straymail.record import LastDay, custody
from straymail.record import status as read_status

_PATIENCE = 2.0  # seconds


def status(config: ConfigOption = None, json: JsonOption = False) -> None:
    """Show what is held, how old the queue and the model are, and failures."""
    settings = settings_from(config)
    with open_store(settings) as record, record.reading() as connection:
        found = read_status(connection, time.time())
    if json:
        told = asdict(found) | {"answers": _answers(settings)}
        for key in ("oldest_held", "oldest_delivery", "learned_at"):
            told[key] = moment_json(told[key]) if told[key] is not None else None
        print_json({"version": __version__, "mode": str(settings.policy.mode), **told})
        return

    def age(since: float | None) -> str:
        return ago(time.time() - since) if since is not None else "none"

    waiting = {state: found.held.get(state, 0) for state in ("asked", "held", "failed")}
    under_way = found.deliveries.get("ready", 0) + found.deliveries.get("sending", 0)
    failed = waiting["failed"] + found.undelivered
    failures = ", ".join(f"{count:,} {kind}" for kind, count in sorted(found.failures.items()))
    settled = (f"{found.held.get(state, 0)} {state}" for state in custody.CLOSED)
    decisions = ", ".join(f"{count:,} {kind}" for kind, count in sorted(found.decisions.items()))
    told = {
        "mode": str(settings.policy.mode),
        "waiting": f"{waiting['asked']} for their senders, {waiting['held']} for an officer",
        "oldest": age(found.oldest_held),
        "on their way": f"{under_way}, oldest {age(found.oldest_delivery)}" if under_way else "0",
        "failed": Text(str(failed), style="bold red" if failed else ""),
        "failure policy": Text(f"{failures} in the last day", style="bold red") if failures else "",
        "settled": ", ".join(settled),
        "last day": _said(found.last_day),
        "sent twice": f"{found.duplicates} messages, by their clients",
        "decisions": decisions or "none yet",
        "learned": f"{found.messages_learned:,} messages, last {age(found.learned_at)} ago"
        if found.learned_at
        else "nothing yet: `straymail learn` an archive",
    }
    if (answers := _answers(settings)) is not None:
        at = f"at {_door(settings)}"
        guard = Text(f"answers {at}" if answers else f"does not answer {at}", style="" if answers else "bold red")
        told = {"guard": guard} | told
    facts(console(), {name: value for name, value in told.items() if value})


def _said(day: LastDay) -> str:
    """What became of the last day's mail, as a budget of questions counts it."""
    if not day.messages:
        return ""
    stopped = f"{day.messages:,} messages, {day.held:,} held"
    if day.would:
        stopped += f", {day.would:,} more would have been in mode ask"
    return f"{stopped}: {1_000 * (day.held + day.would) / day.messages:.2f} per 1,000"


def _door(settings: Settings) -> UnixSocket | Tcp | None:
    """A door of the guard that can be knocked at without sending mail."""
    doors = (settings.gateway.milter, settings.gateway.listen)
    return next((door for door in doors if not isinstance(door, Off)), None)


def _answers(settings: Settings) -> bool | None:
    """Whether a guard listens at its door; None when there is none, or it is closed to whoever asks."""
    door = _door(settings)
    if door is None:
        return None
    family = socket.AF_UNIX if isinstance(door, UnixSocket) else socket.AF_INET6 if ":" in door.host else socket.AF_INET
    with socket.socket(family) as knocking:
        knocking.settimeout(_PATIENCE)
        try:
            knocking.connect(str(door.path) if isinstance(door, UnixSocket) else (door.host, door.port))
        except PermissionError:
            return None
        except OSError:
            return False
    return True
