"""What notices say is true: of a message that some have already, of an officer's hold, of a rule's question."""

from __future__ import annotations

from dataclasses import replace
from email.message import EmailMessage

import pytest

from straymail.evidence import Action, Evidence, RecipientVerdict, Verdict
from straymail.message import Address, Envelope, parse_address, parse_message
from straymail.verdict.view import verdict_view

from .office import CLARA, NOW, RAW, SECRET, STRAY, TOM, Office, asked, texts

LATE = 5 * 86_400 + 1
KATE = parse_address("kate@navy.example")


def said(office: Office, later: float = 0.0) -> str:
    """The text of the one notice to the sender."""
    (mail,) = [mail for envelope, mail in office.deliver(later) if envelope["recipients"] == [str(CLARA)]]
    assert "Sent already to:" in texts(mail)[1] or "Sent already to:" not in texts(mail)[0]
    return " ".join(texts(mail)[0].split())


def test_a_question_says_that_the_others_have_it(office: Office) -> None:
    office.take(verdict=asked(STRAY, split=True))
    text = said(office)
    assert "has gone to its other recipients, but waits for the rest" in text
    assert f"Sent already to: {TOM}, {SECRET}" in text
    assert "do not send it to anybody else; the others have it" in text
    assert "nothing more is sent" in text
    assert "has not been sent" not in text


def test_what_expires_is_to_be_sent_to_the_rest_only(office: Office) -> None:
    office.take(verdict=asked(STRAY, split=True))
    office.deliver()
    office.desk.tick(NOW + LATE)
    text = said(office, LATE)
    assert f"was not sent to {STRAY}, because nobody answered" in text
    assert "The others have it" in text
    assert "send it again" not in text


def test_discarding_the_rest_says_who_has_it(office: Office) -> None:
    office.take(verdict=asked(STRAY, split=True))
    ((_, notice),) = office.deliver()
    office.reply(notice, "discard")
    assert f"has reached {SECRET}, {TOM} and is sent to nobody else" in said(office)


def test_a_late_answer_hears_that_the_others_have_it(office: Office) -> None:
    office.take(verdict=asked(STRAY, split=True))
    ((_, notice),) = office.deliver()
    office.reply(notice, "discard")
    office.deliver()
    office.reply(notice, "send")
    assert "Its other recipients have had it from the start" in said(office)


def held_by_rule(office: Office, *, split: bool = False) -> str:
    verdict = asked(STRAY, action=Action.HOLD, split=split)
    ruled = replace(verdict, recipients=(replace(verdict.recipients[0], rule="partners"),))
    return take(office, ruled)


def take(office: Office, verdict: Verdict) -> str:
    view = verdict_view(verdict, office.desk.seal)
    return office.desk.take(Envelope(CLARA, (STRAY, TOM, SECRET)), RAW, parse_message(RAW), verdict, view, NOW)


def test_an_officer_learns_the_rule_and_how_many_have_it(office: Office) -> None:
    held_by_rule(office, split=True)
    (task,) = [mail for envelope, mail in office.deliver() if envelope["recipients"] == ["officer@mod.example"]]
    text = " ".join(texts(task)[0].split())
    assert "waits for your decision (rule: partners)" in text
    assert "It has gone to 2 other recipients" in text
    assert "is sent to nobody else" in text
    assert str(SECRET) not in text


def test_a_hold_that_expires_was_not_the_senders_to_answer(office: Office) -> None:
    held_by_rule(office)
    office.deliver()
    office.desk.tick(NOW + LATE)
    assert "was not sent, because no security officer decided in time" in said(office, LATE)


def test_a_rule_without_evidence_calls_nobody_wrong(office: Office) -> None:
    verdict = asked(KATE)
    office.take(verdict=replace(verdict, recipients=(replace(verdict.recipients[0], evidence=()),)))
    text = said(office)
    assert "Please look at this recipient once more:" in text
    assert "looks wrong" not in text


def test_a_link_writes_the_address_as_it_is(office: Office) -> None:
    office.take()
    ((_, notice),) = office.deliver()
    assert "mailto:straymail%2B" in texts(notice)[1]
    assert f"@{office.desk.address.domain}?subject=" in texts(notice)[1]


@pytest.mark.parametrize(
    ("strays", "said"),
    [
        ((STRAY,), "correct"),
        ((TOM,), "correct --to RIGHT"),
        ((STRAY, TOM), "correct --to WRONG=RIGHT"),
    ],
)
def test_an_officer_is_told_what_a_correction_needs(office: Office, strays: tuple[Address, ...], said: str) -> None:
    identifier = take(office, asked(*strays, action=Action.HOLD))
    (task,) = [mail for envelope, mail in office.deliver() if envelope["recipients"] == ["officer@mod.example"]]
    assert f"  straymail held {said} {identifier}" in texts(task)[0].splitlines()


def test_the_sender_learns_that_an_officer_decided(office: Office) -> None:
    identifier = held_by_rule(office)
    office.deliver()
    office.desk.discard(identifier, actor="kate (command line)", now=NOW)
    assert "This was a security officer's decision." in said(office)


def test_who_answers_is_told_of_no_officer(office: Office) -> None:
    office.take()
    ((_, notice),) = office.deliver()
    office.reply(notice, "discard")
    assert "officer" not in said(office)


def test_what_comes_back_says_who_was_in_question(office: Office) -> None:
    office.take()
    office.deliver()
    office.desk.tick(NOW + LATE)
    text = said(office, LATE)
    assert f"{STRAY} Did you mean {STRAY.local}@army.mil ?" in text
    assert "Answer by replying" not in text


UMLAUT, UMLAUT_RIGHT = parse_address("info@b\u00fccher.exampel"), parse_address("info@b\u00fccher.example")


def umlaut(office: Office, *, split: bool = False) -> EmailMessage:
    """The question about a stray whose domain is an internationalised one; two were perhaps meant."""
    other = parse_address("info@b\u00e4cker.example")
    text = f"Nobody here has written to {UMLAUT.domain}."
    evidence = (Evidence("newcomer.domain", 2.0, 1.0, text),)
    stray = RecipientVerdict(UMLAUT, Action.ASK, 0.97, (UMLAUT_RIGHT, other), evidence)
    went = parse_address("tom@\u00e4mter.example")
    office.take(verdict=Verdict(Action.ASK, 0.97, (stray,), split=split), envelope=Envelope(CLARA, (UMLAUT, went)))
    ((_, notice),) = office.deliver()
    return notice


@pytest.mark.parametrize("split", [False, True])
def test_an_internationalised_domain_is_told_as_people_read_it(office: Office, split: bool) -> None:
    for text in texts(umlaut(office, split=split)):
        assert "info@b\u00fccher.exampel (xn--bcher-kva.exampel)" in text
        assert "info@b\u00fccher.example (xn--bcher-kva.example)" in text
        assert "info@b\u00e4cker.example (xn--bcker-gra.example)" in text
        assert "Nobody here has written to b\u00fccher.exampel." in text
        assert "tom@\u00e4mter.example" in text


@pytest.mark.parametrize("answer", ["fix", "fix info@b\u00fccher.example", "fix Info@xn--bcher-kva.example"])
def test_an_answer_may_name_it_so(office: Office, answer: str) -> None:
    assert office.reply(umlaut(office), answer).kind == "done"
    release, told = office.deliver()
    assert release[0]["recipients"] == [str(UMLAUT_RIGHT), "tom@xn--mter-koa.example"]
    assert "is on its way to info@b\u00fccher.example (xn--bcher-kva.example)" in " ".join(texts(told[1])[0].split())


def test_what_was_answered_in_part_is_not_said_to_be_unanswered(office: Office) -> None:
    office.take(verdict=asked(STRAY, KATE), envelope=Envelope(CLARA, (STRAY, KATE)))
    ((_, notice),) = office.deliver()
    office.reply(notice, "fix 1")
    office.deliver()
    office.desk.tick(NOW + LATE)
    assert "because the question about it was answered in part only" in said(office, LATE)
