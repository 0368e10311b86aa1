"""Carries queued mail to the next hop: by SMTP, or into an outbox folder. Async at the edge; the queue is the record's.

What the next hop says of each recipient counts: 2xx is done, 4xx is tried again, 5xx has failed. Until it has answered
MAIL, whatever goes wrong (no connection, a 5xx greeting, TLS that is not offered) is a matter of the hop, not of the
message, and is tried again. A connection that breaks before the final reply is tried again with the same idempotency
key in ``X-Straymail-Delivery``.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import aiosmtplib
import structlog

from straymail.config import Outbox, Settings, Tcp
from straymail.desk.desk import Desk
from straymail.desk.outbox import write_outbox
from straymail.desk.signature import DELIVERY_HEADER, sign_delivery
from straymail.errors import NextHopDown, StoreDown, TlsFailed
from straymail.message import parse_address
from straymail.message.fields import header_end
from straymail.message.rewrite import add_headers, remove_headers
from straymail.message.wire import stuffed, with_line_ends
from straymail.record import outbound
from straymail.record.outbound import LEASE, Delivery, Target

_log = structlog.get_logger("straymail.courier")
_COMMAND = 60.0  # seconds for one command's reply
_FINAL = 300.0  # for the reply to the message itself (RFC 5321 4.5.3.2.6 says up to 10 minutes)
_ATTEMPT = LEASE - 60.0  # for all of one attempt: nobody else may begin while it runs
_ROUND = 30.0  # seconds in which new attempts begin; less than what leases last longer than attempts
_AT_ONCE = 16
_GO_AHEAD, _NOT_SMTP = 354, 451
_MOST_UNSENT, _MOMENT = 1 << 19, 0.005  # bytes that may wait in this process for the wire, and seconds between looks
_GIVE_UP = 5 * 86_400.0
_KEYWORDS = {"BODY=8BITMIME": "8bitmime", "SMTPUTF8": "smtputf8", "RET": "dsn", "ENVID": "dsn"}
_NO_UTF8 = (553, "5.6.7 the next hop does not offer SMTPUTF8, which these addresses need")

Said = dict[str, tuple[int, str]]
"""What the next hop said of each recipient: (code, text)."""
Parts = tuple[bytes, memoryview]
"""A message as it leaves: its header, and the rest of it, which is long and never copied."""


class Courier:
    """Delivers what is due."""

    def __init__(self, desk: Desk, settings: Settings) -> None:
        self.desk, self.settings = desk, settings
        self.record = desk.record

    async def run_due(self, now: float) -> int:
        """Try what is due, once each, for about half a minute; returns how many were tried.

        Raises:
            StoreDown: the queue cannot be read, or what happened cannot be written down.
        """
        tried, began = 0, time.monotonic()
        while time.monotonic() - began < _ROUND and (due := await asyncio.to_thread(self._claim, now)):
            tried += len(due)
            went = await asyncio.gather(*(self._one(each, now) for each in due), return_exceptions=True)
            if failed := next((each for each in went if isinstance(each, BaseException)), None):
                raise failed
        return tried

    def _claim(self, now: float) -> list[Delivery]:
        with self.record.writing() as connection:
            return outbound.claim(connection, self.record.keys, now, limit=_AT_ONCE)

    async def _one(self, delivery: Delivery, now: float) -> None:
        try:
            targets = _broken(delivery) if delivery.problem else await self.deliver(delivery)
        except StoreDown:
            raise
        except Exception as error:  # noqa: BLE001  (one delivery that cannot be made must not stop the others)
            _log.error("delivery.error", id=delivery.id, exc_info=error)
            targets = [_after(each, 0, type(error).__name__) for each in delivery.targets]
        if now - delivery.made_at > _GIVE_UP:
            targets = [replace(each, state="failed") if each.state == "ready" else each for each in targets]
        state = await asyncio.to_thread(self.desk.settle_delivery, delivery, targets, now)
        _log.info("delivery", id=delivery.id, kind=delivery.kind, held=delivery.held_id, state=state)

    async def deliver(self, delivery: Delivery) -> list[Target]:
        """One attempt; returns what became of each recipient."""
        ready = [each.address for each in delivery.targets if each.state == "ready"]
        parts = await asyncio.to_thread(self._signed, delivery, ready)
        hop = self.settings.gateway.next_hop
        said: Said = {}
        trouble = ""
        try:
            async with asyncio.timeout(_ATTEMPT):
                if isinstance(hop, Outbox):
                    await asyncio.to_thread(write_outbox, hop.folder, delivery.id, delivery.sender, ready, *parts)
                    said |= dict.fromkeys(ready, (250, ""))
                else:
                    await self._smtp(hop, delivery, ready, parts, said)
        except (aiosmtplib.SMTPException, OSError, NextHopDown) as error:
            trouble = f"{type(error).__name__}: {error}"
        return [_after(each, *said.get(each.address, (0, trouble))) for each in delivery.targets]

    def _signed(self, delivery: Delivery, ready: Sequence[str]) -> Parts:
        raw = with_line_ends(remove_headers(delivery.raw, DELIVERY_HEADER))
        value = sign_delivery(self.record.keys, delivery.id, [parse_address(each) for each in ready], raw)
        end, _ = header_end(raw)
        return add_headers(raw[:end], [(DELIVERY_HEADER, value)]), memoryview(raw)[end:]

    async def _smtp(self, hop: Tcp, delivery: Delivery, ready: Sequence[str], parts: Parts, said: Said) -> None:
        """One SMTP transaction; ``said`` is filled as the answers come, so that what was said before a break counts."""
        try:
            await self._transaction(hop, self.settings.gateway.starttls_out, delivery, ready, parts, said)
        except TlsFailed as error:
            _log.warning("delivery.starttls_failed", id=delivery.id, why=str(error), then="without it")
            await self._transaction(hop, "never", delivery, ready, parts, said)

    async def _transaction(
        self, hop: Tcp, mode: str, delivery: Delivery, ready: Sequence[str], parts: Parts, said: Said
    ) -> None:
        client = aiosmtplib.SMTP(
            hostname=hop.host,
            port=hop.port,
            timeout=_COMMAND,
            start_tls=mode == "must",
            validate_certs=mode == "must",
            local_hostname=self.settings.gateway.hostname or None,
        )
        async with client:
            await _hello(client)
            if mode == "may" and client.supports_extension("starttls"):
                await _secure(client)
            options = [each for each in delivery.parameters if client.supports_extension(_keyword(each))]
            utf8 = "SMTPUTF8" in (each.upper() for each in options)
            if not utf8 and not all(each.isascii() for each in (delivery.sender, *ready)):
                said |= dict.fromkeys(ready, _NO_UTF8)
                return
            encoding = "utf-8" if utf8 else "ascii"
            try:
                await client.mail(delivery.sender, options=options or None, encoding=encoding)
            except aiosmtplib.SMTPSenderRefused as refused:
                said |= dict.fromkeys(ready, (refused.code, refused.message))
                return
            wanted = {each.address: each.options for each in delivery.targets}
            dsn = client.supports_extension("dsn")
            accepted = [
                each for each in ready if await _recipient(client, each, wanted[each] if dsn else (), encoding, said)
            ]
            if not accepted:
                return
            answer = await _data(client, parts)
            said |= dict.fromkeys(accepted, (answer.code, answer.message))


async def _hello(client: aiosmtplib.SMTP) -> None:
    """Greet; the library does it by itself only with MAIL, too late to know what the hop offers."""
    try:
        await client.ehlo()
    except aiosmtplib.SMTPHeloError:
        await client.helo()


async def _secure(client: aiosmtplib.SMTP) -> None:
    """STARTTLS where it is offered; a hop that refuses it all the same gets the mail without, as from the proxy.

    Raises:
        TlsFailed: it agreed, and no encryption came of it.
    """
    try:
        await client.starttls()
    except aiosmtplib.SMTPResponseException as refused:
        _log.warning("delivery.starttls_refused", said=f"{refused.code} {refused.message}")
    except (OSError, aiosmtplib.SMTPException) as error:
        raise TlsFailed(f"{type(error).__name__}: {error}") from error
    else:
        await _hello(client)


async def _recipient(client: aiosmtplib.SMTP, address: str, options: Sequence[str], encoding: str, said: Said) -> bool:
    """Whether the next hop takes this recipient; a refusal is final here, an acceptance only with the message."""
    try:
        await client.rcpt(address, options=options or None, encoding=encoding)
    except aiosmtplib.SMTPRecipientRefused as refused:
        said[address] = (refused.code, refused.message)
        return False
    return True


async def _data(client: aiosmtplib.SMTP, parts: Parts) -> aiosmtplib.SMTPResponse:
    """DATA and the message; the reply to it, or the one that refused DATA itself.

    The library would copy the whole several times, which takes memory, and all other mail would wait meanwhile.
    """
    ready = await client.execute_command(b"DATA")
    if ready.code != _GO_AHEAD:
        return ready if ready.code >= 400 else aiosmtplib.SMTPResponse(_NOT_SMTP, ready.message)
    for piece in stuffed(*parts):
        wire = cast("asyncio.WriteTransport", client.transport)
        if client.protocol is None or wire is None:
            raise NextHopDown("the connection was lost")
        client.protocol.write(piece)
        while wire.get_write_buffer_size() > _MOST_UNSENT:  # noqa: ASYNC110  (it tells only the library when)
            await asyncio.sleep(_MOMENT)
    return await client.execute_command(b".", timeout=_FINAL)


def _keyword(parameter: str) -> str:
    """The EHLO keyword that allows a MAIL parameter (RFC 6152, 6531, 3461)."""
    folded = parameter.upper()
    return _KEYWORDS.get(folded) or _KEYWORDS.get(folded.partition("=")[0], "unknown")


def _broken(delivery: Delivery) -> list[Target]:
    _log.error("delivery.unreadable", id=delivery.id, held=delivery.held_id, problem=delivery.problem)
    return [_after(each, 550, delivery.problem) for each in delivery.targets]


def _after(target: Target, code: int, text: str) -> Target:
    if target.state != "ready":
        return target
    if 200 <= code < 300:
        return replace(target, state="done", error="")
    state = "failed" if code >= 500 else "ready"
    return replace(target, state=state, error=f"{code or ''} {text}".strip()[:500])
