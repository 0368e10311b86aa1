"""What somebody is not to learn: hits and near misses."""

from __future__ import annotations

import pytest

from straymail.content import examine_text


def found(text: str, where: str = "body") -> bool:
    return any(finding.id == "person.withheld" for finding in examine_text(text, where))


@pytest.mark.parametrize(
    "text",
    [
        "We part with Marta in May. She does not know yet.",
        "his mother must not know",
        "The other side does not know about the letter yet.",
        "Nobody on site has been told and it is announced on the 14th.",
        "The suppliers haven't been told.",
        "Please don't tell the families.",
        "Do not let their people see this before the second round.",
        "Never show him this.",
        "Keep it from Peter, he earns less.",
        "Please keep this between us.",
        "Between us: we would take two.",
        "He told me in confidence that he cannot pay.",
        "so that we can copy it without her noticing",
        "Do not mention it to anybody. Do not put that in the minutes.",
        "Die Belegschaft wei\xdf noch nichts davon.",
        "Er darf davon nichts erfahren.",
        "Bitte behalten Sie das f\xfcr sich.",
        "Elle ne doit pas le savoir.",
        "L'\xe9quipe ne sait pas encore.",
        "N'en parlez \xe0 personne.",
        "No se lo digas a Luis.",
        "Le directeur du site ne sait pas encore, la lettre part lundi.",
        "Streichen wir das, ohne dass die Kollegen es merken.",
        "Keep it from his people until the talks.",
        "Ella todav\xeda no lo sabe.",
    ],
)
def test_what_is_withheld(text: str) -> None:
    assert found(text)


@pytest.mark.parametrize(
    "text",
    [
        "You do not know yet who wins.",
        "I do not know yet whether I can come.",
        "Students must not know the questions before.",
        "She knows about it already.",
        "The company has been informed that the work is done.",
        "Don't let the cat out.",
        "Do not copy Email onto disks.",
        "Never show your card to strangers.",
        "Between us we have three cars.",
        "The street lies between us and the station.",
        "Don't tell Anna, the cake for her birthday is in the fridge.",
        "Surprise party on Friday: she must not know!",
        "Keep it simple.",
        "Do not mention it.",
        "Marsden has not been told where to send the invoice, could you call him?",
        "They don't know the way yet, please meet them at the station.",
        "Das wei\xdf ich nicht.",
        "On ne sait pas.",
        "No s\xe9 nada.",
    ],
)
def test_what_is_no_secret(text: str) -> None:
    assert not found(text)


def test_notices_below_a_message_ask_for_silence_too() -> None:
    assert not found("This information is privileged, so keep it to yourself.", "signature")
