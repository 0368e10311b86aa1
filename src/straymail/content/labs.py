"""``health.lab``: results of somebody's blood, told by what was measured, its value and its unit.

Names alone are no result: sodium stands on a packet of soup, glucose in a price list, WBC in a league. A value counts
with a unit that only laboratories use (mmol/mol, mg/dL, 10^9/L), or in a row of values that only blood has together.
One value is enough when it is spoken of as somebody's, or in a message of a line or two. An infection that was found
(HIV, hepatitis, syphilis) counts when it is somebody's. What is said of everybody ("LDL of 160 mg/dL or higher", a
serving, a trial, drinking water) is nobody's result. Spanish, French and German names are known.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

import re2

from straymail.content.health_subject import nobody, somebody
from straymail.content.scan import Detector, Hit, Rule, Text
from straymail.evidence import Finding, Sensitivity

_ANALYTE = (
    r"hb ?a1c|a1c|(?:e?gfr|inr|crp|esr|bun|tsh|psa|alt|ast|alp|ggt|ldh|ck|bnp|nt-probnp|hct|mcv|hgb|hb|plt|wbc|wcc)"
    r"|(?:serum |plasma |fasting |total |random )?(?:creatinine|creat|urea|sodium|potassium|chloride|bicarbonate"
    r"|glucose|cholesterol|calcium|phosphate|magnesium|albumin|bilirubin|urate|uric acid|ferritin|iron|folate|lactate"
    r"|cortisol|testosterone|prolactin|triglycerides?|protein)"
    r"|(?:ldl|hdl)(?:[ \-](?:c|cholesterol))?|ha?emoglobin|ha?ematocrit|platelets?(?: count)?|neutrophils|lymphocytes"
    r"|eosinophils|white (?:blood )?cells?(?: count)?|troponin(?:[ \-][it])?|trop|d-?dimer|free t[34]|ft[34]"
    r"|vitamin (?:b12|d)|b12|c-?reactive protein|cd4(?: count)?|viral load|amylase|lipase|hcg|beta-?hcg"
    r"|carga viral|charge virale|viruslast|(?:linfocitos|lymphocytes|lymphozyten) (?:t )?cd4\+?|glucosa|glucemia"
    r"|creatinina|hemoglobina|plaquetas"
    r"|leucocitos|colesterol|triglic\x{e9}ridos|ferritina|potasio|transaminasas|glyc\x{e9}mie|cr\x{e9}atinine"
    r"|h\x{e9}moglobine|plaquettes|leucocytes"
    r"|cholest\x{e9}rol|ferritine|ur\x{e9}e|kreatinin|h\x{e4}moglobin|thrombozyten|leukozyten|cholesterin|ferritin"
    r"|harnstoff|n\x{fc}chternglukose|glukose"
    r"|blutzucker|hbv[ \-]dna|hiv[ \-]rna|vih"
)
_SPOKEN = (
    r"(?:[ \t:=;,|(]{1,20}(?:is|was|of|at|levels?|results?|count|came|back|has|risen|fallen|dropped|now|up|down|to"
    r"|today|still|remains|es|est|ist|era|liegt|bei)\b){0,6}[ \t:=;,|(\-]{0,24}[<>~]?[ ]?"
)
_VALUE = r"[0-9]{1,6}(?:[.,\x{2009}\x{a0} ][0-9]{1,3}){0,3}"
_UNIT = (
    r"(?:mmol/mol|(?:m|u|n|p|\x{b5}|\x{3bc}|mc)mol/l|mg/dl|g/dl|mg/l|g/l|ng/ml|ng/l|pg/ml|(?:u|\x{b5}|\x{3bc}|mc)g/l"
    r"|m?i?u/(?:l|ml)|giga/l|[x\x{d7}*]? ?10(?:\^|\*|e)?9/l|k/(?:u|\x{b5}|\x{3bc})l|(?:cells?|c\x{e9}l(?:lules)?\.?"
    r"|c\x{e9}lulas|zellen)? ?/ ?(?:mm3|mm\x{b3}|ul|\x{b5}l|\x{3bc}l)"
    r"|(?:copies|copias|kopien|kopier)/ml|meq/l|ml/min|mm/hr?)"
)
# Names that nothing but blood has, as notes write them; the others (Na, K, Cl) count beside these.
_BLOOD = (
    r"WBC|WCC|Hgb|HGB|Hb|Plt|PLT|Plts|BUN|CRP|eGFR|TSH|fT4|Trop|Hct|HCT|ALT|AST|ALP|GGT|Creat|Bili|LDH|ESR|pCO2|pO2"
)
_SHORT_NAMES = (
    rf"{_BLOOD}|Na|K|Cl|Cr|Ur|Urea|urea|creatinine|lactate|pH|Creatinine|Glu|Lac|Alb|INR|MCV|CK|Ca|Mg|T4|PO4|HCO3"
)
_RULES = (
    Rule("measured", rf"(?i)\b({_ANALYTE})\b{_SPOKEN}{_VALUE}(?:[ \t;,|(\[]{{0,24}})({_UNIT})(?:\W|$)",
         hint=r"(?i)mol/(?:mol|l)|[gu]/d?l\b|[np]g/m?l\b|i?u/m?l\b|9/l\b|k/[u\x80-\xff]+l\b|/ ?mm(?:3|\xc2\xb3)"
              r"|(?:copies|copias|kopien|kopier)/ml|meq/l"
              r"|l/min|mm/h|giga/l|(?:cells?|lules|lulas|l\.|zellen) ?/ ?[u\x80-\xff]"),
    Rule("hba1c", rf"\b((?i:hb ?a1c)|[aA]1c)\b(?i:{_SPOKEN})[0-9]{{1,3}}(?:\.[0-9])? ?(?:%|mmol|\W|$)",
         hint="(?i)a1c"),
    Rule("sodium", r"\bNa\+?[:=]? ?1[1-6][0-9](?:\.[0-9])?[,;/| ]{1,3}(?:and )?K\+?[:=]? ?[1-9]\.[0-9]\b",
         hint=r"\bNa\x2b?[:=]? ?1[1-6][0-9]"),
    Rule("blood", rf"\b({_BLOOD})[:=]? {{0,3}}[<>]?[0-9]{{1,3}}(?:\.[0-9]{{1,2}})?\b",
         hint=rf"\b(?:{_BLOOD})[:=]? *[<>]?[0-9]"),
    Rule("said", r"(?i)\b(?:his|her|my|your|patient'?s?) (?:\w{3,10} )?(wbc|wcc|white (?:blood )?cell count"
         r"|platelets?"
         rf"|blood (?:count|sugar)|ha?emoglobin|creatinine|ferritin|troponin|egfr){_SPOKEN}[0-9]{{1,3}}(?:\.[0-9])?",
         hint="(?i)wbc|wcc|white cell|white blood|platelet|moglobin|creatinine|ferritin|troponin|egfr|blood count"
              "|blood sugar"),
    Rule("serology", r"(?i)\b(hiv(?:[ \-]?[12](?:/2)?)?|vih|hep(?:atitis)? ?[bc]|h\x{e9}patite [bc]|hbs ?-?ag"
         r"|antigeno hbs|hcv|vhc|vhb|vdrl|tpha|syphilis"
         r"|s\x{ed}filis|lues|chlamydia|gonorrh?o?ea|quantiferon|treponema\w{0,10})\b[^\n.;]{0,30}?(?:[:=\-]"
         r"|\b(?:is|was|came back|came out|es|est|ist|war|revenue?"
         r"|test(?:ed)?|result)\b|sali\x{f3} )[^\n.;]{0,16}?(?:\b(?:sero-?)?(?:positi(?:ve|f|va?o?)|reacti(?:ve"
         r"|va?o?)|r\x{e9}actif|reaktiv|detected|nachgewiesen|detectado)\b|\bd\x{e9}tect\x{e9})",
         hint=r"(?i)\bhiv|\bvih\b|hepatitis ?[bc]\b|\bhep ?[bc]\b|patite [bc]|\bhbs ?-?ag|antigeno hbs|\bhcv\b|\bvhc\b"
              r"|\bvhb\b|\bvdrl|\btpha|syphilis|s..filis|\blues\b|chlamydia|gonorr|quantiferon|treponema"),
    Rule("short", rf"\b({_SHORT_NAMES})\+?[:=]? {{0,3}}[<>]?[0-9]{{1,3}}(?:\.[0-9]{{1,2}})?\b", support=True),
    Rule("everybody", r"(?i)\b(?:per serving|servings?|nutrition\w{0,4}|calories|guidelines?|should be"
         r"|normal (?:range"
         r"|levels?|values?) (?:is|are|for)|or (?:higher|above|more|over|lower|less|below)|if (?:you|your)|study"
         r"|studies|trial|shares|investors|percent of|water|standings|fertili[sz]er|journal"
         r"|contains?|ensayo|estudio|participantes|por raci\x{f3}n|par portion|\x{e9}tude|participants|studie"
         r"|pro portion|n\x{e4}hrwert\w{0,4}|richtwert\w{0,2})\b", support=True),
)  # fmt: skip
_SOMEBODYS = re2.compile(
    rb"(?i)\b(?:your|his|her|my|their|patient'?s?|mr|mrs|ms|miss|bloods?|labs?|results?"
    rb"|repeat|today|nhs|mrn|dob|d\.o\.b\.?|clinic|gp|patient(?:in|en|e)?|pacientes?|paziente|nacid[oa]|geb"
    rb"|n\xc3\xa9e?|herrn?|frau|mme|sra?"
    rb"|ihre?|seine?|sus?|ses|anal\xc3\xadtica|laborwerte|befund|bilan)\b"
)
_FOUND = re2.compile(
    r"(?i)positi[vf]|reacti[vf]|r\x{e9}actif|reaktiv|detected|nachgewiesen|detectado|d\x{e9}tect\x{e9}"
)
_WORD = re2.compile(rb"[A-Za-z]{5}")
_CHEMICALS = frozenset(("sodium", "potassium", "chloride", "bicarbonate", "glucose", "calcium", "phosphate",
                        "magnesium", "albumin", "protein", "iron", "lactate"))  # fmt: skip
_OTHER_UNIT = re2.compile(
    r"(?i) ?(?:m?ohms?|mm|cm|[unp]f|k?v|kg|brinell|votes|points|screws|eur|usd|[$\x{20ac}%])(?:\W|$)"
)
_NEAR, _BRIEF, _GAP = 80, 160, 40
_INFECTED = 300
_ROW, _TIGHT = 3, 2
_LINE = 40  # characters of a message that is one value
_COUNTS = frozenset(("WBC", "WCC", "Hb", "Hgb", "CRP"))
_BESIDE = 3  # bytes between values of one row of two


def _worth(names: Collection[str], text: Text) -> bool:
    """Whether more than the name of an infection is there, which news are full of: what was found."""
    return set(names) != {"serology"} or _FOUND.search(text.data) is not None


def _judge(text: Text) -> Iterator[Finding]:
    if text.hits("everybody"):
        return
    measured = [hit for hit in text.hits("measured", "hba1c") if not _of_anything(hit)]
    names = {_named(hit) for hit in measured}
    sodium = text.hits("sodium")
    row = _row(text, text.hits("short"))
    serology = [hit for hit in text.hits("serology") if _of_somebody_infected(text, hit)]
    if len(names) > 1 or (measured and _somebodys(text, measured[0])):
        yield _finding(text, measured[0], names)
    elif sodium:
        yield _finding(text, sodium[0], {"sodium", "potassium"})
    elif said := text.hits("said"):
        yield _finding(text, said[0], {_named(said[0])})
    elif serology:
        yield _finding(text, serology[0], {_named(hit) for hit in serology})
    elif row:
        yield _finding(text, row[0], {_named(hit) for hit in row})


def _of_anything(hit: Hit) -> bool:
    """Whether it may be of water, soil or food: salts and sugars by weight."""
    return hit.groups[0].lower() in _CHEMICALS and hit.groups[-1].lower() in ("mg/l", "g/l", "ng/l")


def _named(hit: Hit) -> str:
    return " ".join(hit.groups[0].lower().split())


def _somebodys(text: Text, hit: Hit) -> bool:
    """Whether one value is somebody's: a word near it says so, or it is all that is said."""
    near = text.before(hit, _NEAR) + text.after(hit, _NEAR)
    return len(text.raw) <= _BRIEF or _SOMEBODYS.search(near.encode()) is not None


def _of_somebody_infected(text: Text, hit: Hit) -> bool:
    """Whether an infection that was found is somebody's: named, or spoken of by a pronoun; and not in the news."""
    near = text.before(hit, _INFECTED) + hit.text + text.after(hit, _INFECTED)
    return somebody(near) > nobody(near)


def _row(text: Text, hits: Sequence[Hit]) -> list[Hit]:
    """The first values that stand in a row: three, one of which only blood has; or two of those side by side."""
    row: list[Hit] = []
    for hit in hits:
        if _OTHER_UNIT.match(text.after(hit, 12)):
            continue
        if row and _apart(text, row[-1], hit):
            if _is_row(row):
                return row
            row = []
        row.append(hit)
    return row if _is_row(row) or _is_all(text, row) else []


def _apart(text: Text, left: Hit, right: Hit) -> bool:
    """Whether more stands between two values than units, limits and the end of a line."""
    between = text.data[left.end : right.start]
    return len(between) > _GAP or (b"\n" not in between and _WORD.search(between) is not None)


def _is_row(row: Sequence[Hit]) -> bool:
    names = {hit.groups[0] for hit in row}
    blood = names & _ONLY_BLOOD
    beside = all(after.start - before.end <= _BESIDE for before, after in pairwise(row))
    return (len(names) >= _ROW and bool(blood)) or (len(blood) >= _TIGHT and beside and "." in row[0].text)


def _is_all(text: Text, row: Sequence[Hit]) -> bool:
    """Whether one value with a decimal is all that is said."""
    return len(row) == 1 and row[0].groups[0] in _COUNTS and "." in row[0].text and len(text.raw.strip()) <= _LINE


def _finding(text: Text, hit: Hit, names: Collection[str]) -> Finding:
    said = "it holds results of somebody's blood test"
    sure = min(0.95, 0.8 + 0.04 * len(names))
    return text.finding("health.lab", Sensitivity.HIGH, sure, said, hit, excerpt=", ".join(sorted(names)))


_ONLY_BLOOD = frozenset(_BLOOD.split("|"))
DETECTOR = Detector("labs", _RULES, _judge, _worth)
