#!/usr/bin/env bash
# Pins every library with its hashes: requirements.lock (to run), -build (to build the wheel), -dev (to test), -bench, -peers.
set -euo pipefail
cd "$(dirname "$0")/.."
UV=${UV:-$(command -v uv || echo .venv/bin/uv)}
compile() { "$UV" pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --quiet "$@"; }
compile pyproject.toml -o requirements.lock
echo 'hatchling==1.27.0' | compile - -o requirements-build.lock
compile pyproject.toml --group dev -o requirements-dev.lock
compile pyproject.toml --group dev --group bench -o requirements-bench.lock
compile pyproject.toml --group dev --group bench --group peers -o requirements-peers.lock
