"""The log has a head from the start: one without entries gets it, made with the key (``record.store``, ``log.begin``).

The tables stay as they are. That this step is behind a database says that a missing head was taken away.
"""

from __future__ import annotations

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Nothing of the schema changes."""
