"""What every command shares: the ``--config`` and ``--json`` options, output, and the exit codes."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from straymail.config import Settings, default, find, load
from straymail.errors import ConfigError

EXIT_FAILED, EXIT_USAGE, EXIT_BAD_INPUT, EXIT_WOULD_STOP = 1, 2, 3, 10

ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config",
        "-c",
        envvar="STRAYMAIL_CONFIG",
        help="Settings file; else ./straymail.toml, the data folder's, or /etc/straymail/straymail.toml.",
        show_default=False,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def settings_from(config: Path | None) -> Settings:
    """Settings of ``--config``, of the first file found in the usual places, or the defaults.

    Raises:
        ConfigError: the file cannot be used.
    """
    path = config or find()
    return load(path) if path else default()


def config_path(config: Path | None) -> Path:
    """The settings file in use.

    Raises:
        ConfigError: there is none.
    """
    path = config or find()
    if path is None:
        raise ConfigError(
            "there is no straymail.toml yet", allowed="make one with `straymail init`, or name it with -c"
        )
    return path


def console(*, stderr: bool = False) -> Console:
    """A Rich console: colour only on a terminal and without ``NO_COLOR``; nothing is read as markup or highlighted."""
    return Console(stderr=stderr, highlight=False, emoji=False, markup=False)


def print_json(value: object) -> None:
    """One JSON value on one line of standard output, ASCII-safe for any terminal and pipe."""
    sys.stdout.write(json.dumps(value, ensure_ascii=True, separators=(", ", ": "), allow_nan=False) + "\n")
    sys.stdout.flush()


def say(text: str) -> None:
    """A remark for the person at the terminal, on standard error."""
    console(stderr=True).print(text)


def ago(seconds: float) -> str:
    """A length of time for people: ``"3 min"``, ``"5 h"``, ``"12 d"``."""
    length = timedelta(seconds=max(0.0, seconds))
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if length.total_seconds() >= size:
            return f"{int(length.total_seconds() // size)} {unit}"
    return f"{int(length.total_seconds())} s"
