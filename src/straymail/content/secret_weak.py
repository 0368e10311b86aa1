"""Weak passwords as people choose them: a word and a number ("summer2024"), and the few words everybody knows.

Beside "password" stand names of that make too ("password policy2", "SHA256", "Windows11"), so a value counts here only
where its word is neither a name of a program or a standard nor what a form, a list or a plan numbers.
"""

from __future__ import annotations

import re

_WORD_AND_NUMBER = re.compile(r"([^\W\d_]{4,20})[@_.\-]?([0-9]{1,4}|[0-9]{6,8})[!?.*]{0,2}")
_ENDS = re.compile(
    r"[\"'”’*)\]>]{0,3}(?:\s{0,3}$|[.,;:!?)\n\r]|\s{1,3}(?:[(\-–—:;/|]|(?:for|to|and|until|till|but|if|when|then|as|on|in|is|or|at"
    r"|works?|still|für|und|bis|zum|zur|aber|oder|pour|et|mais|jusqu|para|y|pero|hasta|please|bitte|thanks)\b))",
    re.IGNORECASE,
)
_SHORT = 5  # letters; in capitals, a standard's name rather
_WELL_KNOWN = frozenset(
    """
    123456 1234567 12345678 123456789 1234567890 1q2w3e4r 1qaz2wsx abc123 abcd1234 admin administrator asdfgh azerty
    bonjour changeit charlie doudou dragon football hallo hola hunter iloveyou letmein liverpool loulou master monkey
    motdepasse ninja passw0rd passwort pokemon princess princesa qwerty qwertz qwertyuiop qwe123 root schatz shadow
    soleil sommer starwars summer sunshine superman tigger trustno1 verano welcome willkommen winter zaq12wsx
    """.split()  # noqa: SIM905  (a table to read)
)
_NUMBERED = frozenset(
    """
    abschnitt account anlage appendix argon attempt bcrypt benutzer build button campaign certificate change chapter
    chrome class client column cookie ctap database device dialog digit dining direct document domain ebene edge
    entry error etage etape event excel exchange expiry field figure file firefox floor form gate generator google
    group gruppe guide hall halle hash hint hmac host hotmail hour image interface issue item java kapitel keepass
    kerberos klasse konto lane lastpass lesson letter level line linux list macos manager method migration module
    month network nist niveau nivel node notes ntlm oauth office opera option oracle outlook page pagina panel part
    partie paso passcode passphrase passwd password pbkdf phase phone pièce point policy port poste postgres
    procedure project protection punkt python página question quiz raum realm release request reset review revision
    rollout room rotation rule safari sala salle saml schritt screen scrypt section security seite server session
    sharepoint sheet site slack slide slot stage step stufe swift system table task team teamviewer teil template
    terminal ticket tisch training type ubuntu unit update user usuario utilisateur vault version vista vlan week
    whirlpool windows winxp woche word workbook year zeile ziffer zimmer zone zoom étape
    """.split()  # noqa: SIM905  (a table to read)
)
_JOINED = (
    "keepass",
    "bitlocker",
    "onepass",
    "windows",
    "office",
    "ipad",
    "iphone",
    "android",
    "outlook",
    "sha",
    "base",
)


def ends(after: str) -> bool:
    """Whether what is said of a value ends with it, or goes on as a sentence does after a value."""
    return _ENDS.match(after) is not None


def weak(value: str, after: str) -> bool:
    """A word and a number that nobody numbers things by, at the end of what is said; ``after`` is what follows it.

    A single figure is enough for the commonest words only.
    """
    found = _WORD_AND_NUMBER.fullmatch(value)
    if not found or not ends(after):
        return False
    word = found[1].lower()
    if word in _NUMBERED or word.rstrip("s") in _NUMBERED or word.startswith(_JOINED):
        return False
    return word in _WELL_KNOWN or (len(found[2]) > 1 and not (found[1].isupper() and len(word) <= _SHORT))


def well_known(value: str, after: str = "") -> bool:
    """One of the passwords that are chosen most, in some languages, at the end of what is said."""
    return value.lower() in _WELL_KNOWN and ends(after)
