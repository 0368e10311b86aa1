"""``secret.password``, ``.key``, ``.token``, ``.connection``, ``.hash``, ``.code``, ``.reset-link``, ``.wifi``.

A secret is a *value*, so the words around it are not enough: "the password policy", "forgot your password?", "password:
<yours>" hold none. A value is believed by its form (a token its issuer made recognisable), or by its place (after "the
password is", beside a user name, in an assignment) together with its own letters: placeholders are none, and a plain
word only counts where a user name stands before it. Right after "password", or a login and a slash, a word and a number
("summer2024") count too, unless things are numbered so ("policy2", "SHA256").
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator

import re2

from straymail.content import secret_recovery
from straymail.content.scan import Detector, Hit, Text, redact
from straymail.content.secret_rules import RULES
from straymail.content.secret_tables import columns
from straymail.content.secret_values import (
    code,
    crypt,
    dull,
    entropy,
    mixed,
    odd,
    path,
    placeholder,
    signed,
    strong,
    worded,
)
from straymail.content.secret_weak import ends, weak, well_known
from straymail.evidence import Finding, Sensitivity

_PASSWORD = ("prose", "prose wide", "pair", "netrc", "call", "option", "element", "gradle", "net use", "community")
_STRONG = ("set", "bare", "dash", "cell", "before")  # nothing stands between word and value, or nearly so
_OTHER_CODES = frozenset(
    """
    area article bar colour color cost country department dial dialing dialling discount dress error fault item order
    part post postal product project promo qr reference sort source stock tax voucher zip
    """.split()  # noqa: SIM905  (a table to read)
)
_MIXED = ("opener use", "opener with", "login", "login bare", "lines", "alone")  # the words around say little
_LOCKED = ("encrypt", "protected", "password", "locked", "zip", "7z", "rar", "archive", "vault", "verschl", "chiffr")
_NO_SECRETS = (
    "hash",
    "sha",
    "md5",
    "digest",
    "checksum",
    "commit",
    "rev",
    "etag",
    "integrity",
    "uuid",
    "guid",
    "boundary",
)
_CONNECTION = ("url", "odbc", "thin")
_SAFE = re2.compile(r"(?i)\b(?:safe|locks?|locker|padlock|vault|strong ?room|armou?ry|cabinet|gate|door|key ?box)\b")
_TURNED = re2.compile(r"(?i)[0-9]{2}|right|left|clockwise")
_MEASURE = re2.compile(r"(?i)^ ?(?:%|(?:[mk]g|mcg|ml|[mck]m|g|units?)\b)")
_INDIA = (
    "india",
    " nagar",
    " dist",
    "pradesh",
    "mumbai",
    "delhi",
    "bengaluru",
    "bangalore",
    "chennai",
    "kolkata",
    "post",
)
_KEYS_OF_PROGRAMS = (
    "api.",
    "api_",
    "api-",
    "apik",
    "/api",
    "secret",
    "access_",
    "access-",
    "private",
    "signing",
    "master",
)
_OPENING = (
    "login",
    "log-in",
    "signin",
    "sign-in",
    "sign_in",
    "auth",
    "magic",
    "reset",
    "recover",
    "passw",
    "sso",
    "session",
)
_LEAST = 0.5
_DENSE, _LONG = 3.0, 16


def _judge(text: Text) -> Iterator[Finding]:
    """Yield each secret once, the surest reading of a place first."""
    taken: list[tuple[int, int]] = []
    for identifier, sensitivity, confidence, value, said, hit in sorted(_readings(text), key=lambda each: -each[2]):
        if confidence >= _LEAST and _take(taken, hit.start, hit.end):
            yield text.finding(identifier, sensitivity, confidence, said, hit, secret=value, excerpt=redact(value, 3))


def _take(taken: list[tuple[int, int]], start: int, end: int) -> bool:
    """Whether a place overlaps none of those taken, which are in order; it is taken then."""
    at = bisect_left(taken, (end, 0))
    if at and taken[at - 1][1] > start:
        return False
    insort(taken, (start, end))
    return True


Reading = tuple[str, Sensitivity, float, str, str, Hit]


def _readings(text: Text) -> Iterator[Reading]:
    for hit in text.hits():
        kind = hit.rule.partition(" ")[0]
        if kind == "token":
            said = f"it holds a {hit.rule[6:]} key or token"
            yield "secret.token", Sensitivity.SEVERE, 0.5 if dull(hit.text) else 0.97, hit.text, said, hit
        elif kind == "key":
            yield "secret.key", Sensitivity.SEVERE, 0.98, hit.text, "it holds a private key", hit
        elif kind == "hash":
            yield "secret.hash", Sensitivity.HIGH, _hashed(text, hit), hit.text, "it holds a password hash", hit
        elif kind == "column":
            for cell in columns(text, hit):
                yield "secret.password", Sensitivity.HIGH, 0.9, cell.text, "it holds a password", cell
        elif kind in ("code", "code-first", "code-for", "code-near"):
            yield "secret.code", Sensitivity.ELEVATED, _code(text, hit), hit.groups[-1], "it holds an access code", hit
        elif kind == "combination":
            if _turns(text, hit):
                yield "secret.code", Sensitivity.ELEVATED, 0.85, hit.groups[-1], "it holds an access code", hit
        elif kind in secret_recovery.NAMES:
            yield _recovering(hit)
        else:
            yield from _placed(text, hit)


def _turns(text: Text, hit: Hit) -> bool:
    """Whether figures open a safe or a lock: no steps, no doses."""
    near = text.before(hit, 60) + hit.text + text.after(hit, 60)
    return _TURNED.search(hit.groups[-1]) and _SAFE.search(near) and not _MEASURE.search(text.after(hit, 8))


def _hashed(text: Text, hit: Hit) -> float:
    """How sure a hash is one: 13 letters after a name are many things, so that form must stand there twice."""
    if "$" in hit.text or ":::" in hit.text or "{" in hit.text:
        return 0.95
    entry = hit.text.rstrip().endswith(":")
    return crypt(hit.text) if entry or sum(crypt(each.text) > 0 for each in text.hits(hit.rule)) > 1 else 0.0


def _recovering(hit: Hit) -> Reading:
    identifier, said = secret_recovery.what(hit)
    sensitivity = Sensitivity.SEVERE if identifier == "secret.key" else Sensitivity.HIGH
    return identifier, sensitivity, secret_recovery.sure(hit, hit.groups[0]), hit.groups[0], said, hit


def _placed(text: Text, hit: Hit) -> Iterator[Reading]:
    value = hit.groups[-1].rstrip(".,:;!?)]}>*|'\"")
    if hit.rule in _CONNECTION:
        sure = 0.0 if placeholder(value) else 0.93
        yield "secret.connection", Sensitivity.SEVERE, sure, value, "it holds a login to a server", hit
    elif hit.rule in _STRONG:
        sure = 0.85 if _said(text, hit, value) and not code(value, assigned=False) and "://" not in value else 0.0
        yield "secret.password", Sensitivity.HIGH, sure, value, "it holds a password", hit
    elif hit.rule in _MIXED:
        sure = 0.8 if _fits(text, hit, value) and "://" not in value and _opens(text, hit) else 0.0
        yield "secret.password", Sensitivity.HIGH, sure, value, "it holds a password", hit
    elif hit.rule == "prose" and value.rstrip("#").isdigit() and "code" in hit.text.lower():
        sure = 0.85 if len(value) >= 4 else 0.0
        yield "secret.code", Sensitivity.ELEVATED, sure, value, "it holds an access code", hit
    elif hit.rule == "stacked":
        sure = 0.9 if odd(value) and not placeholder(value) and "://" not in value and "@" not in value[1:] else 0.0
        yield "secret.password", Sensitivity.HIGH, sure, value, "it holds a password", hit
    elif hit.rule in _PASSWORD:
        yield from _password(text, hit, value)
    elif hit.rule in ("assign", "attribute", "named"):
        quoted = hit.rule == "attribute" or (hit.rule == "assign" and bool(hit.groups[0]))
        yield from _assigned(text, hit, value, quoted)
    elif hit.rule == "long":
        dull = any(word in hit.groups[0].lower() for word in _NO_SECRETS) or path(value) or entropy(value) < _DENSE
        sure = 0.0 if dull or not odd(value) else 0.7
        yield "secret.token", Sensitivity.HIGH, sure, value, "it holds a key or token", hit
    elif hit.rule in ("basic", "npmrc", "unseal"):
        sure = 0.0 if placeholder(value) else 0.9
        yield "secret.token", Sensitivity.SEVERE, sure, value, "it holds a key or token", hit
    elif hit.rule == "reset":
        sure = 0.9 if any(letter.isdigit() for letter in value) else 0.4
        yield "secret.reset-link", Sensitivity.HIGH, sure, value, "it holds a link that sets a password", hit
    else:
        bare = hit.rule in ("wifi-bare", "wifi-slash")
        sure = (
            0.0
            if placeholder(value)
            or (hit.rule not in ("wifi", "wifi-digits") and not odd(value))
            or (bare and not _key(value))
            else 0.9
        )
        yield "secret.wifi", Sensitivity.ELEVATED, sure, value, "it holds the key of a wireless network", hit


def _said(text: Text, hit: Hit, value: str) -> bool:
    """Whether nothing but a password can stand so close to the word; after "use the password" a weak one can."""
    after = _behind(text, hit, value)
    return strong(value) or (hit.rule in ("bare", "dash", "set") and (weak(value, after) or well_known(value, after)))


def _fits(text: Text, hit: Hit, value: str) -> bool:
    """Whether a value is believed where the words around say little: weak ones only beside "password" or a user."""
    if hit.rule == "alone":
        return signed(value) or weak(value, _behind(text, hit, value))
    if not hit.rule.startswith("login"):
        return mixed(value)
    return mixed(value) or weak(value, _behind(text, hit, value)) or _same(hit, value)


def _behind(text: Text, hit: Hit, value: str) -> str:
    """What stands behind a value, with the signs that were taken off it."""
    return hit.groups[-1][len(value) :] + text.after(hit, 16)


def _same(hit: Hit, value: str) -> bool:
    """Whether user and password are one word, as makers set them ("admin / admin")."""
    return well_known(value) and hit.text.lower().count(value.lower()) > 1


def _opens(text: Text, hit: Hit) -> bool:
    """Whether what a value is said to open is locked; a login is, and so is what has a password."""
    if not hit.rule.startswith("opener"):
        return True
    near = (text.before(hit, 160) + hit.text + text.after(hit, 60)).lower()
    return any(word in near for word in _LOCKED)


def _key(value: str) -> bool:
    """Letters and digits as a key of a network has them: no standard (802.11), no version, no link."""
    letters, digits = sum(map(str.isalpha, value)), sum(map(str.isdigit, value))
    return (
        letters > 1
        and digits > 0
        and "://" not in value
        and not value.startswith(("802.", "www."))
        and "@" not in value
    )


def _password(text: Text, hit: Hit, value: str) -> Iterator[Reading]:
    """A value after "password"; one that is part of a link (to a meeting) opens less."""
    sure, said = _sure(text, hit, value), "it holds a password"
    if hit.rule.startswith("prose") and _link(text, hit):
        yield "secret.password", Sensitivity.ELEVATED, min(sure, 0.6), value, "it holds a link with a password", hit
    else:
        yield "secret.password", Sensitivity.HIGH, sure, value, said, hit


def _sure(text: Text, hit: Hit, value: str) -> float:
    """How sure a value after "password" is one."""
    if placeholder(value) or "://" in value or len(value) < 3:
        return 0.0
    written = hit.text[: -len(hit.groups[-1])].rstrip()
    if hit.rule in ("prose", "prose wide", "pair") and code(hit.groups[-1], assigned=_in_code(hit)):
        return 0.0
    if not hit.rule.startswith("prose"):
        return 0.93 if odd(value) else 0.75
    if odd(value):
        return 0.9
    if well_known(value, _behind(text, hit, value)):
        return 0.75
    if written.endswith((":", "=")) and value.isalpha() and "\n" not in hit.text:
        return 0.55 if ends(_behind(text, hit, value)) else 0.3
    return 0.7 if written.endswith(('"', "'", "“")) else 0.2


def _code(text: Text, hit: Hit) -> float:
    """How sure digits after "code" or "PIN" open something: no pin of a plug, no year, no code of a place in India."""
    if hit.rule == "code-for" and (text.before(hit, 20).split() or [""])[-1].lower() in _OTHER_CODES:
        return 0.0
    if hit.rule in ("code-first", "code-for", "code-near"):
        return 0.85
    name, between, value = hit.groups[-3:]
    if not between.strip() and (name in ("pin", "tan") or (len(value) == 4 and value[:2] in ("19", "20"))):
        return 0.0
    near = (text.before(hit, 80) + text.after(hit, 40)).lower()
    postal = name.lower().startswith("pin") and len(value) == 6 and any(word in near for word in _INDIA)
    return 0.0 if postal else 0.85


def _link(text: Text, hit: Hit) -> str:
    """The part of a link before a hit; "" when the hit stands in none."""
    before = text.before(hit, 400)
    run = "" if before[-1:].isspace() else before.rpartition("\n")[2].rpartition(" ")[2]
    return run.lower() if "://" in run else ""


def _assigned(text: Text, hit: Hit, value: str, quoted: bool) -> Iterator[Reading]:
    """A value given to a name that says secret: by its letters, for code is full of names and calls."""
    value = value.partition("&")[0]
    called = not quoted and any(mark in value for mark in ("(", "[", "{", "->", "::", "env."))
    name = hit.text.lower()
    if called or placeholder(value) or "://" in value or "getenv(" in name or "environ" in name:
        return
    said = "it holds a key or token"
    if "pass" in name[:40] or "pwd" in name[:40]:
        if not quoted and code(value, assigned=_in_code(hit)):
            return
        sure = 0.85 if quoted else 0.75 if odd(value) else 0.0
        linked = bool(_link(text, hit))
        sensitivity = Sensitivity.ELEVATED if linked else Sensitivity.HIGH
        yield "secret.password", sensitivity, min(sure, 0.6) if linked else sure, value, "it holds a password", hit
    elif len(value) >= _LONG and entropy(value) >= _DENSE and odd(value) and not path(value) and not worded(value):
        sure = 0.85 if quoted or len(value) >= 2 * _LONG else 0.7
        yield "secret.token", Sensitivity.SEVERE, sure * _in_link(text, hit), value, said, hit


def _in_code(hit: Hit) -> bool:
    """Whether a value is given to a name as programs do it: files of settings put no spaces around the sign."""
    return "= " in hit.text or " =" in hit.text


def _in_link(text: Text, hit: Hit) -> float:
    """What being part of a link leaves of a token: letters to many people count their clicks by tokens and keys."""
    link = _link(text, hit)
    named = any(word in hit.text.lower() for word in _KEYS_OF_PROGRAMS)
    return 1.0 if not link or named or any(word in link for word in (*_KEYS_OF_PROGRAMS, *_OPENING)) else 0.4


DETECTOR = Detector("secrets", RULES, _judge)
