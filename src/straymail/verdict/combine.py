"""From signals to a calibrated probability: the sum of terms is the log-odds that a recipient is a stray.

Each signal is weight x strength. The one called ``rival`` holds a comparison: with fit(x) = sum of ``fit`` weights x
parts, it adds log(exp(nobody) + sum over rivals of exp(fit + likeness)) - fit(recipient): the odds, by the noisy
channel, that somebody who looks alike (or somebody else altogether: ``nobody``) was meant. It is shown in terms that
add up: how much more each part speaks for the best rival than for the recipient, and the rest.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from functools import cache, cached_property
from importlib import resources
from operator import mul, sub

from straymail.errors import BadInput
from straymail.evidence import PARTS, Assessment, Candidate, Comparison, Evidence, Rival, Signal
from straymail.frozen import dataclass
from straymail.message import Address

_FURTHEST = 30.0
_SUGGESTIONS = 5
_Ranked = tuple[float, float, Candidate]
"""Weight of the signal that names a candidate, his score in it, and he."""
_FAR = 4.0  # log-odds: a fiftieth as likely as the best
_WORTH_SAYING = 0.3  # log-odds
_NOBODY, _SLIP, _PREFIX = "nobody", "slip", "prefix"
_TOLD = tuple(PARTS.items())
_MEASURED = {
    "sent": "mail from the sender",
    "received": "mail to the sender",
    "lately": "in touch within a week",
    "season": "in touch within months",
    "thread": "took part in the conversation",
    "author": "wrote what is answered",
    "quoted": "named in what is quoted",
    "quoted.name": "one name in what is quoted",
    "mentioned": "named in the text",
    "greeted": "greeted by name",
    "group": "stood beside the others",
    "together": "how often beside the others",
    "topic": "got mail about such things",
    "stranger": "no mail between it and the sender",
    "unknown": "new to the organisation",
    "elsewhere": "mail from others here",
    "inside": "of the organisation",
}
"""What operators are told that each of ``PARTS`` measures."""


@dataclass(frozen=True)
class Weights:
    """The weights file: ``base``, one weight for each signal id (log-odds for a unit of strength), ``fit``, ``rival``.

    ``fit`` has one weight for each of ``PARTS``; ``rival`` the log prior of ``nobody`` (whoever does not look alike),
    of a ``namesake``, a ``prefix`` and a ``slip``, and the worth of ``likeness``. ``strays`` is the base rate for which
    the probabilities are calibrated: strays for each message, in 0..1.
    """

    version: str
    base: float
    weights: Mapping[str, float] = field(default_factory=dict)
    fit: Mapping[str, float] = field(default_factory=dict)
    rival: Mapping[str, float] = field(default_factory=dict)
    strays: float = 0.002

    @cached_property
    def parts(self) -> tuple[float, ...]:
        """``fit`` in the order of ``PARTS``."""
        return tuple(self.fit.get(name, 0.0) for name in PARTS)

    @property
    def unheard(self) -> tuple[str, ...]:
        """Keys that nothing answers to, most likely misspelt: all that there are stand in the shipped weights."""
        shipped = _shipped()
        tables = (
            ("weights", self.weights, shipped.weights),
            ("fit", self.fit, PARTS),
            ("rival", self.rival, shipped.rival),
        )
        return tuple(f"{table}.{key}" for table, given, known in tables for key in given if key not in known)

    @classmethod
    def read(cls, text: str) -> Weights:
        """Read the TOML text of a weights file.

        Raises:
            BadInput: not TOML, or a key is missing or no finite number; says which.
        """
        try:
            data = tomllib.loads(text)
            return cls(
                version=str(data["version"]),
                base=_number("base", data["base"]),
                weights=_numbers("weights", data["weights"]),
                fit=_numbers("fit", data.get("fit", {})),
                rival=_numbers("rival", data.get("rival", {})),
                strays=_share("strays", data.get("strays", cls.strays)),
            )
        except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
            raise BadInput(f"the weights file cannot be used: {error}") from error

    @classmethod
    def shipped(cls) -> Weights:
        """The weights that come with the program."""
        return _shipped()


def _numbers(table: str, given: Mapping[str, object]) -> dict[str, float]:
    return {name: _number(f"{table}.{name}", weight) for name, weight in given.items()}


def _number(key: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{key} is {value!r}, no finite number")
    return float(value)


def _share(key: str, value: object) -> float:
    number = _number(key, value)
    if not 0 < number < 1:
        raise ValueError(f"{key} is {value!r}, not between 0 and 1")
    return number


@cache
def _shipped() -> Weights:
    return Weights.read(resources.files("straymail.verdict").joinpath("weights.toml").read_text(encoding="utf-8"))


def assess(weights: Weights, address: Address, signals: Sequence[Signal], least: float = 0.0) -> Assessment:
    """One recipient's probability of a stray in 0..1, with its terms and who was meant, best first.

    A signal without a weight counts nothing. Candidates are ranked by the weight of the signal that names them; where
    the very mailbox elsewhere is likelier, nobody is named who only looks alike. Below the probability ``least``
    neither terms nor candidates are told.
    """
    told = [signal for signal in signals if signal.compared is None]
    weighed = [(weights.weights.get(signal.id, 0.0) * signal.strength, signal) for signal in told]
    compared = next((signal.compared for signal in signals if signal.compared is not None), None)
    result = compare(weights, compared) if compared is not None and weights.fit else None
    total = weights.base + sum(weight for weight, _ in weighed) + (result.log_odds if result else 0.0)
    found = probability(total)
    if found < least:
        return Assessment(address, found, compared=compared)
    terms = [
        Evidence(signal.id, round(weight, 3), signal.strength, signal.sender_text, signal.operator_text)
        for weight, signal in weighed
    ]
    ranked = [
        (weight, candidate.score, candidate)
        for weight, signal in weighed
        for candidate in _supported(address, signal.meant)
    ]
    if result is not None and result.gain > 0:
        named = _named(result, address, ranked)
        ranked.extend([(result.log_odds, fit, rival.candidate) for fit, rival in named])
    meant = _best(address, ranked)
    if compared is not None and result is not None:
        terms.extend(_terms(weights, address, compared, result, meant[0] if meant else None))
    return Assessment(address, found, tuple(terms), meant, compared)


def _supported(address: Address, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Those that are not far less likely than the best: whoever answers a notice is offered each with one word."""
    others = [each for each in candidates if each.address.key != address.key]
    least = max((each.score for each in others), default=0.0) - _FAR
    return [each for each in others if each.score >= least]


def _named(result: Compared, address: Address, ranked: Sequence[_Ranked]) -> Iterator[tuple[float, Rival]]:
    """Rivals fit to be suggested beside those who are ``ranked`` already, a slip only if he is one of these.

    Where the very mailbox elsewhere is likelier, nobody who only looks alike; where anybody is, or where such a mailbox
    is a rival, nobody who only begins with the same letters.
    """
    mailbox = address.local.lower()
    known = {each.address.key for _, _, each in ranked}
    likelier = [each for weight, _, each in ranked if weight > result.log_odds]
    moved = any(each.address.local.lower() == mailbox for each in likelier)
    better = likelier or any(rival.candidate.address.local.lower() == mailbox for _, rival in result.ranked)
    for fit, rival in result.ranked:
        if rival.kind == _SLIP:
            fits = rival.candidate.address.key in known
        else:
            fits = not (moved or (better and rival.kind == _PREFIX))
        if fits:
            yield fit, rival


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison weighed: log-odds, the rivals with their fits (best first), the best one's lead in parts alone."""

    log_odds: float
    ranked: tuple[tuple[float, Rival], ...]
    gain: float


def compare(weights: Weights, comparison: Comparison) -> Compared:
    """Weigh a comparison."""
    values = weights.parts
    own = sum(map(mul, values, comparison.own))
    ranked = [
        (
            sum(map(mul, values, rival.parts))
            + weights.rival.get(rival.kind, 0.0)
            + weights.rival.get("likeness", 0.0) * rival.likeness,
            rival,
        )
        for rival in comparison.rivals
    ]
    ranked.sort(key=lambda item: (-item[0], item[1].candidate.address.key))
    nobody = weights.rival.get(_NOBODY, 0.0)
    most = max(nobody, ranked[0][0]) if ranked else nobody
    total = most + math.log(math.exp(nobody - most) + sum(math.exp(fit - most) for fit, _ in ranked))
    gain = sum(map(mul, values, ranked[0][1].parts)) - own if ranked else -math.inf
    return Compared(total - own, tuple(ranked[:_SUGGESTIONS]), gain)


def _terms(
    weights: Weights, address: Address, comparison: Comparison, result: Compared, suggested: Candidate | None
) -> Iterator[Evidence]:
    """The terms of a comparison: by part, what speaks for the best rival (or for nobody), then what is left.

    The sender is told of a rival only when it is he who is ``suggested``: reasons for somebody else would mislead.
    """
    rival = result.ranked[0][1] if result.gain > 0 else None
    left = result.log_odds
    theirs = rival.parts if rival else (0.0,) * len(PARTS)
    first = suggested.address.key if suggested else ""
    tell = rival is not None and rival.kind != _SLIP and rival.candidate.address.key == first
    kind, who = ("rival", f" for {rival.candidate.address}") if rival else ("fit", "")
    differences = list(map(sub, theirs, comparison.own))
    for place, weight in enumerate(map(mul, weights.parts, differences)):
        if not weight:
            continue
        (name, text), difference = _TOLD[place], differences[place]
        left -= weight
        said = ""
        if rival and tell and text and difference > 0 and weight > _WORTH_SAYING:
            said = text.format(rival=rival.candidate.name or rival.candidate.address.readable, address=address.readable)
        much = f": {difference:+.2f}{who}" if rival else f": {-difference:.2f}" if difference != -1.0 else ""
        yield Evidence(f"{kind}.{name}", round(weight, 3), difference, said, f"{_MEASURED[name]}{much}")
    yield Evidence("rival", round(left, 3), 1.0, "", _left_over(len(comparison.rivals), led=rival is not None))


def _left_over(count: int, *, led: bool) -> str:
    """What is left of a comparison in words: the odds before the message is looked at, or those of all others."""
    alike = "1 looks alike" if count == 1 else f"{count} look alike"
    if led:
        return f"how often one is meant for another, whatever the message says ({alike})"
    return f"how well anybody else would fit ({alike})" if count else "how often somebody else altogether is meant"


def probability(log_odds: float) -> float:
    """The logistic function, safe for any finite input."""
    return 1.0 / (1.0 + math.exp(-max(-_FURTHEST, min(_FURTHEST, log_odds))))


def _best(address: Address, ranked: list[_Ranked]) -> tuple[Candidate, ...]:
    if not ranked:
        return ()
    ranked.sort(key=lambda item: (-item[0], -item[1], item[2].address.key))
    found: dict[str, Candidate] = {}
    for _, _, candidate in ranked:
        if candidate.address.key != address.key:
            found.setdefault(candidate.address.key, candidate)
    return tuple(found.values())[:_SUGGESTIONS]
