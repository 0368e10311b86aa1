#!/usr/bin/env bash
# `make test`: installs what the tests need and runs every check, on the wheel that would be released.
set -euo pipefail
cd "$(dirname "$0")/.."
PYTHON=${PYTHON:-python3}
export PIP_DISABLE_PIP_VERSION_CHECK=1

scripts/install-test-packages.sh

venv=.venv-test
stamp=$venv/.libraries
if [ ! -e "$stamp" ] || [ requirements-dev.lock -nt "$stamp" ]; then
  echo "Setting up $venv ..."
  test -x "$venv/bin/python" || "$PYTHON" -m venv "$venv"
  "$venv/bin/python" -m pip --quiet install --require-hashes --no-deps -r requirements-dev.lock
  touch "$stamp"
fi
rm -rf build/wheel
"$venv/bin/python" -m pip --quiet wheel --no-deps --no-build-isolation --wheel-dir build/wheel .
"$venv/bin/python" -m pip --quiet install --no-deps --force-reinstall build/wheel/straymail-*.whl

scripts/checks.sh "$venv"

echo; echo '== tests'
STRAYMAIL=$PWD/$venv/bin/straymail "$venv/bin/python" -m pytest -n "${JOBS:-2}" --dist loadgroup "$@"
