"""``straymail init``: settings, key and database of a new installation."""

from __future__ import annotations

import json as jsonlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from straymail.cli.common import JsonOption, console, print_json
from straymail.cli.opening import create_store, new_key
from straymail.config import Settings, parse, render_commented
from straymail.config.settings import default_data_dir
from straymail.errors import BadInput


def init(
    own: Annotated[
        list[str] | None, typer.Option(metavar="DOMAIN", help="One of the organisation's own mail domains; repeatable.")
    ] = None,
    name: Annotated[str, typer.Option(help="The organisation's name, as notices give it.")] = "",
    officer: Annotated[
        list[str] | None, typer.Option(metavar="ADDRESS", help="A security officer; repeatable.")
    ] = None,
    country: Annotated[str, typer.Option(metavar="XX", help="Home country, ISO 3166 (GB, DE).")] = "",
    data_dir: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder for everything; default as in the settings.")
    ] = None,
    next_hop: Annotated[
        str, typer.Option(metavar="HOST:PORT", help="Where mail goes next; outbox:FOLDER for trials.")
    ] = "",
    config: Annotated[
        Path | None,
        typer.Option("--config", "-c", envvar="STRAYMAIL_CONFIG", metavar="FILE", help="The settings file to write."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write the settings anew; key and database stay.")] = False,
    json: JsonOption = False,
) -> None:
    """Write straymail.toml, make the key and the database.

    The settings go to --config, or straymail.toml in the data folder. An existing key is never replaced: without it
    held messages could not be read.
    """
    folder = (data_dir or default_data_dir()).expanduser().absolute()
    file = config or folder / "straymail.toml"
    if file.exists() and not force:
        raise BadInput("exists already", file=str(file), allowed="another --config, or --force to write it anew")
    texts = {
        "data_dir": str(folder),
        "organisation__name": name,
        "organisation__country": country.upper(),
        "gateway__next_hop": next_hop,
    }
    lists = {"organisation__domains": own or [], "organisation__officers": officer or []}
    settings, made = write_installation(file, texts, lists)
    if json:
        print_json({"config": str(file), "key": str(settings.store.key_file), "store": settings.store_url})
    else:
        _tell(file, settings, made)


def write_installation(
    file: Path, texts: Mapping[str, str], lists: Mapping[str, Sequence[str]]
) -> tuple[Settings, bool]:
    """Write settings, key and database; returns the settings and whether the key is new.

    Args:
        file: the settings file, written anew.
        texts: values by section and name (``gateway__next_hop``); empty ones keep their default.
        lists: the same for lists of texts.

    Raises:
        ConfigError: a value cannot be used. BadInput: a file cannot be written. StoreDown: the database.
    """
    given = {key: _quoted(text) for key, text in texts.items() if text}
    given |= {key: f"[{', '.join(_quoted(item) for item in items)}]" for key, items in lists.items() if items}
    text = render_commented(**given)
    settings = parse(text, "the options given")
    _look_for_the_key(settings)
    made = _make_key(settings.store.key_file)
    create_store(settings)
    _write(file, text)  # last: after a failure the same command can be given again
    return settings, made


def _quoted(text: str) -> str:
    """A TOML basic string; JSON's escapes are a subset of TOML's."""
    return jsonlib.dumps(text, ensure_ascii=False)


def _write(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadInput(f"cannot be written: {error.strerror}", file=str(file)) from error


def _look_for_the_key(settings: Settings) -> None:
    """A database whose key is gone gets no other: nothing that waits in it could be read, and its log not verified."""
    database = Path(settings.store_url.removeprefix("sqlite:///"))
    if settings.store_url.startswith("sqlite:///") and database.is_file() and not settings.store.key_file.exists():
        raise BadInput(
            "there is no key file, but a database that was made with one",
            file=str(settings.store.key_file),
            allowed=f"the copy that was kept of it, or {database} moved away",
        )


def _make_key(file: Path) -> bool:
    """Write a new key readable by its owner only; False when there is one already."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    except OSError as error:
        raise BadInput(f"cannot be written: {error.strerror}", file=str(file)) from error
    with os.fdopen(handle, "wb") as stream:
        stream.write(new_key())
    return True


def _tell(file: Path, settings: Settings, made: bool) -> None:
    out = console()
    out.print(Text("Straymail is ready to learn.", style="bold green"))
    out.print(f"  settings  {file}")
    out.print(f"  key       {settings.store.key_file}" + ("" if made else "  (kept)"))
    out.print(f"  database  {settings.store_url}")
    out.print()
    out.print("Next:")
    chosen = "" if file == default_data_dir() / "straymail.toml" else f" -c {file}"
    own = "".join(f" --own {domain}" for domain in settings.organisation.domains) or " --own mod.example"
    out.print(f"  straymail learn{chosen} ~/archive.mbox{own}", soft_wrap=True)
    out.print(f"  straymail serve{chosen}", soft_wrap=True)
    if not settings.organisation.domains:
        out.print(Text("Give your own domains in [organisation] first: what is outside depends on it.", style="yellow"))
