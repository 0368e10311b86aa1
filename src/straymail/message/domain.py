"""Domain names as mail uses them: A-labels, lower case, no trailing dot (RFC 5321 2.3.5, RFC 5890)."""

from __future__ import annotations


def normalise_domain(text: str) -> str:
    """Return the A-label form, lower case, no trailing dot; address literals ``[...]`` unchanged.

    Raises:
        AddressError: empty, over 253 octets, an empty or over-long label, or not encodable by IDNA.
    """
    raise NotImplementedError(text)


def domain_to_unicode(domain: str) -> str:
    """U-label form for people to read; the input when it cannot be decoded."""
    raise NotImplementedError(domain)


def public_suffix(domain: str) -> str:
    """Public suffix (``co.uk`` of ``mod.co.uk``) by the shipped list; the last label when unknown."""
    raise NotImplementedError(domain)


def registrable(domain: str) -> str:
    """Registrable domain (``army.mil`` of ``us.army.mil``); the domain itself when it is a public suffix."""
    raise NotImplementedError(domain)


def country_tld(domain: str) -> str:
    """ISO 3166 alpha-2, upper case, of a ccTLD domain (``uk`` gives GB); "" when the TLD is no country's."""
    raise NotImplementedError(domain)
