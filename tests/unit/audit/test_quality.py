"""A small invented organisation, replayed with strays put in: fails when the judgement gets worse."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from straymail.audit.bench import interval
from straymail.audit.calibrate import thresholds
from straymail.audit.fit import answered_rate, fit, log_odds, render
from straymail.audit.replay import Replay, lines
from straymail.audit.trial import Case, Trial
from straymail.correspondence import Correspondence
from straymail.message import Message, parse_message
from straymail.verdict import Weights

FIRST = [
    "alva",
    "bruno",
    "celia",
    "dario",
    "edda",
    "fabio",
    "greta",
    "henry",
    "ilona",
    "jonas",
    "katya",
    "luis",
    "mara",
    "nils",
    "oona",
    "pavel",
]
LAST = ["quill", "harlow", "tarn", "voss", "ebel", "marsh", "orlov", "penn", "reyes", "stroud"]
START = datetime(2025, 1, 6, 8, tzinfo=UTC)
OUTSIDE = ("northport.com", "bureau-lang.org", "harbour-trust.net", "unit7.army.mil")


def archive(messages: int = 900, seed: int = 7) -> list[Message]:
    """Invented mail: six people of mod.example and their forty outside correspondents, who answer."""
    chance = random.Random(seed)
    own = [f"{FIRST[n]}.{LAST[n]}@mod.example" for n in range(6)]
    people = [(f"{chance.choice(FIRST)}.{chance.choice(LAST)}{n % 3 or ''}", OUTSIDE[n % 4]) for n in range(40)]
    made = []
    for n in range(messages):
        ours = chance.choice(own)
        local, domain = people[min(39, int(chance.expovariate(0.12)))]
        pair = [ours, f"{local}@{domain}"]
        if n % 3 == 2:
            pair.reverse()
        date = (START + timedelta(hours=n)).strftime("%a, %d %b %Y %H:%M:%S +0000")
        head = f"Message-ID: <{n}@mod.example>\r\nDate: {date}\r\nFrom: {pair[0]}\r\nTo: {pair[1]}\r\nSubject: item {n}"
        made.append(parse_message(f"{head}\r\n\r\nNote {n}.\r\n".encode()))
    return made


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    trial = Trial(Correspondence(["mod.example"]), Weights.shipped(), START + timedelta(hours=300), 1)
    return list(trial.run(archive()))


def caught(cases: list[Case], family: str, weights: Weights) -> float:
    clean = sorted(max(log_odds(weights, a) for a in case.assessments) for case in cases if not case.kind)
    found = [log_odds(weights, case.assessments[0]) > clean[-1] for case in cases if case.kind.startswith(family)]
    return sum(found) / len(found)


def test_domain_slips_are_caught_without_a_needless_question(cases: list[Case]) -> None:
    assert caught(cases, "domain", Weights.shipped()) >= 0.95


def test_mailbox_slips_are_caught_without_a_needless_question(cases: list[Case]) -> None:
    assert caught(cases, "mailbox", Weights.shipped()) >= 0.8


AT = 1 / 11  # the default threshold


def asked(cases: list[Case], family: str) -> float:
    found = [case.probability >= AT for case in cases if case.kind.startswith(family)]
    return sum(found) / len(found)


def test_the_default_threshold_asks_about_slips_and_hardly_of_honest_mail(cases: list[Case]) -> None:
    honest = [max((each.probability for each in case.assessments), default=0.0) for case in cases if not case.kind]
    assert sum(each >= AT for each in honest) <= max(1, len(honest) // 500)
    assert asked(cases, "domain") >= 0.95
    assert asked(cases, "mailbox") >= 0.5


@pytest.mark.parametrize(
    ("names", "low", "high"),
    [
        ("corrected corrected.elsewhere tld.impossible tld.confusion typo.clear", 4.0, 12.0),
        ("typo.domain typo.mailbox typo.tld", 1.0, 4.0),
        ("author.namesake namesake.both namesake.elsewhere file.client thread.outside", 1.0, 4.0),
        ("greeting.other", 1.5, 3.0),
        ("group.odd newcomer.domain newcomer.seldom outsider", 0.3, 2.0),
        ("answered known greeting writes domain.answers thread colleagues group", -2.0, -0.3),
        ("confirmed directory", -12.0, -3.0),
    ],
)
def test_each_shipped_weight_says_what_it_is_there_for(names: str, low: float, high: float) -> None:
    weights = Weights.shipped().weights
    assert {name: weights[name] for name in names.split() if not low <= weights[name] <= high} == {}


def test_what_fits_a_message_speaks_for_a_recipient() -> None:
    fit_of = Weights.shipped().fit
    least = {"author": 1.5, "quoted": 1.5, "topic": 0.8, "group": 0.5, "thread": 0.5, "mentioned": 0.3, "received": 0.3,
             "sent": 0.2, "lately": 0.3, "season": 0.3, "greeted": 0.2}  # fmt: skip
    assert {name: fit_of[name] for name, value in least.items() if fit_of[name] < value} == {}
    assert all(-4.0 < Weights.shipped().rival[kind] < -1.0 for kind in ("namesake", "prefix", "slip"))
    assert -6.0 < Weights.shipped().base < -3.5


def test_the_right_address_is_suggested_first(cases: list[Case]) -> None:
    found = [
        case.suggested for case in cases if case.kind.startswith(("domain", "mailbox")) and case.probability > 0.05
    ]
    assert len(found) > 50
    assert sum(found) / len(found) >= 0.97


def test_a_fit_is_no_worse_and_can_be_read_back(cases: list[Case]) -> None:
    weights = Weights.read(render(fit(cases, "test"), "a test"))
    assert caught(cases, "domain", weights) >= 0.95
    assert weights.weights["typo.domain"] > 0
    assert weights.weights["known"] >= -0.8


def test_few_cases_leave_the_weights_nearly_as_they_were(cases: list[Case]) -> None:
    shipped, few = Weights.shipped(), cases[:60]
    held, free = fit(few, "held", shipped), fit(few, "free")

    def apart(fitted: Weights) -> float:
        values = [
            (fitted.weights[name], shipped.weights[name]) for name in fitted.weights.keys() & shipped.weights.keys()
        ]
        return max(abs(a - b) for a, b in (*values, *zip(fitted.parts, shipped.parts, strict=True)))

    assert apart(held) < 1 < apart(free)
    assert held.weights.keys() >= shipped.weights.keys()  # what did not occur is not forgotten
    assert held.base == shipped.base
    unseen = fit([case for case in few if not case.kind.startswith("domain")], "held", shipped)
    assert unseen.weights["typo.tld"] == unseen.weights["typo.domain"] > 1


def test_a_replay_of_honest_mail_asks_nothing_and_knows_nothing_ahead_of_its_time() -> None:
    mail = archive()
    work = Replay(Correspondence(["mod.example"]), Weights.shipped(), learn_until=START + timedelta(hours=300))
    judged = list(work.run(mail))
    assert work.summary.messages == len(judged) > 300
    assert work.summary.per_thousand <= 1
    blind = Replay(Correspondence(["mod.example"]), Weights.shipped())
    first = next(iter(blind.run(mail)))
    ahead = Replay(Correspondence(["mod.example"]), Weights.shipped(), hindsight=True)
    assert first.probability > next(iter(ahead.run(mail))).probability  # somebody new, then somebody known


def test_what_is_reported_names_the_message_and_who_was_meant(cases: list[Case]) -> None:
    head = b"Message-ID: <s@mod.example>\r\nDate: Mon, 2 Mar 2026 10:00:00 +0000\r\n"
    raw = head + b"From: a.b@mod.example\r\nTo: x@gmial.com\r\n\r\nx\r\n"
    work = Replay(Correspondence(["mod.example"]), Weights.shipped())
    judged = next(iter(work.run([parse_message(raw)])))
    (line,) = lines(judged)
    assert line["message_id"] == "s@mod.example"
    assert line["recipient"] == "x@gmial.com"
    assert line["meant"][0] == "x@gmail.com"
    assert line["action"] == "ask"


@pytest.mark.parametrize(
    "mail", [[], archive(1), [m for m in archive(60) if str(m.from_[0].address).startswith("alva")]]
)
def test_thin_histories_give_quiet_answers(mail: list[Message]) -> None:
    work = Replay(Correspondence(["mod.example"]), Weights.shipped())
    assert all(judged.probability < 0.05 for judged in work.run(mail))


def test_only_the_weights_that_are_named_are_fitted(cases: list[Case]) -> None:
    shipped = Weights.shipped()
    before = replace(shipped, weights={**shipped.weights, "typo.mailbox": 0.4, "known": -0.1})
    fitted = fit(cases, "test", before, ("typo.mailbox",))
    assert fitted.weights["typo.mailbox"] > 1
    changed = {name for name, value in fitted.weights.items() if value != before.weights.get(name)}
    assert changed == {"typo.mailbox"}
    assert (fitted.fit, fitted.rival, fitted.base) == (before.fit, before.rival, before.base)


def test_the_base_rate_is_that_of_which_the_probabilities_are_the_mean(cases: list[Case]) -> None:
    shipped = Weights.shipped()
    rates = [answered_rate(cases, replace(shipped, base=shipped.base + shift)) for shift in (-1.0, 0.0, 1.0)]
    assert rates == sorted(set(rates))
    assert all(0.0001 <= rate <= 0.1 for rate in rates)
    assert answered_rate(cases, replace(shipped, base=20.0)) == 0.1


def test_the_shipped_weights_say_for_what_base_rate_they_are_calibrated() -> None:
    assert 0.001 <= Weights.shipped().strays <= 0.004
    read = Weights.read(render(replace(Weights.shipped(), strays=0.0123), "a test", ("one line",)))
    assert read.strays == 0.0123
    assert read.weights == Weights.shipped().weights


def test_thresholds_keep_to_their_budget() -> None:
    scores = [n / 2_100 for n in range(2_000)]
    found = thresholds(scores)
    for budget, limit in found.items():
        assert sum(score >= limit for score in scores) <= 2_000 * float(budget) / 1_000
    assert thresholds([])["1"] == 0.9999


def test_exact_intervals() -> None:
    low, high = interval(9, 10)
    assert (round(low, 3), round(high, 3)) == (0.555, 0.997)
    assert interval(0, 10)[0] == 0
    assert interval(10, 10)[1] == 1
