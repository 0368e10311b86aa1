"""The form of a notice as mail: plain text and HTML, from the null sender, in the thread of what it is about.

The header is written here and not by ``EmailMessage``, which decodes what looks like an encoded word in whatever it is
given, line breaks included: with it a Subject or a Message-ID could bring fields of its own into a notice.

``Auto-Submitted: auto-generated`` (RFC 3834 section 5) and the null reverse-path keep other machines from answering.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.header import Header
from email.message import EmailMessage
from email.utils import format_datetime

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from straymail.desk.notices import Notice, clean, readable
from straymail.message import Address

_LONGEST_ID = _LONGEST_SUBJECT = 250  # characters
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
_templates.filters["readable"] = readable


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
    mail = EmailMessage(policy=policy.SMTP)
    mail.set_content(_templates.get_template("notice.txt").render(notice=notice), cte="quoted-printable")
    html = _templates.get_template("notice.html").render(notice=notice)
    mail.add_alternative(html, subtype="html", cte="quoted-printable")
    if frame.original:
        mail.add_attachment(frame.original, maintype="application", subtype="octet-stream", filename="your-message.eml")
    return _head(frame) + mail.as_bytes()


def _head(frame: Frame) -> bytes:
    """The fields that say from whom, to whom and about what; the addresses as UTF-8 where they are not ASCII."""
    fields = {
        "Message-ID": f"<{frame.identifier}@{frame.from_address.domain}>",
        "Date": format_datetime(frame.date),
        "From": f"{_phrase(clean(frame.from_name))} <{frame.from_address}>".strip(),
        "Reply-To": str(frame.from_address),
        "To": str(frame.to),
        "Subject": _unstructured(clean(clean(frame.subject)[:_LONGEST_SUBJECT]), "Subject"),
        "Auto-Submitted": "auto-generated",
        "Precedence": "bulk",
        "X-Auto-Response-Suppress": "All",
    }
    if _is_id(frame.in_reply_to):
        fields["In-Reply-To"] = fields["References"] = f"<{frame.in_reply_to}>"
    return "".join(f"{name}: {value}\r\n" for name, value in fields.items()).encode()


def _phrase(text: str) -> str:
    """A display name: a quoted string, or RFC 2047 words."""
    if not _is_plain(text):
        return _unstructured(text, "From")
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"' if text else ""


def _unstructured(text: str, field: str) -> str:
    """One line of text, folded; as RFC 2047 words unless it is ASCII in which no reader finds such a word."""
    charset = "us-ascii" if _is_plain(text) else "utf-8"
    return Header(text, charset, header_name=field).encode(linesep="\r\n")


def _is_plain(text: str) -> bool:
    return text.isascii() and "=?" not in text


def _is_id(text: str) -> bool:
    """Whether it can stand between angle brackets (RFC 5322 3.6.4); the sender's program may have written anything."""
    usable = all("!" <= sign <= "~" for sign in text) and not set(text) & set("<>") and "=?" not in text
    return usable and 0 < len(text) <= _LONGEST_ID
