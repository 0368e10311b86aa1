"""Size budgets: no function above 80 lines, no file above 500."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

FUNCTION_LINES = 80
FILE_LINES = 500
ROOT = Path(__file__).resolve().parents[1]


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


def main() -> int:
    """Check every Python file of the project; 1 when any is over."""
    files = [path for folder in ("src", "tests", "scripts") for path in sorted((ROOT / folder).rglob("*.py"))]
    faults = [fault for path in files for fault in over_budget(path)]
    print("\n".join(faults) or f"{len(files)} files within budget")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
