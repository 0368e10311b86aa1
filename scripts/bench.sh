#!/usr/bin/env bash
# Runs benches from a clean checkout. usage: bench.sh all|lookup|content|scan|gateway   (CORPUS=folder of real mail)
set -euo pipefail
cd "$(dirname "$0")/.."
export PIP_DISABLE_PIP_VERSION_CHECK=1
corpus=${CORPUS:-../shared/data}
venv=.venv-bench
lock=requirements-bench.lock
if [ "$1" = scan ] || [ "$1" = all ]; then lock=requirements-peers.lock; fi # the scanners it is measured beside
if [ ! -e "$venv/.$lock" ] || [ "$lock" -nt "$venv/.$lock" ]; then
  test -x $venv/bin/python || "${PYTHON:-python3}" -m venv $venv
  $venv/bin/python -m pip --quiet install --require-hashes --no-deps -r "$lock"
  touch "$venv/.$lock"
fi
$venv/bin/python -m pip --quiet install --no-deps --no-build-isolation --force-reinstall .
mkdir -p bench-results
case $1 in
  gateway) scripts/install-test-packages.sh; exec $venv/bin/python scripts/bench_gateway.py ;;
  *) exec $venv/bin/straymail bench "$1" --corpus "$corpus" --out bench-results ;;
esac
