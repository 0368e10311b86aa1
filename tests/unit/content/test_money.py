"""Cards, accounts, statements: hits and near misses. Every number is a published test number or made up."""

from __future__ import annotations

import pytest

from straymail.content import examine_text


def ids(text: str) -> set[str]:
    return {finding.id for finding in examine_text(text, "body") if finding.id.startswith("money.")}


@pytest.mark.parametrize(
    ("text", "identifier"),
    [
        ("Please charge my card 4539 1488 0343 6467, exp 09/29", "money.card"),
        ("Amex 3782-822463-10005", "money.card"),
        ("4539-1488-0343-6467", "money.card"),
        ("Please charge my card 4539 1488\n0343 6467, exp 09/29", "money.card"),
        ("card 4539 1488 0343 \r\n6467", "money.card"),
        ("my Visa is 45391488\n03436467", "money.card"),
        ("Pay to GB82 WEST 1234\n5698 7654 32", "money.iban"),
        ("IBAN: DE89370400440532013000\nBIC: COBADEFF", "money.iban"),
        ("IBAN: DE89 3704 0044 \r\n0532 0130 00\nCOBADEFF", "money.iban"),
        ("Pay to GB82 WEST 1234 5698 7654 32", "money.iban"),
        ("IBAN: DE89370400440532013000", "money.iban"),
        ("Routing number 021000021", "money.account"),
        ("Sort code 20-45-77, account 12345678", "money.account"),
        ("Maestro 6759 6498 2643 8453", "money.card"),
        ("my UnionPay card is 6212 3456 7890 1232", "money.card"),
        ("a/c 55779911 s/c 20-00-00", "money.account"),
        ("Account number: 55779911\nSort code: 20-00-00", "money.account"),
    ],
)
def test_money(text: str, identifier: str) -> None:
    assert identifier in ids(text)


@pytest.mark.parametrize(
    "text",
    [
        "card 4539 1488 0343 6468",
        "card 4111 1111 1111 1111, as every manual has it",
        "4539148803436467",
        "card 4539 1488\n0343 6468",
        "4539 1488\n0343 6467",
        "card numbers\n4539\n1488\n0343\n6467",
        "GB83 WEST 1234\n5698 7654 32",
        "GB83 WEST 1234 5698 7654 32",
        "IBAN: DE89370400440532013001",
        "Routing number 021000022",
        "Message-ID 4111111111111111-77@mail.example",
        "The balance of power, and the account of what happened.",
        "Version 4.11.1111",
        "order 6759 6498 2643 8453",
        "Maestro 6759 6498 2643 8454",
        "account 55779911 was sorted by code",
    ],
)
def test_near_misses(text: str) -> None:
    assert not ids(text)


def test_a_card_is_redacted() -> None:
    [finding] = examine_text("card 4539 1488 0343 6467", "body")
    assert "0343 6467" not in f"{finding.excerpt}{finding.text}"
