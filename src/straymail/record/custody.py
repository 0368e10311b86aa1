"""Messages in custody: taken, decided, gone. Each step is one compare-and-set in the caller's transaction.

    asked | held  ->  releasing  ->  released | corrected | failed
                  ->  discarded | expired
    failed        ->  releasing
    expired       ->  failed

``asked`` waits for its sender, ``held`` for an officer. The body goes with the last step, but for ``failed``; that of
an expired message goes when somebody has been told, and if nobody can be, the message has ``failed`` too.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, or_, select, update

from straymail.errors import Conflict, NotFound
from straymail.message import Address
from straymail.record.dialect import fill, room, stored
from straymail.record.keys import Keys
from straymail.record.persons import named_in_json, names, near
from straymail.record.schema import held, held_address
from straymail.record.sealed import opened, seal

OPEN = ("asked", "held")
_WITHOUT_BODY = tuple(column for column in held.c if column is not held.c.body)
CLOSED = ("released", "corrected", "discarded", "expired")
_ALPHABET = "abcdefghjkmnpqrstvwxyz23456789"  # no i, l, o, u, 0, 1: ids are read aloud


@dataclass(frozen=True, slots=True)
class Waiting:
    """A recipient in custody. ``decision`` is "", ``send``, ``fix`` or ``discard``; ``final`` where it goes then."""

    address: str
    suspect: bool
    meant: tuple[str, ...] = ()
    decision: str = ""
    final: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """A message in custody, without its body."""

    id: str
    kind: str
    state: str
    sender: str
    taken_at: float
    expires_at: float
    size: int
    envelope: Mapping[str, Any]
    verdict: Mapping[str, Any]
    recipients: tuple[Waiting, ...]
    actor: str = ""
    closed_at: float | None = None
    duplicates: int = 0
    remind_at: float | None = None


@dataclass(frozen=True, slots=True)
class NewHold:
    """What ``take`` commits. ``kind`` is ``ask`` or ``hold``; ``envelope`` and ``verdict`` are JSON-ready."""

    kind: str
    sender: str
    recipients: Sequence[Waiting]
    envelope: Mapping[str, Any]
    verdict: Mapping[str, Any]
    raw: bytes = field(repr=False)
    taken_at: float
    expires_at: float
    remind_at: float | None = None


def new_id() -> str:
    """Ten characters that can be read aloud; 49 bits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(10))


def take(connection: Connection, keys: Keys, new: NewHold) -> tuple[str, bool]:
    """Take a message into custody; returns its id and whether it was here already (a client's retry)."""
    mark = _fingerprint(new)
    known = connection.execute(select(held.c.id).where(held.c.fingerprint == mark)).scalar()
    if known:
        again = update(held).where(held.c.id == known).values(duplicates=held.c.duplicates + 1)
        connection.execute(again)
        return str(known), True
    identifier = new_id()
    sealed = seal(keys, new.raw, identifier)
    connection.execute(
        insert(held).values(
            id=identifier,
            fingerprint=mark,
            kind=new.kind,
            state="asked" if new.kind == "ask" else "held",
            sender=new.sender,
            taken_at=new.taken_at,
            expires_at=new.expires_at,
            remind_at=new.remind_at,
            actor="",
            duplicates=0,
            size=len(new.raw),
            envelope=json.dumps(new.envelope),
            verdict=json.dumps(new.verdict),
            body=room(connection, sealed),
        )
    )
    fill(connection, held.c.body, identifier, sealed)
    rows = [_address_row(identifier, position, each) for position, each in enumerate(new.recipients)]
    connection.execute(insert(held_address), rows)
    return identifier, False


def get(connection: Connection, identifier: str) -> Held:
    """One message by id, or by the beginning of it when that is unique.

    Raises:
        NotFound: none, or several.
    """
    wanted = identifier.strip().lower()
    named = or_(held.c.id == wanted, held.c.id.startswith(wanted, autoescape=True))
    query = select(*_WITHOUT_BODY).where(named).limit(2)
    rows = connection.execute(query).all() if wanted else []
    exact = [row for row in rows if row.id == wanted] or rows
    if len(exact) != 1:
        raise NotFound(f"{'several messages begin' if exact else 'no message begins'} with {identifier!r}")
    return _held(connection, exact[0])


def listing(connection: Connection, states: Iterable[str] = (), *, limit: int | None = None) -> list[Held]:
    """Messages in these states (default: all), oldest first; at most ``limit``."""
    query = _in_states(select(*_WITHOUT_BODY), states).order_by(held.c.taken_at, held.c.id).limit(limit)
    return [_held(connection, row) for row in connection.execute(query).all()]


def count(connection: Connection, states: Iterable[str] = ()) -> int:
    """How many messages are in these states (default: in any)."""
    return int(connection.execute(_in_states(select(func.count(held.c.id)), states)).scalar_one())


def _in_states(query: Select[Any], states: Iterable[str]) -> Select[Any]:
    wanted = list(states)
    return query.where(held.c.state.in_(wanted)) if wanted else query


def due(connection: Connection, now: float, *, limit: int = 200) -> tuple[list[Held], list[Held]]:
    """Open messages to remind about, and open messages that have expired."""
    is_open = held.c.state.in_(OPEN)
    late = select(*_WITHOUT_BODY).where(is_open, held.c.expires_at <= now).limit(limit)
    remind = select(*_WITHOUT_BODY).where(is_open, held.c.remind_at <= now, held.c.expires_at > now).limit(limit)
    return (
        [_held(connection, row) for row in connection.execute(remind).all()],
        [_held(connection, row) for row in connection.execute(late).all()],
    )


def body(connection: Connection, keys: Keys, identifier: str) -> bytes:
    """The message's bytes.

    Raises:
        NotFound: it is gone. BadInput: the key is missing, or the data were changed.
    """
    with stored(connection, held.c.body, identifier) as sealed:
        if sealed is None:
            raise NotFound(f"the body of {identifier} is gone")
        return opened(keys, sealed, identifier)


def transition(
    connection: Connection,
    identifier: str,
    allowed: Sequence[str],
    state: str,
    *,
    actor: str,
    now: float,
    keep_body: bool = False,
) -> None:
    """Move to another state; a closed state lets the body go, unless it is to be kept until ``let_go``.

    Raises:
        Conflict: the message is in none of the allowed states (somebody was faster).
    """
    values: dict[str, Any] = {"state": state, "actor": actor, "closed_at": None}
    if state in CLOSED:
        values |= {"closed_at": now, "remind_at": None} | ({} if keep_body else {"body": None})
    if state not in OPEN:
        values["fingerprint"] = f"closed {identifier}"
    which = update(held).where(held.c.id == identifier, held.c.state.in_(allowed))
    if state == "failed":
        which = which.where(held.c.body.is_not(None))  # what is gone cannot be tried again
    done = connection.execute(which.values(values))
    if done.rowcount != 1:
        present = connection.execute(select(held.c.state).where(held.c.id == identifier)).scalar()
        raise Conflict(f"{identifier} is {present}" if present else f"there is no message {identifier}")


def let_go(connection: Connection, identifier: str) -> None:
    """Somebody was told that the message has expired: its body goes."""
    expired = (held.c.id == identifier, held.c.state == "expired")
    connection.execute(update(held).where(*expired).values(body=None))


def decide(connection: Connection, identifier: str, position: int, decision: str, final: str) -> None:
    """Write down what was decided about one recipient."""
    where = (held_address.c.held_id == identifier, held_address.c.position == position)
    connection.execute(update(held_address).where(*where).values(decision=decision, final=final))


def remind_at(connection: Connection, identifier: str, moment: float | None) -> None:
    """When to remind its sender next; None for no more."""
    connection.execute(update(held).where(held.c.id == identifier).values(remind_at=moment))


def naming(connection: Connection, who: Address, *, settled: bool) -> list[str]:
    """Ids of messages that name a person anywhere but in the body: settled ones, or those that wait.

    An expired message waits until its sender has it back.
    """
    texts = (held.c.sender, held.c.envelope, held.c.verdict)
    each_of = (held_address.c.address, held_address.c.final, held_address.c.meant)
    gone = held.c.body.is_(None)
    query = (
        select(held.c.id, *texts, *each_of)
        .outerjoin(held_address, held_address.c.held_id == held.c.id)
        .where(gone if settled else ~gone)
        .where(or_(*(near(each, who) for each in (*texts, *each_of))))
        .order_by(held.c.taken_at, held_address.c.position)
    )
    found: dict[str, None] = {}
    for row in connection.execute(query):
        plain, coded = (row.sender, row.address or "", row.final or ""), (row.envelope, row.verdict, row.meant or "")
        if row.id not in found and (names(plain, who) or any(named_in_json(each, who) for each in coded)):
            found[str(row.id)] = None
    return [*found]


def erase(connection: Connection, who: Address) -> int:
    """Take a person out of settled messages: who wrote, to whom, why; state and times stay. Returns how many."""
    found = naming(connection, who, settled=True)
    for identifier in found:
        connection.execute(
            update(held).where(held.c.id == identifier).values(sender="", actor="", envelope="{}", verdict="{}")
        )
        gone = {"address": "erased@invalid", "meant": "[]", "final": ""}
        connection.execute(update(held_address).where(held_address.c.held_id == identifier).values(gone))
    return len(found)


def _fingerprint(new: NewHold) -> str:
    hashed = hashlib.sha256(new.raw)
    for text in (new.sender, *sorted(each.address for each in new.recipients)):
        hashed.update(b"\0" + text.encode())
    return hashed.hexdigest()


def _address_row(identifier: str, position: int, each: Waiting) -> dict[str, Any]:
    return {
        "held_id": identifier,
        "position": position,
        "address": each.address,
        "suspect": int(each.suspect),
        "meant": json.dumps(each.meant),
        "decision": each.decision,
        "final": each.final,
    }


def _held(connection: Connection, row: Row[Any]) -> Held:
    query = select(held_address).where(held_address.c.held_id == row.id).order_by(held_address.c.position)
    waiting = tuple(
        Waiting(each.address, bool(each.suspect), tuple(json.loads(each.meant)), each.decision, each.final)
        for each in connection.execute(query)
    )
    return Held(
        row.id,
        row.kind,
        row.state,
        row.sender,
        row.taken_at,
        row.expires_at,
        row.size,
        json.loads(row.envelope),
        json.loads(row.verdict),
        waiting,
        row.actor,
        row.closed_at,
        row.duplicates,
        row.remind_at,
    )
