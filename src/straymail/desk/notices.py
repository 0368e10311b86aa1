"""What people are told: the text of each notice, and its form as mail.

A notice has the null reverse-path, ``Auto-Submitted: auto-generated`` (RFC 3834) and a Message-ID of its own, so it
starts no loop. It names what was found in the message by class, never by quoting it. Only the sender learns of Bcc
recipients.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email import policy
from email.headerregistry import Address as HeaderAddress
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from straymail.message import Address
from straymail.record.custody import Held

REASONS = 3
_GREEN, _AMBER, _GREY = "#166534", "#92400e", "#46536a"
_CLASSES = {
    "marking": "a protective marking",
    "secret": "a password, key or other secret",
    "health": "medical information",
    "travel": "travel plans",
    "place": "places or maps",
    "person": "personal data",
    "money": "financial details",
    "own": "words from your organisation's own list",
    "unread": "something that could not be read",
}
_templates = Environment(
    loader=PackageLoader("straymail.desk"),
    autoescape=select_autoescape(enabled_extensions=("html",), disabled_extensions=("txt",)),
    undefined=StrictUndefined,
    keep_trailing_newline=True,
)


@dataclass(frozen=True, slots=True)
class Question:
    """One recipient in question, as it stands in a notice."""

    number: int
    address: str
    meant: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to answer: the word to reply with, and a mailto: link that writes it."""

    word: str
    title: str
    meaning: str
    link: str
    colour: str
    first: bool


@dataclass(frozen=True, slots=True)
class Notice:
    """The words of a notice, the same for its text and its HTML form."""

    headline: str
    opening: tuple[str, ...]
    closing: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    holds: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    signature: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """How a notice travels. ``original`` is the message returned with it, as message/rfc822."""

    from_name: str
    from_address: Address
    to: Address
    subject: str
    date: datetime
    identifier: str
    in_reply_to: str = ""
    original: bytes = b""


def as_mail(notice: Notice, frame: Frame) -> bytes:
    """The notice as a message with CRLF line ends: plain text, HTML, and the original where it goes back."""
    mail = EmailMessage(policy=policy.SMTPUTF8 if not _ascii(frame) else policy.SMTP)
    mail["Message-ID"] = f"<{frame.identifier}@{frame.from_address.domain}>"
    mail["Date"] = format_datetime(frame.date)
    mail["From"] = HeaderAddress(_clean(frame.from_name), addr_spec=str(frame.from_address))
    mail["To"] = HeaderAddress(addr_spec=str(frame.to))
    mail["Subject"] = _clean(frame.subject)[:250]
    mail["Auto-Submitted"] = "auto-generated"
    mail["Precedence"] = "bulk"
    mail["X-Auto-Response-Suppress"] = "All"
    if frame.in_reply_to:
        mail["In-Reply-To"] = mail["References"] = f"<{_clean(frame.in_reply_to)}>"
    mail.set_content(_templates.get_template("notice.txt").render(notice=notice), cte="quoted-printable")
    html = _templates.get_template("notice.html").render(notice=notice)
    mail.add_alternative(html, subtype="html", cte="quoted-printable")
    if frame.original:
        mail.add_attachment(frame.original, maintype="application", subtype="octet-stream", filename="your-message.eml")
    return mail.as_bytes()


def question(held: Held, subject: str, reply_to: Address, signature: str, *, reminder: bool = False) -> Notice:
    """Ask the sender about the recipients in question."""
    questions = _questions(held)
    several = len(questions) > 1
    opening = (
        f'Your message "{_short(subject)}" is waiting and has not been sent. '
        + ("These recipients look wrong:" if several else "One recipient looks wrong:"),
    )
    head = "Still waiting: is this who you meant?" if reminder else "Is this who you meant?"
    ends = _when(held.expires_at)
    return Notice(
        head,
        opening,
        (f"If you do nothing, nothing is sent: on {ends} the message comes back to you.",),
        questions,
        _holds(held),
        tuple(each.address for each in held.recipients if not each.suspect),
        _choices(questions, reply_to, subject),
        signature,
    )


def held_for_officer(held: Held, subject: str, signature: str) -> Notice:
    """Tell the sender that a security officer decides."""
    return Notice(
        "Your message waits for a security officer",
        (
            (
                f'Your message "{_short(subject)}" has not been sent yet. Your organisation\'s rules ask a security '
                "officer to look at it first. You need not do anything."
            ),
        ),
        (f"If nobody decides by {_when(held.expires_at)}, it comes back to you.",),
        _questions(held),
        _holds(held),
        signature=signature,
    )


def officer_task(held: Held, shown: frozenset[str], signature: str) -> Notice:
    """Tell an officer that something is held. ``shown``: addresses in To and Cc; a Bcc recipient is not named."""
    questions = tuple(
        each if each.address.lower() in shown else replace(each, address="a Bcc recipient", meant="", reasons=())
        for each in _questions(held)
    )
    return Notice(
        f"Held: a message of {held.sender or 'the null sender'}",
        (f"Message {held.id} waits for your decision.",),
        (
            (
                f"See it with `straymail held show {held.id}`, then `straymail held release {held.id}`, `correct` or "
                f"`discard`. Undecided, it goes back to its sender on {_when(held.expires_at)}."
            ),
        ),
        questions,
        _holds(held),
        signature=signature,
    )


def done(held: Held, subject: str, outcome: str, signature: str, finals: Sequence[str] = ()) -> Notice:
    """Tell the sender how it ended: ``sent``, ``discarded``, ``expired`` or ``failed``."""
    name = f'Your message "{_short(subject)}"'
    said = {
        "sent": ("Sent", f"{name} is on its way to {', '.join(finals)}."),
        "discarded": ("Discarded", f"{name} was not sent to anybody. Straymail keeps no copy of it."),
        "expired": (
            "Not sent",
            f"{name} was not sent, because nobody answered. It is attached: nothing of it is lost.",
        ),
        "failed": ("Could not be sent", f"{name} could not be delivered to everybody: {'; '.join(finals)}"),
    }
    head, opening = said[outcome]
    return Notice(head, (opening,), signature=signature)


def unclear(held: Held, subject: str, reply_to: Address, signature: str) -> Notice:
    """An answer that was not understood: say what is possible, do nothing."""
    asked = question(held, subject, reply_to, signature)
    return replace(
        asked,
        headline="Your answer was not understood",
        opening=(
            (
                f'Nothing was done with your message "{_short(subject)}"; it still waits. '
                "Please reply with one of the words below."
            ),
        ),
    )


def already(held: Held, subject: str, signature: str) -> Notice:
    """An answer to a question that was settled before."""
    closed = f" on {_when(held.closed_at)}" if held.closed_at else ""
    return Notice(
        "Already answered",
        (f'The question about your message "{_short(subject)}" was settled before: it was {held.state}{closed}.',),
        signature=signature,
    )


def many(signature: str) -> Notice:
    """Too many questions in an hour: one notice in place of more."""
    return Notice(
        "More of your messages are waiting",
        (
            (
                "Several of your messages are waiting for an answer. So as not to flood you, the questions about them "
                "come a few at a time during the next hours."
            ),
        ),
        signature=signature,
    )


def _questions(held: Held) -> tuple[Question, ...]:
    evidence = {each["address"]: each.get("evidence", ()) for each in held.verdict.get("recipients", ())}
    suspects = [each for each in held.recipients if each.suspect]
    return tuple(
        Question(number, each.address, each.meant[0] if each.meant else "", _reasons(evidence.get(each.address, ())))
        for number, each in enumerate(suspects, 1)
    )


def _reasons(evidence: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """The weightiest texts that speak for a stray."""
    against = [each for each in evidence if each.get("weight", 0) > 0 and each.get("sender_text")]
    against.sort(key=lambda each: -float(each["weight"]))
    texts = dict.fromkeys(_sentence(str(each["sender_text"])) for each in against)
    return tuple(texts)[:REASONS]


def _sentence(text: str) -> str:
    text = " ".join(text.split()).rstrip(".")
    return f"{text}." if text else ""


def _holds(held: Held) -> tuple[str, ...]:
    classes = [str(each.get("id", "")).partition(".")[0] for each in held.verdict.get("content", ())]
    return tuple(dict.fromkeys(_CLASSES[each] for each in classes if each in _CLASSES))


def _choices(questions: Sequence[Question], reply_to: Address, subject: str) -> tuple[Choice, ...]:
    suggested = [each.meant for each in questions if each.meant]
    all_have = bool(questions) and len(suggested) == len(questions)
    it = "them" if len(questions) > 1 else "it"
    choices = []
    if all_have:
        where = suggested[0] if len(suggested) == 1 else "the suggested addresses"
        choices.append(("fix", "Fix it", f"send {it} to {where} instead", _GREEN))
    choices.append(("send", "Send it as it is", "the address is right: send it as it is", _AMBER))
    choices.append(("discard", "Do not send it", "do not send the message to anybody", _GREY))
    return tuple(
        Choice(word, title, meaning, _mailto(reply_to, subject, word), colour, position == 0 and word == "fix")
        for position, (word, title, meaning, colour) in enumerate(choices)
    )


def _mailto(address: Address, subject: str, word: str) -> str:
    return f"mailto:{quote(str(address))}?subject={quote('Re: ' + _short(subject))}&body={quote(word)}"


def _when(unix: float | None) -> str:
    moment = datetime.fromtimestamp(unix or 0, UTC)
    return f"{moment.day} {moment:%B %Y, %H:%M} UTC"


def _short(subject: str) -> str:
    folded = _clean(subject)
    return (folded if len(folded) <= 80 else folded[:77] + "...") or "(no subject)"


def _clean(text: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _ascii(frame: Frame) -> bool:
    return str(frame.from_address).isascii() and str(frame.to).isascii()
