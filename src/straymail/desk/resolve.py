"""From the words of an answer to decisions about the recipients of one held message."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from straymail.desk.settle import Decision
from straymail.desk.words import Answer, read_answer
from straymail.errors import AddressError
from straymail.message import parse_address
from straymail.record.custody import Held


def decisions_of(held: Held, text: str, markings: Iterable[str] = ()) -> list[Decision]:
    """What a reply's new text decides; empty when it is not clear, or asks for what is not possible.

    A word without a number is about every recipient that is still open; ``discard`` alone is about the whole message.
    ``markings`` are the organisation's own, which may stand above the answer.
    """
    suspects = [position for position, each in enumerate(held.recipients) if each.suspect]
    undecided = [position for position in suspects if not held.recipients[position].decision]
    decisions: dict[int, Decision] = {}
    for answer in read_answer(text, len(suspects), markings) or ():
        if answer == Answer("discard", 0):
            return [Decision(position, "discard") for position in range(len(held.recipients))]
        about = undecided if answer.number == 0 else [suspects[answer.number - 1]]
        found = _named(held, about, answer) if answer.address else [_plain(held, each, answer.word) for each in about]
        for each in found:
            if each is None or each.position in decisions:
                return []
            decisions[each.position] = each
    return [*decisions.values()]


def _plain(held: Held, position: int, word: str) -> Decision | None:
    """``fix`` goes to the best suggestion; None when there is none."""
    meant = held.recipients[position].meant
    if word != "fix":
        return Decision(position, word)
    return Decision(position, word, meant[0]) if meant else None


def _named(held: Held, about: Sequence[int], answer: Answer) -> list[Decision | None]:
    """The one recipient that an address in an answer picks: it was written, or it was suggested in its place."""
    named = _key(answer.address)
    written = [each for each in about if _key(held.recipients[each].address) == named]
    if written:
        return [_plain(held, written[0], answer.word)]
    suggested = [
        Decision(position, "fix", meant)
        for position in about
        for meant in held.recipients[position].meant
        if _key(meant) == named and answer.word != "discard"
    ]
    return [*suggested] if len(suggested) == 1 else [None]


def _key(written: str) -> str:
    """What compares: a person may write an internationalised domain as it is read."""
    try:
        return parse_address(written).key
    except AddressError:
        return written.lower()
