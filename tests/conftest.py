"""Fixtures every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "data"


def _corpus_missing() -> bool:
    return not (CORPUS / "enron").is_dir()


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Folder of real mail that is not part of the project; in CI its absence is a failure."""
    if _corpus_missing():
        if os.environ.get("CI"):
            pytest.fail(f"CI needs the corpus at {CORPUS}")
        pytest.skip("not run: no corpus")
    return CORPUS
