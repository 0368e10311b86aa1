"""What ``straymail held correct --to`` takes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from straymail.cli.held import _corrections
from straymail.errors import BadInput
from straymail.record.custody import Held, Waiting


def held(*suspects: str) -> Held:
    waiting = tuple(Waiting(each, suspect=True) for each in suspects)
    return Held("abc", "ask", "asked", "c@mod.example", 0.0, 1.0, 10, {}, {}, waiting)


@pytest.mark.parametrize(
    ("suspects", "given", "found"),
    [
        (("x@army.ml",), "x@army.mil", {"x@army.ml": "x@army.mil"}),
        (("x@army.ml",), "=x@army.mil", {"x@army.ml": "x@army.mil"}),
        (("x@army.ml",), "x=y@army.mil", {"x@army.ml": "x=y@army.mil"}),
        (("a=b@army.ml",), "a=b@army.ml=a=b@army.mil", {"a=b@army.ml": "a=b@army.mil"}),
        (("x@army.ml", "y@army.ml"), "y@army.ml=z@army.mil", {"y@army.ml": "z@army.mil"}),
        (("x@army.ml", "y@army.ml"), "Y@Army.ML=z@army.mil", {"Y@army.ml": "z@army.mil"}),
    ],
)
def test_corrections(suspects: tuple[str, ...], given: str, found: dict[str, str]) -> None:
    assert _corrections(held(*suspects), [given]) == found


@pytest.mark.parametrize("given", ["x", "x=y", "x@army.ml=", "z@army.ml=x@army.mil", ""])
def test_what_is_no_correction_is_told(given: str) -> None:
    with pytest.raises(BadInput):
        _corrections(held("x@army.ml"), [given])


def test_of_several_one_is_named() -> None:
    with pytest.raises(BadInput, match="does not say which of 2"):
        _corrections(held("x@army.ml", "y@army.ml"), ["z@army.mil"])


def test_one_that_is_still_open_needs_no_name() -> None:
    settled = Waiting("x@army.ml", suspect=True, decision="send")
    both = replace(held("y@army.ml"), recipients=(settled, Waiting("y@army.ml", suspect=True)))
    assert _corrections(both, ["z@army.mil"]) == {"y@army.ml": "z@army.mil"}


def test_two_addresses_for_one_are_none() -> None:
    with pytest.raises(BadInput, match="two addresses"):
        _corrections(held("x@army.ml"), ["x@army.mil", "X@army.ml=y@army.mil"])
