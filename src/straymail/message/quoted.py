"""New text apart from quoted text and signatures, line by line.

Known forms of quoting: ``>`` lines (also ``JS>``), "On ... wrote:" lines in several languages, "-----Original
Message-----", "Forwarded by", "Begin forwarded message:", Outlook's From/Sent/To/Subject block and Lotus Notes'
name/date/To/cc/Subject block. Signatures begin at "-- "; a closing confidentiality notice counts as signature.
Whom it gets wrong: people who answer below an unmarked quotation (their answer counts as quoted), and tables of
``To:`` and ``Subject:`` lines typed by hand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from functools import cache
from typing import Self

from ahocorasick_rs import BytesAhoCorasick

from straymail.frozen import dataclass
from straymail.message.encoded import decode_text
from straymail.message.html import html_to_text, rough_words
from straymail.message.model import Message, Part

_MAX_TEXT = 1_000_000  # characters of body that are told apart; beyond, all is as the last line before
READ_OF_PART = 8_000_000
"""Bytes of one text part of a body that are looked at."""

_MAX_LINES = 20_000  # lines, likewise
_QUOTE = re.compile(r"[ \t]{0,8}(?:[A-Z]{0,4}[>\u203a]|\|)")
_DIVIDER = re.compile(
    r"[ \t>]{0,8}(?:-{2,40} {0,3}(?:original|forwarded|ursprüngliche|weitergeleitete|message d|mensaje|messaggio|"
    r"reply|begin forwarded|urspr)[^\n]{0,200}|begin forwarded message:|_{5,80} {0,3}(?:forward|reply)[^\n]{0,80})",
    re.IGNORECASE,
)
_WROTE = re.compile(
    r"\b(?:wrote|writes|said|schrieb|a écrit|escribió|ha scritto|schreef|escreveu|skrev|napisał\(a\)|пишет)\b",
    re.IGNORECASE,
)
_VERBS = (
    "wrote",
    "writes",
    "said",
    "schrieb",
    "crit",
    "escribi",
    "scritto",
    "schreef",
    "escreveu",
    "skrev",
    "napis",
    "пишет",
)
_WROTE_START = ("on ", "am ", "le ", "el ", "il ", "op ", "em ", "den ", "dnia ")
_NOTES_TO = re.compile(r"[ \t]{0,8}to:", re.IGNORECASE)
_DATE_LINE = re.compile(r"[ \t]{0,40}(?:on )?\d{1,4}[/.-]\d{1,2}[/.-]\d{2,4}\b", re.IGNORECASE)
_FIELD = re.compile(
    r"[ \t*]{0,8}(from|sent|date|to|cc|subject|von|gesendet|an|betreff|de|envoyé|à|objet|para|asunto)\*?[ \t]?:\*?",
    re.IGNORECASE,
)
_NOTICE = re.compile(
    r"(?:this|the information|the contents|confidentiality|notice|disclaimer|privileged|diese|ce message|important)",
    re.IGNORECASE,
)
_NOTICE_WORDS = ("intended recipient", "intended only", "addressee", "received this", "in error", "confidential",
                 "privileged", "disclaimer", "virus", "irrtümlich", "vertraulich", "destinataire")  # fmt: skip
_RULE = re.compile(r"[ \t]{0,8}[_*=-]{5,200}[ \t]{0,8}")
_LONGEST = 300  # characters; longer lines are prose
_BLOCK = 8  # lines within which a header block must show
_LONG_BLOCK = 40
_SECOND_FIELDS = frozenset(("to", "sent", "date", "an", "gesendet", "à", "envoyé", "para"))
_SUBJECT = frozenset(("subject", "betreff", "objet", "asunto"))
_NOTICE_HITS = 2
_PIECE, _LONGEST_WORD = 1 << 16, 32  # bytes: a text full of such words must not become as many matches at once
_CELL = re.compile("<t[dh]", re.IGNORECASE)
_DRESS = "*_/<>[](){}.,:;!?|\"'\u2018\u2019\u201c\u201d\u2022\u00b7\u00ad\u200b\u200c\ufeff-"


class Kind(StrEnum):
    """What a line of a body is."""

    NEW = "new"
    QUOTED = "quoted"
    SIGNATURE = "signature"


def body_parts(message: Message) -> tuple[Part, ...]:
    """Parts that make up the mail's own body: shown text outside attachments and embedded messages."""
    embedded = tuple(part.path + "." for part in message.parts if part.content_type == "message/rfc822")
    shown = [
        part
        for part in message.parts
        if part.content_type in ("text/plain", "text/html")
        and not part.is_attachment
        and not part.path.startswith(embedded)
    ]
    return tuple(shown)


def body_text(message: Message) -> str:
    """The body as text: its plain parts, or its HTML parts as text when there are no plain ones with content.

    At most the first ``READ_OF_PART`` bytes of each part; ``Part.text`` has the whole.
    """
    parts = body_parts(message)
    plain = [_text(part) for part in parts if part.content_type == "text/plain" and _says_something(part.content)]
    texts = plain or [html_to_text(_text(part)) for part in parts if part.content_type == "text/html"]
    text = "\n".join(texts)
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def html_only(message: Message) -> str:
    """What only the HTML parts of a body with plain parts say: lines with a word that no plain part has.

    Rows of tables are there too where no plain part has them as lines: programs put each cell on a line of its own.
    So is the line before such a line, for it may say what follows. "" for most messages: programs that write both
    parts write the same words.
    """
    parts = body_parts(message)
    html = [part for part in parts if part.content_type == "text/html"]
    plain = [part for part in parts if part.content_type == "text/plain" and _says_something(part.content)]
    if not html or not plain:
        return ""
    known = {"", *(word for part in plain for word in _bare(_text(part).split()))}
    lines: list[str] = []
    for text in map(_text, html):
        if _CELL.search(text) or not known.issuperset(_bare(rough_words(text))):
            lines += filter(None, html_to_text(text).split("\n"))
    shown = _shown(plain) if any("\t" in line for line in lines) else set()
    new = [
        not known.issuperset(_bare(line.split())) or ("\t" in line and " ".join(line.split()) not in shown)
        for line in lines
    ]
    return "\n".join(line for at, line in enumerate(lines) if any(new[at : at + 2]))


def _shown(parts: Iterable[Part]) -> set[str]:
    return {" ".join(line.split()) for part in parts for line in _text(part).splitlines()}


def _bare(words: Iterable[str]) -> Iterator[str]:
    """Words as they compare between a plain part and an HTML part: without marks of emphasis, brackets, stops."""
    return (word.strip(_DRESS) for word in words)


def body_start(message: Message, characters: int) -> str:
    """The first ``characters`` of the body, from its first part that says something; the rest is not even decoded."""
    parts = body_parts(message)
    plain = next((part for part in parts if part.content_type == "text/plain" and _says_something(part.content)), None)
    if plain is not None:
        return decode_text(plain.content[: 4 * characters], plain.charset)[:characters]
    html = next((part for part in parts if part.content_type == "text/html"), None)
    return html_to_text(decode_text(html.content[: 32 * characters], html.charset))[:characters] if html else ""


def _says_something(content: bytes) -> bool:
    return bool(content) and not content.isspace()  # strip() would copy all of it


def _text(part: Part) -> str:
    return part.text() if len(part.content) <= READ_OF_PART else decode_text(part.content[:READ_OF_PART], part.charset)


@dataclass(frozen=True, slots=True)
class Body:
    """A body told apart: what the sender wrote now, what was quoted or forwarded, signature and closing notices."""

    new: str
    quoted: str
    signature: str


def split_body(message: Message) -> Body:
    """New text, quotation and signature of the body, read once; each without empty lines at its ends."""
    if not message.told:
        message.told.append(_split(message))
    told: Body = message.told[0]
    return told


def _split(message: Message) -> Body:
    text = body_text(message)
    hints = _Hints.of(text[:_MAX_TEXT])
    if hints == _NO_FORM:
        return Body(text.strip("\n"), "", "")
    lines = text[:_MAX_TEXT].split("\n")
    kinds = _classify(lines, hints)
    chosen: dict[Kind, list[str]] = {Kind.NEW: [], Kind.QUOTED: [], Kind.SIGNATURE: []}
    for line, kind in zip(lines, kinds, strict=True):
        chosen[kind].append(line)
    if len(text) > _MAX_TEXT:
        chosen[kinds[-1]][-1] += text[_MAX_TEXT:]
    return Body(*("\n".join(chosen[kind]).strip("\n") for kind in (Kind.NEW, Kind.QUOTED, Kind.SIGNATURE)))


def new_text(message: Message) -> str:
    """What the sender wrote now: no quotation, no signature."""
    return split_body(message).new


def quoted_text(message: Message) -> str:
    """What the sender quoted or forwarded in the body."""
    return split_body(message).quoted


def signature_text(message: Message) -> str:
    """Signature and closing notices."""
    return split_body(message).signature


def classify(lines: Sequence[str]) -> list[Kind]:
    """The kind of each line; as long as ``lines``. Time is linear in the text."""
    return _classify(lines, _Hints.of("\n".join(lines)))


def _classify(lines: Sequence[str], hints: _Hints) -> list[Kind]:
    kinds: list[Kind] = []
    mode = Kind.NEW
    for index, line in enumerate(lines[:_MAX_LINES]):
        if line and not line.isspace():
            mode = _turn(lines, index, mode, hints)
            if mode is Kind.QUOTED:  # nothing leads back
                break
            wrote = hints.wrote and mode is Kind.NEW and _is_wrote(lines, index)
            kinds.append(Kind.QUOTED if wrote or (hints.quote and _is_marked(line)) else mode)
        else:
            kinds.append(mode)
    return kinds + [mode] * (len(lines) - len(kinds))


@dataclass(frozen=True, slots=True)
class _Hints:
    """Which forms can occur at all, by one look at the whole text: most mail needs only few of the checks."""

    wrote: bool
    block: bool
    notice: bool
    divider: bool
    quote: bool
    dashes: bool

    @classmethod
    def of(cls, body: str) -> Self:
        text = body.lower()
        colon, words = ":" in text, _telling_words(text)
        return cls(
            wrote=colon and not words.isdisjoint(_VERBS),
            block=colon and not words.isdisjoint(_SUBJECT),
            notice=len(words.intersection(_NOTICE_WORDS)) >= _NOTICE_HITS,
            divider=not words.isdisjoint(_DIVIDERS),
            quote=">" in text or "|" in text or "\u203a" in text,
            dashes="--" in words,
        )


_DIVIDERS = ("--", "__", "begin forwarded message:")
_TELLING = (*_VERBS, *_SUBJECT, *_NOTICE_WORDS, *_DIVIDERS)


@cache
def _search() -> BytesAhoCorasick:
    return BytesAhoCorasick([word.encode() for word in _TELLING])


def _telling_words(text: str) -> set[str]:
    """Which of ``_TELLING`` stand in a text in lower case, looked for all at once."""
    data, found = text.encode("utf-8", "replace"), set[int]()
    for start in range(0, len(data), _PIECE):
        piece = data[start : start + _PIECE + _LONGEST_WORD]
        found.update(number for number, _, _ in _search().find_matches_as_indexes(piece, overlapping=True))
    return {_TELLING[number] for number in found}


_NO_FORM = _Hints(wrote=False, block=False, notice=False, divider=False, quote=False, dashes=False)


def _turn(lines: Sequence[str], index: int, mode: Kind, hints: _Hints) -> Kind:
    """The mode from this line on."""
    line = lines[index]
    if (hints.divider and _DIVIDER.match(line)) or (hints.block and _header_block(lines, index)):
        return Kind.QUOTED
    if hints.wrote and _unmarked_reply(lines, index):
        return Kind.QUOTED
    if (hints.dashes and line.rstrip("\r") in ("-- ", "--")) or (
        hints.notice and mode is Kind.NEW and _is_notice(lines, index)
    ):
        return Kind.SIGNATURE
    return mode


def _is_marked(line: str) -> bool:
    """Whether a line begins with a mark of quotation. A bar at both ends is a row of a table."""
    return _QUOTE.match(line) is not None and not (line.lstrip()[:1] == "|" and line.rstrip()[-1:] == "|")


def _is_wrote(lines: Sequence[str], index: int) -> bool:
    """Whether an "On ... wrote:" line, up to three lines long, covers this line."""
    line = lines[index].strip()
    if not line or len(line) > _LONGEST:
        return False
    begins = line.lower().startswith(_WROTE_START) and any(c.isdigit() for c in line)
    if line.endswith(":") and _WROTE.search(line):
        before = lines[max(0, index - 2) : index]
        opened = begins or "@" in line or any(text.strip().lower().startswith(_WROTE_START) for text in before)
        return opened or _is_marked(next((text for text in lines[index + 1 : index + 4] if text.strip()), ""))
    if not begins:
        return False
    return any(text.strip().endswith(":") and _WROTE.search(text[:_LONGEST]) for text in lines[index + 1 : index + 3])


def _unmarked_reply(lines: Sequence[str], index: int) -> bool:
    """An "On ... wrote:" line after which the quotation carries no marks: all below is quoted."""
    if not _is_wrote(lines, index) or not lines[index].strip().endswith(":"):
        return False
    following = next((line for line in lines[index + 1 : index + 1 + _BLOCK] if line.strip()), "")
    return bool(following) and not _is_marked(following)


def _header_block(lines: Sequence[str], index: int) -> bool:
    """Outlook's or Notes' block of header lines begins here (Notes: one or two lines of name and date before it)."""
    line = lines[index].strip()
    if not line or len(line) > _LONGEST:
        return False
    first = _FIELD.match(line)
    if first is None:
        return _notes_block(lines, index)
    if first[1].lower() not in ("from", "von", "de"):
        return False
    near = [text for text in lines[index + 1 : index + _BLOCK] if text.strip()][:3]
    names = {match[1].lower() for text in near if (match := _FIELD.match(text))}
    return bool(names & _SECOND_FIELDS) and _subject_follows(lines, index)


def _notes_block(lines: Sequence[str], index: int) -> bool:
    """Notes: a name, a date (on the same line or the next), ``To:``, ``cc:``, ``Subject:``."""
    line = lines[index].strip()
    below = [text for text in lines[index + 1 : index + 5] if text.strip()][:2]
    if not below or not _names_somebody(line):
        return False
    dated = len(below) > 1 and _DATE_LINE.match(below[0]) and _NOTES_TO.match(below[1])
    return bool(dated or (_NOTES_TO.match(below[0]) and ("@" in line or "/" in line))) and _subject_follows(
        lines, index
    )


def _subject_follows(lines: Sequence[str], index: int) -> bool:
    later = lines[index + 1 : index + _LONG_BLOCK]  # long lists of names stand between To: and Subject:
    return any(match[1].lower() in _SUBJECT for text in later if (match := _FIELD.match(text)))


def _names_somebody(line: str) -> bool:
    """``Name/ORG@FIRM``, ``"Name" <a@b> on 12/13/2000``, or up to four capitalised words."""
    words = line.split()
    return (
        "@" in line
        or "/" in line
        or (len(words) < 5 and line[-1] not in ".!?:," and all(w[0].isupper() for w in words))
    )


def _is_notice(lines: Sequence[str], index: int) -> bool:
    """A confidentiality notice begins here, or a rule with one below it."""
    start = index + 1 if _RULE.fullmatch(lines[index]) else index
    window = " ".join(line.strip() for line in lines[start : start + 6])[:800].lower()
    if not _NOTICE.match(window.lstrip("* _-(")):
        return False
    return sum(word in window for word in _NOTICE_WORDS) >= _NOTICE_HITS
