"""What a message holds, and how bad it would be in the wrong hands.

One detector, one file; each states its patterns, ``scan`` searches for all of them in one pass, and the detector says
what the places mean. A finding has a stable id that begins with its class, a place a person understands, a
sensitivity, a confidence, a redacted excerpt. Quoted text is reported as quoted.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from functools import cache

from straymail.content import (
    flights,
    health,
    identity,
    imaging,
    labs,
    letters,
    markings,
    money,
    movements,
    own,
    pathology,
    people,
    places,
    prose,
    registers,
    secrets,
    travel,
    withheld,
)
from straymail.content.dictionary import Dictionary, Entry
from straymail.content.files import examine_file
from straymail.content.fingerprint import Document, Documents, marks
from straymail.content.itinerary import item_properties
from straymail.content.plain import plain
from straymail.content.scan import Scan
from straymail.content.sieve import Shelf, give_back
from straymail.evidence import Finding, Sensitivity, quotes
from straymail.message import (
    READ_OF_PART,
    Message,
    body_parts,
    embedded_data,
    html_only,
    is_forward,
    labels,
    links,
    split_body,
)

__all__ = [
    "Dictionary",
    "Document",
    "Documents",
    "Entry",
    "discreet",
    "examine",
    "examine_file",
    "examine_property",
    "examine_text",
    "give_back",
    "heading_of_file",
    "keep",
    "marks",
    "prepare",
]

DETECTORS = (
    markings.DETECTOR,
    secrets.DETECTOR,
    health.DETECTOR,
    labs.DETECTOR,
    imaging.DETECTOR,
    pathology.DETECTOR,
    letters.DETECTOR,
    travel.DETECTOR,
    flights.DETECTOR,
    movements.DETECTOR,
    places.DETECTOR,
    identity.DETECTOR,
    registers.DETECTOR,
    money.DETECTOR,
    people.DETECTOR,
    people.PAPERS,
    withheld.DETECTOR,
)
_NOTHING = Dictionary()
_PROSE = prose.Reader()
_FEWEST = 40  # characters that may tell something
_HEADING = 200
_NAME_MARKS = str.maketrans("_-.", "   ")
_LINE = re.compile(r", line \d{1,9}\Z")
_OUR_PLACE = re.compile(
    r"body|subject|(?:quoted|forwarded) text|signature|(?:HTML|links) of the body|data in the body|header [\w-]{1,100}"
)
_MARKING_HEADERS = ("classification", "security-label", "sensitivity-label", "sio-label", "marking", "securitylabel")
_TELLING_LINKS = ("pass", "pwd", "reset", "recover", "token", "secret", "sig=", "key=", "maps", "openstreetmap", "w3w")


def examine(message: Message, dictionary: Dictionary = _NOTHING) -> tuple[Finding, ...]:
    """Findings in headers, subject, body and file names; attachments' text comes from ``extract``.

    The body is its new text, quoted or forwarded text, signature and notices, what only its HTML says, and where its
    links lead.
    """
    body = split_body(message)
    names = [part.filename for part in message.parts if part.filename]
    found = (
        *examine_text(message.subject, "subject", dictionary),
        *examine_text(body.new, "body", dictionary, heading=message.subject),
        *_quotation(message, body.quoted, dictionary),
        *examine_text(body.signature, "signature", dictionary),
    )
    return (
        *_headers(message),
        *found,
        *_unseen(message, dictionary, found),
        *examine_text(_data(message), "data in the body"),
        *_not_to_the_end(message),
        *(finding for name in names for finding in examine_text(name, f"file name {name}", dictionary)),
    )


def _quotation(message: Message, text: str, dictionary: Dictionary) -> tuple[Finding, ...]:
    """Findings in what is quoted. What is forwarded is new to its reader, and counts like new text."""
    forwarded = bool(text) and is_forward(message)
    where = "forwarded text" if forwarded else "quoted text"
    return examine_text(text, where, dictionary, quoted=not forwarded, heading=message.subject)


def _unseen(message: Message, dictionary: Dictionary, found: Collection[Finding]) -> Iterator[Finding]:
    """What only the HTML parts say and where links lead, without what was found in the text that is shown."""
    if not any(part.content_type == "text/html" for part in message.parts):
        return
    known = {(finding.id, finding.digest) for finding in found}
    for finding in (
        *examine_text(html_only(message), "HTML of the body", dictionary, heading=message.subject),
        *examine_text(_links(message), "links of the body"),
        *examine_text(_labels(message), "alternative text of the body"),
    ):
        if (finding.id, finding.digest) not in known:
            known.add((finding.id, finding.digest))
            yield finding


def examine_text(
    text: str, where: str, dictionary: Dictionary = _NOTHING, *, quoted: bool = False, heading: str = ""
) -> tuple[Finding, ...]:
    """Findings in one text; ``where`` is the place the findings will name.

    ``heading`` is what stands above the text and says what it is about, such as the subject; nothing is found in it.
    """
    if not text:
        return ()
    text, heading = plain(text), plain(_shortened(heading))
    found = _scan().examine(text, where, quoted=quoted, heading=heading)
    if dictionary is not _NOTHING:
        found += own.find(text, where, dictionary, quoted=quoted)
    if len(text) >= _FEWEST and (told := _PROSE.find(text, where, heading=heading, quoted=quoted)):
        found += [each for each in told if not any(_says_as_much(other, each) for other in found)]
    return tuple(found)


def discreet(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings, none of which quotes in ``where`` a secret that stands in the name of a file, sheet or property."""
    return tuple(replace(each, where=_unnamed(each.where)) if _names_secret(each.where) else each for each in findings)


def _names_secret(where: str) -> bool:
    place = _LINE.sub("", where)
    return not _OUR_PLACE.fullmatch(place) and any(quotes(each.id) for each in examine_text(place, "name"))


def _unnamed(where: str) -> str:
    line = _LINE.search(where)
    if where.startswith("file name "):
        return "the name of an attachment"
    return f"an attachment whose name is left out{line.group() if line else ''}"


def _says_as_much(finding: Finding, other: Finding) -> bool:
    """Whether a finding is of the class of another, and at least as grave."""
    return finding.id.partition(".")[0] == other.id.partition(".")[0] and finding.sensitivity >= other.sensitivity


def _shortened(heading: str) -> str:
    """Beginning and end of a heading that is too long for one: the subject, and the file's own name."""
    return heading if len(heading) <= 2 * _HEADING else f"{heading[:_HEADING]}\n{heading[-_HEADING:]}"


def heading_of_file(subject: str, where: str) -> str:
    """What stands above the text of an attachment: the subject, and the names on the way to it, as words."""
    return f"{subject}\n{where.translate(_NAME_MARKS)}"


def examine_property(name: str, value: str, where: str, dictionary: Dictionary = _NOTHING) -> tuple[Finding, ...]:
    """Findings in one property of a document (author, title, labels put there by other programs)."""
    place = f"{where}, property {name}"
    return (*markings.find_property(name, value, place), *examine_text(value, place, dictionary))


@cache
def _scan() -> Scan:
    return Scan(DETECTORS)


def prepare(after: int = 0, *, kept: bool = False) -> None:
    """Make ready what otherwise one of the next messages would wait for, once ``after`` bytes have been examined.

    With ``kept`` only what a shelf has (``keep``), which takes a tenth of the time.
    """
    _scan().prepare(after, kept=kept)
    if _scan().prepared:
        _PROSE.prepare()


def keep(shelf: Shelf) -> None:
    """Keep what ``prepare`` makes there, and look for it there first."""
    _scan().shelf = _PROSE.shelf = shelf


def _not_to_the_end(message: Message) -> Iterator[Finding]:
    """What was left out of a body that is longer than is looked at, said plainly."""
    for part in body_parts(message):
        if len(part.content) > READ_OF_PART:
            size = f"{len(part.content) / 1e6:.0f} MB, of which {READ_OF_PART / 1e6:.0f} were read"
            yield Finding("unread.limit", "body", Sensitivity.LOW, 1.0, f"the text was not read to the end ({size})")


def _data(message: Message) -> str:
    """What HTML bodies say to programs about bookings and the like."""
    parts = (part for part in message.parts if part.content_type == "text/html" and not part.is_attachment)
    texts = (part.text() for part in parts if b"schema.org" in part.content)
    return "\n".join(f"{embedded_data(text)}\n{item_properties(text)}".strip() for text in texts)


def _links(message: Message) -> str:
    """Links of HTML bodies that may open something or name a place, one a line; most links do neither."""
    parts = (part for part in body_parts(message) if part.content_type == "text/html")
    found = (link for part in parts for link in links(part.text()[:READ_OF_PART]))
    return "\n".join(link for link in found if any(word in link.lower() for word in _TELLING_LINKS))


def _labels(message: Message) -> str:
    """What stands for pictures in HTML bodies, one a line."""
    parts = (part for part in body_parts(message) if part.content_type == "text/html")
    return "\n".join(label for part in parts for label in labels(part.text()[:READ_OF_PART]))


def _headers(message: Message) -> Iterator[Finding]:
    for name, value in message.headers:
        match name.lower():
            case "x-protective-marking":
                yield from _scan().examine(plain(value), f"header {name}")
            case "msip_labels":
                yield from markings.find_label(value, f"header {name}")
            case lowered if lowered.endswith(_MARKING_HEADERS):
                yield from _header(name, plain(value))


def _header(name: str, value: str) -> Iterator[Finding]:
    """Markings that are the value of a header made for them, or one of its fields (``marking="SECRET"``, RFC 7444)."""
    for field in value.split(";"):
        marking = field.strip().removeprefix("marking=").strip('" ')
        for finding in _scan().examine(f"Classification: {marking}", f"header {name}"):
            if finding.id.startswith("marking."):
                yield finding
