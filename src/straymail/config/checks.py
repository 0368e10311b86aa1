"""Faults of settings that their types let pass: rules about content that there is no detector for."""

from __future__ import annotations

from rapidfuzz import fuzz, process

from straymail.config.keys import Path, line_of
from straymail.config.settings import Settings
from straymail.errors import ConfigError
from straymail.verdict.matching import id_matches

_KINDS = {
    "marking": "us cui fouo uk au nz nato eu tlp de fr ca nl unnamed file label own",
    "secret": "password key token connection hash code reset-link wifi prose",
    "health": "note medication diagnosis number lab imaging pathology letter dicom prose",
    "travel": "booking flight rail hotel boarding-pass calendar journey movement prose",
    "place": "coordinates link map track photo image drawing prose",
    "person": "id-number passport birth list payroll cv complaint withheld prose",
    "money": "card iban account tax statement prose",
    "own": "term document",
    "unread": "encrypted damaged limit type mismatch",
}
CONTENT_CLASSES = tuple(_KINDS)
"""The classes of what detectors find; an id is ``class.kind``."""

CONTENT_IDS = tuple(f"{name}.{kind}" for name, kinds in _KINDS.items() for kind in kinds.split())
"""Every id there is."""


def with_known_content(settings: Settings, lines: dict[Path, int], file: str) -> Settings:
    """The settings, if each rule's ``content`` can match something.

    Raises:
        ConfigError: a class or kind that no detector has; such a rule would never apply, and nobody would notice.
    """
    for index, rule in enumerate(settings.policy.rules):
        for pattern in rule.content:
            if not any(id_matches(pattern, each) for each in CONTENT_IDS):
                raise _unknown(pattern, lines, index, file)
    return settings


def _unknown(pattern: str, lines: dict[Path, int], index: int, file: str) -> ConfigError:
    """The fault of a pattern that no id matches: by its class, or by its kind where there is such a class."""
    name = pattern.partition(".")[0]
    known = (
        [each for each in CONTENT_IDS if each.startswith(f"{name}.")] if name in CONTENT_CLASSES else CONTENT_CLASSES
    )
    written = pattern if name in CONTENT_CLASSES else name
    nearest = process.extractOne(written, known, scorer=fuzz.ratio, score_cutoff=60)
    hint = f"; did you mean {nearest[0]!r}?" if nearest else ""
    return ConfigError(
        f"{pattern!r}: no content is called {written!r}{hint}",
        file=file,
        line=line_of(lines, ("policy", "rules", index, "content")),
        field=f"policy.rules[{index + 1}].content",
        allowed=", ".join(known),
    )
