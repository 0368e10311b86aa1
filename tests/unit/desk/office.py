"""A desk on a real store with an outbox, a clock moved by hand, and a next hop that refuses as it is told."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from aiosmtpd.controller import UnthreadedController
from aiosmtpd.smtp import SMTP, Session
from aiosmtpd.smtp import Envelope as SmtpEnvelope

from straymail.config import Settings, parse
from straymail.desk import Courier, Desk, Outcome
from straymail.evidence import Action, Evidence, Finding, RecipientVerdict, Sensitivity, Verdict
from straymail.message import Address, Envelope, parse_address, parse_message

NOW = 1_800_000_000.0
LONG_AGO = datetime.fromtimestamp(0, UTC)
CLARA, TOM = parse_address("clara.voss@mod.example"), parse_address("tom@mod.example")
STRAY, RIGHT = parse_address("robert.holt@army.ml"), parse_address("robert.holt@army.mil")
SECRET = parse_address("secret.bcc@mod.example")
RAW = (
    b"From: Clara Voss <clara.voss@mod.example>\r\nTo: Robert Holt <robert.holt@army.ml>\r\n"
    b"Cc: tom@mod.example\r\nSubject: Exercise <b>Harbour</b>\r\n"
    b"Message-ID: <m1@mod.example>\r\n\r\nOrder of the day\r\n"
)


@dataclass
class Office:
    """A desk, its courier's outbox, and a clock moved by hand."""

    desk: Desk
    courier: Courier
    outbox: Path
    now: float = NOW

    def take(self, raw: bytes = RAW, *, verdict: Verdict | None = None, envelope: Envelope | None = None) -> str:
        verdict = verdict or asked(STRAY)
        envelope = envelope or Envelope(CLARA, (STRAY, TOM, SECRET))
        return self.desk.take(envelope, raw, parse_message(raw), verdict, view_of(verdict), self.now)

    def deliver(self, later: float = 0.0) -> list[tuple[dict[str, object], EmailMessage]]:
        """Run the courier once; what is in the outbox then, by when it was written, and the outbox emptied.

        Files are made side by side, so their own times say nothing of what was written first.
        """
        self.now += later
        asyncio.run(self.courier.run_due(self.now))
        found = []
        for file in sorted(self.outbox.glob("*.eml"), key=lambda each: each.stat().st_mtime_ns):
            envelope = json.loads(file.with_suffix(".json").read_text())
            found.append((envelope, message_from_bytes(file.read_bytes(), policy=policy.default)))
            file.unlink()
        return sorted(found, key=lambda each: parsedate_to_datetime(each[1]["Date"]) if each[1]["Date"] else LONG_AGO)

    def reply(self, notice: EmailMessage, word: str, sender: Address = CLARA) -> Outcome:
        to = reply_address(notice)
        raw = f"From: <{sender}>\r\nTo: <{to}>\r\nSubject: Re\r\nMessage-ID: <a@x>\r\n\r\n{word}\r\n".encode()
        return self.desk.answer(Envelope(sender, (to,)), parse_message(raw), self.now)

    def state(self, identifier: str) -> str:
        return self.desk.show(identifier).state


def reply_address(notice: EmailMessage) -> Address:
    return parse_message(notice.as_bytes()).from_[0].address


def asked(*strays: Address, action: Action = Action.ASK, split: bool = False) -> Verdict:
    evidence = (Evidence("typo.tld", 5.0, 1.0, "army.ml is new to your organisation; army.mil is known to it"),)
    recipients = tuple(
        RecipientVerdict(each, action, 0.97, (RIGHT,) if each == STRAY else (), evidence) for each in strays
    )
    finding = Finding("marking.uk", "body", Sensitivity.HIGH, 0.9, "it is marked", "OFFICIAL-SENSITIVE", "00")
    guess = Finding("health.prose", "body", Sensitivity.HIGH, 0.42, "it tells of somebody's health", "", "01")
    return Verdict(action, 0.97, recipients, (finding, guess), split)


def view_of(verdict: Verdict) -> dict[str, object]:
    return {
        "recipients": [
            {
                "address": str(each.address),
                "evidence": [
                    {"id": item.id, "weight": item.weight, "sender_text": item.sender_text} for item in each.evidence
                ],
            }
            for each in verdict.recipients
        ],
        "content": [
            {"id": finding.id, "where": finding.where, "confidence": finding.confidence} for finding in verdict.content
        ],
    }


def message_of(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)


def texts(mail: EmailMessage) -> tuple[str, str]:
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    return plain.get_content(), html.get_content()


class Hop:
    """A next hop that refuses as it is told: recipient -> reply, and one reply to the message."""

    def __init__(self, replies: dict[str, str], *, data: str = "250 ok", utf8: bool = True) -> None:
        self.replies, self.data, self.utf8 = replies, data, utf8
        self.got = list[tuple[list[str], bytes]]()
        self.mails = list[tuple[str, list[str]]]()

    async def handle_MAIL(  # noqa: N802  (aiosmtpd's name)
        self, _server: SMTP, _session: Session, envelope: SmtpEnvelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        self.mails.append((address, [each for each in options if not each.startswith("SIZE=")]))
        return "250 ok"

    async def handle_RCPT(  # noqa: N802  (aiosmtpd's name)
        self, _server: SMTP, _session: Session, envelope: SmtpEnvelope, address: str, _options: list[str]
    ) -> str:
        if reply := self.replies.get(address):
            return reply
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: SmtpEnvelope) -> str:  # noqa: N802
        content = envelope.content
        if not self.data.startswith("2"):
            return self.data
        self.got.append((list(envelope.rcpt_tos), content if isinstance(content, bytes) else b""))
        return "250 ok"


def settings_for(office: Office, port: int) -> Settings:
    text = f'[organisation]\ndomains = ["mod.example"]\n[gateway]\nnext_hop = "127.0.0.1:{port}"\n'
    return parse(text, "straymail.toml")


async def run_against(office: Office, hop: Hop, later: float) -> None:
    controller = UnthreadedController(
        hop, hostname="127.0.0.1", port=0, loop=asyncio.get_running_loop(), enable_SMTPUTF8=hop.utf8
    )
    server = await asyncio.get_running_loop().create_server(controller.factory, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    office.now += later
    await Courier(office.desk, settings_for(office, port)).run_due(office.now)
    server.close()
    await server.wait_closed()
