"""What repeating does not prove, and people of one name. Everybody is invented."""

from __future__ import annotations

import pytest

from straymail.correspondence import Correspondence, Observation
from straymail.correspondence.names import initials_of, told_apart
from straymail.message import parse_message

from .test_detectors import ME, START, exchange, ids, judged

ASKED = 0.09


def organisation() -> Correspondence:
    made = Correspondence(["mod.example"])
    for other, name in (
        ("jane.harlow@army.mil", "Jane Harlow"),
        ("mei.tan@northport.com", "Mei Tan"),
        ("karl.brandt@gmail.com", "Karl Brandt"),
    ):
        exchange(made, other, 25, name=name)
    return made


@pytest.mark.parametrize("times", [0, 1, 2, 5, 20])
@pytest.mark.parametrize(
    ("stray", "meant"),
    [
        ("jane.harlow@army.ml", "jane.harlow@army.mil"),
        ("mei.tan@northprot.com", "mei.tan@northport.com"),
        ("mei.tna@northport.com", "mei.tan@northport.com"),
        ("karl.brandt@gmial.com", "karl.brandt@gmail.com"),
        ("karl.brand@gmail.com", "karl.brandt@gmail.com"),
    ],
)
def test_a_slip_is_asked_about_however_often_it_was_made(stray: str, meant: str, times: int) -> None:
    history = organisation()
    exchange(history, stray, times, answers=False)
    found = judged(history, stray)
    assert found.probability >= ASKED
    assert str(found.meant[0].address) == meant
    texts = " ".join(item.sender_text for item in found.evidence)
    assert not times or "have not written" not in texts
    assert not times or "Nobody here has written" not in texts
    assert not times or "unknown" not in " ".join(item.operator_text for item in found.evidence)


def test_a_colleagues_stray_clears_no_domain() -> None:
    history = organisation()
    colleague = "tom.lind@mod.example"
    history.observe(Observation("s1", START, colleague, "", (("x@gmial.com", ""),), False, "hello", (), "", False))
    assert judged(history, "new.friend@gmial.com").probability >= ASKED


def test_one_answer_settles_it() -> None:
    history = organisation()
    exchange(history, "mei.tna@northport.com", 2)
    assert judged(history, "mei.tna@northport.com").probability < ASKED


def test_who_is_like_nobody_may_stay_silent() -> None:
    history = organisation()
    exchange(history, "records@archive-unit.example", 6, answers=False)
    found = judged(history, "records@archive-unit.example")
    assert found.probability < 0.02
    assert {"known", "unanswered"} <= ids(found)


@pytest.mark.parametrize(
    ("a", "b", "two"),
    [
        ("Susan R. Lewis", "Susan M. Lewis", True),
        ("bill.williams", "bill.williams.iii", True),
        ("Karl Brandt Jr", "Karl Brandt", True),
        ("susan.r.lewis", "Susan Lewis", False),
        ("susan.r.lewis", "Lewis, Susan R", False),
        ("karl.brandt2", "karl.brandt", False),
    ],
)
def test_initials_and_generations_tell_people_apart(a: str, b: str, two: bool) -> None:
    assert told_apart(initials_of(a), initials_of(b)) is two


@pytest.mark.parametrize(
    ("right", "name", "wrong"),
    [
        ("susan.r.lewis@pensions.example", "Susan R. Lewis", "susan.m.lewis@bank.example"),
        ("bill.williams@bank.example", "Bill Williams", "bill.williams.iii@estates.example"),
    ],
)
def test_an_answer_to_one_goes_to_another_of_the_same_name(right: str, name: str, wrong: str) -> None:
    history = organisation()
    exchange(history, right, 25, name=name)
    exchange(history, wrong, 3)
    text = f"Agreed.\r\n\r\n-----Original Message-----\r\nFrom: {name} <{right}>\r\nSent: Monday\r\nTo: Ines Duarte\r\n"
    text += "Subject: deed\r\n\r\nIs this the final deed?\r\n"
    message = parse_message(f"From: {ME}\r\nTo: {wrong}\r\nSubject: Re: deed\r\n\r\n{text}".encode())
    found = judged(history, wrong, message)
    assert found.probability >= ASKED
    assert str(found.meant[0].address) == right
    rightly = parse_message(f"From: {ME}\r\nTo: {right}\r\nSubject: Re: deed\r\n\r\n{text}".encode())
    assert judged(history, right, rightly).probability < 0.02


@pytest.mark.parametrize("many", [20, 70, 300])
def test_the_closest_of_many_namesakes_is_looked_at(many: int) -> None:
    history = organisation()
    for number in range(many):
        surname = "".join("bcdfglmnrst"[number // 11**place % 11] + "aeiou"[place] for place in range(3))
        exchange(history, f"john.{surname}@firm{number}.example", 1, name=f"John {surname.title()}")
    exchange(history, "john.harrow@port.example", 25, name="John Harrow")
    head = f"From: {ME}\r\nTo: john.babebi@firm0.example\r\nSubject: crane\r\n\r\n"
    message = parse_message(f"{head}As John Harrow asked, page 12.\r\n".encode())
    found = judged(history, "john.babebi@firm0.example", message)
    assert str(found.meant[0].address) == "john.harrow@port.example"


def test_an_end_without_a_name_before_it_is_no_domain() -> None:
    found = judged(organisation(), "jane.harlow@mil")
    assert found.probability >= ASKED
    assert str(found.meant[0].address) == "jane.harlow@army.mil"


def test_nobody_is_named_who_only_looks_alike_where_the_mailbox_is_known_elsewhere() -> None:
    history = organisation()
    exchange(history, "jane.harper@northport.com", 20, name="Jane Harper")
    found = judged(history, "jane.harlow@army.ml")
    assert [str(each.address) for each in found.meant] == ["jane.harlow@army.mil"]


def test_names_the_other_way_round_are_the_contact_of_that_domain() -> None:
    found = judged(organisation(), "tan.mei@northport.com")
    assert str(found.meant[0].address) == "mei.tan@northport.com"


@pytest.mark.parametrize("typed", ["friend@gmai.com", "friend@gmal.com", "friend@yaho.com", "friend@aoll.com"])
def test_a_short_provider_is_a_provider(typed: str) -> None:
    assert judged(organisation(), typed).probability >= ASKED


@pytest.mark.parametrize(
    ("typed", "clear"),
    [
        ("karl.brandtt@gmail.com", True),
        ("kral.brandt@gmail.com", True),
        ("earl.brandt@gmail.com", False),
        ("karl.brandt7@gmail.com", False),
        ("karl.bran@gmail.com", False),
    ],
)
def test_a_clear_slip_of_a_mailbox(typed: str, clear: bool) -> None:
    assert ("typo.clear" in ids(judged(organisation(), typed))) is clear


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("dora.lindqist@northpole.example", "dora.lindqvist@northpole.example"),
        ("dora.lindqvist@nortpole.example", "dora.lindqvist@northpole.example"),
    ],
)
def test_who_is_in_the_directory_is_meant_by_a_slip(typed: str, meant: str) -> None:
    history = organisation()
    history.enter("dora.lindqvist@northpole.example", "Dora Lindqvist")
    found = judged(history, typed)
    assert found.probability >= ASKED
    assert str(found.meant[0].address) == meant
    assert judged(history, meant).probability < 0.02
