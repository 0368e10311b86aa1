"""What follows from how a delivery went: a release closes its message, a return lets go of it, a failure is told."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from straymail.desk import notices
from straymail.desk.telling import Teller
from straymail.errors import BadInput, Conflict, NotFound
from straymail.message import Message, parse_message
from straymail.record import Keys, custody, log, outbound
from straymail.record.custody import Held
from straymail.record.outbound import Delivery, Target


def settle_delivery(
    connection: Connection, keys: Keys, tell: Teller, delivery: Delivery, targets: Sequence[Target], now: float
) -> str:
    """Write down how an attempt went, and what follows; see ``Desk.settle_delivery``."""
    pause = tell.settings.desk.retry_after.total_seconds()
    state = outbound.settle(connection, delivery.id, targets, now=now, pause=pause, attempts=delivery.attempts)
    errors = [f"{each.address}: {each.error}" for each in targets if each.state == "failed"]
    errors = errors or ([delivery.problem] if delivery.problem else [])
    with contextlib.suppress(Conflict, NotFound):  # a second process was faster
        match delivery.kind, state:
            case "release", "done":
                _delivered(connection, keys, delivery, now)
            case "release", "failed":
                _refused(connection, keys, tell, delivery, errors, now)
            case "return", "done":
                custody.let_go(connection, delivery.held_id)
            case _, "failed":
                _undeliverable(connection, keys, tell, delivery, errors, now)
    return state


def write_down(connection: Connection, keys: Keys, now: float, kind: str, held: Held, more: Mapping[str, Any]) -> None:
    """An entry of the log about a held message."""
    payload = {
        "held": held.id,
        "sender": held.sender,
        "recipients": [each.address for each in held.recipients],
        **more,
    }
    log.append(connection, keys, [log.Entry(now, kind, payload)])


def _delivered(connection: Connection, keys: Keys, delivery: Delivery, now: float) -> None:
    """A released message is with the next hop: its body goes."""
    held = custody.get(connection, delivery.held_id)
    state = "corrected" if any(each.decision == "fix" for each in held.recipients) else "released"
    custody.transition(connection, held.id, ("releasing",), state, actor=held.actor, now=now)
    write_down(connection, keys, now, state, held, {"delivery": delivery.id})


def _refused(
    connection: Connection, keys: Keys, tell: Teller, delivery: Delivery, errors: Sequence[str], now: float
) -> None:
    """The next hop refused a released message for good: it stays, visible, and its sender is told."""
    held = custody.get(connection, delivery.held_id)
    custody.transition(connection, held.id, ("releasing",), "failed", actor="next hop", now=now)
    write_down(connection, keys, now, "failed", held, {"errors": errors})
    message = _header(connection, keys, held)
    told = notices.done(held, message.subject if message else "", "failed", tell.voice, errors)
    if not tell.sender(connection, held, told, now, about=message):
        task = notices.officer_news(held, "was released but the next hop refused it", tell.voice)
        tell.somebody(connection, held, task, now)


def _undeliverable(
    connection: Connection, keys: Keys, tell: Teller, delivery: Delivery, errors: Sequence[str], now: float
) -> None:
    """A notice nobody takes: the officers, or the postmaster, are told what nobody else can be.

    A message that cannot be asked about waits for an officer; an expired one is kept.
    """
    entry = log.Entry(now, "undeliverable", {"held": delivery.held_id, "errors": errors})
    log.append(connection, keys, [entry])
    held = custody.get(connection, delivery.held_id)
    if delivery.kind == "return":
        if outbound.others_under_way(connection, delivery):
            return  # another officer has been told, or will be
        custody.transition(connection, held.id, ("expired",), "failed", actor="time", now=now)
        write_down(connection, keys, now, "failed", held, {"errors": errors})
        what = "has expired, could not be sent back, and is kept"
    elif held.state == "asked" and held.sender in {each.address for each in delivery.targets}:
        custody.transition(connection, held.id, ("asked",), "held", actor="next hop", now=now)
        what = "waits for an officer, since its sender cannot be asked"
    else:
        return
    tell.somebody(connection, held, notices.officer_news(held, what, tell.voice), now)


def _header(connection: Connection, keys: Keys, held: Held) -> Message | None:
    """The message's header; None when its body cannot be read."""
    try:
        return parse_message(custody.body(connection, keys, held.id), headers_only=True)
    except BadInput:
        return None
