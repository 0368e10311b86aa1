"""``python -m straymail``."""

from __future__ import annotations

from straymail.cli.main import run

if __name__ == "__main__":
    run()
