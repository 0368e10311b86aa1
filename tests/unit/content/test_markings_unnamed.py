"""RESTRICTED, SENSITIVE and PROTECTED where nothing says whose they are: hits and near misses."""

from __future__ import annotations

import pytest

from straymail.content import examine_text
from straymail.evidence import Sensitivity


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("[SENSITIVE] Visit plan", "subject"),
        ("Visit plan [RESTRICTED]", "subject"),
        ("Re: RESTRICTED: visit plan", "subject"),
        ("Visit plan - PROTECTED", "subject"),
        ("RESTRICTED\n\nVisit plan for Tuesday", "body"),
        ("Visit plan for Tuesday\n\nSENSITIVE\n", "body"),
        ("Classification: RESTRICTED\nVisit plan", "body"),
        ("report_RESTRICTED.pdf", "file name report_RESTRICTED.pdf"),
        ("SENSITIVE - plan.docx", "file name SENSITIVE - plan.docx"),
    ],
)
def test_a_marking_whose_scheme_is_not_named(text: str, where: str) -> None:
    (finding,) = examine_text(text, where)
    assert (finding.id, finding.sensitivity) == ("marking.unnamed", Sensitivity.ELEVATED)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("PASSWORD_PROTECTED.zip", "file name PASSWORD_PROTECTED.zip"),
        ("RESTRICTED STOCK UNITS.pdf", "file name RESTRICTED STOCK UNITS.pdf"),
        ("UNRESTRICTED.pdf", "file name UNRESTRICTED.pdf"),
        ("RESTRICTED AREA opens at nine", "subject"),
        ("Sensitive: new cream", "subject"),
        ("The lot is RESTRICTED to residents.", "body"),
        ("the label [SENSITIVE] means that it is not to be shared", "body"),
        ("Parking\n\nRESTRICTED ACCESS\n\nfor all", "body"),
    ],
)
def test_words_of_many_schemes_that_mark_nothing(text: str, where: str) -> None:
    assert not examine_text(text, where)


def test_new_zealands_needs_a_caveat_of_its_own() -> None:
    (finding,) = examine_text("[SENSITIVE: NZEO] plan", "subject")
    assert finding.id == "marking.nz"


def test_a_named_scheme_needs_no_other() -> None:
    (finding,) = examine_text("PROTECTED\nVisit plan\n", "body")
    assert finding.id == "marking.au"
