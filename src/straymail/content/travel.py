"""``travel.booking``, ``.flight``, ``.rail``, ``.hotel``, ``.boarding-pass``, ``.calendar``: who goes where, and when.

Machine-readable bookings (schema.org reservations in JSON-LD or microdata, IATA BCBP bar codes, iCalendar events) are
told by their grammar; free text by several independent cues, as a word such as "flight" is in any newspaper. Which
kind it is, is the kind most cues speak of. Movements of senior people (a rank or title beside) weigh more.

Sources: schema.org Reservation, IATA Resolution 792 (BCBP), RFC 5545.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta

import re2

from straymail.content.itinerary import Trip, event_trip, schema_trip
from straymail.content.journeys import DATE, pass_trip, segment_trip, told_trip
from straymail.content.scan import DIGITS, Detector, Hit, Rule, Text
from straymail.evidence import Finding, Sensitivity
from straymail.frozen import dataclass

_ENOUGH = 3.5
_SMALL_CODE, _SMALL_VERSION = 114, 3
_CARRIERS = range(1_000, 4_000)  # RICS codes
_TICKETS = frozenset((1, 2, 3, 4, *range(21, 32)))  # reservation, open, group, pass; 21 and more: a carrier's own
_SAID = "it holds somebody's travel plans"


@dataclass(frozen=True, slots=True)
class _Group:
    """Cues of one sort: points for each different one, the most together, and the kind of travel they speak of."""

    name: str
    pattern: str
    points: float
    most: float
    kind: str = ""
    telling: bool = False
    support: bool = False
    hint: str = ""
    whole: bool = False


def _wide(name: str, words: str, points: float, most: float, kind: str = "") -> _Group:
    """A telling group of words beyond ASCII; its hint is their bytes, as one derived would be any byte beyond ASCII."""
    literal = "|".join("".join(f"\\x{byte:02x}" for byte in word.encode()) for word in words.split("|"))
    return _Group(name, f"({words})", points, most, kind, telling=True, hint=f"(?i)(?:{literal})")


_WHEN = rf"(?:\d{{1,2}}[:.h]\d{{2}} ?(?:[ap]\.?m\.?)?|\d{{3,4}} ?[ap]\.?m?\b|{DATE})"
_STAMP = r"20[0-9]{2}(?:0[1-9]|1[0-2])[0-3][0-9][0-2][0-9][0-5][0-9]"
_GROUPS = (
    _Group("reference", r"(?i)\b(?:(?:booking|reservation|confirmation|record|trip|order|e-?ticket"
           r"|itinerary) ?(?:reference|ref\.?|number|no\.?|nr\.?|code|locator|id|#)"
           r"|record locator|pnr|ticket (?:number|no\.?|nr\.?)|buchungs(?:nummer|referenz|code)|auftragsnummer"
           r"|reservierungs(?:nummer|code)"
           r"|num[ée]ro de (?:r[ée]servation|dossier)|r[ée]f[ée]rence de (?:r[ée]servation|dossier)"
           r"|c[óo]digo de reserva|boekingsnummer|k[óo]d rezerwacji|k[óo]d transakce|kód jízdenky"
           r"|(?:codice|numero)(?: di)? prenotazione|localizador|n[úu]mero d[ea] reserva|reserveringsnummer"
           r"|bokningsnummer|bokningsreferens|bookingnummer|bestillingsnummer|reservasjonsnummer"
           r"|varaus(?:numero|tunnus)"
           r"|numer rezerwacji|[čc][íi]slo (?:rezervace|objedn[áa]vky)|foglal[áa]si (?:sz[áa]m|k[óo]d)"
           r"|rezervasyon \w{2,8})"
           r"(?:[^\n]{0,30}?|[:\s]{0,80})\b([A-Z0-9][A-Z0-9\-]{4,15})\b", 2.0, 2.0, "", True),
    _Group("flight-number", r"(?:\b(?:[Ff]light|[Ff]lug|[Vv]ol|[Vv]uelo|FLIGHT|[Aa]irlines?"
           r"|[Aa]irways)\b[^\n]{0,25}?|(?m:^|[\s(|])) ?\b([A-Z][A-Z0-9]"
           r"|[0-9][A-Z]) ?-?([0-9]{2,4})\b[^\n]{0,60}?\b(?:[A-Z]{3}\b|[0-2]?\d:[0-5]\d|"
           + DATE + ")", 1.5, 2.5, "flight", support=True),
    _Group("named-flight", r"(?i)\b(?:american|united|delta|continental|southwest|northwest|british airways"
           r"|lufthansa|klm|air france|swiss|eurowings|ryanair|easyjet|qantas|emirates|brussels airlines|airlines?)"
           r" (?:flight |flt\.? ?)?#?(\d{2,4})\b|\b(?:flight|flt)\.? ?(?:no\.? ?|number ?"
           r"|# ?)?[:\-]? ?#?([A-Z]{0,2} ?\d{2,4})\b", 1.5, 2.5, "flight", True),
    _Group("airports", r"\(?\b[A-Z]{3}\)? ?(?:-|–|→|>|/|to|nach) ?(?:[A-Z][a-z]{2,20} )?\(?\b[A-Z]{3}\b\)?"
           r"|\([A-Z]{3}\)[^\n]{1,60}\([A-Z]{3}\)", 1.5, 2.0, "flight", support=True),
    _Group("leave", r"(?i)\b(?:depart(?:s|ure|ing|ed)?|leav(?:e|es|ing)|dep\.?|abfahrt|abflug|hinfahrt"
           r"|hinflug|d[ée]part|salida|vertrek|odjezd|odjazd|z/de/von|partenza|afgang|partida|avg[åa]ng|avresa|avgang"
           r"|avreise|l[äa]ht[öo]|indul[áa]s|kalk[ıi][şs])\b[^\n]{0,40}?" + _WHEN, 1.5, 1.5, "", True, whole=True),
    _Group("arrive", r"(?i)\b(?:arriv(?:es|al|ing|ed|e)|arr\.?|ankunft|r[üu]ckfahrt|r[üu]ckflug|arriv[ée]e"
           r"|llegada|aankomst|p[řr][íi]jezd|przyjazd|do/a/nach|arrivo|ankomst|chegada|hemresa|hjemreise|paluu"
           r"|saapu\w{2,6}"
           r"|[ée]rkez[ée]s|var[ıi][şs])\b[^\n]{0,40}?" + _WHEN, 1.5, 1.5, "", True, whole=True),
    _Group("timetable", r"(?i)\b(?:ab|an)\b[^\n]{0,40}?\d{1,2}[:.]\d{2}\b", 1.0, 2.0, "rail", support=True),
    _Group("passenger", r"(?i)\b(?:passengers?(?: name| receipt)?s?|travell?ers?(?: name)?|guests?(?: name)?"
           r"|reisende[rn]?|fahrgast|passagers?|voyageurs?|pasajeros?|reiziger|cestuj[íi]c[íi]|osob"
           r"|passegger[oi]|passageiros?|resen[äa]r|passagerare|rejsende|reisende|matkustajat?"
           r"|pasa[żz]er(?:owie)?|utas|yolcu)"
           r"\b\s{0,3}[:(\d#]"
           r"|\bpassenger (?:receipt|information|details)|\b[A-Z]{2,20}/[A-Z]{2,20} ?(?:MRS?|MS|MISS"
           r"|DR)\b", 1.0, 1.5, "", True, support=True),
    _Group("papers", r"(?i)\b(?:e-?tickets?|etiket|electronic ticket|boarding (?:pass|time|group)|itinerary"
           r"|reiseplan|itin[ée]raire|check-?in (?:opens|online|closes|bag)|baggage allowance|fare (?:rules"
           r"|basis)|j[íi]zdenka"
           r"|fahrkarte|online-?ticket|handy-?ticket|rail pass|mit cityticket|billet [ée]lectronique|sparpreis"
           r"|normalpreis|flexpreis|bahncard|reservierung|m[íi]stenka|bigliett[oi]|carta d'imbarco|billetes?"
           r"|tarjeta de embarque|bilhetes?|cart[ãa]o de embarque|biljett(?:er)?|boardingkort|menetjegy|bilet(?:y)?"
           r"|karta pok[łl]adowa|matkalippu|bini[şs] kart[ıi]|instapkaart|vervoerbewijs"
           r"|palubn[íi] vstupenka)\b", 1.0, 2.0, "", True),
    _Group("seat", r"(?i)\b(?:seats?|sitzplatz|platz|pl[äa]tze|si[èe]ge|asiento|stoel|m[íi]sto"
           r"|miejsce|posto|lugar|sittplats|plads|sete|paikka|hely|koltuk)\b[^\n]{0,12}?\b\d{1,3} ?[A-K]?\b"
           r"|\b(?:aisle|window) seat\b", 1.0, 1.0, support=True),
    _Group("class", r"(?i)\b(?:economy|business|coach|first|premium)[ \-]class|\b(?:[12]\. ?klasse"
           r"|klasse ?:? ?[12]|2nd class|cl\./kl\.|t[řr][íi]da|classic)\b"
           r"|\bclass\s{0,2}[:\-]\s{0,2}[a-z]\b", 0.75, 0.75, support=True),
    _Group("rail", r"(?i)\b(?:train|zug|treno|vlak|poci[ąa]g|wagen|coach|carriage|voiture|v[ůu]z|wagon|gleis"
           r"|platform|bahnhof|hbf|hl\.? ?n\.?|railway|amtrak|eurostar|thalys|deutsche bahn|[čc]esk[ée] dr[áa]hy"
           r"|trenitalia|binario|carrozza|comboio|t[åa]g|juna|vonat|stazione|gare|estaci[óo]n|dworzec"
           r"|n[áa]dra[žz][íi])\b"
           r"|\b(?:ICE|IC|EC|RE|TGV|RJ|RB|EN) ?\d{1,5}\b", 1.0, 2.0, "rail", support=True),
    _Group("hotel", r"(?i)\b(?:check-?(?:in|out)(?: date| time)?[:\s]|\d{1,2} nights?\b|n[äa]chte|room (?:type"
           r"|rate|no)|(?:single|double|twin|king|queen)[ \-](?:room|bed)|hotels?|hostel|inn\b|marriott|hilton"
           r"|hyatt|sheraton"
           r"|rate per night|zimmer|chambre|habitaci[óo]n|\d{1,2} (?:nuits?|notti|noches|noites|n[äa]tter"
           r"|n[æa]tter|netter"
           r"|nocy|noc[íi]|nachten)\b|pok[óo]j|camera (?:doppia|singola|matrimoniale)|ubernachtung"
           r"|[üu]bernachtung)", 0.75, 2.25, "hotel"),
    _Group("car", r"(?i)\b(?:car rental|rental car|pick-?up (?:location|date|time)|drop-?off (?:location|date"
           r"|time)|avis|hertz|mietwagen)\b", 0.75, 1.5),
    _Group("confirmed", r"(?i)\b(?:booking confirm\w{2,5}|confirmation of booking|your (?:booking|trip"
           r"|reservation|flight|itinerary|travel details|journey)|reservation (?:is )?confirm\w{2,4}"
           r"|status:? ?(?:hk|confirmed)|thank you for (?:booking|choosing)"
           r"|ihre (?:buchung|reise|fahrkarte|reservierung)|fluginformationen|reiseverbindung"
           r"|ihre reiseverbindung|votre (?:r[ée]servation|voyage)|su reserva|wir w[üu]nschen"
           r"|buchungsbest[äa]tigung|confirmation de (?:votre )?(?:r[ée]servation|commande)|conferma (?:di "
           r"|della )?prenotazione"
           r"|confirmaci[óo]n de (?:la |su )?(?:reserva|compra)|boekingsbevestiging|bokningsbekr[äa]ftelse"
           r"|potwierdzenie rezerwacji"
           r"|potvrzen[íi] (?:rezervace|objedn[áa]vky)|varausvahvistus|rezervasyon onay[ıi]"
           r"|gute reise)\b", 1.0, 2.0, "", True),
    # Scripts that put nothing between words: no boundaries.
    _wide("cjk-rail", "车次|車次|列车|列車|新幹線|新干线|高鐵|高铁|乗車|乘車|乘车", 2.75, 2.75, "rail"),
    _wide("cjk-journey", "航班|出发|出發|到达|到達|抵達|起飛|起飞|出発|到着|搭乗便|便名"
          "|入住|退房|チェックイン", 1.0, 2.5),
    _wide("cjk-papers", "订单号|訂單號|訂位代號|预订|預訂|乘客|旅客|座位|座席|车厢|車廂|号車|车票|車票|登机牌"
          "|登機證|行程单|行程單|予約番号|ご予約|搭乗券|乗車券|指定席", 1.0, 2.5),
    _Group("advertised", r"(?i)\b(?:fare sale|specials?\b|sale fares?|(?:purchase|book) your e-?ticket"
           r"|blackout dates|from \$ ?\d|per person|lowest (?:rates|fares)|bonus (?:miles|onepass)"
           r"|sweepstakes|unsubscribe|great deals|weekend getaways?)", -2.0, -4.0, support=True),
    _Group("duration", r"(?i)\b(?:reisedauer|flight time|travel time|duration|stops?:? ?(?:non-?stop|\d)"
           r"|non-?stop|via|[üu]ber|p[řr]es)\b", 0.5, 0.5, support=True),
)  # fmt: skip
_SENIOR = (
    r"(?i)\b(?:(?:brigadier |major |lieutenant |lt\.? ?|maj\.? ?|brig\.? ?)?general\s[A-Z]|gen\.\s"
    r"|admiral|commodore|colonel|col\.\s|minister|ambassador|secretary of|president\b|prime minister"
    r"|chief (?:executive|of staff|constable)|ceo\b|chairman|his excellency|her excellency|vip\b)"
)
_RULES = (
    *(Rule(group.name, group.pattern, support=group.support, hint=group.hint, whole=group.whole) for group in _GROUPS),
    Rule("schema", r"(?:\"@type\"\s{0,5}:\s{0,5}\[?\s{0,3}\"(?:https?://schema\.org/)?"
           r"|itemtype=[\"']https?://schema\.org/)(Flight|Train|Lodging|Bus|Boat|RentalCar|Taxi|Event"
           r"|FoodEstablishment|Reservation)(?:Reservation|Package)?\b"),
    Rule("bcbp", r"\bM[1-9][A-Z][A-Z /\-]{18,19}[ E][A-Z0-9 ]{7}([A-Z]{3})([A-Z]{3})[A-Z0-9 ]{3}"
         r"[0-9 ]{4,5}[A-Z ]?([0-3][0-9]{2})[A-Z][0-9 ]{3}[A-Z ][0-9 ]{4}",
         hint=r"M[1-9][A-Z][A-Z /\-]{16}"),
    Rule("ticket-code", rf"\b[0-9]{{20,60}}?({_STAMP})[0-9]{{0,8}}({_STAMP})[0-9A-F]{{30,90}}\b", near=DIGITS),
    Rule("event", r"(?m)^BEGIN:VEVENT\r?$"),
    Rule("galileo", r"(?m)^ {0,3}\d{1,2}\.? {0,3}[A-Z0-9]{2} {0,4}\d{1,4} ?[A-Z] {0,3}\d{1,2}[A-Z]{3} {0,3}"
         r"(?:[A-Z0-9]{1,2} {1,2})?[A-Z]{6} ",
         hint=r"[0-9][A-Z]{3} *(?:[A-Z0-9]+ +)?[A-Z]{6} "),
    Rule("senior", _SENIOR, support=True),
)  # fmt: skip
_COMING_AND_GOING = frozenset(("leave", "arrive", "hotel", "duration", "timetable", "car"))
_DAY = re2.compile(f"(?i){DATE}")
_EVENT_DAYS = re2.compile(r"(?m)^DT(?:START|END)[^:\n]{0,80}:([0-9]{8})")
_AWAY = re2.compile(
    r"(?i)\b(?:flights?|fl(?:u|ü)ge?|vols?|vuelos?|trains?|zug|rail|bahn|hotel|hostel|airport|flughafen|station|bahnhof"
    r"|trips?|travel\w{0,4}|journey|visits?|visiting|tour|reise|dienstreise|besuch|voyage|boarding|depart\w{0,5}"
    r"|arriv\w{1,4}|check-?(?:in|out)|ferry|cruise|itinerary|out of office|away|absence|abwesend|vacation|holidays?"
    r"|urlaub|conference (?:in|at|on)|festival|congress|concert)\b"
)
_ROOM = re2.compile(r"(?i)\b(?:meeting|call|teams|zoom|webex|room|besprechung|raum|jour fixe|r(?:é|e)union)\b")
_MACHINE = frozenset(("schema", "bcbp", "ticket-code", "event", "galileo"))
_SCHEMA = {
    "Flight": "travel.flight",
    "Train": "travel.rail",
    "Lodging": "travel.hotel",
    "Event": "travel.calendar",
    "FoodEstablishment": "travel.calendar",
}


def _judge(text: Text) -> Iterator[Finding]:
    senior = bool(text.hits("senior"))
    found = False
    for finding in _machine(text, senior):
        found = True
        yield finding
    if not found:
        yield from _prose(text, senior)


def _machine(text: Text, senior: bool) -> Iterator[Finding]:
    told: dict[str, list[_Told]] = {}
    until = 0
    for hit in text.hits(*_MACHINE):
        if hit.start < until and hit.rule == "schema":
            continue  # within the reservation before
        each, until = _schema(text, hit) if hit.rule == "schema" else (_told(text, hit), until)
        if each:
            told.setdefault(each.identifier, []).append(each)
    for identifier, ways in told.items():
        weight = _weight(identifier, senior or any(each.trip.senior for each in ways))
        yield text.finding(identifier, weight, 0.97, _SAID, ways[0].hit, excerpt=_excerpt(ways))


@dataclass(frozen=True, slots=True)
class _Told:
    """What one machine-readable booking is and says; ``kind`` stands for it where it tells no journey."""

    identifier: str
    hit: Hit
    trip: Trip
    kind: str


def _excerpt(ways: list[_Told]) -> str:
    """The journey of which most is known, and how many others there are."""
    best = max(ways, key=lambda each: each.trip.parts)
    if not best.trip.parts:
        return best.kind
    others = len({(each.trip.where, each.trip.when) for each in ways if each.trip.parts}) - 1
    return f"{best.trip.excerpt[:65]} and {others} more" if others else best.trip.excerpt


def _schema(text: Text, hit: Hit) -> tuple[_Told, int]:
    """What a reservation of schema.org says, and the byte where it ends."""
    before = text.before(hit, 4_000)
    around = before + hit.text + text.after(hit, 16_000)
    trip, end = schema_trip(around, len(before))
    identifier = _SCHEMA.get(hit.groups[0], "travel.booking")
    return _Told(identifier, hit, trip, hit.groups[0].lower()), hit.start + len(around[len(before) : end].encode())


def _told(text: Text, hit: Hit) -> _Told | None:
    if hit.rule == "bcbp":
        return _Told("travel.boarding-pass", hit, pass_trip(hit), "boarding pass")
    if hit.rule == "galileo":
        return _Told("travel.flight", hit, segment_trip(text, hit), "reservation system")
    if hit.rule == "ticket-code":
        return _ticket(hit)
    body = text.after(hit, 4_000).partition("END:VEVENT")[0]
    if "->" in body or "→" in body:
        return _Told("travel.booking", hit, event_trip(body), "journey in a calendar")
    placed = "\nGEO" in body or ("\nLOCATION" in body and _away(body))
    return _Told("travel.calendar", hit, event_trip(body), "event with a place") if placed else None


def _ticket(hit: Hit) -> _Told | None:
    leave = hit.groups[0]
    when = f"{leave[:4]}-{leave[4:6]}-{leave[6:8]} {leave[8:10]}:{leave[10:]}"
    return _Told("travel.rail", hit, Trip(when=when), "") if _one_journey(*hit.groups) else None


def _away(event: str) -> bool:
    """Whether an event is a journey by its words, or takes days; a meeting in a room is none."""
    days = _EVENT_DAYS.findall(event)
    return _AWAY.search(event) is not None or (len(set(days[:2])) > 1 and not _ROOM.search(event))


def _one_journey(leave: str, arrive: str) -> bool:
    """Whether two times, ``YYYYMMDDhhmm``, are those of one journey: within two days, in this order."""
    try:
        start, end = (datetime.strptime(time, "%Y%m%d%H%M").replace(tzinfo=UTC) for time in (leave, arrive))
    except ValueError:
        return False
    return timedelta(0) < end - start < timedelta(days=2)


def _prose(text: Text, senior: bool) -> Iterator[Finding]:
    score, telling = 0.0, 0
    kinds: dict[str, float] = {}
    names: set[str] = set()
    first: Hit | None = None
    for group in _GROUPS:
        hits, above = text.hits(group.name), text.above.get(group.name, ())
        if not hits and not above:
            continue
        names.add(group.name)
        different = len({hit.text.lower() for hit in (*hits, *above)})
        points = math.copysign(min(abs(group.most), abs(group.points) * different), group.most)
        score += points
        telling += group.telling
        kinds[group.kind] = kinds.get(group.kind, 0.0) + points
        first = min((*hits[:1], *((first,) if first else ())), key=lambda hit: hit.start, default=None)
    needed = _needed(len(text.raw))
    if first is None or score < needed or telling < 2:
        return
    if names <= _COMING_AND_GOING and not any(_DAY.search(hit.text) for hit in text.hits("leave", "arrive")):
        return  # hours alone: somebody's day
    kind = max((each for each in kinds if each), key=lambda each: kinds[each], default="")
    identifier = f"travel.{kind or 'booking'}"
    confidence = min(0.96, 0.7 + 0.05 * (score - needed))
    trip = told_trip(text, kind)
    weight = _weight(identifier, senior or trip.senior)
    yield text.finding(identifier, weight, confidence, _SAID, first, excerpt=trip.excerpt or kind or "booking")


def _needed(size: int) -> float:
    """Points a text of so many characters must have: long ones gather some by chance."""
    return _ENOUGH * (1 + min(1.0, size / 20_000))


def _weight(identifier: str, senior: bool) -> Sensitivity:
    usual = Sensitivity.LOW if identifier == "travel.calendar" else Sensitivity.ELEVATED
    return Sensitivity(usual + 1) if senior else usual


def _worth(names: Collection[str], text: Text) -> bool:
    """Whether these groups, and all that support them, could make a booking."""
    if not _MACHINE.isdisjoint(names):
        return True
    possible = [group for group in _GROUPS if group.support or group.name in names]
    score = sum(max(0.0, group.most) for group in possible)
    return score >= _needed(len(text.raw)) and sum(group.telling for group in possible) > 1


DETECTOR = Detector("travel", _RULES, _judge, _worth)


def find_ticket(data: bytes, where: str) -> Iterator[Finding]:
    """Yield a rail ticket's bar code found as a file of its own.

    Known are UIC 918.3 and 918.9 (``#UT`` and its records), VDV-KA, and UIC's small structured code (ERA TAP TSI B.12).
    """
    told = data.startswith((b"#UT0", b"\x9e\x81")) or b"U_HEAD" in data[:200] or b"0080BL" in data[:200]
    if told or _is_small_code(data):
        yield Finding(
            "travel.rail", where, Sensitivity.ELEVATED, 0.97 if told else 0.8, _SAID, "bar code of a rail ticket"
        )


def _is_small_code(data: bytes) -> bool:
    """114 bytes that begin with version 3 (4 bits), a carrier's code (14), a key (4) and a kind of ticket (5 bits)."""
    if len(data) != _SMALL_CODE:
        return False
    head = int.from_bytes(data[:4]) >> 5
    version, carrier, kind = head >> 23, head >> 9 & 0x3FFF, head & 0x1F
    return version == _SMALL_VERSION and carrier in _CARRIERS and kind in _TICKETS
