"""``travel.movement``: where a senior person will be, and when, told in prose or as a programme.

"The Minister will arrive at Northolt at 0930 and travel by car" is worth more to the wrong reader than a booking. It
takes somebody of rank, a movement still to come with a time of day close behind, and either a second one or what only
those arranging it say: a car, a room, a terminal, who meets whom. Newspapers tell of movements in the past, or without
the hour; a sentence that names its source is left out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import re2

from straymail.content.scan import Detector, Hit, Rule, Text
from straymail.evidence import Finding, Sensitivity

_TIME = (
    r"(?:[0-2]?[0-9][:.h][0-5][0-9](?: ?[ap]\.?m)?|[0-2]?[0-9] ?[ap]\.?m\b|[01][0-9][0-5][0-9]\b"
    r"|2[0-3][0-5][0-9] ?(?:h\b|hrs|hours|z\b|zulu|local|lcl|l\b|uhr)|(?:at|by) 2[0-3][0-5][0-9]\b)"
)
_GOES = (
    r"(?:(?:arriv(?:es?|ing|al)|depart(?:s|ing|ure)?|leaves?|lands|landing|flies|takes? off|wheels (?:up|down)|eta|etd"
    r"|landet|ankunft|abflug|abfahrt|kommt|fliegt)\b|dep\.|arr\.)"
)
_GOES_HINT = (
    r"(?i)arriv|depart(?:s|ing|ure)?\b|\bleaves?\b|lands\b|landing|landet|flies|takes? off|wheels |\beta\b|\betd\b"
    r"|dep\x2e|arr\x2e|ankunft"
    r"|abflug"
    r"|abfahrt|kommt|fliegt"
)
_BETWEEN = r"(?:[^\n.;]|\.[^\n ]|[0-9]\. |\n[^\n]){0,60}?"
_LEG = rf"(?i)\b({_GOES}){_BETWEEN}\b({_TIME})|(?:^|[\s:,;(])({_TIME})[\s:,\-]{{1,4}}(?:\w{{2,12}} ){{0,2}}?({_GOES})"
RANKS = (
    r"(?:Prime |Foreign |Defence )?Minister(?:in)?|Ambassador|(?:His|Her) Excellency"
    r"|(?:Major |Brigadier |Lieutenant )?General|(?:Maj|Lt|Brig)?\.? ?Gen\.|Brigadier|(?:Vice |Rear )?Admiral"
    r"|Commodore|Colonel|Air (?:Chief |Vice )?Marshal|Secretary of State|Permanent Secretary|Commander|HRH|VIP"
    r"|Chief of (?:\w+ ){0,2}Staff|Chief Constable|President|Chairman|CEO|Chief Executive|Staatssekret[äa]r\w{0,2}"
    r"|Botschafter(?:in)?"
)
"""Ranks and offices of senior people, as they stand before or beside a name."""
_RULES = (
    Rule("who", rf"\b((?:{RANKS})\b|(?:MG|LTG|BG|RADM|VADM) [A-Z])(?i:[^,.\n]{{0,30}}?\b(hotel|motors|electric"
         r"|assembly|admission|ledger|manager|counsel|public|information|bridge|insurance)\b)?",
         hint=r"Minister|Ambassad|Excellency|General\b|Gen\x2e|Brigadier|Admiral|Commodore|Colonel|Marshal"
              r"|Secretary of State|Permanent Secretary|Commander|HRH\b|VIP\b|Chief (?:of|Const|Exec)|President"
              r"|Chairman"
              r"|CEO\b|Staatssekret|Botschafter|\b(?:MG|LTG|BG|RADM|VADM) [A-Z]"),
    Rule("leg", _LEG, hint=_GOES_HINT),
    Rule("staff", r"(?i)\b(by (?:car|helicopter|convoy|train)|car to collect|convoy|motorcade|driven to|escort|met by"
         r"|(?:room|suite|bldg|terminal|gate|hls) ?[0-9]{1,4}|staying at|lodging|overnight|ron at|hotel|wheels (?:up"
         r"|down)"
         r"|itinerary|movements?|programme for|route via|residence|home address|mit dem wagen"
         r"|helicopter)\b", support=True),
)  # fmt: skip
_SOURCE = re2.compile(
    rb"(?i)\b(?:reports?|reported|reuters|\bap\b|afp|according to|spokes\w{3,6}|white house said|told reporters|news"
    rb"|officials said|unsubscribe)\b"
)
_AHEAD, _AROUND = 500, 800  # bytes from somebody to his movements, and what is said around them
_MOVES = re2.compile(_LEG)
_NAME = re2.compile(r"^\.? ?((?:\p{Lu}[\p{L}.'’\-]+ ?){1,3})")
_PLACE = re2.compile(r"\b[A-Z][a-z]{2,20}\b")


def _worth(names: Collection[str], text: Text) -> bool:
    """Somebody of rank and a movement are in much of a firm's mail: an hour beside it is not."""
    return len(names) > 1 and _MOVES.search(text.data) is not None


def _judge(text: Text) -> Iterator[Finding]:
    legs, staff = text.hits("leg"), text.hits("staff")
    for who in text.hits("who"):
        if who.groups[1]:
            continue  # a firm, a hotel
        gone = [leg for leg in legs if who.start <= leg.start <= who.end + _AHEAD]
        told = {hit.groups[0].lower() for hit in staff if who.start - 60 <= hit.start <= who.end + _AROUND}
        around = text.data[max(0, who.start - _AHEAD) : who.end + _AROUND]
        if gone and len(gone) + len(told) > 1 and _SOURCE.search(around) is None:
            yield _finding(text, who, gone)
            return


def _finding(text: Text, who: Hit, gone: list[Hit]) -> Finding:
    first = gone[0]
    when = first.groups[1] or first.groups[2]
    places = _PLACE.findall(first.text)
    where = f", {places[0]}" if places else ""
    said = "it holds where a senior person will be, and when"
    name = _NAME.search(text.data[who.start + len(who.groups[0].encode()) :][:60].decode("utf-8", "replace"))
    called = " ".join(f"{word[0]}." for word in name.group(1).split()) if name else ""
    person = f"{who.groups[0].lower()} {called}".strip()
    excerpt = f"{person}: {len(gone)} movement{'s' if len(gone) > 1 else ''}, {when}{where}"
    return text.finding("travel.movement", Sensitivity.HIGH, 0.85, said, who, excerpt=excerpt)


DETECTOR = Detector("movements", _RULES, _judge, _worth)
