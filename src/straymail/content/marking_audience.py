"""Whom a marking's own words leave out: countries, as ``Finding.excludes`` has them.

``!XX`` entries together name the only countries allowed. NOFORN, FED ONLY: US. UK EYES ONLY: GB. AUSTEO, AGAO: AU.
NZEO: NZ. CANADIAN EYES ONLY: CA. SPÉCIAL FRANCE: FR. NUR DEUTSCHEN ZUR KENNTNIS: DE. NLD EYES ONLY: NL. REL TO USA, GBR
and DISPLAY ONLY (CAPCO), REL/AUS/USA (Australia): those listed and the country that marked it; a code that is not known
here stands for nobody. A marking of NATO or the EU: their members, and whom it is releasable to.
``!.gov`` entries name the only domains allowed: FED ONLY, HMG USE ONLY, MOD USE ONLY.
``new`` leaves out whoever nobody here has written to before: RECIPIENTS ONLY, DL ONLY, TLP:RED, TLP:AMBER+STRICT.
"""

from __future__ import annotations

import re2

from straymail.content.marking_countries import EU, NATO, members
from straymail.content.marking_forms import tlp_level

_EYES = (
    ("NOFORN", "US"),
    ("/NF", "US"),
    ("N O F O R N", "US"),
    ("FED ONLY", "US"),
    ("FEDCON", "US"),
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
_DOMAINS = (
    ("FED ONLY", (".gov", ".mil", ".fed.us")),
    ("HMG USE ONLY", (".gov.uk", ".mod.uk", ".police.uk", ".nhs.uk", ".parliament.uk", ".gov.scot", ".gov.wales")),
    ("MOD USE ONLY", (".mod.uk", ".mod.gov.uk")),
)
_NEW = ("RECIPIENTS ONLY", "/DL ONLY")
_HOME = {
    "marking.us": ("US",),
    "marking.cui": ("US",),
    "marking.uk": ("GB",),
    "marking.au": ("AU",),
    "marking.nz": ("NZ",),
    "marking.ca": ("CA",),
    "marking.nato": NATO,
    "marking.eu": EU,
}
_LIST = r"[A-Z][A-Z_]{1,13}(?:(?:, ?|/| )[A-Z][A-Z_]{1,13}){0,40}"
_ONLY_EYES = re2.compile(rf"({_LIST}) EYES ONLY")
_REL = re2.compile(rf"\b(?:REL(?: TO)?|DISPLAY ONLY)[ /]({_LIST})")
_RELEASABLE = re2.compile(r"\bRELEASABLE TO:? ([A-Z][A-Z ,/]{1,80})")
_JOINT = re2.compile(r"JOINT (?:TOP SECRET|SECRET|CONFIDENTIAL|RESTRICTED)((?: [A-Z]{3}){1,10})")
_APART = re2.compile(r"[ _\-]+")  # between the words of a file's name
_CODE = re2.compile(r"[A-Z_]{2,14}")
_BETWEEN = re2.compile(r" ?[,/] ?|(?: |^)AND ")


def excluded(identifier: str, written: str) -> tuple[str, ...]:
    """``Finding.excludes`` of a marking as written, class and caveats."""
    if identifier == "marking.file":
        written = _APART.sub(" ", written).strip()
    upper = written.upper()
    closed = tlp_level(upper.removeprefix("TLP ")) in ("RED", "AMBER+STRICT")
    new = ("new",) if closed or any(words in upper for words in _NEW) else ()
    allowed = _eyes(upper)
    if not allowed and (joint := _JOINT.search(written)):
        allowed = _countries(joint.group(1))
    if not allowed:
        allowed = _released(identifier, written)
    domains = next((domains for words, domains in _DOMAINS if words in upper), ())
    return (*new, *(f"!{each}" for each in (*sorted(allowed), *domains)))


def _eyes(upper: str) -> set[str]:
    allowed = {country for words, country in _EYES if words in upper}
    return allowed.union(*(_countries(match.group(1)) for match in _ONLY_EYES.finditer(upper)))


def _released(identifier: str, written: str) -> set[str]:
    """Those a caveat lists and those at home; nobody of whom it is not said or whose names are not known here."""
    home = _HOME.get(identifier, ())
    if lists := [match.group(1) for match in _REL.finditer(written)]:
        return set(home).union(*map(_countries, lists))
    if not (match := _RELEASABLE.search(written.upper())):
        return set(home) if len(home) > 1 else set()
    named = [members(name) for name in _BETWEEN.split(match.group(1).strip()) if name]
    return set(home).union(*named) if all(named) else set()


def _countries(listed: str) -> set[str]:
    """Whom the codes of a list stand for."""
    codes = (code for code in _CODE.findall(listed) if code not in ("TO", "AND"))
    return {country for code in codes for country in members(code)}
