"""What a door asks of the engine, and what the engine may answer. The engine stands behind the protocol here."""

from __future__ import annotations

from dataclasses import field
from typing import Protocol

from straymail.frozen import dataclass
from straymail.message import Address, Envelope


@dataclass(frozen=True, slots=True)
class Reply:
    """An SMTP reply with two texts.

    ``code`` is 400..599, ``enhanced`` its RFC 3463 status of the same class. ``text`` is for the client (any
    characters; the door makes it ASCII; line breaks make a multi-line reply), ``reason`` is for our log only.
    """

    code: int
    enhanced: str
    text: str
    reason: str = ""

    def __post_init__(self) -> None:
        """Refuse a reply no client could understand: ValueError says which part."""
        if not 400 <= self.code <= 599:
            raise ValueError(f"code {self.code}: 400 to 599")
        if not self.enhanced.startswith(f"{self.code // 100}."):
            raise ValueError(f"enhanced status {self.enhanced}: of the class of {self.code}")

    def lines(self) -> list[str]:
        """The reply as SMTP lines without line ends, ASCII only, at most 400 characters of text each."""
        texts = [line.strip() for line in self.text.splitlines() if line.strip()] or ["refused"]
        clean = [_ascii(line)[:400] for line in texts[:20]]
        marks = ["-"] * (len(clean) - 1) + [" "]
        return [f"{self.code}{mark}{self.enhanced} {line}" for mark, line in zip(marks, clean, strict=True)]


def _ascii(text: str) -> str:
    return "".join(char if " " <= char <= "~" else "?" for char in text)


@dataclass(frozen=True, slots=True)
class Accept:
    """Goes on its way, with header fields added and held recipients dropped.

    X-Straymail-* fields that came with it are taken out, they are forged; but for mail that is ``ours`` they stay:
    it was released here, and its idempotency key must survive.
    """

    add: tuple[tuple[str, str], ...] = ()
    drop: tuple[Address, ...] = ()
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """In our custody, committed: the client may be told 250, the next hop gets nothing.

    ``done`` is what was done with an answer to a notice, "" for a message that waits.
    """

    hold: str
    done: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """Not accepted: ``reply`` is permanent (5xx) or temporary (4xx); the sender's side still has the message."""

    reply: Reply


Disposition = Accept | Taken | Refused


@dataclass(frozen=True, slots=True)
class Arrival:
    """One message as a door received it.

    ``raw`` has CRLF line ends. ``oversize`` means that ``raw`` was cut at the limit: judge nothing from it.
    ``unreadable`` are accepted recipients that are no RFC 5321 mailbox, as typed: names without a domain, which
    are this machine's own, and whatever could not be refused because the mail did not come by SMTP. They must not
    be lost. ``smtp`` is false for mail handed in by a local program, where a refusal of one recipient would jam
    the queue.
    """

    envelope: Envelope
    raw: bytes = field(repr=False)
    oversize: bool = False
    unreadable: tuple[str, ...] = ()
    smtp: bool = True


def is_elsewhere(name: str) -> bool:
    """Whether a recipient that is no mailbox names another machine's all the same: it would be sent there unjudged.

    Mail servers read ``user%host`` and ``host!user`` as ``user@host``.
    """
    return any(sign in name for sign in "@%!")


class Engine(Protocol):
    """The one engine behind every door."""

    def recipient(self, so_far: Envelope, address: Address) -> Reply | None:
        """At RCPT TO: a refusal, or None to go on. Must not block and must not raise."""

    def is_desk_address(self, address: Address) -> bool:
        """Whether mail to it is an answer to a notice, and stays here."""
        ...

    def turned_away(self, envelope: Envelope, reply: Reply) -> None:
        """The door refuses a whole message as it came, nothing being judged: to be logged. Must not raise."""

    async def message(self, arrival: Arrival) -> Disposition:
        """At the end of a message. A hold is committed before this returns."""
