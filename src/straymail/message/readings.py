"""How an internationalised name reads at a glance, and how it is written by those who lack its letters.

``bücher`` is read and written as ``bucher`` and ``buecher``, ``łódź`` as ``lodz``, ``αθήνα`` as ``αθηνα``; a Cyrillic
``о`` is taken for an ``o``. Marks are taken off Latin, Greek and Cyrillic letters alone: elsewhere (kana) they are
letters of their own.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from straymail.message.domain import domain_to_unicode

_MARKS = dict.fromkeys(range(0x300, 0x370))
_STROKES = str.maketrans({"ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "ø": "o", "ı": "i"})
_WRITTEN_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "oe", "å": "aa", "æ": "ae", "œ": "oe"})
_LOOKS = str.maketrans("абвгдеёзіјклмнопрстухсѕԁɡɩοαεɑ", "abbrdeezijklmhonpctyxcsdgioaea")


@lru_cache(maxsize=65_536)
def bare(text: str) -> str:
    """The letters of a text without their marks and strokes."""
    return text if text.isascii() else unicodedata.normalize("NFKD", text).translate(_MARKS).translate(_STROKES)


@lru_cache(maxsize=8_192)
def readings(domain: str) -> tuple[str, ...]:
    """What a domain may be taken for, itself first, in Unicode: without marks, in Latin letters, written out."""
    shown = domain_to_unicode(domain)
    if shown.isascii():
        return (shown,)
    plain = bare(shown)
    return tuple(dict.fromkeys((shown, plain, plain.translate(_LOOKS), shown.translate(_WRITTEN_OUT))))


def other_letters(domain: str, meant: str) -> bool:
    """Whether a domain reads as the one meant only because letters of another alphabet look like its own."""
    shown, usual = bare(domain_to_unicode(domain)), bare(domain_to_unicode(meant))
    return shown != usual and shown.translate(_LOOKS) == usual.translate(_LOOKS)
