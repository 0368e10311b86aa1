"""What people are told: the words of each notice (``mail`` gives them their form).

A notice names what was found in the message by class, never by quoting it. Only the sender learns of Bcc recipients.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from typing import Any
from urllib.parse import quote

from straymail.errors import AddressError
from straymail.evidence import quotes, worth_telling
from straymail.message import Address, domain_to_unicode, parse_address
from straymail.record.custody import Held, Waiting

REASONS = 3
SHOWN = 20
"""Most recipients named one by one; the others are counted."""
ATTACH_MOST = 5 << 20
"""Bytes of a message that goes back whole with its notice: twice this is what mail servers take at least."""
REMINDER = "Still waiting: is this who you meant?"
_STATES = {
    "releasing": "released and is on its way",
    "released": "sent",
    "corrected": "corrected and sent",
    "discarded": "discarded",
    "expired": "not sent, because its time was up",
    "failed": "sent, but could not be delivered to everybody",
    "asked": "asked about",
    "held": "left to a security officer",
}
_NUMBERED = 5
"""Most numbers in a prepared answer."""
_WAITS = "is waiting and has not been sent."
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


@dataclass(frozen=True, slots=True)
class Question:
    """One recipient in question, as it stands in a notice."""

    number: int
    address: str
    meant: str
    reasons: tuple[str, ...]
    perhaps: tuple[str, ...] = ()


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
    """The words of a notice, the same for its text and its HTML form. ``more`` counts questions not shown.

    ``others`` wait with those in question, ``went`` have the message already. ``commands`` are for an officer's
    terminal.
    """

    headline: str
    opening: tuple[str, ...]
    closing: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    holds: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    went: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    signature: str = ""
    more: int = 0
    commands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Voice:
    """What all notices end with, and the time zone their times are in."""

    signature: str
    zone: tzinfo = UTC


def title(notice: Notice, subject: str) -> str:
    """The subject of a notice: its headline and the original's subject."""
    if not subject:
        return notice.headline
    return f"{notice.headline}{'' if notice.headline.endswith('?') else ':'} {_short(subject)}"


def subject_of(held: Held, subject: str) -> str:
    """A subject as a notice may repeat it: "" when a secret was found in it."""
    content = held.verdict.get("content", ())
    secret = any(str(each.get("where")) == "subject" and quotes(str(each.get("id"))) for each in content)
    return "" if secret else subject


def _which(held: Held, subject: str, voice: Voice) -> str:
    """The message by its subject; by its time where there is none that may be repeated, or the message is gone."""
    shown = subject_of(held, subject)
    return f'"{_short(shown)}"' if shown else f"of {_when(held.taken_at, voice)}"


def question(held: Held, subject: str, reply_to: Address, voice: Voice, *, headline: str = "") -> Notice:
    """Ask the sender about the recipients that are still open."""
    questions, went = _questions(held), gone_to(held)
    name = f"Your message {_which(held, subject, voice)}"
    opening = f"{name} has gone to its other recipients, but waits for the rest. " if went else f"{name} {_WAITS} "
    ends = _when(held.expires_at, voice)
    return Notice(
        headline or "Is this who you meant?",
        (opening + _look(questions),),
        (f"If you do nothing, nothing {'more ' if went else ''}is sent: on {ends} the message comes back to you.",),
        questions[:SHOWN],
        _holds(held),
        _first([_said(each) for each in held.recipients if not each.suspect or each.decision]),
        _first([readable(each) for each in went]),
        _choices(questions, reply_to, subject_of(held, subject), held),
        voice.signature,
        len(questions[SHOWN:]),
    )


def gone_to(held: Held) -> tuple[str, ...]:
    """Who got the message while the others had to wait."""
    return tuple(str(each) for each in held.envelope.get("went", ()))


def _look(questions: Sequence[Question]) -> str:
    """What is said of those in question; a rule may ask about somebody nothing speaks against."""
    several = len(questions) > 1
    if not any(each.reasons or each.meant for each in questions):
        return f"Please look at {'these recipients' if several else 'this recipient'} once more:"
    return "These recipients look wrong:" if several else "One recipient looks wrong:"


def partly(held: Held, subject: str, noted: str, reply_to: Address, voice: Voice) -> Notice:
    """An answer about some recipients was noted; the others are still open."""
    asked = question(held, subject, reply_to, voice, headline="Noted. And the others?")
    opening = (
        f"Noted: {_decoded(noted)}.",
        f"Your message {_which(held, subject, voice)} still waits, because this is not settled yet:",
    )
    return replace(asked, opening=opening)


def held_for_officer(held: Held, subject: str, voice: Voice) -> Notice:
    """Tell the sender that a security officer decides."""
    went = gone_to(held)
    state = "has gone to its other recipients, but not to those below" if went else "has not been sent yet"
    return Notice(
        "Your message waits for a security officer",
        (
            (
                f"Your message {_which(held, subject, voice)} {state}. Your organisation's rules ask a "
                "security officer to look at it first. You need not do anything."
            ),
        ),
        (f"If nobody decides by {_when(held.expires_at, voice)}, it comes back to you.",),
        _questions(held)[:SHOWN],
        _holds(held),
        went=_first([readable(each) for each in went]),
        signature=voice.signature,
        more=len(_questions(held)[SHOWN:]),
    )


def officer_task(held: Held, shown: frozenset[str], voice: Voice) -> Notice:
    """Tell an officer that something is held. ``shown``: addresses in To and Cc; a Bcc recipient is not named."""
    questions = tuple(
        each
        if each.address.lower() in shown
        else replace(each, address="a Bcc recipient", meant="", reasons=(), perhaps=())
        for each in _questions(held)
    )
    return Notice(
        f"Held: a message of {held.sender or 'the null sender'}",
        (f"Message {held.id} waits for your decision{_by_rules(held)}.", *_gone_on(held)),
        (f"Undecided, it expires on {_when(held.expires_at, voice)} and is sent to nobody{or_else(held)}.",),
        questions[:SHOWN],
        _holds(held),
        signature=voice.signature,
        more=len(questions[SHOWN:]),
        commands=tuple(f"straymail held {each} {held.id}" for each in ("show", "release", _correct(held), "discard")),
    )


def _correct(held: Held) -> str:
    """``correct``, and what it needs where nobody knows who was meant."""
    open_ = [each for each in held.recipients if each.suspect and not each.decision]
    if all(each.meant for each in open_):
        return "correct"
    return "correct --to RIGHT" if len(open_) == 1 else "correct --to WRONG=RIGHT"


def rules_of(held: Held) -> tuple[str, ...]:
    """The policy rules (or thresholds) that stopped it, for officers."""
    waiting = {each.address for each in held.recipients if each.suspect}
    found = [str(each.get("rule", "")) for each in held.verdict.get("recipients", ()) if each["address"] in waiting]
    return tuple(dict.fromkeys(filter(None, found)))


def _by_rules(held: Held) -> str:
    rules = rules_of(held)
    return f" ({'rules' if len(rules) > 1 else 'rule'}: {clean(', '.join(_first(rules)))})" if rules else ""


def _gone_on(held: Held) -> tuple[str, ...]:
    """How many have it already; not who: a Bcc recipient may be among them."""
    many = len(gone_to(held))
    return (f"It has gone to {many} other recipient{'s' if many > 1 else ''}.",) if many else ()


def or_else(held: Held) -> str:
    """What "nobody" lacks where some have it."""
    return " else" if gone_to(held) else ""


def officer_news(held: Held, what: str, voice: Voice) -> Notice:
    """Tell an officer what became of a message whose sender cannot be told (a machine, or the null sender)."""
    return Notice(
        f"Message {held.id} {what}",
        (f"Nobody can be told at {held.sender or 'the null sender'}, so you are: message {held.id} {what}.",),
        signature=voice.signature,
        commands=(f"straymail held show {held.id}",),
    )


def done(
    held: Held, subject: str, outcome: str, voice: Voice, finals: Sequence[str] = (), *, officer: bool = False
) -> Notice:
    """How it ended.

    ``outcome``: ``sent``, ``discarded``, ``given up`` (some have it), ``expired``, ``too large`` (expired, but not
    attached) or ``failed``. ``finals``: the addresses concerned. ``officer``: not the sender has decided so.
    """
    name = f"Your message {_which(held, subject, voice)}"
    concerned = _first([readable(each) for each in finals])
    unsent = f"{name} was not sent{_to_the_rest(held)}, because {_silent(held)}."
    said = {
        "sent": ("Sent", f"{name} is on its way to {', '.join(concerned)}."),
        "given up": (
            "Sent to nobody else",
            f"{name} has reached {', '.join(concerned)} and is sent to nobody else.",
        ),
        "discarded": ("Discarded", f"{name} was not sent to anybody. Straymail keeps no copy of it."),
        "expired": ("Not sent", f"{unsent} It is attached: nothing of it is lost."),
        "too large": (
            "Not sent",
            f"{unsent} It is too large to be attached here; you will find it among the mail you have sent.",
        ),
        "failed": ("Could not be sent", f"{name} could not be delivered to everybody: {'; '.join(_first(finals))}"),
    }
    head, opening = said[outcome]
    closing = {
        "failed": f"It is kept as {held.id}: ask your mail administrator, who can try again.",
        "expired": _again(held),
        "too large": _again(held),
    }.get(outcome, "This was a security officer's decision." if officer else None)
    back = outcome in ("expired", "too large")  # after days nobody remembers who was in question
    asked, went = (_questions(held), _first([readable(each) for each in gone_to(held)])) if back else ((), ())
    closings = (closing,) if closing else ()
    return Notice(
        head, (opening,), closings, asked[:SHOWN], went=went, signature=voice.signature, more=len(asked[SHOWN:])
    )


def _to_the_rest(held: Held) -> str:
    """`` to`` whom it waited, where others have it."""
    waited = _first([readable(each.address) for each in held.recipients])
    return f" to {', '.join(waited)}" if gone_to(held) else ""


def _silent(held: Held) -> str:
    if held.kind == "hold" or held.state == "held":
        return "no security officer decided in time"
    answered = any(each.decision for each in held.recipients)
    return "the question about it was answered in part only" if answered else "nobody answered"


def _again(held: Held) -> str:
    if gone_to(held):
        return "The others have it. If it should go further after all, send it to the right address only."
    return "If it should go after all, send it again to the right address."


def unclear(held: Held, subject: str, reply_to: Address, voice: Voice) -> Notice:
    """An answer that was not understood: say what is possible, do nothing."""
    asked = question(held, subject, reply_to, voice)
    return replace(
        asked,
        headline="Your answer was not understood",
        opening=(
            (
                f"Nothing was done with your message {_which(held, subject, voice)}; it still waits. "
                "Please reply with one of the words below."
            ),
        ),
    )


def already(held: Held, subject: str, voice: Voice) -> Notice:
    """An answer to a question that was settled before; ``subject`` is "" once the message is gone."""
    which = _which(held, subject, voice)
    closed = f" on {_when(held.closed_at, voice)}" if held.closed_at else ""
    rest = " Its other recipients have had it from the start." if gone_to(held) else ""
    return Notice(
        "Already answered",
        (
            f"The question about your message {which} was settled before: it was {_STATES[held.state]}{closed}.{rest}",
            "Nothing more was done. If something went wrong, write the message again.",
        ),
        signature=voice.signature,
    )


def many(voice: Voice) -> Notice:
    """Too many questions in an hour: one notice in place of more."""
    return Notice(
        "More of your messages are waiting",
        (
            (
                "Several of your messages are waiting for an answer. So as not to flood you, the questions about them "
                "come a few at a time during the next hours."
            ),
        ),
        signature=voice.signature,
    )


def many_tasks(voice: Voice) -> Notice:
    """Too many held messages in an hour for an officer: one notice in place of more."""
    return Notice(
        "More messages are held",
        ("Several more messages wait for your decision.",),
        signature=voice.signature,
        commands=("straymail held list",),
    )


def _questions(held: Held) -> tuple[Question, ...]:
    """The recipients still open; each keeps its number whatever was answered about the others."""
    evidence = {each["address"]: each.get("evidence", ()) for each in held.verdict.get("recipients", ())}
    suspects = [each for each in held.recipients if each.suspect]
    return tuple(
        Question(
            number,
            each.address,
            each.meant[0] if each.meant else "",
            _reasons(evidence.get(each.address, ())),
            each.meant[1:],
        )
        for number, each in enumerate(suspects, 1)
        if not each.decision
    )


def _reasons(evidence: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """The weightiest texts that speak for a stray."""
    against = [each for each in evidence if each.get("weight", 0) > 0 and each.get("sender_text")]
    against.sort(key=lambda each: -float(each["weight"]))
    texts = dict.fromkeys(_sentence(str(each["sender_text"])) for each in against)
    return tuple(texts)[:REASONS]


def _sentence(text: str) -> str:
    text = _decoded(" ".join(text.split())).rstrip(".")
    return f"{text}." if text else ""


def _holds(held: Held) -> tuple[str, ...]:
    """What it holds, in words; guesses are not told."""
    content = held.verdict.get("content", ())
    found = [(str(each.get("id", "")), float(each.get("confidence", 1.0))) for each in content]
    classes = [identifier.partition(".")[0] for identifier, sure in found if worth_telling(identifier, sure)]
    return tuple(dict.fromkeys(_CLASSES[each] for each in classes if each in _CLASSES))


def _choices(questions: Sequence[Question], reply_to: Address, subject: str, held: Held) -> tuple[Choice, ...]:
    several = len(questions) > 1
    right = "the addresses are right" if several else "the address is right"
    choices = [
        *_fixes(questions),
        ("send", "Send it", f"{right}: send it as it is", _AMBER),
        *(_leaving_out(questions) if _others_go(held) else ()),
        _no_sending(held),
    ]
    return tuple(
        Choice(word, head, meaning, _mailto(reply_to, subject, word), colour, not position and colour == _GREEN)
        for position, (word, head, meaning, colour) in enumerate(choices)
    )


def _no_sending(held: Held) -> tuple[str, str, str, str]:
    if gone_to(held):
        return "discard", "Discard it", "do not send it to anybody else; the others have it", _GREY
    return "discard", "Discard it", "do not send the message to anybody", _GREY


def _fixes(questions: Sequence[Question]) -> list[tuple[str, str, str, str]]:
    """``fix`` where each recipient has a suggestion, ``fix 1 3`` where only some have, nothing where none has."""
    suggested = [each for each in questions if each.meant]
    if not suggested:
        return []
    where = readable(suggested[0].meant) if len(suggested) == 1 else "the suggested addresses"
    if len(suggested) == len(questions):
        every = ("fix", "Fix it", f"send it to {where} instead", _GREEN)
        perhaps = suggested[0].perhaps if len(questions) == 1 else ()
        names = [(each, readable(each)) for each in perhaps]
        return [every, *((f"fix {each}", f"To {name}", f"send it to {name} instead", _GREEN) for each, name in names)]
    numbers = " ".join(str(each.number) for each in suggested[:_NUMBERED])
    return [(f"fix {numbers}", f"Fix {numbers}", f"send it to {where} instead, and ask about the others", _GREEN)]


def _leaving_out(questions: Sequence[Question]) -> list[tuple[str, str, str, str]]:
    """``discard 1 2``: the recipients in question get nothing, the others get the message."""
    if len(questions) > _NUMBERED:
        return []
    numbers = " ".join(str(each.number) for each in questions)
    whom = "these recipients" if len(questions) > 1 else "this recipient"
    return [(f"discard {numbers}", "Send it to the others only", f"leave {whom} out; the others get it", _GREY)]


def _others_go(held: Held) -> bool:
    """Whether somebody gets the message when all that is open is left out."""
    return any(not each.suspect or each.decision in ("send", "fix") for each in held.recipients)


def _mailto(address: Address, subject: str, word: str) -> str:
    title = f"Re: {_short(subject)}" if subject else "Re:"
    return f"mailto:{quote(str(address), safe='/@')}?subject={quote(title)}&body={quote(word)}"


def _when(unix: float | None, voice: Voice) -> str:
    moment = datetime.fromtimestamp(unix or 0, voice.zone)
    return f"{moment.day} {moment:%B %Y, %H:%M %Z}"


def _said(each: Waiting) -> str:
    address = readable(each.address)
    return {"fix": f"{readable(each.final)} (corrected)", "discard": f"not {address}"}.get(each.decision, address)


def _first(texts: Sequence[str]) -> tuple[str, ...]:
    """The first ``SHOWN``, and how many more."""
    more = len(texts) - SHOWN
    return (*texts[:SHOWN], f"and {more} more") if more > 0 else tuple(texts)


def _short(subject: str) -> str:
    folded = clean(subject)
    return (folded if len(folded) <= 80 else folded[:77] + "...") or "(no subject)"


def clean(text: str) -> str:
    """One line of what can be shown."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def readable(address: str) -> str:
    """An address as people read it; whatever is none as it stands."""
    try:
        return parse_address(address).readable if "xn--" in address else address
    except AddressError:
        return address


def _decoded(text: str) -> str:
    """A text about addresses with internationalised domains as people read them."""
    words = (word.rpartition("@") for word in text.split(" "))
    return " ".join(f"{local}{at}{domain_to_unicode(domain)}" for local, at, domain in words)
