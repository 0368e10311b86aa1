"""What stands above a text says what it is about: the subject, the name of a file. Everybody is invented."""

from __future__ import annotations

from straymail.content import examine, examine_text, heading_of_file
from straymail.message import parse_message

ROWS = "\n".join(
    f"{number}  {rank:8} {name:16} EST  1{number}.04.1971  KE07{number}2345"
    for number, (rank, name) in enumerate(
        (
            ("MASTER", "Ilves, Tarmo"),
            ("CHMATE", "Santos, Rodel"),
            ("2NDMATE", "Petrov, Ivan"),
            ("CHENG", "Kask, Margus"),
            ("BOSUN", "Cruz, Noel"),
        )
    )
)
PAID = ("Ada Nilsen", "Jon Abel", "Eva Holm", "Ravi Menon")
PAY = "\n".join(f"{name}\t4,{number}00.00" for number, name in enumerate(PAID))


def test_rows_alone_are_no_list_of_people() -> None:
    assert not examine_text(ROWS, "body")


def test_the_subject_says_what_the_rows_of_the_body_are() -> None:
    message = parse_message(f"From: a@x.example\r\nSubject: Crew list MV Harbour Light\r\n\r\n{ROWS}\r\n".encode())
    found = [finding for finding in examine(message) if finding.where.startswith("body")]
    assert [finding.id for finding in found] == ["person.list"]


def test_a_heading_is_not_searched_itself() -> None:
    assert not examine_text(
        "See you there, as we agreed when we met in the canteen.", "body", heading="the password is Harb0ur-Light-7"
    )


def test_the_name_of_a_file_is_a_heading() -> None:
    heading = heading_of_file("As agreed", "crew_list.xlsx, sheet 1")
    assert [finding.id for finding in examine_text(ROWS, "crew_list.xlsx, sheet 1", heading=heading)] == ["person.list"]


def test_amounts_below_a_subject_about_pay_are_a_payroll() -> None:
    assert [finding.id for finding in examine_text(PAY, "body", heading="May salaries")] == ["person.payroll"]
    assert not examine_text(PAY, "body", heading="May figures")


def test_a_heading_counts_for_every_block_of_a_long_text() -> None:
    filler = "The tide is late today.\n" * 3_000
    found = examine_text(filler + ROWS, "body", heading="Crew list")
    assert [finding.id for finding in found] == ["person.list"]
