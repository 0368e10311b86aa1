"""Rows: the form in which the model's facts go to a store and come back."""

from __future__ import annotations

from typing import Any

from straymail.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One fact. ``kind``: seen, person, pair, beside, standing, directory, apart, words, forget or unsaid.

    ``a`` and ``b`` are person keys or "" (``seen`` and ``words``: ``a`` is a message identity; ``beside``: ``b`` is two
    person keys joined); ``values`` is JSON.
    ``forget`` deletes every row naming ``a``; ``unsaid`` deletes the words of message ``a``.
    A row replaces an earlier one of the same kind, a and b.
    """

    kind: str
    a: str
    b: str
    values: dict[str, Any]
