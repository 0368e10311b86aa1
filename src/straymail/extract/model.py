"""What reading the attachments of a message yields."""

from __future__ import annotations

from dataclasses import dataclass, field

from straymail.evidence import Finding, Sensitivity

_TEXTS = {
    "encrypted": "is encrypted, so nobody could check what it holds",
    "damaged": "is damaged and could not be read",
    "limit": "is larger or deeper than the limits, so it was not read to the end",
    "type": "is of a kind that is not read",
    "mismatch": "is not what its name says",
}
_WEIGHT = {"encrypted": Sensitivity.ELEVATED, "mismatch": Sensitivity.ELEVATED}


@dataclass(frozen=True, slots=True)
class File:
    """One file, attached or inside another. ``kind`` is by content; ``digest`` is SHA-256, hexadecimal.

    ``data`` is given for kinds whose bytes a detector wants (pictures, maps, DICOM ...), else b"".
    """

    where: str
    name: str
    kind: str
    size: int
    digest: str
    data: bytes = b""


@dataclass(slots=True)
class Extraction:
    """Everything read. ``where`` is a place a person understands ("crew.zip > list.docx, header").

    ``texts`` are (where, text); ``properties`` are (where, name, value) of document metadata.
    """

    texts: list[tuple[str, str]] = field(default_factory=list)
    unread: list[Finding] = field(default_factory=list)
    properties: list[tuple[str, str, str]] = field(default_factory=list)
    files: list[File] = field(default_factory=list)


def unread(why: str, where: str, detail: str) -> Finding:
    """A finding that something could not be read, and why."""
    return Finding(
        id=f"unread.{why}",
        where=where,
        sensitivity=_WEIGHT.get(why, Sensitivity.LOW),
        confidence=1.0,
        text=f"{where} {_TEXTS[why]}" + (f" ({detail})" if detail else ""),
    )
