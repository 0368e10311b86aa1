"""``bench sdm``: the protocol of Carvalho & Cohen, "Preventing Information Leaks in Email" (SDM 2007).

It runs on each archive that holds somebody's own sent mail.
A user's sent mail is ordered by time; the newest tenth is tested, everything before is known. Each tested message gets
one more recipient, the leak: an address of the user's book (recipients of sent mail, senders of received mail) with the
same first three letters as a true recipient, else two, else one, else any; with probability alpha an address the user
has never seen. Every method ranks the recipients; counted is how often the leak comes first (Prec@1), averaged over
users, ten trials. Where the paper is silent: alpha applies to the test, unseen addresses are drawn evenly from those of
the other users' mail, a token is a run of three letters or more, and ties are broken by chance.

The classifier of the paper is rebuilt in ``sdm_classifier``; its published figures stand in the last row. Our model
stands there twice: with the weights as shipped, fitted for another question (a stray is rare, and mostly somebody new),
and with weights fitted as the paper fits its own, on the training mail (of all users) with leaks put in by the same
rule (``sdm_ranker``).
"""

from __future__ import annotations

import math
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from straymail.audit.archives import Archive
from straymail.audit.bench import Corpus, Table
from straymail.audit.fit import log_odds
from straymail.audit.mailbox import believable
from straymail.audit.sdm_classifier import Classifier, Known
from straymail.audit.sdm_ranker import Ranker
from straymail.correspondence import Correspondence, observation
from straymail.errors import AddressError, ArchiveError, BadInput
from straymail.evidence import Assessment
from straymail.message import Envelope, Message, body_text, parse_address, parse_message
from straymail.recipients import Context, observe
from straymail.verdict import Weights, assess

_TRIALS = 10
_TESTED = 0.1
_NEIGHBOURS = 30
_ALPHAS = (0.0, 0.1, 0.2)
_LEAST_SENT = 60
_SHARE = 0.05  # of the mail in folders of sent mail that an address of the user's own has written
_ENRON = (datetime(1997, 1, 1, tzinfo=UTC).timestamp(), datetime(2003, 1, 1, tzinfo=UTC).timestamp())
_NEVER = datetime(1, 1, 1, tzinfo=UTC)  # stands in where the types allow a message without a date
_WORD = re.compile(r"[a-z]{3,}")  # over the user's own archive; linear
_KNN, _TOGETHER = "Knn-30 (sent and received)", "straymail, frequency and Knn-30 together"
_PAPER = "all features of the paper, voted perceptron (our run)"
_SHIPPED, _REFITTED = "straymail, as shipped", "straymail, its weights refitted to the protocol"
_FOLDS = 10
_UNLEARNED = 0.3  # of the training mail that only makes history, before leaks are put in
_PUBLISHED = "published, 20 users: Random .406, Cosine .558, Knn-30 .561, all features .814 / .774 / .760"


@dataclass
class _User:
    """One user's mail in the order of time."""

    name: str
    aliases: frozenset[str]
    train: list[Message]
    test: list[Message]
    received: list[Message]

    def book(self) -> list[str]:
        """Everybody written to, and everybody who wrote."""
        written = {key for message in self.train for key in _to(message)}
        return sorted((written | {_from(message) for message in self.received}) - self.aliases)


Method = Callable[[Message, str, Sequence[str]], float]
"""(message, recipient, all recipients, the leak among them) to how suspect the recipient is."""


def sdm(corpus: Corpus) -> Table:
    """Table 4: Prec@1 of each method for each alpha."""
    corpus.progress("reading")
    users = [user for file in sorted(_archives(corpus.folder)) if (user := _user(file, corpus))]
    if not users:
        raise BadInput(
            f"in no file anybody of {', '.join(corpus.own)} sent {_LEAST_SENT} messages to others",
            file=str(corpus.folder),
            allowed="one archive a person, which holds the mail that person sent",
        )
    everybody = sorted({key for user in users for message in user.train for key in _to(message)})
    results: dict[str, list[float]] = defaultdict(list)
    facts: dict[str, object] = {}
    ours = []
    for user in users:
        corpus.progress(f"learning from {user.name}")
        ours.append(_Ours(user, corpus.own, user.book(), _strangers(user, everybody)))
    rankers = {alpha: Ranker(Weights.shipped(), [x for each in ours for x in each.learned[alpha]]) for alpha in _ALPHAS}
    for user, model in zip(users, ours, strict=True):
        corpus.progress(f"{user.name}: {len(user.received)} received, {len(user.train)} sent, {len(user.test)} tested")
        found = _of_user(user, model, rankers, _strangers(user, everybody))
        facts[user.name] = found | {"received": len(user.received), "train": len(user.train), "test": len(user.test)}
        for method, values in found.items():
            results[method].extend(values)
    rows = []
    for method, values in results.items():
        means = [sum(values[at :: len(_ALPHAS)]) / len(users) for at in range(len(_ALPHAS))]
        facts[f"mean {method}"] = means
        rows.append((method, *(f"{mean:.3f}" for mean in means)))
    rows.append((_PUBLISHED, "", "", ""))
    heads = ("method", *(f"alpha {alpha}" for alpha in _ALPHAS))
    return Table("sdm", f"SDM 2007, {len(users)} users, {_TRIALS} trials: Prec@1", heads, rows, facts)


def _archives(folder: Path) -> list[Path]:
    inside = folder / "enron"
    return [path for path in (inside if inside.is_dir() else folder).iterdir() if path.is_file()]


def _raws(file: Path, faults: list[ArchiveError]) -> Iterator[bytes]:
    archive = Archive.of([file])
    for item in archive:
        yield item.raw
    faults += archive.faults


def _user(file: Path, corpus: Corpus) -> _User | None:
    """The user who sent most of an archive; None when that is too little."""
    messages = _messages(file, corpus.faults)
    aliases = _aliases(messages, corpus.own)
    sent = [message for message in messages if _from(message) in aliases and set(_to(message)) - aliases]
    if len(sent) < _LEAST_SENT:
        return None
    cut = int(len(sent) * (1 - _TESTED))
    last = _when(sent[cut - 1])
    received = [
        each for each in messages if aliases & set(_to(each)) and _from(each) not in aliases and _when(each) <= last
    ]
    return _User(file.name.partition(".")[0], aliases, sent[:cut], sent[cut:], received)


def _messages(file: Path, faults: list[ArchiveError]) -> list[Message]:
    """The messages of an archive in time order, each once, without dates that cannot be right.

    Of Enron's mail it is known when it was written; what is dated later there bears the date of a copy.
    """
    seen: dict[str, Message] = {}
    for raw in _raws(file, faults):
        message = parse_message(raw)
        if message.date and message.from_:
            seen.setdefault(message.identity, message)
    ordered = sorted(seen.values(), key=_when)
    known = file.parent.name == "enron"
    first, last = _ENRON if known else believable([_when(each).timestamp() for each in ordered])
    return [each for each in ordered if first < _when(each).timestamp() < last]


def _when(message: Message) -> datetime:
    return message.date or _NEVER


def _aliases(messages: Sequence[Message], own: Sequence[str]) -> frozenset[str]:
    """The user's own addresses: who wrote what lies in folders of sent mail, else who wrote most."""
    inside = [message for message in messages if _from(message).rpartition("@")[2] in own]
    kept = [message for message in inside if "sent" in message.header("X-Folder").lower()]
    senders = Counter(map(_from, kept or inside))
    least = _SHARE * senders.total()
    return (
        frozenset(key for key, count in senders.items() if count >= least)
        if kept
        else frozenset(key for key, _ in senders.most_common(1))
    )


def _from(message: Message) -> str:
    return message.from_[0].address.person if message.from_ else ""


def _to(message: Message) -> list[str]:
    return list(dict.fromkeys(box.address.person for box in (*message.to, *message.cc)))


def _strangers(user: _User, everybody: Sequence[str]) -> list[str]:
    """Whom the other users write to and this one never saw."""
    known = {*user.book(), *user.aliases}
    return [key for key in everybody if key not in known]


def _of_user(
    user: _User, ours: _Ours, rankers: Mapping[float, Ranker], strangers: Sequence[str]
) -> dict[str, list[float]]:
    """Prec@1 for each alpha, by method."""
    text = _Text.of(user)
    near = _Neighbours(text)
    book = user.book()
    plain: dict[str, Method | None] = {"Random": None, **_text_methods(user, text, near), **_frequency(user)}
    found: dict[str, list[float]] = {method: [] for method in (*plain, _SHIPPED, _REFITTED, _TOGETHER, _PAPER)}
    classifier, scores = _classifier(user, book, text, near)
    for alpha in _ALPHAS:
        methods = {**plain, _SHIPPED: ours.shipped, _REFITTED: ours.refitted(rankers[alpha])}
        methods[_TOGETHER] = _together(user, methods)
        hits: Counter[str] = Counter()
        cases = 0
        for trial in range(_TRIALS):
            chance = random.Random(f"{user.name} {alpha} {trial}")  # noqa: S311  (a fixed draw)
            classifier.train(partial(_leak, book=book, strangers=strangers, alpha=alpha), chance)
            for message in user.test:
                true = [key for key in _to(message) if key not in user.aliases]
                leak = _leak(true, chance, book=book, strangers=strangers, alpha=alpha)
                if not leak:
                    continue
                cases += 1
                for method, ranker in methods.items():
                    hits[method] += _first(message, [*true, leak], ranker, chance) == leak
                hits[_PAPER] += classifier.first([*true, leak], scores[message.identity], chance) == leak
        for method, shares in found.items():
            shares.append(hits[method] / cases if cases else 0.0)
    return found


def _leak(
    true: Sequence[str], chance: random.Random, *, book: Sequence[str], strangers: Sequence[str], alpha: float
) -> str:
    if strangers and chance.random() < alpha:
        return chance.choice(strangers)
    others = [key for key in book if key not in true]
    if not others or not true:
        return ""
    beside = chance.choice(true)
    for letters in (3, 2, 1):
        alike = [key for key in others if key[:letters] == beside[:letters]]
        if alike:
            return chance.choice(alike)
    return chance.choice(others)


def _first(message: Message, recipients: list[str], ranker: Method | None, chance: random.Random) -> str:
    chance.shuffle(recipients)
    return recipients[0] if ranker is None else max(recipients, key=lambda key: ranker(message, key, recipients))


def _frequency(user: _User) -> dict[str, Method]:
    sent = Counter(key for message in user.train for key in _to(message))
    received = Counter(map(_from, user.received))
    return {
        "Frequency (sent)": lambda message, key, everybody: -sent[key],
        "Frequency (sent, then received)": lambda message, key, everybody: (
            -(sent[key] + received[key] / (1 + len(user.received)))
        ),
    }


def _together(user: _User, methods: Mapping[str, Method | None]) -> Method:
    """Our suspicion, how seldom the recipient was written to, how unlike the text is: a plain sum, nothing fitted."""
    ours, text = methods[_SHIPPED], methods[_KNN]
    sent = Counter(key for message in user.train for key in _to(message))
    assert ours is not None
    assert text is not None
    return lambda message, key, everybody: (
        ours(message, key, everybody) - math.log1p(sent[key]) - math.log1p(-text(message, key, everybody))
    )


Vector = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class _Text:
    """A user's mail as unit TF-IDF vectors: what is known (sent, then received), with recipients; what is tested."""

    known: Sequence[list[str]]
    counts: Sequence[Counter[str]]
    rare: Vector
    vectors: Sequence[Vector]
    tested: Mapping[str, Vector]

    @classmethod
    def of(cls, user: _User) -> _Text:
        known = [*(_others(user, message) for message in user.train), *([_from(each)] for each in user.received)]
        counts = [_words(message) for message in (*user.train, *user.received)]
        frequency = Counter(word for words in counts for word in words)
        rare = {word: math.log(len(known) / count) for word, count in frequency.items()}
        vectors = [_weighted(words, rare) for words in counts]
        return cls(known, counts, rare, vectors, {each.identity: _weighted(_words(each), rare) for each in user.test})


def _words(message: Message) -> Counter[str]:
    return Counter(_WORD.findall(body_text(message).lower()))


def _weighted(words: Mapping[str, int], rare: Vector) -> Vector:
    return _unit({word: count * rare[word] for word, count in words.items() if word in rare})


def _text_methods(user: _User, text: _Text, near: _Neighbours) -> dict[str, Method]:
    scores = {identity: near.votes(vector)[0] for identity, vector in text.tested.items()}
    return {
        "Cosine (sent)": _cosine(text, len(user.train)),
        _KNN: lambda message, key, everybody: -scores[message.identity][key],
    }


def _cosine(text: _Text, sent: int) -> Method:
    whole: dict[str, Counter[str]] = defaultdict(Counter)
    for to, words in zip(text.known[:sent], text.counts, strict=False):
        for key in to:
            whole[key].update(words)
    centres = {key: _weighted(words, text.rare) for key, words in whole.items()}
    return lambda message, key, everybody: -_dot(text.tested[message.identity], centres.get(key, {}))


def _classifier(
    user: _User, book: Sequence[str], text: _Text, near: _Neighbours
) -> tuple[Classifier, dict[str, dict[str, float]]]:
    """The paper's classifier for a user, not trained yet, and the Knn scores of the tested messages."""
    sent_mail = enumerate(text.known[: len(user.train)])
    trained = [(to, near.scores(text.vectors[at], at % _FOLDS)) for at, to in sent_mail if to]
    beside: Counter[tuple[str, str]] = Counter()
    for to, _ in trained:
        beside.update((one, other) for one in to for other in to if one != other)
    sent = Counter(key for to, _ in trained for key in to)
    tested = {identity: near.scores(vector) for identity, vector in text.tested.items()}
    return Classifier(Known(trained, sent, Counter(map(_from, user.received)), beside, book)), tested


def _others(user: _User, message: Message) -> list[str]:
    return [key for key in _to(message) if key not in user.aliases]


class _Neighbours:
    """The 30 most similar known messages, which vote for their recipients; one fold may be left out."""

    def __init__(self, text: _Text) -> None:
        self._known = text.known
        self._postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, vector in enumerate(text.vectors):
            for word, weight in vector.items():
                self._postings[word].append((number, weight))

    def votes(self, vector: Vector, fold: int | None = None) -> tuple[dict[str, float], float]:
        """Sums of similarity by recipient, and over the neighbours."""
        near: dict[int, float] = defaultdict(float)
        for word, weight in vector.items():
            for number, other in self._postings.get(word, ()):
                near[number] += weight * other
        kept = [(number, like) for number, like in near.items() if fold is None or number % _FOLDS != fold]
        kept.sort(key=lambda item: -item[1])
        found: dict[str, float] = defaultdict(float)
        for number, like in kept[:_NEIGHBOURS]:
            for key in self._known[number]:
                found[key] += like
        return found, sum(like for _, like in kept[:_NEIGHBOURS])

    def scores(self, vector: Vector, fold: int | None = None) -> dict[str, float]:
        """The votes as shares, 0..1."""
        found, total = self.votes(vector, fold)
        return {key: like / (total or 1.0) for key, like in found.items()}


class _Ours:
    """Our model with what one user could have learned; ``learned`` are his messages with leaks put in, by alpha."""

    def __init__(self, user: _User, own: Sequence[str], book: Sequence[str], strangers: Sequence[str]) -> None:
        self._weights, self._own = Weights.shipped(), frozenset(own)
        self._history = Correspondence(own)
        self._judged: tuple[tuple[str, str], dict[str, Assessment]] = (("", ""), {})
        self.learned: dict[float, list[Sequence[Assessment]]] = {alpha: [] for alpha in _ALPHAS}
        chance = random.Random(user.name)  # noqa: S311  (a fixed draw)
        sent = {message.identity for message in user.train[int(len(user.train) * _UNLEARNED) :]}
        for message in sorted((*user.train, *user.received), key=_when):
            true = _others(user, message) if message.identity in sent else []
            for alpha, learned in self.learned.items():
                if true and (added := _leak(true, chance, book=book, strangers=strangers, alpha=alpha)):
                    learned.append(list(self._assess(message, [*true, added]).values()))
            self._history.observe(observation(message, self._own))

    def shipped(self, message: Message, key: str, everybody: Sequence[str]) -> float:
        """The log-odds of the shipped weights."""
        found = self._of(message, everybody).get(key)
        return log_odds(self._weights, found) if found else 0.0

    def refitted(self, ranker: Ranker) -> Method:
        """How suspect by weights fitted to the protocol."""

        def suspicion(message: Message, key: str, everybody: Sequence[str]) -> float:
            found = self._of(message, everybody).get(key)
            return ranker.suspicion(found) if found else 0.0

        return suspicion

    def _of(self, message: Message, everybody: Sequence[str]) -> dict[str, Assessment]:
        asked = (message.identity, " ".join(sorted(everybody)))
        if self._judged[0] != asked:
            self._judged = (asked, self._assess(message, everybody))
        return self._judged[1]

    def _assess(self, message: Message, everybody: Sequence[str]) -> dict[str, Assessment]:
        try:
            recipients, sender = {key: parse_address(key) for key in everybody}, message.from_[0].address
        except AddressError:
            return {}
        context = Context(self._history, Envelope(sender, tuple(recipients.values())), message, _when(message))
        return {key: assess(self._weights, address, observe(context, address)) for key, address in recipients.items()}


def _unit(vector: dict[str, float]) -> Vector:
    length = math.sqrt(sum(value * value for value in vector.values()))
    return {word: value / length for word, value in vector.items()} if length else {}


def _dot(one: Vector, other: Vector) -> float:
    small, large = (one, other) if len(one) < len(other) else (other, one)
    return sum(value * large[word] for word, value in small.items() if word in large)
