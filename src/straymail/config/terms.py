"""The organisation's dictionary in files: one term a line.

::

    # code names of 2026
    Project Heron
    Operation Lighthouse<TAB>severe

A term without a sensitivity is elevated. Blank lines and lines that begin with ``#`` are stepped over.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from straymail.config.settings import Settings
from straymail.errors import ConfigError
from straymail.evidence import Sensitivity
from straymail.verdict.policy import Term

MAX_BYTES = 64 << 20
_SHORTEST, _LONGEST = 2, 200
_LEVELS = {str(level): level for level in Sensitivity}


def with_terms(settings: Settings) -> Settings:
    """The settings with the terms of ``policy.terms_files`` added to ``policy.terms``.

    Raises:
        ConfigError: a file that cannot be read, or a line that is no term.
    """
    files = settings.policy.terms_files
    if not files:
        return settings
    terms = [*settings.policy.terms]
    for file in files:
        terms += read_terms(settings.data_dir / file.expanduser())
    policy = settings.policy.model_copy(update={"terms": tuple(terms)})
    return settings.model_copy(update={"policy": policy})


def read_terms(file: Path) -> Iterator[Term]:
    """Terms of one file; raises as ``with_terms``."""
    try:
        if file.stat().st_size > MAX_BYTES:
            raise ConfigError("is too large", file=str(file), allowed=f"at most {MAX_BYTES >> 20} MiB")
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", file=str(file), field="policy.terms_files") from error
    except UnicodeDecodeError as error:
        raise ConfigError("is not UTF-8 text", file=str(file), field="policy.terms_files") from error
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip() and not line.startswith("#"):
            yield _term(line.rstrip("\r"), file, number)


def _term(line: str, file: Path, number: int) -> Term:
    words, _, level = (part.strip() for part in line.partition("\t"))
    if not _SHORTEST <= len(words) <= _LONGEST:
        raise ConfigError(
            f"{words[:40]!r} is no term", file=str(file), line=number, allowed=f"{_SHORTEST} to {_LONGEST} characters"
        )
    if level and level not in _LEVELS:
        raise ConfigError(f"{level[:40]!r} is no sensitivity", file=str(file), line=number, allowed=", ".join(_LEVELS))
    return Term.model_construct(text=words, sensitivity=_LEVELS.get(level, Sensitivity.ELEVATED))
