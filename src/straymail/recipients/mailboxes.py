"""``typo.mailbox``: the local part is a slip for another mailbox of the same domain.

Strength is (log P(typed | meant) + log prior(meant) + 12) / 6, between 0 and 3.5; the prior grows with how close sender
and candidate are and with how much mail the candidate gets and writes. Addresses that have written are never looked at.
``typo.clear`` comes beside it for one likely slip from somebody with whom the sender has exchanged mail, who is in the
directory, or, if letters are but lost, doubled or swapped, who answers colleagues from a firm's domain. The sender is
never the one who was meant, nor is a mailbox of Gmail another for its dots. Nor is he whose name is not the one the
message greets, where it is the recipient's: who greets Tim and writes to ``tim.brandt`` does not mean ``tom.brandt``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from rapidfuzz.distance import OSA

from straymail.correspondence.channel import log_typed
from straymail.correspondence.names import tokens_of
from straymail.correspondence.well_known import WELL_KNOWN
from straymail.evidence import Candidate, Signal
from straymail.message import Address
from straymail.recipients.context import Context

_MOST = 3
_CLOSE = 1.5
_TRIED = 12
_FLOOR = -13.0
_LETTERS = 3  # to an edit at least: of sam@ and dan@ neither is a slip for the other
_SHORTEST = 6
_CLEAR = -10.5  # log P(typed | meant) of one slip that is not among the rarest
_CLEAREST = -8.0  # the same for somebody the sender does not know: Maria and Mario may both be there
_DIGITS = str.maketrans("", "", "0123456789\"'")
_DOTLESS = frozenset(("gmail.com", "googlemail.com"))
_ESTABLISHED = 20  # messages to an inside address from which on it exists: a slip inside would have bounced


def observe(context: Context, address: Address) -> Iterator[Signal]:
    """At most one signal: the best explanation of the local part as a slip."""
    history, key = context.history, address.person
    person = history.person(key)
    if person is not None and (person.sent or (person.received > _ESTABLISHED and history.is_own(address.domain))):
        return
    typed, _, domain = key.partition("@")
    mine = history.same(context.sender)
    found = []
    for other, edits in history.near_mailboxes(domain, typed)[:_TRIED]:
        facts = history.person(other)
        if (
            facts is None
            or other in mine
            or edits * _LETTERS > len(typed)
            or _numbered(typed, other.partition("@")[0])
            or _same_box(domain, typed, other.partition("@")[0])
            or (person is not None and facts.received + facts.sent <= person.received)
            or _greeted_instead(context, key, other)
        ):
            continue
        score = log_typed(typed, other.partition("@")[0]) + _CLOSE * math.log1p(context.tie(other))
        score += 0.7 * math.log1p(facts.received + facts.sent)
        if score > _FLOOR:
            found.append((score, other))
    if not found:
        return
    found.sort(reverse=True)
    best = Address.of(found[0][1])
    # Outside, somebody else may have the mailbox; inside, mail to none would have come back.
    penalty = 1.5 * math.log1p(person.received) if person is not None and history.is_own(address.domain) else 0.0
    strength = min(3.5, (found[0][0] + 12.0 - penalty) / 6.0)
    if strength <= 0:
        return
    meant = tuple(Candidate(Address.of(other), score, history.name(other)) for score, other in found[:_MOST])
    new = "is new" if person is None else "has never answered"
    text = f"{address.readable} {new}; {best.readable} is known, and the two look much the same."
    if _clear(context, key, found[0][1]):
        itself = "unknown" if person is None else "never answering"
        yield Signal("typo.clear", 1.0, "", f"one likely slip away from {best.readable}, and {itself} itself")
    yield Signal("typo.mailbox", strength, text, f"{typed} for {best.local}", meant)


def _clear(context: Context, typed: str, best: str) -> bool:
    """One likely slip from somebody who is in touch with the sender, or with colleagues, or is in the directory."""
    local, meant = typed.partition("@")[0], best.partition("@")[0]
    if min(len(local), len(meant)) < _SHORTEST or local[0] != meant[0] or _figures(local) != _figures(meant):
        return False
    if OSA.distance(local, meant, score_cutoff=1) > 1 or log_typed(local, meant) < _CLEAR:
        return False
    if context.history.standing(context.sender, best).directory:
        return True
    if _correspondent(context, best) and context.history.person(typed) is None and log_typed(local, meant) >= _CLEAREST:
        return True
    return context.to(best) is not None and context.back(best) is not None


def _greeted_instead(context: Context, key: str, other: str) -> bool:
    """Whether the greeting names the recipient by a word of his address that the other's name has not."""
    mine = {name for person in context.greeted for name in person}.intersection(tokens_of(key.partition("@")[0]))
    return bool(mine) and mine.isdisjoint(context.history.words(other))


def _correspondent(context: Context, key: str) -> bool:
    """Whether somebody answers the organisation from a domain that is neither ours nor open to everybody."""
    domain = key.rpartition("@")[2]
    return context.history.answers(key) and not context.history.is_own(domain) and domain not in WELL_KNOWN


def _figures(local: str) -> str:
    return "".join(filter(str.isdigit, local))


def _same_box(domain: str, a: str, b: str) -> bool:
    """Whether dots alone tell two mailboxes apart at a provider that passes over them."""
    return domain in _DOTLESS and a.replace(".", "") == b.replace(".", "")


def _numbered(a: str, b: str) -> bool:
    """Whether two local parts differ in digits or quotation marks only: numbered lists, one mailbox written twice."""
    return a.translate(_DIGITS) == b.translate(_DIGITS)
