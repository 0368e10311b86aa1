"""``person.list``, ``.payroll``, ``.cv``, ``.complaint``: texts about people, told by their structure.

A list is many lines of one make: a name and a date of birth, a number, pay, or how to reach them; a crew or staff list
also says so, and a roster has a rank and a number on every line. A telephone beside an address, a date, an e-mail
address or next of kin makes a list of fewer lines. Recipients in the head of a message are no list.
A curriculum vitae has its sections. Complaints and disciplinary matters need several of their words.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import islice
from typing import Protocol

import re2

from straymail.content.scan import DIGITS, Detector, Hit, Rule, Text
from straymail.evidence import Finding, Sensitivity

_ROW = r"(?m)^[ \x09>|*\x2d.)0-9\"']*[A-Z\x80-\xff][^\s,;|:@0-9/]*[ ,;|\x09]+[A-Z\x80-\xff][^\n]*"
_ROWS, _CONTACTS, _SECTIONS, _WORDS = 5, 10, 3, 3
_PAID_ROWS, _KIN_ROWS = 4, 3
_RANKS = (
    r"Pte|Pvt|PVT|PFC|SPC|Spc|LCpl|L/Cpl|Cpl|CPL|LBdr|Bdr|SSgt|CSgt|MSgt|TSgt|Sgt|SGT|SSG|SFC|WO[12]|2Lt|2LT|1Lt|1LT|Lt"
    r"|LT|Capt|CAPT|CPT|Maj|MAJ|Lt ?Col|LTC|Col|COL|Brig|LtCdr|Lt ?Cdr|LCDR|Cdr|CDR|CPO|SAC|Flt ?Lt|Sqn ?Ldr|Wg ?Cdr"
    r"|Gefr|OGefr|Uffz|StUffz|Fw|OFw|HFw|Lt|OLt|Hptm"
)
_RULES = (
    Rule("dated", r"\b(?:[0-3]?[0-9][./\-][01]?[0-9][./\-](?:19|20)?[0-9]{2}"
         r"|(?:19|20)[0-9]{2}-[01][0-9]-[0-3][0-9]|[0-3]?[0-9][ \-](?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct"
         r"|nov|dec)[ \-](?:19|20)[0-9]{2}|(?i:born|geb\.?|jg\.?|yob) (?:in )?(?:19|20)[0-9]{2})\b", support=True),
    Rule("phoned", r"\(?\b[0-9]{3}\)?[ .\-][0-9]{3}[ .\-][0-9]{4}\b|\+[0-9]{2,3}[ \-(][0-9][0-9 ()\-]{6,14}"
         r"|\b0[0-9]{2,4}[ /\-][0-9]{3,8}(?:[ \-][0-9]{3,4})?\b|\+[1-9][0-9]{9,13}\b",
         near=DIGITS, hint=r"[0-9][0-9)][ .\-][0-9]{3}[ .\-][0-9]{4}|\+[0-9]{2,3}[ \-(][0-9][0-9 ()\-]{6}"
                                r"|\+[1-9][0-9]{9}|\b0[0-9]{2,4}[ /\-][0-9]{3}"),
    Rule("local", r"\b[0-9]{3}-[0-9]{4}\b", support=True),
    Rule("mailed", r"\b[\w.+\-]{2,30}@[\w\-]{2,30}\.[\w.]{2,20}\b",
         often=("@", _ROWS), hint=rf"{_ROW}\x40"),
    Rule("paid", r"[$€£] ?[0-9][0-9,.]{3,12}|\b[0-9]{1,3}[,.][0-9]{3}(?:[.,][0-9]{2})?\b", support=True),
    Rule("figures", r"(?m)[,;|\t][ ]?(?:[1-9][0-9]{4,6}|[3-9][0-9]{3})(?:\.[0-9]{2})?[ ]?(?:[,;|\t]|\r?$)",
         support=True),
    Rule("numbered", r"\b(?:[A-Z]{1,2}[0-9]{6,9}[A-Z]?|[0-9]{6,9})\b", support=True),
    Rule("ranked", rf"(?m)^[ \t>|*\-.)0-9]{{0,8}}(?:{_RANKS})\.?[ \t,;|]{{1,20}}[A-Z][A-Za-z'\-]+[^\n]{{0,40}}?"
         r"[ \t,;|:(]([A-Z]{0,2}[0-9]{5,9}[A-Z]?)\b", near=DIGITS,
         hint=rf"(?m)^[ \x09>|*\x2d.)0-9]*(?:{_RANKS})\x2e?[ \x09,;|]+[A-Z][^\n]*[0-9]{{5}}"),
    Rule("served", rf"(?m)^[^\n]{{0,28}}?\b([A-Z]{{0,2}}[0-9]{{6,9}}[A-Z]?)[ \t,;|]{{1,20}}(?:{_RANKS})\.?"
         r"[ \t,;|]{1,20}[A-Z][A-Za-z'\-]+", near=DIGITS,
         hint=rf"[0-9]{{4}}[A-Z]?[ \x09,;|]+(?:{_RANKS})\x2e?[ \x09,;|]+[A-Z]"),
    Rule("duty", r"(?mi)^[ \t>|*\-]{0,4}(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?"
         r"|week [0-9]{1,2}"
         r"|[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-3]?[0-9][./ ](?:[01]?[0-9]|[a-z]{3,9})(?:[./ ](?:[0-9]{4}"
         r"|[0-9]{2}))?)[ \t,;|:\-]{1,12}"
         r"(?:[0-2][0-9][.:]?[0-5][0-9](?: ?- ?[0-2][0-9][.:]?[0-5][0-9])?[ \t,;"
         r"|]{1,12})?(\pL[^\n]{2,60})", support=True),
    Rule("crew", r"(?i)\b(?:crew list|staff list|nominal roll|passenger (?:list|manifest)|list of (?:crew|staff"
           r"|personnel|employees|participants|passengers)|personnel (?:list|roster)|muster roll|next of kin"
         r"|(?:duty|guard|watch|shift|crew) (?:roster|list|rota)|emergency contacts|on-?call (?:list|rota|roster)"
         r"|seafarers"
         r"|(?:contact|phone|telephone|call|crew|staff|key) (?:contacts|lists?)"
           r"|(?:student|candidate|patient|ward|class) (?:list|roster)"
         r"|(?:student|employee|staff|service|matriculation) (?:no\.?|numbers?|ids?)|members of the (?:board|committee"
         r"|team|crew)|(?:phone|telephone|call|contact) tree|class list|(?:staff|team|home|mobile|private|emergency)"
         r" (?:contact details|(?:phone |mobile |telephone )?numbers)|klassenliste|telefonliste|telefonkette"
         r"|notfallkontakte?|(?:guard|sentry|duty) duties|who(?:'s| is) on call"
           r"|team roster|employee (?:list|roster)|mannschaftsliste|personalliste|liste du personnel)\b"),
    Rule("columns", r"(?mi)^[ \t|>*]{0,8}(?:full |last |first )?names?[ \t;,|]{1,30}[^\n]{0,60}?\b(?:phone|telephone"
         r"|tel"
         r"|mobile|cell|e-?mail|nok|next of kin)\b", support=True),
    Rule("birth", r"(?i)\b(?:date of birth|d\.?o\.?b\.?|born|birth ?date|geburtsdatum|geboren|date de naissance"
           r"|place of birth|geb\. ?[0-3]?[0-9])\b"),
    Rule("pay", r"(?i)\b(?:salar(?:y|ies)|payroll|base pay|gross pay|net pay|remuneration|wages"
           r"|gehalt|lohn|salaire|gross[ \t;,|]{1,20}(?:income )?(?:tax|paye|deductions|pension"
           r"|ni|social)\b[^\n]{0,60}?\bnet|brutto[ \t;,|]{1,20}(?:lohnsteuer|sv|sozial)\b[^\n]{0,60}?\bnetto)\b"),
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
    Rule("summoned", r"(?i)\b(?:disciplinary|grievance|misconduct|capability)\s{1,3}(?:hearing|meeting|interview)\b",
         whole=True),
)  # fmt: skip
_INVITED = re2.compile(
    r"(?i)(?:\b(?:you|he|she|i|mrs?|ms|miss) (?:\pL+ )?(?:are|is|am|was|were|have been|has been|must|will) (?:\pL+ )?"
    r"|\b(?:invite|require|request|ask|summon) (?:you|him|her) )"
    r"(?:invited|required|requested|asked|summoned|called|attend|come|to)?(?: ?to)?(?: attend| come to)?"
    r" ?(?:an?|the|your|his|her) (?:\pL+ )?$"
)
_CONCERNING = re2.compile(
    r"(?i)\b(?:concerning|regarding|about|in relation to|in respect of|to (?:discuss|consider|answer)|following|because"
    r"|allegations?|alleged)\b"
)
_TAUGHT = re2.compile(r"(?i)^s?,? ?(?:training|workshop|webinar|course|polic|procedure|template|guid|skills|seminar)")
_CALLED, _REASON = 80, 160  # characters before and after a hearing in which somebody is called to it, and why
_SOMEBODY = frozenset(
    ("me", "complainant", "employee", "his", "her", "he", "she", "mr", "mrs", "ms", "mr.", "mrs.", "ms.")
)
_PARTICLES = frozenset(("al", "bin", "da", "de", "del", "den", "der", "di", "dos", "du", "el", "la", "le", "ten", "ter",
                        "van", "von", "y", "zu", "wife", "husband", "mother", "father", "sister", "brother", "partner",
                        "son", "daughter", "home", "mobile", "cell", "office", "born", "geb", "tel", "aged",
                        "dob"))  # fmt: skip
_TITLES = frozenset(
    """
    engineer manager director analyst developer assistant officer clerk technician senior junior chief vice software
    project product programmer administrator consultant specialist coordinator supervisor accountant secretary nurse
    teacher operator level grade total average median street road avenue lane office branch brigade centre center hall
    city hotel desk room school hospital clinic services service line department helpdesk hotline
    """.split()  # noqa: SIM905  (a table to read)
)
_RANK = re2.compile(rf"(?:{_RANKS}|Dr|Mr|Mrs|Ms|Prof)\.?")
_KIN = re2.compile(
    r"(?i)[ ,;|:(\x2d](?:wife|husband|mother|mum|father|dad|partner|sister|brother|son|daughter|spouse|parents?"
    r"|fianc\pL+|aunt|uncle|grandmother|grandfather|ehefrau|ehemann|frau|mutter|vater|schwester|bruder|sohn|tochter)\b"
)
_STREET = re2.compile(
    r"(?i)\b(?:[0-9]{1,4}[a-z]?,? (?:\pL[\pL'.\-]* ){1,3}(?:street|st|road|rd|lane|ln|avenue|ave|drive|close|court|way"
    r"|row|terrace|place|gardens|crescent|hill)\b|(?:\pL+(?:str(?:\.|aße|asse)|weg|gasse|allee|platz|ring|ufer)"
    r"|(?:am|an der|im|auf dem) \pL+) [0-9]{1,3}[a-z]?\b)"
)
_HEADER = re2.compile(
    rb"(?i)^[ \t>*|]*(?:to|cc|bcc|from|an|von|de|para|kopie|recipients?|sent|empf\S{1,3}nger)\*?[ \t]{0,2}:"
)
_HEAD = 300  # bytes between what says so and the first row, and in a row
_FAR = 100  # characters from the start of a row to its field
_NUMBERED_ROW = _ROW.replace("]*[A-Z", r",;]*(?:[A-Z]{1,3}-?[0-9]{2,10}[ ,;|\x09]+)?[A-Z", 1)
_MAY_BE_ROW, _MAILED_ROW, _PHONED_ROW = (
    re2.compile((row.replace(r"\x80-\xff", r"\x{80}-\x{10ffff}") + field).encode())
    for row, field in ((_NUMBERED_ROW, "[0-9@]"), (_ROW, "@"), (_ROW, r"[0-9][0-9 ()./\-]{6}"))
)
_PHONE_ALONE = re2.compile(r"(?:\+[0-9]{1,3}|\(?\b[0-9]{3,5}\)?)[ .\-/][0-9]{3}(?:[0-9]{2,5}|[ .\-][0-9]{3,4})\b")
_PHONE = re2.compile(rb"[0-9][0-9)][ .\-/][0-9]{3}|\+[0-9]{10}")  # what any number has, to look for ten of them first
_ALONE_ROW = re2.compile(rb"(?m)^[ \t]{0,8}[+(]?[0-9][0-9 ()./\-]{6,18}\r?$")  # below the name it belongs to
_BULLETS = " \t>|*-.)/:0123456789\"'"


class _Pattern(Protocol):
    """What is used of a compiled pattern: RE2 ships no types."""

    def finditer(self, text: bytes) -> Iterator[object]:
        """Matches in order."""


def _worth(names: Collection[str], text: Text) -> bool:
    """Lists are many rows, and need a word that says what they are or very many."""
    data = text.data
    if not {"ranked", "served"}.isdisjoint(names) or ("crew" in names and data.count(b"\n") >= _ROWS - 1):
        return True
    if data.count(b"\n") < _PAID_ROWS - 1:
        return False
    if not {"birth", "pay"}.isdisjoint(names) and _rows_of(_MAY_BE_ROW, data, _PAID_ROWS):
        return True
    if "mailed" in names and data.count(b"@") >= _CONTACTS and _rows_of(_MAILED_ROW, data, _CONTACTS):
        return True
    return (
        "phoned" in names
        and _rows_of(_PHONE, data, _ROWS)
        and (_rows_of(_PHONED_ROW, data, _ROWS) or _rows_of(_ALONE_ROW, data, _CONTACTS))
    )


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
    yield from _complaint(text)


def _complaint(text: Text) -> Iterator[Finding]:
    said = "it holds a complaint or a disciplinary matter"
    words = {hit.groups[0].lower() for hit in text.hits("grievance")}
    if len(words) >= _WORDS and not _SOMEBODY.isdisjoint(text.raw.lower().split()):
        yield text.finding("person.complaint", Sensitivity.HIGH, 0.7, said, text.hits("grievance")[0])
        return
    for hit in text.hits("summoned"):
        after = text.after(hit, _REASON)
        if (
            _INVITED.search(" ".join([*text.before(hit, _CALLED).split(), ""]))
            and _CONCERNING.search(after)
            and not _TAUGHT.search(after)
        ):
            yield text.finding("person.complaint", Sensitivity.HIGH, 0.75, said, hit)
            return


def _told(text: Text) -> int:
    """How many sections have something below their heading: in a menu there is nothing between one and the next."""
    hits = text.hits("cv")
    ends = (*(hit.start for hit in hits[1:]), len(text.data))
    return sum(bool(text.data[hit.end : end].strip()) for hit, end in zip(hits, ends, strict=False))


def _lists(text: Text) -> Iterator[Finding]:
    rows = _Rows(text)
    for each in (_paid, _ranked, _crew, _reached):
        if found := each(text, rows):
            yield found
            return


class _Rows(dict[str, dict[str, int]]):
    """By field: the rows that hold it, each with the place of that; looked for when asked for."""

    def __init__(self, text: Text) -> None:
        super().__init__()
        self._text = text

    def __missing__(self, field: str) -> dict[str, int]:
        found = self[field] = _rows(self._text, field)
        return found


def _paid(text: Text, rows: _Rows) -> Finding | None:
    """Names and amounts below a word of pay."""
    for each in ("paid", "figures") if text.said("pay") else ():
        if len(rows[each]) >= _PAID_ROWS and _headed(text, each, "pay"):
            return _list(text, "person.payroll", each, len(rows[each]), Sensitivity.HIGH, 0.8, "what people are paid")
    return None


def _ranked(text: Text, _rows_of_text: _Rows) -> Finding | None:
    """A rank and a number on every row, in whatever order."""
    for each in ("ranked", "served"):
        if (count := len({hit.groups[0] for hit in text.hits(each)})) >= _ROWS:
            return _people(text, each, count, Sensitivity.HIGH, 0.9)
    return None


def _crew(text: Text, rows: _Rows) -> Finding | None:
    """Rows below a word that says whom they are about, or that they were born."""
    crew = text.said("crew", "columns")
    if crew or text.said("birth"):
        known = max(("dated", "numbered"), key=lambda each: len(rows[each]))
        if len(rows[known]) >= _ROWS:
            return _people(text, known, len(rows[known]), Sensitivity.HIGH, 0.9)
    if not crew:
        return None
    told = max(_TELLING, key=lambda each: len(rows[each]))
    kin = sum(_KIN.search(row) is not None for row in rows[told])
    if len(rows[told]) >= _ROWS or kin >= _KIN_ROWS:
        return _people(text, told, len(rows[told]), Sensitivity.HIGH, 0.85)
    if (duties := _duties(text)) >= _ROWS:
        return _people(text, "duty", duties, Sensitivity.HIGH, 0.85)
    return None


def _reached(text: Text, rows: _Rows) -> Finding | None:
    """How to reach people: ten rows say enough, and five that hold something else beside the telephone."""
    private = {row for row in rows["phoned"] if row in rows["dated"] or _KIN.search(row) or _STREET.search(row)}
    double = {row for row in rows["phoned"] if row in rows["mailed"] or len(_PHONE_ALONE.findall(row)) > 1}
    if len(private) >= _ROWS:
        return _people(text, "phoned", len(rows["phoned"]), Sensitivity.HIGH, 0.85)
    kind = "phoned" if len(rows["phoned"]) >= len(rows["mailed"]) else "mailed"
    many = len(rows[kind]) >= _CONTACTS and any(
        _rows_of(pattern, text.data, _CONTACTS)
        for pattern in ((_PHONED_ROW, _ALONE_ROW) if kind == "phoned" else (_MAILED_ROW,))
    )
    if many or len(private | double) >= _ROWS:
        return _people(text, kind, len(rows[kind]), Sensitivity.ELEVATED, 0.75)
    return None


def _rows(text: Text, name: str) -> dict[str, int]:
    """Distinct lines that begin with somebody's name and hold the field, each with the place of the first.

    A field on a line of its own belongs to the name on the line above.
    """
    found: dict[str, int] = {}
    headed = False
    for hit in text.hits(name):
        above, _, before = text.before(hit, _FAR).rpartition("\n")
        if name == "mailed":
            headed = _in_head(text, hit, headed)
        row = text.line(hit)
        if not before.strip(_BULLETS):
            row = before = above.rpartition("\n")[2]
        if name in _AMOUNTS and ":" in before:
            continue  # a price, not a person
        if not headed and len(before) < _FAR and _begins_with_name(before):
            found.setdefault(row.strip().lower(), hit.start)
    return found


def _in_head(text: Text, hit: Hit, headed: bool) -> bool:
    """Whether an address stands in a line "To:" or in those that go on from one that does."""
    line = text.line(hit).encode()
    if _HEADER.match(line):
        return True
    start = text.data.rfind(b"\n", 0, hit.start)
    above = text.data[text.data.rfind(b"\n", 0, max(0, start)) + 1 : max(0, start)]
    return _HEADER.match(above) is not None or (headed and b"@" in above)


def _duties(text: Text) -> int:
    """Lines that begin with a day and name somebody, by a rank or two names."""
    lines = {hit.text.strip().lower() for hit in text.hits("duty") if _is_somebody(hit.groups[0])}
    return len(lines)


def _is_somebody(words: str) -> bool:
    first, _, rest = words.partition(" ")
    return _begins_with_name(words) or (_RANK.fullmatch(first) is not None and rest.lstrip()[:1].isupper())


def _headed(text: Text, field: str, word: str) -> bool:
    """Whether most rows stand within some lines below a word that says what they are, or hold it."""
    places = sorted(_rows(text, field).values())
    words = [*(hit.start for hit in text.hits(word)), *places[: word in text.above]]
    middle = places[len(places) // 2]
    return any(places[0] - _HEAD <= start < middle for start in words) and middle - places[0] < _HEAD * len(places)


def _begins_with_name(text: str) -> bool:
    """``text`` (a line up to a field) begins with two words that are written like names, perhaps after a rank."""
    for mark in ",;|/":
        text = text.replace(mark, " ")
    words = text.lstrip(_BULLETS).replace(": ", " ").split(maxsplit=5)
    if words and _RANK.fullmatch(words[0]):
        words = words[1:]
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


def _people(text: Text, kind: str, rows: int, sensitivity: Sensitivity, sure: float) -> Finding:
    return _list(text, "person.list", kind, rows, sensitivity, sure, "a list of people")


def _list(
    text: Text, identifier: str, kind: str, rows: int, sensitivity: Sensitivity, sure: float, what: str
) -> Finding:
    hit = text.hits(kind)[0]
    excerpt = f"{rows} people: name, {_FIELDS[kind]}"
    return text.finding(identifier, sensitivity, sure, f"it holds {what}", hit, excerpt=excerpt)


_FIELDS = {"dated": "date", "phoned": "telephone", "local": "telephone", "mailed": "e-mail", "paid": "amount",
           "numbered": "number", "figures": "amount", "ranked": "rank, number",
           "served": "rank, number", "duty": "day"}  # fmt: skip
_AMOUNTS = ("paid", "figures")
_TELLING = ("dated", "phoned", "local", "mailed", "paid", "numbered")
DETECTOR = Detector("people", _RULES, _lists, _worth)
PAPERS = Detector("papers", _PAPER_RULES, _judge_papers)
