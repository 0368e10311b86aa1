"""Weights and their sum."""

from __future__ import annotations

import pytest

from straymail.errors import BadInput
from straymail.evidence import Candidate, Signal
from straymail.message import parse_address
from straymail.verdict import Weights, assess
from straymail.verdict.combine import probability

RIGHT, OTHER, TYPED = (parse_address(text) for text in ("a@army.mil", "b@army.mil", "a@army.ml"))
WEIGHTS = Weights("test", -2.0, {"up": 1.0, "down": -3.0})


def test_terms_add_up_as_log_odds() -> None:
    found = assess(WEIGHTS, TYPED, (Signal("up", 2.0), Signal("down", 0.5), Signal("unheard", 9.0)))
    assert [item.weight for item in found.evidence] == [2.0, -1.5, 0.0]
    assert found.probability == pytest.approx(probability(-1.5))


def test_the_heaviest_signal_names_who_was_meant_first() -> None:
    signals = (
        Signal("down", 1.0, meant=(Candidate(OTHER, 5.0),)),
        Signal("up", 1.0, meant=(Candidate(RIGHT, -5.0), Candidate(TYPED, 0.0))),
    )
    assert [each.address for each in assess(WEIGHTS, TYPED, signals).meant] == [RIGHT, OTHER]


def test_probability_is_bounded() -> None:
    assert 0 < probability(-1e9) < probability(1e9) < 1


@pytest.mark.parametrize("text", ["", "version = ", 'version = "1"\nbase = "x"\n[weights]\n', 'version="1"\nbase=1\n'])
def test_a_bad_weights_file_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="weights file"):
        Weights.read(text)


def test_the_shipped_weights_hold_the_rules_no_archive_shows() -> None:
    weights = Weights.shipped().weights
    assert weights["corrected"] > 9
    assert weights["confirmed"] < -5
    assert weights["known"] >= -0.8, "repetition is not trust"
    assert abs(weights["jurisdiction"]) < 0.2
