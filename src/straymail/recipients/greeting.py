"""``greeting`` and ``greeting.other``: the name the message opens with is, or is not, this recipient's.

"Bob,", "Hi Bob", "Dear Ms Lewis", "Rick and Greg -": ``greeting`` is 1 for the only recipient, when he is called so.
Where nobody addressed is, and all of them are known by first name and surname, the message is for somebody else, and
each recipient has his share of that (1 / recipients, up to five): ``greeting.other`` when another contact of the sender
bears the name, ``greeting.nobody`` when none does. Of ``jsmith`` no first name is known: that says nothing.

What the sender signs with ("Thanks, Bob") is no greeting. Whom it gets wrong: the assistant who is greeted at the
address of whom he works for, and people addressed under a name that neither address nor display name shows.
"""

from __future__ import annotations

from collections.abc import Iterator

from straymail.evidence import Candidate, Signal
from straymail.message import Address
from straymail.recipients.context import Context
from straymail.recipients.salutation import Called, greeting_in

_MOST = 5


def observe(context: Context, address: Address) -> Iterator[Signal]:
    """At most one signal about the name in the greeting."""
    if not context.greeted:
        return
    name = " ".join(context.greeted[0])
    if context.called(address.person) is Called.YES:
        if len(context.recipients) == 1:
            yield Signal("greeting", 1.0, "", f"greets {name}")
    elif len(context.recipients) <= _MOST and all(context.called(key) is Called.NO for key in context.recipients):
        yield _another(context, address, name)


def _another(context: Context, address: Address, name: str) -> Signal:
    """The message is for somebody who is not addressed."""
    share, best = 1.0 / len(context.recipients), _best(context)
    if best is None:
        return Signal("greeting.nobody", share, "", f"greets {name}, whom the sender does not know")
    meant = (Candidate(Address.of(best), -8.0, context.name_of(best)),)
    begins = greeting_in(context.opening)
    text = f"The message begins “{begins}”; {address.readable} does not look like that name."
    return Signal("greeting.other", share, text, f"greets {name}", meant)


def _best(context: Context) -> str | None:
    """The closest contact of the sender who is called as somebody greeted is."""
    others = {
        other
        for person in context.greeted
        for other in context.namesakes(person[0])
        if other not in context.addressed and context.called(other) is Called.YES
    }
    return max(others, key=lambda each: (context.tie(each), each), default=None)
