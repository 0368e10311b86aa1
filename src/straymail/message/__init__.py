"""Addresses, envelope and parts: the one place where bytes from the wire become words of the field.

Total: whatever bytes arrive, ``parse_message`` returns a Message with its defects listed; it never raises.
"""

from __future__ import annotations

from straymail.message.address import Address, Mailbox, parse_address, parse_mailboxes
from straymail.message.answered import answered_author, is_forward
from straymail.message.domain import (
    country_tld,
    domain_to_unicode,
    normalise_domain,
    public_suffix,
    readable_domain,
    registrable,
)
from straymail.message.envelope import Envelope
from straymail.message.html import embedded_data, html_to_text, labels, links
from straymail.message.limits import Limits
from straymail.message.model import Defect, Message, Part
from straymail.message.parse import parse_message
from straymail.message.quoted import (
    READ_OF_PART,
    Body,
    body_parts,
    body_text,
    html_only,
    new_text,
    quoted_text,
    signature_text,
    split_body,
)
from straymail.message.readings import bare, other_letters, readings
from straymail.message.words import spaced, words_of

__all__ = [
    "READ_OF_PART",
    "Address",
    "Body",
    "Defect",
    "Envelope",
    "Limits",
    "Mailbox",
    "Message",
    "Part",
    "answered_author",
    "bare",
    "body_parts",
    "body_text",
    "country_tld",
    "domain_to_unicode",
    "embedded_data",
    "html_only",
    "html_to_text",
    "is_forward",
    "labels",
    "links",
    "new_text",
    "normalise_domain",
    "other_letters",
    "parse_address",
    "parse_mailboxes",
    "parse_message",
    "public_suffix",
    "quoted_text",
    "readable_domain",
    "readings",
    "registrable",
    "signature_text",
    "spaced",
    "split_body",
    "words_of",
]
