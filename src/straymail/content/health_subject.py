"""Whether a text about drugs and illnesses is about somebody.

Drugs, doses and illnesses stand in an offer of a pharmacy, in news of a trial, in a guideline and in what a vet says of
a dog just as in a patient's record. What differs is who it is about: a relative, a name with a title or rank, a date of
birth, a pronoun; against prices, trials, everybody's advice and animals.
"""

from __future__ import annotations

import re2

_NAMES, _BEASTS, _PRONOUNS = 4, 3, 2  # points of each that is named, of animals, the most of pronouns
_OTHERS = 4  # most points of prices, trials and advice

RANK = (
    r"(?:(?:L/?)?[Cc]pl|LCPL|CPL|Pte|PTE|Pvt|PVT|PFC|SPC|SGT|S?Sgt|SSG|SFC|MSG|CSgt|WO[12]|2?Lt|1LT|2LT|Capt|CAPT|CPT"
    r"|Maj|MAJ|Gnr|Spr|Tpr|Rfn|Gdsm|Sig|Cfn|Fus|LSgt|Bdr|LBdr|OR-?[1-9]|HptFw|OFw|Uffz|Gefr|Sdt|Adj|Sld|Cabo|Ltn)"
)
_NAMED = (
    r"(?i:mrs|mr|ms|miss|frau|herrn?|mme|madame|monsieur|mlle|sra|sr|se\x{f1}ora?|signora?|mevrouw"
    r"|sig)\.? \p{Lu}\p{L}"
)
_SOMEBODY = re2.compile(
    rf"((?i:dear|geehrte[rs]?|hi|hello|hallo|liebe[rs]?|ch\x{{e8}}re?|estimad[oa]) )?\b({_NAMED}"
    rf"|{RANK}\.? \p{{Lu}}\p{{L}}"
    r"|(?i:mum|mom|mummy|dad|daddy|gran|granny|nan|grandma|grandpa|grandad|mama|papa|oma|opa|maman|mam\x{e1})\b"
    r"|(?i:my|his|her|our|your|the) (?:late |own |younger |older |elder |little )?(?i:wife|husband|son|daughter"
    r"|mother"
    r"|father|brother|sister|partner|aunt|uncle|grandmother|grandfather|baby|fianc\x{e9}e?|boyfriend|girlfriend"
    r"|mother-in-law|father-in-law|nephew|niece|grandson|granddaughter)\b"
    r"|(?i:meine?[rnm]?|unsere?|seine?|ihre?|ma|mon|sa|son|mi|su) (?i:mutter|vater|frau|mann|sohn|tochter|bruder"
    r"|schwester|m\x{e8}re|p\x{e8}re|femme|mari|fils|fille|fr\x{e8}re|s\x{153}ur|soeur|madre|padre|mujer|esposa"
    r"|marido"
    r"|hijo|hija|hermano|hermana)\b"
    r"|(?i:d\.?o\.?b\b|date of birth|born (?:on )?[0-9]|nhs n|mrn\b|geb(?:\.|oren)|n\x{e9}e? le|nacid[oa] el"
    r"|nat[oa] il)"
    r"|(?i:the|this|your|our|my|ihren|unser|notre|votre|el|la|del) (?i:patient(?:in|en|e)?|paciente|paziente)\b"
    r"|\p{Lu}\p{Ll}+ \p{Lu}\p{Ll}+,? \(?[1-9][0-9]\b)"
)
_PRONOUN = re2.compile(
    r"(?i)\b(he|she|his|her|him|my|i(?:'m|\x{2019}m|'ve|\x{2019}ve| am| was| have| had| take| took))\b"
)
_BEAST = re2.compile(
    r"(?i)\b(the vet|vet(?:'|\x{2019})?s|veterinar\w{1,4}|vetmedin|apoquel|metacam|bravecto|dogs?|cats?|pupp(?:y|ies)"
    r"|kittens?|horses?|pon(?:y|ies)|mare|gelding|foal|calves|cattle|ewes?|rabbits?|neutered|spayed|labrador|spaniel"
    r"|terrier|poodle|retriever|collie|kennels?|cattery|paws?|tail|hund|katze|tierarzt|chiens?|v\x{e9}t\x{e9}rinaire"
    r"|perros?|gatos?|veterinari[oa])\b"
)
_NOBODY = re2.compile(
    r"(?i)((?:[\x{a3}$\x{20ac}]|\b(?:eur|gbp|usd|chf) ?)[0-9]|\b[0-9]+[.,][0-9]{2} ?(?:eur|euros?|\x{20ac}|each)"
    r"|\b(?:now|only|just) [0-9]+\.[0-9]{2}(?:[^0-9 ]| [^mgu]|$)"
    r"|(?:tablets|capsules|pharmacy|[0-9] ?mg) [0-9]{1,3}\.[0-9]{2}\b"
    r"|[0-9] ?% off\b|\b(?:tablets|capsules|doses|caplets|pack)\s{1,12}(?:now|only|from)\b"
    r"|\b(?:buy|offers?|order (?:now|online|today)|in stock|out of stock|discount|coupons?|cheap\w{0,3}|free shipping"
    r"|click (?:&|and) collect|unsubscribe|our (?:pharmacists?|stores?|readers)|read the (?:leaflet|label)"
    r"|adults and children|per (?:serving|pack|box|bottle|tablet)|without prescription|shipments?|wholesale|tender"
    r"|purchase order|invoice|(?:boxes|packs|cartons|vials|bottles|ampoules) (?:of|x)|x [0-9]{2,4} (?:tablets|vials)"
    r"|trials?|placebo|participants|volunteers|subjects|cohort|randomi[sz]ed|double-blind|phase (?:i{1,3}|[1-4])"
    r"|guid(?:eline|ance)s?|journal|study|studies|meta-analysis|researchers|scientists|according to|in patients"
    r"|patients (?:with|who|on|taking|should|treated)|people (?:with|who|taking)|(?:adults|women|men"
    r"|children) (?:with|who"
    r"|over|under|aged)|recommend(?:s|ed|ations?)|regulators?|fda|ema|nice|shortages?|side effects|if you"
    r"|first[ \-]line"
    r"|target (?:<|of|bp|below)|shares|investors|analysts|sales of|launch\w{0,3}|approv\w{2,4}|generics?|editors?"
    r"|newsletter|lectures?|curriculum|syllabus|exam question|quiz|textbook|webinar|workshop|awareness|charity"
    r"|donat\w{2,4}|(?:charity|fun|sponsored) (?:run|walk|ride)"
    r"|first[ \-]aid (?:course|training|class|day|workshop)|(?:training|refresher) (?:course|day)"
    r"|(?:project|product|company|firm|deal|bill|economy|market) (?:is|was|remains)(?: now)? on life"
    r"|fundrais\w{2,4}|novel|episode [0-9]|told reporters|spokes(?:man|woman|person)|announced|press release|scenario"
    r"|moulage|simulated|studie|leitlinien?|teilnehmer\w{0,5}|angebot|preis|\x{e9}tude|essai clinique|participants"
    r"|recommandations?|ensayo|estudio|gu\x{ed}a|oferta|precio)\b)"
)


def somebody(text: str) -> int:
    """Points for a text being about somebody: four for each that is named, up to two for pronouns."""
    named = {match.group(2).lower() for match in _SOMEBODY.finditer(text) if not match.group(1)}
    return _NAMES * len(named) + min(_PRONOUNS, len({match.group().lower() for match in _PRONOUN.finditer(text)}))


def nobody(text: str) -> int:
    """Points against it: one for each sign of sales, trials and advice to all, up to four; three for animals."""
    others = {match.group().lower() for match in _NOBODY.finditer(text)}
    return min(_OTHERS, len(others)) + (_BEASTS if _BEAST.search(text) else 0)
