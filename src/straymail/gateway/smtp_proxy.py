"""A transparent SMTP proxy, before the queue: the client's 250 is the next hop's 250, or our committed hold.

Commands are passed on as they come and the next hop's replies come back as they are, with these differences: what it
does not offer is not offered; AUTH and CHUNKING are not offered, since they could not be passed on honestly; a
recipient may be refused, and mail for the desk stays here.
"""

from __future__ import annotations

import asyncio
import socket
import ssl

import structlog

from straymail.config import Outbox, Settings
from straymail.errors import NextHopDown
from straymail.gateway.hop import Hop, HopReply, OutboxHop, SmtpHop
from straymail.gateway.outcome import Accept, Arrival, Engine, Refused, Reply, Taken
from straymail.gateway.smtp_session import Command, Data, SmtpReader
from straymail.gateway.smtp_transaction import Recipient, Transaction, is_local_name, mailbox, read_path
from straymail.gateway.starttls import server_context, spoke_early
from straymail.message import Envelope
from straymail.message.rewrite import add_headers, remove_headers

_log = structlog.get_logger("straymail.smtp")
_PASSED_ON = ("8BITMIME", "SMTPUTF8", "PIPELINING", "ENHANCEDSTATUSCODES", "DSN")
_OK = HopReply(250, ("2.0.0 Ok",))
_SHUTTING_DOWN = b"421 4.3.2 shutting down, please try again later\r\n"
_ERRORS_ALLOWED = 20


class SmtpProxy:
    """Listens, and gives each client a session of its own."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self.engine, self.settings = engine, settings
        self.sessions: set[asyncio.Task[None]] = set()
        self.idle: set[SmtpConnection] = set()
        self.stopping = False
        self._server: asyncio.Server | None = None
        self.tls: ssl.SSLContext | None = None
        self.renew()

    def renew(self) -> None:
        """Read the certificate: who connects from now on is shown what stands in its file; BadInput if unusable."""
        gateway = self.settings.gateway
        if gateway.tls_cert and gateway.tls_key:
            self.tls = server_context(gateway.tls_cert, gateway.tls_key)

    async def listen(self, host: str, port: int) -> int:
        """Listen; returns the port (useful for port 0)."""
        self._server = await asyncio.start_server(self._connected, host, port, limit=1 << 17, backlog=1_024)
        return int(self._server.sockets[0].getsockname()[1])

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.sessions.add(task)
        try:
            await SmtpConnection(self, reader, writer).run()
        except (ConnectionError, TimeoutError, ssl.SSLError) as error:
            _log.debug("smtp.lost", problem=str(error))
        except asyncio.CancelledError:  # at shutdown, after the grace
            _log.warning("smtp.cut_off")
        finally:
            self.sessions.discard(task)
            writer.close()

    async def shutdown(self, grace: float) -> None:
        """Take no new connections, let messages under way finish for ``grace`` seconds, then stop."""
        self.stopping = True
        if self._server:
            self._server.close()
        for connection in list(self.idle):
            connection.dismiss()
        if self.sessions:
            await asyncio.wait(set(self.sessions), timeout=grace)
        for task in list(self.sessions):
            task.cancel()

    def hop(self) -> Hop:
        """A fresh conversation with the next hop."""
        gateway = self.settings.gateway
        if isinstance(gateway.next_hop, Outbox):
            return OutboxHop(gateway.next_hop)
        return SmtpHop(gateway.next_hop, self.hostname, gateway.starttls_out)

    @property
    def hostname(self) -> str:
        """The name given in greetings."""
        return self.settings.gateway.hostname or socket.gethostname()


class SmtpConnection:
    """One client."""

    def __init__(self, proxy: SmtpProxy, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._proxy, self._reader, self._writer = proxy, reader, writer
        self._settings = proxy.settings
        self._lines = SmtpReader(self._settings.gateway.limits.size)
        self._hop: Hop | None = None
        self._mail: Transaction | None = None
        self._greeted = self._secure = False
        self._errors = 0
        peer = writer.get_extra_info("peername")
        self._client = str(peer[0]) if peer else ""

    # Conversation ----------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Talk until QUIT, silence or too many errors."""
        if self._proxy.stopping or len(self._proxy.sessions) > self._settings.gateway.max_connections:
            await self._say(421, "4.3.2 too many connections, please try again later")
            return
        await self._say(220, f"{self._proxy.hostname} ESMTP Straymail")
        try:
            while (found := await self._next()) is not None:
                if not isinstance(found, Command):
                    raise TypeError("data outside of DATA")
                if not await self._command(found):
                    return
                if self._closing():
                    self._writer.write(_SHUTTING_DOWN)
                    await self._writer.drain()
                    return
        finally:
            self._proxy.idle.discard(self)
            if self._hop is not None:
                await self._hop.close()

    async def _next(self) -> Command | Data | None:
        while (found := self._lines.next()) is None:
            if self._mail is None:
                self._proxy.idle.add(self)
            try:
                async with asyncio.timeout(self._settings.gateway.idle_timeout.total_seconds()):
                    data = await self._reader.read(1 << 16)
            except TimeoutError:
                await self._say(421, "4.4.2 nothing was said for too long")
                return None
            finally:
                self._proxy.idle.discard(self)
            if not data:
                return None
            self._lines.feed(data)
        return found

    def _closing(self) -> bool:
        """Whether nothing more is to be begun."""
        return self._proxy.stopping and self._mail is None

    def dismiss(self) -> None:
        """Say goodbye to a client that is between messages."""
        self._writer.write(_SHUTTING_DOWN)
        self._writer.close()

    async def _command(self, command: Command) -> bool:
        """Answer one command; False ends the conversation."""
        if command.fault:
            return await self._fault(500, f"5.5.2 {command.fault}")
        match command.verb:
            case "QUIT":
                await self._say(221, "2.0.0 Bye")
                return False
            case "EHLO" | "HELO":
                return await self._hello(command)
            case "STARTTLS":
                return await self._starttls()
            case "MAIL":
                return await self._mail_from(command)
            case "RCPT":
                return await self._rcpt_to(command)
            case "DATA":
                return await self._data()
            case "RSET":
                await self._reset()
                await self._say(250, "2.0.0 Ok")
            case "NOOP":
                await self._say(250, "2.0.0 Ok")
            case "VRFY":
                await self._say(252, "2.5.0 send some mail, I will try my best")
            case "HELP":
                await self._say(214, "2.0.0 this is Straymail; see RFC 5321")
            case _:
                return await self._fault(502, "5.5.1 command not offered")
        return True

    async def _hello(self, command: Command) -> bool:
        if not command.argument:
            return await self._fault(501, f"5.5.4 {command.verb} needs a name")
        if self._mail is not None:
            await self._reset()
        hop = await self._upstream()
        if hop is None:
            return False
        self._greeted = True
        if command.verb == "HELO":
            await self._say(250, self._proxy.hostname)
            return True
        await self._send(HopReply(250, (self._proxy.hostname, *self._keywords(hop))))
        return True

    def _keywords(self, hop: Hop) -> list[str]:
        """What the next hop offers and can be passed on; SIZE is the smaller of both limits."""
        offered = {word.split(" ")[0]: word for word in hop.keywords}
        words = [word for word in _PASSED_ON if word in offered]
        theirs = offered.get("SIZE", "").partition(" ")[2]
        size = self._settings.gateway.limits.size
        words.append(f"SIZE {min(size, int(theirs)) if theirs.isdigit() and int(theirs) else size}")
        if self._proxy.tls is not None and not self._secure:
            words.append("STARTTLS")
        return words

    async def _upstream(self) -> Hop | None:
        if self._hop is None:
            hop = self._proxy.hop()
            try:
                await hop.open()
            except NextHopDown as error:
                _log.warning("smtp.next_hop_down", problem=str(error))
                await hop.close()
                await self._say(421, "4.4.1 the next server cannot be reached, please try again later")
                return None
            self._hop = hop
        return self._hop

    async def _starttls(self) -> bool:
        if self._proxy.tls is None or self._secure:
            return await self._fault(502, "5.5.1 command not offered")
        if self._lines.pending or await spoke_early(self._reader, self._writer):
            await self._say(421, "4.7.0 commands came before the encryption")
            return False
        await self._say(220, "2.0.0 Go ahead")
        await self._writer.start_tls(self._proxy.tls)
        self._secure, self._greeted = True, False
        if self._mail is not None:
            await self._reset()
        return True

    # Envelope --------------------------------------------------------------------------------------------------------

    async def _mail_from(self, command: Command) -> bool:
        if not self._greeted:
            return await self._fault(503, "5.5.1 say EHLO first")
        if self._mail is not None:
            return await self._fault(503, "5.5.1 one message at a time: RSET first")
        path, parameters = read_path(command.argument, "FROM:") or ("?", ())
        sender = mailbox(path)
        if path and sender is None:
            return await self._fault(501, "5.1.7 not a mailbox in MAIL FROM:<...>")
        reply = await self._relay(command.line)
        if reply is None:
            return False
        if reply.good:
            self._mail = Transaction(command.line, sender, parameters)
        await self._send(reply)
        return True

    async def _rcpt_to(self, command: Command) -> bool:
        if self._mail is None:
            return await self._fault(503, "5.5.1 say MAIL first")
        path, parameters = read_path(command.argument, "TO:") or ("", ())
        address = mailbox(path)
        if address is None and not is_local_name(path):
            return await self._fault(501, "5.1.3 not a mailbox in RCPT TO:<...>")
        if len(self._mail.recipients) >= self._settings.gateway.limits.recipients:
            await self._say(452, "4.5.3 too many recipients, send the message again for the others")
            return True
        engine = self._proxy.engine
        if address is not None and engine.is_desk_address(address):
            self._mail.recipients.append(Recipient(path, address, command.line, upstream=False, parameters=parameters))
            await self._send(_OK)
            return True
        if address is not None and (refusal := engine.recipient(self._envelope(self._mail), address)):
            await self._refuse(refusal)
            return True
        reply = await self._relay(command.line)
        if reply is None:
            return False
        if reply.good:
            self._mail.recipients.append(Recipient(path, address, command.line, upstream=True, parameters=parameters))
        await self._send(reply)
        return True

    def _envelope(self, mail: Transaction) -> Envelope:
        return Envelope(
            mail.sender,
            mail.addresses,
            client=self._client,
            mail_parameters=mail.parameters,
            recipient_parameters=mail.recipient_parameters,
        )

    # Message ---------------------------------------------------------------------------------------------------------

    async def _data(self) -> bool:
        mail = self._mail
        if mail is None or not mail.recipients:
            return await self._fault(503, "5.5.1 say RCPT first" if mail else "5.5.1 say MAIL first")
        await self._say(354, "End data with <CR><LF>.<CR><LF>")
        self._lines.expect_data()
        data = await self._next()
        if not isinstance(data, Data):
            return False
        reply = await self._judge(mail, data)
        self._mail = None
        await self._send(reply)
        return reply.code != 421

    async def _judge(self, mail: Transaction, data: Data) -> HopReply:
        if fault := self._at_fault(data):
            self._proxy.engine.turned_away(self._envelope(mail), fault)
            await self._rset()
            return _as_reply(fault)
        said = await self._proxy.engine.message(Arrival(self._envelope(mail), data.raw, unreadable=mail.local_names))
        match said:
            case Taken(hold, done):
                await self._rset()
                return HopReply(250, (f"2.0.0 Ok: {done or f'waiting as {hold}'}",))
            case Refused(why):
                await self._rset()
                return _as_reply(why)
            case Accept():
                reply = await self._pass_on(mail, data.raw, said)
                if not reply.good:  # a hop that refused DATA itself still waits for it
                    await self._rset()
                return reply

    def _at_fault(self, data: Data) -> Reply | None:
        """Why a message is refused as it came, nothing being judged; None for nearly all."""
        if data.bare:
            return Reply(550, "5.5.2", "the message holds a bare <CR> or <LF>; lines end with <CR><LF>")
        if data.oversize:
            return Reply(552, "5.3.4", f"the message is larger than {self._settings.gateway.limits.size} bytes")
        return None

    async def _pass_on(self, mail: Transaction, raw: bytes, accept: Accept) -> HopReply:
        """To the next hop; where recipients were dropped, the envelope is said again without them."""
        assert self._hop is not None
        gone = set(accept.drop)
        edited = add_headers(raw if accept.ours else remove_headers(raw, "X-Straymail-*"), accept.add)
        try:
            if gone:
                left = [each for each in mail.recipients if each.upstream and each.address not in gone]
                lines = [b"RSET", mail.line, *(each.line for each in left)]
                for line in lines:
                    if not (reply := await self._hop.command(line)).good:
                        return HopReply(
                            451, (f"4.3.0 the next server changed its mind: {reply.code} {reply.texts[0]}",)
                        )
            return await self._hop.data(edited)
        except NextHopDown as error:
            _log.warning("smtp.next_hop_down", problem=str(error))
            await self._hop.close()
            self._hop = None
            return HopReply(421, ("4.4.2 the next server was lost, please try again later",))

    async def _rset(self) -> None:
        """Forget the envelope upstream; a connection that fails here is replaced by the next message's."""
        if self._hop is None:
            return
        try:
            await self._hop.command(b"RSET")
        except NextHopDown:
            await self._hop.close()
            self._hop = None

    async def _reset(self) -> None:
        self._mail = None
        await self._rset()

    async def _relay(self, line: bytes) -> HopReply | None:
        """The next hop's reply to a line; None when it is gone, and the client has been told."""
        hop = await self._upstream()
        if hop is None:
            return None
        try:
            return await hop.command(line)
        except NextHopDown as error:
            _log.warning("smtp.next_hop_down", problem=str(error))
            await self._say(421, "4.4.2 the next server was lost, please try again later")
            return None

    # Replies ---------------------------------------------------------------------------------------------------------

    async def _fault(self, code: int, text: str) -> bool:
        self._errors += 1
        if self._errors > _ERRORS_ALLOWED:
            await self._say(421, "4.7.0 too many errors")
            return False
        await self._say(code, text)
        return True

    async def _refuse(self, reply: Reply) -> None:
        await self._send(_as_reply(reply))

    async def _say(self, code: int, text: str) -> None:
        await self._send(HopReply(code, (text,)))

    async def _send(self, reply: HopReply) -> None:
        self._writer.write(reply.wire())
        await self._writer.drain()


def _as_reply(reply: Reply) -> HopReply:
    return HopReply(reply.code, tuple(line[4:] for line in reply.lines()))
