"""Messages without their greeting, and what a trial makes of them and of a policy's exceptions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from straymail.audit.inject import PERSON
from straymail.audit.trial import Case, Trial
from straymail.audit.unsaid import without_greeting
from straymail.correspondence import Correspondence
from straymail.message import Message, new_text, parse_message
from straymail.verdict import Policy, Weights

START = datetime(2025, 1, 6, 8, tzinfo=UTC)
PEOPLE = ("mark.fisher@northport.com", "maria.fonda@harbour-trust.net", "lena.voss@bureau-lang.org")


def message(text: str, kind: str = "text/plain") -> Message:
    head = f"From: ivo.quill@mod.example\r\nTo: {PEOPLE[0]}\r\nMIME-Version: 1.0\r\nContent-Type: {kind}; charset=utf-8"
    return parse_message(f"{head}\r\n\r\n{text}".encode())


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Hi Mark,\r\n\r\nMark's plan is ready.\r\n", ",\n\nMark's plan is ready."),
        ("Jörg und Lena,\r\nder Plan\r\n", ",\nder Plan"),
        ("Mark - the plan\r\n\r\n> Hi Mark\r\n", " - the plan"),
    ],
)
def test_the_greeting_is_left_out_and_nothing_else(text: str, left: str) -> None:
    assert new_text(without_greeting(message(text))).rstrip() == left


def test_a_greeting_in_html_is_left_out() -> None:
    mute = without_greeting(message("<html><body><p>Hi Mark,</p><p>the plan</p></body></html>", "text/html"))
    assert "Mark" not in mute.parts[0].text()
    assert "the plan" in mute.parts[0].text()


def test_a_message_that_greets_nobody_is_the_same_message() -> None:
    plain = message("The plan is ready.\r\n")
    assert without_greeting(plain) is plain


def archive(messages: int = 300) -> list[Message]:
    made = []
    for n in range(messages):
        who = PEOPLE[n % len(PEOPLE)]
        pair = ["ivo.quill@mod.example", who] if n % 2 else [who, "ivo.quill@mod.example"]
        date = (START + timedelta(hours=n)).strftime("%a, %d %b %Y %H:%M:%S +0000")
        greeting = f"{who.partition('.')[0].title()},\r\n\r\n" if n % 2 else ""
        head = f"Message-ID: <{n}@mod.example>\r\nDate: {date}\r\nFrom: {pair[0]}\r\nTo: {pair[1]}\r\nSubject: note {n}"
        made.append(parse_message(f"{head}\r\n\r\n{greeting}Note {n}.\r\n".encode()))
    return made


def tried(policy: Policy | None = None, *, masking: bool = False, told_from: float = 0.0) -> list[Case]:
    trial = Trial(
        Correspondence(["mod.example"]),
        Weights.shipped(),
        START + timedelta(hours=100),
        1,
        kinds=tuple(PERSON),
        masking=masking,
        told_from=told_from,
        policy=policy,
    )
    return list(trial.run(archive()))


def ids(case: Case) -> set[str]:
    return {item.id for each in case.assessments for item in each.evidence}


def test_a_greeting_by_another_name_counts_and_is_told_apart() -> None:
    cases = [case for case in tried(masking=True) if case.kind == "person.contact"]
    assert len(cases) > 10
    assert all("greeting.other" in ids(case) and case.suggested for case in cases)
    assert all("greeting.other" not in ids(case.unsaid) for case in cases)
    assert all(case.probability > 3 * case.unsaid.probability for case in cases)


def test_what_is_not_told_changes_nothing_that_is() -> None:
    whole = tried()
    later = whole[len(whole) // 2].time
    assert tried(told_from=later) == [case for case in whole if case.time >= later]


def test_whom_an_exception_lets_pass_is_left_out() -> None:
    policy = Policy.model_validate({"exceptions": [{"sender": "ivo.quill@mod.example", "recipient": PEOPLE[0]}]})
    free, held = tried(Policy()), tried(policy)
    assert any(str(each.address) == PEOPLE[0] for case in free for each in case.assessments)
    assert not any(str(each.address) == PEOPLE[0] for case in held for each in case.assessments)
    assert sum(not case.kind for case in held) == sum(not case.kind for case in free)  # they were sent all the same


def test_the_loss_is_what_thresholds_go_by() -> None:
    rule = {"name": "trusted", "recipients": [PEOPLE[1]], "action": "pass"}
    cost = Policy.model_validate({"organisation": {"country": "GB"}, "rules": [rule]})
    for case in tried(cost):
        if case.kind:
            continue
        (each,) = case.assessments
        assert case.loss == pytest.approx(0.0 if str(each.address) == PEOPLE[1] else each.probability)
    assert all(case.loss == 0 for case in tried())
