"""The envelope of one SMTP transaction, and how MAIL and RCPT name it (RFC 5321 4.1.2). No I/O."""

from __future__ import annotations

import re
from dataclasses import field

from straymail.errors import AddressError
from straymail.frozen import dataclass
from straymail.message import Address, parse_address

_LOCAL_NAME = re.compile(r"[A-Za-z0-9#$&'*+/=?^_`{|}~.\-]{1,64}")


@dataclass(frozen=True, slots=True)
class Recipient:
    """An accepted RCPT: ``address`` is None for a name without a domain, as ``postmaster`` (RFC 5321 4.5.1)."""

    name: str
    address: Address | None
    line: bytes
    upstream: bool
    parameters: tuple[str, ...] = ()


@dataclass(slots=True)
class Transaction:
    """One message: the MAIL line, and each accepted RCPT line."""

    line: bytes
    sender: Address | None
    parameters: tuple[str, ...]
    recipients: list[Recipient] = field(default_factory=list)

    @property
    def addresses(self) -> tuple[Address, ...]:
        """The mailboxes among its recipients."""
        return tuple(each.address for each in self.recipients if each.address is not None)

    @property
    def recipient_parameters(self) -> tuple[tuple[str, ...], ...]:
        """What was said of each of ``addresses``."""
        return tuple(each.parameters for each in self.recipients if each.address is not None)

    @property
    def local_names(self) -> tuple[str, ...]:
        """The recipients that are names of the next hop's own."""
        return tuple(each.name for each in self.recipients if each.address is None)


def read_path(argument: str, keyword: str) -> tuple[str, tuple[str, ...]] | None:
    """What stands in the brackets of ``FROM:<...> A B`` ("" in ``<>``), and the parameters; None: it is no path."""
    if argument[: len(keyword)].upper() != keyword:
        return None
    rest = argument[len(keyword) :].strip()
    if not rest.startswith("<") or (end := _closing(rest)) < 0:
        return None
    return rest[1:end], tuple(rest[end + 1 :].split())


def mailbox(path: str) -> Address | None:
    """The mailbox a path names; None when it is none."""
    try:
        return parse_address(path)
    except AddressError:
        return None


def is_local_name(path: str) -> bool:
    """Whether a path is a name without a domain, and of no other machine (see ``is_elsewhere``)."""
    return _LOCAL_NAME.fullmatch(path) is not None


def _closing(path: str) -> int:
    """Where the ``>`` that ends the path stands; one inside a quoted local part does not count."""
    quoted = escaped = False
    for at, sign in enumerate(path):
        if escaped:
            escaped = False
        elif sign == "\\":
            escaped = quoted
        elif sign == '"':
            quoted = not quoted
        elif sign == ">" and not quoted:
            return at
    return -1
