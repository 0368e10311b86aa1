"""``bench content``: recall and findings by class of content, on samples and on ordinary mail.

Recall and near misses are of the ``report`` half of the samples (see ``samples``). Ordinary mail is every message of
``ham`` and ``enron``; what is found there is counted by id, and kept with an excerpt in the JSON so that a person can
say which are false: real mail does hold passwords and bookings, so a count of findings is an upper bound of false ones.
Beside each class stand the peers that are installed (``peers``), on the same samples as text, and on every
``_EACH``th ordinary message: they are slow.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from straymail.audit.archives import read_raw
from straymail.audit.bench import Corpus, Table, share
from straymail.audit.peers import rivals_of
from straymail.audit.samples import CLASSES, Sample, samples
from straymail.content import examine, examine_file, examine_text
from straymail.evidence import Finding
from straymail.extract import Extractor
from straymail.message import body_text, parse_message

_ARCHIVES = ("ham", "enron")
_EACH = 37  # so many ordinary messages for one that peers are given
_KEPT = 400  # findings on ordinary mail listed in the JSON, by id


def content(corpus: Corpus) -> Table:
    """Table of recall by class and kind, then of findings in ordinary mail by id."""
    rows: list[list[str]] = []
    facts: dict[str, object] = {}
    with Extractor() as extractor:
        for cls in CLASSES:
            corpus.progress(f"samples of {cls}")
            rows += _class_rows(cls, corpus, extractor, facts)
    found, listed, messages = _ordinary(corpus)
    for identifier, count in sorted(found.items()):
        rows.append([identifier, f"{messages:,} ordinary messages", "", "", f"{1000 * count / messages:.2f} per 1,000"])
    facts |= {"ordinary": dict(found), "messages": messages, "listed": listed}
    heads = ("class", "samples", "found", "near misses found", "ordinary mail found")
    return Table("content", "What the message holds", heads, rows, facts)


@dataclass
class _Tally:
    """How many samples of each kind were found, of how many; the same for near misses."""

    right: Counter[str] = field(default_factory=Counter)
    wanted: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    near: Counter[str] = field(default_factory=Counter)

    def add(self, sample: Sample, found: bool) -> None:
        """Count one sample."""
        of, hits = (self.wanted, self.right) if sample.wanted else (self.near, self.wrong)
        of[sample.kind] += 1
        hits[sample.kind] += found

    def rows(self, cls: str, kinds: Iterable[str] = ()) -> Iterator[list[str]]:
        """A row for each kind, and one for all."""
        for kind in kinds:
            right, wrong = (self.right[kind], self.wanted[kind]), (self.wrong[kind], self.near[kind])
            yield [cls, kind, share(*right) if right[1] else "", share(*wrong) if wrong[1] else "", ""]
        near = share(self.wrong.total(), self.near.total()) if self.near else ""
        yield [cls, "all", share(self.right.total(), self.wanted.total()), near, ""]

    def facts(self) -> dict[str, dict[str, int]]:
        """For the JSON."""
        names = ("found", "of", "near misses found", "near misses")
        return dict(zip(names, map(dict, (self.right, self.wanted, self.wrong, self.near)), strict=True))


def _class_rows(cls: str, corpus: Corpus, extractor: Extractor, facts: dict[str, object]) -> Iterator[list[str]]:
    tally = _Tally()
    cases: list[tuple[Sample, str]] = []
    for sample in samples(cls, corpus.folder):
        if sample.half == "report":
            ids = [finding.id for finding in findings(sample, extractor)]
            tally.add(sample, any(identifier.startswith(sample.wanted or sample.unwanted) for identifier in ids))
            cases.append((sample, _as_text(sample, extractor)))
    facts[cls] = tally.facts()
    yield from tally.rows(cls, sorted({*tally.wanted, *tally.near}))
    for name, scanner in rivals_of(cls):
        corpus.progress(f"{cls}: {name}")
        if scanner is None:
            yield [cls, name, "not installed", "", ""]
            continue
        theirs = _Tally()
        for sample, text in cases:
            theirs.add(sample, scanner(text) > 0)
        ordinary = _few_bodies(corpus.folder)
        asked = sum(scanner(text) > 0 for text in ordinary)
        facts[f"{cls}, {name}"] = theirs.facts() | {"ordinary": {"found": asked, "of": len(ordinary)}}
        ((_, _, found, near, _),) = theirs.rows(cls)
        yield [cls, f"{name}, beside", found, near, f"{1000 * asked / max(1, len(ordinary)):.0f} per 1,000"]


def _as_text(sample: Sample, extractor: Extractor) -> str:
    """What a scanner of text is given: the text of a sample, and of its file as our reader gets it out."""
    texts = [text for _, text in extractor.read_file(sample.file, sample.name).texts] if sample.file else []
    return "\n".join([sample.text, *texts])


@cache
def _few_bodies(folder: Path) -> list[str]:
    """The bodies of every so many ordinary messages."""
    raws = read_raw([folder / name for name in _ARCHIVES], [])
    return [body_text(parse_message(raw)) for number, raw in enumerate(raws) if number % _EACH == 0]


def findings(sample: Sample, extractor: Extractor) -> Iterator[Finding]:
    """Everything found in a sample: text as a body (or a subject, when it is one line), a file as an attachment."""
    if sample.text:
        yield from examine_text(sample.text, "subject" if "\n" not in sample.text else "body")
    if sample.file:
        found = extractor.read_file(sample.file, sample.name)
        yield from found.unread
        for where, text in found.texts:
            yield from examine_text(text, where)
        for file in found.files:
            yield from examine_file(file.kind, file.name, file.data or sample.file, file.where)


def _ordinary(corpus: Corpus) -> tuple[Counter[str], list[dict[str, str]], int]:
    """Messages with each id, some of the findings, and the number of messages."""
    found: Counter[str] = Counter()
    listed: list[dict[str, str]] = []
    seen: set[str] = set()
    for name in _ARCHIVES:
        corpus.progress(f"ordinary mail: {name}")
        for raw in read_raw([corpus.folder / name], corpus.faults):
            message = parse_message(raw)
            if message.identity in seen:
                continue
            seen.add(message.identity)
            here = {finding.id: finding for finding in examine(message)}
            found.update(here.keys())
            listed += [
                {"id": each.id, "message": message.message_id, "where": each.where, "excerpt": each.excerpt}
                for each in here.values()
                if found[each.id] <= _KEPT
            ]
    return found, listed, len(seen)
