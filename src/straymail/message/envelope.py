"""The SMTP envelope (RFC 5321 section 2.3.1): who the transport was told, whatever the header says."""

from __future__ import annotations

from straymail.frozen import dataclass
from straymail.message.address import Address


@dataclass(frozen=True, slots=True)
class Envelope:
    """Reverse-path, forward-paths and what the MTA said of the session.

    ``sender`` is None for the null reverse-path ``<>`` (bounces, notices). ``mail_parameters`` are the
    ESMTP parameters of MAIL FROM as sent (``SIZE=..``, ``BODY=8BITMIME``, ``SMTPUTF8``, ``RET=..``);
    ``recipient_parameters`` those of each RCPT TO, in the order of ``recipients`` (or empty).
    """

    sender: Address | None
    recipients: tuple[Address, ...]
    authenticated: str = ""
    client: str = ""
    queue_id: str = ""
    mail_parameters: tuple[str, ...] = ()
    recipient_parameters: tuple[tuple[str, ...], ...] = ()

    @property
    def smtputf8(self) -> bool:
        """Whether the client asked for RFC 6531 transport."""
        return any(parameter.upper() == "SMTPUTF8" for parameter in self.mail_parameters)
