"""What the benches share, and their list.

Those of the judgement of recipients replay in time order without look-ahead. Shares have exact (Clopper-Pearson)
intervals; every bench returns a ``Table``.
"""

from __future__ import annotations

import gc
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from straymail.errors import ArchiveError, BadInput
from straymail.evidence import Assessment

BENCHES = {
    "natural": "bench_people:natural",
    "typos": "bench_people:typos",
    "person": "bench_people:person",
    "ablations": "bench_people:ablations",
    "sdm": "bench_sdm:sdm",
    "radoslaw": "bench_odd:radoslaw",
    "didyoumean": "bench_names:didyoumean",
    "milml": "bench_names:milml",
    "lookup": "bench_lookup:lookup",
    "content": "bench_content:content",
    "scan": "bench_scan:scan",
}
"""Name to ``module:function`` within this package; each function takes a ``Corpus`` and returns a ``Table``."""

_CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Corpus:
    """Where the mail is, and whose it is. ``progress`` is told what is being done; ``faults`` could not be read."""

    folder: Path
    own: tuple[str, ...]
    progress: Callable[[str], None] = lambda _: None
    faults: list[ArchiveError] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Table:
    """One printed table; ``facts`` is what goes into the JSON."""

    name: str
    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    facts: dict[str, Any] = field(default_factory=dict)


def run(name: str, corpus: Corpus) -> Table:
    """Run one bench of ``BENCHES``.

    Raises:
        BadInput: the corpus lacks a file it needs, or holds nothing for it.
    """
    gc.collect()
    gc.freeze()  # what an earlier bench left is not walked through while this one is timed
    module, _, function = BENCHES[name].partition(":")
    measure: Callable[[Corpus], Table] = getattr(import_module(f"straymail.audit.{module}"), function)
    try:
        return measure(corpus)
    except (FileNotFoundError, NotADirectoryError) as error:
        file = str(error.filename or error)
        raise BadInput(f"the corpus does not hold what bench {name} needs", file=file) from error


def share(hits: int, cases: int) -> str:
    """``"97.0 % (95.1-98.4) of 500"``: a share with its exact 95 % interval."""
    if not cases:
        return "no cases"
    low, high = interval(hits, cases)
    return f"{100 * hits / cases:.1f} % ({100 * low:.1f}-{100 * high:.1f}) of {cases}"


def per_thousand(hits: int, cases: int) -> str:
    """``"1.5 (0.5-3.4)"``: how many in 1,000, with the exact 95 % interval."""
    if not cases:
        return "no cases"
    low, high = interval(hits, cases)
    return f"{1000 * hits / cases:.2g} ({1000 * low:.2g}-{1000 * high:.2g})"


def is_newcomer(assessment: Assessment) -> bool:
    """Whether the trivial baseline, "ask of every newcomer", would ask."""
    return any(item.id.startswith("newcomer") for item in assessment.evidence)


def interval(hits: int, cases: int) -> tuple[float, float]:
    """Clopper-Pearson 95 % interval of a share, by bisection on the binomial tail."""
    tail = (1 - _CONFIDENCE) / 2
    low = 0.0 if hits == 0 else _solve(lambda p: 1 - _below(hits - 1, cases, p) < tail)
    high = 1.0 if hits == cases else _solve(lambda p: _below(hits, cases, p) > tail)
    return low, high


def _solve(before: Callable[[float], bool]) -> float:
    low, high = 0.0, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if before(middle) else (low, middle)
    return low


def _below(hits: int, cases: int, p: float) -> float:
    """P(X <= hits) for a binomial X."""
    if p <= 0 or p >= 1:
        return float(p <= 0 or hits >= cases)
    total = 0.0
    for k in range(hits + 1):
        choose = math.lgamma(cases + 1) - math.lgamma(k + 1) - math.lgamma(cases - k + 1)
        total += math.exp(choose + k * math.log(p) + (cases - k) * math.log1p(-p))
    return min(1.0, total)
