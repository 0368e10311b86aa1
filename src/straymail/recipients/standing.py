"""What is settled: ``confirmed``, ``corrected``, ``directory``, ``answered``, ``thread``, ``newcomer``, ``unanswered``.

Strengths: ``answered`` log(1 + messages received from the address), ``known`` log(1 + messages sent to it), at most 4;
``unanswered`` log(1 + messages sent without an answer); ``newcomer.seldom`` log(messages of the sender / people in the
sender's address book), at most 4: how seldom this sender writes to somebody new; ``colleagues`` log(1 + messages others
sent); the rest 0 or 1. What another sender corrected (``corrected.elsewhere``) says nothing of an address that answers:
one person's namesake is another's correspondent.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from straymail.correspondence.history import Standing
from straymail.evidence import Candidate, Signal
from straymail.message import Address, parse_address, readable_domain
from straymail.recipients.context import Context

_MOST = 4.0
_PERSISTENT = 2
_SETTLED = 50.0


def observe(context: Context, address: Address) -> Iterator[Signal]:
    """Signals of what is settled about sender and recipient."""
    history, key, shown = context.history, address.person, address.readable
    standing = _settled(context, key)
    if standing.corrected_to and not (standing.elsewhere and history.answers(key)):
        right = parse_address(standing.corrected_to)
        whose = "by another sender" if standing.elsewhere else "earlier"
        yield Signal(
            "corrected.elsewhere" if standing.elsewhere else "corrected",
            1.0,
            f"{shown} was corrected before; {right.readable} was meant.",
            f"corrected {whose}",
            (Candidate(right, _SETTLED),),
        )
    if standing.confirmed:
        yield Signal("confirmed", 1.0, "You have said before that this address is right.", "confirmed by the sender")
    if standing.directory:
        yield Signal("directory", 1.0, "The address is in the directory.", "in the directory")
    sent, received = context.to(key), context.back(key)
    if received:
        strength = min(_MOST, math.log1p(received.sent))
        yield Signal("answered", strength, f"{shown} has written to you.", f"{received.sent} messages from it")
    if sent:
        yield Signal("known", min(_MOST, math.log1p(sent.sent)), "", f"{sent.sent} messages sent to it before")
    if not sent and not received:
        yield from _newcomer(context, address)
    elif sent and not received and sent.sent >= _PERSISTENT and not history.answers(key):
        strength = min(_MOST, math.log1p(sent.sent))
        if not history.is_own(address.domain):
            yield Signal(
                "unanswered",
                strength,
                f"{shown} has never answered you.",
                f"{sent.sent} messages sent, no answer to anybody",
            )
    yield from _thread(context, address)


def _settled(context: Context, key: str) -> Standing:
    """What the sender settled: who stands in From, or else whose envelope it is (a secretary, an alias)."""
    found = context.history.standing(context.sender, key)
    envelope = context.envelope.sender
    if not found.elsewhere or envelope is None or envelope.person == context.sender:
        return found
    return context.history.standing(envelope.person, key)


def _newcomer(context: Context, address: Address) -> Iterator[Signal]:
    history = context.history
    person = context.person(address.person)
    doubted, shown = address.person in context.doubted, address.readable
    text = f"{shown} has never answered." if doubted else f"You have not written to {shown} before."
    if person is None:
        said = "written to, but never answered" if doubted else "unknown to the whole organisation"
        yield Signal("newcomer", 1.0, text, said)
    else:
        yield Signal("newcomer.yours", 1.0, text, "known to others of the organisation")
    sender = history.person(context.sender)
    if sender and sender.sent:
        seldom = math.log((1.0 + sender.sent + sender.received) / (1.0 + history.acquainted(context.sender)))
        if seldom > 0:
            yield Signal("newcomer.seldom", min(_MOST, seldom), "", "the sender seldom writes to somebody new")
    if person is not None:
        if person.received:
            yield Signal("colleagues", min(_MOST, math.log1p(person.received)), "", f"{person.received} from others")
        if person.sent:
            yield Signal("writes", min(_MOST, math.log1p(person.sent)), "", f"{person.sent} messages from it")
    if history.is_own(address.domain):
        yield Signal("inside", 1.0, "", "the organisation's own domain")
    elif not history.knows_domain(address.domain):
        text = f"Nobody here has written to {readable_domain(address.domain)}."
        yield Signal("newcomer.domain", 1.0, text, "unknown domain")
    elif doubted and not history.domain_answers(address.domain):
        yield Signal("newcomer.domain", 1.0, "", "written to, but nobody of the domain ever answered")
    elif history.domain_answers(address.domain):
        yield Signal("domain.answers", 1.0, "", "others in the domain have answered")


def _thread(context: Context, address: Address) -> Iterator[Signal]:
    if not context.thread:
        if context.replies:
            yield Signal("reply", 1.0, "", "a reply")
        return
    if address.person in context.thread:
        yield Signal("thread", 1.0, "", "took part in this conversation")
    else:
        text = f"{address.readable} has not been part of this conversation."
        yield Signal("thread.outside", 1.0, text, "new to the thread")
