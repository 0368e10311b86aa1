"""The shipped weights are what the script that writes them would write: nobody edited them by hand."""

from __future__ import annotations

from fit_weights import BEFORE, NOTE, ONLY, REMARKS, SHIPPED, VERSION
from straymail.audit.fit import render
from straymail.verdict import Weights


def test_the_shipped_file_is_as_the_script_renders_it() -> None:
    shipped = Weights.shipped()
    assert shipped.version == VERSION
    assert render(shipped, NOTE, REMARKS) == SHIPPED.read_text(encoding="utf-8")


def test_what_is_not_fitted_is_carried_over() -> None:
    shipped, before = Weights.shipped(), Weights.read(BEFORE.read_text(encoding="utf-8"))
    changed = {name for name, value in shipped.weights.items() if value != before.weights.get(name)}
    assert changed == {"greeting.other", "greeting.nobody"}
    assert all(name.startswith(ONLY) for name in changed)
    assert shipped.weights.keys() == before.weights.keys()
    assert (shipped.base, shipped.fit, shipped.rival) == (before.base, before.fit, before.rival)
