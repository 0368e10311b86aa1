"""The name a message opens with ("Bob,", "Hi Bob", "Dear Ms Lewis"): shared by the detectors that compare names."""

from __future__ import annotations

import re

from straymail.correspondence.names import NICKNAMES

_SALUTATIONS = (
    "hi", "hello", "hey", "dear", "good morning", "good afternoon", "good evening", "bonjour", "bonsoir", "cher",
    "chère", "hallo", "guten tag", "guten morgen", "liebe", "lieber", "hola", "buenos días", "estimado", "estimada",
    "ciao", "caro", "cara", "hej", "kedves", "olá",
)  # fmt: skip
_SALUTED = re.compile(rf"(?:{'|'.join(_SALUTATIONS)})[ ,]{{1,3}}", re.IGNORECASE)
_TITLE = re.compile(r"(?:mr|mrs|ms|miss|dr|prof|herr|frau|monsieur|madame|señora?|m|mme)\.?[ ]{1,2}", re.IGNORECASE)
_NAME = r"([^\W\d_]{2,20})"
_ENDS = r"[ ]?(?:,|-|:|\.{2,3}|!|\n)"
_NAMED = re.compile(rf"{_NAME}(?: {_NAME})?{_ENDS}")
_NOT_NAMES = frozenset(
    """
    all everyone team folks guys thanks thank yes no ok okay please attached fyi hi hello hey dear sir madam
    gentlemen ladies sure well good great congratulations sorry also here subject from to date sent see per note
    today tomorrow yesterday however group colleagues friends reminder importance attention monday tuesday
    wednesday thursday friday saturday sunday importantly message question questions agreed done nope yep yeah
    cc re fw regards cheers love later maybe perhaps morning afternoon evening both there again friend friends colleague
    customer customers member members committee board mum mom dad darling my our the this that it we you everybody mate
    just as and welcome will mark zusammen alle kollegen kolleginnen tous toutes todos todas tutti tutte allemaal alla
    collègue collègues cliente clientes señor señora señores madame monsieur messieurs herren damen allerseits folk
    """.split()  # noqa: SIM905  (a table to read, not a literal to type)
)


def greeted(opening: str) -> str:
    """The name greeted, in the form names are compared by; "" when the message does not open with one."""
    line = opening.partition("\n")[0] + "\n"
    saluted = _SALUTED.match(line)
    start = saluted.end() if saluted else 0
    title = _TITLE.match(line, start)
    match = _NAMED.match(line, title.end() if title else start)
    if match is None or not (title or match[1][0].isupper() or (saluted and not match[2])):
        return ""  # a name in small letters stands alone
    if not saluted and not title and (match[2] or not match[1].istitle()):
        return ""  # without a salutation only one capitalised word is a greeting
    words = [word for word in (match[1], match[2]) if word]
    word = words[-1 if title else 0].lower()
    return "" if _NOT_NAMES & {each.lower() for each in words} else NICKNAMES.get(word, word)
