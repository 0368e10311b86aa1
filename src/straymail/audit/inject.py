"""Strays made on purpose, from a seed: typed slips and wrong people, for fitting and for the benches.

Each takes a message's true recipient and returns the address put in its place. Slips are drawn uniformly over the
kinds, not from the typo channel that judges them, so that the channel is not tested on itself.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from straymail.correspondence import Correspondence
from straymail.correspondence.names import tokens_of
from straymail.errors import AddressError
from straymail.message import Address, parse_address

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_TLDS = {
    "com": ("cm", "co", "con", "ocm", "om", "cmo", "comm", "cim", "net"),
    "net": ("ne", "nt", "ent", "nett", "com"),
    "org": ("og", "or", "ogr", "com"),
    "edu": ("ed", "eu", "deu", "edy"),
    "gov": ("gv", "go", "ov", "com"),
    "mil": ("ml", "mi", "mill", "mli"),
}
_SHORTEST = 4
_MOST_NAMES = 3


def slip(text: str, kind: str, chance: random.Random) -> str:
    """One slip of a kind (drop, swap, double, insert, replace) inside ``text``, dots left alone; maybe no change."""
    places = [i for i, letter in enumerate(text) if letter.isalnum()]
    if len(places) < _SHORTEST:
        return text
    at = chance.choice(places[1:])
    if kind == "drop":
        return text[:at] + text[at + 1 :]
    if kind == "swap":
        return text[: at - 1] + text[at] + text[at - 1] + text[at + 1 :] if text[at - 1].isalnum() else text
    if kind == "double":
        return text[:at] + text[at] + text[at:]
    other = chance.choice(_LETTERS)
    return text[:at] + other + text[at if kind == "insert" else at + 1 :]


SLIPS = ("drop", "swap", "double", "insert", "replace")


def _domain_slip(kind: str) -> Injection:
    def inject(history: Correspondence, sender: str, right: Address, chance: random.Random) -> Address | None:
        name, _, tld = right.domain.rpartition(".")
        return _address(right.local, f"{slip(name, kind, chance)}.{tld}", right)

    return inject


def _mailbox_slip(kind: str) -> Injection:
    def inject(history: Correspondence, sender: str, right: Address, chance: random.Random) -> Address | None:
        return _address(slip(right.local, kind, chance), right.domain, right)

    return inject


def _tld_swap(history: Correspondence, sender: str, right: Address, chance: random.Random) -> Address | None:
    name, _, tld = right.domain.rpartition(".")
    return _address(right.local, f"{name}.{chance.choice(_TLDS[tld])}", right) if tld in _TLDS else None


def _lost_dot(history: Correspondence, sender: str, right: Address, chance: random.Random) -> Address | None:
    return _address(right.local.replace(".", "", 1), right.domain, right) if "." in right.local else None


def _address(local: str, domain: str, right: Address) -> Address | None:
    try:
        made = parse_address(f"{local}@{domain}")
    except AddressError:
        return None
    return None if made.person == right.person else made


def _prefix(history: Correspondence, sender: str, right: Address, chance: random.Random) -> Address | None:
    book = sorted(set(history.contacts(sender)) - set(history.same(right.person)))
    for length in (3, 2):
        found = [other for other in book if _letters(other)[:length] == _letters(right.person)[:length]]
        if found:
            return parse_address(chance.choice(found))
    return None


def _letters(key: str) -> str:
    """What somebody types who wants this address: letters and digits of the local part."""
    return "".join(letter for letter in key.partition("@")[0] if letter.isalnum())


def _name(which: int) -> Injection:
    def inject(history: Correspondence, sender: str, right: Address, chance: random.Random) -> Address | None:
        tokens = tokens_of(right.local)
        if len(tokens) < 2:  # first name and surname
            return None
        found = [each for each in history.named(tokens[which]) if each not in history.same(right.person)]
        found = [each for each in found if (own := tokens_of(each.partition("@")[0])) and own[which] == tokens[which]]
        return parse_address(chance.choice(sorted(found))) if found else None

    return inject


def _list(history: Correspondence, sender: str, right: Address, chance: random.Random) -> Address | None:
    """Another list that is called alike; None for a person."""
    words = tokens_of(right.local)
    if len(words) <= _MOST_NAMES:
        return None
    named = {other for word in words for other in history.named(word) if other not in history.same(right.person)}
    alike = [other for other in named if len(own := tokens_of(other.partition("@")[0])) > _MOST_NAMES
             and len(set(own) & set(words)) > 1]  # fmt: skip
    return parse_address(chance.choice(sorted(alike))) if alike else None


def _contact(history: Correspondence, sender: str, right: Address, chance: random.Random) -> Address | None:
    book = sorted(set(history.contacts(sender)) - set(history.same(right.person)))
    return parse_address(chance.choice(book)) if book else None


def _unseen(history: Correspondence, sender: str, right: Address, chance: random.Random) -> Address | None:
    first, last = (
        chance.choice(("mary", "peter", "ivo", "lena", "omar")),
        chance.choice(("quill", "tarn", "voss", "ebel")),
    )
    return _address(f"{first}.{last}{chance.randrange(100)}", right.domain, right)


Injection = Callable[[Correspondence, str, Address, random.Random], Address | None]
"""(history, sender, right recipient, chance) -> the wrong address, or None where this kind is impossible."""

DOMAIN: dict[str, Injection] = {f"domain.{kind}": _domain_slip(kind) for kind in SLIPS} | {"domain.tld": _tld_swap}
MAILBOX: dict[str, Injection] = {f"mailbox.{kind}": _mailbox_slip(kind) for kind in SLIPS} | {"mailbox.dot": _lost_dot}
PERSON: dict[str, Injection] = {
    "person.prefix": _prefix,
    "person.first-name": _name(0),
    "person.surname": _name(-1),
    "person.contact": _contact,
    "person.unseen": _unseen,
}
LISTS: dict[str, Injection] = {"list": _list}
KINDS: dict[str, Injection] = DOMAIN | MAILBOX | PERSON
