"""``health.letter``: what one doctor writes to another about a patient, as British clinics do.

It addresses a doctor, names whom it is about with a date of birth or a number, and speaks of care in two ways at least.
A reference for a student and a claim of an insurer have the first two as well.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import re2

from straymail.content.scan import Detector, Rule, Text
from straymail.evidence import Finding, Sensitivity

_RULES = (
    Rule("patient", r"(?i)\b(?:re|regarding|patient|concerning)\s{0,2}[:;]?\s[^\n]{3,60}?[\s(,](?:d\.?o\.?b\b"
         r"|date of birth|nhs (?:no|number)|hosp(?:ital)? (?:no|number)|mrn\b|chi (?:no|number))",
         hint=r"(?i)\bd\x2e?o\x2e?b\b|date of birth|nhs n|hosp(?:ital)? n|\bmrn|chi n"),
    Rule("care", r"(?i)\b(admitted|discharged?|(?:in|to|at|from) (?:the |our |my )?(?:\w{3,12} )?clinic|under my care"
         r"|referr(?:ed|ing|al)|consultant|diagnos\w{2,4}|on examination|history of|presented with|outpatients?"
         r"|follow[ \-]up|on the ward|surgery|operation|medications?|symptoms?|prescri\w{2,6}|theatre|(?:his|her) gp"
         r"|this (?:pleasant )?(?:\d\d[ \-]year[ \-]old )?(?:lady|gentleman|patient))\b", support=True),
)  # fmt: skip
_DEAR = re2.compile(r"(?i)\bdear (?:(?:dr|prof)\b|doctor|professor|colleague)")
_ANY_WORK = re2.compile(r"referr|consultant|follow|history|operation")  # insurers and firms say so too
_LEAST = 2


def _worth(_names: Collection[str], text: Text) -> bool:
    return _DEAR.search(text.data) is not None


def _judge(text: Text) -> Iterator[Finding]:
    patients = text.hits("patient")
    care = {hit.groups[0].lower() for hit in text.hits("care")}
    if patients and len(care) >= _LEAST and not all(map(_ANY_WORK.match, care)):
        said = "it holds a doctor's letter about a patient"
        sure = min(0.95, 0.8 + 0.03 * len(care))
        yield text.finding("health.letter", Sensitivity.HIGH, sure, said, patients[0], excerpt="doctor, patient, care")


DETECTOR = Detector("letters", _RULES, _judge, _worth)
