"""The policy applied: exceptions, rules, thresholds, and what softens them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from straymail.evidence import Action, Assessment, Candidate, Evidence, Finding, RecipientVerdict, Sensitivity, Verdict
from straymail.message import Address, Envelope, Message
from straymail.verdict import Policy, decide, decide_recipient

if TYPE_CHECKING:
    from straymail.verdict.combine import Weights

WEIGHTS = cast("Weights", SimpleNamespace(version="weights-1"))
ME = Address("ann", "mod.example")
ORGANISATION = {"domains": ["mod.example"], "country": "GB"}


@dataclass(frozen=True)
class Case:
    """One recipient's circumstances."""

    to: str = "general@army.ml"
    p: float = 0.0
    evidence: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    automatic: bool = False
    list_id: str = ""
    sender: Address | None = ME


def message(case: Case) -> Message:
    return Message(
        headers=(),
        subject="",
        message_id="",
        date=None,
        from_=(),
        sender=(),
        reply_to=(),
        to=(),
        cc=(),
        bcc=(),
        references=(),
        automatic=case.automatic,
        list_id=case.list_id,
        resent=False,
        parts=(),
        defects=(),
        size=0,
        identity="0" * 32,
    )


def address(text: str) -> Address:
    local, _, domain = text.partition("@")
    return Address(local, domain)


def assessment(case: Case) -> Assessment:
    meant = (Candidate(Address("general", "army.mil"), -1.0),)
    evidence = tuple(Evidence(name, 1.0, 1.0) for name in case.evidence)
    return Assessment(address(case.to), case.p, evidence, meant)


def policy(text: str = "") -> Policy:
    return Policy.model_validate({"organisation": ORGANISATION, **tomllib.loads(text)})


def judged(text: str, *cases: Case) -> Verdict:
    envelope = Envelope(cases[0].sender, tuple(address(case.to) for case in cases))
    assessments = [assessment(case) for case in cases]
    return decide(policy(text), envelope, message(cases[0]), assessments, cases[0].findings, WEIGHTS)


def one(text: str, case: Case) -> RecipientVerdict:
    return judged(text, case).recipients[0]


def finding(
    name: str = "marking.uk",
    level: Sensitivity = Sensitivity.HIGH,
    *,
    confidence: float = 1.0,
    quoted: bool = False,
    excludes: tuple[str, ...] = (),
) -> Finding:
    return Finding(name, "subject", level, confidence, quoted=quoted, excludes=excludes)


HIGH = (finding(),)
SEVERE = (finding(level=Sensitivity.SEVERE),)
HOLD_MARKED = "[[rules]]\nname = 'marked'\ncontent = ['marking.*']\naction = 'hold'\n"
REFUSE_ML = "[[rules]]\nname = 'ml'\nrecipients = ['*.ml']\naction = 'refuse'\n"


@pytest.mark.parametrize(
    ("text", "case", "action", "rule"),
    [
        # thresholds: expected loss against the bound that the budget gives (0.0909 for 1 per 1,000)
        ("", Case(p=0.05), "pass", ""),
        ("", Case(p=0.095), "ask", "thresholds.ask_at"),
        ("budget = 0.1", Case(p=0.095), "pass", ""),
        ("budget = 10.0", Case(p=0.0105), "ask", "thresholds.ask_at"),
        ("[thresholds]\nask_at = 0.5", Case(p=0.4, to="x@a.example"), "pass", ""),
        ("[thresholds]\nask_at = 0.5", Case(p=0.5, to="x@a.example"), "ask", "thresholds.ask_at"),
        # sensitive content makes a small probability worth a question
        ("", Case(p=0.002, to="x@a.example", findings=HIGH), "pass", ""),
        ("", Case(p=0.005, to="x@a.example", findings=HIGH), "ask", "thresholds.ask_at"),
        ("", Case(p=0.001, to="x@a.example", findings=SEVERE), "ask", "thresholds.ask_at"),
        ("", Case(p=0.0001, to="x@a.example", findings=SEVERE), "pass", ""),
        ("", Case(p=0.005, to="x@a.example", findings=(finding(quoted=True),)), "pass", ""),
        ("", Case(p=0.005, to="x@a.example", findings=(finding(confidence=0.3),)), "pass", ""),
        # a first contact who is sent something sensitive
        ("", Case(p=0.0015, to="x@a.example", findings=HIGH), "pass", ""),
        ("", Case(p=0.0015, to="x@a.example", findings=HIGH, evidence=("newcomer",)), "ask", "thresholds.ask_at"),
        ("", Case(p=0.0015, to="x@a.example", evidence=("newcomer",)), "pass", ""),
        ("", Case(p=0.0015, to="x@mod.example", findings=HIGH, evidence=("newcomer",)), "pass", ""),
        # another country costs more
        ("", Case(p=0.07, to="x@a.example"), "pass", ""),
        ("", Case(p=0.07, to="x@a.ml"), "ask", "thresholds.ask_at"),
        ("", Case(p=0.07, to="x@a.uk"), "pass", ""),
        # modes
        ("", Case(p=0.9, to="x@a.example", findings=HIGH), "ask", "thresholds.ask_at"),
        ("mode = 'enforce'", Case(p=0.9, to="x@a.example", findings=HIGH), "hold", "thresholds.hold_at"),
        ("mode = 'enforce'", Case(p=0.9, to="x@a.example"), "ask", "thresholds.ask_at"),
        ("mode = 'watch'", Case(p=0.9), "tag", "thresholds.ask_at"),
        ("mode = 'watch'", Case(p=0.01), "pass", ""),
        ("mode = 'watch'\n" + HOLD_MARKED, Case(findings=HIGH), "tag", "marked"),
        # rules act as written in ask mode
        (HOLD_MARKED, Case(findings=HIGH), "hold", "marked"),
        (HOLD_MARKED, Case(findings=(finding("secret.key"),)), "pass", ""),
        (HOLD_MARKED, Case(findings=(finding(quoted=True),)), "pass", ""),
        (HOLD_MARKED, Case(findings=(finding(confidence=0.4),)), "pass", ""),
        (REFUSE_ML, Case(), "refuse", "ml"),
        # nobody answers bounces, machines and lists
        ("", Case(p=0.9, sender=None), "tag", "thresholds.ask_at"),
        ("", Case(p=0.9, automatic=True), "tag", "thresholds.ask_at"),
        ("", Case(p=0.9, list_id="staff.mod.example"), "tag", "thresholds.ask_at"),
        ("mode = 'enforce'", Case(p=0.9, findings=SEVERE, sender=None), "tag", "thresholds.hold_at"),
        (HOLD_MARKED, Case(findings=HIGH, sender=None), "hold", "marked"),
        (REFUSE_ML, Case(sender=None), "tag", "ml"),
        # exceptions come before rules
        (HOLD_MARKED + "[[exceptions]]\nrecipient = '@army.ml'", Case(p=0.9, findings=HIGH), "pass", "exception"),
        (
            "[[exceptions]]\nsender = 'bob@mod.example'\nrecipient = '@army.ml'",
            Case(p=0.9),
            "ask",
            "thresholds.ask_at",
        ),
        (
            "[[exceptions]]\nsender = 'ann@mod.example'\nrecipient = '@army.ml'\nnote = 'embassy'",
            Case(p=0.9),
            "pass",
            "exception: embassy",
        ),
    ],
)
def test_what_happens_to_a_recipient(text: str, case: Case, action: str, rule: str) -> None:
    """Each circumstance gives its action, and the rule that decided is named."""
    verdict = one(text, case)
    assert (action, rule) == (verdict.action, verdict.rule)


@pytest.mark.parametrize(
    ("condition", "hit", "miss"),
    [
        ("senders = ['ann@mod.example']", Case(), Case(sender=Address("bob", "mod.example"))),
        ("senders = ['@mod.example']", Case(), Case(sender=Address("ann", "sub.mod.example"))),
        ("senders = ['<>']", Case(sender=None), Case()),
        ("recipients = ['*.ml']", Case(), Case(to="x@army.mil")),
        ("recipients = ['general@army.ml']", Case(to="General+tag@army.ml"), Case(to="generals@army.ml")),
        (
            "content = ['secret.key']",
            Case(findings=(finding("secret.key"),)),
            Case(findings=(finding("secret.keyring"),)),
        ),
        ("content = ['secret']", Case(findings=(finding("secret.key"),)), Case(findings=(finding("secretary.x"),))),
        ("min_sensitivity = 'high'", Case(findings=HIGH), Case(findings=(finding(level=Sensitivity.ELEVATED),))),
        ("content = ['*']\nquoted = true", Case(findings=(finding(quoted=True),)), Case()),
        ("content = ['*']\nmin_confidence = 0.9", Case(findings=HIGH), Case(findings=(finding(confidence=0.8),))),
        ("min_probability = 0.02", Case(p=0.02), Case(p=0.019)),
        ("max_probability = 0.02", Case(p=0.02), Case(p=0.021)),
        ("min_loss = 0.3", Case(p=0.02, to="x@a.example", findings=HIGH), Case(p=0.02, to="x@a.example")),
        ("first_contact = true", Case(evidence=("newcomer",)), Case(evidence=("typo.domain",))),
        ("first_contact = false", Case(), Case(evidence=("newcomer.domain",))),
        ("first_contact = false", Case(evidence=("newcomer.yours",)), Case(evidence=("newcomer",))),
        ("external = true", Case(), Case(to="x@sub.mod.example")),
        ("external = false", Case(to="x@mod.example"), Case(to="x@nomod.example")),
        ("outside_country = true", Case(), Case(to="x@army.example")),
        ("outside_country = true", Case(to="x@army.mil"), Case(to="x@army.uk")),
        (
            "excluded = true",
            Case(findings=(finding(excludes=("!US",)),)),
            Case(to="x@army.mil", findings=(finding(excludes=("!US",)),)),
        ),
        ("automatic = true", Case(automatic=True), Case()),
        ("automatic = false", Case(), Case(sender=None)),
    ],
)
def test_conditions_of_a_rule(condition: str, hit: Case, miss: Case) -> None:
    """Each condition has a hit and a near miss."""
    rule = f"[[rules]]\nname = 'the rule'\naction = 'hold'\n{condition}\n"
    assert one(rule, hit).rule == "the rule"
    assert one(rule, miss).rule != "the rule"


def test_one_finding_must_meet_all_conditions_on_content() -> None:
    """A severe secret and a mild marking do not add up to a severe marking."""
    rule = "[[rules]]\nname = 'r'\naction = 'hold'\ncontent = ['marking.*']\nmin_sensitivity = 'severe'\n"
    both = (finding("secret.key", Sensitivity.SEVERE), finding("marking.uk", Sensitivity.LOW))
    assert one(rule, Case(findings=both)).rule != "r"


def test_the_first_rule_that_matches_decides() -> None:
    """A pass rule above a hold rule lets the recipient pass."""
    text = "[[rules]]\nname = 'friends'\nrecipients = ['group:friends']\naction = 'pass'\n" + HOLD_MARKED
    text += "[groups]\nfriends = ['@army.ml', 'x@a.example']\n"
    assert one(text, Case(p=0.9, findings=HIGH)).rule == "friends"
    assert one(text, Case(to="y@a.example", findings=HIGH)).rule == "marked"


def test_what_would_have_been_done_is_kept() -> None:
    """Watch mode and mail nobody answers keep the rule's own action beside the milder one."""
    assert Action.HOLD is one("mode = 'watch'\n" + HOLD_MARKED, Case(findings=HIGH)).would
    assert Action.ASK is judged("", Case(p=0.9, sender=None)).would
    assert None is judged("", Case(p=0.9)).would


@pytest.mark.parametrize(("p", "named"), [(0.009, False), (0.011, True)])
def test_nobody_is_named_who_would_hardly_ever_be_the_one(p: float, *, named: bool) -> None:
    """A rule asks about a right recipient: a suggestion, or reasons that speak of another, would mislead."""
    text = "[[rules]]\nname = 'all'\nrecipients = ['*']\naction = 'ask'\n"
    told = tuple(Evidence(name, 1.0, 1.0, f"about {name}") for name in ("rival.topic", "typo.tld", "newcomer"))
    stray = replace(assessment(Case(p=p)), evidence=told)
    envelope = Envelope(ME, (stray.address,))
    found = decide(policy(text), envelope, message(Case()), [stray], (), WEIGHTS).recipients[0]
    early = decide_recipient(policy(text.replace("'ask'", "'refuse'")), envelope, stray)
    for each in (found, early):
        assert bool(each.meant) is named
        assert [item.sender_text for item in each.evidence if item.sender_text][:-1] == (
            ["about rival.topic", "about typo.tld"] if named else []
        )


def test_content_that_excludes_the_recipient_is_evidence() -> None:
    """NOFORN to an address abroad raises the probability and the cost, and is explained."""
    noforn = (finding("marking.us", Sensitivity.LOW, excludes=("!US",)),)
    abroad = one("", Case(p=0.01, to="x@a.ml", findings=noforn))
    at_home = one("", Case(p=0.01, to="x@a.mil", findings=noforn))
    assert "content.excludes" in {item.id for item in abroad.evidence}
    assert 0.16 < abroad.probability < 0.18
    assert (abroad.action, at_home.action) == (Action.ASK, Action.PASS)
    assert at_home.probability == 0.01


@pytest.mark.parametrize(
    ("codes", "domain", "excluded"),
    [
        (("!US",), "army.ml", True),
        (("!US",), "state.gov", False),
        (("!US", "!GB"), "mod.uk", False),
        (("!US", "!GB"), "army.fr", True),
        (("RU",), "mail.ru", True),
        (("RU",), "mail.fr", False),
        (("!US",), "firm.com", False),
        (("!US",), "shape.nato.int", True),
        (("!GB",), "ec.europa.eu", True),
        (("!US",), "who.int", True),
        (("!US",), "firm.eu", False),
        (("!DE", "!NATO"), "hq.nato.int", False),
        (("!DE", "!EU"), "ec.europa.eu", False),
        (("!DE", "!EU"), "hq.nato.int", True),
        (("!US", "!.gov", "!.mil"), "firm.com", True),
        (("!US", "!.gov", "!.mil"), "state.gov", False),
        (("!.gov",), "notgov", True),
        (("!.gov",), "mod.example", False),
        ((), "army.ml", False),
    ],
)
def test_who_is_excluded(codes: tuple[str, ...], domain: str, excluded: bool) -> None:
    """Codes exclude a country, or all but some; a domain without a country is not excluded."""
    verdict = one("", Case(to=f"x@{domain}", findings=(finding(excludes=codes),)))
    assert excluded == ("content.excludes" in {item.id for item in verdict.evidence})


def test_the_message_takes_its_most_severe_action() -> None:
    """Most severe action, highest probability, all versions."""
    verdict = judged("", Case(to="x@mod.example"), Case(p=0.97))
    assert (verdict.action, verdict.probability) == (Action.ASK, 0.97)
    assert {"policy", "weights", "program"} == set(verdict.versions)
    assert [recipient.action for recipient in verdict.recipients] == [Action.PASS, Action.ASK]
    assert (address("general@army.mil"),) == verdict.recipients[1].meant


@pytest.mark.parametrize(
    ("text", "cases", "split"),
    [
        ("", (Case(to="x@mod.example"), Case(p=0.9)), False),
        ("wait = 'split'", (Case(to="x@mod.example"), Case(p=0.9)), True),
        ("wait = 'split'", (Case(p=0.9),), False),
        ("wait = 'split'", (Case(to="x@mod.example"), Case(to="y@mod.example")), False),
        ("wait = 'split'\n" + REFUSE_ML, (Case(to="x@mod.example"), Case()), False),
        (
            "[[rules]]\nname = 'r'\nrecipients = ['*.ml']\naction = 'hold'\nwait = 'split'",
            (Case(to="x@mod.example"), Case()),
            True,
        ),
        (
            "[[rules]]\nname = 'r'\nrecipients = ['*.ml']\naction = 'hold'\nwait = 'split'",
            (Case(to="x@mod.example"), Case(), Case(to="x@a.example", p=0.9)),
            False,
        ),
    ],
)
def test_the_others_go_now_only_if_all_agree(text: str, cases: tuple[Case, ...], split: bool) -> None:
    """Split needs somebody who waits, somebody who does not, and nobody whose rule says whole."""
    assert split is judged(text, *cases).split


@pytest.mark.parametrize(
    ("text", "case", "action"),
    [
        ("", Case(p=0.999), "pass"),
        ("mode = 'enforce'", Case(p=0.999), "refuse"),
        ("mode = 'enforce'", Case(p=0.99), "pass"),
        ("mode = 'enforce'", Case(p=0.999, sender=None), "pass"),
        ("mode = 'watch'", Case(p=0.999), "pass"),
        (REFUSE_ML, Case(), "refuse"),
        (REFUSE_ML, Case(sender=None), "pass"),
        (REFUSE_ML + "automatic = false", Case(), "pass"),
        ("mode = 'watch'\n" + REFUSE_ML, Case(), "pass"),
        (REFUSE_ML + "[[exceptions]]\nrecipient = '*'", Case(), "pass"),
        (REFUSE_ML + "min_probability = 0.5", Case(p=0.6), "refuse"),
        (REFUSE_ML + "min_probability = 0.5", Case(p=0.4), "pass"),
        (REFUSE_ML + "content = ['marking.*']", Case(), "pass"),
        # an earlier rule that needs the message leaves the decision to it
        (HOLD_MARKED + REFUSE_ML, Case(), "pass"),
        # an earlier rule that cannot cover this recipient does not
        (
            "[[rules]]\nname = 'r'\nrecipients = ['*.mil']\ncontent = ['marking.*']\naction = 'hold'\n" + REFUSE_ML,
            Case(),
            "refuse",
        ),
    ],
)
def test_at_rcpt_only_what_the_address_settles(text: str, case: Case, action: str) -> None:
    """RCPT TO is refused or passed, never on what the message may still change."""
    envelope = Envelope(case.sender, ())
    assert action == decide_recipient(policy(text), envelope, assessment(case)).action


def test_a_refusal_that_watch_mode_withheld_is_kept() -> None:
    """The log can say what would have been refused."""
    verdict = decide_recipient(policy("mode = 'watch'\n" + REFUSE_ML), Envelope(ME, ()), assessment(Case()))
    assert (verdict.action, verdict.would) == (Action.PASS, Action.REFUSE)


def test_no_recipients_pass() -> None:
    """A message whose every recipient was refused has nobody left to judge."""
    verdict = decide(policy(), Envelope(ME, ()), message(Case()), [], [], WEIGHTS)
    assert (verdict.action, verdict.probability, verdict.split) == (Action.PASS, 0.0, False)
