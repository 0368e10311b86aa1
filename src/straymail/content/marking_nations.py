"""The forms of Germany's, France's, Canada's and the Netherlands' markings (``marking.de``, ``.fr``, ``.ca``, ``.nl``).

Their words are common ones in their languages (GEHEIM, SECRET, PROTECTED), so a form counts only where a marking
stands: on a line of its own, after a label ("Einstufung:", "Rubricering:"), in square brackets, at either end of a
subject, in a file name. GEHEIM and TRÈS SECRET begin headlines too: a subject must have them in brackets or at its end.

Sources: VSA 2023 (Germany), IGI 1300 of 2021 and what it replaced (France), Directive on Security Management
(Canada), VIRBI 2013 (Netherlands).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from straymail.content.marking_forms import Form, Weigh
from straymail.evidence import Sensitivity

_LABEL = (
    r"(?:(?i:(?:security )?classification|(?:vs-)?einstufung|geheimhaltungsgrad|mention(?: de protection)?"
    r"|rubricering|marking|protection)\s{0,3}[:=]\s{0,3})?"
)
_DASH = r"[\-\x{2013}\x{2014}]"
_EDGE = rf"(?m)^[\s>*_#=\-\x{{2013}}\[({{|:.~]{{0,12}}{_LABEL}"
_PAGE = r"(?:(?:\t|  )[ \t]{0,40}(?i:page|seite|pagina) [0-9]{1,4}(?: ?(?i:of|von|sur|van|/) ?[0-9]{1,4})?[ \t]{0,8})?"
_END = rf"[\s*_#=\-\x{{2013}}\])}}|:.~]{{0,12}}{_PAGE}$"
_RE = r"^(?:(?i:re|fw|fwd|aw|wg|tr|rv|antw) ?: ?){0,4}"
_ACUTE, _GRAVE = r"(?:E\x{301}|[E\x{c9}])", r"(?:E\x{300}|[E\x{c8}])"  # or without, or as two characters

_DE = (
    rf"VS ?{_DASH} ?(?:NUR F(?:UE|U\x{{308}}|\x{{dc}})R DEN DIENSTGEBRAUCH|Nur f(?:ue|u\x{{308}}|\x{{fc}})r den"
    r" Dienstgebrauch|NfD|NFD|VERTRAULICH|Vertraulich)"
)
_DE_STRONG = r"STRENG GEHEIM|GEHEIM"
_DE_REST = (
    rf"((?:(?: ?{_DASH} ?|\s{{1,3}})\(?(?i:amtlich geheim ?(?:gehalten|zu ?halten)|nur deutschen? zur kenntnis)"
    r"\)?){0,2})"
)
_FR = rf"DIFFUSION RESTREINTE|(?:TR{_GRAVE}S SECRET|SECRET|CONFIDENTIEL) D{_ACUTE}FENSE"
_FR_STRONG = rf"TR{_GRAVE}S SECRET"
_FR_REST = rf"(?:\s{{0,3}}(?:{_DASH}|/{{1,2}})?\s{{0,3}}SP{_ACUTE}CIAL FRANCE)"
_CA = rf"(?:PROTECTED|PROT{_ACUTE}G{_ACUTE}) [ABC]"
_CA_BOTH = rf"(?: ?[/|] ?(?:PROT{_ACUTE}G{_ACUTE}|PROTECTED) [ABC])"
_CA_DONE = (
    rf"(?: ?[(,\-]? ?(?i:when|once|une fois|lorsque) (?i:completed|filled(?: in| out)?|rempli"
    rf"|compl{_ACUTE}t{_ACUTE})\)?)"
)
_CA_EYES = rf"(?:CANADIAN EYES ONLY|R{_ACUTE}SERV{_ACUTE} AUX CANADIENS)"
_CA_EYES_REST = rf"((?: ?(?:{_DASH}|/{{1,2}}|\() ?{_CA_EYES}\)?){{1,2}})"
_CA_LEVEL = rf"TOP SECRET|SECRET|CONFIDENTIAL|TR{_GRAVE}S SECRET|CONFIDENTIEL"
_NL = (
    r"(?:DEP\.|DEPARTEMENTAAL|Dep\.|Departementaal) ?(?:VERTROUWELIJK|Vertrouwelijk)"
    r"|(?:STG\.|STAATSGEHEIM|Stg\.|Staatsgeheim) ?(?:CONFIDENTIEEL|ZEER GEHEIM|GEHEIM|Confidentieel|Zeer Geheim|Geheim)"
)
_NL_REST = r"((?: ?(?://|-) ?(?:NLD|NL) EYES ONLY)?)"


def _weigh(grades: Mapping[str, Sensitivity]) -> Weigh:
    """By the first of these words that the marking has."""

    def weigh(level: str, _rest: str) -> Sensitivity:
        return next((grade for word, grade in grades.items() if word in level.upper()), Sensitivity.HIGH)

    return weigh


_GERMAN = _weigh({"NUR": Sensitivity.HIGH, "NFD": Sensitivity.HIGH, "": Sensitivity.SEVERE})
_FRENCH = _weigh({"RESTREINTE": Sensitivity.HIGH, "": Sensitivity.SEVERE})
_CANADIAN = _weigh({"SECRET": Sensitivity.SEVERE, " A": Sensitivity.ELEVATED, " C": Sensitivity.SEVERE})
_DUTCH = _weigh({"DEP": Sensitivity.HIGH, "": Sensitivity.SEVERE})
# Strings that each form must have, in bytes: literals, as those are searched for at almost no cost.
_E = r"(?:E|\xc3\x89|E\xcc\x81)"
_VS = r"VS ?(?:\x2d|\xe2\x80[\x93\x94]) ?[NV]"
_RESTREINTE = rf"RESTREINTE|D{_E}FENSE"
_PROTECTED = rf"PROTECTED[ _\x2d][ABC]|PROT{_E}G{_E} [ABC]"
_EYES = r"CANADIAN EYES ONLY|AUX CANADIENS"
_RUBRIC = r"VERTROUWELIJK|Vertrouwelijk|(?:STG\x2e|Stg\x2e|STAATSGEHEIM|Staatsgeheim) ?[CGZ]"


def _places(identifier: str, level: str, weigh: Weigh, hint: str) -> Iterator[Form]:
    """Where words that are nothing but a marking count, besides lines: in brackets, and at either end of a subject."""
    yield Form(identifier, rf"\[({level})()\]", weigh, hint=hint)
    before = rf"(?:{_RE}[\[(]?|(?: (?:{_DASH}|[|/]|//) |[\[(]))"
    after = rf"(?:[\])]| ?[:|/] | {_DASH} | [A-Z0-9\"]|\s*$)"
    yield Form(identifier, rf"{before}({level})(){after}", weigh, 0.9, "subject", hint)


def _ends(identifier: str, level: str, weigh: Weigh, hint: str) -> Form:
    """Words that headlines begin with, too, in a subject: in brackets or at its end."""
    return Form(identifier, rf"(?: (?:{_DASH}|[|/]|//) |[\[(])({level})()(?:\s*$|[\])])", weigh, 0.85, "subject", hint)


def _named(identifier: str, level: str, weigh: Weigh, hint: str) -> Form:
    return Form(identifier, rf"(?:^|[ _\-.(\[])({level})()(?:[ _\-.)\]]|$)", weigh, 0.85, "file name", hint)


FORMS = (
    Form("marking.de", rf"{_EDGE}({_DE}){_DE_REST}{_END}", _GERMAN, hint=_VS),
    Form("marking.de", rf"{_EDGE}({_DE_STRONG}){_DE_REST}{_END}", _GERMAN, 0.85, hint="GEHEIM"),
    *_places("marking.de", _DE, _GERMAN, _VS),
    _ends("marking.de", _DE_STRONG, _GERMAN, "GEHEIM"),
    _named("marking.de", r"VS[\-_ ]{1,3}(?:NfD|NFD|VERTRAULICH)|STRENG[ _\-]GEHEIM", _GERMAN,
           r"VS[\x2d_ ]+[NV]|STRENG.GEHEIM"),
    Form("marking.fr", rf"{_EDGE}({_FR})({_FR_REST}?){_END}", _FRENCH, 0.93, hint=_RESTREINTE),
    Form("marking.fr", rf"{_EDGE}({_FR_STRONG}|SECRET|CONFIDENTIEL)({_FR_REST}){_END}", _FRENCH, hint="CIAL FRANCE"),
    Form("marking.fr", rf"{_EDGE}({_FR_STRONG})(){_END}", _FRENCH, 0.85, hint="S SECRET"),
    *_places("marking.fr", _FR, _FRENCH, _RESTREINTE),
    _ends("marking.fr", _FR_STRONG, _FRENCH, "S SECRET"),
    _named("marking.fr", r"DIFFUSION[ _\-]RESTREINTE|SECRET[ _\-]D(?:E|\S{1,2})FENSE", _FRENCH, "RESTREINTE|FENSE"),
    Form("marking.ca", rf"{_EDGE}({_CA})((?:{_CA_DONE}?{_CA_BOTH})?{_CA_DONE}?){_END}", _CANADIAN, hint=_PROTECTED),
    Form("marking.ca", rf"{_EDGE}((?i:{_CA}))((?i:{_CA_BOTH})?{_CA_DONE}|(?i:{_CA_BOTH})){_END}", _CANADIAN, 0.9,
         hint=r"(?i)PROT(?:ECTED|\xc3.G\xc3.) [ABC]"),
    *_places("marking.ca", _CA, _CANADIAN, _PROTECTED),
    _named("marking.ca", r"PROTECTED[ _\-][ABC]", _CANADIAN, _PROTECTED),
    Form("marking.ca", rf"{_EDGE}({_CA_LEVEL}){_CA_EYES_REST}{_END}", _CANADIAN, hint=_EYES),
    Form("marking.nl", rf"{_EDGE}({_NL}){_NL_REST}{_END}", _DUTCH, hint=_RUBRIC),
    *_places("marking.nl", _NL, _DUTCH, _RUBRIC),
    _named("marking.nl", r"(?:STG|DEP)[._ \-]{1,2}(?:(?:ZEER[ _\-])?GEHEIM|VERTROUWELIJK|CONFIDENTIEEL)", _DUTCH,
           r"(?:STG|DEP)[\x2e_ \x2d]+[GVCZ]"),
)  # fmt: skip
