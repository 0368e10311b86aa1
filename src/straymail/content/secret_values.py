"""What a secret looks like by its letters alone, and what only stands where one would."""

from __future__ import annotations

import math
import re
from collections import Counter
from itertools import pairwise

_PLACEHOLDERS = frozenset(
    """
    required above below protected incorrect invalid your yours the this that not been and for you will can reset
    none null nil true false undefined empty blank hidden secret password passwd changeme example sample test token
    username user name case sensitive case-sensitive expired expires wrong correct same entered changed needed sent set
    only also must should may are here there available unknown optional please contact when where what which with
    without following provided attached string str int bool text field value self env os config process
    encrypted confidential very too now still just working used using being going different available. all any always
    never valid lost stolen forgotten compromised stored kept weak strong short long known given assigned chosen going
    follows follow later separately soon folgt folgen siehe kommt kommen wird werden separat getrennt telefonisch sms
    abgelaufen ungültig falsch gesperrt geändert zurückgesetzt erforderlich vergessen mindestens gültig notwendig
    suit suivra envoyé séparément voir sigue aparte segue volgt apart przyjdzie see ask call reminder request
    """.split()  # noqa: SIM905  (a table to read)
)


# What is said of a password: "base64-encoded", "12-character".
_DESCRIBES = ("-encoded", "-hashed", "-encrypted", "-protected", "-sensitive", "-character", "-characters", "-digit",
              "-letter", "-only")  # fmt: skip
_FILES = (".pdf", ".zip", ".doc", ".docx", ".xls", ".xlsx", ".txt", ".csv", ".html", ".htm", ".com", ".org", ".net")
_CALL = re.compile(r"[$A-Za-z_][\w.$>\-]{0,80}[(\[]")
_NAME = re.compile(r"[A-Za-z_]\w{0,60}(?:\.[A-Za-z_]\w{0,60}){0,6}")
_MEANS_SECRET = (
    "pass",
    "pwd",
    "secret",
    "cred",
    "args",
    "conf",
    "user",
    "env",
    "form",
    "param",
    "input",
    "self.",
    "this.",
)
_TIME = re.compile(r"[0-9:/.\-]+(?:am|pm|st|nd|rd|th|h|uhr)?", re.IGNORECASE)


def placeholder(value: str) -> bool:
    """Whether a value only says that a secret stands there, or is a word of the sentence."""
    plain = value.lower().strip("._-*<>[](){}\"'")
    return (
        len(plain) < 3
        or plain in _PLACEHOLDERS
        or len(set(plain)) < 3
        or plain.startswith(("your", "my_", "the_", "example", "xxx", "placeholder", "enter", "insert", "todo", "os."))
        or plain.endswith(_DESCRIBES)
        or value.startswith(("$", "%", "{{", "<", "*", "process.", "getenv", "ENV[", "@", "&", "[", "#{", "(", "\\"))
        or "..." in value
        or "xxxx" in plain
        or "****" in value
    )


def odd(value: str) -> bool:
    """Whether a value has a digit or sign among letters, or capitals where words have none: not a plain word."""
    letters = sum(letter.isalpha() for letter in value)
    digits = sum(letter.isdigit() for letter in value)
    if digits and (letters or digits >= 5):
        return not value.isdigit() or digits >= 5
    inner = value.strip("-/.")
    signs = sum(not letter.isalnum() for letter in inner)
    mixed = any(a.islower() and b.isupper() for a, b in pairwise(value))
    return (signs > 0 and not all(letter in "-'/." for letter in inner if not letter.isalnum())) or mixed


def strong(value: str) -> bool:
    """Letters, digits and signs mixed as only a password mixes them: it may follow "password" with nothing between."""
    address = "@" in value[1:] and "." in value
    if len(value) < 6 or address or _TIME.fullmatch(value) or value.lower().endswith(_FILES):
        return False
    kinds = (
        any(map(str.islower, value)),
        any(map(str.isupper, value)),
        any(map(str.isdigit, value)),
        any(not letter.isalnum() and letter not in ".,:;-/()'_" for letter in value),
    )
    return odd(value) and (any(kinds[:2]) and sum(kinds) >= 3) and not placeholder(value)


def mixed(value: str) -> bool:
    """Strong, and with a sign or a digit inside it: what no name of a program or a place is, such as "Office365"."""
    inner = value.strip("-/.()")
    sign = any(letter in "!#$%&*_@+?=^~" for letter in inner)
    inside = any(a.isdigit() and b.isalpha() for a, b in pairwise(inner)) and inner[:1].isalpha()
    return strong(value) and (sign or inside)


def signed(value: str) -> bool:
    """Strong, and with a sign inside that neither names nor programs have in words: it may follow "password" alone."""
    inner = value.strip("-/.()")
    return strong(value) and any(letter in "!#$%&*?^~" for letter in inner) and not code(value, assigned=False)


def code(value: str, *, assigned: bool) -> bool:
    """Whether a value is source code: a call or an index; where ``assigned`` (=) also a name that says secret."""
    if found := _CALL.match(value):
        return assigned or "." in found[0] or found.end() == len(value)
    name = assigned and _NAME.fullmatch(value)
    return bool(name) and any(word in value.lower() for word in _MEANS_SECRET) and ("." in value or "_" in value)


def worded(value: str) -> bool:
    """Words and numbers joined by dashes or underscores, as names of things are; or digits alone."""
    pieces = value.replace("-", "_").split("_")
    return len(pieces) > 2 and all(not each or each.isalpha() or each.isdigit() for each in pieces)


def entropy(value: str) -> float:
    """Shannon entropy of the letters, bits each."""
    counts = Counter(value).values()
    return -sum(count / len(value) * math.log2(count / len(value)) for count in counts)


def path(value: str) -> bool:
    """A path, a domain or a sentence of joined words rather than a key."""
    return value.count("/") > 2 or value.count(".") > 2 or value.startswith(("/", "./", "http", "www."))


def crypt(line: str) -> float:
    """A hash of 13 letters, as by crypt, after a name: it needs capitals, small letters and a digit or sign."""
    value = line.partition(":")[2].strip(": \n\r")
    kinds = (any(map(str.islower, value)), any(map(str.isupper, value)), any(map(str.isdigit, value)))
    return 0.6 if all(kinds) else 0.0


def dull(value: str) -> bool:
    """A token of few different letters stands in documentation, not in use."""
    return entropy(value[-24:]) < 2.2
