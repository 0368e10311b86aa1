"""Who wrote what is quoted, and for whom it is new: a reply's reader has read it before, a forward's reader has not."""

from __future__ import annotations

import re

from straymail.message.model import Message
from straymail.message.quoted import quoted_text

_FORWARD = re.compile(r"\s{0,4}(?:fw|fwd|wg|tr|rv|vs|doorst|i|enc)\s?:", re.IGNORECASE)
_RULED = re.compile(r"[\s>]{0,8}(?:-{2,40}|_{5,80}|={5,80})")
_REPLY = re.compile(r"\s{0,4}\[?(?:re|aw|sv|antw|r|rif|odp|res|vs)\s?(?:\[\d{1,3}\])?\s?:", re.IGNORECASE)
_FORWARDED = ("forwarded", "weitergeleitet", "transféré", "réexpédié", "reenviado", "inoltrato", "doorgestuurd",
              "encaminhad", "przekazan")  # fmt: skip
_NEXT_FIELD = re.compile(
    r"[\s>*|]{0,8}(?:to|cc|sent|date|subject|an|gesendet|datum|betreff|à|envoyé|objet|para|enviado|fecha|asunto|aan|verzonden"
    r"|onderwerp|til|sendt|emne|till|skickat|ämne)\*?\s{0,2}:",
    re.IGNORECASE,
)
_WROTE = re.compile(
    r"(?:wrote|writes|schrieb|a écrit|escribió|ha scritto|schreef|escreveu|skrev|пишет|napisał\S{0,3})"
    r"(?:[^:\n]{0,100}:)?\s{0,8}$",
    re.IGNORECASE,
)
_LINES, _MOST = 8, 400


def is_forward(message: Message) -> bool:
    """Whether what is quoted is passed on to somebody: the subject or the line above the quotation says so."""
    if _FORWARD.match(message.subject.removeprefix("[")):
        return True
    if _REPLY.match(message.subject):
        return False
    first = [line.lower() for line in quoted_text(message)[: 10 * _MOST].split("\n") if line.strip()][:2]
    return any(
        (_RULED.match(line) or line.rstrip().endswith(":")) and any(word in line for word in _FORWARDED)
        for line in first
    )


def answered_author(message: Message) -> str:
    """What stands above a quotation and names its writer ("From: Voss, Clara", "On Monday Clara Voss wrote:").

    "" for none, and when the message is forwarded: what is quoted then was written by somebody who need not be
    addressed.
    """
    quoted = quoted_text(message)
    if not quoted or _FORWARD.match(message.subject):
        return ""
    above: list[str] = []
    for line in [line for line in quoted[: 10 * _MOST].split("\n") if line.strip()][:_LINES]:
        if _RULED.match(line):
            if any(word in line.lower() for word in _FORWARDED):
                return ""
            continue
        if _NEXT_FIELD.match(line):
            return " ".join(above)[:_MOST]
        above.append(line.strip(" \t>*|\r"))
        if _WROTE.search(above[-1][:_MOST]):
            return " ".join(above)[:_MOST]
    return ""
