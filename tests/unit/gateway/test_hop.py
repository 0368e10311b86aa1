"""How a message goes to the next hop."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from straymail.gateway import hop
from straymail.gateway.hop import stuffed


@given(st.lists(st.sampled_from([b".", b"..", b"\r\n", b"x", b"\r", b"\n", b"\r\n."]), max_size=60), st.integers(1, 9))
def test_dots_are_stuffed_whatever_the_pieces(parts: list[bytes], size: int) -> None:
    raw = b"".join(parts)
    whole = raw.replace(b"\r\n.", b"\r\n..")
    whole = b"." + whole if raw.startswith(b".") else whole
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hop, "_PIECE", size)
        assert b"".join(stuffed(raw)) == whole + (b".\r\n" if raw.endswith(b"\r\n") or not raw else b"\r\n.\r\n")
