"""Bytes to Message: two parsers, and their disagreement is evidence."""

from __future__ import annotations

from straymail.message.limits import Limits
from straymail.message.model import Message


def parse_message(raw: bytes, limits: Limits | None = None, *, headers_only: bool = False) -> Message:
    """Parse; total (never raises) and bounded by ``limits``. ``headers_only`` skips decoding the parts (learning)."""
    raise NotImplementedError(len(raw), limits, headers_only)
