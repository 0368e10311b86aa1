"""``bench lookup``: names within two edits among a million, beside brute force and SymSpell in the same run."""

from __future__ import annotations

import random
import re
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from rapidfuzz import process
from rapidfuzz.distance import OSA

from straymail.audit.archived import boxes, taught
from straymail.audit.bench import Corpus, Table
from straymail.audit.inject import SLIPS, slip
from straymail.audit.lists import popular_domains
from straymail.audit.mailbox import Spool, archives_of
from straymail.audit.replay import judge
from straymail.correspondence import Correspondence
from straymail.correspondence.nearby import EDITS, Nearby
from straymail.verdict import Weights

_NAMES = 1_000_000
_QUERIES = 500
_FOR_BRUTE_FORCE = 20
_FOR_SYMSPELL = 200_000  # names: its dictionary of a million takes gigabytes
_SEED = 7
_KNOWN, _RECIPIENTS = 0.8, 5
_SYLLABLES = tuple(f"{a}{b}" for a in "bdfghjklmnprst" for b in "aeio")


def lookup(corpus: Corpus) -> Table:
    """Table of times and sizes, for domains and for the mailboxes of one domain."""
    rows: list[Sequence[str]] = []
    facts: dict[str, object] = {}
    for kind, names in (("domains", popular_domains() or _mailboxes()), ("mailboxes", _mailboxes())):
        corpus.progress(f"{len(names):,} {kind}")
        chance = random.Random(_SEED)  # noqa: S311  (a fixed draw)
        asked = [slip(chance.choice(names), chance.choice(SLIPS), chance) for _ in range(_QUERIES)]
        before, start = _memory(), time.perf_counter()
        index = Nearby(names)
        seconds, size = time.perf_counter() - start, _memory() - before
        median, worst = _times(index.near, asked)
        facts[kind] = {"names": len(names), "seconds": seconds, "mb": size, "median_ms": median, "p99_ms": worst}
        rows.append((f"straymail, {len(names):,} {kind}", f"{seconds:.1f} s, {size:.0f} MB", *_told(median, worst)))
        few = asked[:_FOR_BRUTE_FORCE]
        brute = partial(_brute, names)
        rows.append((f"rapidfuzz over all, {kind}", "none", *_told(*_times(brute, few))))
        same = sum(sorted(index.near(name)) == brute(name) for name in few)
        rows.append(("the same answers", f"{same} of {len(few)}", "", ""))
        rows += _symspell(names, asked, kind)
    corpus.progress("judging")
    if median := _judging(corpus):
        facts["judged_5_ms"] = median
        rows.append((f"a message to {_RECIPIENTS}, judged, CPU", "", f"{median:.2f} ms", ""))
    return Table("lookup", "Names within two edits", ("what", "index", "median", "99 %"), rows, facts)


def _judging(corpus: Corpus) -> float:
    """Median CPU ms of judging a message to five, the first four fifths of the archive being known; 0 without mail."""
    spool = Spool(faults=corpus.faults)
    spool.fill(archives_of(corpus.folder))
    history, weights, taken = Correspondence(corpus.own), Weights.shipped(), list[float]()
    known = int(_KNOWN * len(spool))
    for number, message in enumerate(spool):
        own = bool(message.from_) and history.is_own(message.from_[0].address.domain)
        if number < known:
            history.observe(taught(message, history.own_domains))
        elif own and len({box.address.person for box in boxes(message)}) == _RECIPIENTS:
            start = time.process_time()
            judge(history, weights, message)
            taken.append(1e3 * (time.process_time() - start))
    spool.close()
    return statistics.median(taken) if taken else 0.0


def _told(median: float, worst: float) -> tuple[str, str]:
    return f"{median:.2f} ms", f"{worst:.2f} ms"


def _times(ask: Callable[[str], object], names: Sequence[str]) -> tuple[float, float]:
    """Median and 99th percentile in ms, after a first question."""
    ask("warm.up.example")
    taken = []
    for name in names:
        start = time.perf_counter()
        ask(name)
        taken.append(1e3 * (time.perf_counter() - start))
    return statistics.median(taken), sorted(taken)[int(0.99 * len(taken))]


def _brute(names: Sequence[str], name: str) -> list[tuple[str, int]]:
    found = process.extract(name, names, scorer=OSA.distance, score_cutoff=EDITS, limit=None)
    return sorted((other, int(edits)) for other, edits, _ in found if edits)


def _symspell(names: Sequence[str], asked: Sequence[str], kind: str) -> Iterator[tuple[str, ...]]:
    try:
        module: Any = import_module("symspellpy")
    except ImportError:
        return
    few = names[:_FOR_SYMSPELL]
    before, start = _memory(), time.perf_counter()
    dictionary = module.SymSpell(max_dictionary_edit_distance=EDITS, prefix_length=7)
    for name in few:
        dictionary.create_dictionary_entry(name, 1)
    made = f"{time.perf_counter() - start:.1f} s, {_memory() - before:.0f} MB"
    ask = partial(dictionary.lookup, verbosity=module.Verbosity.ALL, max_edit_distance=EDITS)
    yield (f"SymSpell, {len(few):,} {kind}", made, *_told(*_times(ask, asked)))


def _mailboxes() -> list[str]:
    """A million invented mailboxes of one domain, first and last names of syllables."""
    chance = random.Random(_SEED)  # noqa: S311  (a fixed draw)
    found: dict[str, None] = {}
    while len(found) < _NAMES:
        first, last = "".join(chance.choices(_SYLLABLES, k=2)), "".join(chance.choices(_SYLLABLES, k=4))
        found[f"{first}.{last}"] = None
    return list(found)


def _memory() -> float:
    """Resident memory in MB."""
    found = re.search(r"VmRSS:\s+(\d+)", Path("/proc/self/status").read_text(encoding="ascii"))
    return int(found.group(1)) / 1024 if found else 0.0
