"""Name tokens: what two people's names or local parts have in common."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

_SPLIT = re.compile(r"[^\w]+|[_\d]+")
TITLES = frozenset(("mr", "mrs", "ms", "dr", "prof", "sir", "jr", "sr", "ii", "iii", "iv", "the", "and", "of"))
"""Words that stand beside names and are none."""
_GENERATIONS = frozenset(("jr", "sr", "ii", "iii", "iv"))

ROLES = frozenset(
    """
    info office mail contact hello sales support service help admin accounts accounting billing invoices orders jobs hr
    press media news team reception enquiries inquiries secretary postmaster webmaster noreply no-reply kontakt buero
    vertrieb verkauf bestellung bewerbung buchhaltung contacto ventas ventes commercial accueil
    """.split()  # noqa: SIM905  (a table to read, not a literal to type)
)
"""Mailboxes that every firm has, and no person: the same one elsewhere says nothing."""

_SHORTEST = 2

NICKNAMES = {
    "bob": "robert", "rob": "robert", "bill": "william", "will": "william", "jim": "james", "mike": "michael",
    "dave": "david", "tom": "thomas", "dick": "richard", "rick": "richard", "rich": "richard", "joe": "joseph",
    "jeff": "jeffrey", "steve": "steven", "stephen": "steven", "chris": "christopher", "dan": "daniel",
    "matt": "matthew", "greg": "gregory", "tony": "anthony", "andy": "andrew", "ed": "edward", "ted": "edward",
    "ken": "kenneth", "ron": "ronald", "don": "donald", "liz": "elizabeth", "beth": "elizabeth", "sue": "susan",
    "kate": "katherine", "kathy": "katherine", "cathy": "catherine", "pat": "patricia", "jen": "jennifer",
    "sam": "samuel", "nick": "nicholas", "larry": "lawrence", "phil": "philip", "phillip": "philip", "jon": "jonathan",
    "deb": "deborah", "debbie": "deborah", "barb": "barbara", "peggy": "margaret", "meg": "margaret",
    "vince": "vincent", "becky": "rebecca", "jeffery": "jeffrey", "jenny": "jennifer", "vicky": "victoria",
    "cindy": "cynthia", "maggie": "margaret", "bobby": "robert", "billy": "william", "jimmy": "james",
    "danny": "daniel", "tommy": "thomas", "johnny": "john", "kenny": "kenneth", "ronnie": "ronald", "eddie": "edward",
    "libby": "elizabeth",
    "ben": "benjamin", "tim": "timothy", "al": "albert", "fred": "frederick", "charlie": "charles", "chuck": "charles",
}  # fmt: skip
"""Short forms of English first names (public knowledge) to the form they are compared by."""


@lru_cache(maxsize=65_536)
def tokens_of(name: str) -> tuple[str, ...]:
    """Lower-case name tokens of two letters or more, titles left out, short forms made long."""
    words = (word for word in _SPLIT.split(name.lower()[:120]) if len(word) >= _SHORTEST and word not in TITLES)
    return tuple(dict.fromkeys(NICKNAMES.get(word, word) for word in words))[:8]


def name_and_words(key: str, names: Sequence[tuple[str, int]]) -> tuple[str, frozenset[str]]:
    """The first of these display names ("" for none), and the tokens of it and of the local part of a person key."""
    name = names[0][0] if names else ""
    return name, frozenset((*tokens_of(key.partition("@")[0]), *tokens_of(name)))


@lru_cache(maxsize=65_536)
def initials_of(name: str) -> frozenset[str]:
    """Single letters and generations in a name or local part, which tell people of one name apart (Susan R., III)."""
    words = _SPLIT.split(name.lower()[:120])
    return frozenset(word for word in words if word in _GENERATIONS or (len(word) == 1 and word.isalpha()))


def told_apart(a: frozenset[str], b: frozenset[str]) -> bool:
    """Whether such letters name two people: different initials, or a generation that one has and the other has not."""
    return bool(a and b and not a & b) or bool((a ^ b) & _GENERATIONS)
