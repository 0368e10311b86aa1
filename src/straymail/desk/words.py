"""What a reply to a notice says: ``fix``, ``send`` or ``discard``, perhaps with numbers.

Only new text counts, and of it the first line that is not empty (a greeting line is passed over). A word alone is about
every recipient in question; ``fix 1, send 2`` is about each. What is not clear is None: nobody guesses what a person
wants done with their mail.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

FIX, SEND, DISCARD = "fix", "send", "discard"
_WORDS = {
    "fix": FIX,
    "correct": FIX,
    "send": SEND,
    "discard": DISCARD,
    "cancel": DISCARD,
    "delete": DISCARD,
}
_POLITE = frozenset(
    {"please", "pls", "yes", "ok", "okay", "it", "them", "thanks", "thank", "you", "and", "then", "the"}
)
_GREETINGS = frozenset({"hi", "hello", "hallo", "dear", "hey", "good"})
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """One command; ``number`` is the recipient's number in the notice, 0 for all of them."""

    word: str
    number: int


def read_answer(text: str, numbers: int) -> tuple[Answer, ...] | None:
    """The commands in a reply's new text, or None when they are not clear.

    Args:
        text: new text of the reply, quotes and signature removed.
        numbers: how many recipients the notice asked about.
    """
    for line in text.splitlines():
        words = _words(line)
        if not words or words[0] in _GREETINGS:
            continue
        return _commands(words, numbers) if len(line) <= _LONGEST else None
    return None


def _words(line: str) -> list[str]:
    folded = "".join(sign if sign.isalnum() else " " for sign in line.casefold())
    return folded.split()


def _commands(words: Iterable[str], numbers: int) -> tuple[Answer, ...] | None:
    found: dict[int, str] = {}
    current = ""
    counted = True
    for word in words:
        if word in _WORDS:
            if not counted:
                return None  # two words, the first about nothing in particular
            current, counted = _WORDS[word], False
        elif word.isdecimal() and current:
            number = int(word) if len(word) < 6 else 0
            if not 1 <= number <= numbers or number in found:
                return None
            found[number], counted = current, True
        elif word not in _POLITE:
            return None
    if not current:
        return None
    if not counted:
        return (Answer(current, 0),) if not found else None
    return tuple(Answer(word, number) for number, word in sorted(found.items()))
