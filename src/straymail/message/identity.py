"""Whether two copies are one mail: an identity from date, sender, recipients, subject and the start of the body.

Message-ID is left out on purpose: archives give each folder's copy an id of its own, and journaling, list
exploders and resending clients reuse or replace ids. Two mails are one when all of these agree: Date to the
second (UTC), the From addresses, the set of To and Cc addresses, the subject without white space, and the first
1,024 bytes of the body as they stand on the wire, white space left out (line ends and wrapping differ between
archives). Without a Date the Message-ID takes its place, lest templates sent daily become one.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from hashlib import blake2b

from straymail.message.address import Mailbox

_WINDOW = 2_048
_START = 1_024
_WHITE = b" \t\n\r\x0b\x0c"


def identify(
    date: datetime | None,
    message_id: str,
    from_: Iterable[Mailbox],
    recipients: Iterable[Mailbox],
    subject: str,
    body: bytes,
) -> str:
    """32 hex digits; ``body`` is the raw body (its first 2 KB are enough)."""
    window = body[:_WINDOW]
    if b"\n>From " in window:  # mbox quoting
        window = window.replace(b"\n>From ", b"\nFrom ")
    start = window.translate(None, _WHITE)[:_START]
    text = "\0".join(
        (
            str(int(date.timestamp())) if date else f"id {message_id}",
            *sorted({mailbox.address.key for mailbox in from_}),
            "",
            *sorted({mailbox.address.key for mailbox in recipients}),
            "",
            "".join(subject.split()),
            "",
        )
    )
    return blake2b(text.encode("utf-8", "replace") + start, digest_size=16).hexdigest()
