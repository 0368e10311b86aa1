"""From the probabilities of untouched messages to the threshold for each budget of questions."""

from __future__ import annotations

from collections.abc import Sequence

BUDGETS = (0.1, 0.5, 1.0, 2.0, 5.0, 10.0)
_LEAST = 1e-4
_MOST = 0.9999
_ONE_QUESTION = 1_000.0


def thresholds(probabilities: Sequence[float], budgets: Sequence[float] = BUDGETS) -> dict[str, float]:
    """For each budget (questions per 1,000 messages) the least ``ask_at`` that keeps to it, in 0.0001..0.9999.

    Strays among the messages are counted as needless too, so the answer errs towards fewer questions. With no message
    at all nothing is known, and the most careful threshold is returned.
    """
    ordered = sorted(probabilities, reverse=True)
    found = {}
    for budget in budgets:
        allowed = int(len(ordered) * budget / 1000)
        worst = ordered[allowed] if allowed < len(ordered) else (ordered[-1] if ordered else _MOST)
        found[f"{budget:g}"] = round(min(_MOST, max(_LEAST, worst + _LEAST)), 4)
    return found


def without_question(messages: int, budgets: Sequence[float]) -> list[float]:
    """The budgets that allow no question among so many messages: their thresholds tell of one message alone."""
    return [budget for budget in budgets if messages * budget < _ONE_QUESTION]
