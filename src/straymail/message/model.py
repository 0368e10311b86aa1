"""Message, Part and Defect: what parsing yields."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from datetime import datetime
from typing import Any

from straymail.frozen import dataclass
from straymail.message.address import Mailbox
from straymail.message.encoded import decode_text


@dataclass(frozen=True, slots=True)
class Defect:
    """Something wrong or suspicious in the bytes. ``id`` is stable (``parsers-disagree``, ``too-deep`` ...)."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Part:
    """One leaf of the MIME tree. ``path`` is dotted, 1-based ("1.2"); ``content`` is transfer-decoded bytes.

    An embedded message shows as a ``message/rfc822`` part holding its header block, followed by the parts of its
    body below the same path. ``parser`` says who saw the part: "first", "second" (only the other parser saw it),
    "uuencode" (a file inside a text body), or "none" (neither parser could: the body as it stands).
    """

    path: str
    content_type: str  # lower case, "type/subtype", as declared
    charset: str
    filename: str
    disposition: str  # "inline", "attachment" or ""
    content: bytes
    parser: str = "first"  # "first", "second" (only the other parser saw it)
    _text: list[str] = field(default_factory=list, init=False, repr=False, compare=False)  # decoded once, on demand

    def text(self) -> str:
        """Content decoded by its charset, replacement characters where it does not fit; never raises."""
        if not self._text:
            self._text.append(decode_text(self.content, self.charset))
        return self._text[0]

    @property
    def is_attachment(self) -> bool:
        """Whether it is a file rather than text shown in the mail."""
        named = bool(self.filename) or self.disposition == "attachment"
        return named or not self.content_type.startswith(("text/plain", "text/html", "message/rfc822"))


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
    told: list[Any] = field(default_factory=list, init=False, repr=False, compare=False)  # split_body's, once
    about: list[tuple[str, ...]] = field(default_factory=list, init=False, repr=False, compare=False)  # words_of's

    def header(self, name: str) -> str:
        """First value of a header, case-insensitive; "" when absent."""
        wanted = name.lower()
        for key, value in self.headers:
            if key.lower() == wanted:
                return value
        return ""
