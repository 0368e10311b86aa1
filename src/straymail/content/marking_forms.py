"""The forms protective markings are written in, as patterns, and how sensitive each says its content is.

Each pattern has the class in its first group and what follows (compartments, caveats, handling) in its second.
``place`` is where a form counts: anywhere, only in a subject, only in a file name; ``hint`` as a rule has it.
``loose`` forms match within a sentence, which may be about markings.
"""

from __future__ import annotations

from collections.abc import Callable

from straymail.evidence import Sensitivity
from straymail.frozen import dataclass

Weigh = Callable[[str, str], Sensitivity]
_START = r"(?m)^[\s>*_#=\-\[({|:.~]{0,12}"
_CALLED = r"(?:(?:security|overall|document|protective) )?(?:classification(?: level)?|marking)|classified"
_LABEL = rf"(?i:{_CALLED})\s{{0,3}}[:=]\s{{0,3}}"
_EDGE = rf"{_START}(?:{_LABEL})?"
_PAGE = r"(?:(?:\t|  )[ \t]{0,40}(?i:page) [0-9]{1,4}(?: of [0-9]{1,4})?[ \t]{0,8})?"
_END = rf"[\s*_#=\-\])}}|:.~]{{0,12}}{_PAGE}$"
_RE = r"^(?:(?i:re|fw|fwd|aw|wg|tr|rv) ?: ?){0,4}"
_UK_REST = (
    r"((?: ?(?:-{1,2}|[:/\x{2013}\x{2014}]|//) ?(?:RECIPIENTS ONLY|FOR PUBLIC RELEASE|[A-Z]{2,12} USE ONLY|EMBARGOED"
    r"|PERSONAL DATA|PERSONAL|LEGAL PROFESSIONAL PRIVILEGE|LEGAL|MARKET SENSITIVE|COMMERCIAL|HR[/ ]MANAGEMENT|LOCSEN"
    r"|STAFF|MEDICAL|MANAGEMENT|POLICY|PROTECT|INVESTIGATION|VISITS|UK EYES ONLY|UKEO|REL EU|CODEWORD|CANDOUR)){%s,4})"
)
_US_LEVEL = r"TOP SECRET|SECRET|CONFIDENTIAL|UNCLASSIFIED"
_US_WORD = r"(?:NOFORN|ORCON|PROPIN|IMCON|RELIDO|REL TO USA(?:, ?[A-Z]{3,4}){1,20})"
_US_REST = rf"(?:(?: ?// ?[A-Z0-9][A-Z0-9 ,/\-]{{0,60}}){{1,6}}|(?:(?: - | ?/ ?| ){_US_WORD}){{1,4}})"
_RELEASED = (
    r"(?:[\s\-\x{2013}/,(]{1,3}(?:REL TO:? [A-Z][A-Z ,/]{1,60}|(?i:releasable to):? [A-Za-z][A-Za-z ,/]{1,60}))?"
)
_FORMER = r"PROTECT|RESTRICTED|CONFIDENTIAL"
_EYES = r"NOFORN|UKEO|UK[ _\-]EYES[ _\-]ONLY|AUSTEO|AGAO|NZEO"
_FILE = rf"(?:^|[ _\-.(\[])(%s)((?:[ _\-]{{1,3}}(?:{_EYES}))?)(?:[ _\-.)\]]|$)"


@dataclass(frozen=True, slots=True)
class Form:
    """One way of writing a marking; ``id`` is the finding's."""

    id: str
    pattern: str
    weigh: Weigh
    confidence: float = 0.97
    place: str = ""
    hint: str = ""
    loose: bool = False


def _us(level: str, rest: str) -> Sensitivity:
    if level == "UNCLASSIFIED":
        return (
            Sensitivity.HIGH
            if any(word in rest for word in ("FOUO", "OFFICIAL USE", "LES", "SBU", "CUI"))
            else Sensitivity.NONE
        )
    return Sensitivity.HIGH if level == "CONFIDENTIAL" else Sensitivity.SEVERE


def _foreign(level: str, _rest: str) -> Sensitivity:
    return Sensitivity.SEVERE if level.endswith("SECRET") else Sensitivity.HIGH


def _portion(level: str, rest: str) -> Sensitivity:
    return _us({"TS": "TOP SECRET", "S": "SECRET", "C": "CONFIDENTIAL", "U": "UNCLASSIFIED"}[level], rest)


def _uk(level: str, rest: str) -> Sensitivity:
    if "PUBLIC RELEASE" in rest:
        return Sensitivity.NONE
    if level == "OFFICIAL":
        return Sensitivity.ELEVATED if rest else Sensitivity.LOW
    return Sensitivity.HIGH if level.upper().startswith("OFFICIAL") else Sensitivity.SEVERE


def _former(level: str, _rest: str) -> Sensitivity:
    return Sensitivity.ELEVATED if level == "PROTECT" else Sensitivity.HIGH


def _au(level: str, rest: str) -> Sensitivity:
    if level in ("UNOFFICIAL", "OFFICIAL", "UNCLASSIFIED") and "DLM=" in rest:
        return Sensitivity.HIGH  # what was the limit on dissemination until 2018
    levels = {"UNOFFICIAL": Sensitivity.NONE, "OFFICIAL": Sensitivity.LOW, "UNCLASSIFIED": Sensitivity.LOW}
    high = {"OFFICIAL:Sensitive", "OFFICIAL: Sensitive", "PROTECTED", "CONFIDENTIAL", "RESTRICTED", "X-IN-CONFIDENCE"}
    return levels.get(level, Sensitivity.HIGH if level in high else Sensitivity.SEVERE)


def _nz(level: str, _rest: str) -> Sensitivity:
    return {"IN-CONFIDENCE": Sensitivity.ELEVATED, "IN CONFIDENCE": Sensitivity.ELEVATED}.get(level, Sensitivity.HIGH)


def _nato(level: str, _rest: str) -> Sensitivity:
    return _NATO_LEVELS.get(level, Sensitivity.SEVERE)


_NATO_LEVELS = {
    "UNCLASSIFIED": Sensitivity.LOW,
    "RESTRICTED": Sensitivity.HIGH,
    "RESTREINT": Sensitivity.HIGH,
    "DIFFUSION RESTREINTE": Sensitivity.HIGH,
}


def _eu(level: str, _rest: str) -> Sensitivity:
    if level.startswith("LIMITE"):
        return Sensitivity.ELEVATED
    return Sensitivity.HIGH if level.startswith(("RESTREINT", "EU RESTRICTED", "R-UE")) else Sensitivity.SEVERE


def _tlp(level: str, _rest: str) -> Sensitivity:
    return {
        "RED": Sensitivity.HIGH,
        "AMBER+STRICT": Sensitivity.HIGH,
        "AMBER": Sensitivity.ELEVATED,
        "GREEN": Sensitivity.LOW,
    }.get(tlp_level(level), Sensitivity.NONE)


def tlp_level(level: str) -> str:
    """A level of the Traffic Light Protocol as its standard writes it."""
    upper = level.upper()
    return "AMBER+STRICT" if upper.startswith("AMBER") and upper.endswith("STRICT") else upper


def _high(_level: str, _rest: str) -> Sensitivity:
    return Sensitivity.HIGH


def _named(level: str, _rest: str) -> Sensitivity:
    plain = level.replace("_", " ").replace("-", " ").upper()
    if plain.startswith("TLP"):
        return _tlp(plain[4:], "")
    return Sensitivity.SEVERE if plain.endswith("SECRET") else Sensitivity.HIGH


def _unnamed(_level: str, _rest: str) -> Sensitivity:
    return Sensitivity.ELEVATED


def _spaced(level: str, _rest: str) -> Sensitivity:
    return Sensitivity.HIGH if level.startswith("C") else Sensitivity.SEVERE


def _block(_level: str, _rest: str) -> Sensitivity:
    return Sensitivity.SEVERE


_CUI_REST = r"((?: ?// ?(?:[A-Z0-9][A-Z0-9 ,/\-]{0,60}|[A-Z/]{0,40}Attorney-(?:Client|WP)(?:/[A-Z]{2,12}){0,3})){%s,4})"
_AU_REST = r"((?:, ?(?:CAVEAT|ACCESS|DLM|EXPIRES|DOWNTO)=(?:\\.|[^\],\n\\])+)*)"
_AU_LEVEL = r"UNOFFICIAL|OFFICIAL(?::Sensitive)?|UNCLASSIFIED|PROTECTED|CONFIDENTIAL|SECRET|TOP[ \-]SECRET"
_AU_CAVEATS = r"(?:AUSTEO|AGAO|CABINET|NATIONAL[ \-]CABINET|DELICATE[ \-]SOURCE|ACCOUNTABLE[ \-]MATERIAL)"
_NZ_REST = (
    r"(?: ?[:/\-] ?(?:NZEO|STAFF|MEDICAL|COMMERCIAL|LEGAL PRIVILEGE|BUDGET|CABINET|POLICY|EVALUATIVE"
    r"|EMBARGOED[A-Z ]{0,30}))"
)
_UNNAMED = r"RESTRICTED|SENSITIVE|PROTECTED"  # levels of many schemes, and of firms' own

FORMS = (
    Form("marking.au", rf"{_EDGE}(OFFICIAL: ?Sensitive|PROTECTED|SECRET|TOP[ \-]SECRET)"
         rf"((?://[A-Za-z][A-Za-z/ \-]{{1,60}}){{0,6}}//{_AU_CAVEATS}[A-Za-z/ \-]{{0,60}}){_END}", _au),
    Form("marking.us", rf"{_EDGE}({_US_LEVEL})({_US_REST}){_END}", _us),
    Form("marking.us", r"(?m)(?:^|\s)\((TS|S|C|U)((?://[A-Z][A-Z0-9\-, /]{0,40}){1,5})\)", _portion,
         hint=r"\((?:TS|S|C|U)//", loose=True),
    Form("marking.us", r"(?m)^\s{0,8}(?:[0-9A-Za-z]{1,3}[.)] {1,4})?\((C)\)() {1,3}[A-Z]", _portion, 0.85,
         hint=r"\(C\) "),
    Form("marking.us", rf"{_START}{_LABEL}(CONFIDENTIAL)(){_END}", _us, 0.9, hint="CONFIDENTIAL"),
    Form("marking.us", r"(?m)^\s{0,8}(?:[0-9A-Za-z]{1,3}[.)] {1,4})?\((TS|S)\)() {1,3}[A-Z]", _portion, 0.85),
    Form("marking.us", rf"{_EDGE}//(JOINT (?:TOP SECRET|SECRET|CONFIDENTIAL)|[A-Z]{{3}} (?:TOP SECRET|SECRET"
         rf"|CONFIDENTIAL|RESTRICTED))((?: [A-Z]{{3}}){{0,6}}(?://[A-Z0-9 ,/\-]{{2,60}}){{0,4}}){_END}", _foreign),
    Form("marking.us", rf"{_RE}[\[(]?({_US_LEVEL})({_US_REST})[\])]?(?:\s|:|$)", _us, place="subject"),
    Form("marking.us", rf"(?:[\[(]| (?:[\-\x{{2013}}|]|//) )({_US_LEVEL})({_US_REST})[\])]?", _us, place="subject"),
    Form("marking.us", r"(?m)^[\s>*_#=\-\[({|:.~]{0,12}((?:T O P {1,3})?S E C R E T|C O N F I D E N T I A L)"
         r"((?: {0,3}/{1,2} {0,3}N O F O R N)?)(?: SECTION [0-9]{2} OF [0-9]{2}.{0,40})?\s{0,12}$", _spaced, 0.95,
         hint=r"S E C R E T|C O N F I D E N T I A L"),
    Form("marking.us", r"(?m)^[ \t>*|]{0,8}(Derived [Ff]rom|DERIVED FROM|Classified [Bb]y|CLASSIFIED BY)() ?:"
         r" ?[^\n]{2,120}\n(?:[^\n]{0,160}\n){0,3}?[ \t>*|]{0,8}(?:Declassify [Oo]n|DECLASSIFY ON) ?:", _block, 0.95,
         hint=r"(?i)declassify on"),
    Form("marking.fouo", rf"{_EDGE}(SBU)((?: ?(?:-|//|/) ?(?:NOFORN|NF|LES))?){_END}", _high, 0.9, hint=r"\bSBU\b"),
    Form("marking.fouo", rf"(?:{_RE}\[?|[\[(])(SBU)()(?:[\])]|: | - )", _high, 0.85, "subject", r"\bSBU\b"),
    Form("marking.fouo", r"(?m)^\s{0,8}(?:[0-9A-Za-z]{1,3}[.)] {1,4})?\((SBU)((?:/NF|/LES)?)\) {1,3}[A-Z]", _high, 0.9,
         hint=r"\(SBU"),
    Form("marking.cui", rf"{_EDGE}(CUI|CONTROLLED){_CUI_REST % 1}{_END}", _high),
    Form("marking.cui", rf"{_EDGE}(CUI)(/(?:SP-)?[A-Z]{{2,6}}(?:/(?:SP-)?[A-Z]{{2,6}}){{0,3}}){_END}", _high, 0.9),
    Form("marking.cui", rf"{_EDGE}(CUI|CONTROLLED UNCLASSIFIED INFORMATION)(){_END}", _high),
    Form("marking.cui", r"(?:^|\s)\((CUI)((?://[A-Z][A-Z0-9 ,/\-]{0,60}){0,4})\)", _high, loose=True),
    Form("marking.cui", r"^\s{0,40}[*_\-]{0,3}(CONTROLLED)()[*_\-]{0,3}[ \t]{0,9}\n[ \t]{0,9}\n\s{0,9}\S", _high, 0.85,
         hint="CONTROLLED"),
    Form("marking.cui", r"\S[ \t]{0,9}\n\s{0,9}\n[ \t]{0,9}[*_\-]{0,3}(CONTROLLED)()[*_\-]{0,3}\s{0,40}$", _high, 0.85,
         hint="CONTROLLED"),
    Form("marking.cui", r"(?m)^\s{0,8}(CUI (?:Category|Controlled [Bb]y|Categor(?:y|ies)(?:\((?:s|ies)\))?))() ?: ?\S",
         _high),
    Form("marking.cui", rf"{_RE}[\[(]?(CUI|Contains CUI)((?://[A-Z0-9][A-Z0-9 ,/\-]{{0,60}}){{0,4}})[\])]?"
         r"(?: ?[:\-\x{2013}] |\s*$)", _high, place="subject"),
    Form("marking.cui", r"(?:[\[(] ?| [\-\x{2013}] )((?:[Cc]ontains )?CUI)((?://[A-Z0-9][A-Z0-9 ,/\-]{0,60}){0,4})"
         r"(?: ?[\])]|$)", _high, place="subject"),
    Form("marking.fouo", r"(FOR OFFICIAL USE ONLY|For Official Use Only|U//FOUO|\bFOUO\b|LAW ENFORCEMENT SENSITIVE"
         r"|SENSITIVE BUT UNCLASSIFIED)()", _high, 0.93, loose=True),
    Form("marking.fouo", rf"{_EDGE}(Law Enforcement Sensitive|Sensitive [Bb]ut Unclassified|Official Use Only"
         rf"|OFFICIAL USE ONLY|LIMITED OFFICIAL USE)(){_END}", _high, 0.9),
    Form("marking.uk", rf"{_EDGE}(?:UK )?(TOP SECRET|SECRET|OFFICIAL[ \-]SENSITIVE|OFFICIAL){_UK_REST % 0}{_END}", _uk),
    Form("marking.uk", rf"{_EDGE}(OFFICIAL ?[\-\x{{2013}}\x{{2014}}:] ?SENSITIVE){_UK_REST % 0}{_END}", _uk),
    Form("marking.uk", rf"{_EDGE}(Official(?: ?[\-\x{{2013}}] ?| )Sensitive)"
         r"((?: ?[\-\x{2013}:] ?(?:Personal(?: Data)?|Commercial|Legal|Recipients Only|HR|Medical|Staff)){0,2})"
         rf"{_END}", _uk, 0.85),
    Form("marking.uk", rf"{_EDGE}(?:UK )?(TOP SECRET|SECRET)"
         rf"( ?(?:-|\x{{2013}}|//)? ?STRAP ?[123](?: [A-Z]{{3,12}}){{0,2}}){_END}", _uk, hint="STRAP ?[123]"),
    Form("marking.uk", rf"{_EDGE}(?:UK )?(TOP SECRET|SECRET)((?: ?(?:-|\x{{2013}}|//)? ?(?:STRAP ?[123]|[A-Z]{{3,12}}"
         rf"|[A-Z]{{3,12}} EYES ONLY)){{0,3}} ?(?:-|\x{{2013}}|//)? ?(?:(?:(?:(?:AUS|CAN|NZ|UK|US)/?){{1,5}}|FIVE|FVEY)"
         rf" EYES ONLY|UKEO)){_END}", _uk),
    Form("marking.uk", rf"[\[({{](?:UK )?(OFFICIAL[ \-]SENSITIVE|OFFICIAL){_UK_REST % 0}[\])}}]", _uk, loose=True),
    Form("marking.uk", rf"[\[({{](?:UK )?(TOP SECRET|SECRET){_UK_REST % 1}[\])}}]", _uk, loose=True),
    Form("marking.uk", rf"\b(OFFICIAL[ \-]SENSITIVE){_UK_REST % 0}", _uk, 0.85, loose=True),
    Form("marking.uk", rf"{_EDGE}(?:UK )?({_FORMER}){_UK_REST % 1}{_END}", _former, 0.95),
    Form("marking.uk", rf"{_EDGE}UK ({_FORMER})(){_END}", _former, 0.95),
    Form("marking.uk", rf"{_RE}(?:UK )?(TOP SECRET|SECRET|OFFICIAL|{_FORMER}){_UK_REST % 1}(?: ?[:\-\x{{2013}}] |\s*$)",
         _uk, place="subject"),
    Form("marking.uk", rf"(?: [\-\x{{2013}}|] |[\[(])(?:UK )?(TOP SECRET|SECRET)(){_END}", _uk, 0.85, place="subject"),
    Form("marking.uk", rf"{_RE}\[(?:UK )?(TOP SECRET|SECRET)()\] ", _uk, 0.85, place="subject"),
    Form("marking.au", rf"\bSEC=({_AU_LEVEL}){_AU_REST}", _au),
    Form("marking.au", r"\bSEC=([A-Z]{4,12}-IN-CONFIDENCE|RESTRICTED|HIGHLY[ \-]PROTECTED)" + _AU_REST, _high),
    Form("marking.au", rf"{_EDGE}(OFFICIAL: ?Sensitive|PROTECTED)"
         rf"((?: ?// ?[A-Za-z][A-Za-z/ \-]{{2,40}}){{0,4}}){_END}", _au),
    Form("marking.au", rf"{_EDGE}(OFFICIAL: ?Sensitive)((?:(?: [\-\x{{2013}}] |, ?|: ?)"
         rf"[A-Z][A-Za-z\-]{{1,20}}(?: [A-Z][A-Za-z\-]{{1,20}}){{0,2}}){{1,3}}){_END}", _au),
    Form("marking.au", rf"{_EDGE}(PROTECTED|SECRET|TOP[ \-]SECRET)"
         rf"((?:(?: [\-\x{{2013}}:] | ){_AU_CAVEATS}){{1,3}}){_END}", _au, hint=_AU_CAVEATS),
    Form("marking.au", rf"{_EDGE}(S(?:ensitive|ENSITIVE))"
         rf"(: ?(?:Personal|Legal|Cabinet|(?:NSW |VIC |QLD |SA |WA |TAS |NT |ACT )?CABINET|LEGAL|PERSONAL)"
         rf"(?: (?:Privacy|Privilege|Secrecy))?){_END}", _high, 0.9,
         hint=r"S(?:ensitive|ENSITIVE): ?[PLCNVQSWAT]"),
    Form("marking.au", rf"{_EDGE}(PROTECTED|SECRET|TOP[ \-]SECRET)((?: ?// ?[A-Z][A-Z ]{{1,20}}){{0,3}}"
         rf" ?// ?RI:[A-Z/]{{4,20}}){_END}", _au),
    Form("marking.au", rf"{_EDGE}(UNCLASSIFIED|PROTECTED|CONFIDENTIAL|SECRET|TOP SECRET)"
         rf"((?: ?[\-\x{{2013}}/:,]{{1,2}} ?| )(?:Sensitive|SENSITIVE)(?: ?: ?[A-Z][A-Za-z \-]{{2,30}})?){_END}",
         _foreign),
    Form("marking.au", r"\[(DLM=)((?:For-Official-Use-Only|Sensitive(?::[A-Za-z-]{2,20})?))\]", _high),
    Form("marking.au", rf"{_EDGE}(TOP-SECRET)((?://[A-Za-z][A-Za-z/ \-]{{1,60}}){{0,8}}),?{_END}", _au),
    Form("marking.nz", rf"[\[(](IN[ \-]CONFIDENCE)({_NZ_REST}{{0,4}})[\])]", _nz, 0.9),
    Form("marking.nz", rf"[\[(](SENSITIVE|RESTRICTED)({_NZ_REST}{{1,4}})[\])]", _nz, 0.9),
    Form("marking.nz", rf"{_EDGE}((?:COMMERCIAL|STAFF|MEDICAL|COUNCIL|BUDGET|LEGAL|POLICY)[ :\-]{{1,2}})?"
         rf"(IN[ \-]CONFIDENCE(?: ?[:\-] ?(?:STAFF|MEDICAL|COMMERCIAL|LEGAL|BUDGET|POLICY))?){_END}",
         lambda _level, _rest: Sensitivity.ELEVATED, 0.9),
    Form("marking.nz", rf"{_EDGE}(IN[ \-]CONFIDENCE|SENSITIVE|RESTRICTED|CONFIDENTIAL|SECRET|TOP SECRET)"
         rf"((?:(?: - |//| : )[A-Z ]{{2,30}}){{0,3}}(?: - |//|: | )(?:NZEO|NEW ZEALAND EYES ONLY)){_END}", _nz),
    Form("marking.nato", rf"{_EDGE}(?://)?(?:NATO|COSMIC) (UNCLASSIFIED|RESTRICTED|CONFIDENTIAL|SECRET|TOP SECRET)"
         rf"((?:(?:[ /]{{1,2}}| [\-\x{{2013}}] )[A-Z][A-Z ,]{{1,40}}){{0,4}}{_RELEASED}){_END}", _nato),
    Form("marking.nato", rf"{_EDGE}(?:NATO|OTAN|COSMIC)(?:/(?:EAPC|PFP|PfP|OTAN|NATO))? (DIFFUSION RESTREINTE|RESTREINT"
         r"|CONFIDENTIEL|TR[E\x{c8}]S SECRET|RESTRICTED|CONFIDENTIAL|SECRET)"
         rf"((?: ?/ ?(?:NATO|OTAN|COSMIC) [A-Z ]{{6,22}})?){_END}", _nato,
         hint=r"(?:NATO|OTAN|COSMIC)[ /][DRCTSEP][A-Zf/]"),
    Form("marking.nato", rf"{_RE}[\[(]?(?:NATO|COSMIC) (RESTRICTED|CONFIDENTIAL|SECRET|TOP SECRET)()[\])]?"
         r"(?: ?[:\-\x{2013}] |$)",
         _nato, place="subject"),
    Form("marking.nato", r" (?:[\-\x{2013}|]|//) (?:NATO|COSMIC) (RESTRICTED|CONFIDENTIAL|SECRET|TOP SECRET)()\s*$",
         _nato, place="subject"),
    Form("marking.nato", r"[\[(](?:NATO|COSMIC) (RESTRICTED|CONFIDENTIAL|SECRET|TOP SECRET)([A-Z /]{0,40})[\])]",
         _nato, loose=True),
    Form("marking.eu", rf"{_EDGE}((?:RESTREINT|CONFIDENTIEL|SECRET|TR[EÈ]S SECRET) UE"
         rf"|EU (?:RESTRICTED|CONFIDENTIAL|SECRET|TOP SECRET))((?: ?/ ?EU (?:TOP SECRET|[A-Z]{{4,20}}))?"
         rf"{_RELEASED}){_END}", _eu),
    Form("marking.eu", r"[\[(]((?:RESTREINT|CONFIDENTIEL|SECRET|TR[EÈ]S SECRET) UE(?: ?/ ?EU [A-Z ]{4,20})?"
         r"|EU (?:RESTRICTED|CONFIDENTIAL|SECRET|TOP SECRET))()[\])]", _eu, loose=True),
    Form("marking.eu", rf"{_RE}((?:RESTREINT|CONFIDENTIEL|SECRET|TR[EÈ]S SECRET) UE"
         r"|EU (?:RESTRICTED|CONFIDENTIAL|SECRET|TOP SECRET))((?: ?/ ?EU [A-Z ]{4,20})?) ?[:\-\x{2013}] ",
         _eu, place="subject"),
    Form("marking.eu", r"\b(TS-UE/EU-TS|S-UE/EU-S|C-UE/EU-C|R-UE/EU-R)()\b", _eu),
    Form("marking.eu", rf"{_EDGE}(LIMITE)(){_END}", _eu, 0.8),
    Form("marking.tlp", r"\btlp:(red|amber\+strict|amber|green)()\b", _tlp, 0.9, loose=True),
    Form("marking.tlp", r"\bTLP[: _\-] ?(RED|AMBER ?\+ ?STRICT|AMBER[ _\-]STRICT|AMBER|GREEN|CLEAR|WHITE)()\b",
         _tlp, hint=r"TLP[: _\-] ?[RAGCW][EMRLH]", loose=True),
    Form("marking.tlp", r"\b(?:TLP|Traffic Light Protocol(?: \(TLP\))?) ?: ?(Red|RED|Amber ?\+ ?Strict"
         r"|AMBER ?\+ ?STRICT|Amber|AMBER|Green|GREEN)()\b",
         _tlp, 0.9, hint=r"(?:TLP ?:|Traffic Light Protocol)", loose=True),
    Form("marking.file", _FILE % (r"TOP[ _\-]?SECRET|SECRET|OFFICIAL[ _\-]SENSITIVE|CUI|FOUO"
         r"|NATO[ _\-](?:RESTRICTED|CONFIDENTIAL|SECRET)|RESTREINT[ _\-]UE"
         rf"|TLP[ _\-](?:RED|AMBER[ _\-+]STRICT|AMBER|GREEN)|{_EYES}"),
         _named, 0.85, place="file name"),
    Form("marking.unnamed", rf"{_START}{_LABEL}({_UNNAMED})(){_END}", _unnamed, 0.85),
    Form("marking.unnamed", rf"[\[(]({_UNNAMED})()[\])]", _unnamed, 0.7, loose=True,
         hint=rf"[\[(](?:{_UNNAMED})[\])]"),
    Form("marking.unnamed", rf"^[\s*_#=\-]{{0,40}}({_UNNAMED})()[ \t*_#=\-]{{0,12}}{_PAGE}\r?\n", _unnamed, 0.7,
         hint=_UNNAMED),
    Form("marking.unnamed", rf"\n[\s*_#=\-]{{0,12}}({_UNNAMED})()[ \t*_#=\-]{{0,12}}{_PAGE}\s{{0,40}}$", _unnamed, 0.7,
         hint=_UNNAMED),
    Form("marking.unnamed", rf"{_RE}({_UNNAMED})()(?: ?: | [\-\x{{2013}}|] )", _unnamed, 0.7, place="subject"),
    Form("marking.unnamed", rf" (?:[\-\x{{2013}}|]|//) ({_UNNAMED})()\s*$", _unnamed, 0.7, place="subject"),
    Form("marking.unnamed", rf"(?:^|[ _\-.(\[])({_UNNAMED})()[\])]?(?:\.[A-Za-z0-9]{{1,5}})?$", _unnamed, 0.7,
         place="file name"),
    Form("marking.unnamed", rf"^[\[(]?({_UNNAMED})()(?:[_\])]| ?- ?)", _unnamed, 0.7, place="file name"),
)  # fmt: skip
