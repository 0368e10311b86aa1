"""``marking.us``, ``.cui``, ``.fouo``, ``.uk``, ``.au``, ``.nato``, ``.eu``, ``.tlp``, ``.label``: protective markings.

By grammar: a marking is written in capitals and stands alone, on a line of its own, in brackets, after a label
("Classification:"), or in a header made for it. The same words in prose ("a secret meeting", "strictly confidential"
in a footer) are none. What a marking says about its audience is kept in ``excludes``: NOFORN ``!US``, UK EYES ONLY
``!GB``, AUSTEO ``!AU``.

Sources: DoDM 5200.01 and the CAPCO register (US banners), 32 CFR 2002 (CUI), GSCP August 2024 (UK), Email Protective
Marking Standard 2024 (Australia), TLP 2.0 (FIRST). UNCLASSIFIED and TLP:CLEAR protect nothing and are not reported.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from straymail.content.scan import Detector, Rule, Text
from straymail.evidence import Finding, Sensitivity

_EDGE = r"(?m)^[\s>*_#=\-\[(|:.]{0,12}(?:(?i:classification|marking|security)\s{0,3}:\s{0,3})?"
_END = r"[\s*_#=\-\])|:.]{0,12}$"
_US = r"(TOP SECRET|SECRET|CONFIDENTIAL|UNCLASSIFIED)((?://[A-Z0-9][A-Z0-9 ,/\-]{0,60}){1,6})"
_UK = (
    r"(?:UK )?(TOP SECRET|SECRET|OFFICIAL[ \-]SENSITIVE|OFFICIAL)"
    r"((?: ?[\-:\x{2013}] ?(?:RECIPIENTS ONLY|FOR PUBLIC RELEASE|[A-Z]{2,12} USE ONLY|EMBARGOED|PERSONAL DATA|PERSONAL|"
    r"LEGAL PROFESSIONAL PRIVILEGE|LEGAL|MARKET SENSITIVE|COMMERCIAL|HR/MANAGEMENT|LOCSEN|UK EYES ONLY|CANDOUR)){0,4})"
)


@dataclass(frozen=True, slots=True)
class _Form:
    """One form of marking: ``pattern`` has the class in its first group and the rest in its second."""

    id: str
    pattern: str
    weigh: Callable[[str, str], Sensitivity]


def _us(level: str, rest: str) -> Sensitivity:
    if level == "UNCLASSIFIED":
        return Sensitivity.HIGH if "FOUO" in rest or "LES" in rest or "SBU" in rest else Sensitivity.NONE
    return Sensitivity.HIGH if level == "CONFIDENTIAL" else Sensitivity.SEVERE


def _uk(level: str, rest: str) -> Sensitivity:
    if "PUBLIC RELEASE" in rest:
        return Sensitivity.NONE
    if level == "OFFICIAL":
        return Sensitivity.ELEVATED if rest else Sensitivity.LOW
    return Sensitivity.HIGH if level.startswith("OFFICIAL") else Sensitivity.SEVERE


def _au(level: str, _rest: str) -> Sensitivity:
    levels = {"UNOFFICIAL": Sensitivity.NONE, "OFFICIAL": Sensitivity.LOW, "UNCLASSIFIED": Sensitivity.LOW}
    high = {"OFFICIAL:Sensitive", "OFFICIAL: Sensitive", "PROTECTED", "CONFIDENTIAL"}
    return levels.get(level, Sensitivity.HIGH if level in high else Sensitivity.SEVERE)


def _nato(level: str, _rest: str) -> Sensitivity:
    return {"UNCLASSIFIED": Sensitivity.LOW, "RESTRICTED": Sensitivity.HIGH}.get(level, Sensitivity.SEVERE)


def _eu(level: str, _rest: str) -> Sensitivity:
    return Sensitivity.HIGH if level.startswith(("RESTREINT", "EU RESTRICTED")) else Sensitivity.SEVERE


def _tlp(level: str, _rest: str) -> Sensitivity:
    return {
        "RED": Sensitivity.HIGH,
        "AMBER+STRICT": Sensitivity.HIGH,
        "AMBER": Sensitivity.ELEVATED,
        "GREEN": Sensitivity.LOW,
    }.get(level, Sensitivity.NONE)


def _high(_level: str, _rest: str) -> Sensitivity:
    return Sensitivity.HIGH


_FORMS = (
    _Form("marking.us", rf"{_EDGE}{_US}{_END}", _us),
    _Form("marking.us", r"(?m)(?:^|\s)\((TS|S|C|U)((?://[A-Z][A-Z0-9\-, ]{0,30}){1,4})\)", _us),
    _Form("marking.cui", rf"{_EDGE}(CUI|CONTROLLED)((?://[A-Z][A-Z0-9 ,/\-]{{0,60}}){{1,4}}){_END}", _high),
    _Form("marking.cui", rf"{_EDGE}(CUI|CONTROLLED UNCLASSIFIED INFORMATION)(){_END}", _high),
    _Form(
        "marking.fouo",
        r"(?m)(FOR OFFICIAL USE ONLY|For Official Use Only|U//FOUO|\(FOUO\)|LAW ENFORCEMENT SENSITIVE"
        r"|SENSITIVE BUT UNCLASSIFIED)()",
        _high,
    ),
    _Form("marking.uk", rf"{_EDGE}{_UK}{_END}", _uk),
    _Form("marking.uk", r"[\[(](?:UK )?(OFFICIAL[ \-]SENSITIVE)((?: ?- ?[A-Z /]{2,40})?)[\])]", _uk),
    _Form(
        "marking.au",
        r"\bSEC=(UNOFFICIAL|OFFICIAL(?::Sensitive)?|UNCLASSIFIED|PROTECTED|CONFIDENTIAL|SECRET|TOP[ \-]SECRET"
        r")"
        r"((?:, ?(?:CAVEAT|ACCESS|DLM|EXPIRES|DOWNTO)=[^\],\n]{1,80}){0,6})",
        _au,
    ),
    _Form("marking.au", rf"{_EDGE}(OFFICIAL: ?Sensitive|PROTECTED)((?://[A-Za-z \-]{{2,40}}){{0,3}}){_END}", _au),
    _Form(
        "marking.nato",
        rf"{_EDGE}(?://)?(?:NATO|COSMIC) (UNCLASSIFIED|RESTRICTED|CONFIDENTIAL|SECRET|TOP SECRET)"
        rf"((?://[A-Z ,]{{2,40}}){{0,3}}){_END}",
        _nato,
    ),
    _Form(
        "marking.eu",
        rf"{_EDGE}((?:RESTREINT|CONFIDENTIEL|SECRET|TR[EÈ]S SECRET) UE|EU (?:RESTRICTED|CONFIDENTIAL|SECRET"
        r"))"
        rf"((?:/EU [A-Z ]{{4,20}})?){_END}",
        _eu,
    ),
    _Form("marking.tlp", r"\bTLP: ?(RED|AMBER\+STRICT|AMBER|GREEN|CLEAR|WHITE)()\b", _tlp),
)
_LEVELS = {"TS": "TOP SECRET", "S": "SECRET", "C": "CONFIDENTIAL", "U": "UNCLASSIFIED"}
_EXCLUDES = (("NOFORN", "!US"), ("//NF", "!US"), ("UK EYES ONLY", "!GB"), ("AUSTEO", "!AU"))


def _judge(text: Text) -> Iterator[Finding]:
    """Yield each marking once, the most sensitive form first."""
    seen: set[str] = set()
    for number, form in enumerate(_FORMS):
        for hit in text.hits(f"{number}"):
            level, rest = hit.groups[:2]
            written = f"{level}{rest}".strip()
            sensitivity = form.weigh(_LEVELS.get(level, level), rest)
            if sensitivity is not Sensitivity.NONE and f"{form.id} {written}" not in seen:
                seen.add(f"{form.id} {written}")
                yield text.finding(
                    form.id,
                    sensitivity,
                    0.7 if written == "OFFICIAL" else 0.97,
                    "it is marked",
                    hit,
                    secret=written,
                    excerpt=written,
                    excludes=_excluded(written),
                )


DETECTOR = Detector("markings", tuple(Rule(f"{number}", form.pattern) for number, form in enumerate(_FORMS)), _judge)


def find_label(value: str) -> Iterator[Finding]:
    """Yield the sensitivity label an ``msip_labels`` header (Microsoft Purview) names, if it is enabled."""
    if "_enabled=true" in value.lower():
        label = value.partition("_Name=")[2].partition(";")[0].strip()[:60] or "sensitivity label"
        digest = hashlib.sha256(label.encode()).hexdigest()[:16]
        yield Finding("marking.label", "header msip_labels", Sensitivity.ELEVATED, 0.97, "it is marked", label, digest)


def _excluded(written: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(audience for word, audience in _EXCLUDES if word in written))
