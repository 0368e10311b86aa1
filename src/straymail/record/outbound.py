"""Mail on its way out: released messages and notices, with retry. The row's id is the idempotency key.

    ready -> sending -> done | ready (later) | failed

``sending`` is a lease: when a process dies in between, the row is due again after ``LEASE`` seconds, so delivery is at
least once, and each copy carries the same key.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, insert, or_, select, update

from straymail.errors import BadInput
from straymail.message import Address
from straymail.record.custody import OPEN, new_id
from straymail.record.dialect import fill, room, stored
from straymail.record.keys import Keys
from straymail.record.persons import named_in_json, names, near
from straymail.record.schema import delivery, held
from straymail.record.sealed import opened, seal

LEASE = 600.0
LONGEST_PAUSE = 3_600.0
MOST_BYTES = 32 << 20
_WITHOUT_BODY = tuple(column for column in delivery.c if column is not delivery.c.body)
_UNDER_WAY = delivery.c.state.in_(("ready", "sending"))
_QUEUED_NOTICE = and_(_UNDER_WAY, delivery.c.kind == "notice")


@dataclass(frozen=True, slots=True)
class Target:
    """One recipient of a delivery: ``state`` is ``ready``, ``done`` or ``failed``; ``error`` the next hop's words.

    ``options`` are the parameters of its RCPT.
    """

    address: str
    state: str = "ready"
    error: str = ""
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery that is due.

    ``kind``: ``release``, ``notice``, or ``return`` (a notice on which the end of an expired message depends).
    ``sender`` "" is the null reverse-path. ``problem``: why its row cannot be read, so that it can only fail.
    """

    id: str
    kind: str
    held_id: str
    sender: str
    targets: tuple[Target, ...]
    parameters: tuple[str, ...]
    attempts: int
    made_at: float
    raw: bytes = field(repr=False)
    problem: str = ""


def enqueue(
    connection: Connection,
    keys: Keys,
    *,
    kind: str,
    held_id: str,
    sender: str,
    recipients: Sequence[str],
    raw: bytes | memoryview,
    now: float,
    header: bytes = b"",
    parameters: Sequence[str] = (),
    options: Mapping[str, Sequence[str]] | None = None,
    identifier: str = "",
) -> str:
    """Queue a delivery in the caller's transaction; returns its id, the idempotency key.

    ``header`` is put before ``raw``; ``parameters`` are those of MAIL, ``options`` those of each RCPT.
    """
    identifier = identifier or new_id()
    said = options or {}
    targets = [Target(address, options=tuple(said.get(address, ()))) for address in recipients]
    sealed = seal(keys, raw, f"delivery {identifier}", before=header)
    connection.execute(
        insert(delivery).values(
            id=identifier,
            kind=kind,
            held_id=held_id,
            sender=sender,
            recipients=_targets_json(targets),
            parameters=json.dumps(list(parameters)),
            state="ready",
            attempts=0,
            next_at=now,
            made_at=now,
            error="",
            body=room(connection, sealed),
        )
    )
    fill(connection, delivery.c.body, identifier, sealed)
    return identifier


def claim(connection: Connection, keys: Keys, now: float, *, limit: int = 50, most: int = MOST_BYTES) -> list[Delivery]:
    """Lease the deliveries that are due; no two processes get the same one.

    Args:
        connection: the transaction in which they are leased.
        keys: decrypt their bodies.
        now: Unix seconds.
        limit: most deliveries.
        most: bytes of mail after which no more are leased (one is, whatever its size).
    """
    set_back = delivery.c.next_at > now + LONGEST_PAUSE + LEASE  # no pause is so long: the clock was
    is_due = and_(_UNDER_WAY, or_(delivery.c.next_at <= now, set_back))
    query = select(delivery.c.id, delivery.c.state, delivery.c.next_at).where(is_due).order_by(delivery.c.next_at)
    found: list[Delivery] = []
    size = 0
    for row in connection.execute(query.limit(limit)).all():
        if found and size >= most:
            break
        lease = update(delivery).where(
            delivery.c.id == row.id, delivery.c.next_at == row.next_at, delivery.c.state == row.state
        )
        taken = lease.values(state="sending", next_at=now + LEASE, attempts=delivery.c.attempts + 1)
        if connection.execute(taken).rowcount == 1:
            found.append(_leased(connection, keys, row.id))
            size += len(found[-1].raw)
    return found


def _leased(connection: Connection, keys: Keys, identifier: str) -> Delivery:
    row = connection.execute(select(*_WITHOUT_BODY).where(delivery.c.id == identifier)).one()
    targets: tuple[Target, ...] = ()
    parameters: tuple[str, ...] = ()
    raw, problem = b"", ""
    try:
        targets, parameters = _targets(row.recipients), tuple(json.loads(row.parameters))
        with stored(connection, delivery.c.body, identifier) as sealed:
            raw = opened(keys, sealed or b"", f"delivery {row.id}")
    except (BadInput, ValueError, TypeError, KeyError) as error:  # it must not stop the others
        problem = f"cannot be read: {error}"
    return Delivery(
        row.id, row.kind, row.held_id, row.sender, targets, parameters, row.attempts, row.made_at, raw, problem
    )


def delivered_to(connection: Connection, held_id: str) -> frozenset[str]:
    """Addresses that have the message already, from earlier releases of it (as far as those can be read)."""
    query = select(delivery.c.recipients).where(delivery.c.held_id == held_id, delivery.c.kind == "release")
    have: set[str] = set()
    for recipients in connection.execute(query).scalars():
        with contextlib.suppress(ValueError, TypeError, KeyError):  # twice is better than never
            have.update(each.address for each in _targets(recipients) if each.state == "done")
    return frozenset(have)


def troubles(connection: Connection, held_id: str) -> dict[str, str]:
    """What the next hop said last of each address that has not got the message, or its notice of expiry, yet."""
    kinds = delivery.c.kind.in_(("release", "return"))
    query = select(delivery.c.recipients).where(delivery.c.held_id == held_id, kinds).order_by(delivery.c.made_at)
    found: dict[str, str] = {}
    for recipients in connection.execute(query).scalars():
        with contextlib.suppress(ValueError, TypeError, KeyError):
            found |= {each.address: "" if each.state == "done" else each.error for each in _targets(recipients)}
    return {address: error for address, error in found.items() if error}


def others_under_way(connection: Connection, one: Delivery) -> bool:
    """Whether another delivery of its kind for the same message has arrived, or may yet."""
    same = (delivery.c.held_id == one.held_id, delivery.c.kind == one.kind, delivery.c.id != one.id)
    query = select(delivery.c.id).where(*same, delivery.c.state != "failed").limit(1)
    return connection.execute(query).first() is not None


def were_notices(connection: Connection, identifiers: Collection[str]) -> bool:
    """Whether one of these is a notice of ours."""
    ours = (delivery.c.id.in_(identifiers), delivery.c.kind.in_(("notice", "return")))
    return connection.execute(select(delivery.c.id).where(*ours).limit(1)).first() is not None


def reclaim(connection: Connection, now: float) -> int:
    """Make the leases of processes that are gone due at once; for the start of the only process on this store."""
    again = update(delivery).where(delivery.c.state == "sending").values(state="ready", next_at=now)
    return connection.execute(again).rowcount


def settle(
    connection: Connection, identifier: str, targets: Sequence[Target], *, now: float, pause: float, attempts: int
) -> str:
    """Write down how an attempt went; returns the new state: ``done``, ``failed`` (nothing left) or ``ready``.

    No targets at all is a failure: the row could not be read.

    ``stale``: somebody else has settled it, after this attempt's lease was over; nothing is written.
    """
    error = next((each.error for each in targets if each.error), "")
    values: dict[str, Any] = {"recipients": _targets_json(targets), "error": error[:1_000]}
    if any(each.state == "ready" for each in targets):
        wait = min(pause * 2 ** min(attempts - 1, 20), LONGEST_PAUSE)
        state = "ready"
        values |= {"state": state, "next_at": now + wait}
    else:
        state = "done" if targets and all(each.state == "done" for each in targets) else "failed"
        values |= {"state": state, "body": None}
    leased = update(delivery).where(delivery.c.id == identifier, delivery.c.state == "sending")
    return state if connection.execute(leased.values(values)).rowcount == 1 else "stale"


def recent_notices(connection: Connection, address: str, since: float, until: float) -> int:
    """How many notices to the address were queued in this time (they have one recipient each).

    What is dated later, by a clock that was set back, does not count: nobody would be told anything till then.
    """
    to_address = delivery.c.recipients.contains(json.dumps(address), autoescape=True)
    notices = delivery.c.kind.in_(("notice", "return"))
    query = select(func.count()).where(notices, delivery.c.made_at.between(since, until), to_address)
    return int(connection.execute(query).scalar_one())


def erase(connection: Connection, who: Address, about: Collection[str] = ()) -> int:
    """Take a person out of deliveries that are over, and drop queued notices to or about the person.

    ``about``: held messages that name the person. Returns how many deliveries; times and ids stay.
    """
    dropped = [*_naming(connection, who, _QUEUED_NOTICE), *_queued_about(connection, about)]
    gone = {"sender": "", "recipients": "[]", "error": "", "parameters": "[]"}
    for identifier in dropped:
        lost = update(delivery).where(delivery.c.id == identifier)
        connection.execute(lost.values(gone | {"state": "failed", "body": None}))
    over = _naming(connection, who, delivery.c.state.in_(("done", "failed")))
    for identifier in over:
        connection.execute(update(delivery).where(delivery.c.id == identifier).values(gone))
    return len({*dropped, *over})


def must_arrive(connection: Connection, who: Address) -> list[str]:
    """Ids of deliveries under way that name a person, and that must not be dropped: a message would be lost."""
    return _naming(connection, who, and_(_UNDER_WAY, delivery.c.kind.in_(("release", "return"))))


def _naming(connection: Connection, who: Address, where: ColumnElement[bool]) -> list[str]:
    """Ids of the deliveries ``where`` that name a person."""
    texts = (delivery.c.sender, delivery.c.recipients, delivery.c.error)
    query = select(delivery.c.id, *texts).where(or_(*(near(each, who) for each in texts)), where)
    return [
        str(row.id)
        for row in connection.execute(query)
        if names([row.sender, row.error], who) or named_in_json(row.recipients, who)
    ]


def _queued_about(connection: Connection, held_ids: Collection[str]) -> list[str]:
    """Ids of the queued notices about these messages."""
    query = select(delivery.c.id, delivery.c.held_id).where(_QUEUED_NOTICE)
    return [str(row.id) for row in connection.execute(query) if row.held_id in held_ids]


def counts(connection: Connection) -> Mapping[str, int]:
    """Deliveries by state."""
    query = select(delivery.c.state, func.count()).group_by(delivery.c.state)
    return {str(state): int(count) for state, count in connection.execute(query).all()}


def unsettled_failures(connection: Connection) -> int:
    """Deliveries that failed while their message still waits for somebody or for the next hop."""
    waits = select(held.c.id).where(held.c.state.in_((*OPEN, "releasing")))
    query = select(func.count()).where(delivery.c.state == "failed", delivery.c.held_id.in_(waits))
    return int(connection.execute(query).scalar_one())


def oldest(connection: Connection) -> float | None:
    """When the oldest delivery that is still under way was queued."""
    found = connection.execute(select(func.min(delivery.c.made_at)).where(_UNDER_WAY)).scalar()
    return None if found is None else float(found)


def _targets(text: str) -> tuple[Target, ...]:
    found = json.loads(text)
    return tuple(
        Target(each["address"], each["state"], each["error"], tuple(each.get("options", ()))) for each in found
    )


def _targets_json(targets: Sequence[Target]) -> str:
    return json.dumps(
        [
            {"address": each.address, "state": each.state, "error": each.error}
            | ({"options": each.options} if each.options else {})
            for each in targets
        ]
    )
