"""One known address in the place of another: in conversations, in sister domains, by greetings, after people moved."""

from __future__ import annotations

import pytest

from straymail.correspondence import Correspondence, Observation
from straymail.message import Message, parse_message

from .test_detectors import ME, NOW, START, exchange, ids, judged

ASKED = 0.091
JOHN, CRANE = "john.smith@partner.example", "<crane@partner.example>"
DAY = 86_400


def organisation() -> Correspondence:
    made = Correspondence(["mod.example"])
    exchange(made, JOHN, 15, name="John Smith")
    exchange(made, "tom.brandt@mod.example", 9, name="Tom Brandt")
    exchange(made, "karl.braun@werft.example", 6, name="Karl Braun")
    asked = Observation("c", START + 9 * DAY, JOHN, "", ((ME, ""),), False, CRANE, (), "crane berth", False)
    made.observe(asked)
    return made


def message(recipient: str, subject: str, text: str, references: str = "") -> Message:
    head = f"From: {ME}\r\nTo: {recipient}\r\nSubject: {subject}\r\n"
    head += f"In-Reply-To: {references}\r\nReferences: {references}\r\n" if references else ""
    return parse_message(f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n".encode())


def answered(history: Correspondence, other: str, times: int, days: float, name: str = "") -> None:
    """Somebody answered so often, the last time so many days ago."""
    for n in range(times):
        at, mark = NOW.timestamp() - (days + n) * DAY, f"{other}{days}{n}"
        history.observe(Observation(f"o{mark}", at, ME, "", ((other, name),), False, f"o{mark}", (), "", False))
        history.observe(Observation(f"i{mark}", at + 60, other, name, ((ME, ""),), True, f"i{mark}", (), "", False))


@pytest.mark.parametrize("near", ["jon.smith", "john.smyth", "jhon.smith", "john.smit"])
def test_an_answer_to_a_near_namesake_of_who_took_part(near: str) -> None:
    history, wrong = organisation(), f"{near}@partner.example"
    exchange(history, wrong, 2)
    found = judged(history, wrong, message(wrong, "Re: crane berth", "Yes, go on.", CRANE))
    assert found.probability >= ASKED
    assert str(found.meant[0].address) == JOHN
    said = f"{JOHN} took part in this conversation; {wrong} only looks much the same."
    assert said in [item.sender_text for item in found.evidence if item.id == "thread.namesake"]


@pytest.mark.parametrize(
    ("recipient", "beside", "subject", "references"),
    [
        ("jon.smith@partner.example", (), "berth plan", ""),  # a new message
        ("jon.smith@partner.example", (JOHN,), "Re: crane berth", CRANE),  # added to the conversation
        ("jon.smith@partner.example", (), "Fwd: crane berth", CRANE),  # for him to read
        ("karl.braun@werft.example", (), "Re: crane berth", CRANE),  # looks like nobody there
        ("johnsmith@home.example", (), "Re: crane berth", CRANE),  # his own other address
    ],
)
def test_no_near_namesake_is_answered(recipient: str, beside: tuple[str, ...], subject: str, references: str) -> None:
    history = organisation()
    exchange(history, recipient, 4)
    found = judged(history, recipient, message(recipient, subject, "Have a look.", references), *beside)
    assert "thread.namesake" not in ids(found)
    assert found.probability < ASKED


@pytest.mark.parametrize(
    ("typed", "meant", "other"),
    [
        ("piet.jansen@mindef.ml", "piet.jansen@mindef.nl", "moussa.keita@mindef.ml"),
        ("mei.tan@nortport.example", "mei.tan@northport.example", "bob.rex@nortport.example"),
        ("jane.harlow@army.ml", "jane.harlow@army.mil", "awa.diop@army.ml"),
    ],
)
def test_a_sister_domain_that_has_answered_once(typed: str, meant: str, other: str) -> None:
    history = organisation()
    exchange(history, meant, 15)
    answered(history, other, 1, 200)
    found = judged(history, typed)
    assert found.probability >= ASKED
    assert [str(each.address) for each in found.meant] == [meant]
    texts = [item.sender_text for item in found.evidence]
    right, wrong = (each.partition("@")[2] for each in (meant, typed))
    assert f"Far more mail comes from {right} than from {wrong}, and the two look much the same." in texts
    assert not any("ever answered" in text for text in texts)
    assert judged(history, other).probability < 0.02  # who has answered
    assert judged(history, f"new.person@{wrong}").probability < 0.02  # a mailbox that only this domain has


@pytest.mark.parametrize(
    ("typed", "meant", "often", "seldom"),
    [
        ("piet.jansen@mindef.ml", "piet.jansen@mindef.nl", 15, 5),  # both write
        ("ute.lang@fracht.de", "ute.lang@fracht.com", 15, 1),  # another country's branch
        ("info@mindef.ml", "info@mindef.nl", 15, 1),  # every firm has that
    ],
)
def test_no_sister_domain(typed: str, meant: str, often: int, seldom: int) -> None:
    history = organisation()
    exchange(history, meant, often)
    answered(history, f"moussa.keita@{typed.partition('@')[2]}", seldom, 20)
    assert judged(history, typed).probability < 0.02


def test_who_is_greeted_by_his_own_name_is_no_near_namesake() -> None:
    history, jon = organisation(), "jon.smith@partner.example"
    exchange(history, jon, 4)
    text = "Hi Jon,\r\n\r\nJohn is away, so could you answer?"
    assert judged(history, jon, message(jon, "Re: crane berth", text, CRANE)).probability < ASKED
    text = "Hi John,\r\n\r\nyes, go on."
    assert judged(history, jon, message(jon, "Re: crane berth", text, CRANE)).probability >= ASKED


HARRY, HARRIET = "harry.jones@partner.example", "harriet.jones@partner.example"


@pytest.mark.parametrize(("to", "greets", "meant"), [(HARRY, "Harriet", HARRIET), (HARRIET, "Harry", HARRY)])
def test_a_greeting_by_the_name_of_who_looks_alike(to: str, greets: str, meant: str) -> None:
    history = organisation()
    for key in (HARRY, HARRIET):
        exchange(history, key, 3)
    found = judged(history, to, message(to, "plan", f"Hi {greets},\r\n\r\nherewith the plan."))
    assert {"greeting.other", "greeting.namesake"} <= ids(found)
    assert found.probability >= ASKED
    assert str(found.meant[0].address) == meant
    assert judged(history, meant, message(meant, "plan", f"Hi {greets},\r\n\r\nthe plan.")).probability < 0.02
    both = judged(history, to, message(to, "plan", f"Hi {greets},\r\n\r\nherewith the plan."), meant)
    assert both.probability < 0.02


def test_who_may_be_taken_for_the_recipient_is_meant_before_a_closer_contact_of_that_name() -> None:
    history, karl = organisation(), "karl.weber@home.example"
    for key, times in ((karl, 3), ("anna.weber@home.example", 3), ("anna.keller@mod.example", 9)):
        exchange(history, key, times)
    found = judged(history, karl, message(karl, "lunch", "Dear Anna,\r\n\r\nlunch?"))
    assert str(found.meant[0].address) == "anna.weber@home.example"


def test_a_name_much_like_the_recipients_is_his_where_nobody_else_bears_it() -> None:
    history = organisation()
    exchange(history, HARRY, 3)
    found = judged(history, HARRY, message(HARRY, "plan", "Hi Harriet,\r\n\r\nherewith the plan."))
    assert not {each for each in ids(found) if each.startswith("greeting")}


def test_one_of_several_greeted_is_missing_and_another_stands_there() -> None:
    history = organisation()
    exchange(history, "anna.keller@mod.example", 9)
    to, text = "anna.keller@mod.example", message("anna.keller@mod.example", "plan", "Hi Anna and Tom,\r\n\r\nplan")
    wrong = judged(history, "karl.braun@werft.example", text, to)
    signal = next(item for item in wrong.evidence if item.id == "greeting.other")
    assert signal.strength == 1.0
    said = "karl.braun@werft.example does not look like any of these names."
    assert signal.sender_text == f"The message begins “Hi Anna and Tom”; {said}"
    assert "greeting.other" not in ids(judged(history, to, text, "karl.braun@werft.example"))
    three = judged(history, "karl.braun@werft.example", text, to, "tom.brandt@mod.example")
    assert "greeting.other" not in ids(three)


def test_who_greets_the_recipient_by_his_own_name_did_not_slip() -> None:
    """A new colleague whose name is one letter from another's."""
    history, new = organisation(), "tim.brandt@mod.example"
    assert judged(history, new, message(new, "desk", "Hi Tim,\r\n\r\nwelcome.")).probability < ASKED
    slip = judged(history, new, message(new, "desk", "Hi Tom,\r\n\r\nthe plan."))
    assert slip.probability >= ASKED
    assert str(slip.meant[0].address) == "tom.brandt@mod.example"


OLD, NEW = "petra.lang@oldfirm.example", "petra.lang@newfirm.example"


@pytest.mark.parametrize("times", [1, 12])
def test_the_address_of_a_former_employer(times: int) -> None:
    history = organisation()
    answered(history, OLD, times, 500)
    answered(history, NEW, 12, 5, "Petra Lang")
    found = judged(history, OLD)
    assert found.probability >= ASKED
    assert str(found.meant[0].address) == NEW
    said = next(item.sender_text for item in found.evidence if item.id == "former")
    assert said == f"{OLD} has not written to you for 16 months; since then Petra Lang writes to you from {NEW}."
    assert judged(history, NEW).probability < 0.02
    history.confirm(ME, OLD)
    assert judged(history, OLD).probability < 0.02


@pytest.mark.parametrize(
    ("old", "new", "silent", "since"),
    [
        (OLD, NEW, 30, 5),  # not silent for long
        (OLD, NEW, 500, 520),  # both at a time
        (OLD, "petra.lang@gmail.com", 500, 5),  # at home
        (OLD, "petra.lang@mail.oldfirm.example", 500, 5),  # the same firm
        (OLD, "petra.lund@newfirm.example", 500, 5),
        ("petra.lang@mod.example", NEW, 500, 5),
    ],
)
def test_nobody_has_moved(old: str, new: str, silent: float, since: float) -> None:
    history = organisation()
    answered(history, old, 6, silent)
    answered(history, new, 12, since)
    assert "former" not in ids(judged(history, old))
