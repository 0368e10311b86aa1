"""``secret.password``, ``.key``, ``.token``, ``.connection``, ``.hash``, ``.code``, ``.reset-link``, ``.wifi``.

A secret is a *value*, so the words around it are not enough: "the password policy", "forgot your password?", "password:
<yours>" hold none. A value is believed by its form (a token its issuer made recognisable), or by its place (after "the
password is", beside a user name, in an assignment) together with its own letters: placeholders are none, and a plain
word only counts where a user name stands before it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from straymail.content.scan import Detector, Hit, Rule, Text, redact
from straymail.content.secret_forms import HASHES, KEYS, PLAIN, TOKENS
from straymail.evidence import Finding, Sensitivity

_WORD = (
    r"(?:pass ?words?|pass ?codes?|pass ?phrases?|passwd|pwd|pword|p/w|pw|passwort|kennwort|mot de passe"
    r"|contrase(?:ñ|n)a|wachtwoord|lozinka|has(?:ł|l)o|senha)"
)
_IS = (
    r"(?:\s{0,3}(?:=>|:=|=|:)|\s{1,3}(?:is|was|will be|is now|are|ist|lautet|est|es|is:|is now:|changed to|set to"
    r"|reset to)\b:?)"
)
_VALUE = r"[\"'“‘`*<\[(]{0,2}([^\s\"'“”‘’`<>,;]{3,64})"
_USER = (
    r"(?:user ?(?:name|id)?|log ?(?:in|on)(?: ?(?:name|id))?|account(?: name)?|e-?mail|benutzer(?:name)?|identifiant"
    r"|usuario|id)"
)
_NAME = (
    r"(?:secret|passw(?:or)?d|pwd|passphrase|api[_\-. ]?key|apikey|app[_\-]?key|access[_\-. ]?key|account[_\-]?key"
    r"|auth[_\-]?(?:key|token)|authorization|token|private[_\-]?key|client[_\-]?secret|credentials?|encryption[_\-]?key"
    r"|license[_\-]?key|signing[_\-]?key|master[_\-]?key|unseal key|(?:\b|[_\-])(?:pass|auth|login|pat|key|salt|crumb))"
)
_GIVEN = r"(?:-u\s?[\w.@+\-]{1,60}:|-p\s?|--password[= ]|-password\s{1,3}|/user:\S{1,40} )"
_CODE_NAME = (
    r"(?:(?:one[ \-]time|verification|security|access|confirmation|authentication|login|sign[ \-]?in|recovery|backup"
    r"|2fa) (?:pass)?codes?|one[ \-]time (?:password|pin)|otp|pin(?: code| number)?|tan)"
)
_RESET = r"(?:reset|recover|forgot|set|change)[_\-./]?(?:my[_\-]?)?(?:passw(?:or)?d|pw|pwd)"
_RULES = (
    Rule("prose", rf"(?i)\b{_WORD}\b[^\S\n]{{0,2}}(?:\([^)\n]{{1,30}}\)|(?:for|to) [\w .\-]{{2,40}}?)?"
         rf"{_IS}\s{{0,4}}{_VALUE}"),
    Rule("pair",
         rf"(?i)\b{_USER}(?: is|\s{{0,3}}[:=])\s{{0,4}}[\"']?([\w.@+\-\\]{{2,64}})[\"']?[\s,;/|&]{{1,6}}(?:and )?"
         rf"(?:your )?(?:{_WORD}|pass)(?: is|\s{{0,3}}[:=])\s{{0,4}}{_VALUE}"),
    Rule("assign",
         rf"(?i){_NAME}(?:[_\-]\w{{1,16}})?\d{{0,3}}[\"'\])]{{0,2}}\s{{0,12}}(?:=>|:=|==?|:|,\s?[\"'])\s{{0,3}}(?:[\w.]{{1,30}}\()?"
         r"([\"'`]?)(`?[^\s\"'`<>,;]{4,300})"),
    Rule("long", r"\b([\w.\-]{2,40})[\"']?\s{0,3}[:=,]\s{0,3}[\"']{1,2}([A-Za-z0-9+/_\-]{32,120}={0,2})[\"']",
         hint=r"[\"'][A-Za-z0-9+/_\-]{32}"),
    Rule("gradle", r"(?i)\busername\s{1,3}[\"'][^\"'\n]{1,80}[\"']\s{1,12}password\s{1,3}[\"']([^\"'\n]{2,80})[\"']"),
    Rule("element", r"(?i)<[\w:]{0,20}(?:pass(?:word|wd)?|secret|token|apikey)\b[^>]{0,60}>([^<>\s]{3,200})</",
         whole=True),
    Rule("attribute", rf"(?i)(?:key|name|id)=\"[\w.:\-]{{0,30}}{_NAME}\w{{0,10}}\" value=\"([^\"\s]{{4,200}})\""),
    Rule("netrc",
         r"(?im)(?:\bmachine\s{1,4}\S{1,80}\s{1,4}|^\s{0,8})login\s{1,4}(\S{1,80})\s{1,4}password\s{1,4}(\S{3,80})"),
    Rule("call",
         r"(?:NetworkCredential|DirectoryEntry)\s?\(\s{0,20}(?:\"[^\"\n]{0,120}\"\s?,\s{0,20})?\"[^\"\n]{1,80}\"\s?,"
         r"\s{0,20}\"([^\"\n]{3,80})\""),
    Rule("option",
         r"(?i)\b(?:psexec|mysql|curl|sshpass|net use|docker login|wget|connect-viserver)\b(?:[^\n]|\\\n){0,200}?"
         rf"\s{_GIVEN}[\"']?([^\s\"'\-$][^\s\"']{{2,80}})"),
    Rule("basic",
         r"(?i)\bauthorization[\"']?\s?[:=]\s?[\"']?(?:basic|bearer|token)\s{1,2}([A-Za-z0-9+/=._\-]{12,600})"),
    Rule("npmrc", r"(?m)(?::_auth(?:Token)?|:_password|^_auth)\s?=\s?([A-Za-z0-9+/=\-]{8,200})"),
    Rule("unseal", r"(?i)\bunseal(?: key ?\d{0,2}:)? ([A-Za-z0-9+/]{43,44}=?)"),
    Rule("url", r"\b[a-zA-Z][a-zA-Z0-9+.\-]{1,20}://([^\s:/@\"'<>]{0,80}):([^\s@/\"'<>]{2,100})@[\w.\-\[]{2,100}"),
    Rule("odbc",
         r"(?i)\b(?:server|data source|driver|host|dsn|provider|initial catalog|database|uid|user id|endpoint)\s?="
         r"[^\n]{0,300}?\b(?:password|pwd)\s?=\s?[\"'{]?([^;\"'\s}]{2,80})",
         hint=r"(?i)\b(?:password|pwd)\s?="),
    Rule("code", rf"(?i)\b{_CODE_NAME}\b(?: (?:is|for [\w ]{{2,30}} is))?:?\s{{1,4}}"
         r"([0-9]{4,8}|[0-9]{3}[ \-][0-9]{3}|[A-Z0-9]{4,6}-[A-Z0-9]{4,6}(?:-[A-Z0-9]{4,6}){0,3})\b"),
    Rule("reset", rf"(?i)https?://[^\s\"'<>]{{3,200}}{_RESET}[^\s\"'<>]{{0,40}}[/=?&]([A-Za-z0-9_\-%.]{{16,400}})"),
    Rule("wifi", r"\bWIFI:[^\n]{0,80}?P:([^;\n]{4,64});"),
    Rule("wifi-prose",
         r"(?i)\b(?:wi-?fi|wlan|wpa2?|ssid|wireless)\b[^\n]{0,60}?\b(?:key|password|passphrase|pass|pw|code"
         r"|schl(?:ü|u)ssel)\s{0,3}(?:is|:|=)\s{0,3}[\"']?([^\s\"'<>,]{6,64})",
         whole=True),
    *(Rule(f"token {kind}", pattern, whole=kind in PLAIN) for kind, pattern in TOKENS.items()),
    *(Rule(f"key {number}", pattern) for number, pattern in enumerate(KEYS)),
    *(Rule(f"hash {number}", pattern) for number, pattern in enumerate(HASHES)),
)  # fmt: skip

_PLACEHOLDERS = frozenset(
    """
    required above below protected incorrect invalid your yours the this that not been and for you will can reset
    none null nil true false undefined empty blank hidden secret password passwd changeme example sample test token
    username user name case sensitive case-sensitive expired expires wrong correct same entered changed needed sent set
    only also must should may are here there available unknown optional please contact when where what which with
    without following provided attached string str int bool text field value self env os config process
    encrypted confidential very too now still just working used using being going different available. all any always
    never valid lost stolen forgotten compromised stored kept weak strong short long known given assigned chosen going
    """.split()  # noqa: SIM905  (a table to read)
)
_PASSWORD = ("prose", "pair", "netrc", "call", "option", "element", "gradle")
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
_CONNECTION = ("url", "odbc")
_LEAST = 0.5
_DENSE, _LONG = 3.0, 16


def _judge(text: Text) -> Iterator[Finding]:
    """Yield each secret once, the surest reading of a place first."""
    taken: list[tuple[int, int]] = []
    for identifier, sensitivity, confidence, value, said, hit in sorted(_readings(text), key=lambda each: -each[2]):
        if confidence >= _LEAST and not any(start < hit.end and hit.start < end for start, end in taken):
            taken.append((hit.start, hit.end))
            yield text.finding(identifier, sensitivity, confidence, said, hit, secret=value, excerpt=redact(value, 3))


Reading = tuple[str, Sensitivity, float, str, str, Hit]


def _readings(text: Text) -> Iterator[Reading]:
    for hit in text.hits():
        kind = hit.rule.partition(" ")[0]
        if kind == "token":
            said = f"it holds a {hit.rule[6:]} key or token"
            yield "secret.token", Sensitivity.SEVERE, 0.5 if _dull(hit.text) else 0.97, hit.text, said, hit
        elif kind == "key":
            yield "secret.key", Sensitivity.SEVERE, 0.98, hit.text, "it holds a private key", hit
        elif kind == "hash":
            sure = 0.95 if "$" in hit.text or ":::" in hit.text or "{" in hit.text else _crypt(hit.text)
            yield "secret.hash", Sensitivity.HIGH, sure, hit.text, "it holds a password hash", hit
        else:
            yield from _placed(text, hit)


def _placed(text: Text, hit: Hit) -> Iterator[Reading]:
    value = hit.groups[-1].rstrip(".,:;!?)]}>*|'\"")
    if hit.rule in _CONNECTION:
        sure = 0.0 if _placeholder(value) else 0.93
        yield "secret.connection", Sensitivity.SEVERE, sure, value, "it holds a login to a server", hit
    elif hit.rule == "prose" and value.rstrip("#").isdigit() and "code" in hit.text.lower():
        sure = 0.85 if len(value) >= 4 else 0.0
        yield "secret.code", Sensitivity.ELEVATED, sure, value, "it holds an access code", hit
    elif hit.rule in _PASSWORD:
        yield "secret.password", Sensitivity.HIGH, _password(text, hit, value), value, "it holds a password", hit
    elif hit.rule in ("assign", "attribute"):
        quoted = hit.rule == "attribute" or bool(hit.groups[0])
        yield from _assigned(hit, value, quoted)
    elif hit.rule == "long":
        dull = any(word in hit.groups[0].lower() for word in _NO_SECRETS) or _path(value) or _entropy(value) < _DENSE
        sure = 0.0 if dull or not _odd(value) else 0.7
        yield "secret.token", Sensitivity.HIGH, sure, value, "it holds a key or token", hit
    elif hit.rule in ("basic", "npmrc", "unseal"):
        sure = 0.0 if _placeholder(value) else 0.9
        yield "secret.token", Sensitivity.SEVERE, sure, value, "it holds a key or token", hit
    elif hit.rule == "code":
        yield "secret.code", Sensitivity.ELEVATED, 0.85, value, "it holds an access code", hit
    elif hit.rule == "reset":
        sure = 0.9 if any(letter.isdigit() for letter in value) else 0.4
        yield "secret.reset-link", Sensitivity.HIGH, sure, value, "it holds a link that sets a password", hit
    else:
        sure = 0.0 if _placeholder(value) or (hit.rule != "wifi" and not _odd(value)) else 0.9
        yield "secret.wifi", Sensitivity.ELEVATED, sure, value, "it holds the key of a wireless network", hit


def _password(text: Text, hit: Hit, value: str) -> float:
    """How sure a value after "password" is one."""
    if _placeholder(value) or "://" in value or len(value) < 3:
        return 0.0
    if hit.rule != "prose":
        return 0.93 if _odd(value) else 0.75
    written = hit.text[: -len(hit.groups[-1])].rstrip()
    if _odd(value):
        return 0.9
    if written.endswith((":", "=")) and value.isalpha() and "\n" not in hit.text:
        return 0.55 if text.after(hit, 1).strip() == "" else 0.3
    return 0.7 if written.endswith(('"', "'", "“")) else 0.2


def _assigned(hit: Hit, value: str, quoted: bool) -> Iterator[Reading]:
    """A value given to a name that says secret: by its letters, for code is full of names and calls."""
    value = value.partition("&")[0]
    called = not quoted and any(mark in value for mark in ("(", "[", "{", "->", "::", "env."))
    name = hit.text.lower()
    if called or _placeholder(value) or "://" in value or "getenv(" in name or "environ" in name:
        return
    said = "it holds a key or token"
    if "pass" in name[:40] or "pwd" in name[:40]:
        sure = 0.85 if quoted else 0.75 if _odd(value) else 0.0
        yield "secret.password", Sensitivity.HIGH, sure, value, "it holds a password", hit
    elif len(value) >= _LONG and _entropy(value) >= _DENSE and _odd(value) and not _path(value):
        yield "secret.token", Sensitivity.SEVERE, 0.85 if quoted or len(value) >= 2 * _LONG else 0.7, value, said, hit


def _placeholder(value: str) -> bool:
    plain = value.lower().strip("._-*<>[](){}\"'")
    return (
        len(plain) < 3
        or plain in _PLACEHOLDERS
        or len(set(plain)) < 3
        or plain.startswith(("your", "my_", "the_", "example", "xxx", "placeholder", "enter", "insert", "todo", "os."))
        or value.startswith(("$", "%", "{{", "<", "*", "process.", "getenv", "ENV[", "@", "&", "[", "#{", "(", "\\"))
        or "..." in value
        or "xxxx" in plain
        or "****" in value
    )


def _odd(value: str) -> bool:
    """Whether a value has a digit or sign among letters, or capitals where words have none: not a plain word."""
    letters = sum(letter.isalpha() for letter in value)
    digits = sum(letter.isdigit() for letter in value)
    if digits and (letters or digits >= 5):
        return not value.isdigit() or digits >= 5
    inner = value.strip("-/.")
    signs = sum(not letter.isalnum() for letter in inner)
    mixed = any(a.islower() and b.isupper() for a, b in pairwise(value))
    return (signs > 0 and not all(letter in "-'/." for letter in inner if not letter.isalnum())) or mixed


def _entropy(value: str) -> float:
    """Shannon entropy of the letters, bits each."""
    counts = Counter(value).values()
    return -sum(count / len(value) * math.log2(count / len(value)) for count in counts)


def _path(value: str) -> bool:
    """A path, a domain or a sentence of joined words rather than a key."""
    return value.count("/") > 2 or value.count(".") > 2 or value.startswith(("/", "./", "http", "www."))


def _crypt(line: str) -> float:
    """A 13-letter crypt(3) hash after a name: it needs capitals, small letters and a digit or sign."""
    value = line.partition(":")[2].strip(": \n\r")
    kinds = (any(map(str.islower, value)), any(map(str.isupper, value)), any(map(str.isdigit, value)))
    return 0.6 if all(kinds) else 0.0


def _dull(value: str) -> bool:
    """A token of few different letters stands in documentation, not in use."""
    return _entropy(value[-24:]) < 2.2


DETECTOR = Detector("secrets", _RULES, _judge)
