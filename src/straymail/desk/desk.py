"""The desk: messages in custody, their questions and answers. Sync; every step is one transaction of the record.

The desk never talks to the network: what must go out is queued in the same transaction (``record.outbound``), and a
``Courier`` carries it. What people settle (this address is right; not this but that) stands in the log, and whoever
holds the learned history takes it from there (``lessons``), so that several processes agree.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import Connection

from straymail.config import Settings
from straymail.desk import notices
from straymail.desk.delivered import settle_delivery, write_down
from straymail.desk.resolve import decisions_of
from straymail.desk.settle import Decision, Result, carry_out
from straymail.desk.signature import DELIVERY_HEADER, recognise_delivery
from straymail.desk.telling import HOUR, Teller, is_ours
from straymail.desk.words import read_answer
from straymail.errors import BadInput, Conflict, NotAsked, NotFound, TokenRefused
from straymail.evidence import Action, RecipientVerdict, Verdict
from straymail.message import Address, Envelope, Message, new_text, parse_address, parse_message
from straymail.record import Record, custody, log, outbound, tokens
from straymail.record.custody import OPEN, Held, NewHold, Waiting
from straymail.record.outbound import Delivery, Target
from straymail.verdict.decide import is_automatic

_STOPS = (Action.ASK, Action.HOLD)
SETTLED = "settled"
_REFERENCES = 20
_log = structlog.get_logger("straymail.desk")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an answer: ``done``, ``partly``, ``unclear``, ``already``, ``automatic`` or ``ignored``."""

    kind: str
    held_id: str
    text: str


_ANY = 1 << 62  # a revision none is newer than: entries of old do not say it


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a person settled: ``right`` is "" when ``address`` was confirmed, else what it was corrected to.

    Or, with the rest empty, the mark of somebody to be ``forgotten``: who is gone from the stored history of this
    ``revision`` on.
    """

    seq: int
    sender: str
    address: str
    right: str
    forgotten: str = ""
    revision: int = _ANY


class Desk:
    """Takes messages into custody and settles them.

    Args:
        record: the store.
        settings: organisation, desk and gateway sections are used.
    """

    def __init__(self, record: Record, settings: Settings) -> None:
        self.record = record
        self.tell = Teller(record.keys, settings)

    def reload(self, settings: Settings) -> None:
        """Go by these settings from now on; answers to an address it had before still arrive."""
        self.tell = Teller(self.record.keys, settings, self.tell.addresses)

    @property
    def settings(self) -> Settings:
        """Those in force."""
        return self.tell.settings

    @property
    def address(self) -> Address:
        """Where notices come from."""
        return self.tell.address

    @property
    def _voice(self) -> notices.Voice:
        return self.tell.voice

    @property
    def _markings(self) -> list[str]:
        """The organisation's own protective markings, as they are written above its mail."""
        return [each.text for each in self.settings.policy.markings]

    # Taking ----------------------------------------------------------------------------------------------------------

    def seal(self, text: str) -> str:
        """A hash that tells equal texts, and that nobody without the key can make."""
        return self.record.keys.sign("digest", text).hex()[:16]

    def take(
        self, envelope: Envelope, raw: bytes, message: Message, verdict: Verdict, view: Mapping[str, Any], now: float
    ) -> str:
        """Take a message into custody: committed, with question and log entry, when this returns.

        Args:
            envelope: as the client gave it; who waits is decided by ``verdict.split``.
            raw: the message as received, forged ``X-Straymail-*`` headers removed.
            message: the same, parsed.
            verdict: why.
            view: the verdict as JSON, kept for notices and officers.
            now: Unix seconds.

        Returns:
            The id of the held message; the same one when a client tries again.

        Raises:
            StoreDown: nothing was taken.
        """
        new = self._new_hold(envelope, raw, message, verdict, view, now)
        with self.record.writing() as connection:
            identifier, known = custody.take(connection, self.record.keys, new)
            if known:
                return identifier
            held = custody.get(connection, identifier)
            self._log(connection, now, "held", held, {"verdict": dict(view)})
            self._ask(connection, held, message, now)
        return identifier

    def sent(self, envelope: Envelope, raw: bytes, perhaps: Iterable[Sequence[Address]], now: float) -> Held | None:
        """What a client brings once more after it was released: held for one of these lists of recipients."""
        with self.record.writing() as connection:
            return custody.sent(connection, raw, _text(envelope.sender), perhaps, now)

    def _nobody_there(self, envelope: Envelope, message: Message) -> bool:
        """Whether asking the sender would talk to a machine, a list, nobody, ourselves, or a stranger."""
        sender = envelope.sender
        nobody = sender is None or self.is_desk_address(sender) or not is_ours(self.settings, envelope)
        return nobody or is_automatic(envelope, message)

    def _new_hold(
        self, envelope: Envelope, raw: bytes, message: Message, verdict: Verdict, view: Mapping[str, Any], now: float
    ) -> NewHold:
        automatic = self._nobody_there(envelope, message)
        stopped = {each.address.key: each for each in verdict.recipients if each.action in _STOPS}
        every = {address.key: address for address in envelope.recipients}
        waiting = [
            Waiting(str(address), key in stopped, _meant(stopped[key]) if key in stopped else ())
            for key, address in every.items()
            if key in stopped or not verdict.split
        ]
        officer = automatic or any(each.action is Action.HOLD for each in stopped.values())
        desk = self.settings.desk
        remind = now + desk.remind_after.total_seconds() if desk.remind_after and not officer else None
        details = {
            "parameters": list(envelope.mail_parameters),
            "recipient_parameters": {
                address.key: list(said)
                for address, said in zip(envelope.recipients, envelope.recipient_parameters, strict=False)
                if said
            },
            "authenticated": envelope.authenticated,
            "client": envelope.client,
            "queue_id": envelope.queue_id,
            "automatic": automatic,
            "went": [str(address) for key, address in every.items() if verdict.split and key not in stopped],
        }
        sender = _text(envelope.sender)
        expires = now + desk.expire_after.total_seconds()
        kind, once = "hold" if officer else "ask", bool(message.message_id)
        return NewHold(kind, sender, waiting, details, dict(view), raw, now, expires, remind, once)

    def _ask(self, connection: Connection, held: Held, message: Message, now: float) -> None:
        if held.kind == "ask":
            if not self.tell.question(connection, held, message, now):
                custody.remind_at(connection, held.id, now + HOUR)
            return
        if self.tell.reachable(held):
            told = notices.held_for_officer(held, message.subject, self._voice)
            self.tell.sender(connection, held, told, now, about=message)
        shown = frozenset(box.address.key for box in (*message.to, *message.cc))
        self.tell.officers(connection, held, notices.officer_task(held, shown, self._voice), now)

    # Answers ---------------------------------------------------------------------------------------------------------

    def is_desk_address(self, address: Address) -> bool:
        """Whether mail to it is for the desk: the desk's own address, with or without a token."""
        return self.tell.is_desk_address(address)

    def answer(self, envelope: Envelope, message: Message, now: float) -> Outcome:
        """Carry out a reply to a notice.

        What a machine sends (an out-of-office reply) is no answer, whatever it says.

        Raises:
            TokenRefused: the token is not the sender's own; nothing was done, and the log says so.
            StoreDown: nothing was done.
        """
        if message.automatic:
            return Outcome("automatic", "", "an automatic reply answers nothing")
        if self._is_thanks(envelope, message):
            return Outcome("ignored", "", "there was nothing to answer")
        try:
            identifier, text = self._asked(envelope, message)
        except TokenRefused as refused:
            with self.record.writing() as connection:
                who = {"why": str(refused), "sender": _text(envelope.sender), "client": envelope.client}
                log.append(connection, self.record.keys, [log.Entry(now, "refused", who)])
            raise
        held = self.show(identifier)
        if held.state in OPEN and held.expires_at <= now:
            self._expire(held, now)
        try:
            return self._carry_answer(identifier, message, text, now)
        except (Conflict, TokenRefused):  # settled before, perhaps a moment ago
            with self.record.writing() as connection:
                held = custody.get(connection, identifier)
                told = notices.already(held, self._subject(connection, held), self._voice)
                self.tell.answer(connection, held, told, now)
            return Outcome("already", identifier, f"it was {held.state}")

    def _asked(self, envelope: Envelope, message: Message) -> tuple[str, str]:
        """The held message a reply is about, and its token; TokenRefused unless the sender asked is who answers."""
        sender, text = envelope.sender, self._token(envelope)
        if not text:
            raise NotAsked("this mailbox reads answers to its questions only; nobody reads other mail to it")
        if sender is None or {box.address.person for box in message.from_} != {sender.person}:
            raise TokenRefused("an answer must come from the address that was asked")
        identifier = tokens.held_id_of(text, self.record.keys, sender.person, sender.key)
        try:
            return self.show(identifier).id, text
        except NotFound:
            raise TokenRefused("the message this is about is not here") from None

    def _token(self, envelope: Envelope) -> str:
        tokens_in = [each.local.lower().partition("+")[2] for each in envelope.recipients if self.is_desk_address(each)]
        return next(filter(None, tokens_in), "")

    def _is_thanks(self, envelope: Envelope, message: Message) -> bool:
        """Whether it is a reply to a notice that asked nothing, and commands nothing."""
        if self._token(envelope) or read_answer(new_text(message), 1, self._markings):
            return False
        answered = [each.partition("@")[0] for each in message.references[:_REFERENCES]]
        with self.record.reading() as connection:
            return outbound.were_notices(connection, answered)

    def _carry_answer(self, identifier: str, message: Message, text: str, now: float) -> Outcome:
        """Read, decide and settle in one transaction: of two answers at once the second sees what the first did."""
        with self.record.writing() as connection:
            held = custody.get(connection, identifier)
            if held.state not in OPEN:
                raise Conflict(held.state)
            decisions = decisions_of(held, new_text(message), self._markings)
            if decisions:
                return self._settle(connection, held, decisions, actor=held.sender, now=now, token=text)
            original = self._message(connection, held)
            reply_to = self.tell.reply_to(connection, held)
            told = notices.unclear(held, original.subject, reply_to, self._voice)
            self.tell.answer(connection, held, told, now, about=original, reply_to=reply_to)
        return Outcome("unclear", identifier, "the answer was not understood")

    # Settling --------------------------------------------------------------------------------------------------------

    def settle(
        self, identifier: str, choose: Callable[[Held], Sequence[Decision]], *, actor: str, now: float
    ) -> Outcome:
        """Carry out what an officer decides about a held message; when no recipient is left open, it moves on.

        Args:
            identifier: of the message, or the beginning of it.
            choose: the decisions; asked in the transaction, so that it sees an answer that came a moment ago.
            actor: who decides.
            now: Unix seconds.

        Raises:
            Conflict: it is no longer open. NotFound: no such message. StoreDown: nothing was done.
        """
        with self.record.writing() as connection:
            held = custody.get(connection, identifier)
            if held.state not in (*OPEN, "failed"):
                raise Conflict(f"{held.id} is {held.state}")
            return self._settle(connection, held, choose(held), actor=actor, now=now)

    def _settle(
        self,
        connection: Connection,
        held: Held,
        decisions: Sequence[Decision],
        *,
        actor: str,
        now: float,
        token: str = "",
    ) -> Outcome:
        result = carry_out(connection, self.record.keys, held, decisions, actor=actor, now=now)
        if result.closed and token:
            tokens.use(connection, token, now)
        lessons = [
            {"sender": _person(held.sender), "address": _person(each.address), "right": _person(each.right)}
            for each in result.lessons
        ]
        done = {"decisions": result.described, "actor": actor, "lessons": lessons}
        self._log(connection, now, SETTLED, held, done)
        if result.closed:
            outcome = "sent" if result.finals else "given up" if result.have else "discarded"
            subject = result.message.subject
            finals = result.finals or result.have
            told = notices.done(held, subject, outcome, self._voice, finals, officer=actor != held.sender)
            self.tell.answer(connection, held, told, now, about=result.message)
        else:
            self._ask_the_rest(connection, held.id, result, now)
        return Outcome("done" if result.closed else "partly", held.id, result.described)

    def _ask_the_rest(self, connection: Connection, identifier: str, result: Result, now: float) -> None:
        """An answer about some recipients: say what was noted, and ask again about the others."""
        held = custody.get(connection, identifier)
        if held.kind != "ask" or not self.tell.reachable(held):
            return
        reply_to = self.tell.reply_to(connection, held)
        told = notices.partly(held, result.message.subject, result.described, reply_to, self._voice)
        self.tell.answer(connection, held, told, now, about=result.message, reply_to=reply_to)

    def release(self, identifier: str, *, actor: str, now: float) -> Outcome:
        """Whoever is still open is right: send it to them. What was decided before stands.

        So a corrected message that the next hop refused is tried again at the right address, not at the wrong one.
        """

        def choose(held: Held) -> list[Decision]:
            return [Decision(position, "send") for position, each in enumerate(held.recipients) if not each.decision]

        return self.settle(identifier, choose, actor=actor, now=now)

    def correct(self, identifier: str, *, actor: str, now: float, to: Mapping[str, str] | None = None) -> Outcome:
        """Send it to the suggested addresses, or to those given (wrong address to right one).

        What was decided before stands, as ``_corrections`` says, but where a right address is given now.

        Raises:
            Conflict: there is no suggestion for a recipient in question, and none was given.
        """
        given = {parse_address(wrong).key: str(parse_address(right)) for wrong, right in (to or {}).items()}
        return self.settle(identifier, lambda held: _corrections(held, given), actor=actor, now=now)

    def discard(self, identifier: str, *, actor: str, now: float) -> Outcome:
        """Send it to nobody; its sender is told."""

        def choose(held: Held) -> list[Decision]:
            return [Decision(position, "discard") for position in range(len(held.recipients))]

        return self.settle(identifier, choose, actor=actor, now=now)

    def show(self, identifier: str) -> Held:
        """A held message by id or the beginning of it; raises NotFound."""
        with self.record.reading() as connection:
            return custody.get(connection, identifier)

    # Time ------------------------------------------------------------------------------------------------------------

    def tick(self, now: float) -> int:
        """Remind and expire what is due; returns how many messages were touched.

        Raises:
            StoreDown: the rest is due at the next tick.
        """
        with self.record.reading() as connection:
            reminders, late = custody.due(connection, now)
        steps = [*((self._remind, held) for held in reminders), *((self._expire, held) for held in late)]
        for step, held in steps:
            try:
                step(held, now)
            except BadInput as error:  # a body that cannot be decrypted: it stays, and must not stop the others
                _log.error("held.unreadable", held=held.id, problem=str(error))
        return len(steps)

    def _remind(self, due: Held, now: float) -> None:
        """Ask again; a first question that had to wait (too many this hour) is asked here too."""
        with self.record.writing() as connection:
            held = custody.get(connection, due.id)
            if held.state not in OPEN or not self.tell.reachable(held):
                custody.remind_at(connection, held.id, None)
                return
            message = self._message(connection, held)
            pause = self.settings.desk.remind_after.total_seconds()
            first = not pause or now < held.taken_at + pause
            asked = self.tell.question(connection, held, message, now, headline="" if first else notices.REMINDER)
            later = held.taken_at + pause if first and pause else None
            custody.remind_at(connection, held.id, later if asked else now + HOUR)

    def _expire(self, held: Held, now: float) -> None:
        """Nobody answered: the message goes back to its sender, whole; the officers are told of a machine's.

        Until that notice is delivered the body stays; where nobody can be told, it stays for good, as ``failed``.
        """
        with self.record.writing() as connection, contextlib.suppress(Conflict, NotFound):
            if not self.tell.reachable(held) and self.tell.must_wait(connection, now):
                return  # it is told, and ends, when the officers may be told again
            raw = custody.body(connection, self.record.keys, held.id)
            custody.transition(connection, held.id, OPEN, "expired", actor="time", now=now, keep_body=True)
            self._log(connection, now, "expired", held, {})
            message = parse_message(raw, headers_only=True)
            attached = raw if len(raw) <= notices.ATTACH_MOST else b""
            told = notices.done(held, message.subject, "expired" if attached else "too large", self._voice)
            if self.tell.sender(connection, held, told, now, about=message, original=attached, kind="return"):
                return
            task = notices.officer_news(
                held, f"expired and was not sent to anybody{notices.or_else(held)}", self._voice
            )
            if not self.tell.officers(connection, held, task, now, kind="return"):
                custody.transition(connection, held.id, ("expired",), "failed", actor="time", now=now)
                self._log(connection, now, "failed", held, {"errors": ["nobody could be told that its time was up"]})

    # Delivery --------------------------------------------------------------------------------------------------------

    def settle_delivery(self, delivery: Delivery, targets: Sequence[Target], now: float) -> str:
        """Write down how an attempt to deliver went, and what follows from it, in one transaction.

        Returns:
            ``done``, ``failed`` (nothing left to try), ``ready`` (tried again later), or ``stale`` (settled elsewhere).

        Raises:
            StoreDown: nothing was written; the attempt counts as not made.
        """
        with self.record.writing() as connection:
            return settle_delivery(connection, self.record.keys, self.tell, delivery, targets, now)

    # Lessons and re-entry --------------------------------------------------------------------------------------------

    def lessons(self, after: int) -> Iterator[Lesson]:
        """What people have settled since log entry ``after``, in order."""
        with self.record.reading() as connection:
            for entry in log.entries(connection, after=after, kinds=[SETTLED, log.FORGOTTEN]):
                if entry.kind == log.FORGOTTEN and entry.payload:
                    gone = int(entry.payload.get("revision", _ANY))
                    yield Lesson(entry.seq, "", "", "", str(entry.payload["who"]), gone)
                for each in (entry.payload or {}).get("lessons", ()):
                    yield Lesson(entry.seq, each["sender"], each["address"], each["right"])

    def recognises(self, envelope: Envelope, message: Message, raw: bytes) -> str:
        """The idempotency key when this is a message we released ourselves, unchanged, else ""."""
        value = message.header(DELIVERY_HEADER)
        return recognise_delivery(self.record.keys, value, envelope.recipients, raw) if value else ""

    # Shared ----------------------------------------------------------------------------------------------------------

    def _message(self, connection: Connection, held: Held) -> Message:
        return parse_message(custody.body(connection, self.record.keys, held.id), headers_only=True)

    def _subject(self, connection: Connection, held: Held) -> str:
        """The subject while the body is here, else ""."""
        return "" if held.state in custody.CLOSED else self._message(connection, held).subject

    def _log(self, connection: Connection, now: float, kind: str, held: Held, more: Mapping[str, Any]) -> None:
        write_down(connection, self.record.keys, now, kind, held, more)


def _corrections(held: Held, given: Mapping[str, str]) -> list[Decision]:
    """Each recipient in question to its suggestion, any recipient to what is given for it.

    What the sender has settled stands, and so does what is corrected or left out already; of a message that has failed,
    what was sent as it was is corrected.
    """
    stands = ("fix", "discard", "send") if held.state in OPEN else ("fix", "discard")
    decisions = []
    for position, each in enumerate(held.recipients):
        final = given.get(parse_address(each.address).key, "")
        if not final and each.suspect and each.decision not in stands:
            if not each.meant:
                raise Conflict(f"there is no suggestion for {each.address}: give the right one with --to")
            final = each.meant[0]
        if final:
            decisions.append(Decision(position, "fix", final))
    return decisions


def _meant(verdict: RecipientVerdict) -> tuple[str, ...]:
    return tuple(str(each) for each in verdict.meant[:3])


def _person(address: str) -> str:
    return parse_address(address).person if address else ""


def _text(address: Address | None) -> str:
    return str(address) if address else ""
