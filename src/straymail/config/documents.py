"""Registered documents in a file: one JSON object a line.

::

    {"name": "report.pdf", "sensitivity": "high", "digest": "SHA-256, hex", "marks": "base64 of 64-bit hashes"}

The file holds hashes only; nothing of a document can be read out of it.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from straymail.config.settings import Settings
from straymail.content import Document, Documents
from straymail.errors import READERS, ConfigError
from straymail.evidence import Sensitivity

_LEVELS = {str(level): level for level in Sensitivity}


def with_documents(settings: Settings) -> Settings:
    """The settings with the registered documents of ``policy.documents_file``, if there is such a file.

    Raises:
        ConfigError: as ``read_documents``.
    """
    file = documents_file(settings)
    try:
        there = file.exists()
    except OSError as error:  # the data folder is closed to whoever asks
        raise ConfigError(f"cannot be read: {error.strerror}", file=str(file), allowed=READERS) from error
    if not there:
        return settings
    policy = settings.policy.model_copy(update={"documents": Documents(read_documents(file))})
    return settings.model_copy(update={"policy": policy})


def documents_file(settings: Settings) -> Path:
    """Where the registered documents are kept."""
    return settings.data_dir / settings.policy.documents_file.expanduser()


def read_documents(file: Path) -> list[Document]:
    """Documents of a file.

    Raises:
        ConfigError: it cannot be read, or a line is no document.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot be read: {error}", file=str(file), field="policy.documents_file") from error
    return [_document(line, file, number) for number, line in enumerate(lines, 1) if line.strip()]


def write_documents(file: Path, documents: Sequence[Document]) -> None:
    """Replace the file, whole or not at all."""
    lines = [
        json.dumps(
            {
                "name": each.name,
                "sensitivity": str(each.sensitivity),
                "digest": each.digest,
                "marks": base64.b64encode(each.marks.astype("<u8").tobytes()).decode(),
            }
        )
        for each in documents
    ]
    fresh = file.with_name(f".{file.name}.new")
    fresh.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    os.replace(fresh, file)


def _document(line: str, file: Path, number: int) -> Document:
    try:
        value = json.loads(line)
        marks = np.frombuffer(base64.b64decode(value["marks"], validate=True), "<u8").astype(np.uint64)
        return Document(str(value["name"]), _LEVELS[value["sensitivity"]], str(value["digest"]), marks)
    except (ValueError, KeyError, TypeError, binascii.Error) as error:
        allowed = 'an object with "name", "sensitivity", "digest" and "marks", as `straymail documents add` writes it'
        raise ConfigError("is no registered document", file=str(file), line=number, allowed=allowed) from error
