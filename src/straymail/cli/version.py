"""``straymail version``."""

from __future__ import annotations

import platform

from straymail import __version__
from straymail.cli.common import JsonOption, console, print_json


def version(json: JsonOption = False) -> None:
    """Print the version."""
    found = {"straymail": __version__, "python": platform.python_version(), "system": platform.system()}
    if json:
        print_json(found)
    else:
        console().print(f"straymail {__version__} (Python {found['python']}, {found['system']})")
