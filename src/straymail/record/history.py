"""Keeping the learned correspondence: rows are the truth, the model in memory is their sum.

Rows are absolute, so a model may write its own only while nobody else has written since it was loaded. The store counts
its states (``revision``): each write of rows is one more, and one made from an older state is refused (``Outdated``).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlalchemy import ColumnElement, Connection, and_, delete, func, or_, select

from straymail.correspondence import Correspondence, Row
from straymail.correspondence.beside import first_of, second_of
from straymail.errors import Outdated
from straymail.record.dialect import upsert
from straymail.record.schema import history, meta

_KEYS = ("kind", "a", "b")
_LEARNED, _LESSON, _REVISION = "learned_at", "lesson", "revision"


def load_history(connection: Connection, own_domains: Iterable[str], secret: bytes = b"") -> Correspondence:
    """The model as the rows say; ``secret`` keys the hashes of words."""
    model = Correspondence(own_domains, secret)
    model.load(_rows(connection))
    model.revision = revision(connection)
    return model


def _rows(connection: Connection) -> Iterator[Row]:
    query = select(history.c.kind, history.c.a, history.c.b, history.c.value)
    for kind, a, b, value in connection.execute(query).yield_per(5_000):
        yield Row(kind, a, b, json.loads(value))


def save_rows(connection: Connection, rows: Sequence[Row], now: float, *, since: int, lesson: int | None = None) -> int:
    """Write changed rows (``Correspondence.drain()``) in the caller's transaction.

    Args:
        connection: a writing transaction.
        rows: what changed; a row replaces the one with the same kind and keys.
        now: Unix seconds.
        since: the revision of the model they come from; with rows to write, the store's is one more afterwards.
        lesson: the last log entry whose lessons the rows hold.

    Returns:
        How many rows were forgotten.

    Raises:
        Outdated: somebody else has written since that revision; nothing was written.
    """
    if since != revision(connection):
        raise Outdated("what has been learned was changed by another process")
    forgotten = 0
    for row in rows:
        if row.kind == "forget":
            named = delete(history).where(or_(history.c.a == row.a, history.c.b == row.a, _beside(row.a)))
            forgotten += connection.execute(named).rowcount
        elif row.kind == "unsaid":
            connection.execute(delete(history).where(history.c.kind == "words", history.c.a == row.a))
    fresh = [
        {"kind": row.kind, "a": row.a, "b": row.b, "value": json.dumps(row.values, separators=(",", ":"))}
        for row in rows
        if row.kind not in ("forget", "unsaid")
    ]
    if fresh:
        connection.execute(upsert(connection, history, _KEYS), fresh)
    marks = {_LEARNED: repr(now), _REVISION: str(since + 1)} if rows else {}
    if lesson is not None:
        marks[_LESSON] = str(lesson)
    set_marks(connection, marks)
    return forgotten


def _beside(person: str) -> ColumnElement[bool]:
    """Rows of the kind that names two people at once, this one among them."""
    both = history.c.b
    first, second = first_of(person), second_of(person)
    return and_(
        history.c.kind == "beside",
        or_(both.startswith(first, autoescape=True), both.endswith(second, autoescape=True)),
    )


def learned_at(connection: Connection) -> float | None:
    """When something was last learned (Unix seconds), or None."""
    found = connection.execute(select(meta.c.value).where(meta.c.name == _LEARNED)).scalar()
    return None if found is None else float(found)


def revision(connection: Connection) -> int:
    """How often rows were written."""
    return int(mark(connection, _REVISION) or 0)


def last_lesson(connection: Connection) -> int:
    """The last log entry whose lessons the rows hold; 0 for none."""
    return int(mark(connection, _LESSON) or 0)


def mark(connection: Connection, name: str) -> str:
    """A remembered mark (how far a file was learned), "" for none."""
    return connection.execute(select(meta.c.value).where(meta.c.name == name)).scalar() or ""


def set_marks(connection: Connection, marks: Mapping[str, str]) -> None:
    """Remember marks."""
    if marks:
        values = [{"name": name, "value": value} for name, value in marks.items()]
        connection.execute(upsert(connection, meta, ("name",)), values)


def messages_learned(connection: Connection) -> int:
    """How many messages the history rests on."""
    return int(connection.execute(select(func.count()).where(history.c.kind == "seen")).scalar_one())
