"""Characters that look like others, or like nothing, made those: no rule has to know them.

Word processors and web pages put no-break spaces before colons and between figures, no-break hyphens inside words, soft
hyphens and joiners that nobody sees. A reader sees "password: lantern9" in all of them.
"""

from __future__ import annotations

_SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_HYPHENS = "\u2010\u2011\u2012\u2212\ufe63\uff0d"
_UNSEEN = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\ufeff"
_LINES = "\u0085\u2028\u2029"
_COLONS = "\uff1a\ufe55"
_PLAIN = tuple(
    (each, plain)
    for letters, plain in ((_SPACES, " "), (_HYPHENS, "-"), (_UNSEEN, ""), (_LINES, "\n"), (_COLONS, ":"))
    for each in letters
)


def plain(text: str) -> str:
    """The text with plain spaces, hyphens, colons and line ends, and without what is not seen."""
    if "\r" in text:  # also alone, as old text files and exports end their lines
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.isascii():
        return text
    for each, instead in _PLAIN:  # looking for one character is many times faster than translating all
        if each in text:
            text = text.replace(each, instead)
    return text
