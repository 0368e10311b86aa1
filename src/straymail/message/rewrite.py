"""Changes to a message as bytes: what is not named stays as it was, to the byte, so that signatures of others hold.

Pure functions on raw mail with either line end. Tell-apart of new and quoted text is in ``quoted``.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator

from straymail.message.address import Address, Entry, Scanner, display_name, read_entry
from straymail.message.encoded import header_text
from straymail.message.fields import header_end
from straymail.message.quoted import new_text, quoted_text

__all__ = [
    "add_headers",
    "bare_newlines",
    "drop_address",
    "drop_repeats",
    "new_text",
    "quoted_text",
    "remove_headers",
    "replace_address",
]

_ADDRESS_FIELDS = frozenset((b"to", b"cc", b"bcc", b"resent-to", b"resent-cc", b"resent-bcc"))
_SHOWN = frozenset((b"to", b"cc", b"bcc"))
_VISIBLE = frozenset((b"to", b"cc"))
_WORD_BYTES = 42  # of text in one encoded word: with its frame under 75 characters (RFC 2047 section 2)
_LINE = 76


def bare_newlines(raw: bytes) -> bool:
    """Whether a CR or LF stands alone, as in SMTP smuggling (RFC 5321 2.3.8)."""
    pairs = raw.count(b"\r\n")
    return raw.count(b"\n") != pairs or raw.count(b"\r") != pairs


def remove_headers(raw: bytes, *names: str) -> bytes:
    """Take out every field of these names, case-insensitive; a name ending in ``*`` is a prefix (``X-Straymail-*``)."""
    exact = frozenset(name.lower().encode() for name in names if not name.endswith("*"))
    prefixes = tuple(name[:-1].lower().encode() for name in names if name.endswith("*"))
    end, _ = header_end(raw)
    fields = list(_fields(raw[:end]))
    kept = [lines for name, lines in fields if not (name in exact or (prefixes and name.startswith(prefixes)))]
    if len(kept) == len(fields):
        return raw
    return b"".join((*kept, memoryview(raw)[end:]))  # no copy of a long body


def add_headers(raw: bytes, fields: Iterable[tuple[str, str]]) -> bytes:
    """Put fields on top, in order, in the message's own line end; line breaks in values become spaces.

    Text outside ASCII, or that reads as RFC 2047 words, is written as such words; long values are folded at spaces.
    """
    newline = _newline(raw)
    added = b"".join(_field(name, value, newline) for name, value in fields)
    if raw.startswith(b"From "):  # an mbox line stays first
        line, mark, rest = raw.partition(b"\n")
        return line + mark + added + rest
    return added + raw


def replace_address(raw: bytes, wrong: Address, right: Address, name: str | None = None) -> bytes:
    """Write ``right`` for ``wrong`` in To, Cc, Bcc and their Resent- forms; every other byte stays.

    ``name`` is the display name of ``right``. When None, the name beside the wrong address is kept if the local
    parts agree (a mistyped domain: the name is that of the person meant) and dropped otherwise, or where it holds the
    wrong address.
    """
    end, _ = header_end(raw)
    pieces = [
        _replace_in(lines, wrong, right, name) if field in _ADDRESS_FIELDS else lines
        for field, lines in _fields(raw[:end])
    ]
    return b"".join((*pieces, memoryview(raw)[end:]))


def drop_repeats(raw: bytes, address: Address) -> bytes:
    """Leave the first entry only that names ``address`` in To, Cc and Bcc; a field that is left empty goes."""
    end, _ = header_end(raw)
    pieces: list[bytes] = []
    seen = False
    for field, lines in _fields(raw[:end]):
        if field in _SHOWN:
            lines, seen = _once(lines, address, seen=seen)
        pieces.append(lines)
    return b"".join((*pieces, memoryview(raw)[end:]))


def drop_address(raw: bytes, address: Address) -> bytes:
    """Take ``address`` out of To, Cc, Bcc and their Resent- forms; a field that is left empty goes.

    Where nobody is left to show, ``To: undisclosed-recipients:;`` says so: many filters want one of these fields.
    """
    end, _ = header_end(raw)
    fields = list(_fields(raw[:end]))
    pieces = [_once(lines, address, seen=True)[0] if name in _ADDRESS_FIELDS else lines for name, lines in fields]
    visible = [at for at, (name, _lines) in enumerate(fields) if name in _VISIBLE]
    if visible and not any(pieces[at] for at in visible):
        pieces[visible[0]] = b"To: undisclosed-recipients:;" + _newline(raw[:end])
    return b"".join((*pieces, memoryview(raw)[end:]))


def _once(lines: bytes, address: Address, *, seen: bool) -> tuple[bytes, bool]:
    """The field without entries that repeat the address, and whether the address has been seen by now."""
    label, _, value = lines.partition(b":")
    text = value.decode("utf-8", "surrogateescape")
    entries = Scanner(text).entries
    same = [each for each in entries if (box := read_entry(each)) and box.address.key == address.key]
    repeats = same if seen else same[1:]
    if not repeats:
        return lines, seen or bool(same)
    if len(repeats) == len(entries):
        return b"", True
    for entry in reversed(repeats):
        text = _cut(text, entry)
    return label + b":" + text.encode("utf-8", "surrogateescape"), True


def _cut(text: str, entry: Entry) -> str:
    """A list without an entry and one of the commas beside it."""
    start, stop = _trim(text, entry.start, entry.end)
    head = text[:start].rstrip()
    if text[entry.end : entry.end + 1] == ",":
        rest = text[entry.end + 1 :]
        return head + rest if head else " " + rest.lstrip()  # a field's first line is not left empty
    return head.removesuffix(",") + text[stop:]


def _fields(block: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(name lower case, all its lines with their line ends) of each field; other lines have the name b""."""
    name, lines = b"", list[bytes]()
    for line in block.splitlines(keepends=True) if b"\r" not in block.replace(b"\r\n", b"") else _lf_lines(block):
        if lines and line[:1] in (b" ", b"\t"):
            lines.append(line)
            continue
        if lines:
            yield name, b"".join(lines)
        label, colon, _ = line.partition(b":")
        name, lines = (label.strip().lower() if colon else b""), [line]
    if lines:
        yield name, b"".join(lines)


def _lf_lines(block: bytes) -> list[bytes]:
    """Lines ended by LF only: a bare CR ends none, as everywhere in this package."""
    return [piece + b"\n" for piece in block.split(b"\n")[:-1]] + (
        [tail] if (tail := block.rpartition(b"\n")[2]) else []
    )


def _replace_in(lines: bytes, wrong: Address, right: Address, name: str | None) -> bytes:
    label, _, value = lines.partition(b":")
    text = value.decode("utf-8", "surrogateescape")
    pieces: list[str] = []
    end = 0
    for entry in Scanner(text).entries:
        mailbox = read_entry(entry)
        if mailbox is None or mailbox.address.key != wrong.key:
            continue
        kept = _name_beside(entry, wrong, right) if name is None else name
        start, stop = _trim(text, entry.start, entry.end)
        pieces += [text[end:start], _mailbox(kept, right)]
        end = stop
    if not pieces:
        return lines
    return label + b":" + "".join((*pieces, text[end:])).encode("utf-8", "surrogateescape")


def _name_beside(entry: Entry, wrong: Address, right: Address) -> str:
    """The name that stands beside an address, if it is that of the person meant and not the wrong address again."""
    if wrong.local.lower() != right.local.lower():
        return ""
    written = (entry.phrase or entry.comment).encode("utf-8", "surrogateescape")
    name = display_name(header_text(written))
    return "" if wrong.key in name.lower() else name


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _mailbox(name: str, address: Address) -> str:
    if not name:
        return str(address)
    clean = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    if not clean:
        return str(address)
    if not clean.isascii() or "=?" in clean:
        return f"{_words(clean)} <{address}>"
    escaped = clean.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}" <{address}>'


def _newline(raw: bytes) -> bytes:
    first = raw.find(b"\n")
    return b"\n" if first >= 0 and raw[first - 1 : first] != b"\r" else b"\r\n"


def _field(name: str, value: str, newline: bytes) -> bytes:
    clean = "".join(c if c.isprintable() else " " for c in value)
    text = clean if clean.isascii() and "=?" not in clean else _words(clean)
    lines, line = list[str](), f"{name}:"
    for word in text.split(" "):
        if len(line) + 1 + len(word) > _LINE and line.strip() and not line.endswith(":"):
            lines.append(line)
            line = ""
        line += f" {word}"
    return newline.join(part.rstrip().encode("ascii", "replace") for part in (*lines, line)) + newline


def _words(text: str) -> str:
    """RFC 2047 words, none splitting a character."""
    words, piece = list[str](), b""
    for character in text:
        encoded = character.encode("utf-8", "replace")
        if len(piece) + len(encoded) > _WORD_BYTES:
            words.append(f"=?utf-8?b?{b64encode(piece).decode()}?=")
            piece = b""
        piece += encoded
    return " ".join((*words, f"=?utf-8?b?{b64encode(piece).decode()}?="))
