"""The part of RE2's syntax the detectors write, read into a tree: what ``hints`` turns into cheaper patterns.

Literals, classes, groups with or without flags, alternation, assertions, quantifiers. Anything else is a
``ValueError``: a detector's author sees it at once.
"""

from __future__ import annotations

from straymail.frozen import dataclass

_QUANTIFIERS = "*+?{"
_PERL = "dDwWsS"
_ASSERTIONS = "bBAz"
_SPOKEN = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v"}


@dataclass(frozen=True, slots=True)
class Letter:
    """One character that must stand there."""

    text: str


@dataclass(frozen=True, slots=True)
class Class:
    """One character of several: the ASCII part as written (no brackets), and whether others may stand there too."""

    negated: bool
    ascii: str
    wide: bool
    members: tuple[str, ...] = ()  # all of them, when few


@dataclass(frozen=True, slots=True)
class Assertion:
    r"""``^``, ``$``, ``\b`` and the like: no character."""

    text: str


@dataclass(frozen=True, slots=True)
class Group:
    """Alternatives; ``flags`` as written in front of a group that captures nothing."""

    alternatives: tuple[tuple[Item, ...], ...]
    flags: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """An atom and how often it stands there; ``most`` is None without a limit."""

    atom: Letter | Class | Assertion | Group
    least: int = 1
    most: int | None = 1


def read(pattern: str) -> tuple[str, Group]:
    """Flags for the whole pattern, and its tree.

    Raises:
        ValueError: what this reader does not know, with the place.
    """
    reader = _Reader(pattern)
    flags = ""
    if pattern.startswith("(?") and ")" in pattern and pattern[2 : pattern.index(")")].isalpha():
        flags = pattern[2 : pattern.index(")")]
        reader.at = pattern.index(")") + 1
    group = Group(reader.alternatives())
    if reader.at != len(pattern):
        raise ValueError(f"{pattern!r}: one bracket too many at {reader.at}")
    return flags, group


@dataclass(slots=True)
class _Reader:
    text: str
    at: int = 0

    def alternatives(self) -> tuple[tuple[Item, ...], ...]:
        found = [self._sequence()]
        while self._peek() == "|":
            self.at += 1
            found.append(self._sequence())
        return tuple(found)

    def _sequence(self) -> tuple[Item, ...]:
        items: list[Item] = []
        while self._peek() not in ("", "|", ")"):
            atom = self._atom()
            items.append(Item(atom, *self._quantifier()))
        return tuple(items)

    def _atom(self) -> Letter | Class | Assertion | Group:
        letter = self._take()
        match letter:
            case "(":
                return self._group()
            case "[":
                return self._class()
            case "\\":
                return self._escape()
            case "^" | "$":
                return Assertion(letter)
            case ".":
                return Class(True, r"\n", True)
            case _:
                return Letter(letter)

    def _group(self) -> Group:
        flags = ""
        if self._peek() == "?":
            end = self.text.index(":", self.at)
            flags = self.text[self.at + 1 : end]
            if flags and not flags.isalpha():
                raise ValueError(f"{self.text!r}: group at {self.at} is not known here")
            self.at = end + 1
        found = self.alternatives()
        if self._take() != ")":
            raise ValueError(f"{self.text!r}: a bracket is not closed")
        return Group(found, flags)

    def _class(self) -> Class:
        negated = self._peek() == "^"
        self.at += negated
        ascii_part: list[str] = []
        members: list[str] = []
        wide, few, first = negated, not negated, True
        while self._peek() != "]" or first:
            first = False
            text, alone, reaches = self._member()
            wide = wide or reaches
            few = few and bool(alone)
            ascii_part.append(text)
            members.append(alone)
        self.at += 1
        return Class(negated, "".join(ascii_part), wide, tuple(members) if few else ())

    def _member(self) -> tuple[str, str, bool]:
        """(the ASCII part as to be written in a class, the character when it is one alone, whether it is wider)."""
        text, alone, wide = self._one()
        if self._peek() == "-" and self.text[self.at + 1 : self.at + 2] != "]" and alone:
            self.at += 1
            end, _, beyond = self._one()
            return (f"{text}-{end}" if not wide and not beyond else "", "", wide or beyond)
        return text, alone, wide

    def _one(self) -> tuple[str, str, bool]:
        letter = self._take()
        if letter != "\\":
            return (
                letter if letter.isascii() and letter not in "[]^-" else _quoted(letter),
                letter,
                not letter.isascii(),
            )
        match self._escape():
            case Letter(text):
                return _quoted(text), text, not text.isascii()
            case Class(negated, text, wide, _) if not negated:
                return text, "", wide
            case _:
                raise ValueError(f"{self.text!r}: not known in a class, at {self.at}")

    def _escape(self) -> Letter | Class | Assertion:
        letter = self._take()
        if letter in _PERL:
            return Class(False, f"\\{letter}", letter.isupper())
        if letter in _ASSERTIONS:
            return Assertion(f"\\{letter}")
        if letter == "p":
            name = self._take()
            if name == "{":
                end = self.text.index("}", self.at)
                name, self.at = self.text[self.at : end], end + 1
            return Class(False, {"L": "A-Za-z", "Lu": "A-Z", "Ll": "a-z"}[name], True)
        if letter == "x" and self._peek() == "{":
            end = self.text.index("}", self.at)
            code, self.at = int(self.text[self.at + 1 : end], 16), end + 1
            return Letter(chr(code))
        if letter.isalnum() and letter not in _SPOKEN:
            raise ValueError(f"{self.text!r}: \\{letter} is not known here")
        return Letter(_SPOKEN.get(letter, letter))

    def _quantifier(self) -> tuple[int, int | None]:
        mark = self._peek()
        if not mark or mark not in _QUANTIFIERS:
            return 1, 1
        self.at += 1
        least, most = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(mark, (0, None))
        if mark == "{":
            end = self.text.index("}", self.at)
            low, comma, high = self.text[self.at : end].partition(",")
            self.at = end + 1
            least = int(low)
            most = int(high) if high else None if comma else least
        self.at += self._peek() == "?"
        return least, most

    def _peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def _take(self) -> str:
        self.at += 1
        return self.text[self.at - 1]


def _quoted(text: str) -> str:
    """An ASCII character as a pattern writes it; what is not ASCII is left out."""
    if not text.isascii():
        return ""
    return text if text.isalnum() or text == " " else f"\\x{ord(text):02x}"


def letter_pattern(letter: Letter) -> str:
    """A letter as a byte pattern; beyond ASCII its bytes in either case."""
    if letter.text.isascii():
        return _quoted(letter.text)
    cases = sorted({letter.text, letter.text.lower(), letter.text.upper()})
    return f"(?:{'|'.join(map(exactly, cases))})"


def exactly(text: str) -> str:
    """A text as a pattern of its bytes."""
    return "".join(f"\\x{byte:02x}" for byte in text.encode())
