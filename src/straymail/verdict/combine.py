"""From signals to a calibrated probability: each term is weight x strength, the sum is the log-odds of a stray."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from straymail.errors import BadInput
from straymail.evidence import Assessment, Candidate, Evidence, Signal
from straymail.message import Address

_FURTHEST = 30.0
_SUGGESTIONS = 5


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights file: ``base`` and one weight for each signal id (log-odds for one unit of strength)."""

    version: str
    base: float
    weights: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def read(cls, text: str) -> Weights:
        """Read the TOML text of a weights file.

        Raises:
            BadInput: not TOML, or a key is missing or no number; says which.
        """
        try:
            data = tomllib.loads(text)
            return cls(
                version=str(data["version"]),
                base=float(data["base"]),
                weights={str(name): float(weight) for name, weight in data["weights"].items()},
            )
        except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
            raise BadInput(f"the weights file cannot be used: {error}") from error

    @classmethod
    def shipped(cls) -> Weights:
        """The weights that come with the program."""
        return _shipped()


@cache
def _shipped() -> Weights:
    return Weights.read(resources.files("straymail.verdict").joinpath("weights.toml").read_text(encoding="utf-8"))


def assess(weights: Weights, address: Address, signals: Sequence[Signal]) -> Assessment:
    """One recipient's probability of a stray in 0..1, with its terms and who was meant, best first.

    A signal without a weight counts nothing. Candidates are ranked by the weight of the signal that names them.
    """
    total = weights.base
    terms = []
    ranked: list[tuple[float, float, Candidate]] = []
    for signal in signals:
        weight = weights.weights.get(signal.id, 0.0) * signal.strength
        total += weight
        terms.append(Evidence(signal.id, round(weight, 3), signal.strength, signal.sender_text, signal.operator_text))
        ranked.extend((weight, candidate.score, candidate) for candidate in signal.meant)
    return Assessment(address, probability(total), tuple(terms), _best(address, ranked))


def probability(log_odds: float) -> float:
    """The logistic function, safe for any finite input."""
    return 1.0 / (1.0 + math.exp(-max(-_FURTHEST, min(_FURTHEST, log_odds))))


def _best(address: Address, ranked: list[tuple[float, float, Candidate]]) -> tuple[Candidate, ...]:
    if not ranked:
        return ()
    ranked.sort(key=lambda item: (-item[0], -item[1], item[2].address.key))
    found: dict[str, Candidate] = {}
    for _, _, candidate in ranked:
        if candidate.address.key != address.key:
            found.setdefault(candidate.address.key, candidate)
    return tuple(found.values())[:_SUGGESTIONS]
