"""Whom a marking's own words leave out: countries, as ``Finding.excludes`` has them.

``!XX`` entries together name the only countries allowed. NOFORN, FED ONLY: US. UK EYES ONLY: GB. AUSTEO, AGAO: AU.
NZEO: NZ. CANADIAN EYES ONLY: CA. SPÉCIAL FRANCE: FR. NUR DEUTSCHEN ZUR KENNTNIS: DE. NLD EYES ONLY: NL. REL TO USA, GBR
(CAPCO) and REL/AUS/USA (Australia): those listed. A marking of NATO or the EU: their members.
``new`` leaves out whoever nobody here has written to before: RECIPIENTS ONLY, TLP:RED.
"""

from __future__ import annotations

from collections.abc import Iterable

import re2

_EYES = (
    ("NOFORN", "US"),
    ("//NF", "US"),
    ("FED ONLY", "US"),
    ("UK EYES ONLY", "GB"),
    ("UKEO", "GB"),
    ("AUSTEO", "AU"),
    ("AGAO", "AU"),
    ("NZEO", "NZ"),
    ("NEW ZEALAND EYES ONLY", "NZ"),
    ("CANADIAN EYES ONLY", "CA"),
    ("AUX CANADIENS", "CA"),
    ("CIAL FRANCE", "FR"),
    ("NLD EYES ONLY", "NL"),
    ("NL EYES ONLY", "NL"),
    ("NUR DEUTSCHE", "DE"),
)
_NATO_2024 = "AL BE BG CA CZ DE DK EE ES FI FR GB GR HR HU IS IT LT LU LV ME MK NL NO PL PT RO SE SI SK TR US"
_EU_2020 = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
_NATO, _EU = tuple(_NATO_2024.split()), tuple(_EU_2020.split())
_GROUPS = {
    "FVEY": ("AU", "CA", "GB", "NZ", "US"),
    "ACGU": ("AU", "CA", "GB", "US"),
    "AUS_CAN_NZ": ("AU", "CA", "NZ"),
    "NATO": _NATO,
    "EU": _EU,
}
_ALPHA2 = {
    "USA": "US", "GBR": "GB", "CAN": "CA", "AUS": "AU", "NZL": "NZ", "DEU": "DE", "FRA": "FR", "ITA": "IT", "ESP": "ES",
    "NLD": "NL", "BEL": "BE", "NOR": "NO", "SWE": "SE", "DNK": "DK", "FIN": "FI", "POL": "PL", "CZE": "CZ", "SVK": "SK",
    "HUN": "HU", "ROU": "RO", "BGR": "BG", "GRC": "GR", "TUR": "TR", "PRT": "PT", "EST": "EE", "LVA": "LV", "LTU": "LT",
    "JPN": "JP", "KOR": "KR", "ISR": "IL", "IND": "IN", "SGP": "SG", "UKR": "UA", "IRL": "IE", "AUT": "AT", "CHE": "CH",
    "HRV": "HR", "SVN": "SI", "ALB": "AL", "MNE": "ME", "MKD": "MK", "ISL": "IS", "LUX": "LU", "AFG": "AF", "DZA": "DZ",
    "BRA": "BR", "ARG": "AR", "CHL": "CL", "COL": "CO", "MEX": "MX", "PHL": "PH", "THA": "TH", "SAU": "SA", "ARE": "AE",
    "JOR": "JO", "KWT": "KW", "QAT": "QA", "BHR": "BH", "EGY": "EG", "MLI": "ML", "ZAF": "ZA", "KEN": "KE", "TWN": "TW",
}  # fmt: skip
_REL = re2.compile(r"\bREL(?: TO)?[ /]((?:[A-Z]{2,4}(?:, ?|/| )?){1,30})")
_JOINT = re2.compile(r"JOINT (?:TOP SECRET|SECRET|CONFIDENTIAL|RESTRICTED)((?: [A-Z]{3}){1,10})")
_CODE = re2.compile(r"[A-Z]{2,4}")


def excluded(identifier: str, written: str) -> tuple[str, ...]:
    """``Finding.excludes`` of a marking as written, class and caveats."""
    new = ("new",) if "RECIPIENTS ONLY" in written or written.upper() == "RED" else ()
    upper = written.upper()
    allowed = {country for words, country in _EYES if words in upper}
    if "FIVE EYES ONLY" in written or "FVEY EYES ONLY" in written:
        allowed.update(_GROUPS["FVEY"])
    if not allowed and (listed := _JOINT.search(written)):
        allowed = _known(_CODE.findall(listed.group(1)))
    if not allowed:
        allowed = _released_to(written)
    if not allowed:
        allowed = set({"marking.nato": _NATO, "marking.eu": _EU}.get(identifier, ()))
    return (*new, *(f"!{country}" for country in sorted(allowed)))


def _known(codes: Iterable[str]) -> set[str]:
    """Countries and groups by code; empty when one of them is not known here, for then nobody can be left out."""
    members = [_GROUPS.get(code) or ((_ALPHA2[code],) if code in _ALPHA2 else ()) for code in codes]
    return {country for each in members for country in each} if all(members) else set()


def _released_to(written: str) -> set[str]:
    """Countries a REL caveat lists; empty when one of them is not known here, for then nobody can be left out."""
    found: set[str] = set()
    for match in _REL.finditer(written):
        members = _known(code for code in _CODE.findall(match.group(1)) if code != "TO")
        if not members:
            return set()
        found |= members
    return found
