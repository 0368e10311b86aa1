"""The tables, as SQLAlchemy Core sees them. Times are Unix seconds (UTC); JSON is canonical text.

held          a message in custody; its body encrypted, and NULL once it is gone
held_address  the recipients that wait, each with what was decided about it
delivery      mail on its way out (released messages and notices), with retry
token         one-time tokens issued to senders (digest only)
decision      the append-only, hash-chained log; decision_text its erasable payloads; decision_head its end
history       the learned correspondence, one row a fact
meta          counters and marks
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

held = Table(
    "held",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("fingerprint", String(64), nullable=False, unique=True),
    Column("kind", String(8), nullable=False),
    Column("state", String(12), nullable=False),
    Column("sender", Text, nullable=False),
    Column("taken_at", Float, nullable=False),
    Column("expires_at", Float, nullable=False),
    Column("remind_at", Float),
    Column("closed_at", Float),
    Column("actor", Text, nullable=False, default=""),
    Column("duplicates", Integer, nullable=False, default=0),
    Column("size", Integer, nullable=False),
    Column("envelope", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("body", LargeBinary),
    Index("ix_held_state", "state", "taken_at"),
)

held_address = Table(
    "held_address",
    metadata,
    Column("held_id", String(26), ForeignKey("held.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("address", Text, nullable=False),
    Column("suspect", Integer, nullable=False),
    Column("meant", Text, nullable=False, default=""),
    Column("decision", String(8), nullable=False, default=""),
    Column("final", Text, nullable=False, default=""),
)

delivery = Table(
    "delivery",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("kind", String(8), nullable=False),
    Column("held_id", String(26), nullable=False, default=""),
    Column("sender", Text, nullable=False),
    Column("recipients", Text, nullable=False),
    Column("parameters", Text, nullable=False),
    Column("state", String(8), nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("next_at", Float, nullable=False),
    Column("made_at", Float, nullable=False),
    Column("error", Text, nullable=False, default=""),
    Column("body", LargeBinary),
    Index("ix_delivery_state", "state", "next_at"),
    Index("ix_delivery_kind", "kind", "made_at"),
    Index("ix_delivery_held_id", "held_id"),
)

token = Table(
    "token",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("held_id", String(26), nullable=False),
    Column("sender", Text, nullable=False),
    Column("expires_at", Float, nullable=False),
    Column("used_at", Float),
    Index("ix_token_held_id", "held_id"),
)

decision = Table(
    "decision",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", Float, nullable=False),
    Column("kind", String(24), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("chain", String(64), nullable=False),
)

decision_text = Table(
    "decision_text",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("salt", String(32), nullable=False),
    Column("payload", Text, nullable=False),
)

decision_head = Table(
    "decision_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", Integer, nullable=False),
    Column("chain", String(64), nullable=False),
    Column("mac", String(64), nullable=False),
)

history = Table(
    "history",
    metadata,
    Column("kind", String(10), primary_key=True),
    Column("a", Text, primary_key=True),
    Column("b", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

meta = Table(
    "meta",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)
