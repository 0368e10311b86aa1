"""Message, Part and Defect: what parsing yields."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from straymail.message.address import Mailbox


@dataclass(frozen=True, slots=True)
class Defect:
    """Something wrong or suspicious in the bytes. ``id`` is stable (``parsers-disagree``, ``too-deep`` ...)."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Part:
    """One leaf of the MIME tree. ``path`` is dotted, 1-based ("1.2"); ``content`` is transfer-decoded bytes."""

    path: str
    content_type: str  # lower case, "type/subtype", as declared
    charset: str
    filename: str
    disposition: str  # "inline", "attachment" or ""
    content: bytes
    parser: str = "first"  # "first", "second" (only the other parser saw it)

    def text(self) -> str:
        """Content decoded by its charset, replacement characters where it does not fit; never raises."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Message:
    """A parsed message. Times are aware UTC; absent headers are "", None or ()."""

    headers: Sequence[tuple[str, str]]  # (name as written, value unfolded and RFC 2047-decoded), in order
    subject: str
    message_id: str  # without angle brackets
    date: datetime | None
    from_: tuple[Mailbox, ...]
    sender: tuple[Mailbox, ...]
    reply_to: tuple[Mailbox, ...]
    to: tuple[Mailbox, ...]
    cc: tuple[Mailbox, ...]
    bcc: tuple[Mailbox, ...]
    references: tuple[str, ...]  # In-Reply-To and References message-ids, without angle brackets
    automatic: bool  # Auto-Submitted other than "no" (RFC 3834), Precedence bulk/junk/list, X-Auto-Response-Suppress
    list_id: str
    resent: bool
    parts: tuple[Part, ...]
    defects: tuple[Defect, ...]
    size: int  # bytes on the wire
    identity: str  # 32 hex digits: the same mail in two folders or two archives has the same identity

    def header(self, name: str) -> str:
        """First value of a header, case-insensitive; "" when absent."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), "")
