"""Recall, reliability and the report: on an invented firm whose two namesakes get different kinds of mail."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from straymail.audit.inject import PERSON
from straymail.audit.measure import BUDGETS, measure, without
from straymail.audit.report import write_report
from straymail.audit.trial import Case, Trial
from straymail.correspondence import Correspondence
from straymail.errors import BadInput
from straymail.message import Message, parse_message
from straymail.verdict import Weights

START = datetime(2025, 1, 6, 8, tzinfo=UTC)
ABOUT = {
    "mark.fisher@northport.com": "tanker berth tonnage cargo harbour pilot mooring ballast",
    "mark.foster@bureau-lang.org": "salary payroll pension grade bonus contract leave vacancy",
    "maria.fonda@northport.com": "reactor coolant valve inspection welding turbine gasket outage",
    "lena.voss@harbour-trust.net": "lease rent tenant insurance deposit plumbing repair broker",
}


def archive(messages: int = 500) -> list[Message]:
    chance = random.Random(5)
    made = []
    for n in range(messages):
        who = chance.choice(list(ABOUT))
        text = " ".join(chance.sample(ABOUT[who].split(), 5))
        pair = ["ivo.quill@mod.example", who] if n % 3 else [who, "ivo.quill@mod.example"]
        date = (START + timedelta(hours=n)).strftime("%a, %d %b %Y %H:%M:%S +0000")
        head = f"Message-ID: <{n}@mod.example>\r\nDate: {date}\r\nFrom: {pair[0]}\r\nTo: {pair[1]}\r\nSubject: note {n}"
        made.append(parse_message(f"{head}\r\n\r\nAbout the {text}.\r\n".encode()))
    return made


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    kinds = tuple(kind for kind in PERSON if kind not in ("person.unseen", "person.contact"))
    return list(
        Trial(Correspondence(["mod.example"]), Weights.shipped(), START + timedelta(hours=200), 1, kinds=kinds).run(
            archive()
        )
    )


def test_a_wrong_person_is_told_by_what_the_message_is_about(cases: list[Case]) -> None:
    found = measure(cases, Weights.shipped())
    assert found.strays["alike"] > 50
    assert found.recall["alike"][BUDGETS.index(1.0)] >= 0.8
    blind = measure(cases, without(Weights.shipped(), ("fit:topic",)))
    assert blind.recall["alike"][BUDGETS.index(1.0)] < 0.4
    assert found.ablations["what it is about"]["alike"] > 0.4


def test_reliability_counts_strays_as_often_as_the_weights_say(cases: list[Case]) -> None:
    shipped = Weights.shipped()
    for rate in (0.001, 0.01):
        found = measure(cases, replace(shipped, strays=rate))
        assert found.base_rate == rate
        assert found.brier_of_base_rate == pytest.approx(rate * (1 - rate))
        assert sum(band.cases for band in found.bands) == len(cases)
        assert found.rarer == pytest.approx(rate / (1 - rate) / (1e-4 / (1 - 1e-4)))
    rare, often = (measure(cases, replace(shipped, strays=rate)).bands for rate in (0.001, 0.01))
    mixed = [(a.strays, b.strays) for a, b in zip(rare, often, strict=True) if 0 < a.strays < 1]
    assert mixed
    assert all(a < b for a, b in mixed)


def test_the_right_one_is_suggested(cases: list[Case]) -> None:
    needless = max(case.probability for case in cases if not case.kind)
    strays = [case for case in cases if case.kind and case.probability > needless]
    assert len(strays) > 20
    assert sum(case.suggested for case in strays) / len(strays) > 0.9


def test_terms_add_up_to_the_probability(cases: list[Case]) -> None:
    base = Weights.shipped().base
    for case in cases[:100]:
        for each in case.assessments:
            log_odds = base + sum(item.weight for item in each.evidence)
            assert each.probability == pytest.approx(1 / (1 + 2.718281828**-log_odds), rel=0.02, abs=1e-9)


def test_the_report(cases: list[Case], tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    write_report(file, "Calibration <of> mod.example", ["one line"], measure(cases, Weights.shipped()))
    text = file.read_text(encoding="utf-8")
    assert "Calibration &lt;of&gt; mod.example" in text
    assert "<polyline" in text
    assert "Brier score" in text
    assert "in 1,000 messages. Where only 1 message in 10,000 is a stray, all odds are" in text
    assert "<script" not in text
    assert "wrong person who looks alike" in text
    assert "untouched messages: at 0.1 or 0.2 or 0.5 or 1 or 2 per 1,000 they allow no question" in text
    assert file.stat().st_mode & 0o077 == 0


def test_nothing_to_measure(tmp_path: Path) -> None:
    write_report(tmp_path / "r.html", "Empty", [], measure([], Weights.shipped()))
    assert "too little mail" in (tmp_path / "r.html").read_text(encoding="utf-8")
    with pytest.raises(BadInput, match="cannot be written"):
        write_report(tmp_path / "no" / "r.html", "Empty", [], measure([], Weights.shipped()))
