"""What a mail inside another file says: its subject, its labels, its other headers, its bodies as a reader sees them.

The mail that is judged is read by ``content``; this is for mails attached to it, as parts or as files.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from straymail.message import READ_OF_PART, Message, Part, embedded_data, html_to_text, links, parse_message
from straymail.message.encoded import decode_text

# Written by machines for machines: signatures and verdicts of filters are long runs of letters that look like keys.
_MACHINES = ("received", "dkim-", "domainkey-", "arc-", "authentication-", "x-ms-exchange-", "x-microsoft-antispam",
             "x-forefront-", "x-google-", "x-gm-", "x-spam-", "x-proofpoint-", "x-mimecast-", "x-pm-", "message-id",
             "references", "in-reply-to", "content-", "mime-version", "thread-", "return-path")  # fmt: skip
_APART = frozenset(("subject", "x-protective-marking", "msip_labels"))


class Header(NamedTuple):
    """Texts as (place, text), and labels as (place, name, value) of properties; places begin with ``where``."""

    texts: list[tuple[str, str]]
    labels: list[tuple[str, str, str]]


def read_header(message: Message, where: str) -> Header:
    """Subject, marking and labels each by themselves, for their place counts; then what people wrote."""
    texts = [(f"{where}, subject", message.subject)]
    labels: list[tuple[str, str, str]] = []
    for name, value in message.headers:
        if name.lower() == "x-protective-marking":
            texts.append((f"{where}, header {name}", value))
        elif name.lower() == "msip_labels" and "_enabled=true" in value.lower():
            labels += [(f"{where}, header {name}", key, label) for key, label in _pairs(value)]
    others = [f"{name}: {value}" for name, value in message.headers if _of_people(name.lower())]
    texts.append((f"{where}, header", "\n".join(others)))
    return Header([(place, text) for place, text in texts if text.strip()], labels)


def read_block(block: bytes, where: str) -> Header:
    """The same from a header block alone."""
    return read_header(parse_message(block, headers_only=True), where)


def body_texts(part: Part, where: str) -> Iterator[tuple[str, str]]:
    """A text part as a reader sees it, what HTML says to programs, where it leads; at most the first 8 MB."""
    text = decode_text(part.content[:READ_OF_PART], part.charset)
    if part.content_type == "text/html":
        yield f"{where}, data", embedded_data(text)
        yield f"{where}, links", "\n".join(links(text))
        text = html_to_text(text)
    yield where, text


def is_cut(part: Part) -> bool:
    """Whether ``body_texts`` leaves out the end."""
    return len(part.content) > READ_OF_PART


def _of_people(name: str) -> bool:
    return name not in _APART and not name.startswith(_MACHINES)


def _pairs(value: str) -> Iterator[tuple[str, str]]:
    """``MSIP_Label_GUID_Name=Secret; ...`` (Microsoft Purview) as pairs."""
    for piece in value.split(";")[:100]:
        name, _, label = piece.partition("=")
        if label:
            yield name.strip(), label.strip()
