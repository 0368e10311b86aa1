"""What a reply to a notice says: ``fix``, ``send`` or ``discard``, perhaps with numbers.

Only new text counts, and of it the first line that says something: a greeting or a "yes" alone is passed over, and so
is a protective marking, which many mail programs write above every message. A word alone is about every recipient in
question; ``fix 1, send 2`` (or ``1: fix``), on one line or several, is about each.
An address may stand in place of a number, or after it: ``fix kate@navy.example``; the desk knows whether it is the one
that was written or one that was suggested, and takes no other.

What is not clear is None: nobody guesses what a person wants done with their mail. So every word that is neither a
command nor filler makes a line unclear ("do not send", "send it to Kate"), and so does a next line that says another
command or a "no", or is a number alone ("Send", then "wait, don't"; "fix", then "2"). "Correct" is no command: it is
said of an address that is right, and of one that is to be put right. Whom it gets wrong: nobody's mail is lost by it;
who writes sentences is asked again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

FIX, SEND, DISCARD = "fix", "send", "discard"
_WORDS = {
    "fix": FIX,
    "send": SEND,
    "discard": DISCARD,
    "cancel": DISCARD,
    "delete": DISCARD,
}
_FILLER = frozenset(
    (
        *("please", "pls", "plz", "yes", "yep", "ok", "okay", "it", "them", "this", "that", "both", "all", "the"),
        *("message", "mail", "email", "e", "as", "is", "anyway", "to", "him", "her", "now", "and", "then"),
        *("thanks", "thank", "you", "oops", "sorry"),
    )
)
_THANKS = frozenset(("thanks", "thank", "cheers", "regards"))
_AGAINST = frozenset(("no", "not", "never", "dont", "t", "but", "nor", "nobody", "none", "wait"))
_GREETINGS = frozenset(["hi", "hello", "hallo", "dear", "hey", "good"])
_LEVELS = frozenset(
    """official unofficial unclassified restricted confidential confidence secret protected sensitive internal public
    personal private general cui fouo limdis tlp nfd dienstgebrauch offen intern vertraulich restreinte classifié
    protégé vertrouwelijk ongerubriceerd caveats
    """.split()  # noqa: SIM905  (a table to read)
)
_BESIDE_LEVELS = frozenset(
    """classification classified class sensitivity security marking marked none uk us nato eu top in for
    use only eyes red amber green clear white strict commercial staff management personnel legal a b c vs nur für den
    diffusion non departementaal
    """.split()  # noqa: SIM905
)
_ABOVE_SIGNED = (("begin", "pgp", "signed", "message"), ("hash", "sha"))  # RFC 9580 7: what stands above a signed text
_LONGEST = 200
_FURTHER = 4  # lines after the first that are looked at
_NAME = 3  # words: a name after "thanks"


@dataclass(frozen=True, slots=True)
class Answer:
    """One command; ``number`` is the recipient's number in the notice, 0 for all of them or the one of ``address``."""

    word: str
    number: int
    address: str = ""


def read_answer(text: str, numbers: int, markings: Iterable[str] = ()) -> tuple[Answer, ...] | None:
    """The commands in a reply's new text, or None when they are not clear.

    Args:
        text: new text of the reply, quotes and signature removed.
        numbers: how many recipients the notice asked about.
        markings: the organisation's own, as written.
    """
    lines = _telling_lines(text, [_words(each) for each in markings])
    first = next(lines, None)
    found = _commands(first, numbers) if first else None
    for line in lines if found else ():
        more = _commands(line, numbers)
        if more is None:
            return None if _takes_back(line, found or ()) else found
        found = _joined(found or (), more)
        if found is None:
            return None
    return found


def _takes_back(line: Sequence[str], said: Sequence[Answer]) -> bool:
    """Whether a line that is no command casts doubt on those before it: another command, a "no", a number alone."""
    others = {_WORDS[word] for word in line if word in _WORDS} - {each.word for each in said}
    return bool(others) or not _AGAINST.isdisjoint(line) or all(word.isdecimal() for word in line)


def _telling_lines(text: str, markings: Collection[list[str]]) -> Iterator[list[str]]:
    """The words of the first few lines, those passed over that only greet, agree or mark the message."""
    seen = 0
    for line in text.splitlines():
        words = _words(line[: _LONGEST + 1]) if len(line) <= _LONGEST else ["too", "long"]
        if not words or (not seen and (_says_nothing(words) or words in markings)):
            continue
        seen += 1
        if seen > 1 + _FURTHER:
            return
        yield words


def _says_nothing(words: Sequence[str]) -> bool:
    """Whether a line above the answer greets, agrees, or is a marking as programs write it; what signing adds too."""
    if words[0] in _GREETINGS or all(word in _FILLER for word in words):
        return True
    if any(tuple(words[: len(each)]) == each for each in _ABOVE_SIGNED):
        return True
    return not _LEVELS.isdisjoint(words) and all(word in _LEVELS or word in _BESIDE_LEVELS for word in words)


def _words(line: str) -> list[str]:
    """Runs of letters, runs of digits (``fix1`` is two words), and whole addresses."""
    pieces: list[str] = []
    for token in line.casefold().replace("<mailto:", " <mailto:").split():
        bare = token.strip("<>()[]{}\"',;:.!?*")
        if "@" not in bare:
            pieces += _runs(token)
        elif not bare.startswith("mailto:"):  # mail programs write it after the address itself
            pieces.append(bare)
    return pieces


def _runs(token: str) -> list[str]:
    pieces: list[str] = []
    before = ""
    for sign in token:
        kind = "digit" if sign.isdecimal() else "letter" if sign.isalnum() else ""
        if kind and kind == before:
            pieces[-1] += sign
        elif kind:
            pieces.append(sign)
        before = kind
    return pieces


def _joined(said: Sequence[Answer], more: Sequence[Answer]) -> tuple[Answer, ...] | None:
    """Commands of two lines together, unless they disagree."""
    if tuple(said) == tuple(more):
        return tuple(said)
    every = [*said, *more]
    keys = [(each.number, each.address if each.number == 0 else "") for each in every]
    if (0, "") in keys or len(set(keys)) != len(keys):
        return None
    return tuple(sorted(every, key=lambda each: each.number))


def _commands(words: Sequence[str], numbers: int) -> tuple[Answer, ...] | None:
    words = [word for word in _before_thanks(words) if word not in _FILLER]
    if words and words[0].isdecimal():
        words = _turned(words)
    found: list[Answer] = []
    current, objects = "", 0
    for word in words:
        if word in _WORDS:
            if current and not objects:
                return None  # two words, the first about nothing in particular
            current, objects = _WORDS[word], 0
            continue
        answer = _about(word, current, numbers)
        if answer is None:
            return None
        if answer.address and objects and found[-1].number:
            if objects > 1 or found[-1].address:
                return None  # "fix 1 2 to kate@...": both of them, or the last?
            found[-1] = Answer(current, found[-1].number, answer.address)  # "fix 1 to kate@..."
        else:
            found.append(answer)
        objects += 1
    if not current or (found and not objects):
        return None
    return _distinct(found) if found else (Answer(current, 0),)


def _about(word: str, current: str, numbers: int) -> Answer | None:
    """What a command is about: a number of the notice, or an address."""
    if not current:
        return None
    if "@" in word:
        return Answer(current, 0, word)
    number = int(word) if word.isdecimal() and len(word) < 6 else 0
    return Answer(current, number) if 1 <= number <= numbers else None


def _distinct(found: Sequence[Answer]) -> tuple[Answer, ...] | None:
    """In order of number; None when two are about the same."""
    keys = {(each.number, each.address if each.number == 0 else "") for each in found}
    return tuple(sorted(found, key=lambda each: each.number)) if len(keys) == len(found) else None


def _turned(words: Sequence[str]) -> list[str]:
    """``1 fix 2 3 send`` as ``fix 1 send 2 3``."""
    turned: list[str] = []
    waiting: list[str] = []
    for word in words:
        if word.isdecimal():
            waiting.append(word)
        else:
            turned += [word, *waiting]
            waiting = []
    return turned + waiting if not waiting else ["?"]  # numbers about nothing


def _before_thanks(words: Sequence[str]) -> Sequence[str]:
    """The words without "thanks" and a name after it."""
    for index, word in enumerate(words):
        rest = words[index + 1 :]
        if word in _THANKS and index:
            plain = not any(each in _WORDS or each in _AGAINST or each.isdecimal() for each in rest)
            return words[:index] if plain and len(rest) <= _NAME else words
    return words
