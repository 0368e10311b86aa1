"""``straymail version`` and ``straymail completion``."""

from __future__ import annotations

import platform
import sys
from enum import StrEnum
from typing import Annotated

import typer
from typer.completion import get_completion_script  # type: ignore[attr-defined]  # there, but not in its __all__

from straymail import __version__
from straymail.cli.common import JsonOption, console, print_json


class Shell(StrEnum):
    """Shells whose completion is known."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


def version(json: JsonOption = False) -> None:
    """Print the version."""
    found = {"straymail": __version__, "python": platform.python_version(), "system": platform.system()}
    if json:
        print_json(found)
    else:
        console().print(f"straymail {__version__} (Python {found['python']}, {found['system']})")


def completion(shell: Annotated[Shell, typer.Argument(help="The shell.")]) -> None:
    """Print the completion script of a shell.

    For a package: straymail completion bash > /usr/share/bash-completion/completions/straymail
    """
    script = get_completion_script(prog_name="straymail", complete_var="_STRAYMAIL_COMPLETE", shell=shell)
    sys.stdout.write(script + "\n")
