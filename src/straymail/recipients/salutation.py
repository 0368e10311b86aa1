"""Whom a message greets by name ("Bob,", "Hi Bob", "Dear Ms Lewis", "Rick and Greg -"), and who is called so.

Read is the first line. A greeting is a salutation with names behind it, or capitalised names alone, up to a mark that
ends it; "Thanks Bob," counts too. Groups ("Hi all", "Dear colleagues") are nobody. Names are compared in the form of
``correspondence.names``; letters with marks also as they stand in addresses (Jürgen: jurgen, juergen).

Whom it gets wrong: a first word that is no name and is taken for one ("Unfortunately, ..."), which nobody is called;
a first name of which the other person's address shows only the surname (``unclear``, and so are misspellings).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from enum import Enum

from rapidfuzz.distance import OSA

from straymail.correspondence.names import NICKNAMES, ROLES

Person = tuple[str, ...]
"""The names by which one person is greeted, in the form names are compared by: ("robert",) or ("robert", "quill")."""

_SALUTATIONS = (
    "hi", "hello", "hey", "dear", "good morning", "good afternoon", "good evening", "morning", "afternoon",
    "greetings", "bonjour", "bonsoir", "salut", "cher", "chère", "hallo", "guten tag", "guten morgen", "guten abend",
    "servus", "grüezi", "moin", "liebe", "lieber", "sehr geehrte", "sehr geehrter", "hola", "buenos días",
    "buenos dias", "buen día", "buenas tardes", "estimado", "estimada", "querido", "querida", "ciao", "caro", "cara",
    "gentile", "egregio", "buongiorno", "beste", "geachte", "hoi", "dag", "goedemorgen", "goedemiddag", "hej", "hei",
    "kära", "kære", "kjære", "kedves", "szia", "olá", "oi", "bom dia", "boa tarde", "prezado", "prezada", "witam",
    "cześć", "drogi", "droga", "szanowny", "szanowna", "witaj", "dzień dobry", "dobrý den", "ahoj", "vážený",
    "vážená", "milý", "milá", "привет", "здравствуйте", "уважаемый", "уважаемая", "дорогой", "дорогая", "thanks",
    "thanks a lot", "many thanks", "thank you", "thx", "merci", "danke", "gracias", "grazie", "obrigado",
)  # fmt: skip
_SALUTED = re.compile(rf"(?:{'|'.join(sorted(_SALUTATIONS, key=len, reverse=True))})[ ,]{{1,3}}", re.IGNORECASE)
_AGAIN = re.compile(
    r",?[ ](?:(?:und|and|et|y|e|en|i)[ ])?(?:hi|hello|dear|bonjour|cher|chère|hallo|liebe|lieber|sehr geehrter?"
    r"|hola|estimad[oa]|querid[oa]|ciao|car[oa]|gentile|beste|geachte|hej|drog[ia]|szanown[ya]|vážen[ýá]|mil[ýá])[ ]",
    re.IGNORECASE,
)
_TITLE = re.compile(
    r"(?:(?:mr|messrs|mrs|ms|miss|mx|dr|prof|professor|herrn?|frau|monsieur|madame|señora?|sr|sra|signora?|sig|dott|heer|"
    r"mevrouw|senhora?|panie|pane|pan|pani|paní|mme|mlle|m)\.?[ ]{1,2}){1,2}",
    re.IGNORECASE,
)
_NAME = re.compile(r"[^\W\d_]{1,20}(?:['\u2019][^\W\d_]{1,20})?")
_JOINED = re.compile(r"[ ]?[/&+][ ]?|,?[ ](?:and|or|und|et|y|e|en|och|og|и)[ ]")
_LISTED = re.compile(r"(?:,[ ]{1,2}[^\W\d_]{2,20}){1,4}(?=,?[ ](?:and|und|et|y|e|en)[ ]|[ ]?[/&+])")
_LAST = re.compile(r",[ ]{1,2}([^\W\d_]{2,20})(?=[,:!]?[ ]{0,3}\n)")
_ENDS = re.compile(r"[ ]{0,2}(?:[,;:!\n\u2013\u2014-]|\.{2,3})")
_STOPS = re.compile(r"[ ]?\.")
_MOST_NAMES, _MOST_PEOPLE = 3, 6
_NOT_NAMES = frozenset(
    """
    all everyone team folks guys thanks thank yes no ok okay please attached fyi hi hello hey dear sir sirs madam
    gentlemen ladies sure well good great congratulations sorry also here subject from to date sent see per note
    today tomorrow yesterday however group colleagues friends reminder importance attention monday tuesday
    wednesday thursday friday saturday sunday importantly message question questions agreed agree done nope yep yeah
    cc re fw fwd regards cheers love later maybe perhaps morning afternoon evening both there again friend colleague
    customer customers member members committee board mum mom dad darling my our the this that it we you everybody mate
    just as and or welcome man zusammen alle kollegen kolleginnen tous toutes todos todas tutti tutte allemaal alla
    collègue collègues cliente clientes señor señora señores madame monsieur messieurs herren damen allerseits folk
    greetings when where what who why how wow unfortunately fortunately approved testing test alert background attendees
    for in on so but if after before with very much lot million advance advanced kind best a i
    """.split()  # noqa: SIM905  (a table to read, not a literal to type)
)
_NEAR = 4  # letters from which on two names that begin alike, or are one slip apart, may be one
_VOWELS = str.maketrans("", "", "aeiouy")
_SHOWN = 2  # words of a name: first name and surname
_LATIN = {"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "æ": "ae", "ß": "ss", "ł": "l", "đ": "d"}


_Named = tuple[list[str], bool]
"""The words of one name, and whether a title stands before them."""


class Called(Enum):
    """Whether somebody is called by a name; the values are the strength of the part ``greeted``."""

    YES = 1.0
    UNCLEAR = 0.5
    NO = 0.0


def greeted(opening: str) -> tuple[Person, ...]:
    """The people greeted in the first line of ``opening``; () when it greets nobody by name."""
    line = opening.partition("\n")[0] + "\n"
    saluted = _SALUTED.match(line)
    read = _read(line, saluted.end() if saluted else 0)
    if read is None:
        return ()
    people, end = read
    if not (_ENDS.match(line, end) or (saluted and _STOPS.match(line, end))):
        return ()
    if not all(_may_be_name(words, titled=titled, saluted=bool(saluted)) for words, titled in people):
        return ()
    return tuple(tuple(_form(word) for word in (words[-1:] if titled else words)) for words, titled in people)


def greeting_in(opening: str) -> str:
    """The words of the first line that greet, salutation and names; "" when it greets nobody by name.

    For showing what is left without them: more is taken for a greeting than ``greeted`` reads.
    """
    line = opening.partition("\n")[0] + "\n"
    saluted = _SALUTED.match(line)
    read = _read(line, saluted.end() if saluted else 0)
    if read is None:
        return ""
    people, end = read
    capital = all(words[0][0].isupper() for words, _ in people)
    return line[:end] if saluted or (capital and _ENDS.match(line, end)) else ""


def _read(line: str, start: int) -> tuple[list[_Named], int] | None:
    """The words of each person named from ``start`` on, whether a title stood before them, and where they end."""
    people: list[_Named] = []
    while len(people) < _MOST_PEOPLE:
        title = _TITLE.match(line, start)
        words, end = _words(line, title.end() if title else start)
        if not words:
            break
        people.append((words, bool(title)))
        if listed := _LISTED.match(line, end):
            people.extend(([name], False) for name in listed[0].replace(",", " ").split())
            end = listed.end()
        again = _AGAIN.match(line, end)
        joined = again if again and line[again.end() :][:1].isupper() else _JOINED.match(line, end)
        if not joined:
            return _with_last(line, people, end)
        start = joined.end()
    return None


def _with_last(line: str, people: list[_Named], end: int) -> tuple[list[_Named], int]:
    """With the name that alone stands behind a comma before the line ends: "Anna, Tom"."""
    last = _LAST.match(line, end)
    if last is None or not last[1].istitle() or last[1].lower() in _NOT_NAMES:
        return people, end
    return [*people, ([last[1]], False)], last.end()


def _words(line: str, start: int) -> tuple[list[str], int]:
    """One name, and the capitalised ones right behind it."""
    words: list[str] = []
    while len(words) < _MOST_NAMES and (match := _NAME.match(line, start + bool(words))):
        if words and (line[start] != " " or not match[0][0].isupper()):
            break
        words.append(match[0])
        start = match.end()
    return words, start


def _may_be_name(words: Sequence[str], *, titled: bool, saluted: bool) -> bool:
    low = {word.lower() for word in words}
    if low & _NOT_NAMES or not any(len(word) > 1 for word in words):
        return False
    if titled:
        return True
    if saluted:  # a name in small letters stands alone
        return words[0][0].isupper() or len(words) == 1
    return len(words) == 1 and words[0].istitle()


def _form(word: str) -> str:
    low = word.lower().replace("'", "").replace("\u2019", "")
    return NICKNAMES.get(low, low)


def called(person: Person, words: frozenset[str], local: str) -> Called:
    """Whether somebody with these name tokens (``History.words``) and this local part is the person greeted.

    NO needs a first name and a surname that are known: ``jsmith`` may be called anything.
    """
    found = {_one(name, words, local) for name in person if len(name) > 1}
    if Called.NO in found:
        return Called.NO
    return Called.UNCLEAR if Called.UNCLEAR in found or not found else Called.YES


def _one(name: str, words: frozenset[str], local: str) -> Called:
    forms = set(_written(name))
    if any(form == word or _within(form, word) for form in forms for word in words):
        return Called.YES
    clear = len(words) >= _SHOWN and not words & ROLES and name.isascii() is all(word.isascii() for word in words)
    if not clear or any(_near(form, word) for form in forms for word in words):
        return Called.UNCLEAR
    first = re.match(r"[a-z]+", local.lower())
    initial = first is not None and len(first[0]) == 1 and first[0] == name[0] and len(words) <= _SHOWN
    return Called.UNCLEAR if initial else Called.NO


def _written(name: str) -> Iterator[str]:
    """A name as it is, and as it may stand in an address."""
    yield name
    if not name.isascii():
        plain = unicodedata.normalize("NFKD", name)
        yield "".join(letter for letter in plain if not unicodedata.combining(letter))
        yield "".join(_LATIN.get(letter, letter) for letter in name)


def _within(form: str, word: str) -> bool:
    """Rick in ``rickm``, Alex for ``alexander``, Nelson in ``nicholasnelson``."""
    short, long = sorted((form, word), key=len)
    return len(short) > _SHOWN and (long.startswith(short) or (len(short) >= _NEAR and short in long))


def _near(form: str, word: str) -> bool:
    """A slip apart (Stephane, Stephanie), alike at the beginning (Vlady, Vladimir), or inflected (Marku, Marek)."""
    if min(len(form), len(word)) < _NEAR:
        return False
    if form[0] == word[0] and form.translate(_VOWELS) == word.translate(_VOWELS):
        return True
    return form[:_NEAR] == word[:_NEAR] or OSA.distance(form, word, score_cutoff=1) <= 1
