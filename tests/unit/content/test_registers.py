"""Numbers of registers: hits and near misses. Valid only by their check digits; nobody's."""

from __future__ import annotations

import pytest

from straymail.content import examine_text


def ids(text: str) -> set[str]:
    return {finding.id for finding in examine_text(text, "body")} & {"person.id-number", "health.number"}


@pytest.mark.parametrize(
    ("text", "identifier"),
    [
        ("please add MORGA657054SM9IJ 35 to the insurance", "person.id-number"),
        ("driver number MORGA 657054 SM9IJ", "person.id-number"),
        ("F\xfchrerschein Nr. B072RRE2I55", "person.id-number"),
        ("Driver's license: D123-4567-8901", "person.id-number"),
        ("Ontario driver's licence A1234-56789-01234", "person.id-number"),
        ("Rentenversicherungsnummer 15 070649 C 103", "person.id-number"),
        ("Personalausweis L01X00T471", "person.id-number"),
        ("n\xfamero de afiliaci\xf3n 28/12345678/40", "person.id-number"),
        ("c\xe9dula 1.111.111-1", "person.id-number"),
        ("ad\xf3azonos\xedt\xf3 jel 8000000016", "person.id-number"),
        ("IDNP 2000000000015", "person.id-number"),
        ("civil ID 280010100012", "person.id-number"),
        ("iqama 1000000008", "person.id-number"),
        ("\u0627\u0644\u0631\u0642\u0645 \u0627\u0644\u0642\u0648\u0645\u064a 28001010100015", "person.id-number"),
        ("\u8eab\u5206\u8b49\u5b57\u865f A123456789", "person.id-number"),
        ("code melli 0012345679", "person.id-number"),
        ("IIN 800101300016", "person.id-number"),
        ("Emirates ID 784-1980-1234567-8", "person.id-number"),
        ("A-Number: A123 456 789", "person.id-number"),
        ("DoD ID 1234567890", "person.id-number"),
        ("BRP number RFX123456", "person.id-number"),
        ("his MBI is 1EG4-TE5-MK73", "health.number"),
        ("Medicare 2123 45670 1", "health.number"),
        ("IHI 8003608000000000", "health.number"),
        ("NHI ZZZ0016", "health.number"),
        ("NHI ZZZ00AX", "health.number"),
        ("TAJ 111 111 110", "health.number"),
    ],
)
def test_registers(text: str, identifier: str) -> None:
    assert identifier in ids(text)


@pytest.mark.parametrize(
    "text",
    [
        "MORGA637054SM9IJ",
        "MORGA657994SM9IJ",
        "Your driving licence must be valid for 5 years.",
        "bring your driving licence, 2 photos and the form 12345",
        "driving licence on 12/05/2024",
        "driving licence fee 2024/2025",
        "F\xfchrerschein Klasse B seit 2012",
        "driver's license office 0800 123456",
        "permis de conduire 2025 1800 euros",
        "Rentenversicherungsnummer 15 070649 C 104",
        "Personalausweis L01X00T472",
        "n\xfamero de afiliaci\xf3n 28/12345678/41",
        "c\xe9dula 1.111.111-2",
        "ad\xf3azonos\xedt\xf3 jel 8000000017",
        "IDNP 2000000000012",
        "civil ID 280010100015",
        "iqama 1000000009",
        "\u8eab\u5206\u8b49\u5b57\u865f A123456788",
        "code melli 0012345678",
        "IIN 800101300015",
        "784-1980-1234567-9",
        "Medicare 2123 45671 1",
        "NHI ZZZ0017",
        "NHI grant 2024",
        "TAJ 111 111 111",
        "order 1EG4-TE5-MK7",
    ],
)
def test_near_misses(text: str) -> None:
    assert not ids(text)
