"""The own domains, named on the command line and missing from the settings file: written into it, comments kept."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

from straymail.config import find, parse
from straymail.errors import ConfigError

_SECTION = re.compile(r"[ \t]*\[organisation\][ \t]*(?:#.*)?$", re.MULTILINE)
_NEXT = re.compile(r"^[ \t]*\[", re.MULTILINE)
_EMPTY = re.compile(r"^[ \t]*(?:#[ \t]*)?domains[ \t]*=[ \t]*\[\s*\][ \t]*$", re.MULTILINE)


def write_own(config: Path | None, domains: Sequence[str]) -> Path | None:
    """Write the domains into the settings file, which names none; the file, or None when that was not possible."""
    file = config or find()
    if file is None:
        return None
    try:
        text = file.read_text(encoding="utf-8")
        changed = with_own(text, domains)
        if parse(changed, str(file)).organisation.domains != tuple(domains):
            return None
        file.write_text(changed, encoding="utf-8")
    except (OSError, UnicodeDecodeError, ConfigError):
        return None
    return file


def with_own(text: str, domains: Sequence[str]) -> str:
    """The text of a settings file with these domains: in place of the empty list, or at the head of its section."""
    line = f"domains = [{', '.join(json.dumps(each) for each in domains)}]"
    section = _SECTION.search(text)
    if section is None:
        return f"{text.rstrip()}\n\n[organisation]\n{line}\n"
    after = _NEXT.search(text, section.end())
    end = after.start() if after else len(text)
    found = _EMPTY.search(text, section.end(), end)
    if found is None:
        return f"{text[: section.end()]}\n{line}{text[section.end() :]}"
    return text[: found.start()] + line + text[found.end() :]
