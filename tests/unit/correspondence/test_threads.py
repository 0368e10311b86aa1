"""Threads: who took part, by reference or subject; bounded, kept over a restart, and forgotten on request."""

from __future__ import annotations

from straymail.correspondence.threads import Threads

ANN, BOB, CAT = "ann@mod.example", "bob@north.example", "cat@north.example"


def filled(most: int = 10) -> Threads:
    made = Threads(b"secret", most)
    assert made.add("1", 1.0, "<a>", (), "berth plan", frozenset((ANN, BOB))) == ""
    assert made.add("2", 2.0, "<b>", ("<a>",), "berth plan", frozenset((BOB, CAT))) == ""
    return made


def test_references_bring_in_who_stood_earlier() -> None:
    threads = filled()
    assert threads.people(("<b>",), "", ()) == {ANN, BOB, CAT}
    assert threads.people(("<a>",), "", ()) == {ANN, BOB}
    assert threads.people(("<c>",), "", ()) == set()


def test_by_subject_only_where_the_sender_took_part() -> None:
    threads = filled()
    assert threads.people((), "berth plan", (ANN,)) == {ANN, BOB}
    assert threads.people((), "berth plan", ("dan@mod.example",)) == set()
    assert threads.people((), "fyi", (ANN,)) == set(), "too short to be a thread's"


def test_the_oldest_goes_first_and_is_named() -> None:
    threads = filled(2)
    assert threads.add("3", 3.0, "<c>", (), "fuel list", frozenset((ANN, CAT))) == "1"
    assert threads.people(("<a>",), "", ()) == set()
    assert threads.people((), "berth plan", (ANN,)) == set()
    assert threads.values("1") == {}
    assert threads.people(("<b>",), "", ()) == {ANN, BOB, CAT}, "it knows who stood before it"


def test_values_bring_it_back_in_the_order_of_time() -> None:
    threads, again = filled(), Threads(b"secret", 1)
    again.restore({each: threads.values(each) for each in ("2", "1")})
    assert again.people(("<b>",), "", ()) == {ANN, BOB, CAT}
    assert again.people(("<a>",), "", ()) == set(), "one is kept: the later"
    other = Threads(b"another")
    other.restore({"1": threads.values("1")})
    assert other.people(("<a>",), "", ()) == set(), "the marks are keyed"


def test_a_forgotten_person_is_in_no_thread() -> None:
    threads = filled()
    assert threads.forget(ANN) == ["1", "2"]
    assert threads.people(("<b>",), "berth plan", (BOB,)) == {BOB, CAT}
    assert ANN not in str(threads.values("1")) + str(threads.values("2"))


def test_a_message_without_id_and_subject_is_not_kept() -> None:
    threads = Threads(b"secret")
    assert threads.add("1", 1.0, "", (), "fyi", frozenset((ANN,))) == ""
    assert threads.values("1") == {}
