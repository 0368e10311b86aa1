"""The form of a notice as mail: plain text and HTML, from the null sender, in the thread of what it is about.

``Auto-Submitted: auto-generated`` (RFC 3834 section 5) and the null reverse-path keep other machines from answering.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.headerregistry import Address as HeaderAddress
from email.message import EmailMessage
from email.utils import format_datetime

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from straymail.desk.notices import Notice, clean
from straymail.message import Address

_LONGEST_ID = 250
_templates = Environment(
    loader=PackageLoader("straymail.desk"),
    autoescape=select_autoescape(enabled_extensions=("html",), disabled_extensions=("txt",)),
    undefined=StrictUndefined,
    keep_trailing_newline=True,
)


def _wrap(text: str, width: int) -> str:
    """Lines of at most ``width`` characters; an address is never broken."""
    return "\n".join(textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False))


_templates.filters["wrap"] = _wrap


@dataclass(frozen=True, slots=True)
class Frame:
    """How a notice travels. ``original`` is the message returned with it, as a file."""

    from_name: str
    from_address: Address
    to: Address
    subject: str
    date: datetime
    identifier: str
    in_reply_to: str = ""
    original: bytes = b""

    @property
    def plain(self) -> bool:
        """Whether its addresses need no SMTPUTF8 (RFC 6531)."""
        return str(self.from_address).isascii() and str(self.to).isascii()


def as_mail(notice: Notice, frame: Frame) -> bytes:
    """The notice as a message with CRLF line ends: plain text, HTML, and the original where it goes back."""
    mail = EmailMessage(policy=policy.SMTP if frame.plain else policy.SMTPUTF8)
    mail["Message-ID"] = f"<{frame.identifier}@{frame.from_address.domain}>"
    mail["Date"] = format_datetime(frame.date)
    mail["From"] = HeaderAddress(clean(frame.from_name), frame.from_address.local, frame.from_address.domain)
    mail["Reply-To"] = HeaderAddress("", frame.from_address.local, frame.from_address.domain)
    mail["To"] = str(frame.to)  # the library leaves a no-break space unquoted
    mail["Subject"] = clean(frame.subject)[:250]
    mail["Auto-Submitted"] = "auto-generated"
    mail["Precedence"] = "bulk"
    mail["X-Auto-Response-Suppress"] = "All"
    if _is_id(frame.in_reply_to):
        mail["In-Reply-To"] = mail["References"] = f"<{frame.in_reply_to}>"
    mail.set_content(_templates.get_template("notice.txt").render(notice=notice), cte="quoted-printable")
    html = _templates.get_template("notice.html").render(notice=notice)
    mail.add_alternative(html, subtype="html", cte="quoted-printable")
    if frame.original:
        mail.add_attachment(frame.original, maintype="application", subtype="octet-stream", filename="your-message.eml")
    return mail.as_bytes()


def _is_id(text: str) -> bool:
    """Whether it can stand between angle brackets (RFC 5322 3.6.4); the sender's program may have written anything."""
    usable = text.isascii() and text.isprintable() and not set(text) & set(" <>")
    return usable and 0 < len(text) <= _LONGEST_ID
