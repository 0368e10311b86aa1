"""``bench content``: recall and findings by class of content, on samples and on ordinary mail.

Recall and near misses are of the ``report`` half of the samples (see ``samples``). Ordinary mail is every message of
``ham`` and ``enron``; what is found there is counted by id, and kept with an excerpt in the JSON so that a person can
say which are false: real mail does hold passwords and bookings, so a count of findings is an upper bound of false ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from straymail.audit.archives import read_raw
from straymail.audit.bench import Corpus, Table, share
from straymail.audit.samples import CLASSES, Sample, samples
from straymail.content import examine, examine_file, examine_text
from straymail.evidence import Finding
from straymail.extract import Extractor
from straymail.message import parse_message

_ARCHIVES = ("ham", "enron")
_KEPT = 400  # findings on ordinary mail listed in the JSON, by id


def content(corpus: Corpus) -> Table:
    """Table of recall by class and kind, then of findings in ordinary mail by id."""
    rows: list[list[str]] = []
    facts: dict[str, object] = {}
    with Extractor() as extractor:
        for cls in CLASSES:
            corpus.progress(f"samples of {cls}")
            rows += _class_rows(cls, corpus.folder, extractor, facts)
    found, listed, messages = _ordinary(corpus)
    for identifier, count in sorted(found.items()):
        rows.append([identifier, "ordinary mail", share(count, messages), f"{1000 * count / messages:.2f} per 1,000"])
    facts |= {"ordinary": dict(found), "messages": messages, "listed": listed}
    return Table("content", "What the message holds", ("class", "samples", "found", "near misses found"), rows, facts)


def _class_rows(cls: str, folder: Path, extractor: Extractor, facts: dict[str, object]) -> Iterator[list[str]]:
    right: Counter[str] = Counter()
    all_: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    near: Counter[str] = Counter()
    for sample in samples(cls, folder):
        if sample.half != "report":
            continue
        ids = [finding.id for finding in findings(sample, extractor)]
        if sample.wanted:
            all_[sample.kind] += 1
            right[sample.kind] += any(identifier.startswith(sample.wanted) for identifier in ids)
        else:
            near[sample.kind] += 1
            wrong[sample.kind] += any(identifier.startswith(sample.unwanted) for identifier in ids)
    facts[cls] = {"found": dict(right), "of": dict(all_), "near misses found": dict(wrong), "near misses": dict(near)}
    for kind in sorted({*all_, *near}):
        yield [
            cls,
            kind,
            share(right[kind], all_[kind]) if all_[kind] else "",
            share(wrong[kind], near[kind]) if near[kind] else "",
        ]
    yield [cls, "all", share(right.total(), all_.total()), share(wrong.total(), near.total()) if near else ""]


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
        for raw in read_raw(corpus.folder / name):
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
