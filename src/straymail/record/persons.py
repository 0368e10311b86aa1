"""Finding a person in what is stored: by mailbox, whatever the case and the plus-tag, never by part of an address."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import ColumnElement, and_

from straymail.errors import AddressError
from straymail.message import Address, parse_address

_AROUND = ' \t\r\n<>()[],;:"'


def near(column: ColumnElement[str], who: Address) -> ColumnElement[bool]:
    """Rows in which the person may be named, by SQL: few enough to be read closely while others wait to write."""
    domain = column.icontains(f"@{who.domain}", autoescape=True)
    local = who.person.rpartition("@")[0]
    plain = local.isascii() and not set(local) & set('"\\')  # else it stands otherwise in JSON
    return and_(domain, column.icontains(local, autoescape=True)) if plain else domain


def is_person(text: str, who: Address) -> bool:
    """Whether the text is an address of this person."""
    try:
        return parse_address(text).person == who.person
    except AddressError:
        return False


def names(value: object, who: Address) -> bool:
    """Whether a JSON value names the person anywhere: as a whole text, or as a whole address within one."""
    return any(_named_in(text, who) for text in _texts(value))


def named_in_json(text: str, who: Address) -> bool:
    """The same of JSON as it is stored; what is no JSON is looked through as text."""
    try:
        return names(json.loads(text), who)
    except (ValueError, TypeError):
        return names(str(text), who)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield str(key)
            yield from _texts(each)
    elif isinstance(value, Sequence) and not isinstance(value, bytes):
        for each in value:
            yield from _texts(each)


def _named_in(text: str, who: Address) -> bool:
    folded = text.casefold()
    if f"@{who.domain}" not in folded:
        return False
    if is_person(text, who):
        return True
    if '"' in (written := str(who).casefold()):
        return written in folded
    for sign in _AROUND:
        folded = folded.replace(sign, " ")
    return any(is_person(word.strip(".'!?"), who) for word in folded.split() if "@" in word)
