"""``person.id-number``, ``health.number``: numbers of registers beside those of ``identity``, by check digit and word.

Driving licences, insured patients, pensions, residents and identity cards of some thirty registers. A British licence
has its holder's name, birthday and sex in it and counts by itself; so do an Emirates ID and a Medicare number in
groups. All others need a word of their register's before them and their check digit or date. Licences of countries
without one, and numbers the United States give to aliens and to people of the Department of Defense, count by the word
and their form alone.

Sources: DVLA INF45P, python-stdnum, VDR (Germany), CMS (MBI), Services Australia, Te Whatu Ora HISO 10046.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from importlib import import_module

import re2
from stdnum import luhn

from straymail.content.hints import apart
from straymail.content.scan import DIGITS, Detector, Hit, Rule, Text, redact
from straymail.evidence import Finding, Sensitivity

Check = Callable[[str], bool]

_LICENCE = (
    r"driv(?:er'?s?|er’s|ing)[ -]licen[cs]e|driver number|führerschein|fuehrerschein|permis de conduire"
    r"|(?:permiso|carnet|licencia) de conduc(?:ir|ción)|patente di guida|rijbewijs|prawo jazdy|carta de condução"
    r"|körkort|kørekort|førerkort|ajokortti"
)
# Word before the number -> the checks one of which must pass.
_WORDS: dict[str, tuple[str, ...]] = {
    r"rentenversicherungs-?(?:nummer|nr\.?)|versicherungsnummer|rv-?(?:nummer|nr\.?)": ("de rvnr",),
    r"phn|personal health (?:no\.?|number)|bc services card": ("health ca.bc_phn",),
    r"ihi|individual healthcare identifier": ("health au ihi",),
    r"taj(?:-sz[áa]m\w{0,2})?": ("health hu taj",),
    r"ad[óo]azonos[íi]t[óo](?: jel\w{0,2})?": ("hu tax",),
    r"(?:n[úu]mero|n[º°.]) de afiliaci[óo]n|afiliaci[óo]n|nuss|n\.?a\.?f\.?": ("es nuss",),
    r"nik|nomor induk kependudukan": ("id.nik",),
    r"mykad|nric|no\.? kp": ("my.nric",),
    r"personas kod[sau]": ("lv.pvn",),
    r"epic|voter id(?: card)?": ("in_.epic",),
    r"carn[ée] de identidad": ("cu.ni",),
    r"c[ée]dula(?: de identidad)?": ("uy ci", "cr.cpf"),
    r"idnp": ("md idnp",),
    r"civil id": ("kw civil",),
    r"iqama|national id\w*|saudi id|رقم الهوية|الإقامة": ("sa id", "eg id", "kw civil"),
    r"الرقم القومي": ("eg id",),
    r"my number|マイナンバー|個人番号": ("jp.in_",),
    r"身分證(?:字號)?|taiwan id": ("tw id",),
    r"کد ملی|code melli|national code": ("ir code",),
    r"иин|iin": ("kz iin",),
    r"upn|unique pupil number": ("gb.upn",),
    r"onderwijsnummer": ("nl.onderwijsnummer",),
    r"atin|ptin": ("us.atin", "us.ptin"),
}  # fmt: skip
_FEW_DIGITS: dict[str, tuple[str, ...]] = {
    r"(?:personal)?ausweis(?:-?(?:nummer|nr\.?))?": ("de card",),
    r"mbi|medicare(?: card)?": ("health us mbi", "health au medicare"),
    r"nhi": ("health nz nhi",),
}
_ASKED = tuple((re2.compile(f"(?i){words}"), names) for words, names in (*_WORDS.items(), *_FEW_DIGITS.items()))
_SAID = r"(?:(?i:is|was|ist|lautet|est|es|no\.?|nr\.?|n[º°]|number|num(?:mer)?)[:. ]{1,3})?"
_VALUE = rf"[^\n\pL0-9]{{0,6}}{_SAID}([0-9A-Z][0-9A-Z.\-/ ]{{5,20}}[0-9A-Z])"
_SURNAME = r"(?:[A-Z]{5}|[A-Z]{4}9|[A-Z]{3}99|[A-Z]{2}999)"
_MEDICARE = r"[1-9][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9][0-9]"
_MBI = rf"{_MEDICARE}[AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9][0-9][AC-HJKMNP-RT-Y]{{2}}[0-9]{{2}}"
_RULES = (
    Rule("dvla", rf"\b({_SURNAME} ?[0-9][0156][0-9][0-3][0-9]{{2}} ?[A-Z][A-Z9][0-9A-Z][A-Z]{{2}})\b", near=DIGITS,
         hint=r"[A-Z9]{3} ?[0-9][0156][0-9][0-3][0-9]{2} ?[A-Z][A-Z9][0-9A-Z][A-Z]{2}"),
    Rule("licence", rf"(?i)\b(?:{_LICENCE})(?:(?:-| )?(?:no\.?|nr\.?|number|#|nummer|num(?:mer|[ée]ro)|n[º°]|dl))?"
         r"(?: is| ist| est| es)?[^\n\pL0-9]{0,4}([A-Z0-9][A-Z0-9.\-/ ]{4,20}[A-Z0-9])"),
    Rule("word", rf"(?:^|[^\pL0-9])((?i:{'|'.join(_WORDS)})){_VALUE}", near=DIGITS,
         hint=apart("|".join(_WORDS), _VALUE)),
    Rule("word few", rf"(?:^|[^\pL0-9])((?i:{'|'.join(_FEW_DIGITS)})){_VALUE}",
         hint=apart("|".join(_FEW_DIGITS), _VALUE)),
    Rule("emirates", r"\b(784-(?:19|20)[0-9]{2}-[0-9]{7}-[0-9])\b", near=DIGITS),
    Rule("mbi", r"\b([1-9][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9][0-9]-[AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9][0-9]"
         r"-[AC-HJKMNP-RT-Y]{2}[0-9]{2})\b", hint=r"[0-9]-[A-Z][A-Z0-9][0-9]-[A-Z]{2}[0-9]{2}"),
    Rule("alien", r"\b(?i:alien (?:registration )?(?:no\.?|number|#)|a[- ]?number|uscis ?(?:no\.?|number|#))"
         r"[^\n\pL0-9]{0,6}(?:is )?(A[ \-]?[0-9]{3}[ \-]?[0-9]{3}[ \-]?[0-9]{2,3})\b",
         hint=r"A[ \x2d]?[0-9]{3}[ \x2d]?[0-9]{3}[ \x2d]?[0-9]{2}"),
    Rule("defense", r"(?i)\b(?:dod ?id(?: ?(?:no\.?|number|#))?|edipi)[^\n\pL0-9]{0,6}(?:is )?([0-9]{10})\b"),
    Rule("permit", r"\b(?i:brp|biometric residence permit)(?: ?(?i:no\.?|number|#))?[^\n\pL0-9]{0,6}(?i:is )?"
         r"([A-Z]{2}[X0-9][0-9]{6})\b"),
)  # fmt: skip
_FORMS = {"alien": "US", "defense": "US", "permit": "GB"}
_LEAST = 5  # digits
_LATIN = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NO_IO = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # letters without those that look like figures
_TAIWAN = "ABCDEFGHJKLMNPQRSTUVXYWZIO"  # in the order of their values, from 10 on


def _judge(text: Text) -> Iterator[Finding]:
    seen: set[str] = set()
    for hit in text.hits():
        for finding in _read(text, hit):
            if finding.digest not in seen:
                seen.add(finding.digest)
                yield finding


def _read(text: Text, hit: Hit) -> Iterator[Finding]:
    value = hit.groups[-1]
    if hit.rule == "dvla":
        if _british(value):
            yield _licence(text, hit, value, 0.95)
    elif hit.rule == "licence":
        number = _number(value)
        if number and not _british(number):
            yield _licence(text, hit, number, 0.93 if _german(number) else 0.8)
    elif hit.rule.startswith("word"):
        number, name = _valid(value, hit.groups[0])
        if number:
            yield _found(text, hit, number, name)
    elif hit.rule == "mbi":
        yield _found(text, hit, value, "health us mbi")
    elif hit.rule in _FORMS:
        yield _found(text, hit, value, _FORMS[hit.rule], 0.85)
    elif luhn.is_valid("".join(filter(str.isdigit, value))):
        yield _found(text, hit, value, "ae")


def _licence(text: Text, hit: Hit, number: str, sure: float) -> Finding:
    said = "it holds the number of a driving licence"
    return text.finding("person.id-number", Sensitivity.HIGH, sure, said, hit, secret=number, excerpt=redact(number))


def _found(text: Text, hit: Hit, number: str, name: str, sure: float = 0.95) -> Finding:
    if name.startswith("health "):
        said = "it holds a patient's number"
        return text.finding("health.number", Sensitivity.HIGH, sure, said, hit, secret=number, excerpt=redact(number))
    said = f"it holds a personal identity or tax number ({name[:2].upper()})"
    return text.finding("person.id-number", Sensitivity.HIGH, sure, said, hit, secret=number, excerpt=redact(number))


def _valid(written: str, words: str) -> tuple[str, str]:
    """The number and the check it passes, trying the longest piece first: a number may run into the words after it."""
    names = [name for each, names in _ASKED if each.fullmatch(words) for name in names]
    pieces = written.split(" ")
    for end in range(len(pieces), 0, -1):
        number = " ".join(pieces[:end]).strip(" .-/")
        for name in names:
            if _CHECKS[name](number):
                return number, name
    return "", ""


def _number(written: str) -> str:
    """What of the letters after "driving licence" is its number: pieces with figures, or no word of a sentence."""
    pieces: list[str] = []
    for piece in written.split(" "):
        if not any(map(str.isdigit, piece)) and not (piece.isupper() and len(piece) < _LEAST):
            break
        pieces.append(piece)
    number = " ".join(pieces).strip(" .-/")
    plain = _plain(number)
    dated = number.count("/") == 2 or number.count(".") == 2
    fits = sum(map(str.isdigit, plain)) >= _LEAST and len(plain) > 6 and number.upper() == number
    if plain.isdigit() and max(map(len, number.split(" "))) <= 6:
        return ""  # a year and a price
    return number if fits and not dated else ""


def _plain(number: str) -> str:
    return "".join(filter(str.isalnum, number)).upper()


def _british(number: str) -> bool:
    """Month (with 50 more for a woman) and day of birth stand behind the surname and the decade."""
    plain = _plain(number)
    if len(plain) != 16 or not plain[5:11].isdigit():
        return False
    return 1 <= int(plain[6:8]) % 50 <= 12 and 1 <= int(plain[8:10]) <= 31


def _german(number: str) -> bool:
    """A German licence: the tenth of eleven places is the sum of the first nine by weights 9 to 1, modulo 11."""
    plain = _plain(number)
    return len(plain) == 11 and plain.isascii() and "0123456789X"[_weighed(plain[:9], range(9, 0, -1)) % 11] == plain[9]


def _weighed(digits: str, weights: Sequence[int], values: str = _LATIN) -> int:
    return sum(values.index(each) * weight for each, weight in zip(digits, weights, strict=False))


def _digits(size: int, check: Check) -> Check:
    """The check of a number of so many figures, whatever stands between them."""

    def fits(number: str) -> bool:
        plain = _plain(number)
        return len(plain) == size and plain.isascii() and plain.isdigit() and check(plain)

    return fits


def _formed(form: str, check: Check) -> Check:
    """The check of a number of this form."""
    compiled = re2.compile(form)

    def fits(number: str) -> bool:
        plain = _plain(number)
        return compiled.fullmatch(plain) is not None and check(plain)

    return fits


def _rvnr(number: str) -> bool:
    figures = f"{number[:8]}{_LATIN.index(number[8]) - 9:02}{number[9:]}"
    products = (
        int(figure) * weight for figure, weight in zip(figures, (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1), strict=False)
    )
    return 1 <= int(number[4:6]) <= 12 and sum(sum(divmod(each, 10)) for each in products) % 10 == int(number[-1])


def _nuss(number: str) -> bool:
    province, person = int(number[:2]), int(number[2:10])
    whole = person + province * 10**7 if person < 10**7 else int(number[:10])
    return 1 <= province <= 66 and whole % 97 == int(number[10:])


def _nhi(number: str) -> bool:
    values = f" {_NO_IO}"
    total = sum(
        (values.index(each) if each.isalpha() else int(each)) * weight
        for each, weight in zip(number, (7, 6, 5, 4, 3, 2), strict=False)
    )
    if number[-1].isdigit():
        return total % 11 != 0 and (11 - total % 11) % 10 == int(number[-1])
    return values[24 - total % 24] == number[-1]


def _iin(number: str) -> bool:
    total = _weighed(number[:11], range(1, 12)) % 11
    if total == 10:
        total = _weighed(number[:11], (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)) % 11
    return 1 <= int(number[2:4]) <= 12 and total == int(number[11])


def _iran(number: str) -> bool:
    rest = _weighed(number[:9], range(10, 1, -1)) % 11
    return len(set(number)) > 1 and int(number[9]) == (rest if rest < 2 else 11 - rest)


def _kuwait(number: str) -> bool:
    rest = 11 - _weighed(number[:11], (2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)) % 11
    return number[0] in "23" and 1 <= int(number[3:5]) <= 12 and rest == int(number[11])


def _egypt(number: str) -> bool:
    return number[0] in "23" and 1 <= int(number[3:5]) <= 12 and 1 <= int(number[5:7]) <= 31


def _taiwan(number: str) -> bool:
    figures = f"{_TAIWAN.index(number[0]) + 10}{number[1:]}"
    return _weighed(figures, (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1)) % 10 == 0


def _card(number: str) -> bool:
    return sum(map(str.isdigit, number)) > 3 and _weighed(number[:9], (7, 3, 1) * 3) % 10 == int(number[9])


_CHECKS: dict[str, Check] = {
    "de rvnr": _formed(r"[0-9]{8}[A-Z][0-9]{3}", _rvnr),
    "de card": _formed(r"[CFGHJKLMNPRTVWXYZ0-9]{9}[0-9]D?", _card),
    "health us mbi": _formed(_MBI, lambda _number: True),
    "health au medicare": _formed(
        r"[2-6][0-9]{9,10}", lambda number: _weighed(number[:8], (1, 3, 7, 9) * 2) % 10 == int(number[8])
    ),
    "health au ihi": _formed(r"80036[0-9]{11}", luhn.is_valid),
    "health nz nhi": _formed(r"[A-HJ-NP-Z]{3}(?:[0-9]{4}|[0-9]{2}[A-HJ-NP-Z]{2})", _nhi),
    "health hu taj": _digits(9, lambda number: _weighed(number[:8], (3, 7) * 4) % 10 == int(number[8])),
    "hu tax": _formed(r"8[0-9]{9}", lambda number: _weighed(number[:9], range(1, 10)) % 11 == int(number[9])),
    "es nuss": _digits(12, _nuss),
    "uy ci": _digits(8, lambda number: -_weighed(number[:7], (2, 9, 8, 7, 6, 3, 4)) % 10 == int(number[7])),
    "md idnp": _digits(
        13, lambda number: number[0] in "029" and _weighed(number[:12], (7, 3, 1) * 4) % 10 == int(number[12])
    ),
    "kw civil": _digits(12, _kuwait),
    "sa id": _formed(r"[12][0-9]{9}", luhn.is_valid),
    "eg id": _digits(14, _egypt),
    "tw id": _formed(r"[A-Z][1289][0-9]{8}", _taiwan),
    "ir code": _digits(10, _iran),
    "kz iin": _digits(12, _iin),
    **{
        name: import_module(f"stdnum.{name.removeprefix('health ')}").is_valid
        for names in _WORDS.values()
        for name in names
        if "." in name
    },
}
DETECTOR = Detector("registers", _RULES, _judge)
