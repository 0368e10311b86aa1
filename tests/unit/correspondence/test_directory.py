"""A directory: people known without any mail, for whom an address may be a slip."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from straymail.config import parse
from straymail.correspondence import Correspondence
from straymail.evidence import Verdict
from straymail.guard import Guard
from straymail.message import Envelope, parse_address, parse_message
from straymail.verdict import Weights

OWN = ("mod.example",)


def taught() -> Correspondence:
    model = Correspondence(OWN)
    for number in range(50):
        model.enter(f"person{number}@northport.example", f"Person {number}")
    return model


def judged(model: Correspondence, to: str) -> Verdict:
    policy = parse('[organisation]\ndomains = ["mod.example"]').policy
    message = parse_message(f"From: a@mod.example\r\nTo: {to}\r\nSubject: berth\r\n\r\nHello\r\n".encode())
    envelope = Envelope(parse_address("a@mod.example"), (parse_address(to),))
    return Guard(model, policy, Weights.shipped()).judge(envelope, message, datetime(2026, 1, 5, tzinfo=UTC))


@pytest.mark.parametrize("typed", ["person7@nortport.example", "persn7@northport.example"])
def test_a_slip_for_somebody_in_the_directory_is_seen(typed: str) -> None:
    meant = judged(taught(), typed).recipients[0].meant
    assert str(meant[0]) == "person7@northport.example"


def test_a_slip_for_a_domain_of_the_directory_is_asked_about() -> None:
    assert judged(taught(), "person7@nortport.example").action == "ask"


@pytest.mark.parametrize("right", ["person7@northport.example", "somebody.else@northport.example"])
def test_nobody_is_asked_about_the_right_domain(right: str) -> None:
    assert judged(taught(), right).action == "pass"


def test_an_entry_is_no_mail() -> None:
    model = taught()
    facts = model.person("person7@northport.example")
    assert facts is not None
    assert (facts.sent, facts.received) == (0, 0)
    assert not model.answers("person7@northport.example")
    model.forget("person7@northport.example")
    assert model.person("person7@northport.example") is None
    assert model.domain_answers("northport.example")


def test_the_same_entry_twice_changes_nothing() -> None:
    model = taught()
    model.drain()
    model.enter("person7@northport.example", "Person 7")
    assert model.drain() == []
    assert model.names("person7@northport.example") == [("Person 7", 1)]
