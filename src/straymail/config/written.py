"""What pydantic would make the best of and a person would not: ``true`` for a number, text for a number, a NUL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, BeforeValidator

from straymail.config.keys import Path
from straymail.config.settings import Settings

_LINE_SIGNS = frozenset("\t\r\n")  # a text over several lines holds these
Odd = tuple[Path, str, str]
"""Where, what is wrong, and what is allowed."""


def odd_values(values: dict[str, Any]) -> Iterator[Odd]:
    """Values of another type than their key's, and texts with control characters, in the order of the file."""
    for path, value in _leaves((), values):
        if isinstance(value, str) and not value.isprintable() and _controls(value):
            yield path, "holds a control character", "printable text"
        elif allowed := _wrong_type(path, value):
            yield path, f"{value!r} is not allowed", allowed


def _leaves(path: Path, value: object) -> Iterator[tuple[Path, object]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves((*path, name), inner)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _leaves((*path, number), inner)
    else:
        yield path, value


def _controls(text: str) -> bool:
    return any((sign < " " and sign not in _LINE_SIGNS) or "\x7f" <= sign <= "\x9f" for sign in text)


def _wrong_type(path: Path, value: object) -> str:
    """What is allowed, when the key takes a number or true and false, and this is neither; "" else."""
    types = _types(path)
    if bool in types:
        return "" if isinstance(value, bool) else "true or false"
    if types & {int, float}:
        return "a number" if isinstance(value, bool | str) else ""
    return ""


def _types(path: Path) -> set[object]:
    """The plain types of the value at a place; none when the key is unknown, or reads its values itself."""
    model: type[BaseModel] | None = Settings
    types: set[object] = set()
    for part in path:
        if isinstance(part, int):
            continue
        field = model.model_fields.get(part) if model else None
        if field is None or any(isinstance(each, BeforeValidator) for each in field.metadata):
            return set()
        types = set(_inside(field.annotation))
        model = next((each for each in types if isinstance(each, type) and issubclass(each, BaseModel)), None)
    return types


def _inside(annotation: object) -> Iterator[object]:
    """The types that a union, a tuple or an ``Annotated`` is made of, itself when it is made of none."""
    parts = getattr(annotation, "__args__", ())
    if not parts:
        yield annotation
    for part in parts:
        yield from _inside(part)
