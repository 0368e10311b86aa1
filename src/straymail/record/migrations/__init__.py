"""Alembic's environment; ``record.store`` runs it when a database is opened."""
