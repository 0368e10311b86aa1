"""Which names stand in a text, for the few that are asked about: a list of all its words would cost more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from straymail.correspondence.names import NICKNAMES
from straymail.message import spaced

_SHORTER = defaultdict[str, list[str]](list)
for _short, _long in NICKNAMES.items():
    _SHORTER[_long].append(_short)
_FORMS = {long: (long, *shorter) for long, shorter in _SHORTER.items()}
"""Every form of a first name that has short forms, by the form names are compared by."""


class Said:
    """The words of a text, in the form names are compared by (``tokens_of``): "Bob" says Robert too."""

    def __init__(self, text: str) -> None:
        self._text = f" {spaced(text)} " if text else ""
        self._known: dict[str, bool] = {}

    def __contains__(self, word: str) -> bool:
        known = self._known.get(word)
        if known is None:
            forms = _FORMS.get(word)
            found = f" {word} " in self._text if forms is None else any(f" {each} " in self._text for each in forms)
            known = self._known[word] = found
        return known

    def count(self, words: Iterable[str]) -> int:
        """How many of these stand there."""
        return sum([word in self for word in words]) if self._text else 0

    def any(self, words: Iterable[str]) -> bool:
        """Whether one of these stands there."""
        return bool(self._text) and any(word in self for word in words)


NOTHING = Said("")
