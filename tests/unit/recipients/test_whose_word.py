"""Whose word counts: one person's correction, a machine's answer, one name inside and outside, a greeting's forms."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from straymail.correspondence import Correspondence, Observation, observation
from straymail.evidence import Assessment
from straymail.message import Envelope, Message, parse_address, parse_message
from straymail.recipients import Context, observe
from straymail.recipients.salutation import greeted
from straymail.verdict import Weights, assess

NOW = datetime(2026, 3, 1, tzinfo=UTC)
START = NOW.timestamp() - 60 * 86_400
ANNA, PETER = "anna.reed@mod.example", "peter.grant@mod.example"
ASKED = 0.091


def mail(history: Correspondence, sender: str, to: str, times: int = 1, names: tuple[str, str] = ("", "")) -> None:
    for n in range(times):
        text = f"{sender}{to}{n}"
        at = START + n * 86_400
        history.observe(Observation(text, at, sender, names[0], ((to, names[1]),), False, text, (), "", False))


def both(history: Correspondence, one: str, other: str, times: int = 8, name: str = "") -> None:
    mail(history, one, other, times, ("", name))
    mail(history, other, one, times, (name, ""))


def judged(
    history: Correspondence, sender: str, recipient: str, message: Message | None = None, envelope: str = ""
) -> Assessment:
    address = parse_address(recipient)
    context = Context(history, Envelope(parse_address(envelope or sender), (address,)), message, NOW)
    return assess(Weights.shipped(), address, observe(context, address))


def ids(found: Assessment) -> set[str]:
    return {item.id for item in found.evidence}


@pytest.fixture
def history() -> Correspondence:
    made = Correspondence(["mod.example"])
    for who, name in (("robert.holt@army.mil", "Robert Holt"), ("fiona.blake@homeoffice.gov.uk", "Fiona Blake")):
        both(made, ANNA, who, 12, name)
        both(made, PETER, who, 3, name)
    both(made, ANNA, "robert.clarke@army.mil", 14, "Robert Clarke")
    both(made, ANNA, "greg.larson@northport.com", 6, "Greg Larson")
    both(made, ANNA, "john.smith@mod.example", 9, "John Smith")
    both(made, PETER, "john.smith2@mod.example", 9, "John Smith")
    return made


def test_one_person_s_correction_says_nothing_of_another_s_correspondent(history: Correspondence) -> None:
    history.correct(ANNA, "john.smith2@mod.example", "john.smith@mod.example")
    assert judged(history, PETER, "john.smith2@mod.example").probability < 0.02
    assert judged(history, ANNA, "john.smith2@mod.example").probability > 0.9


def test_a_stray_one_person_corrected_is_remembered_for_all(history: Correspondence) -> None:
    wrong = "robert@holt-army.example"
    before = judged(history, PETER, wrong).probability
    history.correct(ANNA, wrong, "robert.holt@army.mil")
    found = judged(history, PETER, wrong)
    assert "corrected.elsewhere" in ids(found)
    assert found.probability > ASKED > before
    assert str(found.meant[0].address) == "robert.holt@army.mil"


def test_send_is_remembered_when_the_envelope_s_sender_is_another(history: Correspondence) -> None:
    secretary = "desk@mod.example"
    assert judged(history, ANNA, "robert.holt@army.ml", envelope=secretary).probability > ASKED
    history.confirm(secretary, "robert.holt@army.ml")
    assert judged(history, ANNA, "robert.holt@army.ml", envelope=secretary).probability < ASKED


def test_a_machine_s_answer_does_not_clear_a_mistyped_domain(history: Correspondence) -> None:
    raw = (
        f"From: robert.holt@army.ml\r\nTo: {ANNA}\r\nDate: Sun, 1 Feb 2026 10:00:00 +0000\r\n"
        "Subject: away\r\nAuto-Submitted: auto-replied\r\n\r\nI am away.\r\n"
    )
    away = observation(parse_message(raw.encode()), history.own_domains)
    assert history.observe(away)
    assert not history.observe(away), "known by now"
    assert judged(history, ANNA, "robert.holt@army.ml").probability > 0.9
    assert history.person("robert.holt@army.ml") is None


def test_one_unsolicited_message_does_not_clear_the_very_mailbox_elsewhere(history: Correspondence) -> None:
    mail(history, "robert.holt@army.ml", ANNA)
    for who in (ANNA, PETER):
        found = judged(history, who, "robert.holt@army.ml")
        assert found.probability > ASKED
        assert str(found.meant[0].address) == "robert.holt@army.mil"
    mail(history, "somebody.else@arny.mil", ANNA)
    assert judged(history, ANNA, "somebody.else@arny.mil").probability < ASKED, "writes, and is nobody's mailbox"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("fiona.blake@homeoffice.gov", "fiona.blake@homeoffice.gov.uk"),
        ("fiona.blake@homeoffice.uk", "fiona.blake@homeoffice.gov.uk"),
        ("greg.larson@northport.co.uk", "greg.larson@northport.com"),
        ("robert.holt@army.mil.ml", "robert.holt@army.mil"),
        ("robert.holt@ármy.mil", "robert.holt@army.mil"),
        ("anyone@mod.exampel", "anyone@mod.example"),
    ],
)
def test_the_same_name_under_another_end(history: Correspondence, typed: str, meant: str) -> None:
    found = judged(history, ANNA, typed)
    assert found.probability > ASKED
    assert str(found.meant[0].address) == meant


@pytest.mark.parametrize(
    "right",
    [
        "new.person@homeoffice.gov",
        "new.person@elbit-works.co.il",
        "new.person@mod.gov.om",
        "new.person@defence.gov.ml",
        "new.person@northport.net",
        "new.person@stateuni.de",
    ],
)
def test_other_ends_of_other_people_pass(history: Correspondence, right: str) -> None:
    both(history, ANNA, "weber@stateuni.edu")
    for n in range(30):
        both(history, ANNA, f"officer{n}@hq.army.mil", 1)
    assert judged(history, ANNA, right).probability < ASKED


def test_one_name_outside_is_not_the_colleague_of_that_name(history: Correspondence) -> None:
    both(history, ANNA, "john.smith@rivalcorp.com", 2, "John Smith")
    raw = (
        f"From: {ANNA}\r\nTo: john.smith@rivalcorp.com\r\nSubject: Re: berth plan\r\n"
        "Date: Sun, 1 Mar 2026 10:00:00 +0000\r\n\r\nFine with me.\r\n\r\n"
        "On 28 Feb 2026, John Smith <john.smith@mod.example> wrote:\r\n> the berth plan\r\n"
    )
    found = judged(history, ANNA, "john.smith@rivalcorp.com", parse_message(raw.encode()))
    assert found.probability > ASKED
    assert str(found.meant[0].address) == "john.smith@mod.example"


def test_reasons_speak_of_him_who_is_suggested(history: Correspondence) -> None:
    found = judged(history, ANNA, "robert.hotl@army.mil")
    assert str(found.meant[0].address) == "robert.holt@army.mil"
    assert not any("Clarke" in item.sender_text for item in found.evidence)


def test_an_answer_to_a_private_address_is_no_stray(history: Correspondence) -> None:
    for typed in ("robert.clarke@outlook.com", "greg.larson@northport.co.uk"):
        raw = (
            f"From: {ANNA}\r\nTo: {typed}\r\nSubject: Re: berth plan\r\nDate: Sun, 1 Mar 2026 10:00:00 +0000\r\n\r\n"
            f"Fine with me.\r\n\r\nOn 28 Feb 2026, somebody <{typed}> wrote:\r\n> the berth plan\r\n"
        )
        assert judged(history, ANNA, typed, parse_message(raw.encode())).probability < ASKED


def test_every_firm_has_an_info(history: Correspondence) -> None:
    both(history, ANNA, "info@globex.com")
    assert judged(history, ANNA, "info@globex.de").probability < ASKED


def test_a_stranger_s_odd_address_stops_no_judgement(history: Correspondence) -> None:
    raw = f'From: "robert holt"@evil.example\r\nTo: {ANNA}\r\nDate: Sun, 1 Feb 2026 10:00:00 +0000\r\n\r\nHi\r\n'
    assert history.observe(observation(parse_message(raw.encode()), history.own_domains))
    mail(history, ANNA, "x@.mil")
    for recipient in ("robert.new@firm.example", "robert.holt@firm.example", "robrt@evil.example", "x@mil.example"):
        assert 0 < judged(history, ANNA, recipient).probability < 1


def test_lists_and_ticket_systems_are_correspondents(history: Correspondence) -> None:
    for more in ("Precedence: list", "X-Auto-Response-Suppress: All", "Auto-Submitted: auto-generated"):
        who = f"desk{len(more)}@ticket.example"
        raw = f"From: {who}\r\nTo: {ANNA}\r\nDate: Sun, 1 Feb 2026 10:00:00 +0000\r\n{more}\r\n\r\nTicket\r\n"
        assert history.observe(observation(parse_message(raw.encode()), history.own_domains))
        assert history.person(who) is not None


@pytest.mark.parametrize(
    ("opening", "name"),
    [
        ("Fiona,\n", "fiona"),
        ("Hi fiona,\n", "fiona"),
        ("HI FIONA,\n", "fiona"),
        ("Good evening Fiona,\n", "fiona"),
        ("Hallo Fiona,\n", "fiona"),
        ("Dear Ms Blake,\n", "blake"),
        ("dear Mr. Holt:\n", "holt"),
        ("Hello Fiona Blake,\n", "fiona blake"),
        ("Dear Ms Fiona Blake,\n", "blake"),
        ("Hi Jürgen!\n", "jürgen"),
        ("Hi McDonald,\n", "mcdonald"),
        ("Hi both,\n", ""),
        ("Dear colleagues,\n", ""),
        ("hi there\n", ""),
        ("hi everybody,\n", ""),
        ("Bonjour tous,\n", ""),
        ("Liebe Kollegen,\n", ""),
        ("Hallo zusammen,\n", ""),
        ("hi as discussed,\n", ""),
        ("hi mark up -\n", ""),
        ("Estimado señor,\n", ""),
        ("Please find attached,\n", ""),
        ("the draft,\n", ""),
        ("Draft attached,\n", ""),
    ],
)
def test_forms_of_greeting(opening: str, name: str) -> None:
    assert " ".join(word for person in greeted(opening) for word in person) == name


def test_without_history_the_organisation_knows_itself() -> None:
    found = judged(Correspondence(["mod.example"]), ANNA, "bob@mod.exampel")
    assert str(found.meant[0].address) == "bob@mod.example"
    assert replace(found).probability > ASKED


def test_nobody_who_only_begins_so_is_suggested_before_the_very_mailbox_elsewhere() -> None:
    """A closer colleague was suggested for the same mailbox under the plain spelling of a domain with umlauts."""
    history = Correspondence(["mod.example"])
    both(history, ANNA, "jon.abara@mod.example", 30, "Jon Abara")
    both(history, ANNA, "joerg.mueller@xn--mller-bau-q9a.example", 8, "Jörg Müller")
    found = judged(history, ANNA, "joerg.mueller@mueller-bau.example")
    assert [str(each.address) for each in found.meant] == ["joerg.mueller@xn--mller-bau-q9a.example"]
    texts = [item.sender_text for item in found.evidence]
    assert not any("Abara" in text or "abara" in text for text in texts)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("x@gmial.com", ["x@gmail.com"]),  # not ymail.com and mail.com, two slips away
        ("jon.abar@mod.example", ["jon.abara@mod.example"]),  # not Joerg, who only begins so
        ("robert.holt@army.mil.ml", ["robert.holt@army.mil"]),
        ("someone@army.mil.ml", ["someone@army.mil"]),  # not army.mil.mil
    ],
)
def test_nobody_far_less_likely_is_offered_beside_who_was_meant(
    history: Correspondence, typed: str, meant: list[str]
) -> None:
    both(history, ANNA, "jon.abara@mod.example", 30, "Jon Abara")
    both(history, ANNA, "joerg.mueller@northport.com", 8, "Joerg Mueller")
    told = [str(each.address) for each in judged(history, ANNA, typed).meant]
    assert told[:1] == meant
    assert not {"x@ymail.com", "x@mail.com", "joerg.mueller@northport.com", "someone@army.mil.mil"} & set(told)


def test_nobody_is_told_to_have_written_what_others_here_wrote(history: Correspondence) -> None:
    """Somebody new was told "You write to .mil addresses" and "army.mil is a domain you have written to"."""
    texts = [item.sender_text for item in judged(history, "new.hire@mod.example", "robert.holt@army.ml").evidence]
    assert "Your organisation writes to .mil addresses; .ml is one slip away from that." in texts
    assert "army.ml looks much like army.mil, which your organisation knows." in texts
    assert [text for text in texts if text.startswith("You ")] == [
        "You have not written to robert.holt@army.ml before."
    ]


@pytest.mark.parametrize("learned", [True, False])
def test_one_s_own_domain_is_called_so(history: Correspondence, learned: bool) -> None:
    known = history if learned else Correspondence(["mod.example"])
    texts = [item.sender_text for item in judged(known, ANNA, "peter.grant@mod.exmaple").evidence]
    assert "mod.example is your organisation's own domain, and mod.exmaple looks much like it." in texts


def test_localhost_lacks_nothing(history: Correspondence) -> None:
    """ "Nobody has mail at .localhost itself" was said, and asked about."""
    found = judged(history, ANNA, "root@localhost")
    assert "tld.impossible" not in ids(found)
    assert found.probability < ASKED
    assert "tld.impossible" in ids(judged(history, ANNA, "root@mil"))
