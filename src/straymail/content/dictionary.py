"""What is the organisation's own: terms, markings and registered documents, as content detectors take them."""

from __future__ import annotations

from dataclasses import field
from functools import cached_property

from ahocorasick_rs import AhoCorasick, MatchKind

from straymail.content.fingerprint import Documents
from straymail.evidence import Sensitivity
from straymail.frozen import dataclass

_APOSTROPHES = "\u2018\u2019\u02bc\u00b4"


@dataclass(frozen=True)
class Entry:
    """A word or phrase, what it would cost if text with it got out, and audiences it excludes (see ``Finding``)."""

    text: str
    sensitivity: Sensitivity
    excludes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Dictionary:
    """``terms`` are project names and key words, letter case does not matter; ``markings`` are written as given."""

    terms: tuple[Entry, ...] = ()
    markings: tuple[Entry, ...] = ()
    documents: Documents = field(default_factory=Documents)

    @cached_property
    def term_automaton(self) -> AhoCorasick:
        """All terms in one automaton: a pass over the text takes the same time for 10 or 100,000."""
        return AhoCorasick([leveled(entry.text) for entry in self.terms], matchkind=MatchKind.LeftmostLongest)


def leveled(text: str) -> str:
    """The text as terms are compared: in lower case, with straight apostrophes, one space for all between words."""
    if not text.isascii():
        for each in _APOSTROPHES:  # looking for one character is many times faster than translating all
            if each in text:
                text = text.replace(each, "'")
    return " ".join(text.lower().split())
