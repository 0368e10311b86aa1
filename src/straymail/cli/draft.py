"""What the user gave, as an envelope and a message: addresses, message files, and lines of a batch."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TextIO

from straymail.errors import AddressError, BadInput
from straymail.message import Address, Envelope, Limits, Message, parse_address, parse_message

_LINE = 1 << 20  # characters of one line of a batch


def draft(
    sender: str | None, recipients: Sequence[str], raw: bytes | None, limits: Limits | None = None
) -> tuple[Envelope, Message]:
    """Envelope and message from what the user gave; what is missing comes from the message's header.

    Raises:
        BadInput: an address that is none, or nobody to judge.
    """
    given = None if sender in (None, "<>", "") else _address(str(sender), "sender")
    to = tuple(_address(text, "recipient") for text in recipients)
    message = parse_message(_bare(given, to) if raw is None else raw, limits)
    if sender is None and raw is None:
        raise BadInput("who is writing?", allowed="--from ADDRESS, or a message with a From header")
    if sender is None:
        boxes = message.sender or message.from_
        if not boxes:
            raise BadInput("the message has no From header", allowed="--from ADDRESS")
        given = boxes[0].address
    to = to or tuple(dict.fromkeys(box.address for box in (*message.to, *message.cc, *message.bcc)))
    if not to:
        raise BadInput("no recipient to judge", allowed="addresses, or a message with To, Cc or Bcc")
    return Envelope(given, to), message


def _address(text: str, field: str) -> Address:
    try:
        return parse_address(text)
    except AddressError as error:
        raise BadInput(f"{text!r} is no address: {error.problem}", field=field) from error


def _bare(sender: Address | None, recipients: Sequence[Address]) -> bytes:
    """The header of a message that has not been written yet."""
    lines = [f"From: {sender}"] if sender else []
    lines += ["To: " + ", ".join(str(to) for to in recipients)] if recipients else []
    return "\r\n".join([*lines, "", ""]).encode()


def read_message(path: Path) -> bytes:
    """Bytes of a message file, or of standard input for ``-``; BadInput when it cannot be read."""
    try:
        return sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
    except OSError as error:
        raise BadInput(f"cannot be read: {error.strerror}", file=str(path)) from error
    except ValueError as error:  # a NUL
        raise BadInput(f"no file can be named so: {error}", file=repr(str(path))) from error


def numbered_lines(source: str) -> Iterator[tuple[int, str]]:
    """Numbered lines of a file (``-``: standard input) that are not empty; BadInput when it cannot be read."""
    if source == "-":
        yield from _numbered(sys.stdin)
        return
    try:
        with Path(source).open(encoding="utf-8", errors="replace") as stream:
            yield from _numbered(stream)
    except OSError as error:
        raise BadInput(f"cannot be read: {error.strerror}", file=source) from error


def _numbered(stream: TextIO) -> Iterator[tuple[int, str]]:
    number = 0
    while line := stream.readline(_LINE):
        number += 1
        rest = line
        while rest and not rest.endswith("\n"):  # of a line that is too long only the beginning is kept
            rest = stream.readline(_LINE)
        line = line.removeprefix("\ufeff") if number == 1 else line
        if line.strip():
            yield number, line


def entry_of(line: str, source: str, number: int) -> tuple[str | None, list[str], bytes | None]:
    """(sender, recipients, message) of one JSON line; BadInput names file and line."""
    wanted = '{"sender": "a@b", "recipients": ["c@d"], "message": "path" or null}'
    if len(line) >= _LINE:
        raise BadInput("is too long", file=source, line=number, allowed=f"less than {_LINE:,} characters")
    try:
        entry: Any = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadInput("not JSON", file=source, line=number, allowed=wanted) from error
    sender, recipients, path = _fields(entry)
    if not isinstance(recipients, list) or not all(isinstance(to, str) for to in recipients):
        raise BadInput("not a list of addresses", file=source, line=number, field="recipients", allowed=wanted)
    if not isinstance(sender, str | None) or not isinstance(path, str | None):
        raise BadInput("not text", file=source, line=number, allowed=wanted)
    if path == source == "-":
        raise BadInput(
            "standard input is the batch itself", file=source, line=number, field="message", allowed="a path"
        )
    return sender, recipients, None if path is None else read_message(Path(path))


def _fields(entry: object) -> tuple[object, object, object]:
    if not isinstance(entry, dict):
        return None, None, None
    return entry.get("sender"), entry.get("recipients"), entry.get("message")
