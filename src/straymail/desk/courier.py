"""Carries queued mail to the next hop: by SMTP, or into an outbox folder. Async at the edge; the queue is the record's.

What the next hop says of each recipient counts: 2xx is done, 4xx is tried again, 5xx has failed. A connection that
breaks before the final reply is tried again, with the same idempotency key in ``X-Straymail-Delivery``.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import replace

import aiosmtplib
import structlog

from straymail.config import Outbox, Settings, Tcp
from straymail.desk.desk import Desk
from straymail.desk.outbox import write_outbox
from straymail.desk.signature import DELIVERY_HEADER, sign_delivery
from straymail.errors import Conflict, NextHopDown, NotFound
from straymail.message import parse_address
from straymail.message.rewrite import add_headers, remove_headers
from straymail.record import outbound
from straymail.record.outbound import Delivery, Target

_log = structlog.get_logger("straymail.courier")
_TIMEOUT = 60.0
_AT_ONCE = 8
_GIVE_UP = 5 * 86_400.0


class Courier:
    """Delivers what is due."""

    def __init__(self, desk: Desk, settings: Settings) -> None:
        self.desk, self.settings = desk, settings
        self.record = desk.record
        self._slots = asyncio.Semaphore(_AT_ONCE)

    async def run_due(self, now: float) -> int:
        """Try every delivery that is due once; returns how many were tried.

        Raises:
            StoreDown: the queue cannot be read.
        """
        due = await asyncio.to_thread(self._claim, now)
        await asyncio.gather(*(self._one(each, now) for each in due))
        return len(due)

    def _claim(self, now: float) -> list[Delivery]:
        with self.record.writing() as connection:
            return outbound.claim(connection, self.record.keys, now)

    async def _one(self, delivery: Delivery, now: float) -> None:
        async with self._slots:
            targets = await self.deliver(delivery)
        if now - delivery.made_at > _GIVE_UP:
            targets = [replace(each, state="failed") if each.state == "ready" else each for each in targets]
        await asyncio.to_thread(self._settle, delivery, targets, now)

    def _settle(self, delivery: Delivery, targets: Sequence[Target], now: float) -> None:
        pause = self.settings.desk.retry_after.total_seconds()
        with self.record.writing() as connection:
            state = outbound.settle(connection, delivery.id, targets, now=now, pause=pause, attempts=delivery.attempts)
        _log.info("delivery", id=delivery.id, kind=delivery.kind, held=delivery.held_id, state=state)
        if delivery.kind != "release":
            return
        with contextlib.suppress(Conflict, NotFound):  # a second process settled it while this one was slow
            if state == "done":
                self.desk.delivered(delivery, now)
            elif state == "failed":
                self.desk.failed(delivery, targets, now)

    async def deliver(self, delivery: Delivery) -> list[Target]:
        """One attempt; returns what became of each recipient."""
        ready = [each.address for each in delivery.targets if each.state == "ready"]
        raw = self._signed(delivery, ready)
        hop = self.settings.gateway.next_hop
        try:
            if isinstance(hop, Outbox):
                await asyncio.to_thread(write_outbox, hop.folder, delivery.id, delivery.sender, ready, raw)
                said = dict.fromkeys(ready, (250, ""))
            else:
                said = await self._smtp(hop, delivery, ready, raw)
        except (aiosmtplib.SMTPException, OSError, NextHopDown) as error:
            said = dict.fromkeys(ready, (_code(error), f"{type(error).__name__}: {error}"))
        return [_after(each, *said[each.address]) if each.address in said else each for each in delivery.targets]

    def _signed(self, delivery: Delivery, ready: Sequence[str]) -> bytes:
        raw = remove_headers(delivery.raw, DELIVERY_HEADER)
        value = sign_delivery(self.record.keys, delivery.id, [parse_address(each) for each in ready], raw)
        return add_headers(raw, [(DELIVERY_HEADER, value)])

    async def _smtp(self, hop: Tcp, delivery: Delivery, ready: Sequence[str], raw: bytes) -> dict[str, tuple[int, str]]:
        mode = self.settings.gateway.starttls_out
        client = aiosmtplib.SMTP(
            hostname=hop.host,
            port=hop.port,
            timeout=_TIMEOUT,
            start_tls={"never": False, "may": None, "must": True}[str(mode)],
            validate_certs=str(mode) == "must",
            local_hostname=self.settings.gateway.hostname or None,
        )
        said: dict[str, tuple[int, str]] = {}
        async with client:
            options = [
                each for each in delivery.parameters if client.supports_extension(each.partition("=")[0].lower())
            ]
            await client.mail(delivery.sender, options=options or None)
            for address in ready:
                try:
                    answer = await client.rcpt(address)
                    said[address] = (answer.code, answer.message)
                except aiosmtplib.SMTPRecipientRefused as refused:
                    said[address] = (refused.code, refused.message)
            accepted = [address for address in ready if said[address][0] < 300]
            if accepted:
                answer = await client.data(raw)
                said.update(dict.fromkeys(accepted, (answer.code, answer.message)))
        return said


def _code(error: Exception) -> int:
    """The reply code of an SMTP error, 0 when the connection failed."""
    return error.code if isinstance(error, aiosmtplib.SMTPResponseException) else 0


def _after(target: Target, code: int, text: str) -> Target:
    if 200 <= code < 300:
        return Target(target.address, "done")
    return Target(target.address, "failed" if code >= 500 else "ready", f"{code or ''} {text}".strip()[:500])
