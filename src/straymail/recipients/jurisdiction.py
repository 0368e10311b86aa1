"""``jurisdiction``: the domain belongs to a country to which the organisation hardly ever writes.

Strength 0 or 1. It raises the cost of a mistake (see ``verdict.stakes``), hardly its probability: its weight is near 0.
"""

from __future__ import annotations

from collections.abc import Iterator

from straymail.evidence import Signal
from straymail.message import Address, country_tld
from straymail.recipients.context import Context

_RARE = 3


def observe(context: Context, address: Address) -> Iterator[Signal]:
    """One signal for an outside address under a rarely written country's top-level domain."""
    country = country_tld(address.domain)
    tld = address.domain.rpartition(".")[2]
    if not country or context.history.is_own(address.domain) or context.history.suffix(tld) >= _RARE:
        return
    where = f"an address registered under .{tld}, where your organisation hardly ever writes"
    text = f"Mail to {address.domain} goes to {where}."
    yield Signal("jurisdiction", 1.0, text, f"country {country}")
