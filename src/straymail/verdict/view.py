"""A verdict as JSON: what the log, custody and notices keep of it. Enough to recompute it, nothing quoted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from straymail.evidence import Finding, RecipientVerdict, Verdict

Seal = Callable[[str], str]
"""Makes a hash that only the holder of the key can make: a passport number could be found by trying all of them."""


def verdict_view(verdict: Verdict, seal: Seal, *, texts: bool = True) -> dict[str, Any]:
    """Plain JSON of a verdict; without ``texts`` only ids and numbers (the log of mail that passed)."""
    return {
        "action": str(verdict.action),
        "probability": round(verdict.probability, 6),
        "recipients": [_recipient(each, texts=texts) for each in verdict.recipients],
        "content": [_finding(each, seal, texts=texts) for each in verdict.content],
        "versions": dict(verdict.versions),
    }


def _recipient(each: RecipientVerdict, *, texts: bool) -> dict[str, Any]:
    view: dict[str, Any] = {
        "address": str(each.address),
        "action": str(each.action),
        "probability": round(each.probability, 6),
        "meant": [str(address) for address in each.meant[:3]],
        "rule": each.rule,
        "evidence": [
            {"id": item.id, "weight": round(item.weight, 3), "strength": round(item.strength, 4)}
            | ({"sender_text": item.sender_text, "operator_text": item.operator_text} if texts else {})
            for item in each.evidence
        ],
    }
    return view | {"would": str(each.would)} if each.would else view


def _finding(each: Finding, seal: Seal, *, texts: bool) -> dict[str, Any]:
    view: dict[str, Any] = {
        "id": each.id,
        "where": each.where,
        "sensitivity": str(each.sensitivity),
        "confidence": round(each.confidence, 3),
        "quoted": each.quoted,
    }
    if not texts:
        return view
    return view | {"text": each.text, "excerpt": each.excerpt, "digest": each.digest and seal(each.digest)}
