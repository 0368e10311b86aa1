"""The classifier of Carvalho & Cohen (SDM 2007), rebuilt as the peer of ``bench sdm``: all features, voted perceptron.

Features of a recipient of a message: a Knn-30 score (cross-validated over ten folds while training); the share of the
user's sent mail that went to him, the share of received mail that came from him, two flags for never; how often he
stood beside the other recipients, normalised over the message; and Max3g, (his score - the best score of an address
with the same first letters + 1) / 2. Each is turned into indicators for the paper's thresholds. Where the paper is
silent: scores are divided by the sum of the neighbours' similarities, it is trained on sent mail alone (better than on
received mail as well: .53 instead of .45 here), and equal votes are told apart by the average margin.
"""

from __future__ import annotations

import random
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_THRESHOLDS = sorted(
    (0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.05, 0.01, 0.005, 0.001, 0.0005, 0.0001, 5e-5, 1e-5, 5e-6, 1e-6)
)
_VALUES = 5
_PASSES = 5
_WIDTH = _VALUES * (len(_THRESHOLDS) + 1) + 3  # two flags and a constant

Scores = Mapping[str, float]
Leak = Callable[[Sequence[str], random.Random], str]
"""(true recipients, chance) to an added one, "" for none."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a user: recipients and Knn scores (0..1) of each training message, counts, the address book."""

    messages: Sequence[tuple[Sequence[str], Scores]]
    sent: Counter[str]
    received: Counter[str]
    beside: Counter[tuple[str, str]]
    book: Sequence[str]


class Classifier:
    """A voted perceptron (Freund and Schapire, 1999) over one user's messages with leaks put in."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._all_sent = max(1, known.sent.total())
        self._all_received = max(1, known.received.total())
        self._alike: dict[tuple[int, str], list[str]] = {}
        for key in known.book:
            for letters in (1, 2, 3):
                self._alike.setdefault((letters, key[:letters]), []).append(key)
        self._weights = np.zeros((1, _WIDTH))
        self._counts = np.ones(1)

    def train(self, leak: Leak, chance: random.Random) -> None:
        """Learn from every training message with a leak put in."""
        rows: list[NDArray[np.float64]] = []
        labels: list[float] = []
        for true, scores in self._known.messages:
            added = leak(true, chance)
            if added:
                recipients = [*true, added]
                rows.extend(self._features(recipients, scores))
                labels.extend(1.0 if key == added else -1.0 for key in recipients)
        weights, count = np.zeros(_WIDTH), 0
        voters: list[tuple[NDArray[np.float64], int]] = []
        for _ in range(_PASSES):
            for row, label in zip(rows, labels, strict=True):
                if label * float(row @ weights) > 0:
                    count += 1
                    continue
                voters.append((weights, count))
                weights, count = weights + label * row, 1
        voters.append((weights, count))
        self._weights = np.array([each for each, _ in voters])
        self._counts = np.array([float(votes) for _, votes in voters])

    def first(self, recipients: Sequence[str], scores: Scores, chance: random.Random) -> str:
        """The most suspect recipient, by votes, then by the average margin; ties are broken by chance."""
        mixed = chance.sample(recipients, len(recipients))
        margins = self._weights @ np.array(self._features(mixed, scores)).T
        votes, average = self._counts @ np.sign(margins), self._counts @ margins
        return mixed[max(range(len(mixed)), key=lambda at: (votes[at], average[at]))]

    def _features(self, recipients: Sequence[str], scores: Scores) -> list[NDArray[np.float64]]:
        """One row for each recipient."""
        known = self._known
        together = [sum(known.beside[one, other] for other in recipients if other != one) for one in recipients]
        total = sum(together) or 1
        found = []
        for key, beside in zip(recipients, together, strict=True):
            mine = scores.get(key, 0.0)
            values = (
                mine,
                known.sent[key] / self._all_sent,
                known.received[key] / self._all_received,
                beside / total,
                (mine - self._best_alike(key, scores) + 1.0) / 2.0,
            )
            row = np.zeros(_WIDTH)
            for number, value in enumerate(values):
                at = number * (len(_THRESHOLDS) + 1)
                fired = bisect_left(_THRESHOLDS, value)  # all thresholds below the value fire
                row[at : at + fired] = 1.0
                row[at + len(_THRESHOLDS)] = float(fired == 0)
            row[-3:] = (float(known.sent[key] == 0), float(known.received[key] == 0), 1.0)
            found.append(row)
        return found

    def _best_alike(self, key: str, scores: Scores) -> float:
        for letters in (3, 2, 1):
            alike = [other for other in self._alike.get((letters, key[:letters]), ()) if other != key]
            if alike:
                return max(scores.get(other, 0.0) for other in alike)
        return 0.0
