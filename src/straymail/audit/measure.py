"""What a replay with strays put in says of a set of weights: recall by budget, reliability, Brier score, ablations.

Pure: takes judged cases. Strays are put in far more often than they happen, so probabilities are checked with strays
counted as often as the weights say they answer to (``Weights.strays``), each family of ``fit.FAMILIES`` by its share; a
message's probability is its most suspect recipient's. How far off they are where strays are as rare as ``BASE_RATE`` is
told beside it: all odds by the same factor.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from straymail.audit.calibrate import thresholds
from straymail.audit.fit import FAMILIES as SHARES
from straymail.audit.fit import log_odds
from straymail.audit.trial import Case
from straymail.evidence import Assessment
from straymail.verdict import BASE_RATE, Weights, probability

BUDGETS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0)
"""Questions per 1,000 messages."""

STRAYS = {
    "domain": "slip in the domain",
    "mailbox": "slip in the mailbox",
    "alike": "wrong person who looks alike",
    "anybody": "wrong person, anybody",
}
"""Families of strays. Somebody picked at random is told from the right one by what is written alone, and seldom is."""

_ANYBODY = ("person.contact", "person.unseen")
_EDGES = (0.0, 1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 0.7, 1.0 + 1e-9)
_WORST = 20

FAMILIES = {
    "slips (typo channel)": ("typo.",),
    "rivals, all of it": ("fit",),
    "namesakes of both names": ("namesake",),
    "what it is about": ("fit:topic",),
    "who is answered": ("fit:author",),
    "names in quoted and new text": ("fit:quoted", "fit:quoted.name", "fit:mentioned"),
    "greeting": ("greeting", "fit:greeted"),
    "thread": ("thread", "reply", "fit:thread"),
    "group": ("group", "outsider", "crowd", "fit:group", "fit:together"),
    "closeness": ("fit:sent", "fit:received", "fit:lately", "fit:season"),
    "who is known": ("answered", "known", "colleagues", "writes", "domain.answers", "newcomer", "inside",
                     "fit:stranger", "fit:unknown", "fit:elsewhere"),
}  # fmt: skip
"""Families of evidence: beginnings of signal ids, and ``fit:`` parts of the comparison with rivals."""


@dataclass(frozen=True, slots=True)
class Band:
    """One band of probability: cases in it, their mean probability, the share that were strays (0..1)."""

    cases: int
    mean: float
    strays: float


@dataclass(frozen=True, slots=True)
class Worst:
    """An untouched message's most suspect recipient: what would be asked needlessly (or was a stray nobody noticed)."""

    probability: float
    message_id: str
    assessment: Assessment


@dataclass(frozen=True, slots=True)
class Measured:
    """Everything a report shows."""

    messages: int
    strays: dict[str, int]  # how many of each of STRAYS
    recall: dict[str, list[float]]  # family -> share caught at each of BUDGETS
    ask_at: list[float]  # the threshold for each of BUDGETS
    bands: list[Band]
    base_rate: float  # of strays, for which the weights say their probabilities are calibrated
    brier: float
    brier_of_base_rate: float
    rarer: float  # factor by which the odds are too high where strays are as rare as BASE_RATE
    ablations: dict[str, dict[str, float]]  # family of evidence -> family of strays -> recall lost at 1 per 1,000
    worst: list[Worst]


def measure(cases: Sequence[Case], weights: Weights) -> Measured:
    """Measure weights on cases; with no untouched message every figure is 0 and every list empty."""
    clean = [case for case in cases if not case.kind]
    strays = [case for case in cases if case.kind]
    counts: dict[str, int] = defaultdict(int)
    for case in strays:
        counts[family(case)] += 1
    limits = _limits(clean, weights)
    scored = [(family(case), score(case, weights)) for case in strays]
    bands, brier = _reliability(clean, strays, weights)
    return Measured(
        messages=len(clean),
        strays=dict(sorted(counts.items())),
        recall={name: [_caught(scored, name, limit) for limit in limits] for name in STRAYS if name in counts},
        ask_at=list(thresholds([probability(score(case, weights)) for case in clean], BUDGETS).values()),
        bands=bands,
        base_rate=weights.strays,
        brier=brier,
        brier_of_base_rate=weights.strays * (1 - weights.strays),
        rarer=_odds(weights.strays) / _odds(BASE_RATE),
        ablations=_ablations(clean, strays, weights),
        worst=_worst(clean, weights),
    )


def family(case: Case) -> str:
    """One of ``STRAYS``."""
    name = case.kind.partition(".")[0]
    return name if name != "person" else "anybody" if case.kind in _ANYBODY else "alike"


def score(case: Case, weights: Weights) -> float:
    """The most suspect recipient's log-odds."""
    return max(log_odds(weights, each) for each in case.assessments)


def without(full: Weights, prefixes: Sequence[str]) -> Weights:
    """Weights with a family of evidence left out."""
    kept = {name: value for name, value in full.weights.items() if not name.startswith(tuple(prefixes))}
    fit = {name: value for name, value in full.fit.items() if not {"fit", f"fit:{name}"} & set(prefixes)}
    return replace(full, weights=kept, fit=fit)


def threshold(scores: Sequence[float], budget: float) -> float:
    """The log-odds above which no more untouched messages lie than a budget (per 1,000) allows."""
    ordered = sorted(scores, reverse=True)
    return ordered[min(len(ordered) - 1, int(len(ordered) * budget / 1000))] if ordered else math.inf


def _limits(clean: Sequence[Case], weights: Weights) -> list[float]:
    scores = [score(case, weights) for case in clean]
    return [threshold(scores, budget) for budget in BUDGETS]


def _caught(scored: Sequence[tuple[str, float]], name: str, limit: float) -> float:
    mine = [value for kind, value in scored if kind == name]
    return sum(value > limit for value in mine) / len(mine) if mine else 0.0


def _reliability(clean: Sequence[Case], strays: Sequence[Case], weights: Weights) -> tuple[list[Band], float]:
    if not clean or not strays:
        return [], 0.0
    counts = Counter(case.kind.partition(".")[0] for case in strays)
    shares = {name: SHARES.get(name, 0.0) for name in counts}
    scale = weights.strays / (sum(shares.values()) or 1.0)
    points = [(probability(score(case, weights)), 0.0, (1.0 - weights.strays) / len(clean)) for case in clean]
    for case in strays:
        name = case.kind.partition(".")[0]
        points.append((probability(score(case, weights)), 1.0, scale * shares[name] / counts[name]))
    total = sum(mass for _, _, mass in points)
    brier = sum(mass * (p - stray) ** 2 for p, stray, mass in points) / total
    bands = []
    for low, high in pairwise(_EDGES):
        inside = [point for point in points if low <= point[0] < high]
        mass = sum(each[2] for each in inside)
        if mass:
            mean = sum(p * each for p, _, each in inside) / mass
            bands.append(Band(len(inside), mean, sum(stray * each for _, stray, each in inside) / mass))
    return bands, brier


def _odds(p: float) -> float:
    return p / (1.0 - p)


def questions(cases: Iterable[Case], weights: Weights, ask_at: float) -> int:
    """How many untouched messages would be asked about from this probability on."""
    return sum(probability(score(case, weights)) >= ask_at for case in cases if not case.kind)


def _ablations(clean: Sequence[Case], strays: Sequence[Case], weights: Weights) -> dict[str, dict[str, float]]:
    full = recall_at((*clean, *strays), weights)
    found = {}
    for name, prefixes in FAMILIES.items():
        less = recall_at((*clean, *strays), without(weights, prefixes))
        found[name] = {kind: full[kind] - less[kind] for kind in full}
    return found


def recall_at(cases: Iterable[Case], weights: Weights, budget: float = 1.0) -> dict[str, float]:
    """Share of each family of strays that is caught at a budget of needless questions per 1,000 messages."""
    scores: dict[str, list[float]] = defaultdict(list)
    for case in cases:
        scores[family(case) if case.kind else ""].append(score(case, weights))
    limit = threshold(scores.pop("", []), budget)
    return {name: sum(value > limit for value in scores[name]) / len(scores[name]) for name in STRAYS if name in scores}


def _worst(clean: Sequence[Case], weights: Weights) -> list[Worst]:
    ranked = sorted(clean, key=lambda case: -score(case, weights))[:_WORST]
    found = []
    for case in ranked:
        each = max(case.assessments, key=lambda assessment: log_odds(weights, assessment))
        found.append(Worst(probability(log_odds(weights, each)), case.message_id, each))
    return found
