"""Held messages: ask their senders, carry out the answers, release, remind, expire.

desk       what the others call: take, answer, release, correct, discard, tick
words      what a reply says; ``resolve``: what that decides about one message
settle     what was decided is carried out
notices    what people are told; ``mail``: its form; ``telling``: to whom, and to whom never
courier    mail on its way out, with retry; ``outbox``: a folder in place of a next hop
delivered  what follows from how a delivery went
signature  how a released message is recognised when it comes past again
"""

from __future__ import annotations

from straymail.desk.courier import Courier
from straymail.desk.desk import Desk, Lesson, Outcome
from straymail.desk.outbox import write_outbox
from straymail.desk.signature import DELIVERY_HEADER
from straymail.desk.telling import is_ours

__all__ = ["DELIVERY_HEADER", "Courier", "Desk", "Lesson", "Outcome", "is_ours", "write_outbox"]
