"""Bounds of reading attachments; beyond one, the rest is reported as unread."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """Sizes are bytes, times seconds, the others counts.

    ``message_seconds`` is the wall time for all attachments of one message, ``seconds`` that of one of them (its
    worker is killed when over, and started anew). ``unpacked`` counts what comes out of archives and documents.
    ``ocr`` names Tesseract's languages ("eng+deu") when writing in pictures is to be read.
    """

    seconds: float = 10.0
    message_seconds: float = 20.0
    memory: int = 1024 * 1024 * 1024
    unpacked: int = 128 * 1024 * 1024
    files: int = 2_000
    depth: int = 8
    text: int = 8_000_000  # characters
    returned: int = 32 * 1024 * 1024  # raw bytes of inner files handed to the detectors of places and photographs
    pages: int = 2_000
    ocr: str = ""


@dataclass(slots=True)
class Budget:
    """What is left of the limits while one attachment is read."""

    limits: ReadLimits
    unpacked: int = 0
    files: int = 0
    text: int = 0
    returned: int = 0

    def room(self) -> int:
        """Bytes that may still be unpacked."""
        return max(0, self.limits.unpacked - self.unpacked)

    def take(self, size: int) -> None:
        """Count unpacked bytes."""
        self.unpacked += size
        if self.unpacked > self.limits.unpacked:
            raise Unread("limit", f"unpacks to more than {self.limits.unpacked // 1_000_000} MB")

    def file(self) -> None:
        """Count an inner file."""
        self.files += 1
        if self.files > self.limits.files:
            raise Unread("limit", f"holds more than {self.limits.files} files")


class Unread(Exception):
    """A file, or the rest of it, cannot be read. ``why`` is one of encrypted, damaged, limit, type, mismatch."""

    def __init__(self, why: str, text: str) -> None:
        self.why, self.text, self.noted = why, text, False
        super().__init__(text)
