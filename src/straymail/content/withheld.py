"""``person.withheld``: what somebody is not to learn, as its writer says ("she does not know yet", "between us").

Whoever writes of a dismissal, a bid, a case or a refuge seldom writes "confidential", but says who must not hear of it.
That is told in a few ways of speaking: somebody must not know, does not know yet, has not been told; do not tell or
show somebody; keep it from somebody; without their noticing; between us. Of the weaker ways it takes two. A surprise, a
present and the end of a film are kept from people too, and harm nobody; what "students must not see" or "you need not
know" is no secret either. English, German, French and Spanish.
"""

from __future__ import annotations

from collections.abc import Iterator

import re2

from straymail.content.scan import Detector, Hit, Rule, Text
from straymail.evidence import Finding, Sensitivity

_PEOPLE = (
    r"(?:wife|husband|mother|father|mum|dad|parents|sons?|daughters?|children|family|families|boss|team|others?|staff"
    r"|employees|press|media|union|board|works council|other side|other party|suppliers?|bidders?|patients?|neighbours?"
    r"|tenants?|candidates?|witness(?:es)?|defendant|accused|opposition|public"
    r"|people|colleagues|customers|employer|management|buyers?|tax office|authorit(?:y|ies)|insurers?|landlord)"
)
_WHO = (
    rf"(?:(?i:he|she|they|nobody|no[ -]one|none of (?:them|us|the \w{{1,12}})"
    rf"|(?:his|her|their|my) (?:\w{{1,12}} ){{0,2}}?\w{{2,14}}|the (?:\w{{1,12}} )?{_PEOPLE})|\p{{Lu}}\w{{1,14}})"
)
_LEARN = r"(?:know|learn|find (?:out|this|that)|hear|be told|get wind)"
_OTHERS = (
    rf"(?:him|her|them|any ?one|any ?body|a soul|(?:his|her|their|the) (?:{_PEOPLE}|client)"
    r"|\p{Lu}\w{1,14})"
)
_RULES = (
    Rule("must not", rf"\b{_WHO} (?:(?i:must) ?(?i:not|n't|n’t)|(?i:is|are) not to) (?i:{_LEARN})\b",
         hint=r"(?i)(?:must ?(?:not|n't|n[^a-z ]{1,3}t)|(?:is|are) not to) (?:know|learn|find|hear|be told|get wind)"),
    Rule("not yet", rf"\b{_WHO} (?i:do(?:es)?(?: not|n't|n’t)) (?i:know|suspect)"
         r"(?: (?i:about|of|that|it|this|anything|a thing)\b[^.!?\n]{0,40}?)? (?i:yet|before|until|till)\b",
         hint=r"(?i)(?: not|n't|n[^a-z ]{1,3}t) (?:know|suspect) (?:about|of|that|it|this|a|yet|before|until|till)"),
    Rule("untold", rf"\b(?:{_WHO} (?i:has|have|had)(?: not|n't|n’t)(?: yet)?|(?i:nobody|no[ -]one)"
         r"(?: (?:on|in|at|of|outside) [\w ]{2,24}?)? (?i:has|have)) (?i:been told|heard (?:of|about) (?:this|it))\b",
         hint=r"(?i)been told|heard (?:of|about) (?:this|it)"),
    Rule("do not tell", rf"\b(?i:do not|don't|don’t|never)(?: ever)? (?:(?i:tell) {_OTHERS}|(?i:show) {_OTHERS}"
         rf" (?:it|this|that|the|these|any)|(?i:let) {_OTHERS} (?:see|know|hear|find out|notice))\b",
         hint=r"(?i)(?:do not|don't|don[^a-z ]{1,3}t|never)(?: ever)? (?:tell|show|let) "),
    Rule("do not say", r"(?i)\b(?:do not|don't|don’t|never) (?:mention (?:it|this|that|any of)|put (?:that|this"
         r"|it) in (?:the |an? )?\w|write (?:that|this|it) down|repeat (?:that|this|it)|breathe a word|say a word)",
         hint=r"(?i)(?:do not|don't|don[^a-z ]{1,3}t|never) (?:mention|put (?:that|this|it) in|write (?:that|this"
         r"|it) down|repeat|breathe|say a word)"),
    Rule("keep from", rf"\b(?i:keep (?:it|this|that|all of this|the \w{{2,14}})) (?:from {_OTHERS}|(?i:between us"
         r"|(?:strictly )?to yourself|to yourselves|quiet\b|under wraps|under your hat|off the record"
         r"|out of (?:the )?(?:minutes|papers?|press|file)))",
         hint=r"(?i)keep (?:it|this|that|all of this|the \w+) (?:from|between us|(?:strictly )?to yourse|quiet|under"
         r"|off the|out of)"),
    Rule("between us", r"(?i)\b(?:strictly between (?:us|ourselves|you and me)|between (?:you and me|ourselves)\b"
         r"|in (?:strict|strictest|the strictest) confidence|(?:told|said to|tells|confided in) (?:me"
         r"|us) in confidence"
         r"|behind (?:his|her|their) backs?\b|for your ears only|unter uns gesagt|streng vertraulich gesagt"
         r"|im vertrauen (?:gesagt|erzählt)|entre nous (?:soit dit|[:,])|en confianza[:,]|entre nosotros[:,])",
         hint=r"(?i)between (?:you|our|us)|in (?:the )?stric|in confidence|behind (?:his|her|their) back"
         r"|for your ears|unter uns gesagt|vertraulich gesagt|im vertrauen|entre nous|en confianza|entre nosotros"),
    Rule("opens", r"(?m)^[ \t>]{0,4}(?i:just )?(?i:between us|unter uns|entre nous|entre nosotros"
         r"|this stays between us"
         r"|not for the minutes)\b ?[:,.\-–]", hint="(?i)between us|unter uns|entre nous|entre nosotros"
         r"|not for the minutes"),
    Rule("unnoticed", r"(?i)\bwithout (?:him|her|them|his|their) (?:\w{2,10} )?"
         r"(?:noticing|knowing|finding out|being told)\b|\bohne dass (?:er|sie|jemand|der|die) (?:\w{1,14} ){0,2}"
         r"(?:merk(?:t|en)|erf(?:ährt|ahren)|weiß|weiss|wissen|mitbekomm(?:t|en))\b|\bsans qu(?:'|’|e )(?:il"
         r"|elle|on|ils|elles|personne) (?:ne )?(?:le )?"
         r"(?:sache|sachent|remarque|s'en rende)|\bsin que (?:\w{2,12} ){0,2}(?:se entere|sepa|lo note)",
         hint=r"(?i)without (?:him|her|them|his|their) |ohne dass (?:er|sie|jemand|der|die)|sans qu"
         r"|sin que "),
    Rule("german", r"(?i)\b(?:d(?:arf|ürfen|uerfen) (?:\w{1,14} ){0,4}?(?:nicht|nichts|noch nichts) (?:davon )?"
         r"(?:wissen|erfahren|hören)|wei(?:ß|ss) (?:es )?(?:noch nichts|noch nicht|nichts davon)"
         r"|wissen (?:noch nichts|nichts davon)|(?:sag|sagen|erzähl|erzähle|erzählen|verrate?) (?:sie )?(?:das "
         r"|es )?(?:bitte )?(?:niemand\w{0,2}"
         r"|keinem)|niemand (?:darf|soll) (?:\w{1,10} ){0,2}?(?:wissen|erfahren)|behalte?n? (?:sie )?(?:das"
         r"|es) (?:bitte )?für (?:dich|sich|euch)|(?:noch )?niemand wei(?:ß|ss) (?:davon|es|das))",
         hint=r"(?i)(?:nichts?|davon|darf|soll) (?:\w+ )*(?:davon )?(?:wissen|erfahren|h..?ren)|wei..? (?:es )?n"
         r"|wissen n|(?:das |es |bitte |sie )(?:niemand|keinem)|r (?:dich|sich|euch)|niemand wei"
         r"|(?:sag|sagen|hl|hle|hlen|verrat|verrate) niemand"),
    Rule("french", r"(?i)\b(?:ne (?:doi(?:t|vent)|di(?:s|tes)) (?:\w{1,10} ){0,2}?(?:pas"
         r"|rien) (?:le )?(?:savoir|apprendre"
         r"|à personne)|(?:il|elle|ils|elles|personne|(?:l['’]|(?:le|la|les|son|sa|ses|mon|ma|notre"
         r"|nos) )\pL{2,16}(?: du| de| de la| des)?(?: \pL{2,16})?) ne (?:le )?sa(?:it|vent) (?:pas encore"
         r"|encore rien|rien encore)"
         r"|personne ne (?:le )?sait\b|n'en parle[zr]? (?:à personne|pas)|garde[zr]? (?:ça|cela|le) pour (?:toi"
         r"|vous))",
         hint=r"(?i)ne (?:doi|dis|dites)|ne (?:le )?sa(?:it|vent)|n.+?en parle|garde[zr]? [^\n]*pour (?:toi|vous)"),
    Rule("spanish", r"(?i)\b(?:no (?:debe|deben|puede|pueden) (?:saberlo|saber|enterarse)|(?:aún"
         r"|todavía) no (?:lo )?saben?"
         r"|no (?:lo )?saben? (?:aún|todavía|nada)|nadie (?:lo )?sabe\b|no se lo (?:digas|diga|digan|cuentes)"
         r"|no (?:lo )?(?:digas|cuentes|comentes) (?:nada )?a nadie)",
         hint=r"(?i)(?:debe|deben|puede|pueden) (?:saber|enterarse)|no (?:lo )?sabe|nadie (?:lo )?sabe|no se lo"
         r"|a nadie"),
    Rule("harmless", r"(?i)\b(?:surprise|birthday|party|presents?|gifts?|cake|secret santa|spoilers?|joke|prank|santa"
         r"|überraschung\w{0,10}|geburtstag\w{0,10}|geschenk|cadeau|anniversaire|fiesta|cumpleaños|regalo"
         r"|sorpresa)\b",
         support=True),
)  # fmt: skip
_WEAK = frozenset(("do not say",))
_NOBODY = re2.compile(
    r"^(?i:you|we|i|it|this|that|these|those|what|who|which|there|users?|students?|customers?|people|readers?"
    r"|children"
    r"|players?|visitors?|most|many|some|if|one)\b"
)
_ASKED = re2.compile(r"(?i) (?:where|how|when|which|what|whether|to|who|why)\b")  # has not been told how to
_NEAR = 400  # bytes between a saying and what makes it harmless


def _judge(text: Text) -> Iterator[Finding]:
    """Yield one finding, at the first saying, where one is strong or two are weak."""
    if text.where.startswith("signature"):  # notices below a message ask for silence too
        return
    hits = [hit for hit in text.hits() if _about_somebody(text, hit)]
    apart: list[Hit] = []
    for hit in hits:
        if not apart or hit.start >= apart[-1].end:
            apart.append(hit)
    harmless = [hit.start for hit in text.hits("harmless")] if apart else []
    told = [hit for hit in apart if not any(abs(hit.start - place) < _NEAR for place in harmless)]
    if len(told) > 1 or any(hit.rule not in _WEAK for hit in told):
        said = "it says that somebody is not to learn of it"
        yield text.finding("person.withheld", Sensitivity.ELEVATED, 0.6, said, told[0], excerpt="not to be told")


def _about_somebody(text: Text, hit: Hit) -> bool:
    asked = hit.rule == "untold" and _ASKED.match(text.after(hit, 8))
    return not asked and not _NOBODY.search(hit.text)


DETECTOR = Detector("withheld", _RULES, _judge)
