"""Writes examples/demo/history.mbox: the invented correspondence of an invented defence ministry.

Seeded, so that the file is the same every time. Nobody in it exists; the domains are reserved for
examples (RFC 2606), but for army.mil and navy.mil, whose names are the point of the story.
"""

from __future__ import annotations

import random
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

TARGET = Path(__file__).resolve().parents[1] / "examples" / "demo" / "history.mbox"
START = datetime(2025, 3, 3, 8, 0, tzinfo=UTC)
DAYS = 540
THREADS = 260


@dataclass(frozen=True)
class Person:
    """A name and an address."""

    name: str
    address: str


OWN = [
    Person("Clara Voss", "clara.voss@mod.example"),
    Person("Mark Fisher", "mark.fisher@mod.example"),
    Person("Ines Duarte", "ines.duarte@mod.example"),
    Person("Tom Okafor", "tom.okafor@mod.example"),
    Person("Hanna Lind", "hanna.lind@mod.example"),
    Person("Peter Marsh", "peter.marsh@mod.example"),
    Person("Yusuf Aydin", "yusuf.aydin@mod.example"),
    Person("Grace Bell", "grace.bell@mod.example"),
]
ARMY = [
    Person("Robert Holt", "robert.holt@army.mil"),
    Person("Dana Whitcomb", "dana.whitcomb@army.mil"),
    Person("Luis Ferrer", "luis.ferrer@army.mil"),
    Person("Kate Brandt", "kate.brandt@navy.mil"),
]
PORT = [
    Person("Anna Lindqvist", "anna.lindqvist@northport.example"),
    Person("Jonas Berg", "jonas.berg@northport.example"),
    Person("Mei Tan", "mei.tan@northport.example"),
]
LAW = [
    Person("Mark Fischer", "mark.fischer@halden-law.example"),
    Person("Sofia Brandt", "sofia.brandt@halden-law.example"),
]
TRAVEL = [
    Person("Bookings", "bookings@cardinal-travel.example"),
    Person("Leo Grant", "leo.grant@cardinal-travel.example"),
]
HOSPITAL = [
    Person("Dr. Elif Kaya", "elif.kaya@city-hospital.example"),
    Person("Nora Quinn", "nora.quinn@city-hospital.example"),
]


@dataclass(frozen=True)
class Project:
    """A piece of work: who does it, with whom, and what they write about."""

    own: tuple[int, ...]
    partners: list[Person]
    subjects: tuple[str, ...]
    lines: tuple[str, ...]


PROJECTS = [
    Project(
        (0, 1, 3),
        ARMY,
        ("Exercise Harbour Light", "Liaison visit", "Joint planning group", "Range schedule"),
        (
            "The planning group meets on Thursday at ten.",
            "Please send the list of observers for the exercise.",
            "The range is free in the second week.",
            "I attach the revised order of the day.",
            "Movement of the second company is agreed.",
        ),
    ),
    Project(
        (2, 3, 5),
        PORT,
        ("Berth allocation", "Container manifest", "Crane inspection", "Fuel delivery"),
        (
            "The vessel arrives on Monday; berth four is kept free.",
            "The manifest has two open positions.",
            "Crane two is inspected on Wednesday.",
            "Fuel delivery moves to the evening tide.",
        ),
    ),
    Project(
        (4, 7),
        LAW,
        ("Lease of the depot", "Contract review", "Claim 41/25"),
        (
            "The landlord has returned the draft of the lease.",
            "Clause nine needs another look before we sign.",
            "The claim is admitted in part.",
            "Please find our comments on the contract.",
        ),
    ),
    Project(
        (0, 6),
        TRAVEL,
        ("Trip to Brussels", "Hotel for the delegation", "Change of flight"),
        (
            "Two rooms are booked for three nights.",
            "The delegation needs seven seats on the morning flight.",
            "The booking is changed as you asked.",
        ),
    ),
    Project(
        (6, 7),
        HOSPITAL,
        ("Medical boards", "Occupational health dates"),
        ("The boards sit on the first Tuesday.", "Four appointments are still open this month."),
    ),
    Project(
        (1, 3, 5),
        OWN,
        ("Budget round", "Site plan", "Duty roster", "Weekly report"),
        (
            "The figures for the budget round are due on Friday.",
            "The roster for next month is in the folder.",
            "Here is the weekly report; nothing out of the ordinary.",
            "The site plan has changed at the east gate.",
        ),
    ),
]


def message(
    rng: random.Random,
    number: int,
    when: datetime,
    sender: Person,
    to: list[Person],
    cc: list[Person],
    subject: str,
    lines: tuple[str, ...],
    answers: str = "",
) -> tuple[str, EmailMessage]:
    """One message and its Message-ID."""
    mail = EmailMessage()
    identifier = f"<{number:05d}.{rng.getrandbits(32):08x}@{sender.address.partition('@')[2]}>"
    mail["Message-ID"] = identifier
    mail["Date"] = format_datetime(when)
    mail["From"] = f"{sender.name} <{sender.address}>"
    mail["To"] = ", ".join(f"{person.name} <{person.address}>" for person in to)
    if cc:
        mail["Cc"] = ", ".join(f"{person.name} <{person.address}>" for person in cc)
    mail["Subject"] = subject
    if answers:
        mail["In-Reply-To"] = answers
        mail["References"] = answers
    first = to[0].name.split()[0]
    body = " ".join(rng.sample(lines, min(2, len(lines))))
    mail.set_content(f"Hello {first},\n\n{body}\n\n{sender.name}\n")
    return identifier, mail


def thread(rng: random.Random, number: int, project: Project, start: datetime) -> list[EmailMessage]:
    """A first message and up to three answers between its participants."""
    writer = OWN[rng.choice(project.own)]
    others = [person for person in project.partners if person is not writer]
    to = rng.sample(others, 1)
    colleagues = [OWN[index] for index in project.own if OWN[index] is not writer and OWN[index] not in to]
    cc = rng.sample(colleagues, 1) if colleagues and rng.random() < 0.4 else []
    subject = f"{rng.choice(project.subjects)}"
    identifier, first = message(rng, number, start, writer, to, cc, subject, project.lines)
    mails, when, here, there = [first], start, to[0], writer
    for answer in range(rng.choice((0, 1, 1, 2, 3))):
        when += timedelta(hours=rng.uniform(0.4, 30))
        identifier, mail = message(
            rng, number * 10 + answer, when, here, [there], cc, f"Re: {subject}", project.lines, identifier
        )
        mails.append(mail)
        here, there = there, here
    return mails


def main() -> int:
    """Write the mbox, in time order."""
    rng = random.Random(20260101)
    mails: list[EmailMessage] = []
    for number in range(THREADS):
        start = START + timedelta(days=rng.uniform(0, DAYS), hours=rng.uniform(0, 9))
        mails += thread(rng, number, rng.choice(PROJECTS), start)
    mails.sort(key=lambda mail: mail["Date"].datetime)
    with TARGET.open("wb") as out:
        for mail in mails:
            out.write(b"From history@mod.example Thu Jan  1 00:00:00 2026\n")
            out.write(mail.as_bytes().replace(b"\nFrom ", b"\n>From ") + b"\n")
    print(f"{TARGET}: {len(mails)} messages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
