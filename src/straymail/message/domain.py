"""Domain names as mail uses them: A-labels, lower case, no trailing dot (RFC 5321 2.3.5, RFC 5890).

Real mail holds names that IDNA2008 forbids (underscores, leading hyphens, emoji): these are kept, by plain
Punycode where needed, because a name that can receive mail must be nameable here.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

import idna
from publicsuffixlist import PublicSuffixList

from straymail.errors import AddressError

_MAX_DOMAIN = 253
_MAX_LABEL = 63
_MAX_INPUT = 1_000
_ASCII_DOMAIN = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")
_LITERAL = re.compile(r"\[[!-Z^-~]{1,250}\]")
_DOTS = str.maketrans({"\u3002": ".", "\uff0e": ".", "\uff61": "."})

_ISO_3166 = frozenset(
    """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY
    BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK
    FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR
    IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK
    ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM
    PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF
    TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
    """.split()  # noqa: SIM905  (a table to read, not a literal to type)
)
# TLDs whose country is not their own letters: exceptional reservations, and the internationalised ccTLDs.
_TLD_COUNTRY = {
    "uk": "GB",
    "ac": "SH",
    "su": "RU",
    "рф": "RU",
    "укр": "UA",
    "бел": "BY",
    "срб": "RS",
    "мкд": "MK",
    "мон": "MN",
    "қаз": "KZ",
    "бг": "BG",
    "ελ": "GR",
    "հայ": "AM",
    "გე": "GE",
    "ישראל": "IL",
    "中国": "CN",
    "中國": "CN",
    "香港": "HK",
    "台湾": "TW",
    "台灣": "TW",
    "澳门": "MO",
    "澳門": "MO",
    "한국": "KR",
    "新加坡": "SG",
    "சிங்கப்பூர்": "SG",
    "ไทย": "TH",
    "ລາວ": "LA",
    "ලංකා": "LK",
    "இலங்கை": "LK",
    "বাংলা": "BD",
    "भारत": "IN",
    "भारतम्": "IN",
    "भारोत": "IN",
    "ভারত": "IN",
    "ভাৰত": "IN",
    "ਭਾਰਤ": "IN",
    "ભારત": "IN",
    "ଭାରତ": "IN",
    "இந்தியா": "IN",
    "భారత్": "IN",
    "ಭಾರತ": "IN",
    "ഭാരതം": "IN",
    "بھارت": "IN",
    "بارت": "IN",
    "ڀارت": "IN",
    "پاکستان": "PK",
    "ایران": "IR",
    "امارات": "AE",
    "السعودية": "SA",
    "مصر": "EG",
    "المغرب": "MA",
    "الجزائر": "DZ",
    "تونس": "TN",
    "سوريا": "SY",
    "سورية": "SY",
    "الاردن": "JO",
    "فلسطين": "PS",
    "قطر": "QA",
    "عمان": "OM",
    "عراق": "IQ",
    "اليمن": "YE",
    "سودان": "SD",
    "موريتانيا": "MR",
    "البحرين": "BH",
    "مليسيا": "MY",
}


@lru_cache(maxsize=65_536)
def normalise_domain(text: str) -> str:
    """Return the A-label form, lower case, no trailing dot; address literals ``[...]`` unchanged.

    Raises:
        AddressError: empty, over 253 octets, an empty or over-long label, or not encodable by IDNA.
    """
    if len(text) > _MAX_INPUT:
        raise AddressError("the domain is too long", allowed="at most 253 octets")
    text = text.strip(" \t\r\n")
    if text.startswith("["):
        return _literal(text)
    name = text.translate(_DOTS).removesuffix(".").lower()
    if not name:
        raise AddressError("the domain is empty", field=text)
    if not name.isascii():
        name = ".".join(_a_label(label) for label in name.split("."))
    if len(name) > _MAX_DOMAIN or not _ASCII_DOMAIN.fullmatch(name):
        raise AddressError(f"not a domain name: {text[:80]!r}", allowed="labels of 1 to 63 letters, digits, hyphens")
    return name


def _literal(text: str) -> str:
    if not _LITERAL.fullmatch(text):
        raise AddressError(f"not an address literal: {text[:80]!r}", allowed="[192.0.2.1] or [IPv6:2001:db8::1]")
    return text


def _a_label(label: str) -> str:
    """Punycode one label: IDNA2008 with UTS 46 mapping first, plain Punycode for what it forbids."""
    if label.isascii() or len(label) > _MAX_LABEL:
        return label
    try:
        return idna.encode(label, uts46=True, transitional=False).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        plain = unicodedata.normalize("NFC", label)
    if not all(c in "-_" or c.isalnum() or unicodedata.category(c)[0] in "MS" for c in plain):
        raise AddressError(f"not a domain label: {label!r}", allowed="letters, digits, hyphens")
    try:
        return plain if plain.isascii() else "xn--" + plain.encode("punycode").decode("ascii").lower()
    except UnicodeError as error:
        raise AddressError(f"not encodable by IDNA: {label!r}") from error


@lru_cache(maxsize=8_192)
def domain_to_unicode(domain: str) -> str:
    """U-label form for people to read; the input when it cannot be decoded."""
    if "xn--" not in domain:
        return domain
    return ".".join(_u_label(label) for label in domain.split("."))


def readable_domain(domain: str) -> str:
    """U-label form with the A-label beside it where the two differ, so that a look-alike shows."""
    unicode = domain_to_unicode(domain)
    return domain if unicode == domain else f"{unicode} ({domain})"


def _u_label(label: str) -> str:
    if not label.startswith("xn--") or len(label) > _MAX_LABEL:
        return label
    try:
        return idna.decode(label)
    except (idna.IDNAError, UnicodeError):
        pass
    try:
        plain = label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return label
    return plain if plain.isprintable() else label


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


@lru_cache(maxsize=65_536)
def public_suffix(domain: str) -> str:
    """Public suffix (``co.uk`` of ``mod.co.uk``) by the shipped list; the last label when unknown."""
    if domain.startswith("["):
        return domain
    return _suffixes().publicsuffix(domain) or domain.rpartition(".")[2]


@lru_cache(maxsize=65_536)
def registrable(domain: str) -> str:
    """Registrable domain (``army.mil`` of ``us.army.mil``); the domain itself when it is a public suffix."""
    if domain.startswith("["):
        return domain
    return _suffixes().privatesuffix(domain) or domain


def country_tld(domain: str) -> str:
    """ISO 3166 alpha-2, upper case, of a ccTLD domain (``uk`` gives GB); "" when the TLD is no country's."""
    tld = domain_to_unicode(domain.rpartition(".")[2])
    if tld in _TLD_COUNTRY:
        return _TLD_COUNTRY[tld]
    return tld.upper() if tld.upper() in _ISO_3166 else ""
