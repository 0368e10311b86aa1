"""What is kept for the next start: only what was written with our key is taken."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from straymail.content import money, secrets
from straymail.content.scan import Scan
from straymail.content.sieve import Sieve, Sought
from straymail.record import new_key, parse_keys
from straymail.record.shelf import MOST, Files

KEYS = parse_keys(new_key().decode())


def files(folder: Path, *, write: bool = True) -> Files:
    return Files(folder / "searches", KEYS, write=write)


def test_what_was_put_is_there_for_the_next_start(tmp_path: Path) -> None:
    files(tmp_path).put("one", b"abc")
    assert files(tmp_path, write=False).get("one") == b"abc"
    assert files(tmp_path).get("two") is None
    assert [path.stat().st_mode & 0o777 for path in (tmp_path / "searches").iterdir()] == [0o600]


@pytest.mark.parametrize("at", [0, 31, 32, 34])
def test_what_was_changed_is_not_taken(tmp_path: Path, at: int) -> None:
    files(tmp_path).put("one", b"abc")
    (path,) = (tmp_path / "searches").iterdir()
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)
    assert files(tmp_path).get("one") is None


def test_what_another_key_signed_or_stands_under_another_name_is_not_taken(tmp_path: Path) -> None:
    Files(tmp_path / "searches", parse_keys(new_key().decode()), write=True).put("one", b"abc")
    assert files(tmp_path).get("one") is None
    files(tmp_path).put("one", b"abc")
    (path,) = (tmp_path / "searches").iterdir()
    path.rename(path.with_name("two.ready"))
    assert files(tmp_path).get("two") is None
    path.with_name("two.ready").write_bytes(b"short")
    assert files(tmp_path).get("two") is None


def test_who_only_looks_writes_nothing_and_a_folder_that_cannot_be_made_is_no_failure(tmp_path: Path) -> None:
    files(tmp_path, write=False).put("one", b"abc")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "searches").write_text("no folder")
    files(tmp_path).put("one", b"abc")
    assert files(tmp_path).get("one") is None


def test_old_ones_go(tmp_path: Path) -> None:
    for number in range(MOST + 3):
        files(tmp_path).put(str(number), b"abc")
        os.utime(tmp_path / "searches" / f"{number}.ready", (number, number))
    files(tmp_path).put("last", b"abc")
    left = {path.stem for path in (tmp_path / "searches").iterdir()}
    assert len(left) == MOST
    assert "last" in left
    assert "0" not in left


def test_hints_come_from_the_shelf_and_find_the_same(tmp_path: Path) -> None:
    """A start that may make nothing has no hints before they were made once, and has them all afterwards."""
    text = "The password is Tr0ub4dor&3x. GB82 WEST 1234 5698 7654 32"
    detectors = (secrets.DETECTOR, money.DETECTOR)
    first, second = Scan(detectors), Scan(detectors)
    first.shelf, second.shelf = files(tmp_path), files(tmp_path, write=False)
    ready = []
    for scan, kept in ((second, True), (first, False), (second, True)):
        scan.prepare(kept=kept)
        ready.append(scan.prepared)
    assert ready == [False, True, True]
    found = second.examine(text, "body")
    assert found == first.examine(text, "body") == Scan(detectors).examine(text, "body")
    assert [each.id for each in found] == ["secret.password", "money.iban"]


def test_what_the_engine_cannot_use_is_made_anew(tmp_path: Path) -> None:
    """As after an upgrade of the engine: signed by us, and of no use."""
    rules, shelf = {1: Sought("abc"), 2: Sought("x[0-9]")}, files(tmp_path)
    Sieve(rules, shelf)
    (path,) = (tmp_path / "searches").iterdir()
    made = path.read_bytes()
    shelf.put(path.stem, b"of another engine")
    assert Sieve(rules, shelf).sift(b"x7", b"x7") == [2]
    assert path.read_bytes() == made
