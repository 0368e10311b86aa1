"""The words a message is made of, for comparing what messages are about. Order of appearance, each once."""

from __future__ import annotations

import re
from itertools import islice

from straymail.message.files import file_words
from straymail.message.model import Message
from straymail.message.quoted import body_start

MOST_WORDS = 64
_TEXT = 2_000  # characters looked at
_LENGTHS = range(3, 21)
_WORD = re.compile(r"[^\W\d_]+")  # one class, no backtracking
_LETTERS = bytes(byte if chr(byte).isalpha() else 32 for byte in range(128)).ljust(256)
_COMMON = frozenset(
    """
    the and for you that this with have are was not but will can has from all our your any been they would there their
    what about which were when who had out more them some into could please thanks thank let know one has his her him
    she its also just get got may should than then other these those over here how where why per via did does being
    subject sent com www http https original message cc forwarded wrote regards best
    und der die das den dem des ein eine einen einem einer ist nicht mit sie ich wir ihr auf für von auch bei aus wie
    les des une est pas pour que qui dans sur avec nous vous par plus mais elle ils los las una por con para que del
    """.split()  # noqa: SIM905  (a table to read, not a literal to type)
)


def words_of(message: Message) -> tuple[str, ...]:
    """At most ``MOST_WORDS`` different lower-case words of subject and body, the commonest words of languages left out.

    Quoted text counts too: whoever gets an answer knows what it answers. Only the first 2,000 characters are read. The
    name of an attached file, apart from its version, is one word ("file harbour budget"): an earlier version of it is
    the strongest sign of what a message is about. So is its kind ("kind drawing"): not everybody gets drawings.
    """
    if message.about:
        return message.about[0]
    text = f"{message.subject[:300]}\n{body_start(message, _TEXT)}"
    files = file_words(message, text)
    telling = (word for word in dict.fromkeys(letters(text)) if len(word) in _LENGTHS and word not in _COMMON)
    message.about.append((*files, *islice(telling, MOST_WORDS - len(files))))
    return message.about[0]


def letters(text: str) -> list[str]:
    """Runs of letters in a text, lower case, in order."""
    return spaced(text).split()


def spaced(text: str) -> str:
    """The text in lower case, spaces for all that is no letter."""
    text = text.lower()
    if text.isascii():  # three times as fast as the expression
        return text.encode().translate(_LETTERS).decode()
    return " ".join(_WORD.findall(text))
