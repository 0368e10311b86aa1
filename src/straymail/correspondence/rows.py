"""Rows: the form in which the model's facts go to a store and come back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """One fact. ``kind``: seen, person, pair, standing, directory, or forget (delete every row naming ``a``).

    ``a`` and ``b`` are person keys or "" (``seen``: ``a`` is a message identity); ``values`` is JSON.
    A row replaces an earlier one of the same kind, a and b.
    """

    kind: str
    a: str
    b: str
    values: dict[str, Any]
