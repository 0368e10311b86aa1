"""``bench radoslaw``: odd recipients in a log without text, of a second firm: who wrote to whom and when, 167 people.

Messages are the rows of one sender at one second. The first quarter is only learned; of what follows every tenth is
judged as it is and with one recipient replaced, by somebody of the firm the sender never wrote to or by another of the
sender's contacts. Thresholds are those that keep the untouched messages within the budget.
"""

from __future__ import annotations

import gzip
import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from straymail.audit.bench import Corpus, Table, is_newcomer, share
from straymail.audit.fit import log_odds
from straymail.correspondence import Correspondence, Observation
from straymail.message import Address, Envelope, parse_message
from straymail.recipients import Context, observe
from straymail.verdict import Weights, assess

_DOMAIN = "firm.example"
_LEARNED = 0.25
_JUDGED = 10
_BUDGETS = (0.1, 1.0, 5.0)
_SEED = 2010

_Judged = tuple[float, bool]
"""The most suspect recipient's log-odds, and whether one is a newcomer."""


def radoslaw(corpus: Corpus) -> Table:
    """Table 7: recall of odd recipients at fixed questions per 1,000 messages."""
    messages = list(_messages(corpus.folder / "graphs" / "radoslaw-2010.edges.gz"))
    corpus.progress(f"{len(messages)} messages")
    chance = random.Random(_SEED)  # noqa: S311  (a fixed draw)
    history, weights = Correspondence([_DOMAIN]), Weights.shipped()
    everybody = sorted({key for _, sender, to in messages for key in (sender, *to)})
    wrote: dict[str, set[str]] = defaultdict(set)
    clean: list[_Judged] = []
    odd: dict[str, list[_Judged]] = defaultdict(list)
    for number, (moment, sender, to) in enumerate(messages):
        if number >= _LEARNED * len(messages) and number % _JUDGED == 0:
            clean.append(_worst(history, weights, moment, sender, to))
            strangers = [key for key in everybody if key not in wrote[sender] and key not in (sender, *to)]
            contacts = sorted(wrote[sender] - {sender, *to})
            for kind, others in (("never written to", strangers), ("another contact", contacts)):
                if others:
                    changed = list(to)
                    changed[chance.randrange(len(to))] = chance.choice(others)
                    odd[kind].append(_worst(history, weights, moment, sender, changed))
        history.observe(_observation(number, moment, sender, to))
        wrote[sender].update(to)
    return _table(clean, odd)


def _table(clean: list[_Judged], odd: dict[str, list[_Judged]]) -> Table:
    ranked = sorted((score for score, _ in clean), reverse=True)
    rows: list[list[str]] = []
    newcomers = sum(newcomer for _, newcomer in clean)
    facts = {"every newcomer, untouched": {"asked": newcomers, "of": len(clean)}}
    for kind, judged in odd.items():
        row = [kind]
        scores = [score for score, _ in judged]
        for budget in _BUDGETS:
            bound = ranked[min(len(ranked) - 1, int(len(ranked) * budget / 1000))]
            caught = sum(score > bound for score in scores)
            facts[f"{kind} at {budget}"] = {"caught": caught, "of": len(scores)}
            row.append(share(caught, len(scores)))
        caught = sum(newcomer for _, newcomer in judged)
        facts[f"{kind}, every newcomer"] = {"caught": caught, "of": len(scores)}
        rows.append([*row, share(caught, len(scores))])
    asked = f"asking of every newcomer, {1000 * newcomers / max(1, len(clean)):.0f} per 1,000"
    heads = ("recipient", *(f"at {budget} per 1,000" for budget in _BUDGETS), asked)
    return Table("radoslaw", f"Odd recipients, {len(clean)} untouched messages", heads, rows, facts)


def _messages(file: Path) -> Iterator[tuple[float, str, list[str]]]:
    """(time, sender, recipients) in order."""
    with gzip.open(file, "rt", encoding="ascii") as stream:
        rows = [line.split()[:3] for line in stream if line[:1].isdigit()]
    rows.sort(key=lambda row: (float(row[2]), row[0]))
    for (moment, sender), group in groupby(rows, key=lambda row: (row[2], row[0])):
        to = list(dict.fromkeys(_key(row[1]) for row in group if row[1] != sender))
        if to:
            yield float(moment), _key(sender), to


def _key(number: str) -> str:
    return f"{number}@{_DOMAIN}"


def _observation(number: int, moment: float, sender: str, to: list[str]) -> Observation:
    return Observation(f"m{number}", moment, sender, "", tuple((key, "") for key in to), False, "", (), "", False)


def _worst(history: Correspondence, weights: Weights, moment: float, sender: str, to: list[str]) -> _Judged:
    addresses = tuple(Address(*key.split("@")) for key in to)
    envelope = Envelope(Address(*sender.split("@")), addresses)
    message = parse_message(f"From: {sender}\r\nTo: {', '.join(to)}\r\n\r\n".encode())
    context = Context(history, envelope, message, datetime.fromtimestamp(moment, UTC))
    found = [assess(weights, address, observe(context, address)) for address in addresses]
    return max(log_odds(weights, each) for each in found), any(map(is_newcomer, found))
