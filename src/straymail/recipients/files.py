"""``file.client``: an attached file is named after another correspondent of the organisation (wrong attachment).

"Northport-offer-v3.pdf" to somebody who is not of northport.example, when the organisation writes with
northport.example: 1 for each recipient when no recipient is of the domain named. Names count from five letters on
(also "Halden-Law" or "halden_law" for halden-law.example), and only those of domains that have answered; names of the
own domains and of public mail providers never do. By itself it makes no question about somebody who answers.

Who got earlier versions of an attached file, and who usually gets files of its kind, is part of the comparison with
rivals: a file's name, apart from its version, and its kind are words of what a message is about (``message.files``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from straymail.correspondence.well_known import WELL_KNOWN
from straymail.evidence import Signal
from straymail.message import Address
from straymail.recipients.context import Context

_WORD = re.compile(r"[a-z]{5,40}")
_PAIR = re.compile(r"(?<![a-z])([a-z]{2,30})(?=[-_ .]([a-z]{2,30})(?![a-z]))")  # linear: a pair begins at every word
_MOST_FILES = 50


def observe(context: Context, address: Address) -> Iterator[Signal]:
    """At most one signal; the same for every recipient."""
    if context.message is None:
        return
    for name in context.files[:_MOST_FILES]:
        for word in _words(name.lower()[:200]):
            named = _elsewhere(context, word)
            if named:
                text = f"The file “{name[:60]}” is named after {named}, and no recipient is of {named}."
                yield Signal("file.client", 1.0, text, f"a file named after {named}")
                return


def _words(name: str) -> dict[str, None]:
    """Words of a file's name, and two in a row as a domain would join them: ``Halden_Law.pdf`` is of halden-law."""
    return dict.fromkeys((*_WORD.findall(name), *map("-".join, _PAIR.findall(name))))


def _elsewhere(context: Context, word: str) -> str:
    """The known domain of this name, unless a recipient belongs to one such or it is our own."""
    known = context.history.called(word)
    if not known or any(word in to.domain.split(".") for to in context.envelope.recipients):
        return ""
    if any(context.history.is_own(domain) or domain in WELL_KNOWN for domain in known):
        return ""
    return min(known)
