"""The history in memory: order and repetition do not matter, rows bring it back, forgetting forgets."""

from __future__ import annotations

import random

from straymail.correspondence import Correspondence, Observation, observation
from straymail.correspondence.channel import log_tld, log_typed
from straymail.correspondence.nearby import Nearby
from straymail.message import parse_message

ANN, BOB, CAT = "ann@mod.example", "bob@north.example", "cat@north.example"


def seen(number: int, sender: str, *recipients: str, time: float = 0.0) -> Observation:
    who = tuple((each, each.partition("@")[0].title()) for each in recipients)
    return Observation(f"id{number}", time or 1e9 + number, sender, "", who, False, f"id{number}", (), "plan", False)


MAIL = [seen(1, ANN, BOB), seen(2, BOB, ANN), seen(3, ANN, BOB, CAT), seen(4, ANN, CAT)]


def learned(mail: list[Observation]) -> Correspondence:
    made = Correspondence(["mod.example"])
    for each in mail:
        made.observe(each)
    return made


def facts(model: Correspondence) -> list[object]:
    keys = (ANN, BOB, CAT)
    return [
        *(model.person(key) for key in keys),
        *(model.pair(a, b) for a in keys for b in keys),
        model.domain("north.example"),
        model.together(ANN, [CAT])(BOB),
        [model.names(key) for key in keys],
        model.answers(BOB),
        model.answers(CAT),
        model.suffix("example"),
    ]


def test_order_does_not_matter() -> None:
    shuffled = MAIL[:]
    random.Random(3).shuffle(shuffled)
    assert facts(learned(shuffled)) == facts(learned(MAIL))


def test_asking_in_between_does_not_matter() -> None:
    """What is remembered of an answer is gone when something new is learned, whether or not two addresses are one's."""
    other = "a.tarnow@north.example"
    mail = [*MAIL, seen(5, other, ANN), seen(6, ANN, BOB, CAT)]
    mail[4:4] = [
        Observation(f"tarnow{n}", 1e9 + n, ANN, "", ((key, "Alan Tarnow"),), False, f"t{n}", (), "", False)
        for n, key in enumerate(("alan.tarnow@north.example", other, other, BOB))
    ]
    made = Correspondence(["mod.example"])
    for each in mail:
        made.observe(each)
        keys = (ANN, BOB, CAT, other, "alan.tarnow@north.example")
        fresh = learned(mail[: mail.index(each) + 1])
        assert facts(made) == facts(fresh)
        assert [made.person(key) for key in keys] == [fresh.person(key) for key in keys]
        assert [(made.name(key), made.words(key)) for key in keys] == [
            (fresh.name(key), fresh.words(key)) for key in keys
        ]
        assert [made.ties(ANN, keys, 1e9)] == [fresh.ties(ANN, keys, 1e9)]
        assert [made.together(ANN, keys)(key) for key in keys] == [fresh.together(ANN, keys)(key) for key in keys]
    assert set(made.same(other)) == {other, "alan.tarnow@north.example"}


def test_learning_twice_changes_nothing() -> None:
    assert facts(learned(MAIL + MAIL)) == facts(learned(MAIL))


def test_only_an_answer_counts_as_one() -> None:
    model = learned(MAIL)
    assert model.answers(BOB)
    assert not model.answers(CAT)
    assert model.domain_answers("north.example")


def test_rows_bring_it_back() -> None:
    model = learned(MAIL)
    model.correct(ANN, CAT, BOB)
    again = Correspondence(["mod.example"])
    again.load(model.drain())
    assert facts(again) == facts(model)
    assert again.together(ANN, [CAT])(BOB) == [1]
    assert again.thread(("id3",), "", ANN) == {ANN, BOB, CAT}
    assert again.thread((), "plan", CAT) == model.thread((), "plan", CAT) == {ANN, BOB, CAT}
    assert again.standing(ANN, CAT).corrected_to == BOB
    assert not again.observe(MAIL[0])
    assert model.drain() == []


def test_contacts_by_their_first_letters() -> None:
    model = learned(MAIL[:1])
    for size in range(1, len(MAIL) + 1):
        model.observe(MAIL[size - 1])
        for key in (ANN, BOB, CAT):
            found = {other for letters in ("ann", "bob", "cat", "dan") for other in model.beginning(key, letters)}
            assert found == {other for other in model.contacts(key) if other[:3] in ("ann", "bob", "cat", "dan")}


def test_forgetting_leaves_nothing() -> None:
    model = learned(MAIL)
    assert BOB in model.beginning(ANN, BOB[:3])
    model.forget(BOB)
    assert model.person(BOB) is None
    assert model.pair(ANN, BOB) is None
    assert BOB not in list(model.contacts(ANN))
    assert BOB not in model.beginning(ANN, BOB[:3])
    assert BOB not in list(model.named("bob"))
    assert BOB not in model.thread((), "plan", ANN)
    assert model.near_mailboxes("north.example", "bobb") == []


def test_what_is_forgotten_is_gone_from_the_rows_of_others() -> None:
    model = learned(MAIL)
    rows = {(row.kind, row.a, row.b): row for row in model.drain()}
    model.forget(BOB)
    fresh = model.drain()
    assert ("beside", ANN, f"{BOB}\n{CAT}") in rows
    assert not any(BOB in str(row.values) for row in fresh)
    assert {row.a for row in fresh if row.kind == "seen"} == {"id1", "id2", "id3"}
    assert all(BOB not in (row.a, row.b) for row in fresh if row.kind != "forget")


def test_an_observation_of_a_message() -> None:
    who = b'From: Ann <ann@mod.example>\r\nTo: "Tan, Mei" <mei+x@north.example>\r\n'
    raw = who + b"Subject: Re: Fw: Plan  B\r\nDate: Mon, 2 Mar 2026 10:00:00 +0000\r\n\r\nx\r\n"
    found = observation(parse_message(raw), frozenset(["mod.example"]))
    assert found.sender == ANN
    assert found.recipients == (("mei@north.example", "Mei Tan"),)
    assert (found.subject, found.reply) == ("plan b", True)


def test_a_message_that_names_nobody_teaches_nothing() -> None:
    model = Correspondence(["mod.example"])
    assert not model.observe(observation(parse_message(b"\r\n\r\n"), frozenset()))
    assert len(model) == 0


def test_nearby_finds_all_within_two_edits_and_no_more() -> None:
    index = Nearby()
    for name in ("army.mil", "navy.mil", "armory.mil", "army.ml"):
        index.add(name)
        index.add(name)
    assert index.near("army.mil") == [("army.ml", 1), ("armory.mil", 2)]
    index.discard("army.ml")
    assert "army.ml" not in dict(index.near("army.mil"))


def test_the_channel_prefers_likely_slips() -> None:
    assert log_typed("nothport", "northport") > log_typed("nxrthport", "northport")
    assert log_typed("nrothport", "northport") > log_typed("norzhport", "northport")
    assert log_typed("northpprt", "northport") > log_typed("northpxrt", "northport")
    assert log_tld("ml", "mil") > log_tld("mul", "mil") > log_tld("xyz", "mil")
    assert log_typed("same", "same") == 0
