"""Reading one file and what it holds, recursively, within a budget. Formats are parsed in the worker process only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from importlib import import_module
from typing import Any

from straymail.extract.behind import behind
from straymail.extract.captions import DESCRIBED, captions, is_described
from straymail.extract.kinds import IMAGES, TEXTS, UNREADABLE, contradicts, kind_of
from straymail.extract.limits import Budget, ReadLimits, Unread
from straymail.extract.pictures import holds_writing, is_cut

RETURNED = IMAGES | {
    "kml",
    "gpx",
    "json",
    "svg",
    "dicom",
    "nitf",
    "shapefile",
    "dwg",
    "dxf",
    "kmz",
    "ics",
    "vcf",
    "ticket",
}
_NAMED_PICTURES = 3
_MAX_TEXTS = 20_000
_MAX_PROPERTIES = 2_000
_MAX_PROPERTY = 2_000


@dataclass(slots=True)
class Reading:
    """Collects what is found; plain lists and bytes, ready to be sent to the parent."""

    budget: Budget
    pictures: list[str] = field(default_factory=list)  # places of those whose writing was not read
    texts: list[tuple[str, str]] = field(default_factory=list)
    unread: list[tuple[str, str, str]] = field(default_factory=list)
    properties: list[tuple[str, str, str]] = field(default_factory=list)
    files: list[tuple[str, str, str, int, str, bytes]] = field(default_factory=list)

    def text(self, where: str, text: str) -> None:
        """Keep a text."""
        text = text.strip()
        if not text:
            return
        room = self.budget.limits.text - self.budget.text
        if len(text) > room or len(self.texts) >= _MAX_TEXTS:
            self.texts.append((where, text[: max(0, room)]))
            self.budget.text += len(text)
            raise Unread("limit", f"more than {self.budget.limits.text} characters of text")
        self.budget.text += len(text)
        self.texts.append((where, text))

    def property(self, where: str, name: str, value: str) -> None:
        """Keep a piece of document metadata."""
        if value.strip() and len(self.properties) < _MAX_PROPERTIES:
            self.properties.append((where, name[:_MAX_PROPERTY], value.strip()[:_MAX_PROPERTY]))

    def problem(self, where: str, why: str, detail: str) -> None:
        """Say that something was not read."""
        if len(self.unread) < _MAX_PROPERTIES:
            self.unread.append((why, where, detail))

    def file(self, data: bytes, name: str, where: str, depth: int = 0, *, shown: bool = False) -> None:
        """Read a file of any kind; what cannot be read is noted, and reading goes on beside it.

        ``shown``: it stands in the text of a mail or document, as pictures do.
        """
        self.budget.file()
        kind = begun = kind_of(data)
        if depth > self.budget.limits.depth:
            self.problem(where, "limit", f"nested deeper than {self.budget.limits.depth}")
            self._record(data, name, where, kind)
            return
        whole = True
        try:
            kind = self._by_kind(data, name, where, depth, kind, shown=shown)
            self._behind(begun, data, where, depth)
        except Unread as stop:
            if not stop.noted:
                self.problem(where, stop.why, stop.text)
                stop.noted = True
            whole = stop.why != "damaged" or kind != "zip"  # a document that ends too early is a ZIP, no more is known
            if stop.why == "limit" and depth:
                self._record(data, name, where, kind)
                raise
        except RecursionError:
            self.problem(where, "limit", "nested too deeply")
        except MemoryError:
            self.problem(where, "limit", "needs too much memory")
        except Exception as error:  # noqa: BLE001  (hostile files break libraries in every way there is)
            self.problem(where, "damaged", type(error).__name__)
        if whole and contradicts(name, kind):
            self.problem(where, "mismatch", f"the content is {kind}")
        self._record(data, name, where, kind)

    def _by_kind(self, data: bytes, name: str, where: str, depth: int, kind: str, *, shown: bool) -> str:
        """Read a file as its kind is read, or say that it is not; returns the kind, more precisely where it can be."""
        if kind in IMAGES:
            self._captions(data, where, kind)
        reader = picture_reader() if self.budget.limits.ocr and kind in IMAGES else reader_of(kind)
        if reader:
            return reader(self, data, name, where, depth) or kind
        if kind in IMAGES:
            self._picture(data, where, kind, shown=shown)
        elif kind in UNREADABLE:
            self.problem(where, "type", UNREADABLE[kind])
        elif kind == "drawing" and not shown:
            self.problem(where, "type", "a drawing, whose text is not looked for")
        return kind

    def _behind(self, kind: str, data: bytes, where: str, depth: int) -> None:
        """Read what stands behind the end of a file, and say that something does."""
        if not (rest := behind(kind, data)):
            return
        self.problem(where, "mismatch", "another file stands behind its end")
        self.budget.take(len(rest))
        self.file(rest, "", f"{where} > behind its end", depth + 1)

    def _captions(self, data: bytes, where: str, kind: str) -> None:
        """Keep what a picture's own file says of it."""
        self.text(f"{where}, said of the picture", captions(kind, data))
        if is_described(data):
            import_module("straymail.extract.readers.xmp").read_xmp(self, data[:DESCRIBED], where, frozenset())

    def _picture(self, data: bytes, where: str, kind: str, *, shown: bool) -> None:
        if is_cut(kind, data):
            self.problem(where, "damaged", "a picture that ends too early")
        elif holds_writing(kind, data, shown=shown):
            self.pictures.append(where)

    def name(self, name: str, where: str) -> None:
        """Count a file of which only the name can be read."""
        self.budget.file()
        self.files.append((where, name, "unknown", 0, "", b""))

    def head(self, data: bytes, kind: str, where: str) -> None:
        """Keep the first bytes of a file inside another, of which no more is read."""
        self.budget.file()
        kept = data if self.budget.returned + len(data) <= self.budget.limits.returned else b""
        self.budget.returned += len(kept)
        self.files.append((where, "", kind, len(data), "", kept))

    def tell_pictures(self, where: str) -> None:
        """Say once that pictures were not read: a document may hold hundreds."""
        if len(self.pictures) <= _NAMED_PICTURES:
            for place in self.pictures:
                self.problem(place, "type", "a picture, whose writing is not looked for")
        else:
            self.problem(where, "type", f"{len(self.pictures)} pictures, whose writing is not looked for")

    def _record(self, data: bytes, name: str, where: str, kind: str) -> None:
        wanted = kind in RETURNED and self.budget.returned + len(data) <= self.budget.limits.returned
        self.budget.returned += len(data) if wanted else 0
        digest = sha256(data).hexdigest()
        self.files.append((where, name, kind, len(data), digest, data if wanted else b""))


FileReader = Callable[[Reading, bytes, str, str, int], str]
"""Takes (reading, data, name, where, depth); returns a more precise kind, or ""."""


_READERS = {
    "pdf": ("pdf", "read_pdf"),
    "zip": ("archive", "read_zip"),
    "gzip": ("archive", "read_stream"),
    "bzip2": ("archive", "read_stream"),
    "xz": ("archive", "read_stream"),
    "tar": ("archive", "read_tar"),
    "7z": ("archive", "read_7z"),
    "ole": ("ole", "read_ole"),
    "rtf": ("rtf", "read_rtf"),
    "tnef": ("tnef", "read_tnef"),
    "signed": ("signed", "read_signed"),
    "pgp": ("text", "read_encrypted"),
    "pkcs12": ("text", "read_encrypted"),
    "enveloped": ("text", "read_encrypted"),
    "rights": ("text", "read_encrypted"),
    "locked": ("text", "read_encrypted"),
    **dict.fromkeys(TEXTS, ("text", "read_text")),
}


@cache
def reader_of(kind: str) -> FileReader | None:
    """The reader for a kind, its module imported when first needed; None when there is none."""
    if kind not in _READERS:
        return None
    module, function = _READERS[kind]
    reader: FileReader = getattr(import_module(f"straymail.extract.readers.{module}"), function)
    return reader


@cache
def picture_reader() -> FileReader:
    """The reader of writing in pictures, where that is wanted."""
    reader: FileReader = import_module("straymail.extract.readers.picture").read_picture
    return reader


def load_readers(limits: ReadLimits) -> None:
    """Import every reader (before the worker gives up its rights)."""
    for kind in _READERS:
        reader_of(kind)
    if limits.ocr:
        import_module("straymail.extract.readers.picture").ready(limits)


def read_one(
    data: bytes, name: str, where: str, limits: ReadLimits, *, shown: bool = False
) -> tuple[dict[str, Any], bytes]:
    """Read one file; the answer is plain JSON, inner bytes follow one after the other."""
    reading = Reading(Budget(limits))
    try:
        reading.file(data, name, where, shown=shown)
    except Unread as stop:
        reading.problem(where, stop.why, stop.text)
    except MemoryError:
        reading.problem(where, "limit", "needs too much memory")
    reading.tell_pictures(where)
    inner = [file for file in reading.files if file[0] != where]  # the parent has the attachment itself
    return {
        "texts": [(place, _clean(text)) for place, text in reading.texts],
        "unread": reading.unread,
        "properties": reading.properties,
        "files": [(*file[:5], 0 if file[0] == where else len(file[5])) for file in reading.files],
    }, b"".join(file[5] for file in inner)


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
