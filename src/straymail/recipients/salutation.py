"""The name a message opens with ("Bob,", "Hi Bob", "Dear Ms Lewis"): shared by the detectors that compare names."""

from __future__ import annotations

import re

from straymail.correspondence.names import NICKNAMES

_GREETING = re.compile(
    r"(?:(?:hi|hello|hey|dear|good morning|good afternoon|bonjour|hallo|liebe|lieber|hola|ciao)[ ,]{1,3})?"
    r"(?:(?:mr|mrs|ms|dr)\.? )?([A-Z][a-z]{1,19})[ ]?(?:,|-|:|\.{2,3}|!|\n)",
)
_SALUTED = re.compile(r"(?:hi|hello|hey|dear|good morning|good afternoon)\b", re.IGNORECASE)
_NOT_NAMES = frozenset(
    """
    all everyone team folks guys thanks thank yes no ok okay please attached fyi hi hello hey dear sir madam
    gentlemen ladies sure well good great congratulations sorry also here subject from to date sent see per note
    today tomorrow yesterday however group colleagues friends reminder importance attention monday tuesday
    wednesday thursday friday saturday sunday importantly message question questions agreed done nope yep yeah
    cc re fw regards cheers love later maybe perhaps morning afternoon
    """.split()  # noqa: SIM905  (a table to read, not a literal to type)
)


def greeted(opening: str) -> str:
    """The name greeted, in the form names are compared by; "" when the message does not open with one."""
    line = opening.partition("\n")[0] + "\n"
    match = _GREETING.match(_SALUTED.sub(lambda found: found[0].lower(), line, count=1))
    word = match[1].lower() if match else ""
    return "" if not word or word in _NOT_NAMES else NICKNAMES.get(word, word)
