"""Archived mail: its recipients are those of To, Cc and Bcc, which only the sender's own copy holds."""

from __future__ import annotations

from straymail.correspondence import Observation, observation
from straymail.message import Envelope, Mailbox, Message


def boxes(message: Message) -> tuple[Mailbox, ...]:
    """Everybody the header names as a recipient; one may stand there twice."""
    return (*message.to, *message.cc, *message.bcc)


def taught(message: Message, own_domains: frozenset[str], *, words: bool = True) -> Observation:
    """What an archived message teaches; ``words`` as for ``observation``."""
    who = message.from_ or message.sender
    if not message.bcc or not who:
        return observation(message, own_domains, words=words)
    everybody = {box.address.person: box.address for box in boxes(message)}
    return observation(message, own_domains, Envelope(who[0].address, tuple(everybody.values())), words=words)
