"""Hostile mail through both doors: a clear outcome each, and bounded memory."""

from __future__ import annotations

import smtplib
import socket
import time
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from random import randbytes

import pytest

from guard import DOORS, Guard, running_guard
from test_dialogs import need

pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("hostile")]
SENDER, RECIPIENT = "clara@mod.example", "holt@army.mil"
HEAD = f"From: {SENDER}\r\nTo: {RECIPIENT}\r\nSubject: x\r\nMessage-ID: <{{}}@mod.example>\r\n".encode()
MOST = 300 * 1024 * 1024


def head(name: str) -> bytes:
    return HEAD.replace(b"{}", name.encode())


def big() -> bytes:
    line = b"The quick brown fox jumps over the lazy dog, and again, and again, and again.\r\n"
    return head("big") + b"\r\n" + line * (50_000_000 // len(line))


def many_parts() -> bytes:
    part = b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n"
    return (
        head("parts")
        + b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        + part * 10_000
        + b"--b--\r\n"
    )


def deep() -> bytes:
    open_ = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (level, level) for level in range(100)
    )
    return head("deep") + b"MIME-Version: 1.0\r\n" + open_ + b"Content-Type: text/plain\r\n\r\nx\r\n"


def long_header() -> bytes:
    return (
        head("header")
        + b"X-Long: "
        + b"a" * 900
        + b"\r\n"
        + b" "
        + b"b" * 900
        + b"\r\n"
        + b"".join(b" " + b"c" * 900 + b"\r\n" for _ in range(1_100))
        + b"\r\nx\r\n"
    )


def nul() -> bytes:
    return head("nul") + b"X-Nul: a\0b\r\n\r\nbody with \0 in it\r\n"


def latin() -> bytes:
    return head("latin") + b"X-Odd: \xff\xfe\r\n\r\n\xe4\xf6\xfc \xff\r\n"


def attachments() -> bytes:
    zeros = b"UEsDBBQAAAAIAA==\r\n"
    part = b'--b\r\nContent-Type: application/zip; name="x.zip"\r\nContent-Transfer-Encoding: base64\r\n\r\n' + zeros
    return (
        head("zips")
        + b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        + part * 50
        + b"--b--\r\n"
    )


MAILS: dict[str, Callable[[], bytes]] = {
    each.__name__: each for each in (big, many_parts, deep, long_header, nul, latin, attachments)
}


@pytest.fixture(scope="module", params=DOORS)
def guard(request: pytest.FixtureRequest) -> Iterator[Guard]:
    need(request.param)
    with running_guard(request.param) as running:
        yield running


@pytest.mark.parametrize("name", MAILS)
def test_hostile_mail_has_a_clear_outcome(guard: Guard, name: str) -> None:
    """Accepted and delivered or held, or refused for now or for good: never a hang, never silence."""
    before = len(guard.sink.mails)
    held = len(guard.held())
    try:
        with smtplib.SMTP("127.0.0.1", guard.port, timeout=120) as client:
            client.sendmail(SENDER, [RECIPIENT], MAILS[name]())
        code = 250
    except smtplib.SMTPResponseException as answer:
        code = answer.smtp_code
    assert 250 <= code < 600
    if code == 250:
        assert len(guard.sink.wait(before + 1, 60)) > before or len(guard.held()) > held
    assert guard.process.poll() is None
    assert guard.rss() < MOST, f"{guard.rss() >> 20} MB"


def test_a_large_attachment_that_does_not_compress_is_held_within_the_bound(guard: Guard) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Message-ID"] = SENDER, "holt@army.ml", "<large@mod.example>"
    mail.set_content("Enclosed.")
    mail.add_attachment(randbytes(35_000_000), maintype="application", subtype="octet-stream", filename="survey.bin")
    held = len(guard.held())
    with smtplib.SMTP("127.0.0.1", guard.port, timeout=120) as client:
        client.send_message(mail)
    assert len(guard.held()) == held + 1
    assert guard.rss() < MOST, f"{guard.rss() >> 20} MB"


def test_five_thousand_recipients(guard: Guard) -> None:
    to = [f"p{number}@army.mil" for number in range(5_000)]
    with smtplib.SMTP("127.0.0.1", guard.port, timeout=120) as client:
        refused = client.sendmail(SENDER, to, head("crowd") + b"\r\nx\r\n")
    assert refused == {}
    guard.sink.wait(1)
    assert guard.rss() < MOST


@pytest.mark.parametrize("ending", [b"\n.\n", b"\r\n.\n", b"\n.\r\n", b"\r.\r\n", b"\r\n.\r"])
def test_nothing_can_be_smuggled_behind_a_message(guard: Guard, ending: bytes) -> None:
    """What follows a false end of data is never taken for a second message."""
    victim = f"victim{ending.hex()}@army.mil".encode()
    inner = b"MAIL FROM:<ceo@mod.example>\r\nRCPT TO:<" + victim + b">\r\nDATA\r\nSubject: smuggled\r\n\r\nx\r\n.\r\n"
    before = len(guard.sink.mails)
    with (
        socket.create_connection(("127.0.0.1", guard.port), 30) as sock,
        sock.makefile("rwb", buffering=0) as stream,
    ):
        assert stream.readline().startswith(b"220")
        for line in (
            b"EHLO c",
            b"MAIL FROM:<" + SENDER.encode() + b">",
            b"RCPT TO:<" + RECIPIENT.encode() + b">",
            b"DATA",
        ):
            stream.write(line + b"\r\n")
            while stream.readline()[3:4] == b"-":
                pass
        stream.write(head("smuggle") + b"\r\nouter" + ending + inner)
        taken = stream.readline().startswith(b"250")
        stream.write(b"QUIT\r\n")
        while stream.readline():
            pass
    guard.sink.wait(before + taken)
    time.sleep(0.3)  # a second message would follow the first at once
    assert not [each for each in guard.sink.mails if victim.decode() in each.recipients]
