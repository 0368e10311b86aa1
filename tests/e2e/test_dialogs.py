"""Every dialog through the real Postfix with the milter, and through the SMTP proxy."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dialog import Player, history_mbox, read_case
from guard import DOORS, running_guard
from private_postgresql import PostgreSQL

DIALOGS = sorted((Path(__file__).parent / "dialogs").glob("*.dialog"))


def need(door: str) -> None:
    """Postfix needs root and must be installed; in CI it is."""
    missing = "needs root" if os.geteuid() else "" if Path("/usr/sbin/postconf").exists() else "needs Postfix"
    if door == "milter" and missing:
        if os.environ.get("CI"):
            pytest.fail(f"CI: the milter {missing}")
        pytest.skip(f"not run: the milter {missing}")


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("file", DIALOGS, ids=lambda file: file.stem)
def test_dialog(file: Path, door: str, tmp_path: Path) -> None:
    need(door)
    case = read_case(file)
    if door == "proxy" and any(line == "client local" for _, line in case.lines):
        pytest.skip("not run: local mail comes to the milter only")
    teach = history_mbox(case, tmp_path / "history.mbox") if case.history else None
    with running_guard(door, settings=case.settings, teach=teach) as guard:
        Player(guard, case, file.name).play()
        assert "engine.failed" not in guard.journal


@pytest.mark.parametrize("name", ["ask-fix", "expiry", "split"])
def test_dialog_on_postgresql(name: str, postgresql: PostgreSQL, tmp_path: Path) -> None:
    case = read_case(Path(__file__).parent / f"dialogs/{name}.dialog")
    teach = history_mbox(case, tmp_path / "history.mbox") if case.history else None
    with postgresql.database() as url:
        settings = f'[store]\nurl = "{url}"\n{case.settings}'
        with running_guard("proxy", settings=settings, teach=teach) as guard:
            Player(guard, case, name).play()
            assert "engine.failed" not in guard.journal
