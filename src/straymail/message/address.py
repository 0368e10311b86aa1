"""Addresses as types (RFC 5321 4.1.2, RFC 5322 3.4, RFC 6531): an address is not a string."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Address:
    """A mailbox: ``local`` unquoted, NFC, case kept; ``domain`` A-label, lower case, no trailing dot.

    ``key`` identifies a mailbox for comparison: local part lower-cased + "@" + domain.
    ``person`` is the key without a plus-tag. ``str()`` gives the RFC 5321 form, quoted where needed.
    """

    local: str
    domain: str

    @property
    def key(self) -> str:
        """Comparison key: lower-cased local part, "@", domain."""
        return f"{self.local.lower()}@{self.domain}"

    @property
    def person(self) -> str:
        """Key without the plus-tag (``a+b@x`` gives ``a@x``)."""
        return f"{self.local.lower().partition('+')[0] or self.local.lower()}@{self.domain}"


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address as a header shows it, with its display name ("" when none)."""

    address: Address
    name: str = ""


def parse_address(text: str) -> Address:
    """One address: ``a@b``, ``<a@b>``, ``"q s"@b``, source routes dropped.

    Raises:
        AddressError: not a mailbox; says what is wrong.
    """
    raise NotImplementedError(text)


def parse_mailboxes(value: str) -> tuple[Mailbox, ...]:
    """Every mailbox in a decoded address-list header, in order; groups flattened, comments dropped; never raises."""
    raise NotImplementedError(value)
