"""``person.list``, ``.payroll``, ``.cv``, ``.complaint``: texts about people, told by their structure.

A list is many lines of one make: a name and a date of birth, a number, pay, or how to reach them; a crew or staff list
also says so. A curriculum vitae has its sections. Complaints and disciplinary matters need several of their words.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import islice
from typing import Protocol

import re2

from straymail.content.scan import DIGITS, Detector, Rule, Text
from straymail.evidence import Finding, Sensitivity

_ROW = r"(?m)^[ \x09>|*\x2d.)0-9\"']*[A-Z\x80-\xff][^\s,;|:@0-9/]*[ ,;|\x09]+[A-Z\x80-\xff][^\n]*"
_ROWS, _CONTACTS, _SECTIONS, _WORDS = 5, 10, 3, 3
_RULES = (
    Rule("dated", r"\b(?:[0-3]?[0-9][./\-][01]?[0-9][./\-](?:19|20)?[0-9]{2}"
         r"|(?:19|20)[0-9]{2}-[01][0-9]-[0-3][0-9])\b", support=True),
    Rule("phoned", r"\(?\b[0-9]{3}\)?[ .\-][0-9]{3}[ .\-][0-9]{4}\b|\+[0-9]{2,3}[ \-(][0-9][0-9 ()\-]{6,14}",
         near=DIGITS, hint=r"[0-9][0-9)][ .\-][0-9]{3}[ .\-][0-9]{4}|\+[0-9]{2,3}[ \-(][0-9][0-9 ()\-]{6}"),
    Rule("mailed", r"\b[\w.+\-]{2,30}@[\w\-]{2,30}\.[\w.]{2,20}\b",
         often=("@", _ROWS), hint=rf"{_ROW}\x40"),
    Rule("paid", r"[$€£] ?[0-9][0-9,.]{3,12}|\b[0-9]{1,3}[,.][0-9]{3}(?:[.,][0-9]{2})?\b", support=True),
    Rule("figures", r"(?m)[,;|\t][ ]?(?:[1-9][0-9]{4,6}|[3-9][0-9]{3})(?:\.[0-9]{2})?[ ]?(?:[,;|\t]|\r?$)",
         support=True),
    Rule("numbered", r"\b(?:[A-Z]{1,2}[0-9]{6,9}|[0-9]{6,9})\b", support=True),
    Rule("crew", r"(?i)\b(?:crew list|staff list|nominal roll|passenger (?:list|manifest)|list of (?:crew|staff"
           r"|personnel|employees|participants|passengers)|duty roster|personnel (?:list|roster)|muster roll"
           r"|team roster|employee (?:list|roster)|mannschaftsliste|personalliste|liste du personnel)\b"),
    Rule("birth", r"(?i)\b(?:date of birth|d\.?o\.?b\.?|born|birth ?date|geburtsdatum|geboren|date de naissance"
           r"|place of birth)\b"),
    Rule("pay", r"(?i)\b(?:salar(?:y|ies)|payroll|base pay|gross pay|net pay|remuneration|wages"
           r"|gehalt|lohn|salaire)\b"),
)  # fmt: skip
_PAPER_RULES = (
    Rule("cv", r"(?im)^[ \t>*#]{0,8}((?:curriculum vitae|r[ée]sum[ée]|(?:professional|work"
           r"|employment) (?:experience|history)|experience|education(?: and training)?|skills"
           r"|(?:professional )?references|objective|career (?:objective|summary)|languages|publications"
           r"|qualifications|honors|certifications|volunteer work|lebenslauf|berufserfahrung|ausbildung"
           r"|kenntnisse|formation|exp[ée]rience professionnelle|comp[ée]tences))[ \t]{0,3}:?[ \t]{0,3}\r?$",
         whole=True),
    Rule("grievance", r"(?i)\b(disciplinary (?:action|hearing|procedure|matter)|formal (?:complaint|grievance"
           r"|warning)|grievance|written warning|final warning|gross misconduct|misconduct"
           r"|sexual(?:ly)? harass\w{0,5}|harassment|discriminat\w{2,4} (?:against|complaint)"
           r"|hostile (?:work )?environment|performance improvement plan|terminat\w{2,4} (?:of |his |her "
           r"|your )employment|suspended (?:with|without) pay|whistle-?blow\w{2,4}|eeoc|tribunal|abmahnung)\b"),
)  # fmt: skip
_SOMEBODY = frozenset(("complainant", "employee", "his", "her", "he", "she", "mr", "mrs", "ms", "mr.", "mrs.", "ms."))
_PARTICLES = frozenset(("al", "bin", "da", "de", "del", "den", "der", "di", "dos", "du", "el", "la", "le", "ten", "ter",
                        "van", "von", "y", "zu"))  # fmt: skip
_TITLES = frozenset(
    """
    engineer manager director analyst developer assistant officer clerk technician senior junior chief vice software
    project product programmer administrator consultant specialist coordinator supervisor accountant secretary nurse
    teacher operator level grade total average median
    """.split()  # noqa: SIM905  (a table to read)
)
_HEAD = 300  # bytes between what says so and the first row, and in a row
_FAR = 100  # characters from the start of a row to its field
_NUMBERED_ROW = _ROW.replace("]*[A-Z", r",;]*(?:[A-Z]{1,3}-?[0-9]{2,10}[ ,;|\x09]+)?[A-Z", 1)
_MAY_BE_ROW, _MAILED_ROW, _PHONED_ROW = (
    re2.compile((row.replace(r"\x80-\xff", r"\x{80}-\x{10ffff}") + field).encode())
    for row, field in ((_NUMBERED_ROW, "[0-9@]"), (_ROW, "@"), (_ROW, r"[0-9][0-9 ()./\-]{6}"))
)
_BULLETS = " \t>|*-.)0123456789\"'"


class _Pattern(Protocol):
    """What is used of a compiled pattern: RE2 ships no types."""

    def finditer(self, text: bytes) -> Iterator[object]:
        """Matches in order."""


def _worth(names: Collection[str], text: str) -> bool:
    """Lists are many rows, and need a word that says what they are or very many."""
    data = b""
    if not {"crew", "birth", "pay"}.isdisjoint(names) and text.count("\n") >= _ROWS - 1:
        data = text.encode("utf-8", "replace")
        if _rows_of(_MAY_BE_ROW, data, _ROWS):
            return True
    if text.count("\n") < _CONTACTS - 1:
        return False
    if "mailed" in names and text.count("@") >= _CONTACTS:
        data = data or text.encode("utf-8", "replace")
        if _rows_of(_MAILED_ROW, data, _CONTACTS):
            return True
    return "phoned" in names and _rows_of(_PHONED_ROW, data or text.encode("utf-8", "replace"), _CONTACTS)


def _rows_of(pattern: _Pattern, data: bytes, least: int) -> bool:
    """Whether at least so many lines may be rows of a list."""
    return sum(1 for _ in islice(pattern.finditer(data), least)) == least


def _judge_papers(text: Text) -> Iterator[Finding]:
    sections = {hit.groups[0].lower() for hit in text.hits("cv")}
    titled = bool({"curriculum vitae", "lebenslauf"} & sections) and len(sections) > 1
    if _told(text) > 1 and (len(sections) >= _SECTIONS or titled):
        first = text.hits("cv")[0]
        said = "it holds a curriculum vitae"
        yield text.finding("person.cv", Sensitivity.ELEVATED, 0.85, said, first, excerpt=f"{len(sections)} sections")
    words = {hit.groups[0].lower() for hit in text.hits("grievance")}
    if len(words) >= _WORDS and not _SOMEBODY.isdisjoint(text.raw.lower().split()):
        said = "it holds a complaint or a disciplinary matter"
        yield text.finding("person.complaint", Sensitivity.HIGH, 0.7, said, text.hits("grievance")[0])


def _told(text: Text) -> int:
    """How many sections have something below their heading: in a menu there is nothing between one and the next."""
    hits = text.hits("cv")
    ends = (*(hit.start for hit in hits[1:]), len(text.data))
    return sum(bool(text.data[hit.end : end].strip()) for hit, end in zip(hits, ends, strict=False))


def _lists(text: Text) -> Iterator[Finding]:
    rows = {name: len(_rows(text, name)) for name in _FIELDS}
    crew, born, pay = (bool(text.hits(name)) for name in ("crew", "birth", "pay"))
    paid = next((each for each in ("paid", "figures") if rows[each] >= _ROWS and _headed(text, each, "pay")), "")
    if pay and paid:
        yield _list(text, "person.payroll", paid, rows[paid], Sensitivity.HIGH, 0.8, "what people are paid")
    elif (born or crew) and max(rows["dated"], rows["numbered"]) >= _ROWS:
        kind = "dated" if rows["dated"] >= rows["numbered"] else "numbered"
        yield _list(text, "person.list", kind, rows[kind], Sensitivity.HIGH, 0.9, "a list of people")
    elif crew and max(rows[each] for each in _TELLING) >= _ROWS:
        kind = max(_TELLING, key=lambda each: rows[each])
        yield _list(text, "person.list", kind, rows[kind], Sensitivity.HIGH, 0.85, "a list of people")
    elif max(rows["phoned"], rows["mailed"]) >= _CONTACTS:
        kind = "phoned" if rows["phoned"] >= rows["mailed"] else "mailed"
        yield _list(text, "person.list", kind, rows[kind], Sensitivity.ELEVATED, 0.75, "a list of people")


def _rows(text: Text, name: str) -> dict[str, int]:
    """Distinct lines that begin with somebody's name and hold the field, each with the place of that."""
    found: dict[str, int] = {}
    for hit in text.hits(name):
        before = text.before(hit, _FAR).rpartition("\n")[2]
        if len(before) < _FAR and _begins_with_name(before):
            found.setdefault(f"{before}{hit.text}".strip().lower(), hit.start)
    return found


def _headed(text: Text, field: str, word: str) -> bool:
    """Whether most rows stand within some lines below a word that says what they are, or hold it."""
    words = [hit.start for hit in text.hits(word)]
    places = sorted(_rows(text, field).values())
    middle = places[len(places) // 2]
    return any(places[0] - _HEAD <= start < middle for start in words) and middle - places[0] < _HEAD * len(places)


def _begins_with_name(text: str) -> bool:
    """``text`` (a line up to a field) begins with two words that are written like names, perhaps after a rank."""
    words = text.lstrip(_BULLETS).replace(",", " ").replace(";", " ").replace("|", " ").split(maxsplit=4)
    if words and words[0][-1].isdigit() and words[0][0].isalpha():
        words = words[1:]  # the number of whom the line is about
    if len(words) > 2 and words[2].islower() and words[2].isalpha() and words[2] not in _PARTICLES:
        return False  # a sentence
    if any(word.lower() in _TITLES for word in words[:2]):
        return False  # a post, not a person
    return len(words) > 1 and all(
        word[0].isupper() and word.replace("-", "").replace("'", "").replace("’", "").replace(".", "").isalpha()
        for word in words[:2]
    )


def _list(
    text: Text, identifier: str, kind: str, rows: int, sensitivity: Sensitivity, sure: float, what: str
) -> Finding:
    hit = text.hits(kind)[0]
    excerpt = f"{rows} people: name, {_FIELDS[kind]}"
    return text.finding(identifier, sensitivity, sure, f"it holds {what}", hit, excerpt=excerpt)


_FIELDS = {"dated": "date", "phoned": "telephone", "mailed": "e-mail", "paid": "amount", "numbered": "number",
           "figures": "amount"}  # fmt: skip
_TELLING = ("dated", "phoned", "mailed", "paid", "numbered")
DETECTOR = Detector("people", _RULES, _lists, _worth)
PAPERS = Detector("papers", _PAPER_RULES, _judge_papers)
