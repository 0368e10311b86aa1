"""The report of ``train`` and ``calibrate``: one HTML file that needs nothing else, its plots drawn as SVG.

It names correspondents of the archive, so only its owner may read the file; it never leaves the machine by itself.
"""

from __future__ import annotations

import math
import os
import stat
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from straymail.audit.calibrate import without_question
from straymail.audit.measure import BUDGETS, STRAYS, Measured
from straymail.errors import BadInput
from straymail.evidence import Evidence

_WIDTH, _HEIGHT = 520.0, 240.0
_LEAST = 1e-4
_TOLD = 0.3  # log-odds from which a term is named as a reason


def write_report(file: Path, title: str, lines: Sequence[str], measured: Measured) -> None:
    """Write a report.

    Raises:
        BadInput: the file cannot be written.
    """
    templates = Environment(
        loader=PackageLoader("straymail.audit"), autoescape=select_autoescape(), undefined=StrictUndefined
    )
    text = templates.get_template("report.html").render(
        title=title,
        lines=lines,
        measured=measured,
        names=STRAYS,
        few=" or ".join(f"{budget:g}" for budget in without_question(measured.messages, BUDGETS)),
        budgets=BUDGETS,
        curves=[(name, _curve(shares)) for name, shares in measured.recall.items()],
        ticks=[(_budget_x(budget), f"{budget:g}") for budget in BUDGETS],
        bands=[(_band_x(band.mean), _band_y(band.strays), band) for band in measured.bands],
        decades=[(_band_x(value), _band_y(value), f"{value:g}") for value in (1e-4, 1e-3, 1e-2, 0.1, 1.0)],
        width=_WIDTH,
        height=_HEIGHT,
        worst=[(each, _reasons(each.assessment.evidence)) for each in measured.worst],
    )
    try:
        with private(file) as out:
            out.write(text)
    except OSError as error:
        raise BadInput(f"the report cannot be written: {error}", file=str(file)) from error


def private(file: Path) -> TextIO:
    """A file, opened anew for text, that nobody else may read: it tells who wrote to whom."""
    number = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    if stat.S_ISREG(os.fstat(number).st_mode):
        with suppress(PermissionError):  # somebody else's file, which that one keeps as it is
            os.fchmod(number, 0o600)
    return os.fdopen(number, "w", encoding="utf-8")


def _reasons(evidence: Sequence[Evidence]) -> str:
    telling = [item for item in evidence if item.weight > _TOLD and item.id != "rival"]
    return ", ".join(item.id for item in sorted(telling, key=lambda item: -item.weight))


def _budget_x(budget: float) -> float:
    low, high = math.log(BUDGETS[0]), math.log(BUDGETS[-1])
    return round(_WIDTH * (math.log(budget) - low) / (high - low), 1)


def _curve(shares: Sequence[float]) -> str:
    points = zip(BUDGETS, shares, strict=True)
    return " ".join(f"{_budget_x(budget)},{_HEIGHT * (1 - share):.1f}" for budget, share in points)


def _band_x(value: float) -> float:
    return round(_WIDTH * _decades(value), 1)


def _band_y(value: float) -> float:
    return round(_HEIGHT * (1 - _decades(value)), 1)


def _decades(value: float) -> float:
    """Place on a logarithmic scale from 0.0001 (0) to 1 (1)."""
    return (math.log10(max(_LEAST, value)) + 4.0) / 4.0
