"""Alembic's environment: always on a connection handed over by ``record.store``."""

from __future__ import annotations

from alembic import context

from straymail.record.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
