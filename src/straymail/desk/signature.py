"""``X-Straymail-Delivery``: how a released message is recognised when it comes past the guard again.

``id; signature``: the idempotency key that all copies of one delivery share, and an HMAC over it, the recipients and
the body. It opens the guard for that body to those recipients only, so that a header copied from a delivered message is
of no use.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from straymail.message import Address
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
    body = raw.partition(b"\r\n\r\n")[2] or raw.partition(b"\n\n")[2]
    digest = hashlib.sha256(body.replace(b"\r\n", b"\n").rstrip(b"\n")).hexdigest()
    return (*sorted({address.key for address in recipients}), digest)
