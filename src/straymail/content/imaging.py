"""``health.imaging``: reports on somebody's scan, X-ray or echocardiogram.

They name what was pictured ("CT chest", "US abdomen", "CXR") and what is seen there, in words that hardly anybody else
uses (pleural effusion, echotexture, regurgitation), or have the parts of such a report. One line is enough where what
is seen follows the picture's name ("CXR: no acute process"). Welds are X-rayed too, and newspapers tell of footballers'
knees: words of theirs count against it, and "no fracture" alone counts for little.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

import re2

from straymail.content.scan import Detector, Hit, Rule, Text
from straymail.evidence import Finding, Sensitivity

_BODY = (
    r"(?i:chest|thorax|abdo(?:men|minal)?|pelvi[sc]|head|brain|neck|(?:lumbar|cervical|thoracic|[clt][ \-]?)? ?spine"
    r"|lumbosacral|knees?|wrists?|hips?|shoulders?|ankles?|elbows?|femur|tibia|humerus|forearm|hands?|f(?:oo|ee)t|ribs?"
    r"|sinus(?:es)?|kidneys?|renal|liver|hepatobiliary|gallbladder|breasts?|thyroid|carotids?|aorta|heart|skull|orbits?"
    r"|pituitary|facial bones|scrotum|testes|uterus|ovar(?:y|ies)|prostate|pancreas|coronar(?:y|ies)|angiogra\w{1,3}"
    r"|pulmonary angiogra\w{1,3}|legs?|calf)"
)
_SOFT = (  # what ultrasound is made of; "US arm" and "US head office" are of another country
    r"(?i:abdo(?:men|minal)?|pelvi[sc]|kidneys?|renal|liver|breasts?|thyroid|carotids?|aorta|scrotum|testes|gallbladder"
    r"|hepatobiliary|uterus|neck|urinary tract|doppler)"
)
_SIDE = r"(?: (?i:(?:of )?(?:the |his |her |my |your )?(?:left |right |bilateral |both |l |r |lt |rt )?))?"
_STUDY = (
    r"\b(?:(?:CTA?|MRI|MRA|XR|[Xx][ \-]?[Rr]ays?|X-RAYS?|PET(?:[/\-]CT)?|(?i:ultrasound|doppler|dexa))"
    rf"(?: (?i:scans?|report|venogram))?{_SIDE} ?{_BODY}\b|USS?{_SIDE} ?{_SOFT}\b"
    r"|(?:CXR|AXR|CTPA|MRCP|KUB|PET-CT)\b|(?:ECHO|Echo|TTE|TOE):|(?i:ultrasound scan|echo report|transthoracic echo"
    r"|(?:chest|abdominal|pelvic|renal) (?:x-?rays?|film|ultrasound|ct)|mammogra(?:m|phy)|echocardiogra(?:m|phy)"
    r"|radiology report|angiogram)\b)"
)
_NOTHING_SEEN = (
    r"no acute (?:\w{3,16} ){0,3}(?:process|abnormalit(?:y|ies)|disease|pathology|ha?emorrhage|infarct\w{0,3}|fracture)"
    r"|no (?:evidence of |focal |definite |obvious |significant |acute )?(?:pneumothorax|(?:pleural )?effusions?"
    r"|consolidation|hydronephrosis|free (?:fluid|air)|lymphadenopathy|metasta\w{2,4}|mass effect|midline shift"
    r"|fractures?|dislocation)"
)
_SEEN = (
    r"pleural effusions?|pneumothorax|atelectasis|cardiomegaly|ground[ \-]glass|spiculated|hydronephrosis|echotexture"
    r"|(?:hyper|hypo|iso)(?:dense|density|intense|intensity|echoic)|dis[ck] (?:protrusion|herniation|bulge|prolapse)"
    r"|facet (?:joint )?(?:arthropathy|hypertrophy)|foraminal|osteophyt\w{1,2}|joint space narrowing|undisplaced"
    r"|intracranial|lvef|ejection fraction|(?:mitral|aortic|tricuspid) (?:valve )?(?:regurgitation|stenosis)"
    r"|(?:lv|la|rv|ra) (?:is )?(?:\w{4,10} )?dilat\w{2,4}|rvsp|(?:hypo|a)kines[ia][as]|(?:mild|trace) (?:mr|tr|ar)"
    r"|lv (?:size|function)|ef (?:of |is )?[0-9]{2}(?:-[0-9]{2})? ?%|white matter|periventricular|demyelinat\w{2,4}"
    r"|lacunar|gall ?stones|cholelithiasis|endometri(?:al thickness|um)|antevert\w{2}|complex cyst|fibroids?"
    r"|lungs are clear|heart size|cardiomediastinal|mediastin\w{2,4}|bi-?rads|microcalcification\w?|vuj|cbd"
    r"|renal calcul\w{1,2}|meniscal tear|torn meniscus|acl tear|rotator cuff tear|effusion|distal (?:radius|fibula)"
    r"|scaphoid|medial compartment|femoral neck|nodules?|opacit(?:y|ies)|infiltrates?|filling defect"
    r"|pulmonary embol\w{2,4}|main pulmonary artery|t-score|suv ?max|fdg[ \-]avid|mucosal thickening"
    r"|maxillary antr\w{1,2}|popliteal|deep vein thrombosis|fat stranding"
)
# Strings one of which is in every sign: the pattern itself costs more to follow.
_HINT = (
    r"(?i)no acute|effusion|pneumothorax|consolidation|hydronephrosis|free fluid|free air|adenopathy|metasta|mass eff"
    r"|midline shift|fracture|dislocation|atelectasis|cardiomegaly|d.glass|spiculated|echotext|arthropathy|foraminal"
    r"|(?:hyper|hypo|iso)(?:dens|intens|echo)|dis[ck] (?:prot|herni|bulge|prol)|hypertrophy|osteophyt|joint space"
    r"|undisplaced|intracranial|lvef|jection fr|regurgitation|stenosis|dilat(?:ed|ation)|rvsp|kinesi|cranial"
    r"|(?:mild|trace) [mta]r\b|lv (?:size|func)|\bef (?:of |is )?[0-9]{2}|white matter|ventricular|demyelinat|lacunar"
    r"|gall.?stones|lelithiasis|endometri|antevert|complex cyst|fibroid|are clear|heart size|mediastin|bi-?rads"
    r"|calcification|\bvuj|\bcbd|renal calcul|meniscal|meniscus|acl tear|cuff tear|distal (?:radius|fibula)|scaphoid"
    r"|medial compart|femoral neck|nodule|opacit|infiltrate|filling defect|embol|pulmonary art|t-score|suv.?max"
    r"|fdg.avid|thickening|maxillary|popliteal|vein thromb|stranding"
)
_ALL_IN_A_LINE = (
    r"(?:[^\n0-9]{0,20}[:\-\x{2013}=]|\s(?:is|was|shows?|showed|reported as)) {0,2}(?:(?i:normal|clear|nad|unremarkable"
    r"|negative|no (?:acute|new|focal|active)|nil acute)\b)"
)
_RULES = (
    Rule("sign", rf"(?i)\b({_NOTHING_SEEN}|{_SEEN})(?:\b|$)", hint=_HINT),
    Rule("brief", r"\b(?:CXR|(?:CT|MRI|XR|X-?[Rr]ay) (?:head|brain|chest|abdomen|spine|HEAD|BRAIN|CHEST|ABDOMEN))"
         rf"{_ALL_IN_A_LINE}", hint="CXR|(?:CT|MRI|XR|X-?[Rr]ay) (?i:head|brain|chest|abdomen|spine)"),
    Rule("study", _STUDY, support=True),
    Rule("part", r"(?im)(?:^|[.;] ) {0,4}(technique|comparison|findings|impression|indications?|conclusion|opinion"
         r"|report|clinical (?:details|history|information|indication)|exam(?:ination)?|procedure|study)\s{0,2}:",
         support=True),
)  # fmt: skip
_MAY_BE = re2.compile(  # letters only: a tenth of the cost of the pattern that tells
    r"\b(?:CTA?|MRI|MRA|XR|USS?|PET|KUB|CXR|AXR|CTPA|MRCP|PET-CT|ECHO|Echo|TTE|TOE)\b|[Rr]ay|RAY|(?i:ultrasound|doppler"
    r"|dexa|mammogra|echo report|echocardio|transthoracic|radiology|angiogra|film|impression:|findings:"
    r"|(?:l|c|ic) ct\b)"
)
_STUDIED = re2.compile(rf"{_STUDY}|(?i:impression|findings):")
# Told of welds, sea floors and footballers as well.
_COMMON = re2.compile(
    r"no .*(?:fractures?|dislocation|effusions?|consolidation)|nodules?|opacit(?:y|ies)|infiltrates?|effusion"
    r"|undisplaced|(?:torn|acl|meniscal|rotator).*"
)
_ELSEWHERE = re2.compile(
    rb"(?i)\b(?:coach|season|league|quarterback|striker|midfielder|playoffs?|according to|researchers|scientists"
    rb"|the team said|told reporters|printer|welds?)\b"
)
_SAYS_SO = re2.compile(rb"[^.\n]{0,30}(?:[:\-=]|\b(?:shows?|showed|confirm(?:s|ed)|demonstrate[sd]|reveal(?:s|ed))\b)")
_AGAINST = 1.5  # signs that words of newspapers and workshops outweigh
_REACH = 1_500  # bytes that one report takes
_NEXT = 70  # bytes from a picture's name to what is seen there
_ENOUGH, _PARTS = 2.0, 3


def _worth(names: Collection[str], text: Text) -> bool:
    """A sign needs a picture or a part of a report: looked for here, before all is."""
    return "brief" in names or (_MAY_BE.search(text.data) is not None and _STUDIED.search(text.data) is not None)


def _judge(text: Text) -> Iterator[Finding]:
    needed = _ENOUGH + (_AGAINST if _ELSEWHERE.search(text.data) else 0.0)
    if needed == _ENOUGH and (brief := text.hits("brief")):
        yield _finding(text, brief[0], 1)
        return
    signs, parts = text.hits("sign"), text.hits("part")
    for study in text.hits("study"):
        seen = _words(each for each in signs if study.start <= each.start <= study.end + _REACH)
        told = len(_words(each for each in parts if abs(each.start - study.start) <= _REACH))
        if seen and _follows(text, study, signs) + len(seen) + min(1.0, told / 2) >= needed:
            yield _finding(text, study, len(seen))
            return
    seen = _words(signs)
    if len(_words(parts)) >= _PARTS and len(seen) >= needed and not all(map(_COMMON.fullmatch, seen)):
        yield _finding(text, parts[0], len(seen))


def _follows(text: Text, study: Hit, signs: Sequence[Hit]) -> bool:
    """Whether what is seen follows the picture's name, behind a colon, a dash or a word that says so."""
    near = next((each for each in signs if study.end <= each.start <= study.end + _NEXT), None)
    if near is None:
        return False
    between = _SAYS_SO.match(text.data[study.end : near.start])
    if between is None:
        return study.text.endswith(":")
    return not between.group()[-1:].isalpha() or _COMMON.fullmatch(near.groups[0].lower()) is None


def _words(hits: Iterable[Hit]) -> set[str]:
    return {hit.groups[0].lower() for hit in hits}


def _finding(text: Text, hit: Hit, signs: int) -> Finding:
    said = "it holds a report on somebody's scan or X-ray"
    excerpt = f"{signs} sign{'s' if signs > 1 else ''}"
    return text.finding("health.imaging", Sensitivity.HIGH, min(0.95, 0.8 + 0.04 * signs), said, hit, excerpt=excerpt)


DETECTOR = Detector("imaging", _RULES, _judge, _worth)
