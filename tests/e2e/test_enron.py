"""The guard behind a real Postfix, taught a real archive: strays are stopped, true mail passes."""

from __future__ import annotations

import smtplib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from guard import Guard, running_guard
from straymail.audit.mailbox import Spool
from straymail.message import Message
from test_dialogs import need

pytestmark = [pytest.mark.corpus, pytest.mark.xdist_group("enron"), pytest.mark.timeout(900)]
OWN = "enron.com"
WEEK = datetime(2001, 11, 5, tzinfo=UTC)
TRUE_MESSAGES = 200
STRAYS = {
    "vince.kaminski@enorn.com": "vince.kaminski@enron.com",
    "jeff.dasovich@enron.co": "jeff.dasovich@enron.com",
    "someone@haas.berkely.edu": "someone@haas.berkeley.edu",
}


@pytest.fixture(scope="module")
def archive(corpus: Path) -> Iterator[Spool]:
    spool = Spool()
    spool.fill(sorted((corpus / "enron").glob("*.mbox.gz")))
    yield spool
    spool.close()


@pytest.fixture(scope="module")
def taught(archive: Spool, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything before the week, as an mbox of headers: who wrote to whom is all that is learned."""
    file = tmp_path_factory.mktemp("enron") / "before.mbox"
    with file.open("wb") as out:
        for message in archive:
            if message.date and message.date < WEEK:
                fields = (f"{name}: {value}" for name, value in message.headers)
                head = "\n".join(" ".join(field.split()) for field in fields)
                out.write(f"From x Thu Jan  1 00:00:00 2026\n{head}\n\n{message.identity}\n\n".encode())
    return file


@pytest.fixture(scope="module")
def guard(taught: Path) -> Iterator[Guard]:
    need("milter")
    with running_guard("milter", own=OWN, teach=taught) as running:
        yield running


def send(guard: Guard, sender: str, recipients: list[str], raw: bytes) -> None:
    with smtplib.SMTP("127.0.0.1", guard.port, timeout=60) as client:
        client.sendmail(sender, recipients, raw)


def draft(sender: str, recipient: str) -> bytes:
    return f"From: {sender}\r\nTo: {recipient}\r\nSubject: Numbers\r\n\r\nHere they are.\r\n".encode()


@pytest.mark.parametrize(("typed", "meant"), STRAYS.items())
def test_a_slip_is_stopped_with_the_right_suggestion(guard: Guard, typed: str, meant: str) -> None:
    send(guard, f"jeff.skilling@{OWN}", [typed], draft(f"jeff.skilling@{OWN}", typed))
    held = guard.held()[-1]
    assert [(each.address, each.meant[0]) for each in held.recipients if each.suspect] == [(typed, meant)]


def test_a_slip_in_the_mailbox_is_stopped(guard: Guard, archive: Spool) -> None:
    """Two letters of the closest correspondents' addresses change places; most of them must be noticed."""
    stopped = 0
    pairs = closest(archive)
    for sender, recipient in pairs:
        local, _, domain = recipient.partition("@")
        typed = f"{local[:2]}{local[3]}{local[2]}{local[4:]}@{domain}"
        send(guard, sender, [typed], draft(sender, typed))
        held = guard.held()
        suspects = [each for each in held[-1].recipients if each.suspect] if held else []
        stopped += bool(suspects and suspects[0].address == typed and suspects[0].meant[:1] == (recipient,))
    assert len(pairs) == 5
    assert stopped >= 4, f"{stopped} of {len(pairs)}"


def closest(archive: Spool) -> list[tuple[str, str]]:
    """The five pairs with most mail both ways, one for each sender, whose third and fourth letters differ."""
    counts: Counter[tuple[str, str]] = Counter()
    for message in archive:
        if message.date and message.date < WEEK and message.from_:
            sender = message.from_[0].address.person
            counts.update((sender, box.address.person) for box in message.to)
    both = {pair: min(count, counts[pair[1], pair[0]]) for pair, count in counts.items() if pair[0] != pair[1]}
    found: dict[str, str] = {}
    for sender, recipient in sorted(both, key=lambda pair: -both[pair]):
        local = recipient.partition("@")[0]
        if sender.endswith(f"@{OWN}") and len(local) > 6 and local[2:4].isalpha() and local[2] != local[3]:
            found.setdefault(sender, recipient)
    return list(found.items())[:5]


def true_mail(archive: Spool) -> Iterator[Message]:
    """Mail of people of the firm in the two weeks after what was learned."""
    for message in archive:
        in_time = message.date is not None and WEEK <= message.date < WEEK + timedelta(days=14)
        if in_time and message.from_ and message.from_[0].address.domain == OWN and (message.to or message.cc):
            yield message


def test_true_mail_of_a_later_week_passes_with_at_most_one_question(guard: Guard, archive: Spool) -> None:
    before, sent = len(guard.held()), 0
    for message in true_mail(archive):
        sender = str(message.from_[0].address)
        recipients = list(dict.fromkeys(str(box.address) for box in (*message.to, *message.cc)))
        body = "\r\n".join(part.text() for part in message.parts)[:20_000]
        raw = (
            f"From: <{sender}>\r\nTo: {', '.join(f'<{each}>' for each in recipients)}\r\n"
            f"Subject: {' '.join(message.subject.split())}\r\nMessage-ID: <{message.identity}@enron.com>\r\n\r\n"
            f"{body}\r\n"
        )
        try:
            send(
                guard,
                sender,
                recipients,
                raw.encode("ascii", "replace").replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"),
            )
        except smtplib.SMTPException:
            continue  # an address of the archive that Postfix itself refuses
        sent += 1
        if sent == TRUE_MESSAGES:
            break
    questions = len(guard.held()) - before
    assert sent == TRUE_MESSAGES
    assert questions <= 1, [each.recipients for each in guard.held()[before:]]
