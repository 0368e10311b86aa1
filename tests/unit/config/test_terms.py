"""The organisation's dictionary in files."""

from __future__ import annotations

from pathlib import Path

import pytest

from straymail.config import parse
from straymail.errors import ConfigError
from straymail.evidence import Sensitivity


def settings_text(folder: Path) -> str:
    """A settings file that names one file of terms."""
    return f"data_dir = '{folder}'\n[policy]\nterms_files = ['terms.txt']\n[[policy.terms]]\ntext = 'first'\n"


def test_terms_of_files_join_those_of_the_settings(tmp_path: Path) -> None:
    """Comments and blank lines are stepped over, a tab brings the sensitivity."""
    (tmp_path / "terms.txt").write_text("# names\n\nProject Heron\r\nOperation Café\tsevere\n", encoding="utf-8")
    terms = parse(settings_text(tmp_path)).policy.terms
    assert [(term.text, term.sensitivity) for term in terms] == [
        ("first", Sensitivity.ELEVATED),
        ("Project Heron", Sensitivity.ELEVATED),
        ("Operation Café", Sensitivity.SEVERE),
    ]


def test_terms_are_part_of_the_policys_version(tmp_path: Path) -> None:
    """A verdict must be recomputable, so a changed dictionary is another policy."""
    versions = set()
    for text in ("heron", "stork"):
        (tmp_path / "terms.txt").write_text(text)
        versions.add(parse(settings_text(tmp_path)).policy.version)
    assert len(versions) == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"fine\nx\n", r"terms\.txt:2: 'x' is no term .*2 to 200"),
        (b"heron\thuge\n", r"terms\.txt:1: 'huge' is no sensitivity .*severe"),
        (b"caf\xe9", "not UTF-8"),
        (None, "cannot be read: No such file"),
    ],
)
def test_faulty_files_are_told(text: bytes | None, words: str, tmp_path: Path) -> None:
    """File, line and what is allowed."""
    if text is not None:
        (tmp_path / "terms.txt").write_bytes(text)
    with pytest.raises(ConfigError, match=words):
        parse(settings_text(tmp_path))
