"""What is said about a verdict."""

from __future__ import annotations

from straymail.evidence import Action, Finding, RecipientVerdict, Sensitivity, Verdict
from straymail.gateway.account import failure, refusal, tags
from straymail.message import Envelope, parse_address


def test_guesses_do_not_leave_in_a_header() -> None:
    sure = Finding("marking.uk", "body", Sensitivity.HIGH, 0.42, quoted=True)
    guess = Finding("health.prose", "body", Sensitivity.HIGH, 0.42)
    assert dict(tags(Verdict(Action.TAG, 0.2, (), (sure, guess))))["X-Straymail-Content"] == "marking"
    assert "X-Straymail-Content" not in dict(tags(Verdict(Action.TAG, 0.2, (), (guess,))))


def test_no_token_of_an_answer_stands_in_the_log() -> None:
    desk, other = parse_address("straymail+SECRETTOKEN@mod.example"), parse_address("bob+tag@army.mil")
    envelope = Envelope(parse_address("clara@mod.example"), (desk, other))
    told = failure(envelope, "store_down", "the disk is full", lambda each: each == desk)
    assert told["recipients"] == ["straymail@mod.example", "bob+tag@army.mil"]
    assert "SECRETTOKEN" not in str(told)


def test_what_a_rule_refuses_is_not_called_a_mistake() -> None:
    stray, meant = parse_address("bob@army.ml"), parse_address("bob@army.mil")
    ruled = RecipientVerdict(stray, Action.REFUSE, 0.001, rule="no mail to Mali")
    assert refusal(ruled).text == "mail to <bob@army.ml> is refused by your organisation's policy"
    assert (
        refusal(RecipientVerdict(stray, Action.REFUSE, 0.999, (meant,))).text
        == "<bob@army.ml>: did you mean bob@army.mil?"
    )
