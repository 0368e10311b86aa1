"""Addresses and domains: tables of what is read, and how, and what is refused."""

from __future__ import annotations

import pytest

from straymail.errors import AddressError
from straymail.message import (
    Address,
    country_tld,
    domain_to_unicode,
    normalise_domain,
    parse_address,
    parse_mailboxes,
    public_suffix,
    registrable,
)

READ = [
    ("ann@mod.example", "ann", "mod.example", "ann@mod.example"),
    ("<ann@MOD.Example.>", "ann", "mod.example", "ann@mod.example"),
    ("Ann.B@mod.example", "Ann.B", "mod.example", "Ann.B@mod.example"),
    ('"a b"@mod.example', "a b", "mod.example", '"a b"@mod.example'),
    ('"a\\"b\\\\"@mod.example', 'a"b\\', "mod.example", '"a\\"b\\\\"@mod.example'),
    ('"a@b"@mod.example', "a@b", "mod.example", '"a@b"@mod.example'),
    ('"plain"@mod.example', "plain", "mod.example", "plain@mod.example"),
    ('""@mod.example', "", "mod.example", '""@mod.example'),
    ("k..allen@mod.example", "k..allen", "mod.example", '"k..allen"@mod.example'),
    (".ward@mod.example", ".ward", "mod.example", '".ward"@mod.example'),
    ("<@relay.example,@b.example:ann@mod.example>", "ann", "mod.example", "ann@mod.example"),
    ("jörg@bücher.example", "jörg", "xn--bcher-kva.example", "jörg@xn--bcher-kva.example"),
    ("jo\u0308rg@mod.example", "jörg", "mod.example", "jörg@mod.example"),
    ("ann@[192.0.2.1]", "ann", "[192.0.2.1]", "ann@[192.0.2.1]"),
    ("ann@[IPv6:2001:db8::1]", "ann", "[IPv6:2001:db8::1]", "ann@[IPv6:2001:db8::1]"),
    ("ann@_odd.mod.example", "ann", "_odd.mod.example", "ann@_odd.mod.example"),
    ("ann@localhost", "ann", "localhost", "ann@localhost"),
    ("ann@例え。テスト", "ann", "xn--r8jz45g.xn--zckzah", "ann@xn--r8jz45g.xn--zckzah"),
]


@pytest.mark.parametrize(("text", "local", "domain", "shown"), READ)
def test_an_address_is_read(text: str, local: str, domain: str, shown: str) -> None:
    address = parse_address(text)
    assert (address.local, address.domain, str(address)) == (local, domain, shown)
    assert parse_address(str(address)) == address


@pytest.mark.parametrize(
    "text",
    ["", "ann", "@mod.example", "ann@", "a b@mod.example", '"a@mod.example', '"a"b@mod.example', "a\x00b@mod.example",
     '"a\nb"@mod.example', "a,b@mod.example", "ann@mod..example", "ann@mod example", "ann@[1", "x" * 300 + "@a.example",
     "ann@" + "a" * 64 + ".example", "ann@" + "a." * 200 + "example", "ann@a(b).example", "<>", "ann@a<b.example",
     "a\ud800b@mod.example"],
)  # fmt: skip
def test_what_is_no_address_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises(AddressError) as caught:
        parse_address(text)
    assert str(caught.value)


def test_key_ignores_case_and_person_ignores_the_tag() -> None:
    address = Address("Ann+Lists", "mod.example")
    assert (address.key, address.person) == ("ann+lists@mod.example", "ann@mod.example")
    assert Address("+x", "mod.example").person == "+x@mod.example"


LISTS = [
    ("ann@a.example, bob@b.example", [("ann@a.example", ""), ("bob@b.example", "")]),
    ("ann@a.example; bob@b.example", [("ann@a.example", ""), ("bob@b.example", "")]),
    ('"Bee, Ann" <ann@a.example>', [("ann@a.example", "Bee, Ann")]),
    ("Ann B. Bee <ann@a.example>", [("ann@a.example", "Ann B. Bee")]),
    ("ann@a.example (Ann Bee)", [("ann@a.example", "Ann Bee")]),
    ('ann@a.example (5 " pipe), bob@b.example', [("ann@a.example", "5 pipe"), ("bob@b.example", "")]),
    ("(a (nested) one) ann@a.example", [("ann@a.example", "a (nested) one")]),
    ("Crew: ann@a.example, Bob <bob@b.example>;, c@c.example",
     [("ann@a.example", ""), ("bob@b.example", "Bob"), ("c@c.example", "")]),
    ("undisclosed-recipients:;", []),
    ("=?utf-8?q?M=C3=BCller=2C_J?= <j@a.example>, b@b.example", [("j@a.example", "Müller, J"), ("b@b.example", "")]),
    ("=?iso-8859-1?b?TfxsbGVy?= <j@a.example>", [("j@a.example", "Müller")]),
    ("'ann@a.example' <ann@a.example>", [("ann@a.example", "ann@a.example")]),
    ("<mailto:ann@a.example>", [("ann@a.example", "")]),
    ("Ann ann@a.example", [("ann@a.example", "")]),
    ("<@r.example:ann@a.example>, b@b.example", [("ann@a.example", ""), ("b@b.example", "")]),
    ("x@[IPv6:2001:db8::1], b@b.example", [("x@[IPv6:2001:db8::1]", ""), ("b@b.example", "")]),
    ('"open <ann@a.example>', [("ann@a.example", "open")]),
    ("nobody, ,, ann@a.example", [("ann@a.example", "")]),
    ("", []),
]  # fmt: skip


@pytest.mark.parametrize(("value", "expected"), LISTS)
def test_an_address_list_is_taken_apart(value: str, expected: list[tuple[str, str]]) -> None:
    assert [(str(box.address), box.name) for box in parse_mailboxes(value)] == expected


@pytest.mark.parametrize(
    ("domain", "suffix", "registered", "country", "shown"),
    [
        ("us.army.mil", "mil", "army.mil", "", "us.army.mil"),
        ("x.army.ml", "ml", "army.ml", "ML", "x.army.ml"),
        ("a.mod.gov.uk", "gov.uk", "mod.gov.uk", "GB", "a.mod.gov.uk"),
        ("co.uk", "co.uk", "co.uk", "GB", "co.uk"),
        ("xn--e1afmkfd.xn--p1ai", "xn--p1ai", "xn--e1afmkfd.xn--p1ai", "RU", "пример.рф"),
        ("host", "host", "host", "", "host"),
        ("[192.0.2.1]", "[192.0.2.1]", "[192.0.2.1]", "", "[192.0.2.1]"),
        ("a.eu", "eu", "a.eu", "", "a.eu"),
        ("xn--e28h.example", "example", "xn--e28h.example", "", "😀.example"),
        ("xn--zz-.example", "example", "xn--zz-.example", "", "zz.example"),
    ],
)
def test_domain_helpers(domain: str, suffix: str, registered: str, country: str, shown: str) -> None:
    assert (public_suffix(domain), registrable(domain)) == (suffix, registered)
    assert (country_tld(domain), domain_to_unicode(domain)) == (country, shown)


def test_emoji_domains_are_kept_by_punycode() -> None:
    assert normalise_domain("😀.Example") == "xn--e28h.example"
