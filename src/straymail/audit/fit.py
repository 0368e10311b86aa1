"""Fitting the weights: regularised logistic regression with signs that may not turn, on replayed and injected cases.

Rows are recipients: those of untouched messages are right, the injected ones are strays. Strays are given ``SHARE`` of
the total mass while fitting, spread over the three families, and the base is shifted afterwards (``_operating_base``).
Repetition must not become trust: strays put in are always new, mail that strays in life repeats, so ``known`` is held
above ``KNOWN_FLOOR``. The problem is convex; projected gradient steps with momentum reach its one optimum.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from straymail.audit.trial import Case
from straymail.evidence import Assessment
from straymail.verdict import BASE_RATE, Weights

SHARE = 0.2
FAMILIES = {"domain": 0.35, "mailbox": 0.35, "person": 0.3}
KNOWN_FLOOR = -0.8
MOST_STRAYS = 2e-3
PENALTY = 2e-4
_STEPS = 3_000
_RATE = 0.05
_SETTLED = {
    "typo.clear": 4.5,
    "tld.confusion": 5.0,
    "tld.impossible": 6.0,
    "corrected": 11.0,
    "confirmed": -9.0,
    "directory": -4.0,
    "jurisdiction": 0.1,
    "namesake.both": 3.0,
    "namesake.elsewhere": 1.4,
}
"""Evidence no archive at hand shows enough of: judgements, kept as they are. ``tld.confusion`` brings .ml for .mil to
about one in four: of 55 British messages to .ml, 15 were meant for .mil."""

_AGAINST = ("typo.", "namesake", "prefix", "rival.", "greeting.other", "thread.outside", "group.odd", "outsider",
            "newcomer", "unanswered", "topic.")  # fmt: skip
_FOR = ("answered", "known", "thread", "greeting", "group", "domain.answers", "colleagues", "writes", "crowd")

Vector = NDArray[np.float64]


def fit(cases: Sequence[Case], version: str) -> Weights:
    """Weights fitted on ``cases`` (both untouched and altered ones are needed)."""
    names, features, labels, mass = _rows(cases)
    low = np.array([_bounds(name)[0] for name in names])
    high = np.array([_bounds(name)[1] for name in names])
    weights, base = _descend(features, labels, mass, low, high)
    fitted = {name: round(float(value), 3) for name, value in zip(names, weights, strict=True)}
    fitted["typo.tld"] = fitted.get("typo.domain", 0.0)
    raw = Weights(version, base, dict(sorted((fitted | _SETTLED).items())))
    return replace(raw, base=round(_operating_base(raw, cases), 3))


def log_odds(weights: Weights, assessment: Assessment) -> float:
    """The log-odds of an assessment's signals under other weights."""
    return weights.base + sum(weights.weights.get(item.id, 0.0) * item.strength for item in assessment.evidence)


def _operating_base(weights: Weights, cases: Sequence[Case]) -> float:
    """The base at which the policy's bound for a budget of 1 needless question per 1,000 is met by untouched messages.

    Of the untouched messages that look most like strays about half are strays when a person reads them, so twice the
    budget is asked of them. The base answers to a base rate of strays; kept between ``BASE_RATE`` and the 2 per 1,000
    counted by CutOnce's users.
    """
    clean = sorted(
        (max(log_odds(weights, a) for a in case.assessments) for case in cases if not case.kind), reverse=True
    )
    worst = clean[min(len(clean) - 1, len(clean) // 500)]
    bound = math.log(BASE_RATE / 1e-3)  # log-odds of BASE_RATE / (BASE_RATE + budget / 1000)
    shift = bound - worst
    least = _logit(BASE_RATE) - _logit(SHARE)
    return weights.base + min(max(shift, least), _logit(MOST_STRAYS) - _logit(SHARE))


def _logit(p: float) -> float:
    return math.log(p / (1 - p))


def _rows(cases: Sequence[Case]) -> tuple[list[str], Vector, Vector, Vector]:
    counts = Counter(case.kind.partition(".")[0] for case in cases if case.kind)
    rows: list[dict[str, float]] = []
    labels: list[float] = []
    mass: list[float] = []
    for case in cases:
        family = case.kind.partition(".")[0]
        for each in case.assessments[:1] if family else case.assessments:
            rows.append({_tied(item.id): item.strength for item in each.evidence if item.id not in _SETTLED})
            labels.append(float(bool(family)))
            mass.append(FAMILIES[family] / counts[family] if family else 1.0 / len(case.assessments))
    names = sorted({name for row in rows for name in row})
    features = np.array([[row.get(name, 0.0) for name in names] for row in rows])
    marks, masses = np.array(labels), np.array(mass)
    masses[marks == 1] *= SHARE / masses[marks == 1].sum()
    masses[marks == 0] *= (1 - SHARE) / masses[marks == 0].sum()
    return names, features, marks, masses


def _tied(name: str) -> str:
    """The two kinds of slips in a domain share one weight: their strengths are in one unit."""
    return "typo.domain" if name == "typo.tld" else name


def _bounds(name: str) -> tuple[float, float]:
    if name == "known":
        return KNOWN_FLOOR, 0.0
    if name.startswith(_AGAINST):
        return 0.0, 12.0
    return (-12.0, 0.0) if name.startswith(_FOR) else (-12.0, 12.0)


def _descend(features: Vector, labels: Vector, mass: Vector, low: Vector, high: Vector) -> tuple[Vector, float]:
    weights = np.zeros(features.shape[1])
    base, speed, base_speed = 0.0, np.zeros_like(weights), 0.0
    scale = np.maximum(1e-3, np.sqrt((mass[:, None] * features**2).sum(axis=0)))
    for step in range(_STEPS):
        wrong = mass * (1.0 / (1.0 + np.exp(-np.clip(features @ weights + base, -30, 30))) - labels)
        slope = features.T @ wrong + PENALTY * weights
        speed = 0.9 * speed - _RATE * slope / scale**2
        base_speed = 0.9 * base_speed - _RATE * float(wrong.sum())
        weights = np.clip(weights + speed, low, high)
        base += base_speed
        if step % 100 == 0 and float(np.abs(slope).max()) < 1e-7:
            break
    return weights, base


def render(weights: Weights, note: str) -> str:
    """The weights file as TOML text."""
    lines = [
        "# The weights of the evidence: log-odds (natural log) for each unit of a signal's strength.",
        '# Each term adds to the log-odds that the recipient is not who was meant; "base" is the start.',
        f'version = "{weights.version}"',
        f'fitted = "{note}"',
        f"base = {weights.base}",
        "",
        "[weights]",
        *(f'"{name}" = {value}' for name, value in weights.weights.items()),
    ]
    return "\n".join(lines) + "\n"


def reliability(pairs: Sequence[tuple[float, bool]], edges: Sequence[float]) -> list[dict[str, Any]]:
    """For each band of probability: how many cases, their mean probability and the share that were strays."""
    found = []
    for low, high in pairwise(edges):
        band = [(p, stray) for p, stray in pairs if low <= p < high]
        if band:
            found.append(
                {
                    "from": low,
                    "to": high,
                    "cases": len(band),
                    "mean": sum(p for p, _ in band) / len(band),
                    "strays": sum(stray for _, stray in band) / len(band),
                }
            )
    return found
