"""One pass over a text for the patterns of all detectors, with engines that never backtrack.

Each detector states its ``Rule``s. A text is searched once, by Hyperscan, for a cheaper pattern of each (``hints``);
only where one of those stands does RE2 search for the rule itself. One ``re2.Set`` of all 280 rules was tried: its
automaton grows without end, and it falls to 0.2 MB/s. What a place *means* is the detector's business: it sees the hits
with the text around them (``Text``) and yields findings. Rules that only support others are looked for when it asks.

A detector that needs several rules together says so (``worth``), and costs nothing where too few of them can be.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from itertools import chain

import hyperscan
import re2

from straymail.content.hints import hint
from straymail.content.sieve import Kept, NotKept, Shelf, Sieve, Sought
from straymail.evidence import Finding, Sensitivity
from straymail.frozen import dataclass

_MEMORY = 4 << 20  # bytes one rule's automaton may take before it forgets states and slows down
_MOST_HITS = 2_000  # of one rule in one text
_QUOTED = 0.6  # what was written by others before counts for less
_MOST_FINDINGS = 100  # of one id in one text
_LONGEST_LINE = 2_000
_PAYS = 1 << 23  # bytes of text from which on hints are worth making ready: searching them without took as long
_BLOCK, _SHARED = 1 << 15, 1 << 11  # characters: a note, a booking or a list is no longer; what both blocks hold
_PIECE, _OVERLAP = 8_192, 1_024  # bytes; no pattern reaches further than the overlap
_Piece = tuple[int, int]  # bounds of a piece of a text, in bytes
DIGITS = r"[0-9](?:[ .\x2d/]?[0-9]){4}"  # five in a row, as numbers are written


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern in RE2 syntax over UTF-8 text; ``name`` is unique within its detector.

    ``near`` is a pattern that must match in a text before the rule is looked for at all: ``DIGITS``. ``often``: a
    character that must stand in it so many times for the rule to amount to anything. ``support``: the rule amounts to
    nothing by itself, and is looked for only when another one of its detector may hit. ``hint`` replaces the cheaper
    pattern that is derived from the rule; ``whole``: its words alone are too common to be that pattern.
    """

    name: str
    pattern: str
    near: str = ""
    often: tuple[str, int] = ("", 0)
    support: bool = False
    hint: str = ""
    whole: bool = False

    @property
    def cheaper(self) -> str:
        """A pattern that matches wherever the rule does, searched for first."""
        return self.hint or hint(self.pattern, whole=self.whole)


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
    """One kind of content: its rules, and what hits of them amount to.

    ``judge`` is called only where a rule hit, in the text or in its heading.

    ``worth`` is asked first, with the names of the rules that may hit and the text: False saves the search where so
    few of them could not amount to anything.
    """

    name: str
    rules: tuple[Rule, ...]
    judge: Callable[[Text], Iterator[Finding]]
    worth: Callable[[Collection[str], Text], bool] = lambda names, text: True


@dataclass(slots=True)
class Text:
    """One text as a detector sees it. ``where`` names the place; ``quoted`` when somebody else wrote it before.

    ``first`` is the number of its first line: of a long text this is a block. ``above`` has the hits of the detector's
    rules in the heading, the subject or the file's name.
    """

    raw: str
    data: bytes
    where: str
    quoted: bool
    found: dict[str, Sequence[Hit]] = field(default_factory=dict)
    first: int = 1
    above: Mapping[str, Sequence[Hit]] = field(default_factory=dict)
    seek: Callable[[str], Sequence[Hit]] = lambda name: ()
    sought: dict[str, Sequence[Hit]] = field(default_factory=dict)

    def hits(self, *names: str) -> list[Hit]:
        """Hits of these rules (without names: of all that amount to something by themselves), in order of place."""
        chosen = [hit for name in names or tuple(self.found) for hit in self._of(name)]
        return sorted(chosen, key=lambda hit: (hit.start, -hit.end)) if len(chosen) > 1 else chosen

    def said(self, *names: str) -> bool:
        """Whether one of these rules hit, here or in the heading."""
        return any(self._of(name) or self.above.get(name) for name in names)

    def _of(self, name: str) -> Sequence[Hit]:
        """Hits of one rule; what only supports others is looked for when it is first asked for."""
        found = self.found.get(name, self.sought.get(name))
        if found is None:
            found = self.sought[name] = self.seek(name)
        return found

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
        """``where``, with the line when the text has several: that of the first thing seen, not of what is blank."""
        blank = hit.text[: len(hit.text) - len(hit.text.lstrip())]
        number = self.first + self.data.count(b"\n", 0, hit.start) + blank.count("\n")
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


_Above = Mapping[int, Mapping[str, Sequence[Hit]]]  # by detector


class Scan:
    """All detectors behind one search; threads may share it. ``shelf``: where what ``prepare`` makes is kept."""

    def __init__(self, detectors: Sequence[Detector]) -> None:
        self._detectors = tuple(detectors)
        self._rules = [(index, rule) for index, detector in enumerate(self._detectors) for rule in detector.rules]
        options = re2.Options()
        options.log_errors = False
        options.max_mem = _MEMORY
        self._compiled = [re2.compile(rule.pattern.encode(), options=options) for _, rule in self._rules]
        self.shelf: Shelf | None = None
        self._sieve: Sieve | None = None
        self._seen, self._preparing = 0, False
        self._support = [
            {rule.name: number for number, (index, rule) in enumerate(self._rules) if rule.support and index == each}
            for each in range(len(self._detectors))
        ]

    def prepare(self, after: int = 0, *, kept: bool = False) -> None:
        """Make the hints ready, once ``after`` bytes of text have been seen.

        Some seconds of work, other threads go on. It is done by itself once it pays, which hardly a single message is
        long enough for; until then every rule is searched for in every text. Whoever expects many texts calls it first.
        With ``kept`` it is done only if the shelf has it all: some tenths of a second.
        """
        if self._preparing or self._seen < after or (kept and self.shelf is None):
            return
        self._preparing = True
        hints = {
            number: Sought(rule.cheaper, rule.near, rule.often)
            for number, (_, rule) in enumerate(self._rules)
            if not rule.support
        }
        shelf = Kept(self.shelf) if kept and self.shelf is not None else self.shelf
        try:
            self._sieve = Sieve(hints, shelf)
        except NotKept:
            self._preparing = False
        except hyperscan.error:  # not on this processor: every rule goes on being searched for
            pass

    @property
    def prepared(self) -> bool:
        """Whether the hints are ready, or are being made so."""
        return self._preparing

    def examine(self, raw: str, where: str, *, quoted: bool = False, heading: str = "") -> list[Finding]:
        """What the detectors find in one text; a long one is examined a block at a time.

        ``heading`` stands above it (the subject, the file's name): it says what the text is about, and is not searched
        for findings of its own. Of more than 100 findings of one id the gravest of those beyond stands for all of them,
        and says how many.
        """
        above = self._above(heading) if heading else {}
        if len(raw) > _BLOCK:
            blocks = (Text(block, b"", where, quoted, {}, first) for block, first in _blocks(raw))
            return _at_most(_MOST_FINDINGS, chain.from_iterable(self._examine(block, above) for block in blocks))
        found = self._examine(Text(raw, b"", where, quoted), above)
        return _at_most(_MOST_FINDINGS, found) if len(found) > 1 else found

    def _examine(self, text: Text, above: _Above) -> list[Finding]:
        text.data = data = text.raw.encode("utf-8", "replace")
        if not self._preparing:
            self._seen += len(data)
            self.prepare(_PAYS)
        if self._sieve is None:
            hinted = self._everything(_pieces(data))
        elif len(data) <= _PIECE:  # hardly a short text has anything in it: that is told as fast as may be
            numbers = self._sieve.sift(data, data)
            if not numbers and not above:
                return []
            hinted = self._by_detector([((0, len(data)), numbers)])
        else:
            sift = self._sieve.sift
            hinted = self._by_detector((each, sift(data[each[0] : each[1] + _OVERLAP], data)) for each in _pieces(data))
        findings: list[Finding] = []
        for index in sorted(hinted.keys() | above.keys()):
            headed = above.get(index, {})
            if about := self._about(index, hinted.get(index, {}), text, headed):
                findings += self._detectors[index].judge(about)
        return findings

    def _about(
        self, index: int, places: dict[int, list[_Piece]], text: Text, headed: Mapping[str, Sequence[Hit]]
    ) -> Text | None:
        """The text for one detector, where rules that may hit at these places do, or hit in the heading."""
        names = {number: self._rules[number][1].name for number in sorted(places)}
        if not self._detectors[index].worth({*names.values(), *headed}, text):
            return None
        found: dict[str, Sequence[Hit]] = {
            name: self._places(number, text.data, places[number]) for number, name in names.items()
        }
        if not headed and not any(found.values()):
            return None
        support = self._support[index]

        def seek(name: str) -> Sequence[Hit]:
            if name not in support:
                return ()
            pieces = _pieces(text.data)
            near = pieces if headed else _around(places.values(), pieces)
            return self._places(support[name], text.data, near)

        return replace(text, found=found, above=headed, seek=seek, sought={})

    def _above(self, heading: str) -> _Above:
        """Hits in a heading, by detector and rule."""
        data = heading.encode("utf-8", "replace")[:_PIECE]
        bounds = [(0, len(data))]
        if self._sieve is None:
            hinted = self._everything(bounds)
        elif numbers := self._sieve.sift(data, data):
            hinted = self._by_detector([(bounds[0], numbers)])
        else:
            return {}
        above: dict[int, dict[str, list[Hit]]] = {}
        for index, places in hinted.items():
            for number in places:
                if hits := self._places(number, data, bounds):
                    above.setdefault(index, {})[self._rules[number][1].name] = hits
        return above

    def _by_detector(self, sifted: Iterable[tuple[_Piece, Iterable[int]]]) -> dict[int, dict[int, list[_Piece]]]:
        """For each detector the rules that may hit, and the pieces of the text where."""
        found: dict[int, dict[int, list[_Piece]]] = {}
        for piece, numbers in sifted:
            for number in numbers:
                found.setdefault(self._rules[number][0], {}).setdefault(number, []).append(piece)
        return found

    def _everything(self, pieces: Sequence[_Piece]) -> dict[int, dict[int, list[_Piece]]]:
        """The same without hints: every rule may hit anywhere."""
        every = [number for number, (_, rule) in enumerate(self._rules) if not rule.support]
        return self._by_detector((piece, every) for piece in pieces)

    def _places(self, number: int, data: bytes, pieces: Sequence[_Piece]) -> list[Hit]:
        """Hits of a rule that begin in one of these pieces."""
        rule, compiled = self._rules[number][1], self._compiled[number]
        hits: list[Hit] = []
        for start, end in pieces:
            for match in compiled.finditer(data, start, min(end + _OVERLAP, len(data))):
                if (match.start() >= end and end < len(data)) or len(hits) >= _MOST_HITS:
                    break
                groups = tuple((group or b"").decode("utf-8", "replace") for group in match.groups())
                text = match.group().decode("utf-8", "replace")
                hits.append(Hit(rule.name, match.start(), match.end(), groups, text))
        return hits


def _at_most(most: int, findings: Iterable[Finding]) -> list[Finding]:
    """The findings, each once; of those of one id beyond so many the gravest, which says how many there are."""
    seen: set[tuple[str, str]] = set()
    counts: dict[str, int] = {}
    kept: list[Finding] = []
    beyond: dict[str, Finding] = {}
    for finding in findings:
        if (finding.id, finding.digest) in seen:
            continue
        seen.add((finding.id, finding.digest))
        counts[finding.id] = counts.get(finding.id, 0) + 1
        if counts[finding.id] < most:
            kept.append(finding)
        else:
            beyond[finding.id] = max(beyond.get(finding.id, finding), finding, key=_gravity)
    return kept + [_with_others(finding, counts[identifier] - most) for identifier, finding in beyond.items()]


def _gravity(finding: Finding) -> tuple[Sensitivity, float]:
    return finding.sensitivity, finding.confidence


def _with_others(finding: Finding, others: int) -> Finding:
    return replace(finding, excerpt=f"{finding.excerpt[:60]} and {others} more".strip()) if others else finding


def _blocks(raw: str) -> Iterator[tuple[str, int]]:
    """The text in blocks, broken at line ends where there are any, each with the number of its first line.

    What amounts to something stands together; a text of a megabyte as a whole gathers cues of anything by chance.
    """
    start, first = 0, 1
    while start < len(raw):
        end = start + _BLOCK
        if end < len(raw):
            end = raw.rfind("\n", start, end) + 1 or end
        yield raw[start : end + _SHARED], first
        if end + _SHARED >= len(raw):
            return
        first += raw.count("\n", start, end)
        start = end


def _around(chosen: Iterable[Sequence[_Piece]], pieces: Sequence[_Piece]) -> list[_Piece]:
    """The chosen pieces and those next to them."""
    starts = {start for each in chosen for start, _ in each}
    near = {index for index, (start, _) in enumerate(pieces) if start in starts}
    return [piece for index, piece in enumerate(pieces) if near & {index - 1, index, index + 1}]


def _pieces(data: bytes) -> list[_Piece]:
    """Bounds of pieces of some kilobytes, broken at line ends where there are any."""
    pieces: list[_Piece] = []
    start = 0
    while start < len(data):
        end = start + _PIECE
        if end < len(data):
            end = data.rfind(b"\n", start, end) + 1 or end
        end = min(end, len(data))
        pieces.append((start, end))
        start = end
    return pieces
