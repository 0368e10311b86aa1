"""Faults of settings that their types let pass: rules about content that there is no detector for."""

from __future__ import annotations

from fnmatch import fnmatchcase

from rapidfuzz import fuzz, process

from straymail.config.keys import Path, line_of
from straymail.config.settings import Settings
from straymail.errors import ConfigError

CONTENT_CLASSES = ("marking", "secret", "health", "travel", "place", "person", "money", "own", "unread")
"""The classes of what detectors find; an id is ``class.kind``."""


def with_known_content(settings: Settings, lines: dict[Path, int], file: str) -> Settings:
    """The settings, if each rule's ``content`` can match something.

    Raises:
        ConfigError: a class that no detector has; such a rule would never apply, and nobody would notice.
    """
    for index, rule in enumerate(settings.policy.rules):
        for pattern in rule.content:
            written = pattern.partition(".")[0]
            if not any(fnmatchcase(each, written) for each in CONTENT_CLASSES):
                nearest = process.extractOne(written, CONTENT_CLASSES, scorer=fuzz.ratio, score_cutoff=60)
                hint = f"; did you mean {nearest[0]!r}?" if nearest else ""
                raise ConfigError(
                    f"{pattern!r}: no content is called {written!r}{hint}",
                    file=file,
                    line=line_of(lines, ("policy", "rules", index, "content")),
                    field=f"policy.rules[{index + 1}].content",
                    allowed=", ".join(CONTENT_CLASSES),
                )
    return settings
