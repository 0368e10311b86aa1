"""Observation: what one message teaches about who writes to whom, and of what. No text of the message is kept."""

from __future__ import annotations

import re

from straymail.correspondence.names import tokens_of
from straymail.frozen import dataclass
from straymail.message import Address, Envelope, Mailbox, Message, words_of

_REPLY = re.compile(r"(?:\s{0,3}(?:re|fwd?|fw|aw|wg|sv|antw|tr|rif|odp)\s{0,2}(?:\[\d{1,3}\])?\s{0,2}:)", re.IGNORECASE)
_MAX_RECIPIENTS = 200
_MOST_NAMES_TEXT = 20_000
_INVENTED = frozenset(("no.address", "undisclosed-recipients", "undisclosed.recipients"))


@dataclass(frozen=True, slots=True)
class Observation:
    """Who wrote to whom and when. Keys are ``Address.person``; ``time`` is Unix seconds (UTC)."""

    identity: str
    time: float
    sender: str
    sender_name: str
    recipients: tuple[tuple[str, str], ...]  # (key, display name or "")
    reply: bool
    message_id: str
    references: tuple[str, ...]
    subject: str  # normalised: no Re: or Fwd:, lower case
    automatic: bool
    words: tuple[str, ...] = ()  # what it is about; hashed when learned


def observation(
    message: Message, own_domains: frozenset[str], envelope: Envelope | None = None, *, words: bool = True
) -> Observation:
    """What a message teaches. ``sender`` is "" when it names nobody; then ``observe`` learns nothing.

    Without ``words`` nothing is taken from the body.

    The envelope's sender and recipients count where there is one; header names are used for display names only then.
    Recipients beyond 200 are left out: lists that long say nothing about acquaintance.
    """
    boxes = {box.address.person: box.name for box in (*message.to, *message.cc)}
    if boxes and not any(boxes.values()):
        boxes |= _exported_names(message)
    if envelope is not None:
        boxes = {address.person: boxes.get(address.person, "") for address in envelope.recipients}
    who = message.from_[0] if message.from_ else message.sender[0] if message.sender else None
    sender = who.address if who else envelope.sender if envelope is not None else None
    key = sender.person if sender else ""
    recipients = tuple(
        (other, clean_name(name)) for other, name in list(boxes.items())[:_MAX_RECIPIENTS] if usable(other, key)
    )
    subject, again = normal_subject(message.subject)
    return Observation(
        identity=message.identity,
        time=message.date.timestamp() if message.date else 0.0,
        sender=key if key and usable(key, "") else "",
        sender_name=clean_name(_name(who, message, own_domains)),
        recipients=recipients,
        reply=bool(message.references) or again,
        message_id=message.message_id,
        references=message.references,
        subject=subject,
        automatic=_by_itself(message, envelope),
        words=words_of(message) if words and recipients and not message.automatic else (),
    )


def _by_itself(message: Message, envelope: Envelope | None) -> bool:
    """Whether a machine answered (out of office, a bounce): lists and ticket systems are somebody's correspondents."""
    if envelope is not None and envelope.sender is None:
        return True
    submitted = message.header("Auto-Submitted").strip().lower()
    return submitted.startswith("auto-replied") or bool(
        message.header("X-Autoreply") or message.header("X-Autorespond")
    )


def normal_subject(subject: str) -> tuple[str, bool]:
    """The subject without reply and forward marks, lower case, and whether there were any."""
    text, again = subject[:300], False
    while match := _REPLY.match(text):
        text, again = text[match.end() :], True
    return " ".join(text.lower().split()), again


def clean_name(name: str) -> str:
    """A display name fit for comparing: "Lewis, Andrew H." becomes "Andrew H. Lewis"; addresses become ""."""
    name = " ".join(name.split())[:80].strip("'\"")
    if "@" in name or "/" in name:
        return ""
    last, comma, first = name.partition(",")
    return f"{first.strip()} {last.strip()}".strip() if comma and first.strip() else name


def _name(who: Mailbox | None, message: Message, own_domains: frozenset[str]) -> str:
    if who is None:
        return ""
    if who.name or who.address.domain not in own_domains:
        return who.name
    return message.header("X-From").partition("<")[0]


def _exported_names(message: Message) -> dict[str, str]:
    """Display names that an export of Exchange keeps in X-To and X-cc, in the order of To and Cc.

    "Tarnow, Alan M. </O=...>, Voss, Lena </O=...>" or "Alan Tarnow, Lena Voss"; a name is believed when it has a word
    in common with its address.
    """
    boxes = (*message.to, *message.cc)
    names: list[str] = []
    for header in ("X-To", "X-cc"):
        text = message.header(header)[:_MOST_NAMES_TEXT]
        pieces = text.split(">,") if "</" in text else text.split(",")
        names.extend(clean_name(piece.partition("<")[0]) for piece in pieces if piece.strip())
    if len(names) != len(boxes):
        return {}
    pairs = zip(boxes, names, strict=True)
    return {box.address.person: name for box, name in pairs if set(tokens_of(name)) & set(tokens_of(box.address.local))}


def usable(key: str, sender: str) -> bool:
    """Whether a person key may be somebody's: not the sender's own, nor one that an export of a mailbox made up."""
    local, _, domain = key.partition("@")
    return bool(domain) and key != sender and local not in _INVENTED and not local.startswith(".")


def person_of(address: Address) -> str:
    """The key under which an address is remembered."""
    return address.person
