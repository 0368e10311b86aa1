"""``health.pathology``: what was found in somebody's tissue.

Such a report has a heading of its own ("Histology:", "Microscopic description") or says that its result is there, and
two words about tissue follow, one of them of illness. Chapters on the pathology of anything else have none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import re2

from straymail.content.scan import Detector, Rule, Text
from straymail.evidence import Finding, Sensitivity

_RULES = (
    Rule("heading", r"(?im)(?:^[\s*#]{0,4}|[.:] )(?:histology|histopathology|(?:surgical )?pathology|biopsy|cytology"
         r"|final diagnosis|(?:gross|microscopic|macroscopic)(?: (?:description|examination|findings))?|macroscopy"
         r"|microscopy)(?: reports?| results?)?[ \t]{0,2}(?:[:\-]|\r?$)",
         hint="(?i)histology|pathology|biopsy|cytology|final diagnosis|(?:gross|scopic) (?:desc|exam|find)|croscop"),
    Rule("said", r"(?i)\b(?:histology|histopathology|pathology|biopsy|cytology)(?: results?| report)? (?:(?:came|is)"
         r" back|shows?|showed|confirm(?:s|ed)|reveal(?:s|ed))\b"),
    Rule("tissue", r"(?i)\b((?:adeno)?carcinoma|adenoma|dysplasia|melanoma|in situ|malignan\w{1,4}|lymphoma"
         r"|margins? (?:are |is )?(?:clear|free|positive|negative|involved)|(?:completely |incompletely )?excised"
         r"|excision is|breslow|clark level|gleason|lymph nodes?|lymphovascular|mitos[ei]s|mitotic|basal cell|squamous"
         r"|hyperplasia|(?:er|pr|her2) (?:positive|negative)|(?:core|punch) biops\w{1,3}|granuloma\w{0,5}|atypia"
         r"|necrosis|na?evus|ductal|lobular|tubular|epithelium|stroma)\b", support=True),
)  # fmt: skip
_ILL = re2.compile(
    r"(?i)carcinoma|adenoma|dysplasia|melanoma|lymphoma|margins? |excis|breslow|clark level|gleason|lymph node"
    r"|basal cell|squamous|(?:er|pr|her2) |biops|na?evus|ductal|lobular"
)
_REACH, _LEAST = 1_500, 2  # bytes that one report takes; words of tissue it must have


def _worth(_names: Collection[str], text: Text) -> bool:
    return _ILL.search(text.data) is not None


def _judge(text: Text) -> Iterator[Finding]:
    for heading in text.hits("heading", "said"):
        after = (each for each in text.hits("tissue") if heading.start <= each.start <= heading.end + _REACH)
        words = {each.groups[0].lower() for each in after}
        if len(words) >= _LEAST and any(map(_ILL.search, words)):
            said = "it holds a report on somebody's tissue"
            sure = min(0.95, 0.8 + 0.03 * len(words))
            excerpt = f"{len(words)} words of tissue"
            yield text.finding("health.pathology", Sensitivity.HIGH, sure, said, heading, excerpt=excerpt)
            return


DETECTOR = Detector("pathology", _RULES, _judge, _worth)
