"""Budgets and purity of the tree.

No function above 80 lines, no Python file above 500, no file of half a megabyte and nothing at the top that is not
listed (a mailbox or a dump is committed in a moment); no clock and no files in the lower half.
"""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

FUNCTION_LINES = 80
FILE_LINES = 500
FILE_BYTES = 500_000
TOP = {
    ".ci", ".git", ".gitignore", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile", "README.md", "SECURITY.md",
    "docs", "examples", "packaging", "pyproject.toml", "requirements-bench.lock", "requirements-build.lock",
    "requirements-dev.lock", "requirements-peers.lock", "requirements.lock", "scripts", "src", "tests",
}  # fmt: skip
ROOT = Path(__file__).resolve().parents[1]
PURE = ("verdict", "recipients", "content", "correspondence", "evidence.py", "message", "errors.py", "frozen.py")
CLOCKS_AND_FILES = {
    "now",
    "utcnow",
    "today",
    "open",
    "urandom",
    "monotonic",
    "perf_counter",
    "write_text",
    "write_bytes",
}


def over_budget(path: Path) -> Iterator[str]:
    """Yield a line for each function or file that is over its budget."""
    text = path.read_text(encoding="utf-8")
    lines = text.count("\n")
    name = path.relative_to(ROOT)
    if lines > FILE_LINES:
        yield f"{name}: {lines} lines (at most {FILE_LINES})"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_LINES:
                yield f"{name}:{node.lineno}: {node.name} has {length} lines (at most {FUNCTION_LINES})"


def strange() -> Iterator[str]:
    """Yield a line for each tracked file that is too large or lies at the top unlisted; none where there is no git."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        return
    listed = subprocess.run([git, "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    for name in filter(None, listed.stdout.split("\0")):
        if name.partition("/")[0] not in TOP:
            yield f"{name}: not listed in {Path(__file__).name}; should it be in the project?"
        if (ROOT / name).is_file() and (ROOT / name).stat().st_size > FILE_BYTES:
            yield f"{name}: {(ROOT / name).stat().st_size} bytes (at most {FILE_BYTES})"


def impure(path: Path) -> Iterator[str]:
    """Yield a line for each call of a clock or a file in a module of the lower half."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = (
            node.func.attr
            if isinstance(node.func, ast.Attribute)
            else node.func.id
            if isinstance(node.func, ast.Name)
            else ""
        )
        if name in CLOCKS_AND_FILES and not _constructs_own(node):
            yield f"{path.relative_to(ROOT)}:{node.lineno}: {name}() in the pure half: take it as an argument"


def _constructs_own(node: ast.Call) -> bool:
    """``NearIndex.open(buffer)`` and the like: a constructor of our own called on a class name."""
    return (
        isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and (node.func.value.id[:1].isupper())
    )


def main() -> int:
    """Check every Python file of the project; 1 when any has a fault."""
    files = [path for folder in ("src", "tests", "scripts") for path in sorted((ROOT / folder).rglob("*.py"))]
    pure = [
        path for path in files if path.is_relative_to(ROOT / "src") and path.relative_to(ROOT / "src").parts[1] in PURE
    ]
    faults = [fault for path in files for fault in over_budget(path)]
    faults += [fault for path in pure for fault in impure(path)]
    faults += strange()
    print("\n".join(faults) or f"{len(files)} files within budget, {len(pure)} of them pure")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
