"""Protective markings made from their grammars (not from the detector's patterns), and those collected in a corpus.

Sources of the grammars: as in ``content.markings``. Each marking is set where it would stand: a subject, a banner line
at the top or bottom, before a portion, in a header, in a file name. Near misses are the same words in prose, page
stamps of released papers, disclaimers.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import re2

from straymail.audit.samples import Sample

_COUNT = 1_500  # of each scheme
_LINES = (
    "The convoy leaves at dawn, see the annex for the route.",
    "Please find the minutes of Tuesday below.",
    "Lunch on Friday, who is in?",
    "We need the figures for the third quarter before noon.",
    "Es folgt die Liste der Teilnehmer.",
    "Merci de confirmer la livraison.",
)
_NEAR = (
    "UNCLASSIFIED U.S. Department of State Case No. F-2014-{n} Doc No. C0{n}",
    "This e-mail is confidential and may be legally privileged.",
    "STRICTLY PRIVATE AND CONFIDENTIAL: if you are not the intended recipient, delete it.",
    "It is no secret that the official figures are restricted to {n} readers.",
    "TOP SECRET RECIPE: {n} apples, butter, sugar",
    "Our secret: {n} percent off everything, officially!",
    "SECRET SANTA draws on day {n}",
    "the protected species act of 19{n}",
    "NATO secretary general visits for the {n}th time",
    "the EU restricted imports of {n} goods",
    "TLP:CLEAR",
    "[SEC=UNOFFICIAL]",
    "UNCLASSIFIED",
    "OFFICIAL - FOR PUBLIC RELEASE",
    "Sensitive skin? Try number {n}.",
    "PROTECTED BY COPYRIGHT {n}",
    "Restricted stock units: {n}",
    "(c) 20{n} The company. (s)he who laughs last",
    "CONFIDENTIALITY NOTICE {n}",
    "The documents were once marked with a stamp, number {n}",
)
_CAVEATS = (
    "RI:AUSTEO",
    "SH:CABINET",
    "C:LOBSTER",
    "RI:REL/AUS/USA",
    "RI:REL AUS/USA",
    "SH:EXCLUSIVE-FOR J Citizen",
    "SH:NATIONAL-CABINET",
    "FG:usa caveat",
)
_COLLECTED = re2.compile(r"\[SEC=[A-Z][^\]\n]{2,300}\]")


def samples(folder: Path) -> Iterator[Sample]:
    """Grammar-made markings of each scheme, near misses, and what ``folder/markings`` has collected."""
    rng = Random(20260101)  # noqa: S311  (samples, not secrets)
    for scheme, make in _SCHEMES.items():
        for number in range(_COUNT):
            marking, place = make(rng)
            yield _placed(rng, f"{scheme} {number}", scheme, marking, place)
    for number in range(_COUNT):
        near = rng.choice(_NEAR).replace("{n}", str(rng.randrange(10, 99)))
        text = near if rng.random() < 0.2 else f"{rng.choice(_LINES)}\n{near}\n{rng.choice(_LINES)}"
        yield Sample(f"near {number}: {near}", f"near {number}", "near misses", text, unwanted=("marking.",))
    yield from _collected(folder / "markings")


def _collected(folder: Path) -> Iterator[Sample]:
    if not folder.is_dir():
        raise FileNotFoundError(folder)
    seen: set[str] = set()
    for file in sorted(folder.rglob("*")):
        if file.suffix in (".txt", ".md", ".ps1"):
            seen.update(_COLLECTED.findall(file.read_text("utf-8", "replace")))
    for marking in sorted(seen):
        if "UNOFFICIAL" in marking or ".." in marking or "*" in marking:
            continue
        yield Sample(marking, marking, "collected", f"Minutes {marking}", wanted=("marking.au",))


def _placed(rng: Random, name: str, scheme: str, marking: str, place: str) -> Sample:
    """Set a marking where it stands; ``place`` is banner, subject, portion, or bracket."""
    line, other = rng.choice(_LINES), rng.choice(_LINES)
    text = {
        "banner": rng.choice(
            (f"{marking}\n\n{line}\n{other}", f"{line}\n{other}\n\n{marking}", f"  {marking}  \n{line}")
        ),
        "label": f"Classification: {marking}\n{line}",
        "bracket": f"Minutes of Tuesday [{marking}]",
        "portion": f"1. ({marking}) {line}",
        "end": f"Minutes of Tuesday {marking}",
    }[place]
    also = ("marking.us",) if marking.startswith("UNCLASSIFIED//") else ()  # a banner of the former scheme is both
    if marking in ("SENSITIVE", "RESTRICTED"):
        also = ("marking.unnamed",)  # New Zealand's, and many others'
    wanted = (f"marking.{scheme}", *also)
    return Sample(f"{name}: {marking}", marking, scheme, text, wanted=wanted)


def _us(rng: Random) -> tuple[str, str]:
    """CAPCO: CLASS//SCI//SAR//FGI//DISSEM//NON-IC."""
    level = rng.choice(("TOP SECRET", "SECRET", "CONFIDENTIAL"))
    fields = []
    if level == "TOP SECRET" and rng.random() < 0.6:
        fields.append(rng.choice(("SI", "TK", "SI/TK", "HCS-P", "SI-G/TK", "KDK")))
    if rng.random() < 0.15:
        fields.append("SAR-" + rng.choice(("BUTTER POPCORN", "BP", "TRIDENT")))
    if rng.random() < 0.2:
        fields.append("FGI " + rng.choice(("GBR", "DEU GBR", "NATO")))
    fields.append(rng.choice(("NOFORN", "ORCON/NOFORN", "REL TO USA, GBR", "REL TO USA, AUS, CAN, GBR, NZL", "ORCON",
                              "REL TO USA, FVEY", "RELIDO", "IMCON/NOFORN", "PROPIN")))  # fmt: skip
    if rng.random() < 0.15:
        fields.append(rng.choice(("LES", "EXDIS", "NODIS", "SBU", "LIMDIS")))
    if rng.random() < 0.3:
        short = {"TOP SECRET": "TS", "SECRET": "S", "CONFIDENTIAL": "C"}[level]
        return "//".join((short, rng.choice(("NF", "SI//NF", "REL TO USA, GBR", "OC/NF")))), "portion"
    return "//".join((level, *fields)), rng.choice(("banner", "banner", "label", "bracket"))


def _cui(rng: Random) -> tuple[str, str]:
    """32 CFR 2002.20: (CUI | CONTROLLED)[//categories][//dissemination]."""
    parts = [rng.choice(("CUI", "CUI", "CONTROLLED"))]
    if rng.random() < 0.7:
        parts.append("/".join(rng.sample(("SP-PRVCY", "SP-CTI", "SP-EXPT", "SP-PRIV", "LEI", "OPSEC", "PRVCY"), 2)))
    if rng.random() < 0.6 or len(parts) == 1:
        parts.append(rng.choice(("NOFORN", "FED ONLY", "FEDCON", "NOCON", "DL ONLY", "REL TO USA, GBR", "Attorney-WP")))
    if rng.random() < 0.2:
        return "CUI", rng.choice(("banner", "bracket"))
    return "//".join(parts), rng.choice(("banner", "label"))


def _fouo(rng: Random) -> tuple[str, str]:
    marking = rng.choice(("FOR OFFICIAL USE ONLY", "UNCLASSIFIED//FOUO", "U//FOUO", "FOUO", "LAW ENFORCEMENT SENSITIVE",
                          "UNCLASSIFIED//FOR OFFICIAL USE ONLY", "SENSITIVE BUT UNCLASSIFIED"))  # fmt: skip
    return marking, rng.choice(("banner", "label", "bracket"))


def _uk(rng: Random) -> tuple[str, str]:
    """GSCP: [UK] CLASS - HANDLING - DESCRIPTOR - CAVEAT, and the scheme before 2014."""
    if rng.random() < 0.2:
        level, rest = (
            rng.choice(("PROTECT", "RESTRICTED", "CONFIDENTIAL")),
            ["COMMERCIAL", "PERSONAL", "STAFF", "POLICY"],
        )
        return f"{level} - {rng.choice(rest)}", rng.choice(("banner", "label"))
    level = rng.choice(("OFFICIAL-SENSITIVE", "OFFICIAL-SENSITIVE", "OFFICIAL", "SECRET", "TOP SECRET"))
    handling = (
        [rng.choice(("RECIPIENTS ONLY", "HMG USE ONLY", "EMBARGOED", "MOD USE ONLY"))] if rng.random() < 0.5 else []
    )
    if rng.random() < 0.5:
        handling.append(rng.choice(("PERSONAL DATA", "LEGAL PROFESSIONAL PRIVILEGE", "COMMERCIAL", "HR/MANAGEMENT")))
    if "SECRET" in level and rng.random() < 0.3:
        handling.append("UK EYES ONLY")
    prefix = "UK " if rng.random() < 0.2 else ""
    return prefix + " - ".join((level, *handling)), rng.choice(("banner", "label", "bracket"))


def _au(rng: Random) -> tuple[str, str]:
    """EPMS: subject and header forms; documents write the class and its caveats on one line."""
    level = rng.choice(("OFFICIAL:Sensitive", "PROTECTED", "SECRET", "TOP-SECRET"))
    caveats = []
    if level != "OFFICIAL:Sensitive":
        caveats = rng.sample(_CAVEATS, rng.randrange(3))
    access = rng.sample(("Personal-Privacy", "Legal-Privilege", "Legislative-Secrecy"), rng.randrange(3))
    if rng.random() < 0.25:
        return rng.choice(("OFFICIAL: Sensitive", "PROTECTED", "PROTECTED//CABINET", "SECRET//AUSTEO")), "banner"
    medium = ", ".join(
        (f"SEC={level}", *(f"CAVEAT={each}" for each in caveats), *(f"ACCESS={each}" for each in access))
    )
    if rng.random() < 0.2:
        medium += ", EXPIRES=2031-10-01, DOWNTO=OFFICIAL"
    if rng.random() < 0.3:
        return f"VER=2024.1, NS=gov.au, {medium}, ORIGIN=a.citizen@agency.example", "banner"
    return medium, "bracket"


def _nz(rng: Random) -> tuple[str, str]:
    level = rng.choice(("IN-CONFIDENCE", "SENSITIVE", "RESTRICTED"))
    if rng.random() < 0.3:
        return f"{level} - NZEO", "banner"
    return level, "bracket"


def _nato(rng: Random) -> tuple[str, str]:
    marking = rng.choice(("NATO RESTRICTED", "NATO CONFIDENTIAL", "NATO SECRET", "COSMIC TOP SECRET", "//NATO SECRET",
                          "COSMIC TOP SECRET//ATOMAL", "NATO SECRET//BOHEMIA", "COSMIC TOP SECRET ATOMAL"))  # fmt: skip
    return marking, rng.choice(("banner", "label"))


def _eu(rng: Random) -> tuple[str, str]:
    marking = rng.choice(("RESTREINT UE/EU RESTRICTED", "CONFIDENTIEL UE/EU CONFIDENTIAL", "SECRET UE/EU SECRET",
                          "TRÈS SECRET UE/EU TOP SECRET", "EU RESTRICTED", "RESTREINT UE"))  # fmt: skip
    return marking, rng.choice(("banner", "label", "bracket"))


def _tlp(rng: Random) -> tuple[str, str]:
    marking = "TLP:" + rng.choice(("RED", "AMBER", "AMBER+STRICT", "GREEN"))
    return marking, rng.choice(("banner", "label", "bracket", "end"))


_SCHEMES = {
    "us": _us,
    "cui": _cui,
    "fouo": _fouo,
    "uk": _uk,
    "au": _au,
    "nz": _nz,
    "nato": _nato,
    "eu": _eu,
    "tlp": _tlp,
}
