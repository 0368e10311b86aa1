"""Every bound on a message, in one place; what happens beyond each is the policy's ``on_oversize``."""

from __future__ import annotations

from straymail.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of parsing. Beyond one, parsing stops there and a Defect says so; nothing is dropped from the mail itself.

    Sizes are bytes, ``depth`` and the others are counts. ``recipients`` bounds the envelope; ``addresses`` those of one
    header field, which may name many more than one transaction has, and beyond which no mail is stopped.
    """

    size: int = 64 * 1024 * 1024
    decoded: int = 64 * 1024 * 1024
    parts: int = 1_000
    depth: int = 50
    headers: int = 2_000
    header_size: int = 256 * 1024
    recipients: int = 5_000
    addresses: int = 10_000
