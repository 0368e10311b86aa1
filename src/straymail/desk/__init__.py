"""Held messages: ask their senders, carry out the answers, release, remind, expire.

take     a message into custody, with its question, in one transaction
answer   a sender's reply
words    what a reply says
settle   what was decided is carried out: release, correct, discard
notices  what people are told
tick     reminders and expiry
courier  mail on its way out, with retry
"""

from __future__ import annotations

from straymail.desk.courier import Courier
from straymail.desk.desk import Desk, Lesson, Outcome
from straymail.desk.outbox import write_outbox
from straymail.desk.signature import DELIVERY_HEADER

__all__ = ["DELIVERY_HEADER", "Courier", "Desk", "Lesson", "Outcome", "write_outbox"]
