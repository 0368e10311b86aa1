"""The typo channel: what one slip costs, and the fit that its costs come from."""

from __future__ import annotations

import math
import random

import pytest

from fit_channel import cases, ends, fit, held_out, look_alikes, slips
from straymail.correspondence.channel import COSTS, SLIP, UNLISTED, log_tld, log_typed

ONE_SLIP = {
    ("gmal", "gmail"): "deletion",
    ("yaho", "yahoo"): "deletion.doubled",
    ("gmial", "gmail"): "transposition",
    ("gmaiil", "gmail"): "insertion.doubled",
    ("gmailk", "gmail"): "insertion.neighbour",
    ("gmailq", "gmail"): "insertion",
    ("gmaol", "gmail"): "substitution.neighbour",
    ("gma1l", "gmail"): "substitution.look",
    ("gmeil", "gmail"): "substitution.vowel",
    ("gmzil", "gmail"): "substitution.neighbour",
    ("gmxil", "gmail"): "substitution",
    ("savnders", "saunders"): "substitution",
    ("janer.oe", "jane.roe"): "transposition",
    ("jane-roe", "jane.roe"): "separator",
}


@pytest.mark.parametrize(("pair", "kind"), ONE_SLIP.items())
def test_one_slip_costs_what_its_kind_does(pair: tuple[str, str], kind: str) -> None:
    typed, meant = pair
    assert log_typed(typed, meant) == pytest.approx(SLIP - COSTS[kind])


def test_the_first_letter_is_seldom_wrong() -> None:
    assert log_typed("mail", "gmail") == pytest.approx(log_typed("gmal", "gmail") - COSTS["first"])


def test_a_pair_that_looks_like_one_letter_is_one_slip() -> None:
    assert log_typed("arny", "army") > log_typed("arrmy", "armyx")
    assert log_typed("rnod", "mod") == pytest.approx(SLIP - COSTS["substitution.look"])


def test_length_changes_nothing_but_too_long_is_no_slip() -> None:
    assert log_typed("a" * 20 + "xby", "a" * 20 + "bxy") == log_typed("axby", "abxy")
    assert log_typed("a" * 65, "a" * 64) == -40.0
    assert log_typed("same", "same") == 0.0


def test_known_ends_have_costs_of_their_own() -> None:
    assert log_tld("ml", "mil") == SLIP - 0.7
    assert log_tld("mxl", "mil") < log_tld("ml", "mil")
    assert log_tld("mxil", "mil") == log_typed("mxil", "mil") - UNLISTED


def test_every_slip_of_a_name_is_one_and_has_a_kind() -> None:
    found = slips("gmail.com", "abcdefghijklmnopqrstuvwxyz")
    assert found["gmial.com"] == ("transposition", False)
    assert found["mail.com"] == ("deletion", True)
    assert "gmail.com" not in found
    assert found["gmailc.om"] == ("transposition", False)
    assert "gmailcom" not in found, "marks only move"
    assert {kind for kind, _ in found.values()} <= set(COSTS)


def test_the_fit_finds_the_rates_slips_were_drawn_with() -> None:
    chance, alphabet = random.Random(5), "abcdefghijklmnopqrstuvwxyz"
    true = {kind: math.exp(-cost) for kind, cost in COSTS.items()} | {"transposition": math.exp(-0.4)}
    words = ["".join(chance.choices(alphabet, k=8)) for _ in range(1_500)]
    pairs = []
    for word in words:
        outcomes = slips(word, alphabet)
        chances = [true[kind] * (true["first"] if first else 1.0) for kind, first in outcomes.values()]
        pairs.append((chance.choices(list(outcomes), chances)[0], word))
    found = fit(cases(pairs))
    assert found["deletion"] == pytest.approx(COSTS["deletion"])
    assert found["transposition"] == pytest.approx(0.4, abs=0.2), "1.6 in the channel, so drawn three times as often"
    assert found["insertion"] == pytest.approx(COSTS["insertion"], abs=0.3)
    assert found["substitution.neighbour"] == pytest.approx(COSTS["substitution.neighbour"], abs=0.4)
    assert found["first"] == pytest.approx(COSTS["first"], abs=0.4)


def test_a_pair_that_is_no_slip_says_nothing() -> None:
    assert cases([("abcdef", "uvwxyz"), ("same", "same")]) == []


def test_held_out_costs_foretell_slips_drawn_with_the_channel_s_about_as_well() -> None:
    chance, alphabet = random.Random(6), "abcdefghijklmnopqrstuvwxyz"
    pairs = []
    for _ in range(300):
        word = "".join(chance.choices(alphabet, k=8))
        outcomes = slips(word, alphabet)
        chances = [math.exp(-COSTS[kind] - (COSTS["first"] if first else 0)) for kind, first in outcomes.values()]
        pairs.append((chance.choices(list(outcomes), chances)[0], word))
    found = {kind: (count, now, fitted) for kind, count, now, fitted in held_out(cases(pairs), [])}
    assert found["all"][0] == sum(count for kind, (count, _, _) in found.items() if kind != "all") == len(set(pairs))
    assert found["all"][1] - 0.2 < found["all"][2] < found["all"][1], "what drew them foretells best"


def test_letters_that_look_alike_are_counted_beside_what_is_expected() -> None:
    found = {pair: (made, expected) for pair, made, expected in look_alikes([("gmall", "gmail"), ("gmal", "gmail")])}
    assert found["l for i"][0] == 1
    assert 0 < found["l for i"][1] < 1
    assert "v for u" not in found


def test_ends_in_no_table_are_foretold_by_what_they_cost() -> None:
    rows = [("gmail.cm", "gmail.com", "a"), ("gmail.comk", "gmail.com", "a,b"), ("gmail.com", "other.net", "b")]
    found = {(source, extra): mean for source, _, extra, mean in ends(rows)}
    assert found["only a", 1.5] > found["only a", -0.5], "cm is in the table"
    assert found["several", 1.5] < found["several", -0.5]
    assert {source for source, _ in found} == {"only a", "several", "all"}
