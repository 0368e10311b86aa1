"""``person.id-number``, ``.passport``, ``.birth``: numbers that name one person, by check digit and words beside.

Identity, social-security and tax numbers of some 40 countries are validated with python-stdnum. Nine to eleven digits
stand everywhere in mail and one in ten passes a single check digit, so a number counts where a word of its country's
stands before it; only forms with letters or several check digits count alone. Machine-readable zones of passports,
identity cards and visas are told by their check digits (ICAO Doc 9303, parts 4 to 7).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import import_module

import re2

from straymail.content.hints import apart
from straymail.content.scan import DIGITS, Detector, Hit, Rule, Text, redact
from straymail.evidence import Finding, Sensitivity

Check = Callable[[str], bool]

# Word before the number -> the checks (python-stdnum modules) one of which must pass.
_WORDS: dict[str, tuple[str, ...]] = {
    r"ssn|social security(?: (?:no|num|number|#))?|soc\.? sec": ("us.ssn",),
    r"itin|taxpayer id\w*": ("us.itin", "us.ssn"),
    r"utr|unique taxpayer": ("gb.utr",),
    r"steuer-?id\w*|idnr|steuerliche identifikationsnummer|tax id": ("de.idnr", "us.itin", "us.ssn"),
    r"num[ée]ro de s[ée]curit[ée] sociale|s[ée]curit[ée] sociale|nir|insee": ("fr.nir",),
    r"num[ée]ro fiscal|spi": ("fr.nif",),
    r"dni|nif|nie|documento nacional\w*|c[ée]dula": ("es.dni", "es.nie", "pt.nif", "ar.dni", "do.cedula", "ec.ci"),
    r"bsn|burgerservicenummer|sofinummer": ("nl.bsn",),
    r"rijksregister\w*|registre national|num[ée]ro national|nn": ("be.nn",),
    r"cart[ãa]o de cidad[ãa]o|nif|contribuinte": ("pt.cc", "pt.nif"),
    r"pesel": ("pl.pesel",),
    r"personnummer|personnr": ("se.personnummer", "no.fodselsnummer"),
    r"f[øo]dselsnummer|fnr": ("no.fodselsnummer",),
    r"cpr(?:-?nr|-?nummer)?|personnummer": ("dk.cpr",),
    r"henkil[öo]tunnus|hetu": ("fi.hetu",),
    r"isikukood": ("ee.ik",),
    r"asmens kodas": ("lt.asmens",),
    r"rodn[ée] [čc][íi]slo|r\.?[čc]\.?": ("cz.rc",),
    r"cnp|cod numeric personal": ("ro.cnp",),
    r"egn|егн": ("bg.egn",),
    r"amka|αμκα": ("gr.amka",),
    r"pps(?:n| number| no)?": ("ie.pps",),
    r"sozialversicherungsnummer|svnr|sv-?nummer": ("at.vnr",),
    r"ahv(?:-?nr|-?nummer)?|avs": ("ch.ssn",),
    r"tfn|tax file number": ("au.tfn",),
    r"ird(?: number| no)?": ("nz.ird",),
    r"sin|social insurance(?: number)?|nas": ("ca.sin",),
    r"cpf": ("br.cpf",),
    r"cuit|cuil": ("ar.cuit",),
    r"rut|run": ("cl.rut",),
    r"nit": ("co.nit",),
    r"rfc|curp": ("mx.rfc", "mx.curp"),
    r"id(?:entity)? (?:number|no\.?|nr\.?|card)|identity number|national id\w*|id nr": (
        "za.idnr", "il.idnr", "th.pin", "kr.rrn", "pl.pesel", "ee.ik", "lt.asmens", "tr.tckimlik", "pk.cnic", "bg.egn",
        "hr.oib", "si.emso", "ro.cnp", "cn.ric",
    ),
    r"teudat zehut|t\.?z\.?": ("il.idnr",),
    r"aadhaa?r|uid": ("in_.aadhaar",),
    r"pan(?: card| number| no)?": ("in_.pan",),
    r"t\.?c\.? ?kimlik\w*|tc no": ("tr.tckimlik",),
    r"oib": ("hr.oib",),
    r"emšo|emso|jmbg": ("si.emso",),
    r"инн|inn": ("ru.inn",),
    r"рнокпп|іпн|ipn": ("ua.rntrc",),
    r"kennitala": ("is_.kennitala",),
    r"codice fiscale|c\.?f\.?": ("it.codicefiscale",),
    r"cnic": ("pk.cnic",),
    r"身份证(?:号码|号)?|公民身份号码|resident id(?:entity)?(?: card)?|chinese id": ("cn.ric",),
    r"resident registration|rrn": ("kr.rrn",),
}  # fmt: skip
_ALONE: dict[str, tuple[str, str]] = {
    "it.codicefiscale": (r"\b[A-Z]{6}[0-9LMNP-V]{2}[A-EHLMPRST][0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{3}[A-Z]\b", "IT"),
    "mx.curp": (r"\b[A-Z]{4}[0-9]{6}[HM][A-Z]{5}[0-9A-Z][0-9]\b", "MX"),
    "fi.hetu": (r"\b[0-3][0-9][01][0-9]{3}[-+A][0-9]{3}[0-9A-FHJ-NPR-Y]\b", "FI"),
    "ch.ssn": (r"\b756\.[0-9]{4}\.[0-9]{4}\.[0-9]{2}\b", "CH"),
    "fr.nir": (r"\b[12] ?[0-9]{2} ?(?:0[1-9]|1[0-2]) ?(?:[0-9]{2}|2[AB]) ?[0-9]{3} ?[0-9]{3} ?[0-9]{2}\b", "FR"),
    "us.ssn": (r"\b[0-8][0-9]{2}-[0-9]{2}-[0-9]{4}\b", "US"),
    "br.cpf": (r"\b[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}\b", "BR"),
}
_NEAR = {"it.codicefiscale": ""}  # no five digits in a row
_HINTS = {
    "it.codicefiscale": r"[A-Z0-9]{16}",
    "fr.nir": r"(?:0[1-9]|1[0-2]) ?(?:[0-9]{2}|2[AB]) ?[0-9]{3} ?[0-9]{3} ?[0-9]{2}",
}
_MANY = 5
_PLAIN_WORDS = frozenset(("run", "nit", "sin", "pan", "nie", "inn"))  # as numbers' names these are capitals
_LOOSE = ("us.ssn",)  # the form is telling, but the number has no check digit
_ASKED = tuple((re2.compile(f"(?i){words}"), names) for words, names in _WORDS.items())
_NUMBER = r"[^\n\pL0-9]{0,6}(?:(?i:is|was|ist|no\.?|nr\.?|number|num)[:. ]{1,3})?([0-9A-Z][0-9A-Z.\-/ ]{5,20}[0-9A-Z])"
_DATE = (
    r"(?:[0-3]?[0-9][./\- ]{1,2}(?:[01]?[0-9]|[A-Za-z]{3,9})[./\- ,]{1,2}(?:19|20)?[0-9]{2}"
    r"|(?:19|20)[0-9]{2}-[01][0-9]-[0-3][0-9]|[A-Z][a-z]{2,8} [0-3]?[0-9],? (?:19|20)[0-9]{2})\b"
)
_PASSPORT = (
    r"(?:passports?|reisepass|passeport|pasaporte|paspoort|passaporto)"
    r"(?:-| ?)(?:no\.?|nr\.?|number|#|nummer|num[ée]ro|n°)?(?: is| ist| est)?[^\n\pL0-9]{0,4}"
)
_DATES = r"[0-9]{7}[MFX<][0-9]{7}"  # of birth and expiry, in all machine-readable zones
_RULES = (
    Rule("word", rf"(?:^|[^\pL0-9])((?i:{'|'.join(_WORDS)})){_NUMBER}", near=DIGITS,
         hint=apart("|".join(_WORDS), _NUMBER)),
    *(Rule(f"alone {name}", pattern, near=_NEAR.get(name, DIGITS), hint=_HINTS.get(name, ""))
      for name, (pattern, _) in _ALONE.items()),
    Rule("td3", r"(P[A-Z<][A-Z<]{3}[A-Z<]{39})\s{1,3}"
         r"([A-Z0-9<]{9}[0-9][A-Z<]{3}[0-9]{6}[0-9][MFX<][0-9]{6}[0-9][A-Z0-9<]{14}[0-9<][0-9])",
         near=DIGITS, hint=_DATES),
    Rule("td2", r"([IACV][A-Z<][A-Z<]{3}[A-Z<]{31,39})\s{1,3}"
         r"([A-Z0-9<]{9}[0-9][A-Z<]{3}[0-9]{6}[0-9][MFX<][0-9]{6}[0-9][A-Z0-9<]{8,16})", near=DIGITS, hint=_DATES),
    Rule("td1", r"([IAC][A-Z0-9<][A-Z<]{3}[A-Z0-9<]{9}[0-9<][A-Z0-9<]{15})\s{1,3}"
         r"([0-9]{6}[0-9][MFX<][0-9]{6}[0-9][A-Z<]{3}[A-Z0-9<]{11}[0-9])\s{1,3}[A-Z<]{30}", near=DIGITS, hint=_DATES),
    Rule("passport", rf"(?i)\b{_PASSPORT}([A-Z]{{0,2}}[0-9]{{6,9}}[A-Z]?)\b"),
    Rule("passport-letters", rf"\b(?i:{_PASSPORT})([CFGHJKLMNPRTVWXYZ][CFGHJKLMNPRTVWXYZ0-9]{{8}})\b"),
    Rule("nino", r"(?i)\b(?:national insurance|nino|n\.?i\.? ?(?:no\.?|number))\b[^\n]{0,20}?"
           r"\b([A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][ \-]?[0-9]{2}[ \-]?[0-9]{2}[ \-]?[0-9]{2}[ \-]?[A-D])\b"),
    Rule("hkid", r"\b([A-Z]{1,2}[0-9]{6}\([0-9A]\))", near=DIGITS, hint=r"[0-9]{6}\x28[0-9A]\x29"),
    Rule("nric", r"\b([STFGM][0-9]{7}[A-Z])\b", near=DIGITS),
    Rule("birth", rf"(?i)\b(?:born(?: on)?|date of birth|birth ?date|d\.?o\.?b\.?|geboren(?: am)?"
         r"|geburtsdatum|n[ée]e? le|date de naissance|fecha de nacimiento)\b"
         rf"[^\n\pL0-9]{{0,4}}({_DATE})"),
)  # fmt: skip


def _check(name: str) -> Check:
    check: Check = import_module(f"stdnum.{name}").is_valid
    return check


_CHECKS: dict[str, Check] = {
    name: _check(name) for name in {*_ALONE, *(each for names in _WORDS.values() for each in names)}
}


def _judge(text: Text) -> Iterator[Finding]:
    """Yield each number once, and many dates of birth as one."""
    found: dict[str, Finding] = {}
    for hit in text.hits():
        for finding in _read(text, hit):
            found.setdefault(finding.digest, finding)
    births = [each for each in found.values() if each.id == "person.birth"]
    if len(births) > _MANY:
        yield replace(births[0], excerpt=f"{len(births)} dates of birth")
    for finding in found.values():
        if finding.id != "person.birth" or len(births) <= _MANY:
            yield finding


def _read(text: Text, hit: Hit) -> Iterator[Finding]:
    kind, _, rest = hit.rule.partition(" ")
    if kind == "word":
        if hit.groups[0] in _PLAIN_WORDS:
            return
        number, country = _valid(hit.groups[-1], _meant(hit.groups[0]))
        if number:
            yield _number(text, hit, number, country, 0.95)
    elif kind == "alone":
        number = hit.text.strip()
        if _CHECKS[rest](number) and (rest not in _LOOSE or _plain(text, hit)):
            yield _number(text, hit, number, _ALONE[rest][1], 0.75 if rest in _LOOSE else 0.93)
    elif kind in ("td1", "td2", "td3"):
        if _zone(kind, hit):
            said = "it holds the machine-readable lines of a passport or identity card"
            yield text.finding("person.passport", Sensitivity.HIGH, 0.99, said, hit, secret=hit.groups[1])
    elif kind in _LETTERED:
        country, check = _LETTERED[kind]
        if check(hit.groups[0]):
            yield _number(text, hit, hit.groups[0], country, 0.93)
    elif kind.startswith("passport"):
        value = hit.groups[0]
        if sum(map(str.isdigit, value)) < 2:
            return
        yield text.finding(
            "person.passport",
            Sensitivity.HIGH,
            0.85,
            "it holds a passport number",
            hit,
            secret=value,
            excerpt=redact(value),
        )
    else:
        yield text.finding(
            "person.birth",
            Sensitivity.ELEVATED,
            0.85,
            "it holds a date of birth",
            hit,
            secret=hit.groups[0],
            excerpt="born …",
        )


def _number(text: Text, hit: Hit, number: str, country: str, sure: float) -> Finding:
    said = f"it holds a personal identity or tax number ({country})"
    return text.finding("person.id-number", Sensitivity.HIGH, sure, said, hit, secret=number, excerpt=redact(number))


def _meant(words: str) -> tuple[str, ...]:
    """The checks these words ask for."""
    return tuple(name for each, names in _ASKED if each.fullmatch(words) for name in names)


def _valid(written: str, names: tuple[str, ...]) -> tuple[str, str]:
    """The number and its country, trying the longest piece first: a number may run into the words after it."""
    pieces = written.split(" ")
    for end in range(len(pieces), 0, -1):
        number = " ".join(pieces[:end]).strip(" .-/")
        if sum(letter.isdigit() for letter in number) >= 5:
            for name in names:
                if _CHECKS[name](number):
                    return number, name[:2].upper()
    return "", ""


def _plain(text: Text, hit: Hit) -> bool:
    """Whether a number without a check digit stands where no part number or phone number would."""
    if text.before(hit, 1) in ("-", "+", ".") or text.after(hit, 1) in ("-", "/"):
        return False
    said = text.before(hit, 40).lower()
    return not any(
        word in said for word in ("tel", "phone", "fax", "call", "part", "item", "order", "case", "ref", "no.")
    )


_VALUES = {letter: value for value, letter in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")} | {"<": 0}


def _digit(text: str) -> str:
    """ICAO 9303-3, 4.9: weights 7, 3, 1, modulo 10."""
    return str(sum(_VALUES[letter] * (7, 3, 1)[place % 3] for place, letter in enumerate(text)) % 10)


_NRIC_LETTERS = {"S": "JZIHGFEDCBA", "T": "GFEDCBAJZIH", "F": "XWUTRQPNMLK", "G": "RQPNMLKXWUT", "M": "KLJNPQRTUWX"}


def _nric(number: str) -> bool:
    """Singapore's identity number: weights 2, 7, 6, 5, 4, 3, 2 modulo 11 name its last letter; M adds 3 first.

    T and G add 4, which their rows of letters have in them.
    """
    total = sum(int(digit) * weight for digit, weight in zip(number[1:8], (2, 7, 6, 5, 4, 3, 2), strict=True))
    total += 3 if number[0] == "M" else 0
    return number[8] == _NRIC_LETTERS[number[0]][total % 11]


def _hkid(number: str) -> bool:
    """Hong Kong's: letters count from 10, a missing one 36; weights 9 to 2 modulo 11 name the digit in brackets."""
    letters, _, digit = number.rstrip(")").partition("(")
    values = [_VALUES[letter] for letter in letters]
    values = [36, *values] if len(values) == 7 else values
    total = sum(value * weight for value, weight in zip(values, range(9, 1, -1), strict=True))
    return "0A987654321"[total % 11] == digit


_LETTERED: dict[str, tuple[str, Check]] = {
    "nino": ("GB", lambda _number: True),
    "nric": ("SG", _nric),
    "hkid": ("HK", _hkid),
}


def _zone(kind: str, hit: Hit) -> bool:
    first, second = hit.groups[:2]
    if kind == "td1":
        pairs = [(first[5:14], first[14]), (second[0:6], second[6]), (second[8:14], second[14])]
    else:
        pairs = [(second[0:9], second[9]), (second[13:19], second[19]), (second[21:27], second[27])]
    return all(_digit(value) == digit for value, digit in pairs)


DETECTOR = Detector("identity", _RULES, _judge)
