"""``straymail documents``: what is to be noticed wherever a substantial part of it leaves."""

from __future__ import annotations

from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.progress import track
from rich.text import Text

from straymail.cli.common import ConfigOption, JsonOption, console, print_json, settings_from
from straymail.cli.opening import extractor
from straymail.cli.tables import listing
from straymail.config.documents import documents_file, read_documents, write_documents
from straymail.content import Document, marks
from straymail.errors import BadInput
from straymail.evidence import Sensitivity
from straymail.extract import Extractor

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Documents to be noticed wherever a part of them leaves."
)
_LARGEST = 256 << 20
_TOO_SHORT = 40  # hashes: under two thirds of a page nobody can tell a part


class Level(StrEnum):
    """Sensitivities a document may be given."""

    LOW = "low"
    ELEVATED = "elevated"
    HIGH = "high"
    SEVERE = "severe"


@app.command()
def add(
    files: Annotated[list[Path], typer.Argument(help="Documents: PDF, Office, text, HTML, archives of these.")],
    sensitivity: Annotated[Level, typer.Option(help="What it would cost if they got out.")] = Level.HIGH,
    config: ConfigOption = None,
    json: JsonOption = False,
) -> None:
    """Register documents: the file itself and any substantial part of its text are then found in mail.

    Only hashes are kept. A document of the same name is replaced. A running guard takes them up when it reloads.
    """
    settings = settings_from(config)
    store = documents_file(settings)
    if not store.parent.is_dir():
        raise BadInput("there is no such folder yet: run `straymail init`", file=str(store.parent))
    known = {each.name: each for each in (read_documents(store) if store.exists() else [])}
    level = Sensitivity[sensitivity.name]
    out = console(stderr=True)
    with extractor(settings) as reading:
        shown = track(files, "Reading", console=out, transient=True, disable=not out.is_terminal or len(files) == 1)
        added = [_document(file, level, reading) for file in shown]
    known |= {each.name: each for each in added}
    write_documents(store, sorted(known.values(), key=lambda each: each.name))
    if json:
        print_json({"added": [_view(each) for each in added], "documents": len(known)})
        return
    for each in added:
        poor = len(each.marks) < _TOO_SHORT
        note = (
            "too little text to know a part of it; the file itself is known" if poor else "parts of its text are known"
        )
        console().print(Text(f"{each.name}: {note}.", style="yellow" if poor else ""))
    console().print(f"{len(known)} registered. A running guard takes them up when it reloads (SIGHUP).")


@app.command(name="list")
def list_(config: ConfigOption = None, json: JsonOption = False) -> None:
    """Show what is registered."""
    documents = settings_from(config).policy.documents.documents
    if json:
        print_json({"documents": [_view(each) for each in documents]})
        return
    if not documents:
        console().print("Nothing is registered. Begin with: straymail documents add FILE")
        return
    rows = ((each.name, str(each.sensitivity), f"{len(each.marks) * 16:,}") for each in documents)
    console().print(listing(("document", "sensitivity", "letters, about"), rows, wide=("document",)))


@app.command()
def remove(
    names: Annotated[list[str], typer.Argument(help="Names as `straymail documents list` shows them.")],
    config: ConfigOption = None,
    json: JsonOption = False,
) -> None:
    """Take documents off the list."""
    settings = settings_from(config)
    known = {each.name: each for each in settings.policy.documents.documents}
    missing = [name for name in names if name not in known]
    if missing:
        raise BadInput(f"{missing[0]!r} is not registered", allowed="a name of `straymail documents list`")
    kept = [each for name, each in known.items() if name not in names]
    write_documents(documents_file(settings), kept)
    if json:
        print_json({"removed": names, "documents": len(kept)})
    else:
        console().print(f"{len(names)} removed, {len(kept)} registered.")


def _document(file: Path, level: Sensitivity, reading: Extractor) -> Document:
    try:
        if file.stat().st_size > _LARGEST:
            raise BadInput("is too large", file=str(file), allowed=f"at most {_LARGEST >> 20} MiB")
        data = file.read_bytes()
    except OSError as error:
        raise BadInput(f"cannot be read: {error.strerror}", file=str(file)) from error
    found = reading.read_file(data, file.name)
    if any(each.id == "unread.encrypted" for each in found.unread) and not found.texts:
        raise BadInput("is encrypted, so its text cannot be read", file=str(file), allowed="a copy without a password")
    texts = [marks(text) for _, text in found.texts]
    together = marks("\n".join(text for _, text in found.texts))
    known = np.unique(np.concatenate([together, *texts]))
    return Document(file.name, level, sha256(data).hexdigest(), known)


def _view(each: Document) -> dict[str, object]:
    return {"name": each.name, "sensitivity": str(each.sensitivity), "digest": each.digest, "marks": len(each.marks)}
