"""The SMTP proxy: the client's bytes, the conversation, the next hop. Real sockets; the engine says what it is told."""

from __future__ import annotations

import asyncio
import json
import ssl
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from straymail.config import Settings, parse
from straymail.gateway.outcome import Accept, Arrival, Disposition, Refused, Reply, Taken
from straymail.gateway.smtp_proxy import SmtpProxy
from straymail.gateway.smtp_session import Command, Data, SmtpReader
from straymail.gateway.starttls import spoke_early
from straymail.message import Address, Envelope, parse_address

MESSAGE = b"Subject: x\r\n\r\nhello\r\n"


def read_all(data: bytes, *, as_data: bool, size: int = 1_000, cuts: tuple[int, ...] = ()) -> list[Command | Data]:
    reader = SmtpReader(size)
    if as_data:
        reader.expect_data()
    found, start = [], 0
    for end in (*sorted(cuts), len(data)):
        reader.feed(data[start:end])
        start = max(start, end)
        while (each := reader.next()) is not None:
            found.append(each)
    return found


@pytest.mark.parametrize(
    ("wire", "raw", "bare"),
    [
        (b"a\r\n.\r\n", b"a\r\n", False),
        (b".\r\n", b"", False),
        (b"..a\r\n...\r\n.\r\n", b".a\r\n..\r\n", False),
        (b".a\r\n.\r\n", b"a\r\n", False),
        (b"a\n.\n\r\n.\r\n", b"a\n.\n\r\n", True),
        (b"a\r\n.\n\r\n.\r\n", b"a\r\n\n\r\n", True),
        (b"a\n.\r\n\r\n.\r\n", b"a\n.\r\n\r\n", True),
        (b"a\r.\r\n.\r\n", b"a\r.\r\n", True),
        (b"a\r\n.\r\r\n.\r\n", b"a\r\n\r\r\n", True),
    ],
)
def test_only_crlf_dot_crlf_ends_a_message(wire: bytes, raw: bytes, bare: bool) -> None:
    (found,) = read_all(wire, as_data=True)
    assert found == Data(raw, oversize=False, bare=bare)


@given(st.binary(max_size=300), st.lists(st.integers(0, 300), max_size=5))
def test_where_the_stream_is_cut_does_not_matter(data: bytes, cuts: list[int]) -> None:
    wire = data.replace(b"\r\n.\r\n", b"") + b"\r\n.\r\n"
    assert read_all(wire, as_data=True, cuts=tuple(cuts)) == read_all(wire, as_data=True)


@given(st.binary(max_size=400))
def test_any_bytes_are_commands_or_faults(data: bytes) -> None:
    for found in read_all(data, as_data=False):
        assert isinstance(found, Command)
        assert found.fault or b"\n" not in found.line


@pytest.mark.parametrize(
    "wire", [b"MAIL FROM:<a@b>\n", b"RSET\r\r\n", b"NO\0OP\r\n", b"X" * 5_000, b"X" * 4_095 + b"\r\n"]
)
def test_a_line_that_is_none_is_a_fault(wire: bytes) -> None:
    assert all(isinstance(each, Command) and each.fault for each in read_all(wire, as_data=False))


def test_what_is_over_the_limit_is_counted_and_not_kept() -> None:
    (found,) = read_all(b"x" * 200_000 + b"\r\n.\r\n", as_data=True)
    assert isinstance(found, Data)
    assert found.oversize
    assert len(found.raw) <= 1_000


class ScriptedEngine:
    """Answers as it is told, and remembers what it was asked."""

    def __init__(self, disposition: Disposition | None = None, refused: str = "", desk: str = "") -> None:
        self.disposition, self.refused, self.desk = disposition or Accept(), refused, desk
        self.arrivals: list[Arrival] = []
        self.turned: list[tuple[Envelope, Reply]] = []

    def recipient(self, so_far: Envelope, address: Address) -> Reply | None:
        assert address not in so_far.recipients
        return Reply(550, "5.7.1", f"<{address}>: did you mean 100% b@c?") if str(address) == self.refused else None

    def is_desk_address(self, address: Address) -> bool:
        return str(address) == self.desk

    def turned_away(self, envelope: Envelope, reply: Reply) -> None:
        self.turned.append((envelope, reply))

    async def message(self, arrival: Arrival) -> Disposition:
        self.arrivals.append(arrival)
        return self.disposition


class Client:
    """A client that says lines and reads whole replies."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def say(self, data: bytes) -> str:
        self.writer.write(data)
        return await self.reply()

    async def reply(self) -> str:
        lines = []
        async with asyncio.timeout(10):
            while line := (await self.reader.readline()).decode():
                lines.append(line.rstrip("\r\n"))
                if line[3:4] != "-":
                    break
        return "\n".join(lines)

    async def begin(self, *recipients: bytes) -> list[str]:
        """EHLO, MAIL and a RCPT for each; their replies."""
        said = [await self.say(b"EHLO c.example\r\n"), await self.say(b"MAIL FROM:<a@b.example>\r\n")]
        return said + [await self.say(b"RCPT TO:<" + each + b">\r\n") for each in recipients]

    async def send(self, raw: bytes = MESSAGE) -> str:
        assert (await self.say(b"DATA\r\n")).startswith("354")
        return await self.say(raw + b".\r\n")


def settings_for(hop: str, more: str = "") -> Settings:
    return parse(f'[gateway]\nnext_hop = "{hop}"\nhostname = "guard.example"\n{more}', "straymail.toml")


@asynccontextmanager
async def connected(engine: ScriptedEngine, settings: Settings) -> AsyncIterator[Client]:
    proxy = SmtpProxy(engine, settings)
    port = await proxy.listen("127.0.0.1", 0)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    client = Client(reader, writer)
    assert (await client.reply()).startswith("220 guard.example")
    try:
        yield client
    finally:
        writer.close()
        await proxy.shutdown(5)


def outbox(folder: Path) -> list[tuple[dict[str, object], bytes]]:
    return [(json.loads(each.with_suffix(".json").read_text()), each.read_bytes()) for each in folder.glob("*.eml")]


async def test_a_message_passes_unchanged(tmp_path: Path) -> None:
    engine = ScriptedEngine()
    async with connected(engine, settings_for(f"outbox:{tmp_path}")) as client:
        await client.begin(b"x@d.example", b"y@d.example")
        assert (await client.send(b"Subject: x\r\n\r\n..dots\r\n")).startswith("250")
        assert (await client.say(b"QUIT\r\n")).startswith("221")
    ((envelope, raw),) = outbox(tmp_path)
    assert envelope == {"sender": "a@b.example", "recipients": ["x@d.example", "y@d.example"]}
    assert raw == b"Subject: x\r\n\r\n.dots\r\n"
    assert [str(each) for each in engine.arrivals[0].envelope.recipients] == ["x@d.example", "y@d.example"]


async def test_a_hold_reaches_nobody_and_the_next_message_is_its_own(tmp_path: Path) -> None:
    engine = ScriptedEngine(Taken("k3f9"))
    async with connected(engine, settings_for(f"outbox:{tmp_path}")) as client:
        await client.begin(b"x@d.example")
        assert "waiting as k3f9" in await client.send()
        engine.disposition = Taken("k3f9", "your answer was carried out")
        await client.begin(b"x@d.example")
        assert await client.send() == "250 2.0.0 Ok: your answer was carried out"
        engine.disposition = Accept((("X-Straymail-Verdict", "tag"),))
        await client.say(b"MAIL FROM:<>\r\n")
        await client.say(b"RCPT TO:<z@d.example>\r\n")
        assert (await client.send(b"X-Straymail-Forged: 1\r\nSubject: x\r\n\r\n")).startswith("250")
    ((envelope, raw),) = outbox(tmp_path)
    assert envelope == {"sender": "", "recipients": ["z@d.example"]}
    assert raw.startswith(b"X-Straymail-Verdict: tag\r\n")
    assert b"Forged" not in raw


async def test_dropped_recipients_and_those_of_the_desk_are_not_told_the_next_hop(tmp_path: Path) -> None:
    engine = ScriptedEngine(Accept(drop=(parse_address("y@d.example"),)), desk="desk@b.example")
    async with connected(engine, settings_for(f"outbox:{tmp_path}")) as client:
        await client.begin(b"x@d.example", b"y@d.example", b"desk@b.example")
        assert (await client.send()).startswith("250")
    ((envelope, _),) = outbox(tmp_path)
    assert envelope["recipients"] == ["x@d.example"]


async def test_a_refused_recipient_is_refused_in_words_and_the_others_go(tmp_path: Path) -> None:
    async with connected(ScriptedEngine(refused="b@d.example"), settings_for(f"outbox:{tmp_path}")) as client:
        said = await client.begin(b"x@d.example", b"b@d.example")
        assert said[-1] == "550 5.7.1 <b@d.example>: did you mean 100% b@c?"
        assert (await client.send()).startswith("250")
    assert outbox(tmp_path)[0][0]["recipients"] == ["x@d.example"]


@pytest.mark.parametrize(
    ("raw", "code"),
    [(b"a\nb\r\n", "550 5.5.2"), (b"a\rb\r\n", "550 5.5.2"), (b"x" * 3_000 + b"\r\n", "552 5.3.4")],
)
async def test_smuggling_and_oversize_are_refused_before_judging(tmp_path: Path, raw: bytes, code: str) -> None:
    engine = ScriptedEngine()
    more = "[gateway.limits]\nsize = 2048\n"
    async with connected(engine, settings_for(f"outbox:{tmp_path}", more)) as client:
        await client.begin(b"x@d.example")
        assert (await client.send(raw)).startswith(code)
    assert engine.arrivals == []
    ((envelope, reply),) = engine.turned
    assert [str(each) for each in envelope.recipients] == ["x@d.example"]
    assert f"{reply.code} {reply.enhanced}" == code
    assert outbox(tmp_path) == []


async def test_a_refusal_of_the_engine_is_the_clients(tmp_path: Path) -> None:
    engine = ScriptedEngine(Refused(Reply(451, "4.3.0", "later\nreally")))
    async with connected(engine, settings_for(f"outbox:{tmp_path}")) as client:
        await client.begin(b"x@d.example")
        assert await client.send() == "451-4.3.0 later\n451 4.3.0 really"
    assert outbox(tmp_path) == []


@pytest.mark.parametrize(
    ("lines", "codes"),
    [
        ((b"MAIL FROM:<a@b>\r\n",), "503"),
        ((b"EHLO\r\n",), "501"),
        ((b"EHLO c\r\n", b"RCPT TO:<a@b>\r\n"), "250 503"),
        ((b"EHLO c\r\n", b"DATA\r\n"), "250 503"),
        ((b"EHLO c\r\n", b"MAIL FROM:a@b\r\n"), "250 501"),
        ((b"EHLO c\r\n", b"MAIL FROM:<a@b> BODY=8BITMIME\r\n", b"MAIL FROM:<a@b>\r\n"), "250 250 503"),
        ((b"EHLO c\r\n", b"MAIL FROM:<a@b>\r\n", b"RCPT TO:<>\r\n", b"DATA\r\n"), "250 250 501 503"),
        ((b"HELO c\r\n", b'MAIL FROM:<"a>b"@c.example>\r\n', b"RSET\r\n", b"NOOP\r\n"), "250 250 250 250"),
        ((b"BDAT 5\r\n", b"AUTH PLAIN x\r\n", b"VRFY a\r\n", b"HELP\r\n", b"STARTTLS\r\n"), "502 502 252 214 502"),
        ((b"EHLO c\n",), "500"),
    ],
)
async def test_conversations(tmp_path: Path, lines: tuple[bytes, ...], codes: str) -> None:
    async with connected(ScriptedEngine(), settings_for(f"outbox:{tmp_path}")) as client:
        assert " ".join([(await client.say(line))[:3] for line in lines]) == codes


async def test_pipelined_commands_are_answered_in_order(tmp_path: Path) -> None:
    async with connected(ScriptedEngine(), settings_for(f"outbox:{tmp_path}")) as client:
        await client.say(b"EHLO c\r\n")
        client.writer.write(
            b"MAIL FROM:<a@b.example>\r\nRCPT TO:<x@d.example>\r\nDATA\r\n" + MESSAGE + b".\r\nQUIT\r\n"
        )
        assert [(await client.reply())[:3] for _ in range(5)] == ["250", "250", "354", "250", "221"]


async def test_too_many_errors_end_the_conversation(tmp_path: Path) -> None:
    async with connected(ScriptedEngine(), settings_for(f"outbox:{tmp_path}")) as client:
        said = [await client.say(b"WHAT\r\n") for _ in range(21)]
        assert said[-1].startswith("421")
        assert await client.reader.read() == b""


Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], object]


@asynccontextmanager
async def hop(
    answers: dict[bytes, bytes], greeting: bytes = b"220 hop\r\n", heard: list[bytes] | None = None
) -> AsyncIterator[int]:
    """A next hop that answers each verb as told ("" closes the connection); ``heard`` gets its command lines."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        while line := await reader.readline():
            verb = line.split()[0].upper()
            if heard is not None:
                heard.append(line.rstrip())
            answer = answers.get(verb, b"250 ok\r\n")
            if not answer:
                break
            writer.write(answer)
            if verb == b"DATA" and answer.startswith(b"354"):
                await reader.readuntil(b"\r\n.\r\n")
                if not (stored := answers.get(b".", b"250 stored\r\n")):
                    break
                writer.write(stored)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()


EHLO = b"250-hop\r\n250-SIZE 5000\r\n250-8BITMIME\r\n250-CHUNKING\r\n250-AUTH PLAIN\r\n250 SMTPUTF8\r\n"


async def test_keywords_are_those_of_the_next_hop_that_can_be_kept() -> None:
    async with (
        hop({b"EHLO": EHLO}) as port,
        connected(ScriptedEngine(), settings_for(f"127.0.0.1:{port}")) as client,
    ):
        said = await client.say(b"EHLO c\r\n")
    assert said.split("\n")[1:] == ["250-8BITMIME", "250-SMTPUTF8", "250 SIZE 5000"]


async def test_replies_of_the_next_hop_come_back_as_they_are() -> None:
    answers = {b"EHLO": EHLO, b"RCPT": b"550-5.1.1 no such\r\n550 5.1.1 person\r\n", b"DATA": b"354 go\r\n"}
    async with hop(answers) as port, connected(ScriptedEngine(), settings_for(f"127.0.0.1:{port}")) as client:
        said = await client.begin(b"x@d.example")
        assert said[-1] == "550-5.1.1 no such\n550 5.1.1 person"
        answers[b"RCPT"] = b"250 ok\r\n"
        answers[b"."] = b"554 5.6.0 I do not like it\r\n"
        await client.say(b"RCPT TO:<y@d.example>\r\n")
        assert await client.send() == "554 5.6.0 I do not like it"


@pytest.mark.parametrize("refusal", [{b"DATA": b"554 no\r\n"}, {b"DATA": b"354 go\r\n", b".": b"554 no\r\n"}])
async def test_after_a_refused_message_the_next_one_begins_anew(refusal: dict[bytes, bytes]) -> None:
    heard: list[bytes] = []
    async with (
        hop({b"EHLO": EHLO, **refusal}, heard=heard) as port,
        connected(ScriptedEngine(), settings_for(f"127.0.0.1:{port}")) as client,
    ):
        await client.begin(b"x@d.example")
        assert (await client.send()).startswith("554")
        assert (await client.say(b"MAIL FROM:<c@b.example>\r\n")).startswith("250")
    assert heard[3:6] == [b"DATA", b"RSET", b"MAIL FROM:<c@b.example>"]


async def test_what_is_said_of_each_recipient_is_kept(tmp_path: Path) -> None:
    engine = ScriptedEngine()
    async with connected(engine, settings_for(f"outbox:{tmp_path}")) as client:
        await client.begin(b"postmaster", b"x@d.example")
        await client.say(b"RCPT TO:<y@d.example> NOTIFY=NEVER ORCPT=rfc822;y@d.example\r\n")
        await client.send()
    envelope = engine.arrivals[0].envelope
    assert envelope.recipient_parameters == ((), ("NOTIFY=NEVER", "ORCPT=rfc822;y@d.example"))


async def test_names_without_a_domain_are_the_next_hops_own(tmp_path: Path) -> None:
    engine = ScriptedEngine(Accept(drop=(parse_address("y@d.example"),)))
    async with connected(engine, settings_for(f"outbox:{tmp_path}")) as client:
        said = await client.begin(b"Postmaster", b"y@d.example", b"no body", b"@", b"", b"y%d.example", b"d.example!y")
        assert [each[:3] for each in said[2:]] == ["250", "250", *["501"] * 5]
        assert (await client.send()).startswith("250")
    assert outbox(tmp_path)[0][0]["recipients"] == ["Postmaster"]
    assert engine.arrivals[0].unreadable == ("Postmaster",)
    assert engine.arrivals[0].envelope.recipients == (parse_address("y@d.example"),)


@pytest.mark.parametrize("verb", [b"MAIL", b"RCPT", b"DATA", b"."])
async def test_a_next_hop_that_goes_away_means_421(verb: bytes) -> None:
    answers = {b"EHLO": EHLO, b"DATA": b"354 go\r\n", verb: b""}
    async with hop(answers) as port, connected(ScriptedEngine(), settings_for(f"127.0.0.1:{port}")) as client:
        said = await client.begin(b"x@d.example")
        last = said[-1] if verb in (b"MAIL", b"RCPT") else await client.send()
        assert "421" in " ".join(said) or last.startswith("421")


async def test_a_next_hop_that_is_away_means_421() -> None:
    async with connected(ScriptedEngine(), settings_for("127.0.0.1:9")) as client:
        assert (await client.say(b"EHLO c\r\n")).startswith("421")


async def test_a_thousand_clients_at_once(tmp_path: Path) -> None:
    proxy = SmtpProxy(ScriptedEngine(), settings_for(f"outbox:{tmp_path}"))
    port = await proxy.listen("127.0.0.1", 0)
    clients = [Client(*await asyncio.open_connection("127.0.0.1", port)) for _ in range(1_000)]
    greetings = await asyncio.gather(*(client.reply() for client in clients))
    assert sum(each.startswith("220") for each in greetings) == 1_000
    extra = Client(*await asyncio.open_connection("127.0.0.1", port))
    assert (await extra.reply()).startswith("421")
    await proxy.shutdown(10)
    for client in (*clients, extra):
        client.writer.close()
    assert proxy.sessions == set()


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate for localhost, and its key."""
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    command += ["-days", "2", "-subj", "/CN=localhost", "-keyout", str(key), "-out", str(cert)]
    subprocess.run(command, check=True, capture_output=True)
    return cert, key


@pytest.mark.parametrize(("early", "found"), [(b"", False), (b"MAIL FROM:<evil@b.example>\r\n", True)])
async def test_lines_that_came_before_the_encryption_are_found(early: bytes, found: bool) -> None:
    answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        answer.set_result(await spoke_early(reader, writer))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    _, writer = await asyncio.open_connection("127.0.0.1", server.sockets[0].getsockname()[1])
    writer.write(b"STARTTLS\r\n" + early)
    async with asyncio.timeout(10):
        assert await answer is found
    writer.close()
    server.close()


async def test_starttls_is_refused_where_commands_wait_unread(certificate: tuple[Path, Path]) -> None:
    """A full read ends just after STARTTLS: what follows is still in the stream, not among the lines."""
    cert, key = certificate
    line, tail = b"NOOP " + b"x" * 3_993 + b"\r\n", b"STARTTLS\r\n"
    rest = (1 << 16) - 16 * len(line) - len(tail)
    wire = line * 16 + b"NOOP " + b"x" * (rest - 7) + b"\r\n" + tail
    assert len(wire) == 1 << 16

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hop\r\n")
        await reader.readline()
        await asyncio.sleep(0.3)  # what the client says meanwhile waits
        writer.write(EHLO)
        await reader.read()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    more = f'tls_cert = "{cert}"\ntls_key = "{key}"\nstarttls_out = "never"\n'
    async with connected(ScriptedEngine(), settings_for(f"127.0.0.1:{port}", more)) as client:
        client.writer.write(b"EHLO c\r\n")
        await asyncio.sleep(0.1)
        client.writer.write(wire + b"MAIL FROM:<evil@b.example>\r\n")
        said = [(await client.reply())[:3] for _ in range(19)]
    assert said == ["250"] * 18 + ["421"]
    server.close()


async def test_starttls_within_a_message_ends_it_at_the_next_hop_too(certificate: tuple[Path, Path]) -> None:
    cert, key = certificate
    heard: list[bytes] = []
    async with hop({b"EHLO": EHLO}, heard=heard) as port:
        more = f'tls_cert = "{cert}"\ntls_key = "{key}"\nstarttls_out = "never"\n'
        async with connected(ScriptedEngine(), settings_for(f"127.0.0.1:{port}", more)) as client:
            await client.begin()
            assert (await client.say(b"STARTTLS\r\n")).startswith("220")
            context = ssl.create_default_context(cafile=str(cert))
            await client.writer.start_tls(context, server_hostname="localhost")
            assert (await client.say(b"EHLO c\r\n")).startswith("250")
            assert (await client.say(b"MAIL FROM:<a@b.example>\r\n")).startswith("250")
    assert [line[:4] for line in heard][1:4] == [b"MAIL", b"RSET", b"MAIL"]


async def test_starttls_forgets_what_came_before(tmp_path: Path, certificate: tuple[Path, Path]) -> None:
    cert, key = certificate
    settings = settings_for(f"outbox:{tmp_path / 'out'}", f'tls_cert = "{cert}"\ntls_key = "{key}"\n')
    context = ssl.create_default_context(cafile=str(cert))
    async with connected(ScriptedEngine(), settings) as client:
        assert "STARTTLS" in await client.say(b"EHLO c\r\n")
        assert (await client.say(b"STARTTLS\r\n")).startswith("220")
        await client.writer.start_tls(context, server_hostname="localhost")
        assert (await client.say(b"MAIL FROM:<a@b.example>\r\n")).startswith("503")
        assert "STARTTLS" not in await client.say(b"EHLO c\r\n")
    async with connected(ScriptedEngine(), settings) as client:
        await client.say(b"EHLO c\r\n")
        assert (await client.say(b"STARTTLS\r\nMAIL FROM:<evil@b.example>\r\n")).startswith("421")
