"""Weights and their sum."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from straymail import recipients
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


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "true", '"1"'])
@pytest.mark.parametrize("key", ["base", "weights.up", "fit.sent", "rival.nobody"])
def test_what_is_no_finite_number_is_named(key: str, value: str) -> None:
    keys = dict.fromkeys(("base", "weights.up", "fit.sent", "rival.nobody"), "1") | {key: value}
    text = "version = '1'\n" + "\n".join(f"{name} = {given}" for name, given in keys.items())
    with pytest.raises(BadInput, match=f"weights file.*{key}"):
        Weights.read(text)


@pytest.mark.parametrize("value", ["0", "1.5", "-0.1", "true", "nan"])
def test_a_base_rate_is_a_share(value: str) -> None:
    with pytest.raises(BadInput, match=r"weights file.*strays"):
        Weights.read(f"version = '1'\nbase = 1\nstrays = {value}\n[weights]\n")


def test_keys_that_nothing_answers_to_are_told() -> None:
    assert Weights.shipped().unheard == ()
    told = Weights("test", 0.0, {"knwon": 1.0, "known": 1.0}, {"snet": 1.0, "sent": 1.0}, {"nobdy": 1.0}).unheard
    assert told == ("weights.knwon", "fit.snet", "rival.nobdy")


def test_every_signal_has_a_shipped_weight() -> None:
    sources = Path(recipients.__file__).parent.glob("*.py")
    told = {name for file in sources for name in re.findall(r'Signal\(\s*"([a-z.]+)"', file.read_text("utf-8"))}
    assert "newcomer" in told
    assert told - {"rival"} <= Weights.shipped().weights.keys()


def test_the_shipped_weights_hold_the_rules_no_archive_shows() -> None:
    weights = Weights.shipped().weights
    assert weights["corrected"] > 9
    assert weights["confirmed"] < -5
    assert weights["known"] >= -0.8, "repetition is not trust"
    assert abs(weights["jurisdiction"]) < 0.2
