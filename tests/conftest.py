"""Fixtures every test may use."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from private_postgresql import PostgreSQL, programs
from straymail.record import Record, new_key, open_record, parse_keys

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


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """A real PostgreSQL in a private folder; in CI its absence is a failure."""
    if programs() is None:
        if os.environ.get("CI"):
            pytest.fail("CI needs PostgreSQL")
        pytest.skip("not run: PostgreSQL is not installed")
    with tempfile.TemporaryDirectory(prefix="straymail-postgresql-", ignore_cleanup_errors=True) as folder:
        server = PostgreSQL(Path(folder))
        server.start()
        yield server
        server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'store.db'}"
        return
    server: PostgreSQL = request.getfixturevalue("postgresql")
    with server.database() as made:
        yield made


@pytest.fixture
def record(url: str) -> Iterator[Record]:
    opened = open_record(url, parse_keys(new_key().decode()))
    yield opened
    opened.close()


@pytest.fixture
def in_file(tmp_path: Path) -> Iterator[Record]:
    """A record whose file a test gets at."""
    opened = open_record(f"sqlite:///{tmp_path / 'store.db'}", parse_keys(new_key().decode()))
    yield opened
    opened.close()
