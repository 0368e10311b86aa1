"""A message on the wire."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from straymail.message import wire
from straymail.message.wire import stuffed


@given(st.lists(st.sampled_from([b".", b"..", b"\r\n", b"x", b"\r", b"\n", b"\r\n."]), max_size=60), st.integers(1, 9))
def test_dots_are_stuffed_whatever_the_pieces(parts: list[bytes], size: int) -> None:
    raw = b"".join(parts)
    whole = raw.replace(b"\r\n.", b"\r\n..")
    whole = b"." + whole if raw.startswith(b".") else whole
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wire, "_PIECE", size)
        assert b"".join(stuffed(raw)) == whole + (b"" if raw.endswith(b"\r\n") or not raw else b"\r\n")


@pytest.mark.parametrize(
    ("raw", "sent"),
    [
        (b"a\r\nb\r\n", b"a\r\nb\r\n"),
        (b"a\nb", b"a\r\nb"),
        (b"a\rb\r\n\r\r\n", b"a\r\nb\r\n\r\n\r\n"),
        (b"a\n\r.\n\rb", b"a\r\n\r\n.\r\n\r\nb"),
        (b"", b""),
    ],
)
def test_lines_end_with_both(raw: bytes, sent: bytes) -> None:
    assert wire.with_line_ends(raw) == sent
