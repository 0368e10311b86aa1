"""Counts for ``straymail status``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, case, func, select

from straymail.record import history, outbound
from straymail.record.custody import OPEN
from straymail.record.schema import decision, decision_text, held

DAY = 86_400.0
FAILURES = ("unchecked", "unjudged", "deferred")


@dataclass(frozen=True, slots=True)
class LastDay:
    """Messages judged in the last day: all, those held, and those that only the mode or the budget let pass.

    Of those held the senders were asked, or an officer decides.
    """

    messages: int
    held: int
    would: int


@dataclass(frozen=True, slots=True)
class Status:
    """Times are Unix seconds, None when there is nothing. ``held`` and ``deliveries`` count by state.

    ``undelivered`` counts failed deliveries of messages that are not settled, ``failures`` what the failure policies
    did in the last day: ``unchecked`` mail that passed, ``unjudged`` mail that was held, ``deferred`` mail.
    """

    held: Mapping[str, int]
    oldest_held: float | None
    duplicates: int
    deliveries: Mapping[str, int]
    oldest_delivery: float | None
    undelivered: int
    decisions: Mapping[str, int]
    failures: Mapping[str, int]
    last_day: LastDay
    learned_at: float | None
    messages_learned: int


def status(connection: Connection, now: float) -> Status:
    """The state of the store at ``now``, Unix seconds."""
    by_state = select(held.c.state, func.count()).group_by(held.c.state)
    by_kind = select(decision.c.kind, func.count()).group_by(decision.c.kind)
    failed = by_kind.where(decision.c.kind.in_(FAILURES), decision.c.at >= now - DAY)
    oldest = connection.execute(select(func.min(held.c.taken_at)).where(held.c.state.in_(OPEN))).scalar()
    return Status(
        held={str(state): int(count) for state, count in connection.execute(by_state).all()},
        oldest_held=oldest,
        duplicates=int(connection.execute(select(func.coalesce(func.sum(held.c.duplicates), 0))).scalar_one()),
        deliveries=outbound.counts(connection),
        oldest_delivery=outbound.oldest(connection),
        undelivered=outbound.unsettled_failures(connection),
        failures={str(kind): int(count) for kind, count in connection.execute(failed).all()},
        last_day=_last_day(connection, now),
        decisions={str(kind): int(count) for kind, count in connection.execute(by_kind).all()},
        learned_at=history.learned_at(connection),
        messages_learned=history.messages_learned(connection),
    )


def _last_day(connection: Connection, now: float) -> LastDay:
    # Payloads are canonical JSON, in which no quotation mark of a value stands without a backslash before it.
    would = case((decision_text.c.payload.like('%"would":%'), 1), else_=0)
    counted = (
        select(decision.c.kind, func.count(), func.sum(would))
        .join(decision_text, decision_text.c.seq == decision.c.seq)
        .where(decision.c.kind.in_(("judged", "held")), decision.c.at >= now - DAY)
        .group_by(decision.c.kind)
    )
    found = {str(kind): (int(count), int(hits)) for kind, count, hits in connection.execute(counted).all()}
    judged, would_be = found.get("judged", (0, 0))
    held_back, _ = found.get("held", (0, 0))
    return LastDay(judged + held_back, held_back, would_be)
