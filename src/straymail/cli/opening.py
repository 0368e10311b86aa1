"""Opening what a command needs: the store, the guard of these settings."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from straymail.cli.common import say
from straymail.config import Settings
from straymail.content import examine_file, examine_property, examine_text, heading_of_file, keep
from straymail.correspondence import Correspondence
from straymail.errors import BadInput
from straymail.evidence import Finding
from straymail.extract import Extractor, ReadLimits
from straymail.extract.model import unread
from straymail.extract.readers.picture import problem as picture_problem
from straymail.guard import Guard, Reader
from straymail.message import Message
from straymail.record import Record, history, new_key, open_record
from straymail.record.shelf import Files
from straymail.verdict import Weights

__all__ = [
    "create_store",
    "keep_searches",
    "make_reader",
    "new_key",
    "open_examiner",
    "open_guard",
    "open_store",
    "read_weights",
]


@contextmanager
def open_store(settings: Settings) -> Iterator[Record]:
    """The store of these settings.

    Raises:
        BadInput: there is no key file yet. StoreDown: the database cannot be opened.
    """
    record = open_record(settings.store_url, settings.store.key_file)
    try:
        yield record
    finally:
        record.close()


def create_store(settings: Settings) -> None:
    """Make the database, or bring it to this version."""
    with open_store(settings):
        pass


@contextmanager
def open_guard(settings: Settings, *, quiet: bool) -> Iterator[Guard]:
    """The guard of these settings with what has been learned; one that knows nobody says so, unless ``quiet``."""
    own = settings.organisation.domains
    model = Correspondence(own)
    if os.path.exists(settings.store.key_file):
        with open_store(settings) as record, record.reading() as connection:
            model = history.load_history(connection, own, record.keys.words)
            keep_searches(settings, record)
    if not (quiet or model.people):
        say(
            f"Nothing has been learned in {settings.data_dir}, so everybody is new: `straymail learn` an archive first."
        )
    with extractor(settings) as reading:
        yield Guard(model, settings.policy, read_weights(settings), make_reader(reading, settings))


@contextmanager
def open_examiner(settings: Settings) -> Iterator[Callable[[Message], tuple[Finding, ...]]]:
    """What says what a message holds, attachments included, as the guard of these settings does."""
    with extractor(settings) as reading:
        nobody = Correspondence(settings.organisation.domains)
        yield Guard(nobody, settings.policy, Weights.shipped(), make_reader(reading, settings)).findings


@contextmanager
def extractor(settings: Settings) -> Iterator[Extractor]:
    """The attachment reader of these settings; its workers start with the first attachment."""
    wanted = settings.attachments
    limits = ReadLimits(
        message_seconds=wanted.timeout.total_seconds(), memory=wanted.memory, unpacked=wanted.unpacked, ocr=wanted.ocr
    )
    if why := picture_problem(limits):
        raise BadInput(why, field="attachments.ocr", allowed='"" or languages Tesseract has letter shapes for')
    with Extractor(limits, workers=wanted.workers) as reading:
        yield reading


def make_reader(reading: Extractor, settings: Settings) -> Reader:
    """What the guard calls for attachments: their text through the content detectors, and what could not be read."""
    dictionary = settings.policy.dictionary

    def unopened(message: Message) -> tuple[Finding, ...]:
        parts = (part for part in message.parts if part.is_attachment)
        return tuple(
            unread("type", part.filename or f"part {part.path}", "attachments are not opened") for part in parts
        )

    def read(message: Message) -> tuple[Finding, ...]:
        extraction = reading.read(message)
        found = [*extraction.unread]
        for where, text in extraction.texts:
            found += examine_text(text, where, dictionary, heading=heading_of_file(message.subject, where))
        for where, name, value in extraction.properties:
            found += examine_property(name, value, where, dictionary)
        for file in extraction.files:
            found += dictionary.documents.find_file(file.digest, file.where)
            found += examine_file(file.kind, file.name, file.data, file.where)
            if file.name != file.where:  # inside another; the guard sees the names of attachments themselves
                folders = file.name.replace("\\", "/").replace("/", "\n")  # a folder says as much as a file
                found += examine_text(folders, f"file name {file.where}", dictionary)
        return tuple(found)

    return read if settings.attachments.read else unopened


def keep_searches(settings: Settings, record: Record, *, write: bool = False) -> None:
    """Look for searches made ready in the data folder; ``write``: keep there what is made."""
    keep(Files(settings.data_dir / "searches", record.keys, write=write))


def read_weights(settings: Settings) -> Weights:
    """The weights file of the settings, or the shipped one.

    Raises:
        BadInput: the file cannot be read, or is no weights file.
    """
    file = settings.model.weights
    if file is None:
        return Weights.shipped()
    try:
        return Weights.read(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"cannot be read: {error}", file=str(file), field="model.weights") from error
    except BadInput as error:
        raise BadInput(error.problem, file=str(file), field="model.weights") from error
