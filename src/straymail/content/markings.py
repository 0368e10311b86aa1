"""``marking.us``, ``.cui``, ``.fouo``, ``.uk``, ``.au``, ``.nz``, ``.nato``, ``.eu``, ``.tlp``, ``.file``, ``.label``.

And ``marking.de``, ``.fr``, ``.ca``, ``.nl``, whose forms are in ``marking_nations``; ``marking.unnamed`` is
RESTRICTED, SENSITIVE or PROTECTED where a marking stands, when nothing says whose: in brackets, as first or last line,
at either end of a subject or of a file's name, after a label.

Protective markings, by grammar: a marking is written in capitals and stands alone, on a line of its own, in brackets,
before a portion, after a label ("Classification:"), at the end of a subject, or in a header made for it. The same
words in prose ("a secret meeting", "strictly confidential" in a footer) are none. What a marking says about its
audience is kept in ``excludes`` (``marking_audience``).

Sources: DoDM 5200.01 and the CAPCO register (US banners), 32 CFR 2002 (CUI), GSCP August 2024 and its forerunner (UK),
Email Protective Marking Standard 2012.3 to 2025 (Australia), PSR (New Zealand), TLP 2.0 (FIRST). UNCLASSIFIED,
UNOFFICIAL and TLP:CLEAR protect nothing and are not reported. A text that says it was declassified counts for less.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence

import re2

from straymail.content import marking_forms, marking_nations
from straymail.content.marking_audience import excluded
from straymail.content.marking_forms import Form
from straymail.content.marking_speech import is_spoken_of
from straymail.content.scan import Detector, Hit, Rule, Text
from straymail.evidence import Finding, Sensitivity

_DECLASSIFIED = Rule("declassified", r"(?:DECLASSIFIED|Declassified (?:by|on|in (?:full|part)|and released|under))")
_SAID = "it is marked"
_GRAVE = frozenset(("secret", "top secret", "streng geheim", "geheim", "très secret", "uk secret", "nato secret"))
_UNNAMED = re2.compile(r"label [0-9a-f\-]{36}")
_NEAR = 512  # bytes; no marking is longer
# Nations' own first: SECRET with CANADIAN EYES ONLY says more than SECRET.
FORMS = (*marking_nations.FORMS, *marking_forms.FORMS)


def _judge(text: Text) -> Iterator[Finding]:
    """Yield each marking once, as its most telling form has it."""
    seen: dict[int, list[tuple[int, int]]] = {}
    names: set[str] = set()
    released = bool(text.hits(_DECLASSIFIED.name))
    for number, form in enumerate(FORMS):
        if not _counts(form, text.where) or (names and form.id == "marking.unnamed"):
            continue  # what is marked by a scheme of its own needs no other
        for hit in text.hits(f"{number}"):
            finding = _read(form, hit, text, released)
            if finding and f"{finding.id} {finding.excerpt}" not in names and not _inside(hit, seen):
                names.add(f"{finding.id} {finding.excerpt}")
                yield finding
            seen.setdefault(hit.start // _NEAR, []).append((hit.start, hit.end))


def _counts(form: Form, where: str) -> bool:
    return not form.place or form.place in where


def _inside(hit: Hit, seen: Mapping[int, Sequence[tuple[int, int]]]) -> bool:
    """Whether a more telling form has had this place; ``seen`` is kept by where places begin, for there may be many."""
    at = hit.start // _NEAR
    near = (*seen.get(at, ()), *seen.get(at - 1, ()))
    return any(start <= hit.start and hit.end <= end for start, end in near)


def _read(form: Form, hit: Hit, text: Text, released: bool) -> Finding | None:
    level, rest = hit.groups[:2]
    sensitivity = form.weigh(level, rest)
    if sensitivity is Sensitivity.NONE or _only_mentioned(form, hit, text):
        return None
    written = " ".join(f"{level}{rest}".split())
    confidence = 0.7 if written == "OFFICIAL" else form.confidence
    if released:
        sensitivity, confidence = Sensitivity.LOW, confidence / 2
    return text.finding(
        form.id,
        sensitivity,
        confidence,
        _SAID,
        hit,
        secret=written,
        excerpt=written,
        excludes=excluded(form.id, written),
    )


def _only_mentioned(form: Form, hit: Hit, text: Text) -> bool:
    """Whether words are spoken of rather than marked with, or a letter in brackets is a size or a seconder."""
    if form.id == "marking.unnamed" and _HOW.search(text.before(hit, 20)):
        return True
    if form.loose:
        return is_spoken_of(hit, text)
    if form.id == "marking.us" and hit.groups[0] in ("S", "TS", "C") and not hit.groups[1]:
        if _LISTED.search(text.line(hit).encode()) or _LETTERED.search(text.data):
            return True
        return hit.groups[0] == "C" and not text.hits(_PORTION.name)  # else a copyright, or a captain
    return False


# Protected how, restricted by whom: no marking, or another's.
_HOW = re2.compile(
    r"(?i)(?:official|nato|eu|ue|enforcement|password|copy|write|read|edit|access|age|time|area|law|un|non|weather"
    r"|fire)[ _\-]?$"
)
_LISTED = re2.compile(rb"\((?:M|L|XL|P|X)\)|(?i:\b(?:second(?:s|ed|er)?|moved|motion|small|singular|spouse|single)\b)")
_LETTERED = re2.compile(rb"(?m)^\s{0,8}\((?:A|B|D|E)\) ")
_PORTION = Rule(
    "portion", r"(?m)^\s{0,8}(?:[0-9A-Za-z]{1,3}[.)] {1,4})?\((?:U|S|TS)(?://[A-Z0-9 ,/\-]{1,40})?\) {1,3}[A-Z]",
    support=True,
)  # fmt: skip

_RULES = (Rule(f"{number}", form.pattern, hint=form.hint) for number, form in enumerate(FORMS))
DETECTOR = Detector("markings", (*_RULES, _DECLASSIFIED, _PORTION), _judge)


def find_label(value: str, where: str) -> Iterator[Finding]:
    """Yield the sensitivity labels an ``msip_labels`` header (Microsoft Purview) names and says are enabled."""
    fields = (field.strip().partition("=") for field in value.split(";"))
    told = {name.lower(): text.strip() for name, _, text in fields}
    for name, text in told.items():
        if name.endswith("_enabled") and text.lower() == "true":
            yield _label(told.get(name.removesuffix("_enabled") + "_name", ""), where)


def find_property(name: str, value: str, where: str) -> Iterator[Finding]:
    """Yield the label a document property names (``MSIP_Label_GUID_Name``, also of older Azure labels)."""
    if name.startswith("MSIP_Label_") and name.endswith("_Name") and value.strip():
        yield _label(value.strip(), where)


def _label(label: str, where: str) -> Finding:
    label = label[:60] or "sensitivity label"
    open_to_all = label.lower() in ("public", "general", "personal", "non-business", "unclassified")
    open_to_all = open_to_all or _UNNAMED.fullmatch(label.lower()) is not None  # most labels are harmless ones
    secret = label.lower().replace("_", " ").replace("-", " ").split("\\")[-1].strip() in _GRAVE
    sensitivity = Sensitivity.LOW if open_to_all else Sensitivity.SEVERE if secret else Sensitivity.ELEVATED
    digest = hashlib.sha256(label.encode()).hexdigest()[:16]
    return Finding("marking.label", where, sensitivity, 0.97, _SAID, label, digest)
