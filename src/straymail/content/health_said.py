"""``health.note`` in words of everyday life: why somebody is off work, a relative's cancer, who was injured and how.

None of it is written as doctors write. Each needs what starts it, further signs beside it, and somebody it is about:

* a sick note and an illness that people tell no employer without need (not a cold);
* a cancer and two signs of its course (spread, stage, treatment);
* an infection with HIV or a detention in a clinic, and right before it whose it is;
* casualties: two or three signs of an injury, and a rank, a title or the word itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import re2

from straymail.content.health_subject import RANK, nobody, somebody
from straymail.content.scan import Hit, Rule, Text
from straymail.evidence import Finding, Sensitivity

RULES = (
    Rule("absence", r"(?i)\b(?:signed (?:\w{2,9} )?off|off sick|sick leave|sick(?:ness)? (?:note|certificate)"
         r"|fit note"
         r"|unfit for (?:work|duty)|off work|medical (?:certificate|leave)|sickness absence"
         r"|(?:doctor|gp|physician)(?:'|\x{2019})?s\s{1,3}(?:certificate|note|letter)"
         r"|arbeitsunf\x{e4}hig\w{0,5}|krankgeschrieben|krank(?:meldung|schreibung)|ausfallen|f\x{e4}llt (?:bis|aus)"
         r"|arr\x{ea}t(?:\x{e9}e?)? (?:maladie|de travail)|en arr\x{ea}t|baja (?:m\x{e9}dica|laboral|por)|de baja"
         r"|incapacidad temporal"
         r"|ziekgemeld|ziekteverlof|ziekmelding|in malattia|sjukskriven|sykmeldt)\b",
         hint=r"(?i)signed (?:\w+ )?off|off sick|sick leave|sick(?:ness)? (?:note|cert)|fit note|unfit for|off work"
              r"|medical (?:cert|leave)|sickness abs|(?:doctor|gp|physician)[^ a-z]{1,3}s[ \r\n]+(?:cert|note|letter)"
              r"|arbeitsunf|krankges|krankmeld|krankschr|ausfallen|llt (?:bis|aus)|arr..t\S* (?:mala|de t)|en arr..t"
              r"|de baja|baja (?:m|l|p)|incapacidad|ziekgem|ziektev|ziekmeld|malattia|sjukskr|sykmeldt"),
    Rule("grave", r"(?i)\b(?:cancer|tumou?rs?|metasta[st]\w{1,4}|leuka?emia|lymphoma|melanoma|myeloma|carcinoma"
         r"|glioblastoma|krebs|\w{3,9}krebs|krebserkrankung|leuk\x{e4}mie|m\x{e9}tastas\w{1,3}|c\x{e1}ncer|kanker"
         r"|cancro)\b",
         hint=r"(?i)cancer|tumou?r|metasta|leuka?emia|lymphoma|melanoma|myeloma|carcinoma|blastoma|krebs|leuk..mie"
              r"|tastas|c..ncer|kanker|cancro"),
    Rule("stigma", r"(?i)\b(?:hiv[ \-]positi[fv]e?|hiv\+|positive for hiv|has hiv\b|s\x{e9}roposit\w{2,3}"
         r"|seroposit\w{2,4}|(?:swab|smear|biopsy|culture|test|screen)s? (?:came|come|is|was) back positive"
         r"|tried to (?:kill|hang|harm) (?:him|her)self|das leben nehmen|suizidversuch|suicide attempt"
         r"|(?:open|active) (?:lung )?(?:tb\b|tuberculosis)|sectioned|suicide watch)",
         hint=r"(?i)hiv.positi[fv]|hiv\x2b|positive for hiv|has hiv|s(?:e|[\x80-\xff]+)roposit"
              r"|back positive|tried to (?:kill|hang|harm) |das leben nehmen|suizidvers|suicide att"
              r"|(?:open|active) (?:lung )?t(?:b|uberc)|sectioned|suicide watch"),
    Rule("casualty", r"\b(?:GCS[:= ]{0,3}(?:of )?[0-9]{1,2}\b|TBSA\b|GSW|(?i:gunshot wound|tourniquet|shrapnel"
         r"|frag(?:mentation)? wounds?|amputat(?:ed|ion)|casrep|cas(?:ualty)? report|casevac|medevac"
         r"|[bm]last injur\w{1,3}"
         r"|head injury|fractured|fracture of|collapsed lung|internal bleeding)\b)",
         hint=r"GCS|TBSA|\bGSW|(?i:gunshot w|tourniquet|shrapnel|frag wound|fragmentation w|amputati|amputated|casrep"
              r"|cas report|casualty rep|casevac|medevac|last injur|head injury|fractured|fracture of|collapsed lung"
              r"|internal bleeding)"),
)  # fmt: skip
_NAMES = frozenset(rule.name for rule in RULES)
_PRIVATE = re2.compile(  # a word's edge is told in ASCII only
    r"(?i)(?:^|\P{L})(?:stress (?:reaction|disorder)|work-related stress|stress-related|burn-?\s?out|burn(?:ed"
    r"|t) out|breakdown|depress(?:ion|ive|ed)"
    r"|anxiety|panic (?:attacks?|disorder)|ptsd|post-?traumatic|adjustment disorder|bipolar|psycho(?:sis|tic)"
    r"|psychiatr\w{1,4}"
    r"|eating disorder|anorexia|bulimia|suicid\w{1,4}|overdose|self[ \-]harm\w{0,3}|miscarr\w{3,5}|stillb\w{3,5}"
    r"|abortion"
    r"|termination of (?:her|the) pregnancy|ectopic|ivf|hysterectomy|vasectomy|endometriosis|cancer|chemo\w{0,7}"
    r"|tumou?r|leuka?emia|hiv"
    r"|hepatitis|rehab|alcoholi\w{1,3}|drinking problem|epilep\w{1,4}|seizures?|multiple sclerosis|parkinson\S{0,2}"
    r"|crohn\S{0,2}"
    r"|colitis|(?:a|minor|mild) stroke|heart attack|slipped dis[ck]|herniated|(?:back|heart|knee|hip|bowel"
    r"|spinal) surgery|mastectomy"
    r"|belastungsreaktion|belastungsst\x{f6}rung|depressi\w{2,6}|ersch\x{f6}pfung\w{0,12}|fehlgeburt"
    r"|bandscheibenvorfall|\w{0,9}krebs\w{0,8}"
    r"|angstst\x{f6}rung|panikattacken?|suizid\w{0,9}|herzinfarkt|schlaganfall|entzugs\w{2,9}|\x{e9}puisement"
    r"|d\x{e9}press\w{2,4}|fausse couche|anxi\x{e9}t\x{e9}"
    r"|cancer du|infarctus|c\x{e1}ncer|depresi\w{2,4}|ansiedad|aborto|infarto|overspannen|depressie|miskraam"
    r"|esaurimento|depressione)(?:\P{L}|$)"
)
_OFF_WHO = re2.compile(
    r"(?i:\b(?:she|he|her|his|him|i(?:'|\x{2019})ve been|i(?:'|\x{2019})m|i am|i was|i have been|my (?:gp|doctor)"
    r"|ist|est|est\x{e1}|hat|a \x{e9}t\x{e9}|elle|il|ella|\x{e9}l|zij|hij)\b)"
    rf"|\b(?:{RANK}|(?i:mrs|mr|ms|miss|frau|herrn?|mme|sra?|mevrouw))\.? \p{{Lu}}"
    rf"|\p{{Lu}}\p{{Ll}}+(?: \p{{Lu}}\p{{Ll}}+)? (?:is|was|has|will) "
)
_POLICY = re2.compile(
    r"(?i)\b(?:employees?|polic(?:y|ies)|if (?:you|an?|your|the|someone|anyone)|staff (?:who|with|members?)"
    r"|colleagues? who|people (?:who|with)|workers"
    r"|webinar|awareness|survey|per ?cent|[0-9]{1,3} ?%|statistics|insurance|entitle\w{1,4}|days per|cases"
    r"|employers?|course|study|law"
    r"|mitarbeiter(?:innen|n)?|besch\x{e4}ftigte|arbeitgeber|prozent|wenn sie|salari\x{e9}s|entreprises|empleados"
    r"|trabajadores)\b"
)
_STIGMA_WHO = re2.compile(
    r"(?i:\b(?:she|he|i(?:'|\x{2019})m|i am|i was|il|elle|er|sie|ella|\x{e9}l|lui|lei"
    r"|(?:my|his|her|our|the|your|this) (?:wife|husband|son|daughter|brother|sister|partner|patient|colleague|mother"
    r"|father))\b)"
    rf"|\b(?:{RANK}|(?i:mrs|mr|ms|miss|frau|herrn?|mme|sra?|mevrouw|dr))\.? \p{{Lu}}"
    r"|\p{Lu}\p{Ll}+ (?:\p{Lu}\p{Ll}+ )?(?:is|was|has|has been|tested|est|ist|es|\x{e8}) "
)
_LOCKED_UP = re2.compile(
    r"(?i)\b(?:suicid\w{1,5}|mental health act|psychiatr\w{1,4}|section [235]\b|psych ward|crisis team|overdose)"
)
_COURSE = re2.compile(
    r"(?i)\b(has spread|had spread|it(?:'|\x{2019})s spread|spread(?:ing)? to (?:the|his|her|my|both|other)"
    r"|stage (?:i{1,3}v?|iv|[1-4]|one|two|three|four)\b"
    r"|metasta\w{2,5}|chemo\w{0,7}|radiothera\w{2}|radiation|palliative|hospice|terminal|inoperable|incurable"
    r"|(?:weeks|months|years?) (?:to live|left)"
    r"|oncolog\w{1,4}|biopsy|(?:ct|pet|mri|scan|scans|x-ray) (?:\w{2,8} )?(?:show\w{1,3}|found|results?|came)"
    r"|diagnosed|mastectomy|remission|tumou?r (?:has|is)"
    r"|lymph nodes?|(?:the|his|her|my|to) (?:liver|lungs?|bones?|brain|spine)|folfox|immunotherapy|lump(?:ectomy)?"
    r"|came back|gestreut|bestrahlung|stadium (?:i|v|[1-4])\w{0,3}"
    r"|lebermetastasen|endstadium|unheilbar|chimio\w{0,8}|radioth\x{e9}rapie|stade (?:i|v|[1-4])\w{0,3}"
    r"|g\x{e9}n\x{e9}ralis\x{e9}|soins palliatifs|au foie|aux (?:os|poumons)"
    r"|m\x{e9}tasta\w{2,5}|quimio\w{0,8}|radioterapia|estadio|extendido|al h\x{ed}gado|paliativos|met\x{e1}stasis"
    r"|uitgezaaid|stadio|operabel)"
)
_CANCER_WHO = re2.compile(
    r"(?i)\b(?:he|she|his|her|him|my|mum|mom|dad|gran|grandma|grandpa|nan|grandad|mama|papa|oma|opa|maman|i(?:'"
    r"|\x{2019})ve|i have|ihm|ihr|er|sie|elle|il|lui"
    r"|mutter|vater|p\x{e8}re|m\x{e8}re|padre|madre|mi|su)\b"
)
_HURT = re2.compile(
    r"((?i:\bgcs\b)|TBSA|\bGSW|(?i:gunshot|tourniquet|shrapnel|frag(?:mentation)? wound|amputat\w{2,3}|blast injur"
    r"|blood (?:group|type)[: ]"
    r"|\b(?:ab|a|b|o) (?:pos|neg)\b|intubated|ventilated|in (?:theatre|surgery|icu|itu|intensive care)\b"
    r"|head injury|collapsed lung|pneumothorax"
    r"|internal bleeding|evacuat\w{2,3}|medevac|casevac|burns? |burned|burnt|fractur\w{1,3}|dislocat\w{2,3}"
    r"|lacerat\w{2,4}|concuss\w{2,3}|unconscious"
    r"|spinal|femur|tibia|pelvis|abdomen|stable|critical|vsi\b|very seriously|\btxa\b|morphine|walking wounded"
    r"|\bhr [0-9]|\bbp [0-9]|\bcat [abc]\b"
    r"|\b[tp][123]\b|\bkia\b|\bdow\b|\bnok\b|next of kin|prognosis|\bct (?:normal|clear|head)))"
)
_HURT_WHO = re2.compile(
    rf"\b(?:{RANK}\.? (?:\p{{Lu}}\.? ?){{0,2}}\p{{Lu}}\p{{L}}+|(?i:mr|mrs|ms|miss)\.? \p{{Lu}}\p{{L}}+"
    rf"|(?i:casualt(?:y|ies)|casrep|zap (?:no|number)"
    r"|wia|[0-9] x (?:cat|urgent|litter)))"
)
_OF_OTHERS = re2.compile(r"stabl|criti|evacu|burn|fract|progn|next |nok")  # said of markets and houses too
_PUBLIC = re2.compile(
    r"(?i)\b(?:said|according to|spokes\w{3,6}|police|reuters|afp|reported|killed|exercise|training|course|lecture"
    r"|drill|notional|simulated|scenario|film|novel|coach"
    r"|season|league|insurance claim|suspects?|officials|witnesses|hospital said|museum|battle of|potato\w{0,3}"
    r"|crops?|plants?)\b"
)
_EXCERPTS = {
    "absence": "off sick, an illness",
    "stigma": "an infection or a crisis",
    "grave": "cancer and its course",
    "casualty": "injuries",
}
_NEAR, _WIDE = 300, 500  # bytes either side in which the signs of one story stand
_CLOSE = 60  # bytes before a word in which it is said of whom
_COURSES, _INJURIES = 2, 3


def worth(names: Collection[str], text: Text) -> bool:
    """Whether what these rules may have found can amount to something in this text."""
    return (
        "stigma" in names
        or ("absence" in names and _PRIVATE.search(text.data) is not None)
        or ("grave" in names and _COURSE.search(text.data) is not None)
        or ("casualty" in names and _HURT_WHO.search(text.data) is not None)
    )


def judge(text: Text) -> Iterator[Finding]:
    """The first of each: somebody's sick note, cancer, injury."""
    for name, tells, said in (
        ("absence", _is_absence, "it says why somebody is off sick"),
        ("stigma", _is_stigma, "it says what people tell nobody of somebody's health"),
        ("grave", _is_cancer, "it tells of somebody's cancer"),
        ("casualty", _is_casualty, "it says how somebody was injured"),
    ):
        hit = next((each for each in text.hits(name) if tells(text, each)), None)
        if hit is not None:
            excerpt = _EXCERPTS[name]
            yield text.finding("health.note", Sensitivity.HIGH, 0.85, said, hit, excerpt=excerpt)


def _around(text: Text, hit: Hit, size: int) -> str:
    return f"{text.before(hit, size)}{hit.text}{text.after(hit, size)}"


def _is_absence(text: Text, hit: Hit) -> bool:
    near = _around(text, hit, _NEAR)
    told = _PRIVATE.search(near) is not None and _OFF_WHO.search(near) is not None
    return told and _POLICY.search(near) is None


def _is_stigma(text: Text, hit: Hit) -> bool:
    """Said of somebody in the words just before; "sectioned" and "suicide watch" also of things and scenes."""
    before, near = text.before(hit, _CLOSE), _around(text, hit, _NEAR)
    if _STIGMA_WHO.search(before) is None or _POLICY.search(near) or _PUBLIC.search(near) or nobody(near) > 1:
        return False
    if not hit.text.lower().startswith("sect"):
        return True
    return _LOCKED_UP.search(near) is not None


def _is_cancer(text: Text, hit: Hit) -> bool:
    near = _around(text, hit, _NEAR)
    courses = {match.group().lower()[:5] for match in _COURSE.finditer(near)}
    if len(courses) < _COURSES or _CANCER_WHO.search(near) is None:
        return False
    return somebody(near) > nobody(near) + 3 * (_PUBLIC.search(near) is not None)


def _is_casualty(text: Text, hit: Hit) -> bool:
    near = _around(text, hit, _WIDE)
    signs = {match.group().lower()[:5] for match in _HURT.finditer(near)}
    if len(signs) < _INJURIES or all(map(_OF_OTHERS.match, signs)):
        return False
    return _HURT_WHO.search(near) is not None and _PUBLIC.search(near) is None
