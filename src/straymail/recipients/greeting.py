"""``greeting`` and ``greeting.other``: the name the message opens with is, or is not, this recipient's.

"Bob,", "Hi Bob", "Dear Ms Lewis", "Rick and Greg -": ``greeting`` is 1 for the only recipient, when he is called so.
Where nobody addressed is, and all of them are known by first name and surname, the message is for somebody else, and
each recipient has his share of that (1 / recipients, up to five): ``greeting.other`` when another contact of the sender
bears the name, ``greeting.nobody`` when none does. Of ``jsmith`` no first name is known: that says nothing. A name that
is only like the recipient's (Harriet, for Harry Jones) is another's where a contact who shares a name with him bears
just this one (Harriet Jones).

``greeting.namesake`` is 1 beside ``greeting.other`` where whoever is greeted may be taken for the recipient: they share
a name, or the first two letters of their addresses. Of several greeted, as many as are addressed, one may be missing
and another stand in his place: then it is all for that one alone.

What the sender signs with ("Thanks, Bob") is no greeting. Whom it gets wrong: the assistant who is greeted at the
address of whom he works for, and people addressed under a name that neither address nor display name shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from straymail.correspondence.history import first_letters
from straymail.evidence import Candidate, Signal
from straymail.message import Address
from straymail.recipients.context import Context
from straymail.recipients.salutation import Called, Person, called, greeting_in

_MOST = 5
_NAMES = 2


def observe(context: Context, address: Address) -> Iterator[Signal]:
    """What the name in the greeting says."""
    if not context.greeted:
        return
    key, people = address.person, context.recipients
    if context.called(key) is Called.YES:
        if len(people) == 1:
            yield Signal("greeting", 1.0, "", f"greets {' '.join(context.greeted[0])}")
        return
    if len(people) > _MOST or not _another_name(context, key):
        return
    if all(_another_name(context, other) for other in people):
        yield from _another(context, address, 1.0 / len(people), _best(context, key, context.greeted))
    elif 1 < len(people) == len(context.greeted) and _stands_alone(context, key):
        missing = [person for person in context.greeted if not any(_bears(context, each, person) for each in people)]
        best = _best(context, key, missing) if len(missing) == 1 else None
        if best is not None:
            yield from _another(context, address, 1.0, best)


def _stands_alone(context: Context, key: str) -> bool:
    """Whether everybody else addressed is greeted."""
    return all(other == key or context.called(other) is Called.YES for other in context.recipients)


def _bears(context: Context, key: str, person: Person) -> bool:
    return called(person, context.words(key), key.partition("@")[0]) is not Called.NO


def _another_name(context: Context, key: str) -> bool:
    """Whether somebody is known by other names than those greeted; or a namesake of his bears just these."""
    found = context.called(key)
    if found is not Called.UNCLEAR:
        return found is Called.NO
    mine = context.words(key)
    if len(mine) < _NAMES:
        return False
    namesakes = {other for word in mine for other in context.namesakes(word)} - context.addressed
    return any(mine.isdisjoint(person) and _all_bear(context, namesakes, person) for person in context.greeted)


def _all_bear(context: Context, namesakes: set[str], person: Person) -> bool:
    """Whether one of these is called exactly so."""
    return any(context.history.words(other).issuperset(person) for other in namesakes)


def _another(context: Context, address: Address, share: float, best: str | None) -> Iterator[Signal]:
    """The message is for somebody who is not addressed."""
    name = " ".join(context.greeted[0])
    if best is None:
        yield Signal("greeting.nobody", share, "", f"greets {name}, whom the sender does not know")
        return
    meant = (Candidate(Address.of(best), -8.0, context.name_of(best)),)
    begins = greeting_in(context.opening)
    names = "that name" if len(context.greeted) == 1 else "any of these names"
    text = f"The message begins “{begins}”; {address.readable} does not look like {names}."
    yield Signal("greeting.other", share, text, f"greets {name}", meant)
    if _alike(context, address.person, best):
        yield Signal("greeting.namesake", 1.0, "", f"{best} may be taken for {address.person}", meant)


def _alike(context: Context, key: str, other: str) -> bool:
    """Whether two people share a name, or the letters after which an address is completed."""
    shared = context.words(key) & context.history.words(other)
    return bool(shared) or first_letters(key.partition("@")[0]) == first_letters(other.partition("@")[0])


def _best(context: Context, key: str, greeted: Iterable[Person]) -> str | None:
    """The contact who is called as somebody greeted is: who may be taken for the recipient first, then the closest."""
    others = {
        other
        for person in greeted
        for other in context.namesakes(person[0])
        if other not in context.addressed and context.called(other) is Called.YES
    }
    return max(others, key=lambda each: (_alike(context, key, each), context.tie(each), each), default=None)
