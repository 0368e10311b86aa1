"""Public lists of domain names for the benches, where the package that ships them is installed (group ``bench``)."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from importlib.util import find_spec
from pathlib import Path

_KINDS = (
    "edu", "gov", "mil", "co", "ml", "ac.uk", "co.uk", "gov.uk", "mod.uk", "org.uk", "nhs.uk", "police.uk", "com.ar",
    "gob.ar", "com.au", "edu.au", "gov.au", "org.au", "com.br", "gov.br", "co.jp", "ac.jp", "go.jp", "co.kr", "com.mx",
    "gob.mx", "co.nz", "govt.nz", "com.tr", "edu.tr", "com.tw", "co.za", "gov.za", "com.co", "co.in", "gov.in",
)  # fmt: skip
_SEED = 20261125


def popular_domains() -> list[str]:
    """A million domain names people look up (Tranco, alphabetical); [] when the package is not there."""
    return _list("tranco")


def university_domains() -> list[str]:
    """Some 10,000 domains of universities; [] when the package is not there."""
    return _list("university_domains")


def legitimate_domains(count: int) -> list[str]:
    """So many right names: every kind of ``_KINDS`` in turn, and universities; the same at every call."""
    kinds: dict[str, list[str]] = defaultdict(list)
    for name in popular_domains():
        pieces = name.split(".")
        for kind in (".".join(pieces[-2:]), pieces[-1]):
            if kind in _KINDS and kind != name:
                kinds[kind].append(name)
                break
    kinds["university"] = university_domains()
    chance = random.Random(_SEED)  # noqa: S311  (a fixed draw)
    for names in kinds.values():
        chance.shuffle(names)
    chosen: dict[str, None] = {}
    while kinds and len(chosen) < count:
        for kind in sorted(kinds):
            if kinds[kind]:
                chosen[kinds[kind].pop()] = None
            else:
                del kinds[kind]
    return list(chosen)[:count]


def _list(name: str) -> list[str]:
    package = find_spec("pymispwarninglists")
    if package is None or package.origin is None:
        return []
    path = Path(package.origin).parent / "data/misp-warninglists/lists" / name / "list.json"
    names: list[str] = json.loads(path.read_text(encoding="utf-8"))["list"]
    return [each.lower().rstrip(".") for each in names]
