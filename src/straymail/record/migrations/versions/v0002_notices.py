"""An index for the rate of notices: each hold counts those of the last hour, however many are older."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Index deliveries by kind and time."""
    op.create_index("ix_delivery_kind", "delivery", ["kind", "made_at"])
