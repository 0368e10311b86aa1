"""Indexes of deliveries: for the rate of notices, and for what became of one held message.

Each hold counts the notices of the last hour, however many are older.
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Index deliveries by kind and time, and by the message they belong to."""
    op.create_index("ix_delivery_kind", "delivery", ["kind", "made_at"])
    op.create_index("ix_delivery_held_id", "delivery", ["held_id"])
