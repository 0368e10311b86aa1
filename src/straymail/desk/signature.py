"""``X-Straymail-Delivery``: how a released message is recognised when it comes past the guard again.

``id; signature``: the idempotency key that all copies of one delivery share, and an HMAC over it, the recipients and
the body. It opens the guard for that body to those recipients only, so that a header copied from a delivered message is
of no use.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from straymail.message import Address
from straymail.message.wire import pieces
from straymail.record import Keys

DELIVERY_HEADER = "X-Straymail-Delivery"
_LENGTH = 20  # bytes of the HMAC


def sign_delivery(keys: Keys, identifier: str, recipients: Iterable[Address], raw: bytes) -> str:
    """The header's value."""
    signature = keys.sign("delivery", identifier, *_bound(recipients, raw))[:_LENGTH]
    return f"{identifier}; {signature.hex()}"


def recognise_delivery(keys: Keys, value: str, recipients: Iterable[Address], raw: bytes) -> str:
    """The idempotency key when the value was made here for these recipients and this body, else ""."""
    identifier, _, signature = value.partition(";")
    try:
        mac = bytes.fromhex(signature.strip())
    except ValueError:
        return ""
    if len(mac) != _LENGTH:
        return ""
    return identifier if keys.verify(mac, "delivery", identifier, *_bound(recipients, raw)) else ""


def _bound(recipients: Iterable[Address], raw: bytes) -> tuple[str, ...]:
    start = _after(raw, b"\r\n\r\n")
    start = start if start < len(raw) else _after(raw, b"\n\n")
    return (*sorted({address.key for address in recipients}), _digest(memoryview(raw)[start:]))


def _after(raw: bytes, mark: bytes) -> int:
    at = raw.find(mark)
    return len(raw) if at < 0 else at + len(mark)


def _digest(body: memoryview) -> str:
    """A hash of the text, whatever its line ends and the empty lines after it; a long one is not copied."""
    found, empty = hashlib.sha256(), 0
    for piece in pieces(body):
        text = piece.replace(b"\r\n", b"\n")
        if said := text.rstrip(b"\n"):
            found.update(b"\n" * empty)
            found.update(said)
            empty = 0
        empty += len(text) - len(said)
    return found.hexdigest()
