"""Address patterns of a policy: who a rule, a group or an exception is about.

name@mod.example    one mailbox; plus-tags and letter case do not matter
@mod.example        every mailbox of that very domain
*.mod.example       every domain below it; *.ml is every domain that ends in .ml
group:NAME          whoever [policy.groups] lists under NAME
*                   anyone
<>                  the null sender of bounces (senders only)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from straymail.errors import AddressError
from straymail.frozen import dataclass
from straymail.message import Address, normalise_domain, parse_address

ALLOWED = '"name@domain", "@domain", "*.domain", "group:NAME", "*" or "<>"'


class Kind(StrEnum):
    """What a pattern names."""

    MAILBOX = "mailbox"
    DOMAIN = "domain"
    BELOW = "below"
    GROUP = "group"
    ANYONE = "anyone"
    NULL = "null"


@dataclass(frozen=True, slots=True)
class Pattern:
    """One address pattern; ``value`` is normalised (``Address.person``, a domain, or a group's name)."""

    kind: Kind
    value: str = ""

    def __str__(self) -> str:
        return _WRITTEN[self.kind].format(self.value)

    def matches(self, address: Address | None) -> bool:
        """Whether the pattern covers the address; None is the null sender. Groups never match by themselves."""
        if self.kind is Kind.ANYONE:
            return True
        if address is None:
            return self.kind is Kind.NULL
        match self.kind:
            case Kind.MAILBOX:
                return self.value in (address.person, address.key)
            case Kind.DOMAIN:
                return address.domain == self.value
            case Kind.BELOW:
                return address.domain.endswith("." + self.value)
            case _:
                return False


_WRITTEN = {
    Kind.MAILBOX: "{}",
    Kind.DOMAIN: "@{}",
    Kind.BELOW: "*.{}",
    Kind.GROUP: "group:{}",
    Kind.ANYONE: "*",
    Kind.NULL: "<>",
}


def parse_pattern(value: object) -> Pattern:
    """A pattern from its written form.

    Raises:
        ValueError: none of the forms in the module's docstring.
    """
    if isinstance(value, Pattern):
        return value
    text = str(value).strip()
    try:
        return _parse(text)
    except AddressError as error:
        raise ValueError(f"{ALLOWED}; {error.problem}") from error


def _parse(text: str) -> Pattern:
    if text == "*":
        return Pattern(Kind.ANYONE)
    if text == "<>":
        return Pattern(Kind.NULL)
    if text.startswith("group:"):
        return Pattern(Kind.GROUP, text.removeprefix("group:").strip())
    if text.startswith("*."):
        return Pattern(Kind.BELOW, normalise_domain(text[2:]))
    if text.startswith("@"):
        return Pattern(Kind.DOMAIN, normalise_domain(text[1:]))
    if "@" not in text:
        raise AddressError("a domain is written @domain or *.domain")
    if "*" in text:  # RFC 5321 allows a star in a local part; whoever writes one here means everybody
        raise AddressError("everybody of a domain is written @domain")
    return Pattern(Kind.MAILBOX, parse_address(text).person)


def any_match(patterns: Iterable[Pattern], address: Address | None, groups: Mapping[str, tuple[Pattern, ...]]) -> bool:
    """Whether one of the patterns covers the address, groups resolved (groups do not nest)."""
    return any(
        any(member.matches(address) for member in groups.get(pattern.value, ()))
        if pattern.kind is Kind.GROUP
        else pattern.matches(address)
        for pattern in patterns
    )


AddressPattern = Annotated[
    Pattern, BeforeValidator(parse_pattern), PlainSerializer(str), WithJsonSchema({"type": "string"})
]
