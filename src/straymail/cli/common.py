"""What every command shares: the ``--config`` and ``--json`` options, output, and the exit codes."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderableType, RenderHook
from rich.segment import Segment
from rich.text import Text

from straymail.config import Settings, default, find, load
from straymail.errors import BadInput, ConfigError

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
_GARBAGE = 50_000
_SHOWN = 10


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
    """A Rich console: colour only on a terminal and without ``NO_COLOR``; nothing is read as markup or highlighted.

    Nor is anything that is shown obeyed: much of it comes from mail, which may hold what steers a terminal.
    """
    out = Console(stderr=stderr, highlight=False, emoji=False, markup=False)
    out.push_render_hook(_Harmless())
    return out


def harmless(text: str) -> str:
    """The text with everything that is not printed (escapes, turned writing direction) as a space; line ends stay."""
    return text if text.isprintable() else "".join(sign if sign.isprintable() or sign == "\n" else " " for sign in text)


class _Harmless(RenderHook):
    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        return [_Shown(each) for each in renderables]


class _Shown:
    """Something to be shown, after all of it has become plain pieces of text."""

    def __init__(self, inner: RenderableType) -> None:
        self._inner = inner

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        for piece in console.render(self._inner, options):
            yield piece if piece.control else Segment(harmless(piece.text), piece.style)


def print_json(value: object) -> None:
    """One JSON value on one line of standard output, ASCII-safe for any terminal and pipe."""
    sys.stdout.write(json.dumps(value, ensure_ascii=True, separators=(", ", ": "), allow_nan=False) + "\n")
    sys.stdout.flush()


def spare_garbage() -> None:
    """Look for garbage more seldom: a history that is learned only grows, and going through it again finds nothing."""
    gc.set_threshold(_GARBAGE, 50, 100)


def say(text: str) -> None:
    """A remark for the person at the terminal, on standard error."""
    console(stderr=True).print(text)


def tell_faults(out: Console, faults: Sequence[BadInput]) -> None:
    """Say what could not be read: how much, and the first of it."""
    if not faults:
        return
    out.print(Text(f"Could not be read: {len(faults)}", style="yellow"))
    for fault in faults[:_SHOWN]:
        out.print(f"  {fault}", soft_wrap=True)
    if len(faults) > _SHOWN:
        out.print(f"  ... and {len(faults) - _SHOWN} more (--json lists all)")


def ago(seconds: float) -> str:
    """A length of time for people: ``"3 min"``, ``"5 h"``, ``"12 d"``."""
    length = timedelta(seconds=max(0.0, seconds))
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if length.total_seconds() >= size:
            return f"{int(length.total_seconds() // size)} {unit}"
    return f"{int(length.total_seconds())} s"
