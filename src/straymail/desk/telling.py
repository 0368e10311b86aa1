"""Whom the desk writes to, how often, and never: notices are queued here, in the caller's transaction.

Never to the null sender, to machines and lists (RFC 3834 section 2), or to the desk itself: nothing the desk writes can
start a loop. Nor to strangers, whose mail is only passed on: a notice would name an address they were not to know.
What a sender cannot be told, the officers are told.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import Connection

from straymail.config import Settings
from straymail.desk import notices
from straymail.desk.mail import Frame, as_mail
from straymail.desk.notices import Notice
from straymail.message import Address, Envelope, Message, parse_address
from straymail.record import Keys, custody, outbound, tokens
from straymail.record.custody import Held

HOUR = 3_600.0


def is_ours(settings: Settings, envelope: Envelope) -> bool:
    """Whether one of ours sends: an own domain, somebody logged in, or the null sender. All are ours if none is own."""
    organisation = settings.organisation
    if envelope.sender is None or envelope.authenticated or not organisation.domains:
        return True
    return organisation.is_own(envelope.sender.domain)


def _about(held: Held, message: Message) -> Message:
    """The message as a notice is about it: without a subject that must not be repeated."""
    return replace(message, subject=notices.subject_of(held, message.subject))


class Teller:
    """Queues notices.

    Args:
        keys: sign tokens and encrypt what is queued.
        settings: organisation and desk sections are used.
        former: addresses the desk had before.
    """

    def __init__(self, keys: Keys, settings: Settings, former: Iterable[Address] = ()) -> None:
        self.keys, self.settings = keys, settings
        self.address = settings.desk_address
        self.addresses = frozenset((self.address, *former))
        name = settings.organisation.name
        signature = f"{name + ': ' if name else ''}Straymail asks before mail leaves for the wrong person."
        self.voice = notices.Voice(signature, settings.desk.time_zone)

    def is_desk_address(self, address: Address) -> bool:
        """Whether mail to it is for the desk: the desk's own address, with or without a token."""
        local = address.local.lower().partition("+")[0]
        return any(local == each.local.lower() and address.domain == each.domain for each in self.addresses)

    def reachable(self, held: Held) -> bool:
        """Whether its sender may be written to: a person, and not the desk itself."""
        if not held.sender or held.envelope.get("automatic", False):
            return False
        return not self.is_desk_address(parse_address(held.sender))

    def question(self, connection: Connection, held: Held, message: Message, now: float, *, headline: str = "") -> bool:
        """Ask the sender about what is still open, unless there were enough notices this hour; whether it was asked."""
        if not self._room(connection, held.sender, now, notices.many(self.voice)):
            return False
        reply_to = self.reply_to(connection, held)
        asked = notices.question(held, message.subject, reply_to, self.voice, headline=headline)
        self.send(connection, asked, held.sender, _about(held, message), now, held.id, reply_to=reply_to)
        return True

    def reply_to(self, connection: Connection, held: Held) -> Address:
        """The desk's address with the token of this message for its sender."""
        sender = parse_address(held.sender)
        text = tokens.issue(connection, self.keys, held.id, sender.person, held.expires_at)
        return Address(f"{self.address.local}+{text}", self.address.domain)

    def sender(
        self,
        connection: Connection,
        held: Held,
        notice: Notice,
        now: float,
        *,
        about: Message | None = None,
        original: bytes = b"",
        reply_to: Address | None = None,
        kind: str = "notice",
    ) -> bool:
        """Tell the sender, if anybody is there; whether it was told."""
        if not self.reachable(held):
            return False
        named = _about(held, about) if about else None
        self.send(connection, notice, held.sender, named, now, held.id, original=original, reply_to=reply_to, kind=kind)
        return True

    def answer(
        self,
        connection: Connection,
        held: Held,
        notice: Notice,
        now: float,
        *,
        about: Message | None = None,
        reply_to: Address | None = None,
    ) -> None:
        """Answer a sender's reply, but no more of them than the rate allows: replies may come from a machine."""
        if outbound.recent_notices(connection, held.sender, now - HOUR, now) <= self.settings.desk.notice_rate:
            self.sender(connection, held, notice, now, about=about, reply_to=reply_to)

    def officers(
        self, connection: Connection, held: Held, notice: Notice, now: float, *, kind: str = "notice", but: str = ""
    ) -> bool:
        """Tell each officer but one; beyond the rate one notice says to look at the list. Whether anybody was told."""
        told = False
        for officer in self.settings.organisation.officers:
            if str(officer) != but and self._room(connection, str(officer), now, notices.many_tasks(self.voice)):
                self.send(connection, notice, str(officer), None, now, held.id, kind=kind)
                told = True
        return told

    def somebody(self, connection: Connection, held: Held, notice: Notice, now: float) -> bool:
        """Tell the officers what its sender cannot be told; where none is named, the postmaster (RFC 5321 4.5.1)."""
        if self.settings.organisation.officers:
            return self.officers(connection, held, notice, now, but=held.sender)
        postmaster = Address("postmaster", self.address.domain)
        room = held.sender.lower() != str(postmaster) and self._room(
            connection, str(postmaster), now, notices.many_tasks(self.voice)
        )
        if room:
            self.send(connection, notice, str(postmaster), None, now, held.id)
        return room

    def must_wait(self, connection: Connection, now: float) -> bool:
        """Whether there are officers, and each has been told so much that he is told no more for now."""
        officers, most = self.settings.organisation.officers, self.settings.desk.notice_rate
        return bool(officers) and all(
            outbound.recent_notices(connection, str(each), now - HOUR, now) >= most for each in officers
        )

    def _room(self, connection: Connection, to: str, now: float, digest: Notice) -> bool:
        """Whether one more notice is allowed this hour; the first one too many is told by ``digest``."""
        had = outbound.recent_notices(connection, to, now - HOUR, now)
        if had == self.settings.desk.notice_rate:
            self.send(connection, digest, to, None, now, "")
        return had < self.settings.desk.notice_rate

    def send(
        self,
        connection: Connection,
        notice: Notice,
        to: str,
        about: Message | None,
        now: float,
        held_id: str,
        *,
        reply_to: Address | None = None,
        original: bytes = b"",
        kind: str = "notice",
    ) -> None:
        """Queue a notice; ``about`` is the message it stands in one thread with."""
        identifier = custody.new_id()
        frame = Frame(
            self.settings.desk.from_name,
            reply_to or self.address,
            parse_address(to),
            notices.title(notice, about.subject if about else ""),
            datetime.fromtimestamp(now, UTC),
            identifier,
            about.message_id if about else "",
            original,
        )
        outbound.enqueue(
            connection,
            self.keys,
            kind=kind,
            held_id=held_id,
            sender="",
            recipients=[to],
            raw=as_mail(notice, frame),
            now=now,
            parameters=() if frame.plain else ("SMTPUTF8",),
            identifier=identifier,
        )
