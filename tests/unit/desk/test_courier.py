"""The courier's last metre: STARTTLS as the setting says, and next hops that break off."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from straymail.config import parse
from straymail.desk import Courier
from straymail.message import Address, Envelope

from .office import CLARA, STRAY, TOM, Hop, Office, asked


@pytest.fixture(scope="module")
def server_tls(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """A certificate nobody has signed but itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = (
        builder.serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    )
    file: Path = tmp_path_factory.mktemp("tls") / "hop.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


class Watching(Hop):
    """A hop that remembers whether the message came over TLS."""

    over_tls: bool | None = None

    async def handle_EHLO(  # noqa: N802  (aiosmtpd's name)
        self, server: SMTP, session: object, _envelope: object, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname  # type: ignore[attr-defined]  # aiosmtpd wants it set here
        self.over_tls = server._tls_protocol is not None
        return responses


def released(office: Office) -> str:
    identifier = office.take(envelope=Envelope(CLARA, (STRAY,)), verdict=asked(STRAY))
    office.deliver()
    office.desk.release(identifier, actor="officer", now=office.now)
    return identifier


async def through(office: Office, port: int, mode: str) -> None:
    gateway = f'next_hop = "127.0.0.1:{port}"\nstarttls_out = "{mode}"'
    text = f'[organisation]\ndomains = ["mod.example"]\n[gateway]\n{gateway}\n'
    await Courier(office.desk, parse(text, "straymail.toml")).run_due(office.now)


@pytest.mark.parametrize(
    ("mode", "offered", "over_tls", "state"),
    [
        ("never", True, False, "released"),
        ("never", False, False, "released"),
        ("may", True, True, "released"),
        ("may", False, False, "released"),
        ("must", False, False, "releasing"),
        ("must", True, False, "releasing"),  # offered, but the certificate is nobody's
    ],
)
def test_starttls_as_the_setting_says(
    office: Office, server_tls: ssl.SSLContext, mode: str, offered: bool, over_tls: bool, state: str
) -> None:
    identifier = released(office)
    hop = Watching({})

    async def run() -> None:
        loop = asyncio.get_running_loop()
        context = server_tls if offered else None
        server = await loop.create_server(lambda: SMTP(hop, tls_context=context), "127.0.0.1", 0)
        await through(office, server.sockets[0].getsockname()[1], mode)
        server.close()
        await server.wait_closed()

    asyncio.run(run())
    assert office.state(identifier) == state
    assert bool(hop.over_tls) is over_tls
    assert bool(hop.got) is (state == "released")


class Unwilling(SMTP):
    """Offers STARTTLS and cannot do it, as Postfix without its tlsmgr."""

    async def smtp_STARTTLS(self, _arg: str) -> None:  # noqa: N802  (aiosmtpd's name)
        await self.push("454 4.7.0 TLS not available due to local problem")


class Unable(SMTP):
    """Agrees to STARTTLS, and then speaks something else."""

    async def smtp_STARTTLS(self, _arg: str) -> None:  # noqa: N802  (aiosmtpd's name)
        await self.push("220 2.0.0 go ahead")
        await asyncio.sleep(0.1)
        assert isinstance(self.transport, asyncio.WriteTransport)
        self.transport.write(b"500 this is no TLS\r\n")
        self.transport.close()


@pytest.mark.parametrize("server_class", [Unwilling, Unable])
@pytest.mark.parametrize(("mode", "state"), [("may", "released"), ("must", "releasing")])
def test_a_hop_that_offers_tls_and_cannot_do_it(
    office: Office, server_tls: ssl.SSLContext, mode: str, state: str, server_class: type[SMTP]
) -> None:
    identifier = released(office)
    hop = Watching({})

    async def run() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: server_class(hop, tls_context=server_tls), "127.0.0.1", 0)
        await through(office, server.sockets[0].getsockname()[1], mode)
        server.close()
        await server.wait_closed()

    asyncio.run(run())
    assert office.state(identifier) == state
    assert bool(hop.got) is (state == "released")


JOSE = Address("josé", "army.ml")


@pytest.mark.parametrize("offered", [True, False])
def test_what_the_hop_offers_is_known_with_and_without_tls(
    office: Office, server_tls: ssl.SSLContext, offered: bool
) -> None:
    parameters = ("BODY=8BITMIME", "SMTPUTF8")
    envelope = Envelope(CLARA, (JOSE,), mail_parameters=parameters)
    identifier = office.take(envelope=envelope, verdict=asked(JOSE))
    office.deliver()
    office.desk.release(identifier, actor="officer", now=office.now)
    hop = Watching({})

    async def run() -> None:
        context = server_tls if offered else None
        make = lambda: SMTP(hop, tls_context=context, enable_SMTPUTF8=True)  # noqa: E731
        server = await asyncio.get_running_loop().create_server(make, "127.0.0.1", 0)
        await through(office, server.sockets[0].getsockname()[1], "may")
        server.close()
        await server.wait_closed()

    asyncio.run(run())
    assert office.state(identifier) == "released"
    assert (str(CLARA), list(parameters)) in hop.mails


def test_a_hop_of_helo_gets_its_helo(office: Office) -> None:
    identifier = released(office)
    conversations: list[list[bytes]] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard: list[bytes] = []
        conversations.append(heard)
        writer.write(b"220 hop\r\n")
        while line := await reader.readline():
            heard.append(line[:4])
            if line[:4] == b"DATA":
                writer.write(b"354 go\r\n")
                await reader.readuntil(b"\r\n.\r\n")
            writer.write(b"502 no\r\n" if line[:4] == b"EHLO" else b"250 ok\r\n")
        writer.close()

    async def run() -> None:
        server = await asyncio.start_server(talk, "127.0.0.1", 0)
        await through(office, server.sockets[0].getsockname()[1], "never")
        server.close()

    asyncio.run(run())
    assert [each[:5] for each in conversations] == [[b"EHLO", b"HELO", b"MAIL", b"RCPT", b"DATA"]] * 2
    assert office.state(identifier) == "released"


@pytest.mark.parametrize("offered", [True, False])
@pytest.mark.parametrize(
    ("word", "stray"),
    [
        ("release", b"RCPT TO:<robert.holt@army.ml> NOTIFY=FAILURE ORCPT=rfc822;robert.holt@army.ml"),
        ("correct", b"RCPT TO:<robert.holt@army.mil> NOTIFY=FAILURE"),
    ],
)
def test_who_wants_to_hear_of_delivery_is_passed_on(office: Office, word: str, stray: bytes, offered: bool) -> None:
    said = (
        ("NOTIFY=FAILURE", "ORCPT=rfc822;robert.holt@army.ml"),
        ("NOTIFY=NEVER", "X=Y", "ORCPT=\xe9", "ORCPT=\udcff"),
    )
    given = ("RET=\xe9", "ENVID=a\r\nRSET")
    identifier = office.take(envelope=Envelope(CLARA, (STRAY, TOM), mail_parameters=given, recipient_parameters=said))
    office.deliver()
    getattr(office.desk, word)(identifier, actor="officer", now=office.now)
    heard: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hop\r\n")
        while line := await reader.readline():
            heard.append(line.strip())
            if line[:4] == b"DATA":
                writer.write(b"354 go\r\n")
                await reader.readuntil(b"\r\n.\r\n")
            writer.write(b"250-hop\r\n250 DSN\r\n" if line[:4] == b"EHLO" and offered else b"250 ok\r\n")
        writer.close()

    async def run() -> None:
        server = await asyncio.start_server(talk, "127.0.0.1", 0)
        await through(office, server.sockets[0].getsockname()[1], "never")
        server.close()

    asyncio.run(run())
    tom = b"RCPT TO:<tom@mod.example> NOTIFY=NEVER"
    expected = [stray, tom] if offered else [each.partition(b"> ")[0] + b">" for each in (stray, tom)]
    assert [line for line in heard if line.startswith(b"RCPT") and b"clara" not in line] == expected


SCRIPT = (b"220 hop\r\n", b"250 hop\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n", b"250 taken\r\n")


@pytest.mark.parametrize(
    ("answers", "state"),
    [
        (0, "releasing"),
        (1, "releasing"),
        (2, "releasing"),
        (3, "releasing"),
        (4, "releasing"),
        (5, "releasing"),  # the message was sent, but nobody said it was taken: it is sent again
        (6, "released"),  # taken; that QUIT finds nobody does not matter
    ],
)
def test_a_hop_that_breaks_off(office: Office, answers: int, state: str) -> None:
    identifier = released(office)
    kinds = [b"connect", b"EHLO", b"MAIL", b"RCPT", b"DATA", b"."]

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            for step, line in enumerate(SCRIPT[:answers]):
                if kinds[step] == b".":
                    await reader.readuntil(b"\r\n.\r\n")
                elif step:
                    await reader.readline()
                writer.write(line)
                await writer.drain()
        writer.close()

    async def run() -> None:
        server = await asyncio.start_server(talk, "127.0.0.1", 0)
        await through(office, server.sockets[0].getsockname()[1], "never")
        server.close()
        await server.wait_closed()

    asyncio.run(run())
    assert office.state(identifier) == state
    if state == "releasing":
        assert [envelope for envelope, _ in office.deliver(3_700) if envelope["sender"]]
        assert office.state(identifier) == "released"


def test_after_five_days_a_message_that_cannot_go_is_seen_to_have_failed(office: Office) -> None:
    identifier = released(office)
    for _ in range(7):
        office.now += 86_400
        asyncio.run(through(office, 9, "never"))
    assert office.state(identifier) == "failed"
    office.desk.release(identifier, actor="officer", now=office.now)
    assert [envelope for envelope, _ in office.deliver() if envelope["sender"]]
    assert office.state(identifier) == "released"
