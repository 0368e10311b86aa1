"""Write docs/reference and the man page from the program itself; ``--check`` says whether they have drifted.

Settings come from the types of ``straymail.config``, commands from the command line's own help, reasons from the
detectors' doc lines. Nothing here is written by hand twice.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator, Mapping
from datetime import timedelta
from enum import Enum
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from straymail import __version__
from straymail.cli.main import COMMANDS, app, load_command
from straymail.config import Settings
from straymail.config.render import default_of, is_table, toml_value
from straymail.verdict import Policy

ROOT = Path(__file__).resolve().parents[1]
_NOTE = "<!-- Written by scripts/gendocs.py from the program itself: change the program, then run `make docs`. -->\n"


# Settings ------------------------------------------------------------------------------------------------------------


def settings_page() -> str:
    """docs/reference/settings.md: every key of straymail.toml."""
    lines = [
        _NOTE,
        "# Settings: `straymail.toml`\n",
        "Looked for at `--config` or `STRAYMAIL_CONFIG`, then `./straymail.toml`, `straymail.toml` in the data folder,",
        "and `/etc/straymail/straymail.toml`. `straymail init` writes one with every default; `straymail policy check`",
        'says whether it can be used. Lengths of time: `"90s"`, `"30m"`, `"36h"`, `"5d"`. Sizes: `"64MiB"`.',
        "Relative paths stand below `data_dir`. No secret is written in this file.\n",
        "| key | default | allowed | meaning |",
        "| --- | --- | --- | --- |",
    ]
    top = {name: field for name, field in Settings.model_fields.items() if _model(field.annotation) is None}
    lines += [_row(name, field) for name, field in top.items()]
    for name, field in Settings.model_fields.items():
        if model := _model(field.annotation):
            lines += _section(name, model)
    lines += [
        "\n## Environment\n",
        "| variable | meaning |",
        "| --- | --- |",
        "| `STRAYMAIL_CONFIG` | The settings file. |",
        "| `STRAYMAIL_STORE_URL` | The database, instead of `store.url`: the place for a URL with a password. |",
        "| `XDG_DATA_HOME` | Where the data folder is for users other than root. |",
        "| `NO_COLOR` | No colour in the output of commands. |",
    ]
    return "\n".join(lines) + "\n"


def _section(path: str, model: type[BaseModel]) -> list[str]:
    title = f"[[{path}]]" if path.rpartition(".")[2] in _repeated() else f"[{path}]"
    about = (model.__doc__ or "").strip().split("\n\n")[0].replace("\n", " ")
    lines = [f"\n## `{title}`\n", " ".join(about.split()) + "\n"]
    lines += ["| key | default | allowed | meaning |", "| --- | --- | --- | --- |"]
    if model is Policy:
        lines[1:1] = ["\n" + _prose("straymail.verdict.policy"), "\n" + _prose("straymail.verdict.decide") + "\n"]
    nested: list[str] = []
    for name, field in model.model_fields.items():
        if path == "policy" and name in ("organisation", "documents"):
            continue
        if inner := _model(field.annotation):
            nested += _section(f"{path}.{name}", inner)
        else:
            lines.append(_row(name, field))
    return [*lines, *nested]


def _prose(module: str) -> str:
    """A module's docstring without its first line, as Markdown."""
    text = inspect.cleandoc(import_module(module).__doc__ or "").partition("\n")[2].strip()
    return text.replace("``", "`")


def _row(name: str, field: FieldInfo) -> str:
    required = field.is_required()
    default = "" if required else toml_value(default_of(field))
    shown = "required" if required else "(see meaning)" if name == "data_dir" else f"`{default}`" if default else "none"
    if not required and is_table(field):
        shown = "none"
    return f"| `{name}` | {shown} | {_allowed(field)} | {_cell(field.description or '')} |"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _model(annotation: object) -> type[BaseModel] | None:
    """The section's type, also of a repeated table (``tuple[Rule, ...]``)."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) is tuple:
        return _model(get_args(annotation)[0])
    return None


def _repeated() -> set[str]:
    """Names of the policy's tables that may stand several times."""
    fields = Policy.model_fields.items()
    return {name for name, field in fields if get_origin(field.annotation) is tuple and _model(field.annotation)}


def _allowed(field: FieldInfo) -> str:
    """Ranges and choices in words."""
    signs = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}
    limits: list[str] = []
    for item in _metadata(field):
        for name, sign in signs.items():
            value = getattr(item, name, None)
            if value is not None:
                limits.append(f"{sign} {value:g}" if isinstance(value, float) else f"{sign} {value}")
        if (shortest := getattr(item, "min_length", None)) is not None:
            limits.append("not empty" if shortest == 1 else f"at least {shortest} characters")
        if (longest := getattr(item, "max_length", None)) is not None:
            limits.append(f"at most {longest} characters")
    return ", ".join([*_choices(field), *limits]) or _kind(field)


def _metadata(field: FieldInfo) -> list[object]:
    """What is said of a field, also of an optional one (``Probability | None``)."""
    inside = [item for each in get_args(field.annotation) for item in getattr(each, "__metadata__", ())]
    flat = [more for item in inside for more in (item.metadata if isinstance(item, FieldInfo) else [item])]
    return [*field.metadata, *(flat if type(None) in get_args(field.annotation) else [])]


def _choices(field: FieldInfo) -> list[str]:
    for item in _metadata(field):
        schema = getattr(item, "json_schema", None)
        if isinstance(schema, Mapping) and "enum" in schema:
            return [", ".join(f"`{value}`" for value in schema["enum"])]
    annotation = field.annotation
    for each in (annotation, *get_args(annotation)):
        if isinstance(each, type) and issubclass(each, Enum):
            return [", ".join(f"`{value}`" for value in each)]
    values = [value for value in get_args(annotation) if isinstance(value, str)]
    return [", ".join(f"`{value}`" for value in values)] if values else []


def _kind(field: FieldInfo) -> str:
    kinds = {bool: "true, false", tuple: "a list", dict: "a table of lists", timedelta: "a time"}
    candidates = (field.annotation, get_origin(field.annotation), *get_args(field.annotation))
    return next((kinds[each] for each in candidates if isinstance(each, type) and each in kinds), "")


# Commands ------------------------------------------------------------------------------------------------------------


def commands() -> Iterator[tuple[str, Any]]:
    """(full name, command) of every command, groups before their members."""
    for name in COMMANDS:
        yield from _walk(f"straymail {name}", load_command(name))


def _walk(path: str, command: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401  (Typer's types are not public)
    yield path, command
    for name, member in getattr(command, "commands", {}).items():
        yield from _walk(f"{path} {name}", member)


def _parameters(command: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401
    for parameter in command.params:
        help_text = " ".join((getattr(parameter, "help", None) or "").split())
        if parameter.name == "help" or getattr(parameter, "hidden", False):
            continue
        if parameter.param_type_name == "argument":
            yield parameter.metavar or parameter.name.upper(), help_text
            continue
        names = ", ".join([*parameter.opts, *parameter.secondary_opts])
        value = "" if parameter.is_flag else f" {(parameter.metavar or _value_name(parameter)).upper()}"
        default = parameter.default
        if default not in (None, False, "", (), []) and not callable(default) and not parameter.is_flag:
            help_text = f"{help_text} Default: {default}."
        yield f"{names}{value}", help_text


def _alone(command: Any) -> bool:  # noqa: ANN401
    """Whether it is a group that does nothing without one of its commands."""
    return hasattr(command, "commands") and not command.invoke_without_command


def _value_name(parameter: Any) -> str:  # noqa: ANN401
    annotation = parameter.type_descriptor.annotation
    inner = next((each for each in get_args(annotation) if each is not type(None)), annotation)
    return {str: "TEXT", int: "N", float: "N", Path: "PATH"}.get(inner, "VALUE")


def _help(command: Any) -> str:  # noqa: ANN401
    return (command.help or "").replace("\x08", "").strip()


def cli_page() -> str:
    """docs/reference/cli.md: every command with its options."""
    exits = app.info.epilog
    lines = [_NOTE, "# Commands\n", f"{exits}\n", "Every command that answers has `--json`.\n"]
    for path, command in commands():
        usage = " ".join([path, *(name for name, _ in _parameters(command) if not name.startswith("-"))])
        lines += [f"\n## `{path}`\n", _help(command) + "\n"]
        if _alone(command):
            continue
        lines.append(f"```\n{usage} [OPTIONS]\n```\n")
        rows = [f"| `{name}` | {_cell(text)} |" for name, text in _parameters(command)]
        if rows:
            lines += ["| argument or option | meaning |", "| --- | --- |", *rows]
    return "\n".join(lines) + "\n"


# Reasons -------------------------------------------------------------------------------------------------------------


def reasons_page() -> str:
    """docs/reference/reasons.md: what each detector looks at, in its own words, and what each reason weighs."""
    lines = [
        _NOTE,
        "# Reasons\n",
        "Every verdict names its reasons by id: who (the recipient) and what (the content). What each weighs, in",
        "log-odds for each unit of strength, stands in `src/straymail/verdict/weights.toml`; `straymail train` fits",
        "the weights to your own mail.\n",
        "## Who: the recipient\n",
        *_detectors("straymail.recipients"),
        "## What: the content\n",
        *_detectors("straymail.content"),
    ]
    return "\n".join(lines) + "\n"


def _detectors(package: str) -> Iterator[str]:
    """The docstring of each module that has a ``find`` or ``detect`` function of its own."""
    for module in sorted(iter_modules(import_module(package).__path__), key=lambda each: each.name):
        found = import_module(f"{package}.{module.name}")
        text = inspect.getdoc(found) or ""
        if "``" in text.partition("\n")[0] and not module.name.startswith("_"):
            yield f"### {module.name}\n\n{text.replace('``', '`')}\n"


# Manual --------------------------------------------------------------------------------------------------------------


def man_page() -> str:
    """docs/man/straymail.1."""
    lines = [
        '.\\" Written by scripts/gendocs.py from the program itself.',
        f'.TH STRAYMAIL 1 "" "straymail {__version__}" "User Commands"',
        ".SH NAME",
        "straymail \\- asks whether this is who you meant, before a message leaves",
        ".SH SYNOPSIS",
        ".B straymail",
        "\\fICOMMAND\\fR [\\fIARGUMENTS\\fR] [\\fIOPTIONS\\fR]",
        ".SH DESCRIPTION",
        _roff(str(app.info.help)),
        ".SH COMMANDS",
    ]
    for path, command in commands():
        lines += [".SS " + _roff(path), _roff(_help(command))]
        for name, text in () if _alone(command) else _parameters(command):
            lines += [".TP", f".B {_roff(name)}", _roff(text) or "\\&"]
    lines += [
        ".SH EXIT STATUS",
        _roff(str(app.info.epilog)),
        ".SH FILES",
        ".TP",
        ".I straymail.toml",
        _roff("Settings; see the reference of settings in the documentation."),
        ".SH ENVIRONMENT",
        ".B STRAYMAIL_CONFIG, STRAYMAIL_STORE_URL, XDG_DATA_HOME, NO_COLOR",
    ]
    return "\n".join(lines) + "\n"


def _roff(text: str) -> str:
    """Text as roff: backslashes and hyphens escaped, no line begins with a control character."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-").replace("`", "")
    lines = [line.strip() for line in escaped.split("\n")]
    return "\n".join(("\\&" + line if line[:1] in {".", "'"} else line) or ".PP" for line in lines)


# Pages ---------------------------------------------------------------------------------------------------------------


def pages() -> dict[str, str]:
    """Every generated file with its text."""
    return {
        "docs/reference/settings.md": settings_page(),
        "docs/reference/cli.md": cli_page(),
        "docs/reference/reasons.md": reasons_page(),
        "docs/man/straymail.1": man_page(),
    }


def main() -> int:
    """Write the pages, or with ``--check`` report those that differ; exit code 1 when some do."""
    drifted = []
    for name, text in pages().items():
        path = ROOT / name
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        drifted.append(name)
        if "--check" not in sys.argv[1:]:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    if "--check" in sys.argv[1:] and drifted:
        print(f"drifted from the program: {', '.join(drifted)}; run `make docs`")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
