"""Reading ``straymail.toml``: text to ``Settings``, every fault with file, line, key and what is allowed."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from rapidfuzz import fuzz, process

from straymail.config.checks import with_known_content
from straymail.config.documents import with_documents
from straymail.config.keys import Path as Place
from straymail.config.keys import key_lines, line_of
from straymail.config.settings import Settings, default_data_dir
from straymail.config.terms import with_terms
from straymail.config.written import odd_values
from straymail.errors import ConfigError

_LIMIT = 16 << 20  # bytes; a dictionary of 100,000 terms is a few MB


def find() -> Path | None:
    """The settings file to use: ``STRAYMAIL_CONFIG``, ``./straymail.toml``, the data folder's, ``/etc/straymail``'s."""
    named = os.environ.get("STRAYMAIL_CONFIG")
    if named:
        return Path(named)
    places = (Path("straymail.toml"), default_data_dir() / "straymail.toml", Path("/etc/straymail/straymail.toml"))
    return next((place for place in places if os.path.isfile(place)), None)  # one that is closed to us is passed over


def default(data_dir: Path | None = None) -> Settings:
    """Settings with every default, in ``data_dir`` if given."""
    return Settings() if data_dir is None else Settings(data_dir=data_dir)


def load(path: Path | str) -> Settings:
    """Settings of a file.

    Raises:
        ConfigError: unreadable, not TOML, or a key or value that is not allowed. Of several faults the first in the
            file is raised; its ``others`` holds the rest.
    """
    try:
        with Path(path).open("rb") as stream:
            raw = stream.read(_LIMIT + 1)
        text = raw.decode("utf-8")
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", file=str(path)) from error
    except UnicodeDecodeError as error:
        raise ConfigError("is not UTF-8 text", file=str(path), line=raw.count(b"\n", 0, error.start) + 1) from error
    if len(raw) > _LIMIT:
        raise ConfigError("is too large", file=str(path), allowed=f"at most {_LIMIT >> 20} MiB")
    return parse(text, str(path))


def parse(text: str, file: str = "straymail.toml") -> Settings:
    """Settings of a TOML text; ``file`` is the name used in errors.

    Raises:
        ConfigError: as ``load``.
    """
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _syntax_error(error, text, file) from error
    lines = key_lines(text)
    inside = values.get("policy")
    for name, said in _FILLED_IN.items():
        if isinstance(inside, dict) and name in inside:
            line = line_of(lines, ("policy", name))
            raise ConfigError(said, file=file, line=line, field=f"policy.{name}")
    odd = {path: _odd(path, said, lines, file) for path, *said in odd_values(values)}
    try:
        settings = with_known_content(Settings.model_validate(values), lines, file)
        if odd:
            raise _first([*odd.values()])
        return with_documents(with_terms(settings))
    except ValidationError as error:
        found = [_fault(each, lines, file, text) for each in error.errors() if tuple(each["loc"]) not in odd]
        raise _first([*odd.values(), *found]) from None


_FILLED_IN = {
    "organisation": "is a section of its own",
    "documents": "are registered with `straymail documents add`, not written here",
}


def _odd(path: Place, said: Sequence[str], lines: dict[Place, int], file: str) -> SettingsError:
    problem, allowed = said
    return SettingsError(problem, file=file, line=line_of(lines, path), field=_dotted(path), allowed=allowed)


def _first(faults: list[SettingsError]) -> SettingsError:
    """The first fault in the file, with the others."""
    first, *others = sorted(faults, key=lambda fault: fault.line)
    first.others = tuple(others)
    return first


class SettingsError(ConfigError):
    """A fault in the settings; ``others`` are the further ones in the file, in order of line."""

    others: tuple[ConfigError, ...] = ()


def _syntax_error(error: tomllib.TOMLDecodeError, text: str, file: str) -> ConfigError:
    message = str(error)
    line = message.partition("at line ")[2].partition(",")[0]
    number = int(line) if line.isdigit() else text.count("\n") + 1
    return ConfigError(f"not valid TOML: {message.partition(' (at ')[0]}", file=file, line=number)


def _fault(details: ErrorDetails, lines: dict[tuple[str | int, ...], int], file: str, text: str) -> SettingsError:
    location = tuple(details["loc"])
    while location and location not in lines and _dead_end(location):
        location = location[:-1]
    field = _dotted(location)
    line = line_of(lines, location)
    problem, allowed = _words(details, location)
    name, _, rest = problem.partition(": ")
    if (*location, name) in lines:  # said of a section, about one of its keys
        location, problem = (*location, name), rest
        field, line = _dotted(location), line_of(lines, location)
    if location == ("policy",) and problem.startswith("group:"):
        line = _line_with(text, problem.partition(" ")[0]) or line
    return SettingsError(problem, file=file, line=line, field=field, allowed=allowed)


def _line_with(text: str, value: str) -> int:
    """The first line, comments left out, on which a quoted value stands; 0 when there is none."""
    for number, line in enumerate(text.split("\n"), 1):
        if not line.lstrip().startswith("#") and any(f"{quote}{value}{quote}" in line for quote in "\"'"):
            return number
    return 0


def _dead_end(location: Sequence[str | int]) -> bool:
    """Pydantic adds the names of union branches to a location; they are no keys of the file."""
    return isinstance(location[-1], str) and ("[" in location[-1] or location[-1] in {"float", "str", "int"})


def _dotted(location: Sequence[str | int]) -> str:
    parts: Iterator[str] = (f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in location)
    return "".join(parts).removeprefix(".")


_FORMS: dict[str | int, str] = {
    "country": 'a country as two capital letters such as "GB" or "DE", or nothing',
    "milter_socket_mode": 'three octal digits such as "0660"',
}


def _words(details: ErrorDetails, location: Sequence[str | int]) -> tuple[str, str]:
    """(problem, allowed) in plain words for one pydantic error."""
    kind, context = details["type"], details.get("ctx", {})
    shown = repr(details["input"]) if not isinstance(details["input"], dict | list) else "this"
    if kind == "extra_forbidden":
        return _unknown(location)
    if kind == "missing":
        return "is missing", ""
    if kind == "model_type":
        return f"{shown} is not allowed", "a table of keys"
    if kind == "value_error":
        text = str(context.get("error", details["msg"]))
        if isinstance(details["input"], list) or (shown == "this" and not _keys_at(location)):
            return "a list or a table is not allowed", text
        return (f"{shown} is not allowed", text) if shown != "this" else (text, "")
    if kind == "string_pattern_mismatch" and location[-1] in _FORMS:
        return f"{shown} is not allowed", _FORMS[location[-1]]
    if kind in {"enum", "literal_error"}:
        return f"{shown} is not allowed", str(context.get("expected", ""))
    if kind == "string_too_short":
        least = context["min_length"]
        return f"{shown} is not allowed", "some text" if least == 1 else f"at least {least} characters"
    if kind == "string_too_long":
        return f"{shown[:40]} ... is not allowed", f"at most {context['max_length']} characters"
    if kind == "string_type":
        return f"{shown} is not allowed", "text in quotation marks"
    if kind == "tuple_type" and _keys_at(location):
        return f"{shown.replace('this', 'one table')} is not allowed", f"[[{_dotted(location)}]], once or more"
    return f"{shown} is not allowed", details["msg"].removeprefix("Input should be ").replace("a valid tuple", "a list")


def _unknown(location: Sequence[str | int]) -> tuple[str, str]:
    known = _keys_at(location[:-1])
    nearest = process.extractOne(str(location[-1]), known, scorer=fuzz.ratio, score_cutoff=60)
    if nearest:
        return f"unknown key; did you mean {nearest[0]!r}?", ""
    return "unknown key", ", ".join(sorted(known))


def _keys_at(location: Sequence[str | int]) -> list[str]:
    """Keys that are allowed at a place of the file."""
    model: Any = Settings
    for part in location:
        if isinstance(part, int):
            continue
        model = _model_in(model.model_fields[part].annotation) if part in model.model_fields else None
        if model is None:
            return []
    return [name for name in model.model_fields if not (name == "organisation" and location)]


def _model_in(annotation: object) -> type[BaseModel] | None:
    """The model inside an annotation such as ``tuple[Rule, ...]``; None when there is none."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    inner = (_model_in(argument) for argument in getattr(annotation, "__args__", ()))
    return next((model for model in inner if model is not None), None)
