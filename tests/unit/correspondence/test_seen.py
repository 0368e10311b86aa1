"""Which messages were learned: a set that stays small."""

from __future__ import annotations

import tracemalloc

from straymail.correspondence.seen import Seen


def test_each_is_new_once_however_many_there_are() -> None:
    seen = Seen()
    for turn in (True, False):
        assert all(seen.add(f"message {number}") is turn for number in range(150_000))
        assert len(seen) == 150_000
    assert "message 149999" in seen
    assert "message 0" in seen
    assert "message 150000" not in seen


def test_many_take_less_than_thirty_bytes_each() -> None:
    tracemalloc.start()
    seen = Seen()
    for number in range(400_000):
        seen.add(f"{number:x}")
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size < 12_000_000
