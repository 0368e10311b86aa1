"""Where each key of a TOML text stands: the standard parser gives values without places.

A small scanner over valid TOML 1.0: table headers, arrays of tables, dotted and quoted keys, values that span lines.
It is only run on text that ``tomllib`` has accepted, so it need not judge, only count.
"""

from __future__ import annotations

from collections.abc import Iterator

Path = tuple[str | int, ...]


def key_lines(text: str) -> dict[Path, int]:
    """Map each key path, as pydantic names it (``("policy", "rules", 0, "name")``), to its 1-based line."""
    lines: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    for number, line in _statements(text):
        if line.startswith("["):
            table = _header(line, counts)
            lines.setdefault(table, number)
            continue
        path = table
        for name in _split_key(line.partition("=")[0] if '"' not in line.partition("=")[0] else _quoted_key(line)):
            path = (*path, name)
            lines.setdefault(path, number)
    return lines


def line_of(lines: dict[Path, int], path: Path) -> int:
    """Line of the key, or of the nearest key above it; 0 when nothing is known."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 0)


def _header(line: str, counts: dict[Path, int]) -> Path:
    array = line.startswith("[[")
    names = _split_key(line.strip("[] \t").partition("]")[0])
    path: Path = ()
    for depth, name in enumerate(names):
        path = (*path, name)
        if array and depth == len(names) - 1:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


def _split_key(key: str) -> list[str]:
    names: list[str] = [""]
    quote = ""
    for sign in key.strip():
        if quote:
            quote = "" if sign == quote else quote
            names[-1] += "" if not quote else sign
        elif sign in "\"'":
            quote = sign
        elif sign == ".":
            names.append("")
        elif not sign.isspace():
            names[-1] += sign
    return names


def _quoted_key(line: str) -> str:
    quote = ""
    for index, sign in enumerate(line):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'":
            quote = sign
        elif sign == "=":
            return line[:index]
    return line


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Lines that begin a header or a key, with their numbers; lines inside a longer value are left out."""
    depth, quote = 0, ""
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.strip()
        if not depth and not quote and line and not line.startswith("#"):
            yield number, line
            if line.startswith("["):
                continue
        depth, quote = _after(raw, depth, quote)


def _after(line: str, depth: int, quote: str) -> tuple[int, str]:
    """Bracket depth and open multi-line quote after ``line``."""
    index = 0
    while index < len(line):
        triple = line[index : index + 3]
        if quote:
            if line[index] == "\\" and quote[0] == '"':
                index += 2
                continue
            if line.startswith(quote, index):
                index += len(quote)
                quote = ""
                continue
        elif triple in ('"""', "'''"):
            quote, index = triple, index + 3
            continue
        elif line[index] in "\"'":
            quote = line[index]
        elif line[index] == "#":
            break
        else:
            depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(line[index], 0)
        index += 1
    return depth, quote if len(quote) == 3 else ""
