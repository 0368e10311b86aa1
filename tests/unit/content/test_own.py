"""Own terms and markings: hits and near misses."""

from __future__ import annotations

import pytest

from straymail.content import Dictionary, Entry, examine_text
from straymail.evidence import Sensitivity

OWN = Dictionary(
    terms=(
        Entry("Harbour Light", Sensitivity.ELEVATED),
        Entry("O'Hara", Sensitivity.LOW),
        Entry("X-47", Sensitivity.LOW),
    ),
    markings=(Entry("MOD EXAMPLE SECRET", Sensitivity.SEVERE, ("!GB",)),),
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("the order for exercise harbour light", ["own.term"]),
        ("HARBOUR LIGHT, and harbour light again", ["own.term"]),
        ("harbour lights are on", []),
        ("MOD EXAMPLE SECRET\nThe plan", ["marking.own"]),
        ("[MOD EXAMPLE SECRET] The plan", ["marking.own"]),
        ("we never write MOD EXAMPLE SECRET in prose like this, do we", []),
        ("the order for exercise harbour\nlight", ["own.term"]),
        ("harbour\r\n  light", ["own.term"]),
        ("harbour  light", ["own.term"]),
        ("harbour\u00a0light", ["own.term"]),
        ("harbour. Light", []),
        ("Peter O\u2019Hara", ["own.term"]),
        ("Peter O Hara", []),
        ("mod example secret", []),
        ("Classification: MOD EXAMPLE SECRET", ["marking.own"]),
        ("The plan [MOD EXAMPLE SECRET] of May", ["marking.own"]),
        ("MOD EXAMPLE SECRETARY", []),
        ("the classification: MOD EXAMPLE SECRET is new", []),
        ("", []),
    ],
)
def test_own_words(text: str, found: list[str]) -> None:
    assert [finding.id for finding in examine_text(text, "body", OWN)] == found


def test_a_marking_says_whom_it_excludes() -> None:
    (finding,) = examine_text("MOD EXAMPLE SECRET", "subject", OWN)
    assert finding.excludes == ("!GB",)
    assert finding.sensitivity is Sensitivity.SEVERE


@pytest.mark.parametrize(
    ("text", "where", "found"),
    [
        ("Crew list - MOD EXAMPLE SECRET", "subject", ["marking.own"]),
        ("Crew list (MOD EXAMPLE SECRET)", "subject", ["marking.own"]),
        ("Crew list - MOD EXAMPLE SECRET", "body", []),
        ("what is MOD EXAMPLE SECRET", "subject", []),
        ("Crew - MOD EXAMPLE SECRET is new", "subject", []),
        ("crew_MOD_EXAMPLE_SECRET.pdf", "file name crew_MOD_EXAMPLE_SECRET.pdf", ["marking.file", "marking.own"]),
        ("harbour_light.txt", "file name harbour_light.txt", ["own.term"]),
        ("2026-harbour-light-v2.txt", "file name 2026-harbour-light-v2.txt", ["own.term"]),
        ("X-47.txt", "file name X-47.txt", ["own.term"]),
        ("harbour_lights.txt", "file name harbour_lights.txt", []),
        ("harbour_light", "body", []),
    ],
)
def test_own_words_in_subjects_and_file_names(text: str, where: str, found: list[str]) -> None:
    assert [finding.id for finding in examine_text(text, where, OWN)] == found


def test_own_words_over_the_lines_of_quoted_text() -> None:
    assert [each.id for each in examine_text("> harbour\n> light", "quoted text", OWN, quoted=True)] == ["own.term"]
