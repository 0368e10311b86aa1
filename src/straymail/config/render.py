"""The commented sample: every setting with its default and its description, generated from the types."""

from __future__ import annotations

import json
import textwrap
from enum import Enum

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from straymail.config.settings import Settings

_WIDTH = 100

_RULES = """\
# Rules: the first that matches a recipient decides; see docs/reference/settings.md for every condition.
#
#   [[policy.rules]]
#   name = "marked documents to a first contact"
#   content = ["marking.*"]
#   first_contact = true
#   external = true
#   action = "hold"
#
#   [policy.groups]
#   counsel = ["@lawyers.example", "notary@office.example"]
#
#   [[policy.exceptions]]
#   sender = "*"
#   recipient = "group:counsel"
#   note = "agreed with the legal department"
#
#   [[policy.markings]]
#   text = "MINISTRY EYES ONLY"
#   sensitivity = "severe"
#
#   [[policy.terms]]
#   text = "Project Heron"
#   sensitivity = "high"
"""


def render_commented(**given: str) -> str:
    """The sample ``straymail.toml``: all keys commented out at their defaults, but for those ``given``.

    ``given`` maps dotted keys with ``__`` for the dot (``organisation__domains``) to TOML values.
    """
    head = "Settings of straymail. A line that begins with # shows the default: remove the # to change it."
    lines = [f"# {head}", ""]
    values = {key.replace("__", "."): value for key, value in given.items()}
    for name, field in Settings.model_fields.items():
        model = field.annotation
        if isinstance(model, type) and issubclass(model, BaseModel):
            lines += _section(name, model, field.description or "", values)
        else:
            lines += _entry(name, field, "", values)
    return "\n".join((*lines, ""))  # or a section that is appended would stand in the last comment


def _section(path: str, model: type[BaseModel], about: str, given: dict[str, str]) -> list[str]:
    lines = ["", *_comment(about), f"[{path}]"]
    nested: list[str] = []
    for name, field in model.model_fields.items():
        inner = field.annotation
        if path == "policy" and name in ("organisation", "documents"):
            continue
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            nested += _section(f"{path}.{name}", inner, field.description or "", given)
        elif not is_table(field):
            lines += _entry(name, field, path, given)
    if path == "policy":
        nested += ["", *_RULES.rstrip().split("\n")]
    return [*lines, *nested]


def is_table(field: FieldInfo) -> bool:
    """Whether the setting is written as tables of its own (rules, groups ...)."""
    inner = getattr(field.annotation, "__args__", ())
    models = any(isinstance(argument, type) and issubclass(argument, BaseModel) for argument in inner)
    return models or getattr(field.annotation, "__origin__", None) is dict


def _entry(name: str, field: FieldInfo, path: str, given: dict[str, str]) -> list[str]:
    key = f"{path}.{name}".removeprefix(".")
    lines = _comment(field.description or "")
    if key in given:
        return [*lines, f"{name} = {given[key]}"]
    value = toml_value(default_of(field))
    return [*lines, f"# {name} = {value}" if value else f"# {name} ="]


def _comment(text: str) -> list[str]:
    return [f"# {line}" for line in textwrap.wrap(text, _WIDTH)]


def default_of(field: FieldInfo) -> object:
    """The default in its written form (after the field's own serialiser)."""
    value = field.get_default(call_default_factory=True, validated_data={})
    for item in field.metadata:
        serialise = getattr(item, "func", None)
        if serialise is not None and type(item).__name__ == "PlainSerializer" and value is not None:
            written: object = serialise(value)
            return written
    return value


def toml_value(value: object) -> str:
    """A default as TOML text; "" for None (TOML has no null)."""
    if value is None:
        return ""
    if isinstance(value, Enum):
        return json.dumps(str(value))
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(toml_value(item) for item in value) + "]"
    return json.dumps(str(value), ensure_ascii=False)
