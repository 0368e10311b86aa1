"""The desk: messages in custody, their questions and answers. Sync; every step is one transaction of the record.

The desk never talks to the network: what must go out is queued in the same transaction (``record.outbound``), and a
``Courier`` carries it. What people settle (this address is right; not this but that) stands in the log, and whoever
holds the learned history takes it from there (``lessons``), so that several processes agree.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from straymail.config import Settings
from straymail.desk import notices
from straymail.desk.notices import Frame, Notice
from straymail.desk.settle import Decision, carry_out
from straymail.desk.signature import DELIVERY_HEADER, recognise_delivery
from straymail.desk.words import Answer, read_answer
from straymail.errors import Conflict, TokenRefused
from straymail.evidence import Action, Verdict
from straymail.message import Address, Envelope, Message, new_text, parse_address, parse_message
from straymail.record import Record, custody, log, outbound, tokens
from straymail.record.custody import OPEN, Held, NewHold, Waiting

_STOPS = (Action.ASK, Action.HOLD)
SETTLED = "settled"
HOUR = 3_600.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an answer. ``kind``: ``done``, ``partly``, ``unclear`` or ``already``."""

    kind: str
    held_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a person settled: ``right`` is "" when ``address`` was confirmed, else what it was corrected to."""

    seq: int
    sender: str
    address: str
    right: str


class Desk:
    """Takes messages into custody and settles them.

    Args:
        record: the store.
        settings: organisation, desk and gateway sections are used.
    """

    def __init__(self, record: Record, settings: Settings) -> None:
        self.record, self.settings = record, settings
        self.address = settings.desk_address
        self._signature = (
            f"Straymail asks before mail leaves for the wrong person. {settings.organisation.name}".strip()
        )

    # Taking ----------------------------------------------------------------------------------------------------------

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
        new = self._new_hold(envelope, raw, verdict, view, now)
        with self.record.writing() as connection:
            identifier, known = custody.take(connection, self.record.keys, new)
            if known:
                return identifier
            held = custody.get(connection, identifier)
            self._log(connection, now, "held", held, {"verdict": dict(view)})
            if not message.automatic:
                self._ask(connection, held, message, now)
        return identifier

    def _new_hold(
        self, envelope: Envelope, raw: bytes, verdict: Verdict, view: Mapping[str, Any], now: float
    ) -> NewHold:
        stopped = {each.address.key: each for each in verdict.recipients if each.action in _STOPS}
        waiting = [
            Waiting(
                str(address),
                address.key in stopped,
                tuple(str(meant) for meant in stopped[address.key].meant[:3]) if address.key in stopped else (),
            )
            for address in envelope.recipients
            if address.key in stopped or not verdict.split
        ]
        officer = envelope.sender is None or any(each.action is Action.HOLD for each in stopped.values())
        desk = self.settings.desk
        remind = now + desk.remind_after.total_seconds() if desk.remind_after and not officer else None
        details = {
            "parameters": list(envelope.mail_parameters),
            "authenticated": envelope.authenticated,
            "client": envelope.client,
            "queue_id": envelope.queue_id,
        }
        sender = str(envelope.sender) if envelope.sender else ""
        expires = now + desk.expire_after.total_seconds()
        return NewHold("hold" if officer else "ask", sender, waiting, details, dict(view), raw, now, expires, remind)

    def _ask(self, connection: Connection, held: Held, message: Message, now: float) -> None:
        if held.kind == "ask":
            if not self._question(connection, held, message, now):
                custody.remind_at(connection, held.id, now + HOUR)
            return
        if held.sender:
            told = notices.held_for_officer(held, message.subject, self._signature)
            self._send(connection, told, held.sender, message, now, held.id)
        shown = frozenset(box.address.key for box in (*message.to, *message.cc))
        for officer in self.settings.organisation.officers:
            task = notices.officer_task(held, shown, self._signature)
            self._send(connection, task, str(officer), None, now, held.id, subject=f"Held: {held.id}")

    def _question(
        self, connection: Connection, held: Held, message: Message, now: float, *, reminder: bool = False
    ) -> bool:
        """Queue the question unless the sender has had enough notices this hour; whether it was queued."""
        had = outbound.recent_notices(connection, held.sender, now - HOUR)
        if had >= self.settings.desk.notice_rate:
            if had == self.settings.desk.notice_rate:
                self._send(
                    connection, notices.many(self._signature), held.sender, None, now, "", subject="Mail is waiting"
                )
            return False
        reply_to = self._reply_to(connection, held)
        asked = notices.question(held, message.subject, reply_to, self._signature, reminder=reminder)
        self._send(connection, asked, held.sender, message, now, held.id, reply_to=reply_to)
        return True

    def _reply_to(self, connection: Connection, held: Held) -> Address:
        sender = parse_address(held.sender)
        text = tokens.issue(connection, self.record.keys, held.id, sender.key, held.expires_at)
        return Address(f"{self.address.local}+{text}", self.address.domain)

    def _send(
        self,
        connection: Connection,
        notice: Notice,
        to: str,
        about: Message | None,
        now: float,
        held_id: str,
        *,
        reply_to: Address | None = None,
        subject: str = "",
        original: bytes = b"",
    ) -> None:
        """Queue a notice. Its subject is the original's, so that it stands in the same thread."""
        identifier = custody.new_id()
        title = subject or f"{notice.headline}: {about.subject if about else ''}".rstrip(": ")
        frame = Frame(
            self.settings.desk.from_name,
            reply_to or self.address,
            parse_address(to),
            title,
            datetime.fromtimestamp(now, UTC),
            identifier,
            about.message_id if about else "",
            original,
        )
        raw = notices.as_mail(notice, frame)
        outbound.enqueue(
            connection,
            self.record.keys,
            kind="notice",
            held_id=held_id,
            sender="",
            recipients=[to],
            raw=raw,
            now=now,
            parameters=() if raw.isascii() and to.isascii() else ("SMTPUTF8",),
            identifier=identifier,
        )

    # Answers ---------------------------------------------------------------------------------------------------------

    def is_desk_address(self, address: Address) -> bool:
        """Whether mail to it is for the desk: the desk's own address, with or without a token."""
        local = address.local.lower().partition("+")[0]
        return local == self.address.local.lower() and address.domain == self.address.domain

    def answer(self, envelope: Envelope, message: Message, now: float) -> Outcome:
        """Carry out a reply to a notice.

        Raises:
            TokenRefused: the token is not the sender's own; nothing was done. StoreDown: nothing was done.
        """
        sender = envelope.sender.person if envelope.sender else ""
        written = {box.address.person for box in message.from_}
        text = next((found for address in envelope.recipients if (found := self._token_in(address))), "")
        if not sender or written != {sender}:
            raise TokenRefused("an answer must come from the address that was asked")
        identifier = self._token_owner(text, envelope, now)
        with self.record.reading() as connection:
            held = custody.get(connection, identifier)
        numbers = sum(each.suspect for each in held.recipients)
        answers = read_answer(new_text(message), numbers) if message.message_id != "" or message.parts else None
        try:
            return self._carry_answer(held, answers, text, now)
        except Conflict:
            with self.record.writing() as connection:
                held = custody.get(connection, identifier)
                self._reply(connection, notices.already(held, self._subject(held), self._signature), held, now)
            return Outcome("already", identifier, f"it was {held.state}")

    def _token_in(self, address: Address) -> str:
        return address.local.lower().partition("+")[2] if self.is_desk_address(address) else ""

    def _token_owner(self, text: str, envelope: Envelope, now: float) -> str:
        """Whose message the token is for; a refusal is written into the log."""
        sender = envelope.sender
        assert sender is not None
        try:
            return tokens.held_id_of(text, self.record.keys, sender.key)
        except TokenRefused as refused:
            with self.record.writing() as connection:
                entry = log.Entry(
                    now, "refused", {"why": str(refused), "sender": sender.key, "client": envelope.client}
                )
                log.append(connection, self.record.keys, [entry])
            raise

    def _carry_answer(self, held: Held, answers: Sequence[Answer] | None, text: str, now: float) -> Outcome:
        if held.state not in OPEN:
            raise Conflict(held.state)
        decisions = _decisions(held, answers)
        if not decisions:
            with self.record.writing() as connection:
                address = Address(f"{self.address.local}+{text}", self.address.domain)
                told = notices.unclear(held, self._subject(held), address, self._signature)
                self._reply(connection, told, held, now, reply_to=address)
            return Outcome("unclear", held.id, "the answer was not understood")
        return self.settle(held.id, decisions, actor=held.sender, now=now, token=text)

    # Settling --------------------------------------------------------------------------------------------------------

    def settle(
        self, identifier: str, decisions: Iterable[Decision], *, actor: str, now: float, token: str = ""
    ) -> Outcome:
        """Carry out decisions about recipients of a held message; when none is left open, the message moves on.

        Raises:
            Conflict: it is no longer open. NotFound: no such message. StoreDown: nothing was done.
        """
        with self.record.writing() as connection:
            held = custody.get(connection, identifier)
            if held.state not in OPEN and not (held.state == "failed" and not token):
                raise Conflict(f"{held.id} is {held.state}")
            result = carry_out(connection, self.record.keys, held, tuple(decisions), actor=actor, now=now)
            if result.closed and token:
                tokens.use(connection, token, now)
            lessons = [
                {"sender": _person(held.sender), "address": _person(each.address), "right": _person(each.right)}
                for each in result.lessons
            ]
            done = {"decisions": result.described, "actor": actor, "lessons": lessons}
            self._log(connection, now, SETTLED, held, done)
            if result.closed and held.sender:
                outcome = "sent" if result.finals else "discarded"
                told = notices.done(held, result.subject, outcome, self._signature, result.finals)
                self._reply(connection, told, held, now)
        return Outcome("done" if result.closed else "partly", held.id, result.described)

    def release(self, identifier: str, *, actor: str, now: float) -> Outcome:
        """Everything is right: send it as it is."""
        return self._all(identifier, "send", actor, now)

    def correct(self, identifier: str, *, actor: str, now: float, to: Mapping[str, str] | None = None) -> Outcome:
        """Send it to the suggested addresses, or to those given (wrong address to right one).

        Raises:
            Conflict: there is no suggestion for a recipient in question, and none was given.
        """
        held = self.show(identifier)
        given = {parse_address(wrong).key: right for wrong, right in (to or {}).items()}
        decisions = []
        for position, each in enumerate(held.recipients):
            final = given.get(parse_address(each.address).key, each.meant[0] if each.suspect and each.meant else "")
            if each.suspect and not final:
                raise Conflict(f"there is no suggestion for {each.address}: say which address is right")
            if final:
                decisions.append(Decision(position, "fix", str(parse_address(final))))
        return self.settle(held.id, decisions, actor=actor, now=now)

    def discard(self, identifier: str, *, actor: str, now: float) -> Outcome:
        """Send it to nobody; its sender is told."""
        return self._all(identifier, "discard", actor, now)

    def _all(self, identifier: str, word: str, actor: str, now: float) -> Outcome:
        held = self.show(identifier)
        decisions = [Decision(position, word) for position in range(len(held.recipients))]
        return self.settle(held.id, decisions, actor=actor, now=now)

    def show(self, identifier: str) -> Held:
        """A held message by id or the beginning of it; raises NotFound."""
        with self.record.reading() as connection:
            return custody.get(connection, identifier)

    # Time ------------------------------------------------------------------------------------------------------------

    def tick(self, now: float) -> int:
        """Remind and expire what is due; returns how many messages were touched."""
        with self.record.reading() as connection:
            reminders, late = custody.due(connection, now)
        for held in reminders:
            with self.record.writing() as connection:
                asked = self._question(connection, held, self._message(connection, held), now, reminder=True)
                custody.remind_at(connection, held.id, None if asked else now + HOUR)
        for held in late:
            with contextlib.suppress(Conflict):
                self._expire(held, now)
        return len(reminders) + len(late)

    def _expire(self, held: Held, now: float) -> None:
        """Nobody answered: the message goes back to its sender, whole."""
        with self.record.writing() as connection:
            raw = custody.body(connection, self.record.keys, held.id)
            custody.transition(connection, held.id, OPEN, "expired", actor="time", now=now)
            self._log(connection, now, "expired", held, {})
            if held.sender:
                message = parse_message(raw)
                told = notices.done(held, message.subject, "expired", self._signature)
                self._send(connection, told, held.sender, message, now, held.id, original=raw)

    def failed(self, delivery: outbound.Delivery, targets: Sequence[outbound.Target], now: float) -> None:
        """The next hop refused a released message for good: it stays, visible, and its sender is told."""
        with self.record.writing() as connection:
            held = custody.get(connection, delivery.held_id)
            custody.transition(connection, held.id, ("releasing",), "failed", actor="next hop", now=now)
            errors = [f"{each.address}: {each.error}" for each in targets if each.state == "failed"]
            self._log(connection, now, "failed", held, {"errors": errors})
            if held.sender:
                told = notices.done(held, self._subject(held), "failed", self._signature, errors)
                self._reply(connection, told, held, now)

    def delivered(self, delivery: outbound.Delivery, now: float) -> None:
        """A released message is with the next hop: its body goes."""
        with self.record.writing() as connection:
            held = custody.get(connection, delivery.held_id)
            state = "corrected" if any(each.decision == "fix" for each in held.recipients) else "released"
            custody.transition(connection, held.id, ("releasing",), state, actor=held.actor, now=now)
            self._log(connection, now, state, held, {"delivery": delivery.id})

    # Lessons and re-entry --------------------------------------------------------------------------------------------

    def lessons(self, after: int) -> Iterator[Lesson]:
        """What people have settled since log entry ``after``, in order."""
        with self.record.reading() as connection:
            for entry in log.entries(connection, after=after, kinds=[SETTLED]):
                for each in (entry.payload or {}).get("lessons", ()):
                    yield Lesson(entry.seq, each["sender"], each["address"], each["right"])

    def recognises(self, envelope: Envelope, message: Message, raw: bytes) -> str:
        """The idempotency key when this is a message we released ourselves, unchanged, else ""."""
        value = message.header(DELIVERY_HEADER)
        return recognise_delivery(self.record.keys, value, envelope.recipients, raw) if value else ""

    # Shared ----------------------------------------------------------------------------------------------------------

    def _reply(
        self, connection: Connection, notice: Notice, held: Held, now: float, *, reply_to: Address | None = None
    ) -> None:
        if outbound.recent_notices(connection, held.sender, now - HOUR) <= self.settings.desk.notice_rate:
            self._send(connection, notice, held.sender, None, now, held.id, reply_to=reply_to, subject=notice.headline)

    def _message(self, connection: Connection, held: Held) -> Message:
        return parse_message(custody.body(connection, self.record.keys, held.id), headers_only=True)

    def _subject(self, held: Held) -> str:
        """The subject while the body is here, else ""."""
        with self.record.reading() as connection:
            if held.state in custody.CLOSED:
                return ""
            return self._message(connection, held).subject

    def _log(self, connection: Connection, now: float, kind: str, held: Held, more: Mapping[str, Any]) -> None:
        payload = {
            "held": held.id,
            "sender": held.sender,
            "recipients": [each.address for each in held.recipients],
            **more,
        }
        log.append(connection, self.record.keys, [log.Entry(now, kind, payload)])


def _decisions(held: Held, answers: Sequence[Answer] | None) -> list[Decision]:
    """Answers as decisions about positions; empty when they ask for what is not possible (fix without a suggestion)."""
    suspects = [position for position, each in enumerate(held.recipients) if each.suspect]
    decisions: list[Decision] = []
    for answer in answers or ():
        if answer.number == 0 and answer.word == "discard":
            return [Decision(position, "discard") for position in range(len(held.recipients))]
        for position in suspects if answer.number == 0 else [suspects[answer.number - 1]]:
            meant = held.recipients[position].meant
            if answer.word == "fix" and not meant:
                return []
            decisions.append(Decision(position, answer.word, meant[0] if answer.word == "fix" else ""))
    return decisions


def _person(address: str) -> str:
    return parse_address(address).person if address else ""
