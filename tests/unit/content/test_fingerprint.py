"""Registered documents and parts of them: hits and near misses."""

from __future__ import annotations

from random import Random

import pytest

from straymail.content import Dictionary, Document, Documents, examine_text, marks
from straymail.evidence import Sensitivity

WORDS = [
    a + b + c for a in ("ka", "lo", "mi", "tur", "bel") for b in ("ra", "sen", "vo") for c in ("", "nd", "st", "m")
]


def prose(seed: int, words: int) -> str:
    """Invented text; two seeds share words but no passage."""
    rng = Random(seed)
    return " ".join(rng.choice(WORDS) for _ in range(words))


REPORT, OTHER = prose(1, 3_000), prose(2, 3_000)
DOCUMENTS = Documents(
    (
        Document("report.pdf", Sensitivity.SEVERE, "ab" * 32, marks(REPORT)),
        Document("other.pdf", Sensitivity.HIGH, "cd" * 32, marks(OTHER)),
    )
)


def found(text: str) -> set[str]:
    findings = examine_text(text, "body", Dictionary(documents=DOCUMENTS))
    return {finding.excerpt.partition(":")[0] for finding in findings if finding.id == "own.document"}


def page(start: int, words: int) -> str:
    return " ".join(REPORT.split()[start : start + words])


@pytest.mark.parametrize("start", range(0, 2_900, 290))
def test_any_page_is_noticed(start: int) -> None:
    assert found(f"Dear all,\n\n{page(start, 80)}\n\nRegards") == {"report.pdf"}


def test_layout_quoting_case_and_hyphens_do_not_matter() -> None:
    lines = page(500, 90).upper().split()
    text = "\n".join("> " + " ".join(lines[at : at + 5]) for at in range(0, 90, 5)).replace("SEN", "S-\n> EN", 3)
    assert found(text) == {"report.pdf"}


def test_two_documents_in_one_text() -> None:
    assert found(page(0, 100) + " and " + " ".join(OTHER.split()[100:220])) == {"report.pdf", "other.pdf"}


@pytest.mark.parametrize("text", ["", "short", prose(3, 2_000), page(0, 15), "x" * 5_000])
def test_near_misses(text: str) -> None:
    assert found(text) == set()


def test_the_file_itself_is_known_by_its_digest() -> None:
    (finding,) = DOCUMENTS.find_file("ab" * 32, "crew.zip > report.pdf")
    assert (finding.confidence, finding.sensitivity) == (1.0, Sensitivity.SEVERE)
    assert not list(DOCUMENTS.find_file("ef" * 32, "x"))


def test_common_boilerplate_does_not_count() -> None:
    notice = prose(9, 200)
    documents = Documents(
        tuple(
            Document(f"{number}", Sensitivity.HIGH, f"{number:064}", marks(f"{notice} {prose(20 + number, 400)}"))
            for number in range(5)
        )
    )
    assert not list(documents.find(notice, "body"))
    assert len(list(documents.find(prose(22, 400), "body"))) == 1


def test_quoted_counts_for_less() -> None:
    (plain,) = DOCUMENTS.find(page(0, 200), "body")
    (quoted,) = DOCUMENTS.find(page(0, 200), "quoted text", quoted=True)
    assert quoted.quoted
    assert quoted.confidence < plain.confidence
