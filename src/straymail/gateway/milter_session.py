"""One milter connection as a conversation: bytes in, questions and bytes out. No I/O, no clock.

The server feeds bytes and calls ``step`` until it returns None. A question (``AskRecipient``, ``AskMessage``)
must be answered before the next step; nothing sent to the MTA takes effect before the final answer, because
edits and reply leave in one piece.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from io import BytesIO
from ipaddress import ip_address
from typing import ClassVar

from straymail.errors import AddressError
from straymail.frozen import dataclass
from straymail.gateway import milter
from straymail.gateway.milter import MilterError, Packets, Step
from straymail.gateway.outcome import Accept, Arrival, Disposition, Refused, Reply, Taken, is_elsewhere
from straymail.message import Address, Envelope, parse_address

OURS = b"x-straymail-"
_TELLING = (milter.MAIL, milter.RCPT, milter.END_OF_MESSAGE)  # commands with macros that are read: login, queue id
UNREADABLE = Reply(553, "5.1.3", "this is no mailbox: write it as name@domain")
TOO_MANY = Reply(452, "4.5.3", "too many recipients, send the message again for the others")
EVERYBODY_WAITS = "every recipient dropped, but the message was not taken into custody"


@dataclass(frozen=True, slots=True)
class AskRecipient:
    """May this recipient be written to?"""

    so_far: Envelope
    address: Address


@dataclass(frozen=True, slots=True)
class AskMessage:
    """What becomes of this message?"""

    arrival: Arrival


@dataclass(frozen=True, slots=True)
class Closed:
    """The MTA said goodbye."""


@dataclass(slots=True)
class _Recipient:
    path: bytes
    address: Address | None
    parameters: tuple[str, ...]


@dataclass(slots=True)
class _Transaction:
    """Everything that belongs to one message and to no other on the connection."""

    sender: Address | None = None
    parameters: tuple[str, ...] = ()
    smtp: bool = True
    recipients: list[_Recipient] = field(default_factory=list)
    raw: BytesIO = field(default_factory=BytesIO)  # small pieces would leave holes in memory; this hands out no copy
    size: int = 0
    oversize: bool = False
    forged: dict[bytes, int] = field(default_factory=dict)
    macros: dict[str, str] = field(default_factory=dict)


class MilterSession:
    """The state of one connection.

    Args:
        max_size: bytes of one message kept; more are counted as oversize and not kept.
        max_recipients: more than this get 452 each, and may be sent again.
    """

    def __init__(self, max_size: int = 64 << 20, max_recipients: int = 5_000) -> None:
        self._packets = Packets()
        self._max_size, self._max_recipients = max_size, max_recipients
        self._agreed: Step | None = None
        self._spaced = False  # a field's value is sent with the space that leads it
        self._silent: frozenset[bytes] = frozenset()  # commands the MTA waits for no answer to
        self._client = ""
        self._mail = _Transaction()
        self._asked: _Recipient | None = None
        self._waiting = False
        self.in_message = False

    def feed(self, data: bytes) -> None:
        """Take bytes from the MTA."""
        self._packets.feed(data)

    def step(self) -> bytes | AskRecipient | AskMessage | Closed | None:
        """Bytes to send, a question, the end, or None when more bytes (or an answer) are needed."""
        while not self._waiting and (found := self._packets.next()) is not None:
            command, body = found
            if self._agreed is None and command != milter.NEGOTIATE:
                raise MilterError(f"command {command!r} before negotiation")
            if said := self._handle(command, body):  # nothing is said to most commands
                return said
        return None

    def _handle(self, command: bytes, body: bytes) -> bytes | AskRecipient | AskMessage | Closed:
        if (take := self._INFORMING.get(command)) is not None:
            take(self, body)
            return b"" if command in self._silent else milter.CONTINUE
        match command:
            case milter.MACRO:
                return self._macros(body)
            case milter.RCPT:
                return self._rcpt(body)
            case milter.END_OF_MESSAGE:
                return self._end(body)
            case milter.NEGOTIATE:
                return self._negotiate(body)
            case milter.ABORT:
                return self._reset()
            case milter.QUIT_NEW:
                self._client = ""
                return self._reset()
            case milter.QUIT:
                return Closed()
        raise MilterError(f"unknown command {command!r}")

    def _negotiate(self, body: bytes) -> bytes:
        answer, self._agreed = milter.negotiate(body)
        self._spaced = Step.LEADING_SPACE in self._agreed
        self._silent = milter.silent(self._agreed)
        return answer

    def _macros(self, body: bytes) -> bytes:
        # Macros of MAIL arrive before MAIL itself, which begins the transaction: begin it here.
        if body[:1] == milter.MAIL:
            self._reset()
        if body[:1] in _TELLING:  # Postfix says some before each header field
            self._mail.macros.update(milter.macros(body))
        return b""

    def _connect(self, body: bytes) -> None:
        fields = body.split(b"\0", 1)
        rest = fields[1] if len(fields) > 1 else b""
        # family (4, 6, L, U), then for all but U two bytes of port and the address
        self._client = _client(rest[3:].rstrip(b"\0").decode("ascii", "replace")) if rest[:1] in b"46L" else ""

    def _start(self, body: bytes) -> None:
        kept = self._mail.macros
        self._reset()
        path, *parameters = milter.strings(body) or [b""]
        self._mail = _Transaction(_address(path), _texts(parameters), path.startswith(b"<"), macros=kept)
        self.in_message = True

    def _rcpt(self, body: bytes) -> bytes | AskRecipient:
        path, *parameters = milter.strings(body) or [b""]
        if len(self._mail.recipients) >= self._max_recipients:
            return milter.reply_packet(TOO_MANY) if self._mail.smtp else self._add(_Recipient(path, None, ()))
        recipient = _Recipient(path, _address(path), _texts(parameters))
        if recipient.address is None and self._mail.smtp and is_elsewhere(path.decode("latin-1")):
            return milter.reply_packet(UNREADABLE)
        if recipient.address is None or not self._mail.smtp:
            return self._add(recipient)
        self._asked, self._waiting = recipient, True
        return AskRecipient(self._envelope(), recipient.address)

    def _add(self, recipient: _Recipient) -> bytes:
        self._mail.recipients.append(recipient)
        return milter.CONTINUE

    def answer_recipient(self, refusal: Reply | None) -> bytes:
        """The answer to ``AskRecipient``; a refused recipient is not of this message any more."""
        if self._asked is None:
            raise MilterError("no recipient was asked about")
        asked, self._asked, self._waiting = self._asked, None, False
        return milter.reply_packet(refusal) if refusal else self._add(asked)

    def _header(self, body: bytes) -> None:
        name, _, value = body.removesuffix(b"\0").partition(b"\0")
        if name.lower().startswith(OURS):
            self._mail.forged[name.lower()] = self._mail.forged.get(name.lower(), 0) + 1
        if b"\n" in value:
            value = value.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        self._keep(b"%b%b%b\r\n" % (name, b":" if self._spaced else b": ", value))

    def _end_of_headers(self, _body: bytes) -> None:
        self._keep(b"\r\n")

    def _ignore(self, _body: bytes) -> None:
        """HELO and the like say nothing that is judged."""

    def _keep(self, piece: bytes) -> None:
        self._mail.size += len(piece)
        if self._mail.size > self._max_size:
            self._mail.oversize = True
        else:
            self._mail.raw.write(piece)

    def _end(self, body: bytes) -> AskMessage:
        if not self.in_message:
            raise MilterError("end of a message that never began")
        self._keep(body)
        self._waiting = True
        bad = (r.path.decode("utf-8", "replace") for r in self._mail.recipients if r.address is None)
        # One copy is enough: a large message must not stand in memory twice while it is judged.
        raw = self._mail.raw.getvalue()
        self._mail.raw = BytesIO()
        return AskMessage(Arrival(self._envelope(), raw, self._mail.oversize, tuple(bad), self._mail.smtp))

    def answer_message(self, disposition: Disposition) -> bytes:
        """The answer to ``AskMessage``: every edit and the reply, to be written at once."""
        if not (self._waiting and self.in_message):
            raise MilterError("no message was asked about")
        answer = self._answer(disposition)
        self._reset()
        return answer

    def _answer(self, disposition: Disposition) -> bytes:
        match disposition:
            case Taken():
                return milter.DISCARD
            case Refused(reply):
                return milter.reply_packet(reply)
            case Accept():
                return self._edits(disposition) + milter.ACCEPT

    def _edits(self, accept: Accept) -> bytes:
        gone = set(accept.drop)
        paths = [r.path for r in self._mail.recipients if r.address in gone]
        if paths and len(paths) == len(self._mail.recipients):
            raise MilterError(EVERYBODY_WAITS)
        forged = {} if accept.ours else self._mail.forged
        removed = [milter.delete_headers(name, count) for name, count in forged.items()]
        added = [milter.insert_header(name, value, leading_space=self._spaced) for name, value in accept.add]
        return b"".join((*removed, *added, milter.delete_recipients(paths)))

    def _envelope(self) -> Envelope:
        mail, readable = self._mail, [r for r in self._mail.recipients if r.address is not None]
        return Envelope(
            mail.sender,
            tuple(r.address for r in readable if r.address),
            mail.macros.get("auth_authen", ""),
            self._client,
            mail.macros.get("i", ""),
            mail.parameters,
            tuple(r.parameters for r in readable),
        )

    def _reset(self) -> bytes:
        self._mail, self._asked, self._waiting, self.in_message = _Transaction(), None, False, False
        return b""

    _INFORMING: ClassVar[Mapping[bytes, Callable[[MilterSession, bytes], None]]] = {
        milter.HEADER: _header,
        milter.CONNECT: _connect,
        milter.HELO: _ignore,
        milter.MAIL: _start,
        milter.DATA: _ignore,
        milter.END_OF_HEADERS: _end_of_headers,
        milter.BODY: _keep,
        milter.UNKNOWN: _ignore,
    }


def _address(path: bytes) -> Address | None:
    """The mailbox of a path; None for ``<>`` and for what is no mailbox."""
    text = path.decode("utf-8", "replace").strip()
    if text.startswith("<") and text.endswith(">"):
        text = text[1:-1]
    try:
        return parse_address(text) if text else None
    except AddressError:
        return None


def _client(text: str) -> str:
    """Where mail comes from, as the other door writes it: Sendmail says ``IPv6:0:0:0:0:0:0:0:1`` for ``::1``."""
    try:
        return str(ip_address(text.removeprefix("IPv6:")))
    except ValueError:
        return text


def _texts(parameters: list[bytes]) -> tuple[str, ...]:
    return tuple(parameter.decode("utf-8", "replace") for parameter in parameters)
