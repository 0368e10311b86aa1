"""The database: custody of held messages, deliveries, tokens, the decision log, the learned history.

``Record`` gives transactions; the other modules are functions that work in the caller's transaction, so that what
belongs together (a hold, its token, its notice, its log entry) is committed together or not at all.
"""

from __future__ import annotations

from straymail.record import custody, history, log, outbound, tokens
from straymail.record.keys import Keys, new_key, parse_keys, read_keys
from straymail.record.status import LastDay, Status, status
from straymail.record.store import Record, open_record

__all__ = [
    "Keys",
    "LastDay",
    "Record",
    "Status",
    "custody",
    "history",
    "log",
    "new_key",
    "open_record",
    "outbound",
    "parse_keys",
    "read_keys",
    "status",
    "tokens",
]
