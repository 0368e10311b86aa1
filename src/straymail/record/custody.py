"""Messages in custody: taken, decided, gone. Each step is one compare-and-set in the caller's transaction.

    asked | held  ->  releasing  ->  released | corrected | failed
                  ->  discarded | expired
    failed        ->  releasing
    expired       ->  failed

``asked`` waits for its sender, ``held`` for an officer. The body goes with the last step, but for ``failed``; that of
an expired message goes when somebody has been told, and if nobody can be, the message has ``failed`` too.

A client that never heard our 250 tries again, perhaps when the message has been answered and released already. The same
bytes from the same sender to the same recipients are then the same message, for ``RETRIES`` seconds, if a Message-ID
says that it is one (RFC 5322, 3.6.4); after that, and when the message was not sent, they are a new one.
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
SENT = ("releasing", "released", "corrected")
RETRIES = 24 * 3600.0
"""Seconds for which a message that was released is known again. Clients wait an hour or so between two tries, not days
(RFC 5321, 4.5.4.1); and what somebody means to send once more must not vanish."""
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
    """What ``take`` commits. ``kind`` is ``ask`` or ``hold``; ``envelope`` and ``verdict`` are JSON-ready.

    ``identified``: it has a Message-ID, so that the same bytes are the same message.
    """

    kind: str
    sender: str
    recipients: Sequence[Waiting]
    envelope: Mapping[str, Any]
    verdict: Mapping[str, Any]
    raw: bytes = field(repr=False)
    taken_at: float
    expires_at: float
    remind_at: float | None = None
    identified: bool = False


def new_id() -> str:
    """Ten characters that can be read aloud; 49 bits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(10))


def take(connection: Connection, keys: Keys, new: NewHold) -> tuple[str, bool]:
    """Take a message into custody; returns its id and whether it was here already (a client's retry)."""
    mark = _fingerprint(new.raw, new.sender, [each.address for each in new.recipients])
    query = select(held.c.id, held.c.state, held.c.closed_at).where(held.c.fingerprint == mark)
    known = connection.execute(query).one_or_none()
    if known and (known.state in OPEN or (new.identified and _lately(known.closed_at, new.taken_at))):
        _count_again(connection, known.id)
        return str(known.id), True
    if known:
        connection.execute(update(held).where(held.c.id == known.id).values(fingerprint=_unmarked(known.id)))
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


def sent(
    connection: Connection, raw: bytes, sender: str, perhaps: Iterable[Sequence[Address]], now: float
) -> Held | None:
    """The message released lately that a client brings once more, never having heard 250; it is counted.

    Args:
        connection: the transaction.
        raw: the message, as ``take`` would get it; it has a Message-ID.
        sender: as ``take`` would get it.
        perhaps: the lists of recipients it may have waited for.
        now: Unix seconds.
    """
    waited = [{address.key: str(address) for address in recipients}.values() for recipients in perhaps]
    marks = {_fingerprint(raw, sender, each) for each in waited}
    query = select(*_WITHOUT_BODY).where(held.c.fingerprint.in_(marks), held.c.state.in_(SENT))
    for known in connection.execute(query.order_by(held.c.taken_at)):
        if _lately(known.closed_at, now):
            _count_again(connection, known.id)
            return _held(connection, known)
    return None


def _lately(closed_at: float | None, now: float) -> bool:
    return closed_at is None or now - closed_at <= RETRIES


def _count_again(connection: Connection, identifier: str) -> None:
    connection.execute(update(held).where(held.c.id == identifier).values(duplicates=held.c.duplicates + 1))


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
    if state not in (*OPEN, *SENT):
        values["fingerprint"] = _unmarked(identifier)
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
            update(held)
            .where(held.c.id == identifier)
            .values(sender="", actor="", envelope="{}", verdict="{}", fingerprint=_unmarked(identifier))
        )
        gone = {"address": "erased@invalid", "meant": "[]", "final": ""}
        connection.execute(update(held_address).where(held_address.c.held_id == identifier).values(gone))
    return len(found)


def _fingerprint(raw: bytes, sender: str, recipients: Iterable[str]) -> str:
    hashed = hashlib.sha256(raw)
    for text in (sender, *sorted(recipients)):
        hashed.update(b"\0" + text.encode())
    return hashed.hexdigest()


def _unmarked(identifier: str) -> str:
    """What stands in the place of a fingerprint that must not be found any more; it is unique."""
    return f"closed {identifier}"


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
