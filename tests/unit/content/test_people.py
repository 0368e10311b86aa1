"""Lists of people, curricula, complaints: hits and near misses. Everybody is invented."""

from __future__ import annotations

import pytest

from straymail.content import examine_text

NAMES = ("Clara Voss", "Piet Brandt", "Ada Nilsen", "Tomas Okafor", "Ines Marsh", "Ruben Falk", "Mona Reyes",
         "Jon Abel", "Lena Sorg", "Karl Winter", "Eva Holm", "Ravi Menon")  # fmt: skip


def table(row: str, names: tuple[str, ...] = NAMES) -> str:
    return "\n".join(
        row.format(name=name, number=number, user=name.lower().replace(" ", ".")) for number, name in enumerate(names)
    )


def ids(text: str) -> set[str]:
    return {finding.id for finding in examine_text(text, "body") if finding.id in KINDS}


KINDS = ("person.list", "person.payroll", "person.cv", "person.complaint")
CREW = "Crew list MV Harbour Light\nName, date of birth, passport\n" + table(
    "{name}, 1{number}.03.1984, X123456{number}"
)
PHONES = table("{name}  +49 30 901820{number:02}")
MAILS = table("{name};{user}@harbour.example")
PAY = "Salaries in May\n" + table("{name}\t€ 4,{number}00.00")
RESUME = "Clara Voss\n\nProfessional experience\nHarbour Light, 2019\n\nEducation\nMoorhaven\n\nSkills\nKnots\n"
GRIEVANCE = (
    "After the formal complaint she made about harassment, a disciplinary hearing was held and a written warning "
    "was given to the employee."
)


@pytest.mark.parametrize(
    ("text", "identifier"),
    [
        (CREW, "person.list"),
        (PHONES, "person.list"),
        (MAILS, "person.list"),
        (PAY, "person.payroll"),
        ("Name,Base salary\n" + table("{name},4{number}300"), "person.payroll"),
        ("Name\tGrade\tGross pay\n" + table("{name}\tB2\t31{number}0.50"), "person.payroll"),
        ("Id,Name,Date of birth\n" + table("E00120{number},{name},1984-03-1{number}"), "person.list"),
        ("No;Name;Date of birth\n" + table("{number};{name};1984-03-1{number}"), "person.list"),
        ("Crew contacts:\n" + table("{name}: 07700 9001{number:02}", NAMES[:8]), "person.list"),
        (table("{name}: 07700 9001{number:02}"), "person.list"),
        ("Phone list\n" + table("{name} - 555-01{number:02}"), "person.list"),
        (table("{name} <{user}@harbour.example>,"), "person.list"),
        ("Members of the board:\n" + table("{name} <{user}@harbour.example>", NAMES[:6]), "person.list"),
        (table("Sgt {name} 2500{number:02}11", NAMES[:8]), "person.list"),
        (
            "\n".join(f"SSgt\t{name.split()[1].upper()}, A\t300410{n}7" for n, name in enumerate(NAMES[:6])),
            "person.list",
        ),
        ("Duty roster\n" + table("1{number}/05/2027  {name}  08:00-20:00", NAMES[:9]), "person.list"),
        (
            "Guard roster\n" + "\n".join(f"Mon 0{n}00-1400  Cpl {name.split()[1]}" for n, name in enumerate(NAMES[:7])),
            "person.list",
        ),
        ("Staff list\nName;Role;Phone\n" + table("{name};Engineer;030 901821{number:02}", NAMES[:8]), "person.list"),
        (
            "Crew list\nName      Post      Telephone\n" + table("{name}   Deckhand   555-01{number:02}", NAMES[:8]),
            "person.list",
        ),
        ("Next of kin\n" + table("{name} - wife Mary Voss - 07700 9001{number:02}", NAMES[:6]), "person.list"),
        ("Emergency contacts\n" + table("{name}: husband, 555-01{number:02}", NAMES[:6]), "person.list"),
        (table("{name}\n07700 9001{number:02}\n"), "person.list"),
        (RESUME, "person.cv"),
        (GRIEVANCE, "person.complaint"),
    ],
)
def test_people(text: str, identifier: str) -> None:
    assert identifier in ids(text)


@pytest.mark.parametrize(
    "text",
    [
        table("{name}", NAMES),
        table("{name}, +49 30 901820{number:02}", NAMES[:4]),
        table("Re: thread {number}\n> from {user}@harbour.example"),
        "Crew list to follow on Monday.",
        "I have no experience with this.\nEducation matters.",
        "She filed a complaint about the noise.",
        "Salaries rose by 3,500 last year; wages by 4,200.",
        "Pay talks\n" + table("{name} expects a gain of $ 2{number},500", NAMES),
        table("order {number}, 2027-03-1{number}"),
        "Salaries survey\n" + "".join(f"Software Engineer {level} $12,{level}00\n" for level in range(1, 9)),
        "We spoke of the salary survey.\n" + table("{name}, 200{number}"),
        "Results of the salary league\n" + table("{name} scored 120{number}0 points"),
        "Licences\nName,Serial\n" + table("{name},4{number}300"),
        "To: " + table("{name} <{user}@harbour.example>,"),
        "> Cc: " + table("{name} <{user}@harbour.example>,").replace("\n", "\n>  "),
        "From: Ada Nilsen\nTo:\n" + table("{name} <{user}@harbour.example>;"),
        "Results\n" + table("{number}. {name} 38:1{number}"),
        "Golf\n" + table("{name} -{number} 68 70 71"),
        "Minutes\n" + table("{name}: will send the report by 0{number}/05/2027", NAMES[:9]),
        "Branches\n" + table("Harbour Street {number}: 555-01{number:02}"),
        "Duty rosters will be sent on Friday. Call the office at 555-0123.",
        "Fixtures\n" + table("1{number}/05 {name} v Harbour 7.30"),
        "Parts\n" + table("Left Bracket 3004{number:02}21"),
        "Wages and prices\nOur payroll view\n" + table("Mkt Cap: $1{number},300"),
        "Home\nEducation\nLanguages\nPublications\nContact us\n",
    ],
)
def test_near_misses(text: str) -> None:
    assert not ids(text)


def test_a_word_of_pay_far_from_the_rows_makes_no_payroll() -> None:
    rows = table("{name} Harbour ${number}79.00 return")
    far = "Wages were a theme of the week.\n" + "The range is free and the crane was inspected.\n" * 10
    assert ids(far + rows) == set()
    assert ids("Wages in May\n" + rows) == {"person.payroll"}


def test_what_a_list_holds_is_said() -> None:
    [finding] = [each for each in examine_text(CREW, "crew.txt") if each.id == "person.list"]
    assert finding.text == "it holds a list of people"
    assert finding.excerpt.startswith("12 people: name, ")


def test_people_are_counted_not_their_telephones() -> None:
    rows = table("{name}   01452 3820{number:02}   07812 4430{number:02}", NAMES[:10])
    [finding] = examine_text(rows, "body")
    assert finding.excerpt == "10 people: name, telephone"


def test_names_beyond_ascii_make_rows_too() -> None:
    rows = [f"Łukasz Żak{letter}, 1{number}.03.1984, X123456{number}" for number, letter in enumerate("abcdef")]
    assert ids("Crew list\n" + "\n".join(rows)) == {"person.list"}
