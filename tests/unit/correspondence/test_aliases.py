"""One person's several addresses count as one; two people of one name do not."""

from __future__ import annotations

import pytest

from straymail.correspondence import Correspondence, Observation

ME = "me@mod.example"


def model() -> Correspondence:
    return Correspondence(["mod.example"])


def mail(history: Correspondence, number: int, *to: tuple[str, str], sender: tuple[str, str] = (ME, "")) -> None:
    seen = Observation(f"i{number}", 1e9 + number, *sender, to, False, f"m{number}", (), f"subject {number}", False)
    assert history.observe(seen)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("a.tarnow@mod.example", "Alan M. Tarnow"), ("alan.tarnow@mod.example", ""), True),
        (("bob.quill@mod.example", ""), ("r.quill@unit.mod.example", "Robert Quill"), True),
        (("susan.lewis@mod.example", "Susan R. Lewis"), ("s.lewis@mod.example", "Susan M. Lewis"), False),
        (("jane.hay@mod.example", ""), ("jane.hay@firm.example", "Jane Hay"), False),  # inside and outside
        (("j.hay@firm.example", "Jane Hay"), ("jane@firm.example", "Jane Hay"), True),
        (("j.hay@gmail.com", "Jane Hay"), ("jane@gmail.com", "Jane Hay"), False),  # anybody may have that name there
        (("tarnow@mod.example", ""), ("a.tarnow@mod.example", "Alan Tarnow"), False),
        (("ana.silva@firm.example", "Ana Maria Silva"), ("ap.silva@firm.example", "Ana Paula Silva"), False),
        (("ana.silva@firm.example", "Ana Maria Silva"), ("am.silva@firm.example", "Ana M. Silva"), True),
        (("jan.berg@firm.example", "Jan van der Berg"), ("j.berg@firm.example", "Jan W. van der Berg"), True),
        (("john.roe@firm.example", "John Roe Jr."), ("j.roe@firm.example", "Dr. John R. Roe"), True),
        (("hd1@firm.example", "Service Desk"), ("it-support@firm.example", "Service Desk"), False),
        (("jr1@firm.example", "Jane Roe"), ("roe.j@firm.example", "Jane Roe"), True),  # by the initials
    ],
)
def test_who_is_one_person(one: tuple[str, str], other: tuple[str, str], *, same: bool) -> None:
    history = model()
    mail(history, 1, one)
    mail(history, 2, other)
    assert set(history.same(one[0])) == ({one[0], other[0]} if same else {one[0]})


def test_facts_of_all_addresses_add_up() -> None:
    history = model()
    old, new = ("alan.tarnow@mod.example", "Alan Tarnow"), ("m..tarnow@mod.example", "Alan M. Tarnow")
    for number in range(3):
        mail(history, number, old, ("ann@mod.example", ""))
    mail(history, 9, new, ("ann@mod.example", ""))
    mail(history, 10, (ME, ""), sender=new)
    pair = history.pair(ME, old[0])
    assert pair is not None
    assert (pair.sent, pair.last) == (4, 1e9 + 9)
    person = history.person(new[0])
    assert person is not None
    assert (person.sent, person.received) == (1, 4)
    assert history.together(ME, ["ann@mod.example"])(new[0]) == [4]
    assert history.answers(old[0])
    assert set(history.contacts(ME)) == {new[0], "ann@mod.example"}  # the address used last
    assert {*old[:1], *new[:1]} <= history.thread(("m9",), "", ME)


def test_who_stood_side_by_side_are_two_people_and_stay_so() -> None:
    history = model()
    one, other = ("john.smith@mod.example", ""), ("j.smith2@mod.example", "John Smith")
    mail(history, 1, one)
    mail(history, 2, other)
    assert len(history.same(one[0])) == 2
    mail(history, 3, one, other)
    assert history.same(one[0]) == (one[0],)
    again = model()
    again.load(history.drain())
    assert again.same(one[0]) == (one[0],)


def test_a_forgotten_address_leaves_the_group() -> None:
    history = model()
    mail(history, 1, ("alan.tarnow@mod.example", ""))
    mail(history, 2, ("a.tarnow@mod.example", "Alan Tarnow"))
    history.forget("a.tarnow@mod.example")
    assert history.same("alan.tarnow@mod.example") == ("alan.tarnow@mod.example",)
    pair = history.pair(ME, "alan.tarnow@mod.example")
    assert pair is not None
    assert pair.sent == 1


def test_who_is_called_otherwise_now_is_somebody_else() -> None:
    history = model()
    anna, other = "anna.smith@mod.example", "asmith@mod.example"
    mail(history, 1, (anna, "Anna Smith"))
    mail(history, 2, (other, "Anna Smith"))
    assert set(history.same(other)) == {anna, other}
    for number in range(3, 6):
        mail(history, number, (other, "Arnold Smith"))
    assert history.same(other) == (other,)
    assert history.same(anna) == (anna,)
    history.forget(anna)
    assert history.same(other) == (other,)
