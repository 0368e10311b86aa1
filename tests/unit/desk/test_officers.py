"""What an officer decides beside what a sender has decided: nobody's correction is undone by a second try."""

from __future__ import annotations

import asyncio

import pytest

from straymail.errors import Conflict
from straymail.message import Envelope, parse_address

from .office import CLARA, RIGHT, SECRET, STRAY, TOM, Hop, Office, asked, run_against

KATE = parse_address("kate@navy.ml")


def failed_after_fix(office: Office) -> str:
    """A message its sender has corrected, which the next hop took for nobody but the right address."""
    identifier = office.take()
    [(_, notice)] = office.deliver()
    office.reply(notice, "fix")
    hop = Hop({str(TOM): "550 5.1.1 no such user", str(SECRET): "550 5.1.1 no such user"})
    asyncio.run(run_against(office, hop, 0))
    assert office.state(identifier) == "failed"
    return identifier


@pytest.mark.parametrize("word", ["release", "correct"])
def test_a_second_try_goes_where_the_sender_said(office: Office, word: str) -> None:
    identifier = failed_after_fix(office)
    office.deliver()
    outcome = getattr(office.desk, word)(identifier, actor="officer", now=office.now)
    assert f"{STRAY} corrected to {RIGHT}" in outcome.text or word == "release"
    went = [envelope["recipients"] for envelope, _ in office.deliver()]
    assert [str(TOM), str(SECRET)] in went
    assert not any(str(STRAY) in str(to) for to in went)
    assert office.state(identifier) == "corrected"


def test_a_corrected_message_nobody_took_is_tried_again_at_the_right_address(office: Office) -> None:
    identifier = office.take(envelope=Envelope(CLARA, (STRAY,)))
    [(_, notice)] = office.deliver()
    office.reply(notice, "fix")
    asyncio.run(run_against(office, Hop({str(RIGHT): "550 5.7.1 not today"}), 0))
    assert office.state(identifier) == "failed"
    outcome = office.desk.release(identifier, actor="officer", now=office.now)
    assert outcome.text == f"{STRAY} corrected to {RIGHT}"
    assert [str(RIGHT)] in [envelope["recipients"] for envelope, _ in office.deliver()]
    assert not [lesson for lesson in office.desk.lessons(0) if lesson.address == str(STRAY) and not lesson.right]


@pytest.mark.parametrize(("said", "kept"), [("fix 1", [str(RIGHT)]), ("discard 1", [])])
def test_a_release_leaves_what_the_sender_has_settled(office: Office, said: str, kept: list[str]) -> None:
    identifier = office.take(verdict=asked(STRAY, KATE), envelope=Envelope(CLARA, (STRAY, KATE)))
    [(_, notice)] = office.deliver()
    assert office.reply(notice, said).kind == "partly"
    office.deliver()
    office.desk.release(identifier, actor="officer", now=office.now)
    went = [envelope["recipients"] for envelope, _ in office.deliver()]
    assert [*kept, str(KATE)] in went


def test_a_correction_leaves_what_the_sender_has_settled(office: Office) -> None:
    identifier = office.take(verdict=asked(STRAY, KATE), envelope=Envelope(CLARA, (STRAY, KATE)))
    [(_, notice)] = office.deliver()
    assert office.reply(notice, "send 2").kind == "partly"
    office.deliver()
    office.desk.correct(identifier, actor="officer", now=office.now)  # nobody knows who KATE would be; it is settled
    assert [str(RIGHT), str(KATE)] in [envelope["recipients"] for envelope, _ in office.deliver()]


def test_an_officer_may_still_say_otherwise(office: Office) -> None:
    identifier = office.take(verdict=asked(STRAY, KATE), envelope=Envelope(CLARA, (STRAY, KATE)))
    [(_, notice)] = office.deliver()
    office.reply(notice, "send 1")
    with pytest.raises(Conflict, match="no suggestion"):
        office.desk.correct(identifier, actor="officer", now=office.now)
    right = {str(STRAY): "robert@army.mil", str(KATE): "kate@navy.example"}
    office.desk.correct(identifier, actor="officer", now=office.now, to=right)
    went = [envelope["recipients"] for envelope, _ in office.deliver()]
    assert ["robert@army.mil", "kate@navy.example"] in went
