"""What the documents speak of is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
DOCUMENTS = [ROOT / "README.md", ROOT / "SECURITY.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
NAMED = re.compile(r"\b((?:packaging|examples|docs|scripts|src|tests)/[\w./-]*\w/?)")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_named_files_exist(path: Path) -> None:
    missing = {name for name in NAMED.findall(path.read_text()) if not (ROOT / name).exists()}
    assert not missing


def test_the_unit_starts_what_is_installed() -> None:
    unit = (ROOT / "packaging/straymail.service").read_text()
    assert "ExecStart=/opt/straymail/.venv/bin/straymail serve --config /etc/straymail/straymail.toml" in unit
    assert "User=straymail" in unit
    assert "NoNewPrivileges=yes" in unit
