"""``travel.journey``: a flight told in a sentence ("arriving Tuesday 18:20 on LH1172, back on Thursday").

It takes the number of a flight (the code of one of some hundred airlines, as IATA or ICAO gives them, and two to four
figures) and, in the same line near it, a word of coming or going and a day or an hour. Codes that are words or names of
other things in capitals (AS, OS, TO, SU-27) are left out, and so are prices and accidents. Bookings are told by
``travel``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import islice

import re2

from straymail.content.itinerary import leg
from straymail.content.scan import Detector, Hit, Rule, Text
from straymail.evidence import Finding, Sensitivity

_AIRLINES = (
    "AA|AC|AF|AM|AV|AY|AZ|A3|B6|BA|BR|BT|CI|CM|CX|CZ|DL|DY|EI|EK|ET|EW|EY|FI|FR|FZ|F9|G3|GF|HU|HV|IB|JL|JQ|JU|KE|KL"
    "|KQ|KU|LA|LH|LO|LS|LX|LY|MH|MS|MU|NH|NK|NZ|OA|OU|OZ|PC|PK|QF|QR|RJ|RO|SK|SN|SQ|SV|TG|TK|TP|U2|UA|UL|UX|VN|VS|VY|W6"
    "|WN|WS|WY|XQ|BAW|EZY|RYR|DLH|AFR|KLM|UAL|AAL|DAL|SWR|AUA|EWG|FIN|IBE|TAP|THY|UAE|QTR|WZZ|TRA|VLG"
)
_NUMBER = rf"\b(?:{_AIRLINES})[ \-]?[0-9]{{2,4}}\b"
_BEGUN = "|".join(rf"{each}[ \x2d]?[0-9]{{2}}" for each in _AIRLINES.split("|"))  # as one group it costs ten times that
_GOES = re2.compile(
    r"(?i)\b(?:arriv\w{0,4}|land(?:s|ing|et|en|e)?|fly|flying|flies|flight|depart\w{0,4}|leav(?:e|es|ing)|take-?off"
    r"|back|pick (?:\w{1,8} )?up|ankunft|abflug|komme|fliege\w?|flug|zurück|repars?|pars|partons|vol|llego|llegamos"
    r"|llega|salgo|sale|vuelo|vuelvo|arrivo|parto|volo|atterro|vlieg\w?|vlucht|vertrek|aankomst|chego|voo"
    r"|przylot\w?|ląduje|wylot\w?|lot)\b"
)
_WHEN = re2.compile(
    r"(?i)\b(?:[0-2]?[0-9][:.h][0-5][0-9]|[0-2]?[0-9] ?[ap]\.?m\b|today|tonight|tomorrow|(?:mon|tues?"
    r"|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|heute|morgen"
    r"|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|demain|lunes|martes"
    r"|mi[ée]rcoles|jueves|viernes"
    r"|s[áa]bado|domingo|mañana"
    r"|luned[ìi]|marted[ìi]|mercoled[ìi]|gioved[ìi]|venerd[ìi]|sabato|domenica|domani"
    r"|maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag"
    r"|segunda|terça|quarta|quinta|sexta|amanhã|poniedział\w{1,2}|wtorek|środ\w|czwartek|piątek|sobot\w|niedziel\w"
    r"|[0-9]{1,2}(?:st|nd|rd|th)\b|[0-9]{1,2}\.? ?(?:jan|feb|mar|apr|may|mai|jun|jul|aug|sep|o[ck]t|nov|de[cz])\w{0,6})"
)
_NOBODY = re2.compile(
    r"(?i)\b(?:crash\w{0,3}|fares?|from [$€£]|per person|hijack\w{0,3}|victims|delayed flights|passengers"
    r"|airline said|emergency landing|aviation authority|reuters)\b"
)
_SAID = "it says when somebody flies"
_NEAR = 120  # characters on either side, in the line


def _worth(names: Collection[str], text: Text) -> bool:
    return bool(names) and _WHEN.search(text.data) is not None


def _judge(text: Text) -> Iterator[Finding]:
    for hit in text.hits("number"):
        around = _line_around(text, hit)
        if _GOES.search(around) and _WHEN.search(around) and not _NOBODY.search(around):
            yield text.finding("travel.journey", Sensitivity.ELEVATED, 0.8, _SAID, hit, excerpt=_journey(around))
            return


def _journey(line: str) -> str:
    """From where to where the line says, and its days and hours."""
    start, end = leg(line)
    when = " ".join(islice((match.group() for match in _WHEN.finditer(line)), 2))
    return ", ".join(filter(None, ("flight", " to ".join(filter(None, (start, end))), when)))


def _line_around(text: Text, hit: Hit) -> str:
    before, after = text.before(hit, _NEAR), text.after(hit, _NEAR)
    return f"{before.rpartition(chr(10))[2]} {after.partition(chr(10))[0]}"


DETECTOR = Detector("flights", (Rule("number", _NUMBER, hint=_BEGUN),), _judge, _worth)
