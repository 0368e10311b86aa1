"""Opening what a command needs: the guard of these settings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from straymail.config import Settings
from straymail.correspondence import Correspondence
from straymail.guard import Guard
from straymail.verdict import Weights


@contextmanager
def open_guard(settings: Settings) -> Iterator[Guard]:
    """The guard of these settings."""
    history = Correspondence(frozenset(settings.organisation.domains))
    yield Guard(history, settings.policy, Weights.shipped())
