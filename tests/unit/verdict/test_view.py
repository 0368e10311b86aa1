"""What is kept of a verdict."""

from __future__ import annotations

import hashlib
import json

from straymail.content import examine_text
from straymail.evidence import Action, Verdict
from straymail.verdict.view import verdict_view


def test_hashes_of_what_was_found_are_sealed() -> None:
    """Anybody can hash all identity numbers: what is stored must need the key."""
    findings = examine_text("PESEL: 44051401359", "body")
    view = json.dumps(verdict_view(Verdict(Action.HOLD, 0.9, (), findings), lambda text: f"sealed-{len(text)}"))
    assert "sealed-16" in view
    assert hashlib.sha256(b"44051401359").hexdigest()[:16] not in view
    assert "44051401359" not in view
