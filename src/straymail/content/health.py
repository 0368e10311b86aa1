"""``health.note``, ``.medication``, ``.diagnosis``, ``.number``: what a person's health is.

A word such as "fever" is in any newspaper. A clinical text is told by *several independent* cues: how notes speak of a
patient, sections, findings, doses, allergies, habits, relatives, or a doctor and a patient talking. Each group of cues
counts once or a few times; the sum must reach 3 with two groups, one of them clinical (not merely an illness named).
A text of up to 300 characters that begins with a clinical heading ("Family history:") is a section of a note.
Offers of pharmacies, news of trials, guidelines and what a vet prescribes have drugs, doses and illnesses as well:
where nothing speaks of a patient as notes do, more must say that it is about somebody than that it is about nobody.
Sick notes, cancer in a family and casualties are told in everyday words (``health_said``). Diagnoses are ICD-10 codes
(WHO) with a word that says so; numbers of patients are believed by check digit (NHS number: modulo 11) and a word
beside them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

import re2
from stdnum import luhn
from stdnum.gb import nhs

from straymail.content import health_said
from straymail.content.health_subject import nobody, somebody
from straymail.content.scan import Detector, Hit, Rule, Text
from straymail.evidence import Finding, Sensitivity
from straymail.frozen import dataclass

_ENOUGH = 3.0
_SENTENCE = 300
_ORDINARY = 2.0  # points that one phrase of everyday life outweighs
_EXCERPT = 80
_SHORT = 400  # characters: in a short text symptoms alone may be a note
_SUFFIXES = (
    r"(?:pril|olol|statin|sartan|prazole|azole|cillin|mycin|floxacin|azepam|azolam|dipine|formin|gliptin|parin|setron"
    r"|triptan|profen|codone|oxetine|traline|citalopram|pramine|thiazide|semide|sone|solone|terol|tidine"
    r"|cycline|vir|mab)"
)
_DRUGS = (
    r"(?:aspirin|tylenol|ibuprofen|advil|motrin|acetaminophen|insulin|coumadin|warfarin|plavix|lipitor|zocor"
    r"|lasix|xanax"
    r"|ativan|valium|prozac|zoloft|paxil|lexapro|celexa|wellbutrin|synthroid|levothyroxine|prednisone|prilosec|nexium"
    r"|zantac|claritin|zyrtec|flonase|singulair|albuterol|advair|vicodin|percocet|morphine|oxycontin|digoxin"
    r"|neurontin"
    r"|lyrica|depakote|lithium|seroquel|risperdal|zyprexa|ritalin|adderall|metformin|glucophage|celebrex|vioxx|flomax"
    r"|viagra|premarin|fosamax|aciphex|pepcid|antibiotics?|steroids?|inhaler|chemotherapy|multivitamin"
    r"|birth control pills?)"
)
_ILLNESS = (
    r"(?:diabetes|diabetic|hypertension|high blood pressure|asthma|copd|emphysema|pneumonia|bronchitis|cancer"
    r"|carcinoma"
    r"|tumou?r|lymphoma|leukemia|melanoma|stroke|seizures?|epilepsy|migraines?|depression|anxiety|bipolar"
    r"|schizophrenia"
    r"|dementia|alzheimer'?s?|parkinson'?s?|arthritis|osteoporosis|gout|anemia|hepatitis|cirrhosis|hiv|aids"
    r"|tuberculosis"
    r"|heart (?:attack|disease|failure|murmur)|coronary artery disease|myocardial infarction"
    r"|atrial fibrillation|angina"
    r"|hyperlipidemia|high cholesterol|hypercholesterolemia|hypothyroidism|thyroid|gerd|acid reflux|ulcers?"
    r"|hernia|colitis"
    r"|diverticul\w{2,5}|kidney (?:stones?|disease|failure)|renal (?:failure|insufficiency)|uti|urinary tract"
    r"|sleep apnea"
    r"|fractures?|scoliosis|eczema|psoriasis|rash|otitis|sinusitis|tonsillitis|pharyngitis|appendicitis|pancreatitis"
    r"|gastroenteritis|glaucoma|cataracts?|neuropathy|fibromyalgia|lupus|sclerosis|herpes|std|hemorrhoids|varicose"
    r"|peripheral vascular|deep vein|embolism|edema|cellulitis|abscess|goiter|autism|adhd|attention deficit"
    r"|alcoholism"
    r"|sepsis|mesothelioma|sarcoma|congestive heart|type (?:2|ii|1|i) diabetes|\w{4,14}'?s? disease|ischemi\w{1,3}"
    r"|stenosis|osteoarthritis|syndrome|disorder|infarct\w{0,3}|laceration|gravida|miscarriage|pregnan\w{2,3}"
    r"|menopaus\w{2,3}|endometriosis|fibroids)"
)
_SYMPTOM = (
    r"(?:(?:chest|abdominal|back|neck|knee|shoulder|hip|joint|pelvic|stomach|leg|arm|foot|ear) pains?"
    r"|chest (?:pressure"
    r"|tightness)|pain in (?:my|his|her|the) \w+|headaches?|sore throat|shortness of breath|short of breath"
    r"|dyspnea|wheez\w{1,3}"
    r"|cough(?:ing)?|congestion|fevers?|chills|night sweats|nausea|vomit\w{0,3}|diarrhea|constipation"
    r"|dizz\w{1,4}|fatigue"
    r"|weight (?:loss|gain)|blurred vision|numbness|tingling|swelling|palpitations|syncope|bleeding|hematuria|dysuria"
    r"|incontinence|not feeling well|feel(?:s|ing)? sick|pains?|aches?|sore|injur(?:y|ies)|wounds?|infections?"
    r"|incontinence|insomnia|itching|rashes|lump|spotting|cramps?|loss of appetite|hemoptysis|weakness"
    r"|tremors?|bowel"
    r"|menstrual|menses|periods?|last period|sexually active|urinat\w{2,3}|sprain\w{0,2}|stitches|in pain)"
)
_CLINIC = (
    r"(?:\w{3,12}(?:ectomy|plasty|oscopy|otomy|ostomy|gram of the)|c-section|cesarean|hysterectomy"
    r"|tonsillectomy|bypass"
    r"|stent|catheteri\w{3,6}|biopsy|surger(?:y|ies)|surgical|operation on|mri|ct scan|cat scan|x-?rays?"
    r"|ultrasound|ekg"
    r"|ecg|echocardiogram|mammogram|pap smear|physical therapy|emergency (?:room|department)|discharged home|icu"
    r"|follow[ -]?up (?:in|with)|immunizations?|vaccinat\w{2,4}|shots are up|primary care|admitted to"
    r"|hospitali[sz]\w{2,5}"
    r"|diagnos(?:ed|is|es)|prescri(?:bed|ption)|blood (?:work|pressure|sugar|test)|lab results"
    r"|medical (?:problems|history"
    r"|records?)|medications?|checkup|radiology|oncolog\w{1,4}|cardiolog\w{1,4}|neurolog\w{1,4}|sutures"
    r"|dialysis|clinic|catheter|injections?|treatment|therapy|counseling|the nurse)"
)
_AMOUNT = r"(?i)[0-9][.,/]? ?(?:mg|mcg|milligrams?|micrograms?|units?|ml|cc|iu|meq|tabs?|puffs?|m g)\b"


@dataclass(frozen=True, slots=True)
class _Group:
    """Cues of one sort: points for each different one, and the most they may give together."""

    name: str
    pattern: str
    points: float
    most: float
    clinical: bool = False
    hint: str = ""
    whole: bool = False


_GROUPS = (
    _Group("heading", r"(?im)^[\s*#]{0,6}(?:\d{1,2}[.)] )?(chief complaint|presenting complaint|hp[ic]"
           r"|history of (?:the )?present(?:ing)? (?:illness|complaint)"
           r"|(?:past|previous|prior|family|social|birth|developmental|surgical|medical|gyna?ecologic(?:al)?"
           r"|obstetric(?:al)?|menstrual|psychiatric|smoking)"
           r"(?:[ /,]{1,2}(?:and |&? )?(?:past|family|social|surgical|medical|gyna?ecologic(?:al)?)){0,2}"
           r" (?:history|hx)"
           r"|pmhx?|pshx?|fhx?|shx|ros|review of systems|physical exam(?:ination)?|hospital course"
           r"|emergency (?:department|room) course|discharge (?:diagnos[ie]s|medications|instructions|summary)"
           r"|(?:drug |food |medication )?allergies|nkda|current medications|immuni[sz]ations?|vaccinations"
           r"|vital signs|laboratory (?:data|results|values)|(?:pre|post)[ -]?operative diagnos[ie]s"
           r"|admi(?:ssion|tting) diagnos[ie]s)\*{0,2}\s{0,2}:", 1.5, 3.0, True, whole=True),
    _Group("patient", r"(?i)\b(?:(?:the|this) (?:\w{2,12} ){0,2}patient\b|patient'?s (?:\w+ ){0,2}(?:history"
           r"|mother|father|wife|husband)"
           r"|\d{1,3}[ -]year[ -]old (?:[\w\-]{2,20} ){0,3}(?:male|female|man|woman|gentleman|lady|boy|girl"
           r"|infant|patient)"
           r"|\d{1,3} ?y/o|\d{1,2} months? old|patient (?:is|was|has|had|himself|herself|reports|states|rates"
           r"|describes)|brings (?:the )?patient|this (?:child|infant)"
           r"|(?:he|she|patient|pt\.?) (?:\w{2,10} )?(?:denies|denied|complains|complained|underwent|presents?"
           r"|presented (?:to|with)"
           r"|is (?:afebrile|ambulat\w+|well appearing)|was (?:admitted|intubated|diagnosed|given|transferred"
           r"|discharged)))", 1.5, 3.0, True,
           r"(?i)(?:patient|year.old|y/o|months? old|this (?:child|infant)|denies|denied|complain|underwent|afebrile"
           r"|ambulat|well appearing|was (?:admitted|intubated|diagnosed|given|transferred|discharged)"
           r"| present)"),
    _Group("talk", r"(?im)^\s{0,4}(doctor|dr\.? \w{1,12}|physician|nurse|clinician|patient|guest_family\d{0,2}"
           r"|guest_clinician\d{0,2}):\s", 1.5, 3.0, True, whole=True),
    _Group("section", r"(?im)^[\s*#]{0,6}(?:\d{1,2}[.)] )?(assessment(?: (?:and|&) plan)?|impression|diagnos[ie]s"
           r"|medications|medicines|procedures?(?: performed)?|indications?|findings|imaging|labs|exam(?:ination)?"
           r"|disposition|plan|other history|treatment|prognosis)\*{0,2}\s{0,2}:", 0.75, 3.0, whole=True),
    _Group("dose", rf"(?i)\b(?:\w{{2,14}}{_SUFFIXES}"
           rf"|{_DRUGS}),? (?:\w{{2,12}} ){{0,2}}[0-9][0-9.,/]{{0,6}} ?(?:mg|mcg|milligrams?|micrograms?|units?"
           rf"|ml|cc|iu|meq|puffs?|m g)\b", 2.0, 4.0, True, _AMOUNT),
    _Group("frequency", r"(?i)\b(?:[0-9.]{1,5} ?(?:mg|mcg|units|ml|tabs?|puffs?)[^.\n]{0,30}?(?:\b(?:q\.?d"
           r"|b\.?i\.?d|t\.?i\.?d|q\.?i\.?d|q\.?h\.?s|p\.?r\.?n|p\.?o|q\.? ?\d{1,2} ?h)\b"
           r"|once (?:a|per) day|twice (?:a|per) day|daily|every (?:morning|night|\d{1,2} hours)|at (?:bedtime"
           r"|night)|three times a day))", 1.5, 3.0, True, r"(?i)[0-9.] ?(?:mg|mcg|units|ml|tab|puff)"),
    _Group("drug", rf"(?i)\b(?:{_DRUGS}|\w{{3,14}}(?:olol|statin|sartan|prazole|cillin|mycin|floxacin|azepam"
           rf"|azolam|dipine|formin|triptan|oxetine|citalopram))\b", 0.75, 1.5),
    _Group("allergy", r"(?i)\b(?:no known (?:drug |medical |medication |food )?allerg\w{2,4}|nkda|(?:drug"
           r"|medication|food) allerg\w{2,4}|allergic to (?:\w+ ){0,3}\w+"
           r"|allerg(?:ies|y) to|any allergies|allergies?[:.]|penicillin|sulfa\b|latex)", 1.5, 2.0, True),
    _Group("habit", r"(?i)\b(?:non-?smoker|(?:does not|doesn'?t|do you|did you|don'?t|used to|quit|ever|never|i"
           r"|she|he|former|stopped) smok(?:e|es|ed|ing|er)|packs? (?:a|per) day|pack[- ]years?"
           r"|(?:denies|uses?|do you|no|any|illicit|recreational|drinks?|drinking"
           r"|social) (?:\w{2,10},? ){0,3}(?:tobacco|alcohol|illicit drugs?|drugs?|cigarettes|substances?)"
           r"|iv drug|alcohol (?:use|abuse|consumption)"
           r"|tobacco (?:use|abuse)|smok(?:es|ed|ing)|cigarettes?|heavy drinker|drug abuse|marijuana|heroin"
           r"|cocaine|alcohol|(?:drinks?|smokes?) (?:socially|occasionally|rarely|heavily)|etoh|\d ?ppd"
           r"|social drinker"
           r"|\d{1,3} ?pk-?yrs?|(?:not|to|or) (?:drink|smoke)\b)", 0.75, 2.25, True,
           r"(?i)(?:smok|packs? (?:a|per) day|pack[- ]year|tobacco|alcohol|illicit|drug|cigarette|substance"
           r"|heavy drinker|marijuana|heroin|cocaine|drinks? (?:soc|occ|rar|heav)|etoh|ppd|social drinker|pk-?yr"
           r"|(?:not|to|or) drink\b)"),
    _Group("relative", r"(?i)\b(?:(?:mother|father|sister|brother|aunt|uncle|grandmother|grandfather|mom|dad"
           r"|parents?|sibling)s? (?:\w{2,8} ){0,4}(?:died|deceased|passed away|alive|healthy|(?:had|has"
           r"|with) (?:\w+ ){0,3}(?:cancer|diabetes|heart|hypertension|stroke|asthma|tumou?rs?|seizures?"
           r"|disease|leukemia|dementia|copd|chf|cad|mi\b|dm\b))"
           r"|family (?:medical )?history|runs in (?:the|your|my) family|family member with"
           r"|history of (?:\w+ ){0,3}in (?:his|her|the) family|noncontributory|non-contributory)", 1.0, 1.5, True),
    _Group("vital", r"(?i)\b(?:(?:blood pressure|bp)\b[^\n]{0,20}?\d{2,3}/\d{2,3}|(?:pulse|heart rate"
           r"|respirations?|temperature|temp|o2 sat\w{0,7}|saturation|weight)\b[^\n]{0,15}?\d{2,3}(?:\.\d)?"
           r"|vital signs|afebrile|\d{2,3}% on room air|room air)", 1.0, 2.0, True),
    _Group("vitals", r"(?i)\b(?:bp|blood pressure)\b[^\n]{0,6}?\d{2,3}/\d{2,3}\b[^\n]{0,60}?"
           r"\b(?:hr|pulse|heart rate|spo2|sats|rr|resp(?:iratory)? rate|temp(?:erature)?)\b[^\n]{0,8}?\d{2,3}",
           2.0, 2.0, True, hint=r"(?i)(?:bp|blood pressure)\b[^\n0-9]*[0-9]{2,}/[0-9]"),
    _Group("exam", r"(?i)\b(?:o/e|on examination|heent|perrla?|normocephalic|atraumatic|supple|lymphadenopathy|jvd"
           r"|s1 and s2|no murmurs?|rales|rhonchi|nontender|nondistended|organomegaly|bowel sounds|no edema"
           r"|no (?:apparent|acute) distress|well[ -](?:nourished|developed)"
           r"|cyanosis|clubbing|oriented x ?\d|alert and oriented|cranial nerves|clear to auscultation"
           r"|regular rate|within normal limits|unremarkable|tympanic|oropharynx|erythema\w{0,4}"
           r"|bilateral(?:ly)?|extremities|otherwise negative)\b", 1.0, 3.0, True),
    _Group("system", r"(?im)(?:^|[.:]) {0,4}(heent|neck|chest|lungs|heart|cardiovascular|abdomen|extremities"
           r"|neuro(?:logic(?:al)?)?|skin|breasts?|rectal|genitourinary|genitalia|gastrointestinal|musculoskeletal"
           r"|psychiatric|ears|eyes|throat|respiratory|constitutional|back|lymph(?:atic)?s?):", 1.0, 3.0, True),
    _Group("lab", r"(?i)\b(?:wbc|white (?:blood )?(?:cell )?count|hemoglobin|hematocrit|platelets?|creatinine"
           r"|bun|glucose|potassium|sodium|a1c|troponin|cholesterol|ldl|hdl|tsh|psa|inr)\b"
           r"[^\n]{0,20}?\d{1,3}(?:\.\d)?", 1.0, 3.0, True),
    _Group("illness", rf"(?i)\b{_ILLNESS}\b", 0.75, 2.25),
    _Group("symptom", rf"(?i)\b{_SYMPTOM}\b", 0.75, 2.25),
    _Group("clinic", rf"(?i)\b{_CLINIC}\b", 0.75, 1.5),
    _Group("history", r"(?i)\b(?:(?:past|significant|prior|known|remote|long|strong) (?:\w+ )?history of"
           r"|history of (?:present illness|\w+)|status post|secondary to|consistent with|rule out"
           r"|significant for|as above|see h ?(?:&|and) ?p)\b", 0.75, 1.5, True),
)  # fmt: skip
# What people write of their days, and clinics to all: with no clinical cue beside it, no note.
_FOOD = re2.compile(rb"(?i)\b(?:per serving|serving size|nutrition facts|daily value|per (?:can|100 ?g)\b)")
_EVERYDAY = (
    r"(?i)\b(?:please (?:have|get|bring|call|contact|note|stay|wear|book|see)|symptoms (?:include|are|of)"
    r"|(?:i|we)(?:'ll| will| am going to| have to| need to| must| might| should)"
    r" (?:leave|be|work|stay|go|take|pick|visit|miss)"
    r"|(?:leave|leaving|left) (?:early|work)|work(?:ing)? from home|out of (?:the )?office|day off|sick (?:day|leave)"
    r"|see you|get well|wash your hands|bring your|sign up|race|charity|walk for|donat\w{1,4}"
    r"|first[ \-]aid (?:course|training)"
    r"|(?:project|product|company|firm|deal|bill|plan|economy|market)"
    r" (?:is|was|remains)(?: now)? on life support"
    r")\b"
)
_CODE = re2.compile(r"\b[A-TV-Z][0-9][0-9A-Z]")
_SYSTEM = re2.compile(r"(?i)\b(?:icd|cim|cie)")
_MACHINE = re2.compile(
    r"(?i)\b(?:errors?|faults?|printer|toner|firmware|room|engine|modules?|sensor|network|fehler|software)\b"
)
_TAUGHT = re2.compile(
    r"(?i)\b(?:(?:icd[ \-]?10|coding|coders?'?|training|certification|refresher|online|e-?learning)"
    r" (?:training|courses?|class(?:es)?|exams?"
    r"|lessons?|modules?|manuals?|exercises?|workshops?|webinars?)|webinar|workshop|syllabus|stands for|kodierkurs"
    r"|kodierschulung)\b"
)
_MEANT = re2.compile(r"(?i)^ (?:is|means|stands for|=) (?:an? |the code (?:for|of) )?\pL{5,}(?:[,.;\n]|$)")  # a lesson
# Groups in which only notes about a patient speak, and what each group is called where it is shown.
_OF_A_PATIENT = frozenset(("heading", "patient", "talk", "exam", "system"))
_SHOWN = {
    "heading": "headings of a medical note",
    "patient": "a patient",
    "talk": "what doctor and patient say",
    "section": "parts of a note",
    "dose": "doses",
    "frequency": "how often to take them",
    "drug": "medicines",
    "allergy": "an allergy",
    "habit": "smoking or drinking",
    "relative": "illness in the family",
    "vital": "pulse or blood pressure",
    "vitals": "pulse and blood pressure",
    "exam": "an examination",
    "system": "parts of the body",
    "lab": "blood values",
    "illness": "an illness",
    "symptom": "complaints",
    "clinic": "treatment",
    "history": "earlier illness",
}
_RULES = (
    *(Rule(group.name, group.pattern, hint=group.hint, whole=group.whole) for group in _GROUPS),
    Rule("everyday", _EVERYDAY, support=True),
    *health_said.RULES,
    Rule("icd", r"(?i)\b(?:(?:icd|cim|cie)(?:[ \-]?10)?(?:-[cg]m)?|(?:\w{2,20}-?)?diagnos(?:is|es|en?|i)|dx"
         r"|billing code"
         r"|diagnos(?:ed (?:with|as)|tiziert)|diagnostics?(?: \w{4,12})? ?:|diagn\x{f3}sticos?|certificate (?:says"
         r"|states|reads|gives))\b"
         r"(?:[^\n]{0,60}?\n)?[^\n]{0,60}?\b([A-TV-Z][0-9][0-9A-Z](?:\.[0-9A-Z]{1,4})?)\b",
         hint=r"(?i)\b(?:icd|cim|cie)(?:[ \x2d]?10|\b)|diagnos|diagn..stico|\bdx\b|billing code|certificate [srg]"),
    Rule("coded", r"(?i)\b(?:disorder|reaction|episode|syndrome|depression|carcinoma|cancer|diabetes|failure"
         r"|infarction|fracture"
         r"|disease|dependence|\w{0,20}(?:st\x{f6}rung|reaktion|episode|infarkt|syndrom))[^\n]{0,20}?"
         r"[(\[]([A-TV-Z][0-9]{2}\.[0-9]{1,2})[A-Z]?[)\]]",
         hint=r"[(\[][A-TV-Za-tv-z][0-9]{2}\.[0-9]"),
    Rule("nhs", r"(?i)\b(?:nhs|(?:chi|h&c|health (?:and|&) care) (?:no\b\.?|num(?:ber)?\b))"
         r"[^\n]{0,20}?(?:: ?\r?\n)?([0-9]{3}(?:[ \-]| ?\r?\n)?[0-9]{3}(?:[ \-]| ?\r?\n)?"
         r"[0-9]{4})\b"),
    Rule("kvnr", r"(?i)\b(?:kv-?nr\.?|kv-?nummer|krankenversich(?:erten|erungs)-?(?:nummer|nr\.?)"
         r"|versicherten-?(?:nummer|nr\.?)|egk)[^\n\pL0-9]{0,6}(?:(?:ist|lautet)[: ]{1,3})?"
         r"([A-Z] ?[0-9]{3} ?[0-9]{3} ?[0-9]{3})\b"),
    Rule("ohip", r"(?i)\b(?:ohip|(?:ontario )?health card)\b[^\n0-9]{0,16}([0-9]{4}[ \-]?[0-9]{3}[ \-]?[0-9]{3})\b"),
    Rule("number", r"(?i)\b(?:mrn|medical record (?:number|no\.?|#)|patient (?:id|no\.?|number)"
           r"|hospital (?:no\.?|number)|medicare (?:no\.?|number|id))"
         r"\s{0,2}[:#]?\s{0,3}([A-Z0-9][A-Z0-9\-]{4,14})\b"),
)  # fmt: skip


def _judge(text: Text) -> Iterator[Finding]:
    notes = [*_note(text)]
    yield from notes or health_said.judge(text)
    seen: set[str] = set()
    for hit in text.hits("icd", "coded", "nhs", "kvnr", "ohip", "number"):
        value = hit.groups[0]
        if value in seen or not any(letter.isdigit() for letter in value):
            continue
        seen.add(value)
        yield from _coded(text, hit, value)


def _coded(text: Text, hit: Hit, value: str) -> Iterator[Finding]:
    if hit.rule in ("icd", "coded"):
        if _MEANT.search(text.after(hit)):
            return
        near = text.before(hit, 20) + hit.text + text.after(hit)
        if ("." in value or _SYSTEM.search(hit.text)) and not _MACHINE.search(near) and not _TAUGHT.search(near):
            yield text.finding("health.diagnosis", Sensitivity.HIGH, 0.85, "it holds a diagnosis", hit, secret=value)
    elif hit.rule == "number" or _CHECKS[hit.rule](value):
        sure = 0.8 if hit.rule == "number" else 0.95
        yield text.finding("health.number", Sensitivity.HIGH, sure, "it holds a patient's number", hit, secret=value)


def _kvnr(number: str) -> bool:
    """The German number of insured people: its letter counts as two figures, weights are 1 and 2 in turn, modulo 10."""
    figures = "".join(number.upper().split())
    figures = f"{ord(figures[0]) - ord('A') + 1:02}{figures[1:]}"
    products = (int(figure) * (1 + place % 2) for place, figure in enumerate(figures[:-1]))
    return sum(sum(divmod(product, 10)) for product in products) % 10 == int(figures[-1])


_CHECKS: dict[str, Callable[[str], bool]] = {
    # Scotland's and Northern Ireland's numbers have the same check digit.
    "nhs": lambda number: nhs.is_valid("".join(number.split())),
    "kvnr": _kvnr,
    "ohip": lambda number: luhn.is_valid("".join(filter(str.isdigit, number))),
}


def _note(text: Text) -> Iterator[Finding]:
    score, clinical, groups, first = 0.0, False, [], None
    left_out = ("dose", "lab", "frequency") if text.hits("dose", "lab") and _FOOD.search(text.data) else ()
    for group in _GROUPS:  # "heading" is the first of them
        hits = [] if group.name in left_out else text.hits(group.name)
        if group.name == "dose":
            hits = [hit for hit in hits if not hit.text.lower().startswith("cholesterol")]  # no drug, but ends like one
        if not hits:
            continue
        different = len({(hit.groups[0] if hit.groups else hit.text).lower() for hit in hits})
        score += min(group.most, group.points * different)
        clinical = clinical or group.clinical
        groups.append(group.name)
        first = hits[0] if first is None or hits[0].start < first.start else first
    if first is None or score < _needed(len(text.raw)):
        return
    if not clinical and score < _needed(len(text.raw)) + _ORDINARY * len(text.hits("everyday")):
        return
    talk = len({hit.groups[0].lower() for hit in text.hits("talk")}) > 1
    if not talk and not (clinical or len(text.raw) <= _SHORT):
        return
    titled = groups[0] == "heading" and len(text.raw) <= _SENTENCE and not text.raw[: first.start].strip()
    if not talk and not titled and len(groups) < 2 and score < _ENOUGH:
        return
    if _OF_A_PATIENT.isdisjoint(groups) and _about_nobody(text, groups):
        return
    identifier = "health.medication" if groups[0] in ("dose", "frequency") and len(groups) <= 3 else "health.note"
    confidence = min(0.97, 0.75 + 0.04 * (score - _ENOUGH))
    said = (
        "it holds somebody's medication"
        if identifier == "health.medication"
        else "it holds medical notes about a person"
    )
    yield text.finding(identifier, Sensitivity.HIGH, confidence, said, first, excerpt=_shown(groups))


def _about_nobody(text: Text, groups: Sequence[str]) -> bool:
    """Whether at least as much speaks of nobody as of somebody; "history of" is said of persons mostly."""
    against = nobody(text.raw)
    return against > 0 and against >= somebody(text.raw) + ("history" in groups)


def _shown(groups: Sequence[str]) -> str:
    """What was seen, in words a person understands, as much as an excerpt holds."""
    shown = _SHOWN[groups[0]]
    for name in groups[1:]:
        if len(shown) + len(_SHOWN[name]) + 2 <= _EXCERPT:
            shown = f"{shown}, {_SHOWN[name]}"
    return shown


def _needed(size: int) -> float:
    """Points a text of so many characters must have: long ones gather some by chance."""
    if size <= _SENTENCE:
        return _ENOUGH / 2
    return _ENOUGH * (0.6 if size <= _SHORT else 1 + min(2.0, size / 8_000))


def _worth(names: Collection[str], text: Text) -> bool:
    """Whether these groups together could make a note."""
    if not {"nhs", "kvnr", "ohip", "number", "coded"}.isdisjoint(names) or (
        "icd" in names and _CODE.search(text.data) is not None
    ):
        return True
    if health_said.worth(names, text):
        return True
    possible = [group for group in _GROUPS if group.name in names]
    if len(text.raw) > _SHORT and not any(group.clinical for group in possible):
        return False
    return sum(group.most for group in possible) >= _needed(len(text.raw))


DETECTOR = Detector("health", _RULES, _judge, _worth)
