"""One pass over a text for the patterns of all detectors, with an engine that never backtracks.

Each detector states its ``Rule``s; all of them are compiled into one ``re2.Set``. A text is searched once for which
rules occur at all (about 100 MB/s, whatever their number), then only for the places of those. What a place *means* is
the detector's business: it sees the hits with the text around them (``Text``) and yields findings.

A rule should be rare in ordinary mail: a rule that hits everywhere costs a second search of every text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import re2

from straymail.evidence import Finding, Sensitivity

_MEMORY = 256 << 20  # bytes the automaton may take before it forgets states and slows down
_MOST_HITS = 2_000  # of one rule in one text
_QUOTED = 0.6  # what was written by others before counts for less
_LONGEST_LINE = 2_000


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern in RE2 syntax over UTF-8 text; ``name`` is unique within its detector."""

    name: str
    pattern: str


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a rule matched: byte offsets, the groups ("" where one did not take part), the whole match."""

    rule: str
    start: int
    end: int
    groups: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Detector:
    """One kind of content: its rules, and what hits of them amount to. ``judge`` is called only where a rule hit."""

    name: str
    rules: tuple[Rule, ...]
    judge: Callable[[Text], Iterator[Finding]]


@dataclass(slots=True)
class Text:
    """One text as a detector sees it. ``where`` names the place; ``quoted`` when somebody else wrote it before."""

    raw: str
    data: bytes
    where: str
    quoted: bool
    found: dict[str, Sequence[Hit]] = field(default_factory=dict)

    def hits(self, *names: str) -> list[Hit]:
        """Hits of these rules (of all rules, without names), in order of place."""
        chosen = [hit for name, hits in self.found.items() if not names or name in names for hit in hits]
        return sorted(chosen, key=lambda hit: (hit.start, -hit.end)) if len(chosen) > 1 else chosen

    def before(self, hit: Hit, size: int = 60) -> str:
        """Up to ``size`` bytes of text before a hit."""
        return self.data[max(0, hit.start - size) : hit.start].decode("utf-8", "replace")

    def after(self, hit: Hit, size: int = 60) -> str:
        """Up to ``size`` bytes of text after a hit."""
        return self.data[hit.end : hit.end + size].decode("utf-8", "replace")

    def line(self, hit: Hit) -> str:
        """The line a hit begins on (at most 2,000 bytes either side)."""
        low = max(0, hit.start - _LONGEST_LINE)
        start = self.data.rfind(b"\n", low, hit.start) + 1 or low
        end = self.data.find(b"\n", hit.start, hit.start + _LONGEST_LINE)
        return self.data[start : end if end >= 0 else hit.start + _LONGEST_LINE].decode("utf-8", "replace")

    def place(self, hit: Hit) -> str:
        """``where``, with the line when the text has several."""
        number = self.data.count(b"\n", 0, hit.start) + 1
        return f"{self.where}, line {number}" if number > 1 or b"\n" in self.data[hit.end :] else self.where

    def finding(
        self,
        identifier: str,
        sensitivity: Sensitivity,
        confidence: float,
        text: str,
        hit: Hit,
        *,
        secret: str = "",
        excerpt: str = "",
        excludes: tuple[str, ...] = (),
    ) -> Finding:
        """A finding at a hit; ``text`` says for the sender what it is ("it holds a password").

        ``secret`` is what was matched, kept as a truncated hash only; ``excerpt`` must be safe to store and show.
        """
        return Finding(
            identifier,
            self.place(hit),
            sensitivity,
            confidence * (_QUOTED if self.quoted else 1.0),
            text,
            excerpt[:80],
            hashlib.sha256((secret or hit.text).encode()).hexdigest()[:16],
            self.quoted,
            excludes,
        )


def redact(text: str, keep: int = 2) -> str:
    """A matched value made safe to store: its first and last ``keep`` characters, never more than a quarter of it."""
    keep = min(keep, len(text) // 8)
    return f"{text[:keep]}…{text[len(text) - keep :]}" if keep else "…"


class Scan:
    """All detectors compiled into one automaton."""

    def __init__(self, detectors: Sequence[Detector]) -> None:
        self._detectors = tuple(detectors)
        options = re2.Options()
        options.log_errors = False
        options.max_mem = _MEMORY
        self._set = re2.Set.SearchSet(options)
        self._rules: list[tuple[int, Rule]] = []
        for index, detector in enumerate(self._detectors):
            for rule in detector.rules:
                self._set.Add(rule.pattern)
                self._rules.append((index, rule))
        self._set.Compile()
        self._compiled = [re2.compile(rule.pattern.encode(), options=options) for _, rule in self._rules]

    def examine(self, raw: str, where: str, *, quoted: bool = False) -> Iterator[Finding]:
        """Yield what the detectors find in one text."""
        data = raw.encode("utf-8", "replace")
        found: dict[int, dict[str, Sequence[Hit]]] = {}
        for number in sorted(self._set.Match(data) or ()):
            index, rule = self._rules[number]
            found.setdefault(index, {})[rule.name] = tuple(self._places(number, rule, data))
        for index in sorted(found):
            yield from self._detectors[index].judge(Text(raw, data, where, quoted, found[index]))

    def _places(self, number: int, rule: Rule, data: bytes) -> Iterator[Hit]:
        for count, match in enumerate(self._compiled[number].finditer(data)):
            if count >= _MOST_HITS:
                return
            groups = tuple((group or b"").decode("utf-8", "replace") for group in match.groups())
            yield Hit(rule.name, match.start(), match.end(), groups, match.group().decode("utf-8", "replace"))
