"""``greeting`` and ``greeting.other``: the name the message opens with is, or is not, this recipient's.

Looked at only when there is one recipient in the way of a greeting ("Bob,", "Hi Bob", "Dear Ms Lewis"). Strength 1
when it fits (``greeting``), when it does not and another contact of the sender bears that name (``greeting.other``),
and when nobody does (``greeting.nobody``: mostly a name the address does not show).
"""

from __future__ import annotations

from collections.abc import Iterator

from straymail.correspondence.names import tokens_of
from straymail.evidence import Candidate, Signal
from straymail.message import Address
from straymail.recipients.context import Context


def observe(context: Context, address: Address) -> Iterator[Signal]:
    """At most one signal about the name in the greeting."""
    if len(context.recipients) != 1 or not context.opening:
        return
    name = context.greeted
    if not name:
        return
    mine = set(tokens_of(address.local)) | set(tokens_of(context.name_of(address.person)))
    if name in mine or any(_fits(name, token) for token in mine) or _initials(name, address.local.lower()):
        yield Signal("greeting", 1.0, "", f"greets {name}")
        return
    if not mine:
        return
    same = context.history.same(address.person)
    others = [each for each in context.namesakes(name) if each not in same]
    if others:
        best = max(others, key=lambda each: (context.tie(each), each))
        meant = (Candidate(Address.of(best), -8.0, context.name_of(best)),)
        text = f"The message greets {name.title()}; {address} does not look like that name."
        yield Signal("greeting.other", 1.0, text, f"greets {name}", meant)
    else:
        yield Signal("greeting.nobody", 1.0, "", f"greets {name}, whom the sender does not know")


def _fits(name: str, token: str) -> bool:
    return token.startswith(name) or name.startswith(token) or name in token


def _initials(name: str, local: str) -> bool:
    return local.startswith(name[0]) and len(local.partition(".")[0]) <= 1
