"""Addresses as types (RFC 5321 4.1.2, RFC 5322 3.4, RFC 6531): an address is not a string.

Reading is lenient where real mail is loose (``k..allen@``, unquoted dots at the ends, local parts over 64
octets) and strict where a slip would change who is meant (control characters, bare specials, no domain).
Every loop runs once over its input.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import field
from functools import lru_cache
from typing import NamedTuple

from straymail.errors import AddressError
from straymail.frozen import dataclass
from straymail.message.domain import normalise_domain, readable_domain
from straymail.message.encoded import decode_words

_MAX_LOCAL = 255  # RFC 5321 4.5.3.1.1 says 64 and asks receivers to take more; VERP senders use more
_ATEXT = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\-\u00a1-\U0010ffff]+")
_DOT_ATOM = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\-\u00a1-\U0010ffff]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~\-\u00a1-\U0010ffff]+)*"
)
_SIMPLE = re.compile(r"([A-Za-z0-9!#$%&'*+/=?^_`{|}~.\-]{1,64})@([A-Za-z0-9_.\-]{1,253})")
_TOKEN = re.compile(r"""
    (?P<quoted>"[^"\\]*(?:\\.[^"\\]*)*(?P<shut>"?))    # an open string ends with the field
  | (?P<literal>\[[^\[\]]*\]?)
  | (?P<special>[,;:<>()])
  | (?P<text>[^",;:<>()\[\\]+)
  | (?P<other>\\.?|.)
""", re.VERBOSE | re.DOTALL)  # fmt: skip
_PAREN = re.compile(r"[()]|\\.", re.DOTALL)
_UNQUOTE = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Address:
    """A mailbox: ``local`` unquoted, NFC, case kept; ``domain`` A-label, lower case, no trailing dot.

    ``key`` identifies a mailbox for comparison: local part lower-cased + "@" + domain.
    ``person`` is the key without a plus-tag. ``str()`` gives the RFC 5321 form, quoted where needed.
    """

    local: str
    domain: str
    _person: str = field(default="", init=False, repr=False, compare=False)  # made when asked for

    @property
    def key(self) -> str:
        """Comparison key: lower-cased local part, "@", domain."""
        return f"{self.local.lower()}@{self.domain}"

    @property
    def person(self) -> str:
        """Key without the plus-tag (``a+b@x`` gives ``a@x``)."""
        if not self._person:
            local = self.local.lower()
            object.__setattr__(self, "_person", f"{local.partition('+')[0] or local}@{self.domain}")
        return self._person

    @property
    def readable(self) -> str:
        """As people write it; an internationalised domain with its A-label beside it, so that a look-alike shows."""
        return f"{_written(self.local)}@{readable_domain(self.domain)}"

    @classmethod
    def of(cls, person: str) -> Address:
        """The address of a ``person`` key: whatever the key is, for it may be of an address no longer taken."""
        local, _, domain = person.rpartition("@")
        return cls(local, domain)

    def __str__(self) -> str:
        return f"{_written(self.local)}@{self.domain}"


@lru_cache(maxsize=65_536)
def _written(local: str) -> str:
    """A local part as RFC 5321 writes it."""
    if _DOT_ATOM.fullmatch(local):
        return local
    escaped = local.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address as a header shows it, with its display name ("" when none)."""

    address: Address
    name: str = ""


@lru_cache(maxsize=65_536)
def parse_address(text: str) -> Address:
    """One address: ``a@b``, ``<a@b>``, ``"q s"@b``, source routes dropped.

    Raises:
        AddressError: not a mailbox; says what is wrong.
    """
    text = text.strip(" \t\r\n")
    if text.startswith("<") and text.endswith(">"):
        text = text[1:-1].strip(" \t\r\n")
    if text.startswith("@"):
        text = text.partition(":")[2]
    simple = _SIMPLE.fullmatch(text)
    if simple:
        return Address(simple[1], normalise_domain(simple[2]))
    local, domain = _split(text)
    return Address(_local(local), normalise_domain(domain))


def _split(text: str) -> tuple[str, str]:
    """Local part as written and domain: at the "@" after a quoted string, else at the last one."""
    if text.startswith('"'):
        match = _TOKEN.match(text)
        end = match.end() if match else 0
        if not match or not match["shut"] or text[end : end + 1] != "@":
            raise AddressError(f"the quoted local part does not end before an @: {text[:80]!r}")
        return text[:end], text[end + 1 :]
    local, at, domain = text.rpartition("@")
    if not at:
        raise AddressError(f"no @ in {text[:80]!r}", allowed="local@domain")
    return local, domain


def _local(text: str) -> str:
    quoted = len(text) > 1 and text.startswith('"') and text.endswith('"')
    local = _UNQUOTE.sub(r"\1", text[1:-1]) if quoted else text
    local = unicodedata.normalize("NFC", local)
    if len(local) > _MAX_LOCAL or len(local.encode("utf-8", "replace")) > _MAX_LOCAL:
        raise AddressError("the part before @ is too long", allowed="at most 255 octets")
    if any(unicodedata.category(c) in ("Cc", "Cs") for c in local):
        raise AddressError(f"a control character before @: {text[:80]!r}")
    if not quoted and not _ATEXT.fullmatch(local):
        raise AddressError(f"not a local part: {text[:80]!r}", allowed="letters, digits, dots, or a quoted string")
    return local


def parse_mailboxes(value: str) -> tuple[Mailbox, ...]:
    """Every mailbox in an address-list header, in order; groups flattened, comments dropped; never raises.

    RFC 2047 words are decoded after the list is taken apart, so that a comma inside one splits nothing.
    Where there is no display name, the comment after an address (RFC 822 style) stands for it.
    """
    return scan_mailboxes(value)[0]


class Entry(NamedTuple):
    """One entry of an address list as written; ``start`` and ``end`` are its offsets, comments included."""

    phrase: str
    address: str
    comment: str
    start: int = 0
    end: int = 0


def scan_mailboxes(value: str, limit: int = 100_000) -> tuple[tuple[Mailbox, ...], int]:
    """As ``parse_mailboxes``, and how many entries were no mailbox (or lay beyond ``limit``)."""
    return _scan(value, limit) if len(value) > _SHORT_LIST else _remembered(value, limit)


def _scan(value: str, limit: int) -> tuple[tuple[Mailbox, ...], int]:
    if '"' not in value and "<" not in value and "(" not in value and ":" not in value:
        entries = [Entry("", part, "") for part in value.replace(";", ",").split(",") if part.strip()]
    else:
        entries = Scanner(value).entries
    read = [read_entry(entry) for entry in (entries[:limit] if len(entries) > limit else entries)]
    found = tuple(mailbox for mailbox in read if mailbox is not None)
    return found, len(entries) - len(found)


_SHORT_LIST = 500  # characters: people write to the same few again and again
_remembered = lru_cache(maxsize=4_096)(_scan)


class Scanner:
    """One pass over an address list; ``entries`` hold what stands between commas, groups flattened."""

    def __init__(self, value: str) -> None:
        self.entries: list[Entry] = []
        self._phrase: list[str] = []
        self._angle: list[str] = []
        self._comments: list[str] = []
        self._inside = self._at = False
        self._start = -1
        stray_quote = False  # an opening quote without its partner: from there on quotes are plain characters
        at = 0
        while match := _TOKEN.match(value, at):
            begin, piece, at = at, match[0], match.end()
            if match.lastgroup == "quoted" and (stray_quote or not match["shut"]):
                stray_quote = True
                piece, at = '"', begin + 1
            if piece == "(":
                self._start = begin if self._start < 0 else self._start
                at = self._comment(value, at)
            elif match.lastgroup == "special":
                self._special(piece, begin)
            else:
                self._add(piece, begin)
        self._finish(len(value))

    def _add(self, piece: str, begin: int) -> None:
        self._start = begin if self._start < 0 else self._start
        self._at = self._at or "@" in piece
        (self._angle if self._inside else self._phrase).append(piece)

    def _comment(self, value: str, start: int) -> int:
        """Take a comment, nested ones included (RFC 5322 3.2.2: quotes mean nothing here); returns its end."""
        depth = 1
        for match in _PAREN.finditer(value, start):
            depth += {"(": 1, ")": -1}.get(match[0], 0)
            if not depth:
                self._comments.append(value[start : match.start()])
                return match.end()
        return len(value)

    def _reset(self) -> None:
        self._phrase, self._angle, self._comments = [], [], []
        self._inside = self._at = False
        self._start = -1

    def _special(self, piece: str, begin: int) -> None:
        if piece == "<":
            self._start = begin if self._start < 0 else self._start
            self._inside, self._at, self._angle = True, False, []
        elif piece == ">":
            self._inside = False
        elif self._inside and piece in ",:" and self._angle and self._angle[0].lstrip().startswith("@"):
            self._angle.append(piece)  # a source route, dropped when the address is read
        elif piece == ":" and self._at:
            self._add(piece, begin)
        elif piece == ":":
            self._reset()  # the name of a group
        else:
            self._finish(begin)

    def _finish(self, end: int) -> None:
        phrase, angle = "".join(self._phrase), "".join(self._angle)
        if phrase.strip() or angle:
            named = (phrase, angle) if angle else ("", phrase)
            self.entries.append(Entry(*named, "".join(self._comments), self._start, end))
        self._reset()


def read_entry(entry: Entry) -> Mailbox | None:
    """The mailbox of an entry; None when it is none."""
    try:
        address = parse_address(entry.address)
    except AddressError:
        loose = _loose(entry.address)
        if loose is None:
            return None
        address = loose
    name = entry.phrase or entry.comment
    return Mailbox(address, display_name(name) if name else "")


def _loose(text: str) -> Address | None:
    """An address among other words (``mailto:a@b``, ``Ann a@b``, ``a @ b``): the last word with an @."""
    words = [word for word in text.replace("mailto:", " ").split() if "@" in word[1:-1]]
    for word in (*words[-1:], "".join(text.split()) if text.count("@") == 1 else ""):
        try:
            return parse_address(word.strip("'\"<>[]"))
        except AddressError:
            continue
    return None


def display_name(phrase: str) -> str:
    """A phrase for people to read: unquoted, RFC 2047-decoded, white space folded, NFC."""
    if '"' in phrase:
        phrase = "".join(
            _UNQUOTE.sub(r"\1", m[0][1:-1] if m[0].endswith('"') and len(m[0]) > 1 else m[0][1:])
            if m.lastgroup == "quoted"
            else m[0]
            for m in _TOKEN.finditer(phrase)
        )
    name = " ".join(decode_words(phrase).split())
    if len(name) > 1 and name[0] == name[-1] == "'":
        name = name[1:-1].strip()
    return name
