"""The next hop of the end-to-end tests: takes everything, remembers it, refuses what it is told to refuse."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from private_postfix import free_port


@dataclass(frozen=True)
class Delivered:
    """One message as it arrived."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes = field(repr=False)

    @property
    def mail(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=policy.default)

    @property
    def is_notice(self) -> bool:
        """Whether the desk wrote it."""
        return not self.sender and "straymail" in str(self.mail["From"]).lower()

    @property
    def text(self) -> str:
        """Headers as sent, then every text part decoded; white space folded."""
        mail = self.mail
        parts = [str(part.get_content()) for part in mail.walk() if part.get_content_maintype() == "text"]
        return " ".join((self.raw.decode("utf-8", "replace") + " ".join(parts)).split())


class Sink:
    """An SMTP server on a free port; use as a context manager."""

    def __init__(self) -> None:
        self.mails: list[Delivered] = []
        self.port = free_port()
        self._controller = Controller(
            self, hostname="127.0.0.1", port=self.port, enable_SMTPUTF8=True, data_size_limit=1 << 28
        )

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        raw = envelope.content if isinstance(envelope.content, bytes) else b""
        sender = (envelope.mail_from or "").strip("<>")
        self.mails.append(Delivered(sender, tuple(envelope.rcpt_tos), raw))
        return "250 2.0.0 taken"

    def wait(self, count: int, seconds: float = 15.0) -> list[Delivered]:
        """The mails, once there are ``count`` of them (or time is up)."""
        deadline = time.monotonic() + seconds
        while len(self.mails) < count and time.monotonic() < deadline:
            time.sleep(0.02)
        return list(self.mails)

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()
