"""Mail to the desk that answers no question."""

from __future__ import annotations

import pytest

from straymail.errors import NotAsked
from straymail.message import Envelope, parse_message

from .office import CLARA, Office


def reply_to_last(office: Office, text: str) -> str:
    """What becomes of a reply to the notice that a message was sent."""
    office.take()
    ((_, question),) = office.deliver()
    office.reply(question, "fix")
    (sent,) = [mail for envelope, mail in office.deliver() if not envelope["sender"]]
    assert str(sent["Reply-To"]) == str(office.desk.address)
    return write(office, text, f"In-Reply-To: {sent['Message-ID']}")


def write(office: Office, text: str, *headers: str) -> str:
    raw = "\r\n".join((f"From: <{CLARA}>", *headers, "Subject: Re", "", text, ""))
    return office.desk.answer(Envelope(CLARA, (office.desk.address,)), parse_message(raw.encode()), office.now).kind


def test_thanks_for_a_notice_are_taken_and_answer_nothing(office: Office) -> None:
    assert reply_to_last(office, "Thanks, well spotted!") == "ignored"
    assert office.deliver() == []


def test_a_command_that_is_about_nothing_is_not_swallowed(office: Office) -> None:
    with pytest.raises(NotAsked, match="reads answers to its questions only"):
        reply_to_last(office, "discard")


@pytest.mark.parametrize("headers", [(), ("In-Reply-To: <x@mod.example>",)])
def test_other_mail_to_the_desk_is_refused_kindly(office: Office, headers: tuple[str, ...]) -> None:
    with pytest.raises(NotAsked, match="nobody reads other mail"):
        write(office, "Hello, who are you?", *headers)
