"""Records of people become rows that lists of people are told by. Everybody is invented."""

from __future__ import annotations

import base64
import json
import time

import pytest

from straymail.content import examine_text
from straymail.extract.limits import ReadLimits
from straymail.extract.readers.records import card_rows, entry_rows, insert_rows, object_rows
from straymail.extract.reading import read_one

FIRST = ("Clara", "Piet", "Ada", "Tomas", "Ines", "Ruben", "Mona", "Jon", "Lena", "Karl", "Eva", "Ravi")
LAST = ("Voss", "Brandt", "Nilsen", "Okafor", "Marsh", "Falk", "Reyes", "Abel", "Sorg", "Winter", "Holm", "Menon")
PEOPLE = list(zip(FIRST, LAST, strict=True))

CARDS = "".join(
    f"BEGIN:VCARD\r\nVERSION:3.0\r\nN:{last};{first};;;\r\nFN:{first} {last}\r\n"
    f"item1.TEL;TYPE=CELL:+4915112345{n:02}\r\nEMAIL:{first}@harbour.example\r\nEND:VCARD\r\n"
    for n, (first, last) in enumerate(PEOPLE)
)
LDIF = "version: 1\n\n" + "".join(
    f"dn: uid={first},ou=people,\n dc=harbour\ncn:: {base64.b64encode(f'{first} {last}'.encode()).decode()}\n"
    f"mail: {first}@harbour.example\n\n"
    for first, last in PEOPLE
)
SQL = "INSERT INTO `users` (id, login, name, mail) VALUES " + ",\n".join(
    f"({n}, 'u{n}', '{first} {last}', '{first}@harbour.example')" for n, (first, last) in enumerate(PEOPLE)
)
JSON = json.dumps({
    "people": [{"first_name": a, "last_name": b, "born": f"1984-03-{n + 10}"} for n, (a, b) in enumerate(PEOPLE)]
})  # fmt: skip
PHONES = json.dumps([{"id": 4, "name": f"{a} {b}", "phone": f"+49 30 9018{n:04}"} for n, (a, b) in enumerate(PEOPLE)])


def ids(data: str, name: str) -> set[str]:
    answer, _ = read_one(data.encode(), name, name, ReadLimits())
    return {each.id for where, text in answer["texts"] for each in examine_text(text, where)}


@pytest.mark.parametrize(
    ("data", "name"),
    [(CARDS, "a.vcf"), (LDIF, "a.ldif"), (SQL + ";", "a.sql"), (PHONES, "a.json"), (JSON, "a.json")],
)
def test_records_of_people_are_lists(data: str, name: str) -> None:
    assert "person.list" in ids(data, name)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (CARDS[: CARDS.index("END:VCARD")] + "END:VCARD\r\n", "a.vcf"),
        ("dn: is a word\ncn: that stands here\n", "a.txt"),
        ("INSERT INTO parts VALUES (1, 'Left Bracket', 'M8'), (2, 'Right Bracket', 'M9');", "a.sql"),
        (json.dumps([{"name": "left-bracket", "size": "+4 mm"}] * 40), "a.json"),
        ("{", "a.json"), ("[" * 100_000, "a.json"), ('{"a": [1, "x", [2]]}', "a.json"), ("7", "a.json"),
    ],
)  # fmt: skip
def test_near_misses(data: str, name: str) -> None:
    assert "person.list" not in ids(data, name)


def test_rows_begin_with_the_name() -> None:
    quoted = "BEGIN:VCARD\nN;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;Ada\nTEL:tel:030-1\nEND:VCARD\n" * 2
    assert card_rows(quoted) == "n tel\nMüller Ada\t030-1\nMüller Ada\t030-1"
    assert insert_rows("insert into a values (1,'x''y','Ada Voss'), (2,'O(k)','Jon Abel')").splitlines()[-1] == (
        "Jon Abel\t2\tO(k)"
    )
    assert entry_rows("# all\n\ndn: a\ncn:: ?\n\ndn: b\ncn: Ada Voss\nmail: a@b\n") == ""
    assert object_rows('[{"name": "Ada Voss", "n": 1}]') == ""


def test_many_dates_of_birth_are_told_once() -> None:
    found = [each for each in examine_text(JSON, "a.json") if each.id == "person.birth"]
    assert [each.excerpt for each in found] == ["12 dates of birth"]


def test_hostile_records_take_no_time() -> None:
    start = time.monotonic()
    insert_rows("insert into a values " + "('" * 300_000)
    insert_rows("insert into a values " + "(a" * 300_000)
    insert_rows("insert into a values (" + "a" * 600_000)
    card_rows("BEGIN:VCARD\n" + "FN:" + "a " * 300_000 + "\n" + "TEL:1\n" * 100_000)
    assert time.monotonic() - start < 5
