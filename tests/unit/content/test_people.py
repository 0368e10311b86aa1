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
OWN_GRIEVANCE = (
    "I wish to raise a formal grievance against my manager, who shouted at me twice. This is harassment, and "
    "discrimination against women."
)
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
        ("Student No,Name,Mark\n" + table("19283{number}4,{name},6{number}"), "person.list"),
        (OWN_GRIEVANCE, "person.complaint"),
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


def rows(row: str, many: int, head: str = "") -> str:
    """Rows of one make; ``d`` has two figures, ``family`` may stand first."""
    made = []
    for n, name in enumerate(NAMES[:many]):
        given, family = name.split()
        rank = ("Sgt", "Cpl", "Pte", "LCpl", "Maj")[n % 5]
        made.append(row.format(given=given, family=family, caps=family.upper(), n=n, d=n + 11, rank=rank))
    return head + "\n".join(made)


@pytest.mark.parametrize(
    "text",
    [
        rows("{given} {family}      01632 9601{d}   07700 9003{d}", 7),
        rows("{given} {family}  +44 1632 9601{d}  +44 7700 9003{d}", 6),
        rows("{given} {family}, {given}@mail.example, 07700 9003{d}", 5),
        rows("{family}, {given}, geb. {d}.03.2009, Birkenweg {d}, Tel. 06021 555{d}", 5),
        rows("{n}. {given} {family}, born 19{d}, {given}@mail.example, 0151 496 07{d}", 5),
        rows("{given} {family}, {d} Shore Street, Kilbrae, 07700 9003{d}", 5),
        rows("{given} {family}, Schulgasse {d}, 06021 555{d}", 5),
        rows("{given} {family}  07700 9003{d}", 5, "Class list 3b\n"),
        rows("{given} {family}  07700 9003{d}", 6, "The phone tree for snow days\n"),
        rows("{family}, {given}, Tel. 06021 555{d}", 5, "Klassenliste 3b\n"),
        rows("{given} {family}  555-01{d}", 5, "Home numbers of all of us:\n"),
        rows("{given} {family} - wife Morag {family}, 07700 9004{d}", 4, "The next of kin:\n"),
        rows("{given} {family} - mother Karin {family}, 07700 9004{d}", 5),
        rows("Mon {d}  251044{d} {rank} {family} D    Main gate", 5),
        rows("2510{d}00 {rank} {family}", 6),
        rows("{rank}  {caps}  {given} A.     DOB {d} MAR 1981   A POS", 6, "nominal roll for Tuesday\n"),
        rows("{given} {family}   {d}/03/1989   07812 4430{d}", 5),
    ],
)
def test_few_rows_that_hold_much_are_a_list(text: str) -> None:
    assert ids(text) == {"person.list"}


@pytest.mark.parametrize(
    "text",
    [
        rows("00{d}  {family}, {given}  3,4{d}.00  487.40  2,698.12", 5, "Emp   Name    Gross   Tax   NI   Net\n"),
        rows("{given} {family}   £2,4{d}.00", 4, "June salaries\n"),
        rows("{family}, {given}\t2,4{d}.00\t1,9{d}.00", 4, "Name\tGross pay\tNet pay\n"),
        rows("{family}, {given}   2.4{d},00   1.9{d},00", 5, "Name   Brutto   Lohnsteuer   Netto\n"),
        rows("{d} {family}, {given} 2,4{d}.00 487.40", 4, "wages for week 22\n"),
    ],
)
def test_payrolls_of_few(text: str) -> None:
    assert ids(text) == {"person.payroll"}


@pytest.mark.parametrize(
    "text",
    [
        rows("{given} {family}  07700 9003{d}", 8),
        rows("{given} {family}, {given}@mail.example, 07700 9003{d}", 4),
        rows("{given} {family} wrote on {d}/03/2009 and again", 6),
        rows("{given} {family} <{given}@mail.example> {d}/03/2009 10:15", 6),
        rows("{given} Office +43 1 555 01 {d}", 7),
        rows("{n}. {given} {family}   M40  33:{d}", 8),
        rows("Order 251044{d} Cpl", 6),
        rows("Item 251044{d} Lt blue cloth", 6),
        rows("{given} {family} 3,4{d} points", 8, "Gross scores, net scores\n"),
        rows("Oak Plank {d} x 140  38.40  44.10", 6, "Art.  Gross  Net\n"),
        rows("{given} {family}   M{d}", 8, "Contact tree\n"),
        rows("Mon {d}  Maths with {given}", 6),
        rows("{given} {family} (mother's side)", 6),
        rows("{given} {family}, painter, born 18{d}", 6),
        rows("{given} {family}: see ticket 251044{d}", 6),
    ],
)
def test_few_rows_that_hold_little_are_none(text: str) -> None:
    assert not ids(text)


def test_a_word_of_pay_far_from_the_rows_makes_no_payroll() -> None:
    fares = table("{name} Harbour ${number}79.00 return")
    far = "Wages were a theme of the week.\n" + "The range is free and the crane was inspected.\n" * 10
    assert ids(far + fares) == set()
    assert ids("Wages in May\n" + fares) == {"person.payroll"}


def test_what_a_list_holds_is_said() -> None:
    [finding] = [each for each in examine_text(CREW, "crew.txt") if each.id == "person.list"]
    assert finding.text == "it holds a list of people"
    assert finding.excerpt.startswith("12 people: name, ")


def test_people_are_counted_not_their_telephones() -> None:
    phones = table("{name}   01452 3820{number:02}   07812 4430{number:02}", NAMES[:10])
    [finding] = examine_text(phones, "body")
    assert finding.excerpt == "10 people: name, telephone"


def test_names_beyond_ascii_make_rows_too() -> None:
    made = [f"Łukasz Żak{letter}, 1{number}.03.1984, X123456{number}" for number, letter in enumerate("abcdef")]
    assert ids("Crew list\n" + "\n".join(made)) == {"person.list"}


@pytest.mark.parametrize(
    "text",
    [
        "You are invited to a disciplinary hearing on 12 March at 10:00 concerning your repeated absence.",
        "You are required to attend a formal disciplinary meeting on Friday to discuss the allegation of theft.",
        "Dear Tom,\nYou are invited to a disciplinary\nhearing on 12 March concerning your timekeeping.",
        "Mr Pratt has been called to a misconduct hearing on Monday, following what he said to the customer.",
    ],
)
def test_somebody_is_called_to_a_hearing(text: str) -> None:
    assert ids(text) == {"person.complaint"}


@pytest.mark.parametrize(
    "text",
    [
        "The disciplinary hearing procedure is on the intranet.",
        "You are invited to a disciplinary hearing workshop about fair questions.",
        "You are invited to a webinar on the disciplinary hearing, concerning notes and witnesses.",
        "How to chair a disciplinary meeting: ten rules about fairness.",
    ],
)
def test_hearings_in_general(text: str) -> None:
    assert ids(text) == set()
