"""Fitting the weights: regularised logistic regression with signs that may not turn, on replayed and injected cases.

Rows are recipients: those of untouched messages are right, the injected ones are strays. Strays are given ``SHARE`` of
the total mass while fitting, spread over the three families, and the base is shifted afterwards (``_operating_base``).
Repetition must not become trust: strays put in are always new, mail that strays in life repeats, so ``known`` is held
above a least worth and the part ``sent`` below ``SENT_CEILING``; nor may a domain that answers excuse a slip in the
mailbox (in one archive nearly all new mailboxes there are honest). Signals and the comparison with rivals are fitted
together, by projected gradient steps (Adam; Kingma and Ba, 2015).
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from straymail.audit.trial import Case
from straymail.evidence import PARTS, Assessment
from straymail.verdict import BASE_RATE, Weights, compare, probability

SHARE = 0.03
FAMILIES = {"domain": 0.32, "mailbox": 0.32, "person": 0.36}
_LEAST = {"known": -0.8, "domain.answers": -0.6}
_MOST = {"greeting.other": 3.0, "greeting.nobody": 0.6}
"""Bounds of weights. Every stray put in greets whom it was meant for; of those in life some greet whom they go to, and
the untouched ones that greet another contact are few and of one kind (a mailbox that an assistant reads). So such a
greeting is worth e^3 = 20 at most: 5 of 2,917 untouched messages have it and 31 of 399 with a wrong person, 45 times as
many; fitted without a bound it is e^5.9. A name that nobody bears: 20 of 2,917 and 5 of 399, 1.8 times as many."""

SENT_CEILING = 0.4
MOST_STRAYS = 4e-3
PENALTY = 1e-5
TRUST = 3.0
"""How many cases' worth of slope holds each weight to its prior: fitted from nothing, one mailbox of seven lost three
strays of four that the shipped weights catch; held so, none loses more than three cases of a kind."""

_TELLING = 1_000
"""Untouched messages, of which fewer say nothing of one question per 1,000: the base is that of the prior then."""

_STEPS = 1_500
_RATE = 0.05
_FREE = ("stranger", "unknown", "elsewhere", "inside")
_FLOORS = {"thread": 1.0, "greeted": 0.5}
"""Least worth of parts: exports without References hide most threads; few of the strays put in greet anybody."""

_KINDS = ("namesake", "prefix", "slip")
_SETTLED = {
    "typo.clear": 4.5,
    "tld.confusion": 5.0,
    "tld.impossible": 6.0,
    "author.namesake": 3.5,
    "thread.namesake": 4.5,
    "greeting.namesake": 4.0,
    "former": 6.0,
    "corrected": 11.0,
    "corrected.elsewhere": 6.0,
    "confirmed": -9.0,
    "directory": -4.0,
    "jurisdiction": 0.1,
    "file.client": 2.5,
    "namesake.both": 3.0,
    "namesake.elsewhere": 1.4,
}
"""Evidence no archive at hand shows enough of: judgements, kept as they are. ``tld.confusion`` brings .ml for .mil to
about one in four: of 55 British messages to .ml, 15 were meant for .mil. ``greeting.namesake`` comes on top of
``greeting.other``: none of 2,917 untouched messages of the fitted part has it, and 7 of 165 that go to who looks like
the right one. No archive at hand has References (``thread.namesake``) or is so long that people move (``former``).
"""

_AGAINST = ("typo.", "namesake", "greeting.other", "greeting.nobody", "thread.outside", "group.odd", "outsider",
            "newcomer", "unanswered")  # fmt: skip
_FOR = ("answered", "known", "thread", "greeting", "group", "domain.answers", "colleagues", "writes", "crowd")

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Rows:
    """One row for each recipient: signals and parts; and one for each rival: whose, in order, and parts."""

    names: list[str]
    signals: Vector  # rows x names
    own: Vector  # rows x parts
    rivals: Vector  # rivals of all rows x (parts, kinds, likeness)
    whose: NDArray[np.int64]  # the row of each rival, never less than that of the one before
    strays: Vector
    mass: Vector


@dataclass(frozen=True, slots=True)
class _Point:
    """The parameters as one vector: base, nobody, signals, parts, kinds and likeness."""

    values: Vector
    signals: int

    @property
    def parts(self) -> int:
        return 2 + self.signals

    @property
    def kinds(self) -> int:
        return self.parts + len(PARTS)


def fit(cases: Sequence[Case], version: str, prior: Weights | None = None, only: tuple[str, ...] = ()) -> Weights:
    """Weights fitted on ``cases`` (both untouched and altered ones are needed).

    Little mail leaves them near ``prior``, to which they are held as by ``TRUST`` cases; without one, near nothing.
    With ``only``, beginnings of signal ids, just their weights are fitted, and all others stay those of ``prior``.
    """
    rows = _rows(cases)
    held = TRUST / len(cases) if prior and not only else PENALTY
    point = _descend(rows, prior, held, _free(rows.names, only))
    values = [round(float(value), 3) for value in point.values]
    fitted = (dict(prior.weights) if prior else {}) | dict(zip(rows.names, values[2:], strict=False))
    fitted["typo.tld"] = fitted.get("typo.domain", 0.0)
    kinds = dict(zip((*_KINDS, "likeness"), values[point.kinds :], strict=True))
    raw = Weights(
        version,
        values[0],
        dict(sorted((fitted | _SETTLED).items())),
        dict(zip(PARTS, values[point.parts : point.kinds], strict=True)),
        {"nobody": values[1], **kinds},
    )
    if prior and only:
        return replace(raw, base=prior.base, strays=answered_rate(cases, replace(raw, base=prior.base)))
    if prior and sum(not case.kind for case in cases) < _TELLING:
        return replace(raw, base=prior.base, strays=prior.strays)
    based = replace(raw, base=round(_operating_base(raw, cases), 3))
    return replace(based, strays=answered_rate(cases, based))


def log_odds(weights: Weights, assessment: Assessment) -> float:
    """The log-odds of an assessment's signals under other weights."""
    total = weights.base + sum(weights.weights.get(item.id, 0.0) * item.strength for item in assessment.evidence)
    if assessment.compared is not None and weights.fit:
        total += compare(weights, assessment.compared).log_odds
    return total


def _operating_base(weights: Weights, cases: Sequence[Case]) -> float:
    """The base at which the policy's bound for a budget of 1 needless question per 1,000 is met by untouched messages.

    Of the untouched messages that look most like strays about half are strays when a person reads them, so twice the
    budget is asked of them. The base answers to a base rate of strays; kept between ``BASE_RATE`` and 4 per 1,000,
    inside the interval (.7 to 5 per 1,000) of what CutOnce's users counted: 5 in 2,315 messages.
    """
    clean = sorted(
        (max(log_odds(weights, a) for a in case.assessments) for case in cases if not case.kind), reverse=True
    )
    worst = clean[min(len(clean) - 1, len(clean) // 500)]
    bound = math.log(BASE_RATE / 1e-3)  # log-odds of BASE_RATE / (BASE_RATE + budget / 1000)
    shift = bound - worst
    least = _logit(BASE_RATE) - _logit(SHARE)
    return weights.base + min(max(shift, least), _logit(MOST_STRAYS) - _logit(SHARE))


def answered_rate(cases: Sequence[Case], weights: Weights) -> float:
    """The base rate of strays for which probabilities are calibrated in the large: mixed so, their mean is that rate.

    A message counts once, by its most suspect recipient; strays by ``FAMILIES``. In 0.0001..0.1, to two figures.
    """
    sums: dict[str, float] = defaultdict(float)
    counts: Counter[str] = Counter()
    for case in cases:
        name = case.kind.partition(".")[0]
        counts[name] += 1
        sums[name] += probability(max(log_odds(weights, each) for each in case.assessments))
    clean = sums[""] / max(1, counts[""])
    found = sum(share for name, share in FAMILIES.items() if counts[name])
    caught = sum(share * sums[name] / counts[name] for name, share in FAMILIES.items() if counts[name]) / (found or 1.0)
    return min(0.1, max(BASE_RATE, float(f"{clean / (1.0 - caught + clean):.2g}")))


def _logit(p: float) -> float:
    return math.log(p / (1 - p))


def _rows(cases: Sequence[Case]) -> _Rows:
    counts = Counter(case.kind.partition(".")[0] for case in cases if case.kind)
    chosen: list[Assessment] = []
    labels: list[float] = []
    mass: list[float] = []
    for case in cases:
        family = case.kind.partition(".")[0]
        for each in case.assessments[:1] if family else case.assessments:
            chosen.append(each)
            labels.append(float(bool(family)))
            mass.append(FAMILIES[family] / counts[family] if family else 1.0 / len(case.assessments))
    names = sorted({_tied(item.id) for each in chosen for item in each.evidence if _is_fitted(item.id)})
    at = {name: number for number, name in enumerate(names)}
    signals = np.zeros((len(chosen), len(names)))
    own = np.zeros((len(chosen), len(PARTS)))
    rivals: list[tuple[float, ...]] = []
    whose: list[int] = []
    for row, each in enumerate(chosen):
        for item in each.evidence:
            if _is_fitted(item.id):
                signals[row, at[_tied(item.id)]] = item.strength
        if each.compared is None:
            continue
        own[row] = each.compared.own
        for rival in each.compared.rivals:
            rivals.append((*rival.parts, *(float(rival.kind == kind) for kind in _KINDS), rival.likeness))
            whose.append(row)
    marks, masses = np.array(labels), np.array(mass)
    masses[marks == 1] *= SHARE / masses[marks == 1].sum()
    masses[marks == 0] *= (1 - SHARE) / masses[marks == 0].sum()
    of_rivals = np.array(rivals).reshape(len(rivals), len(PARTS) + len(_KINDS) + 1)
    return _Rows(names, signals, own, of_rivals, np.array(whose, dtype=np.int64), marks, masses)


def _is_fitted(name: str) -> bool:
    """Whether a signal has a weight of its own to be fitted: not settled by hand, not a term of the comparison."""
    return name not in _SETTLED and name != "rival" and not name.startswith(("rival.", "fit."))


def _tied(name: str) -> str:
    """The two kinds of slips in a domain share one weight: their strengths are in one unit."""
    return "typo.domain" if name == "typo.tld" else name


def _bounds(name: str) -> tuple[float, float]:
    if name in _LEAST:
        return _LEAST[name], 0.0
    if name.startswith(_AGAINST):
        return 0.0, _MOST.get(name, 12.0)
    return (-12.0, 0.0) if name.startswith(_FOR) else (-12.0, 12.0)


def _limits(rows: _Rows) -> tuple[Vector, Vector]:
    free = (-12.0, 12.0)
    most = {"sent": SENT_CEILING}
    part = {name: free if name in _FREE else (_FLOORS.get(name, 0.0), most.get(name, 12.0)) for name in PARTS}
    bounds = [free, free, *map(_bounds, rows.names), *part.values(), *(free for _ in range(len(_KINDS) + 1))]
    return np.array([low for low, _ in bounds]), np.array([high for _, high in bounds])


def _free(names: Sequence[str], only: tuple[str, ...]) -> Vector:
    """1 for each parameter that is fitted, 0 for those that stay."""
    signals = [float(not only or name.startswith(only)) for name in names]
    rest = [float(not only)] * (len(PARTS) + len(_KINDS) + 1)
    return np.array([*rest[:2], *signals, *rest])


def _descend(rows: _Rows, prior: Weights | None, penalty: float, free: Vector) -> _Point:
    low, high = _limits(rows)
    start = np.clip(_values(prior, rows.names), low, high) if prior else np.zeros(len(low))
    point = _Point(start.copy(), len(rows.names))
    speed, size = np.zeros_like(low), np.zeros_like(low)
    for step in range(1, _STEPS + 1):
        slope = _slope(rows, point)
        slope[1:] += penalty * (point.values - start)[1:]
        slope *= free
        speed = 0.9 * speed + 0.1 * slope
        size = 0.999 * size + 0.001 * slope**2
        rate = _RATE * (1.0 - step / (_STEPS + 1.0))
        change = rate * (speed / (1 - 0.9**step)) / (np.sqrt(size / (1 - 0.999**step)) + 1e-12)
        point.values[:] = np.clip(point.values - change, low, high)
    return point


def _values(weights: Weights, names: Sequence[str]) -> Vector:
    """The parameters of these weights in the order of ``_Point``."""
    signals = [weights.weights.get(name, 0.0) for name in names]
    rival = [weights.rival.get(name, 0.0) for name in (*_KINDS, "likeness")]
    return np.array([weights.base, weights.rival.get("nobody", 0.0), *signals, *weights.parts, *rival])


def _slope(rows: _Rows, point: _Point) -> Vector:
    """The gradient of the log-loss at a point."""
    values, parts, kinds = point.values, point.parts, point.kinds
    fits = rows.rivals @ values[parts:]
    most = np.full(len(rows.strays), values[1])
    np.maximum.at(most, rows.whose, fits)
    shares = np.exp(fits - most[rows.whose])
    nobody = np.exp(values[1] - most)
    total = np.bincount(rows.whose, shares, len(most)) + nobody
    odds = values[0] + rows.signals @ values[2:parts] + np.log(total) + most - rows.own @ values[parts:kinds]
    wrong = rows.mass * (1.0 / (1.0 + np.exp(-np.clip(odds, -30, 30))) - rows.strays)
    rivals = (shares * (wrong / total)[rows.whose]) @ rows.rivals
    rivals[: len(PARTS)] -= rows.own.T @ wrong
    return np.concatenate(([wrong.sum(), (wrong * nobody / total).sum()], rows.signals.T @ wrong, rivals))


def render(weights: Weights, note: str, remarks: Sequence[str] = ()) -> str:
    """The weights file as TOML text; ``remarks`` are lines of comment at its head."""
    lines = [
        "# The weights of the evidence: log-odds (natural log) for each unit of a signal's strength.",
        '# Each term adds to the log-odds that the recipient is not who was meant; "base" is the start.',
        *(f"# {remark}" for remark in remarks),
        f'version = "{weights.version}"',
        f'fitted = "{note}"',
        f"base = {weights.base}",
        "# The base rate of strays for which the probabilities are calibrated: strays for each message.",
        f"strays = {weights.strays}",
        "",
        "[weights]",
        *(f'"{name}" = {value}' for name, value in weights.weights.items()),
        "",
        "# How well somebody fits a message: one weight for each part (see straymail.evidence.PARTS).",
        "[fit]",
        *(f'"{name}" = {value}' for name, value in weights.fit.items()),
        "",
        "# Log priors of who else was meant: whoever does not look alike, a namesake, one with the same first letters.",
        "[rival]",
        *(f'"{name}" = {value}' for name, value in weights.rival.items()),
    ]
    return "\n".join(lines) + "\n"
