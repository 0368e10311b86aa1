"""HTML files: what a reader sees, where links lead, what only the source says, files written into it."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from html import unescape

from straymail.extract.reading import Reading
from straymail.message import embedded_data, html_to_text, labels, links

_VALUE = re.compile("""[ \\t\\r\\n]value=(["'])""", re.IGNORECASE)
_FILE = re.compile(r"data:[\w/+.\-]{3,80}(?:;[\w=\-]{1,40}){0,3};base64,([A-Za-z0-9+/=\s]{40,})")
_MOST, _LONGEST, _SHORTEST = 500, 20_000, 6
_MOST_FILES = 50
_PROGRAMS = ("[if", "[endif", "<![", "StartFragment", "EndFragment")  # what begins a program's comments


def read_html(reading: Reading, text: str, where: str, depth: int) -> None:
    """Keep all that an HTML document says."""
    reading.text(f"{where}, data", embedded_data(text))
    reading.text(where, html_to_text(text))
    reading.text(f"{where}, alternative text", "\n".join(labels(text)))
    reading.text(f"{where}, links", "\n".join(links(text)))
    reading.text(f"{where}, source", "\n".join(dict.fromkeys(unshown(text))))
    for number, match in enumerate(_FILE.finditer(text), 1):
        if number > _MOST_FILES:
            reading.problem(where, "limit", f"more than {_MOST_FILES} files written into it")
            return
        content = _decoded(match[1])
        reading.budget.take(len(content))
        if content:
            reading.file(content, "", f"{where} > file {number}", depth + 1, shown=True)


def unshown(html: str) -> Iterator[str]:
    """Comments, but for conditions that Word writes, and values of form fields; at most 500 of each."""
    at = html.find("<!--")
    for _ in range(_MOST):
        end = html.find("-->", at + 4) if at >= 0 else -1
        if end < 0:
            break
        comment = html[at + 4 : min(end, at + _LONGEST)].strip()
        if len(comment) >= _SHORTEST and not comment.startswith(
            ("[if", "[endif", "<![", "StartFragment", "EndFragment")
        ):
            yield comment
        at = html.find("<!--", end)
    field = _VALUE.search(html)
    for _ in range(_MOST):
        if not field:
            return
        end = html.find(field[1], field.end(), field.end() + _LONGEST)
        if end - field.end() >= _SHORTEST:
            yield unescape(html[field.end() : end])
        field = _VALUE.search(html, max(end, field.end()))


def _decoded(coded: str) -> bytes:
    try:
        return binascii.a2b_base64(coded)
    except binascii.Error:
        return b""
