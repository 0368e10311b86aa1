"""Greetings: which forms are read, who is called so, and what a greeting by another's name says of the recipients."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from straymail.correspondence import Correspondence, Observation
from straymail.evidence import Signal
from straymail.message import Envelope, parse_address, parse_message
from straymail.recipients import Context, greeting
from straymail.recipients.salutation import Called, called, greeted, greeting_in

ME = "ines.duarte@mod.example"
NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("opening", "names"),
    [
        ("Rick and Greg,", "richard gregory"),
        ("Dan & Lena -", "daniel lena"),
        ("Hi Dan/Lena", "daniel lena"),
        ("Oona, Dan and Lena:", "oona daniel lena"),
        ("Oona, Dan is ill, so", "oona"),
        ("Good afternoon, Mr. Holt. Herewith", "holt"),
        ("Greetings, Tom.  I have", "thomas"),
        ("Thanks Dan--see below", "daniel"),
        ("Many thanks, Dan!", "daniel"),
        ("Messrs. Holt and Blake:", "holt blake"),
        ("Sehr geehrte Frau Dr. Weber,", "weber"),
        ("Dear Mr O'Brien,", "obrien"),
        ("Dear Fiona Blake,", "fiona+blake"),
        ("Mark,", "mark"),
        ("Уважаемый Иван,", "иван"),
        ("Liebe Anna, lieber Paul,", "anna paul"),
        ("Hi Anna, hi Paul", "anna paul"),
        ("Anna, Paul", "anna paul"),
        ("Hi Anna, Paul,", "anna paul"),
        ("Anna, Done", "anna"),
        ("Hi Anna, thanks for the draft", "anna"),
        ("Hi Anna, hi from Riga too", "anna"),
        ("Hi Anna, Paul is ill", "anna"),
        ("Szanowny Panie Marku,", "marku"),
        ("Witaj Anno,", "anno"),
        ("Guten Abend Frau Weber,", "weber"),
        ("Goedemorgen Piet,", "piet"),
        ("Bom dia Maria,", "maria"),
        ("Dear friends and colleagues,", ""),
        ("Hi Dan and all,", ""),
        ("Sehr geehrte Damen und Herren,", ""),
        ("Dear Sir or Madam,", ""),
        ("Thanks for the draft, it", ""),
        ("Will you come?", ""),
        ("Monday, I leave", ""),
        ("Harbour dues have risen, as", ""),
        ("hi mark it up -", ""),
    ],
)
def test_who_is_greeted(opening: str, names: str) -> None:
    assert " ".join("+".join(person) for person in greeted(opening)) == names


@pytest.mark.parametrize(
    ("name", "words", "local", "expected"),
    [
        ("robert", "robert quill", "robert.quill", Called.YES),
        ("quill", "robert quill", "robert.quill", Called.YES),
        ("jürgen", "juergen voss", "juergen.voss", Called.YES),
        ("jürgen", "jurgen voss", "jurgen.voss", Called.YES),
        ("richard", "richardm", "richardm", Called.YES),
        ("mei", "robert quill", "robert.quill", Called.NO),
        ("jane", "jquill", "jquill", Called.UNCLEAR),
        ("mei", "quill", "quill7", Called.UNCLEAR),
        ("roberto", "robert quill", "robert.quill", Called.YES),
        ("stephane", "stephanie quill", "stephanie.quill", Called.UNCLEAR),
        ("vlady", "vladimir quill", "vladimir.quill", Called.UNCLEAR),
        ("marku", "marek quill", "marek.quill", Called.UNCLEAR),  # as Polish calls him
        ("anno", "anna quill", "anna.quill", Called.UNCLEAR),
        ("marku", "maria quill", "maria.quill", Called.NO),
        ("mei", "sales north", "sales.north", Called.UNCLEAR),
        ("иван", "ivan quill", "ivan.quill", Called.UNCLEAR),
        ("mei", "quill robin", "m.quill", Called.UNCLEAR),
    ],
)
def test_who_is_called_so(name: str, words: str, local: str, expected: Called) -> None:
    assert called((name,), frozenset(words.split()), local) is expected


def test_each_name_of_a_greeting_must_fit() -> None:
    words = frozenset(("robert", "quill"))
    assert called(("robert", "quill"), words, "robert.quill") is Called.YES
    assert called(("robert", "tan"), words, "robert.quill") is Called.NO


@pytest.mark.parametrize(
    ("opening", "said"),
    [
        ("Hi Bob,\nthe plan", "Hi Bob"),
        ("Bob Quill,\nthe plan", "Bob Quill"),
        ("hi bob the plan", "hi bob"),
        ("Rick and Greg - the plan", "Rick and Greg"),
        ("The plan is ready.", ""),
        ("the plan, as said", ""),
        ("", ""),
    ],
)
def test_the_words_that_greet(opening: str, said: str) -> None:
    assert greeting_in(opening) == said


@pytest.fixture(scope="module")
def history() -> Correspondence:
    made = Correspondence(["mod.example"])
    people = (
        "robert.quill@northport.example",
        "mei.tan@northport.example",
        "jsorg@firm.example",
        "lena.voss@mod.example",
    )
    for number, key in enumerate(people):
        at = NOW.timestamp() - 86_400 * (number + 1)
        made.observe(Observation(f"o{number}", at, ME, "", ((key, ""),), False, f"o{number}", (), "", False))
    return made


def observed(history: Correspondence, opening: str, *recipients: str) -> list[list[Signal]]:
    addresses = tuple(map(parse_address, recipients))
    message = parse_message(f"From: {ME}\r\nTo: {recipients[0]}\r\n\r\n{opening}\r\n\r\nthe plan\r\n".encode())
    context = Context(history, Envelope(parse_address(ME), addresses), message, NOW)
    return [list(greeting.observe(context, each)) for each in addresses]


ROBERT, MEI, LENA, SORG = (
    "robert.quill@northport.example",
    "mei.tan@northport.example",
    "lena.voss@mod.example",
    "jsorg@firm.example",
)


@pytest.mark.parametrize(
    ("opening", "recipients", "expected"),
    [
        ("Mei,", (ROBERT,), [("greeting.other", 1.0)]),
        ("Hi Mei and Bob,", (ROBERT,), [("greeting", 1.0)]),
        ("Mei,", (ROBERT, LENA), [("greeting.other", 0.5), ("greeting.other", 0.5)]),
        ("Mei,", (ROBERT, MEI), [None, None]),
        ("Mei,", (ROBERT, SORG), [None, None]),
        ("Mei,", (SORG,), [None]),
        ("Oona,", (ROBERT,), [("greeting.nobody", 1.0)]),
        ("Thanks, Ines", (ROBERT,), [None]),
        ("Hi all,", (ROBERT,), [None]),
    ],
)
def test_what_a_greeting_says(
    history: Correspondence, opening: str, recipients: tuple[str, ...], expected: list[tuple[str, float] | None]
) -> None:
    found = observed(history, opening, *recipients)
    assert [(each[0].id, each[0].strength) if each else None for each in found] == expected


def test_who_is_greeted_is_suggested(history: Correspondence) -> None:
    ((signal,),) = observed(history, "Hi Mei,", ROBERT)
    assert [str(each.address) for each in signal.meant] == [MEI]
    assert signal.sender_text == f"The message begins “Hi Mei”; {ROBERT} does not look like that name."
