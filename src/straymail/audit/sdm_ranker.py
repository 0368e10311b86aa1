"""Our evidence, weighed for the question of ``bench sdm``: which of the recipients of this message is the leak?

The shipped weights say how probable a stray is in ordinary mail. The protocol asks something else: one recipient of
every message is a leak, and mostly one of the address book. As the paper's classifier learns that from the training
mail with leaks put in, so does this one: the likelihood of the leak among the recipients of its message (conditional
logit, McFadden 1974) over the strengths of the signals, the parts of how well somebody fits, and the log-odds of the
shipped weights; features are standardised, the penalty is quadratic.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from straymail.audit.fit import log_odds
from straymail.evidence import PARTS, Assessment
from straymail.verdict import Weights

_PENALTY = 0.03
_STEPS, _RATE = 400, 0.05
_MOST = 20  # recipients of a message that is learned from
_TERMS = ("rival", "fit.")

Vector = NDArray[np.float64]


class Ranker:
    """Learns from messages, each given as the assessments of its recipients, the leak last."""

    def __init__(self, weights: Weights, messages: Sequence[Sequence[Assessment]]) -> None:
        self._shipped = weights
        learned = [each for each in messages if 1 < len(each) <= _MOST]
        seen = {item.id for each in learned for one in each for item in one.evidence}
        self._places: Mapping[str, int] = {name: at for at, name in enumerate(sorted(filter(_is_signal, seen)))}
        rows = np.array([self._features(one) for each in learned for one in each])
        width = len(self._places) + len(PARTS) + 1
        self._mean = rows.mean(axis=0) if learned else np.zeros(width)
        self._spread = rows.std(axis=0) + 1e-6 if learned else np.ones(width)
        self._values = np.zeros(width)
        self._values[-1] = 1.0
        if learned:
            self._learn((rows - self._mean) / self._spread, np.array([len(each) for each in learned]))

    def suspicion(self, assessment: Assessment) -> float:
        """How suspect a recipient is, beside others of the same message."""
        return float((self._features(assessment) - self._mean) / self._spread @ self._values)

    def _features(self, assessment: Assessment) -> Vector:
        found = np.zeros(len(self._places) + len(PARTS) + 1)
        for item in assessment.evidence:
            if (at := self._places.get(item.id)) is not None:
                found[at] = item.strength
        if assessment.compared is not None:
            found[len(self._places) : -1] = assessment.compared.own
        found[-1] = log_odds(self._shipped, assessment)
        return found

    def _learn(self, rows: Vector, sizes: NDArray[np.int64]) -> None:
        """Adam (Kingma and Ba, 2015) on the penalised mean log-loss; the leak is the last row of each message."""
        ends = np.cumsum(sizes)
        starts, leaks = ends - sizes, ends - 1
        of = np.repeat(np.arange(len(sizes)), sizes)
        speed, size = np.zeros_like(self._values), np.zeros_like(self._values)
        for step in range(1, _STEPS + 1):
            odds = rows @ self._values
            shares = np.exp(odds - np.maximum.reduceat(odds, starts)[of])
            shares /= np.add.reduceat(shares, starts)[of]
            slope = (shares @ rows - rows[leaks].sum(axis=0)) / len(sizes) + _PENALTY * self._values
            speed = 0.9 * speed + 0.1 * slope
            size = 0.999 * size + 0.001 * slope**2
            rate = _RATE * (1.0 - step / (_STEPS + 1.0))
            self._values -= rate * (speed / (1 - 0.9**step)) / (np.sqrt(size / (1 - 0.999**step)) + 1e-12)


def _is_signal(name: str) -> bool:
    return not name.startswith(_TERMS)
