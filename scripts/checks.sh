#!/usr/bin/env bash
# Lint, types, import contracts, budgets and purity, docs in sync. usage: checks.sh VENV
set -euo pipefail
cd "$(dirname "$0")/.."
bin=$1/bin
step() { printf '\n== %s\n' "$1"; shift; "$@"; }
step 'ruff' "$bin/ruff" check .
step 'format' "$bin/ruff" format --check .
step 'types (mypy strict, tests too)' "$bin/mypy"
step 'import contracts' "$bin/lint-imports"
step 'budgets and purity' "$bin/python" scripts/check_tree.py
step 'docs in sync' "$bin/python" scripts/gendocs.py --check
