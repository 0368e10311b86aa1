"""Fit the model of ``straymail.content.prose`` and write ``prose.tsv``.

    python scripts/fit_prose.py --corpus ../shared/data [--out src/straymail/content/prose.tsv]

What it learns from: the invented messages in ``examples/texts`` (a line ``=== id language classes`` before each), in
eight languages, and ordinary mail below CORPUS (``ham`` and ``enron``) for what holds nothing: of that only how often
words occur goes into the weights, and no word that the invented messages do not use. Prints for each class what is
found of messages left out of the fit (a fifth at a time), alone and in the middle of ordinary ones, what is accused of
those that do not hold it, and of ordinary mail (judged by a model fitted without that half; the cues and the limits are
chosen on both).
"""

from __future__ import annotations

import argparse
import hashlib
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from itertools import compress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

from straymail.audit.archives import read_raw
from straymail.content.cues import FEWEST, Cues, cues_in, letters_only
from straymail.content.lexicon import STEM, Lexicon, tokens
from straymail.content.plain import plain
from straymail.content.prose import CLASSES, Search, features, pieces, scale, windows
from straymail.message import parse_message, split_body
from texts import read_texts

ROOT = Path(__file__).resolve().parents[1]
HOLDING = "scripts/ordinary_that_holds.tsv"
PACKAGE = ROOT / "src/straymail/content"
_ORDINARY = 0.5  # weight of a window of ordinary mail: some of it holds something, too
_CLUSTER = 2.0  # how much less a cluster is held back than a word
_PENALTY = 1 / 30
_SEEN = 3  # invented messages a feature is in
_KEPT = 0.6  # least weight worth keeping; a ninth of that for a cluster, which counts in nearly every text
_LENGTH = 20_000  # characters of an ordinary message
_SMOOTH = 2.0
_TELLING, _COMMON = 2.5, 0.02  # least log-ratio of a cue; share of ordinary messages from which on a word is none
_LOOKED = 0.03
"""Share of ordinary messages whose cues add up to enough to look closer, for each class."""

_AGAINST = 1.1  # how much commoner a cue is than in the invented messages that hold nothing
_LEAST, _SAID = 0.4, 0.0007  # how sure one has to be to say something; of how many ordinary messages at most
_NONE = 0.005
_FOLDS = 5
_AROUND = 900  # bytes of the ordinary messages that invented ones are put into


_Numbers = NDArray[np.float64]
_Truths = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Text:
    """One message: what it holds, and its words."""

    name: str
    classes: frozenset[str]
    words: Sequence[str]
    data: bytes


def invented(folder: Path) -> Iterator[Text]:
    """The invented messages of a folder."""
    for file in sorted(folder.glob("*.txt")):
        for told in read_texts(file):
            text = plain(told.text.replace(".example", ".com"))  # of invented hosts only; a word of its own in mail
            yield Text(told.name, frozenset(told.classes), tokens(text), text.encode())


def ordinary(corpus: Path) -> Iterator[Text]:
    """Ordinary mail, each message once: subject and new text; ``classes`` is what it was read to hold."""
    seen: set[int] = set()
    read = {digest: frozenset(classes.split(",")) for digest, classes in map(str.split, _read(ROOT / HOLDING))}
    for name in ("ham", "enron"):
        for number, raw in enumerate(read_raw([corpus / name], [])):
            message = parse_message(raw)
            body = split_body(message).new
            if (key := hash((message.subject, body[:300]))) not in seen and body.strip():
                seen.add(key)
                text = plain(f"{message.subject}\n{body[:_LENGTH]}")
                data = text.encode("utf-8", "replace")
                holds = read.get(hashlib.sha256(data).hexdigest()[:16], frozenset[str]())
                yield Text(f"{name} {number}", holds, tokens(text), data)


def _read(file: Path) -> Iterator[str]:
    """The lines of a file without remarks."""
    return (line for line in file.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#"))


@dataclass(frozen=True)
class Fitted:
    """What is written for a class."""

    weights: _Numbers
    base: float
    cues: dict[str, float]
    needed: float
    least: float


class Places:
    """Places of some texts as features: all windows, or, with ``cues``, those that are looked at more closely.

    Args:
        cues: one class with how much is needed.
    """

    def __init__(self, texts: tuple[Text, ...], search: Search, cues: Cues | None = None) -> None:
        self.texts = texts
        rows = [
            (number, words)
            for number, text in enumerate(texts)
            for words in (windows(text.words) if cues is None else _looked_at(text, cues))
        ]
        self.of = np.array([number for number, _ in rows], dtype=np.int64)
        self.features = [features(words).union(search.clusters(search.find(words))) for _, words in rows]
        self.scales = np.array([scale(words) for _, words in rows])

    def only(self, kept: _Truths) -> Places:
        """Those of the texts that are kept."""
        found, rows = copy(self), kept[self.of]
        found.texts = tuple(compress(self.texts, kept))
        found.of = (np.cumsum(kept) - 1)[self.of[rows]]
        found.features, found.scales = list(compress(self.features, rows)), self.scales[rows]
        return found

    def best(self, scores: _Numbers) -> _Numbers:
        """The score of each text: that of its best place; -inf where nothing is looked at."""
        found = np.full(len(self.texts), -np.inf)
        np.maximum.at(found, self.of, scores)
        return found


def _looked_at(text: Text, cues: Cues) -> Iterator[Sequence[str]]:
    for _, data in pieces("", text.data.decode("utf-8", "replace")):
        for first, last in cues.spans(data):
            yield tokens(data[first:last].decode("utf-8", "ignore"))


def matrix(vocabulary: CountVectorizer, some: Places) -> sparse.csr_matrix:
    """Scaled features, a row a place."""
    clusters = [_CLUSTER if name.startswith("<") else 1.0 for name in vocabulary.get_feature_names_out()]
    return (sparse.diags(some.scales) @ vocabulary.transform(some.features) @ sparse.diags(clusters)).tocsr()


def fitted(x: sparse.csr_matrix, y: _Truths, plain_x: sparse.csr_matrix) -> LogisticRegression:
    """One class: the invented windows against each other and ordinary ones."""
    rows = sparse.vstack([x, plain_x])
    weights = np.concatenate([np.ones(x.shape[0]), np.full(plain_x.shape[0], _ORDINARY)])
    target = np.concatenate([y, np.zeros(plain_x.shape[0], int)])
    return LogisticRegression(C=1 / _PENALTY, max_iter=500).fit(rows, target, sample_weight=weights)


def cues(name: str, texts: Sequence[Text], plain_texts: tuple[Text, ...], lexicon: Lexicon) -> dict[str, float]:
    """Words and beginnings that are rare in ordinary mail, with how much more often this class has them."""
    here = tuple(text for text in texts if name in text.classes)
    nothing = tuple(text for text in texts if not text.classes)
    counts, others, idle = _occurrences(here), _occurrences(plain_texts), _occurrences(nothing)
    prior: dict[str, float] = {}
    for words in _of_clusters(lexicon):
        pooled = _ratio(sum(counts[w] for w in words), len(here), sum(others[w] for w in words), len(plain_texts))
        for word in words:
            prior[word] = max(prior.get(word, -math.inf), min(pooled, 4.0))
    found: dict[str, float] = {}
    for word in {*prior, *(word for word, count in counts.items() if count >= _SEEN)}:
        if others[word] > _COMMON * len(plain_texts):
            continue
        if (counts[word] + 0.5) / len(here) < _AGAINST * (idle[word] + 0.5) / len(nothing):
            continue  # ordinary mail is English: what is rare there may be a small word of another language
        expected = math.exp(prior.get(word, 0.0)) * (others[word] + _SMOOTH) / len(plain_texts) * len(here)
        ratio = math.log((counts[word] + _SMOOTH * min(1.0, expected) + 0.1) / (len(here) + _SMOOTH))
        ratio -= math.log((others[word] + 0.5) / len(plain_texts))
        if word in prior:
            ratio = (ratio * counts[word] + prior[word] * 2) / (counts[word] + 2)
        if ratio >= _TELLING:
            found[word] = min(6.0, ratio)
    return found


def _of_clusters(lexicon: Lexicon) -> Iterator[set[str]]:
    """The entries of each cluster that can be cues: of words with letters beyond ASCII the long parts between these."""
    found: dict[str, set[str]] = {}
    for cluster, entry in lexicon.entries:
        parts = letters_only(entry.encode()).decode().split() if " " not in entry else ()
        found.setdefault(cluster, set()).update(
            part for part in parts if len(part) >= (FEWEST if part == entry else STEM)
        )
    for cluster, stem in lexicon.stems:
        if stem.isascii():
            found.setdefault(cluster, set()).add(f"{stem[:STEM]}*")
    yield from found.values()


@lru_cache(maxsize=8)
def _occurrences(texts: tuple[Text, ...]) -> Counter[str]:
    found: Counter[str] = Counter()
    for text in texts:
        found.update({cue for _, cue in cues_in(letters_only(text.data)) if len(cue) >= FEWEST})
    return found


def _ratio(count: float, size: int, other: float, others: int) -> float:
    return math.log((count + 1.0) / (size + 2.0)) - math.log((other + 1.0) / (others + 2.0))


def main() -> int:
    """Fit, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--texts", type=Path, default=ROOT / "examples/texts")
    parser.add_argument("--lexicon", type=Path, default=PACKAGE / "lexicon.txt")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    lexicon = Lexicon.read(options.lexicon.read_text(encoding="utf-8"))
    search = Search(lexicon)
    some = Places(tuple(invented(options.texts)), search)
    others = Places(tuple(ordinary(options.corpus)), search)
    vocabulary = CountVectorizer(analyzer=lambda each: each, binary=True, min_df=_SEEN, dtype=np.float32)
    vocabulary.fit(some.features)
    size = len(vocabulary.vocabulary_)
    print(f"{len(some.texts)} invented messages, {len(others.texts)} ordinary ones, {size} features")
    material = Material(some, others, lexicon, search, vocabulary)
    models = [one(name, material) for name in CLASSES]
    if options.out:
        write(options.out, models, vocabulary)
    return 0


@dataclass(frozen=True, eq=False)
class Material:
    """What everything is fitted on."""

    some: Places
    others: Places
    lexicon: Lexicon
    search: Search
    vocabulary: CountVectorizer

    @cached_property
    def x(self) -> sparse.csr_matrix:
        """The windows of the invented messages."""
        return matrix(self.vocabulary, self.some)

    @cached_property
    def plain_x(self) -> sparse.csr_matrix:
        """The windows of ordinary mail."""
        return matrix(self.vocabulary, self.others)

    @cached_property
    def amidst(self) -> tuple[Text, ...]:
        """The invented messages, each in the middle of an ordinary one."""
        around = [text.data for text in self.others.texts if len(text.data) > _AROUND][: len(self.some.texts)]
        found = []
        for number, text in enumerate(self.some.texts):
            data = around[number % len(around)]
            middle = data.find(b" ", len(data) // 2)
            found.append(replace(text, data=b"\n".join((data[:middle], text.data, data[middle:]))))
        return tuple(found)

    def without(self, name: str) -> Material:
        """The same without ordinary mail that holds this class."""
        kept = np.array([name not in text.classes for text in self.others.texts])
        found = replace(self, others=self.others.only(kept))
        vars(found).update(x=self.x, plain_x=self.plain_x[kept[self.others.of]], amidst=self.amidst)
        return found

    def scores(
        self, texts: Sequence[Text], clues: dict[str, float], needed: float, model: LogisticRegression
    ) -> _Numbers:
        """What a model says of the places the guard would look at; -inf for a text without one."""
        places = Places(tuple(texts), self.search, Cues({cue: (weight,) for cue, weight in clues.items()}, (needed,)))
        if not len(places.of):
            return np.full(len(texts), -np.inf)
        return places.best(model.decision_function(matrix(self.vocabulary, places)))


def one(name: str, material: Material) -> Fitted:
    """Fit a class, and print what would have been found of what it was not fitted on."""
    material = material.without(name)
    some, others = material.some.texts, material.others.texts
    holds = np.array([name in text.classes for text in some])
    y, x, plain_x = holds[material.some.of], material.x, material.plain_x
    half = np.arange(len(others)) % 2
    of_half = half[material.others.of]
    clues = cues(name, some, others, material.lexicon)
    needed = float(np.quantile(totals(clues, others), 1 - _LOOKED))
    assert needed > 0, "every text would be looked at"
    left_out, amidst = folds(name, material, needed)
    plain_scores = np.full(len(others), -np.inf)
    for number in (0, 1):
        model = fitted(x, y, plain_x[of_half == number])
        rest = [text for text, each in zip(others, half, strict=True) if each != number]
        plain_scores[half != number] = material.scores(rest, clues, needed, model)
    slope, shift = calibrated(left_out, plain_scores, holds)
    at = max((math.log(_LEAST / (1 - _LEAST)) - shift) / slope, np.sort(plain_scores)[-int(_SAID * len(others))])
    least = float(slope * at + shift)
    tell(name, holds, left_out, amidst, plain_scores, at)
    model = fitted(x, y, plain_x)
    return Fitted(slope * model.coef_[0], float(slope * model.intercept_[0] + shift), clues, needed, least)


def tell(name: str, holds: _Truths, left_out: _Numbers, amidst: _Numbers, plain: _Numbers, at: float) -> None:
    """Print shares of what is looked at closely, found and accused."""
    looked = np.isfinite(left_out)
    print(f"{name}: {int(holds.sum())} hold it, {looked[holds].mean():.1%} of them looked at closely")
    for told, scores in (("alone", left_out), ("in ordinary mail", amidst)):
        said = scores >= at
        print(f"    {told}: found {said[holds].mean():.1%}, accused {said[~holds].mean():.1%} of the others")
    print(f"    ordinary mail: {1e3 * np.mean(plain >= at):.2f} per 1,000", flush=True)


def folds(name: str, material: Material, needed: float) -> tuple[_Numbers, _Numbers]:
    """Scores of the invented messages, alone and amidst others, by models that were fitted without them."""
    some, others = material.some.texts, material.others.texts
    fold, half = np.arange(len(some)) % _FOLDS, (np.arange(len(others)) % 2)[material.others.of]
    y, of_fold = np.array([name in text.classes for text in some])[material.some.of], fold[material.some.of]
    found = np.full((2, len(some)), -np.inf)
    for number in range(_FOLDS):
        known = of_fold != number
        model = fitted(material.x[known], y[known], material.plain_x[half == number % 2])
        clues = cues(
            name, [text for text, each in zip(some, fold, strict=True) if each != number], others, material.lexicon
        )
        for row, texts in enumerate((some, material.amidst)):
            rest = [text for text, each in zip(texts, fold, strict=True) if each == number]
            found[row, fold == number] = material.scores(rest, clues, needed, model)
    return found[0], found[1]


def totals(clues: dict[str, float], texts: Sequence[Text]) -> _Numbers:
    """What the cues of each text add up to."""
    looking = Cues({cue: (weight,) for cue, weight in clues.items()}, (0.0,))
    return np.array([looking.totals(text.data)[0] for text in texts])


def calibrated(scores: _Numbers, plain_scores: _Numbers, holds: _Truths) -> tuple[float, float]:
    """Slope and shift that make log-odds of the scores of messages not fitted on, where these are looked at at all."""
    every = np.concatenate([scores, plain_scores])
    true = np.concatenate([holds, np.zeros(len(plain_scores), bool)])
    seen = np.isfinite(every)
    model = LogisticRegression(C=1e6).fit(every[seen, None], true[seen])
    return float(model.coef_[0][0]), float(model.intercept_[0])


def write(file: Path, models: Sequence[Fitted], vocabulary: CountVectorizer) -> None:
    """The weights file."""
    names = vocabulary.get_feature_names_out()
    factors = np.array([_CLUSTER if name.startswith("<") else 1.0 for name in names])
    weights = np.array([model.weights for model in models]) * factors
    least = np.where([name.startswith("<") for name in names], _KEPT / 9, _KEPT)
    heavy = np.abs(weights).max(axis=0) >= least
    lines = [
        "# Weights of prose.py, log-odds; made by scripts/fit_prose.py. Columns: " + ", ".join(CLASSES),
        f"version\t{datetime.now(UTC):%Y-%m-%d}",
        _row("base", "", [model.base for model in models]),
        _row("needed", "", [model.needed for model in models]),
        _row("least", "", [model.least for model in models]),
    ]
    every = sorted({cue for model in models for cue in model.cues})
    lines += [_row("cue", cue, [model.cues.get(cue, 0.0) for model in models]) for cue in every]
    lines += [_row("weight", name, column) for name, column in zip(names[heavy], weights.T[heavy], strict=True)]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _row(kind: str, name: str, numbers: Sequence[float]) -> str:
    return "\t".join((kind, name, *("" if abs(number) < _NONE else f"{number:.2f}" for number in numbers)))


if __name__ == "__main__":
    raise SystemExit(main())
