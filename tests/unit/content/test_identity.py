"""Numbers that name a person: hits and near misses. Valid only by their check digits; nobody's."""

from __future__ import annotations

import pytest

from straymail.content import examine_text

PASSPORT = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"
CARD = "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<"


def ids(text: str) -> set[str]:
    return {finding.id for finding in examine_text(text, "body") if finding.id.startswith("person.")}


@pytest.mark.parametrize(
    ("text", "identifier"),
    [
        ("His SSN is 536-90-4399.", "person.id-number"),
        ("PESEL: 44051401359", "person.id-number"),
        ("BSN 111222333", "person.id-number"),
        ("DNI: 12345678Z", "person.id-number"),
        ("codice fiscale RCCMNL83S18D969H", "person.id-number"),
        ("RCCMNL83S18D969H", "person.id-number"),
        ("131052-308T", "person.id-number"),
        ("her number is 756.9217.0769.85", "person.id-number"),
        ("CPF 390.533.447-05", "person.id-number"),
        ("Numéro de sécurité sociale : 2 95 10 99 126 111 93", "person.id-number"),
        (PASSPORT, "person.passport"),
        (CARD, "person.passport"),
        ("Passport no. X1234567", "person.passport"),
        ("Passport: C01X00T47", "person.passport"),
        ("Reisepass Nr.: C01X00T47", "person.passport"),
        ("passport number is 533401234", "person.passport"),
        ("National Insurance number: AB 12 34 56 C", "person.id-number"),
        ("National Insurance number: AB-12-34-56-C", "person.id-number"),
        ("NRIC S1234567D", "person.id-number"),
        ("ID number 11010519491231002X", "person.id-number"),
        ("RUN 12.531.909-2", "person.id-number"),
        ("Clara Voss, born 12.03.84", "person.birth"),
        ("Clara Voss, born on 12.03.1984 in Moorhaven", "person.birth"),
        ("HKID A123456(3)", "person.id-number"),
        ("his card says AB987654(3)", "person.id-number"),
    ],
)
def test_identity(text: str, identifier: str) -> None:
    assert identifier in ids(text)


@pytest.mark.parametrize(
    "text",
    [
        "PESEL: 44051401358",
        "BSN 111222334",
        "DNI: 12345678A",
        "RCCMNL83S18D969X",
        "131052-308U",
        "756.9217.0769.86",
        "390.533.447-06",
        PASSPORT.replace("L898902C36", "L898902C37"),
        CARD.replace("7408122F", "7408123F"),
        "Call 536-90-4399 for the part number",
        "The passport office opens at 9.",
        "passport renewal COMMITTEE",
        "passport CHRISTMAS",
        "national insurance is due on 12 34 56 pages",
        "part S1234567A",
        "part AB-12-34-56-C",
        "National Insurance number: AB-12-34-56-E",
        "run 12.531.909-2",
        "Mozart, born 27 January 1756",
        "Voice 011-65-9829-2871",
        "Order 44051401359 has shipped.",
        "I was born in Moorhaven.",
        "HKID A123456(4)",
        "see note X123456(2)",
    ],
)
def test_near_misses(text: str) -> None:
    assert not ids(text)


def test_a_number_is_redacted() -> None:
    [finding] = examine_text("PESEL: 44051401359", "body")
    assert "44051401359" not in f"{finding.excerpt}{finding.text}{finding.digest}"


def test_words_of_several_countries() -> None:
    """ "Personnummer" is Swedish, Norwegian and Danish; either check passes."""
    assert ids("personnummer 880320-0016")
    assert ids("Personnummer 684131-0001") <= {"person.id-number"}
