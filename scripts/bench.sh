#!/usr/bin/env bash
# Runs benches from a clean checkout. usage: bench.sh all|gateway|NAME of a bench   (CORPUS=folder of real mail)
set -euo pipefail
cd "$(dirname "$0")/.."
export PIP_DISABLE_PIP_VERSION_CHECK=1
corpus=${CORPUS:-../shared/data}
venv=.venv-bench
lock=requirements-bench.lock
if [ "$1" = scan ] || [ "$1" = content ] || [ "$1" = all ]; then lock=requirements-peers.lock; fi # the scanners it is measured beside
if [ ! -e "$venv/.$lock" ] || [ "$lock" -nt "$venv/.$lock" ]; then
  test -x $venv/bin/python || "${PYTHON:-python3}" -m venv $venv
  $venv/bin/python -m pip --quiet install --require-hashes --no-deps -r "$lock"
  touch "$venv/.$lock"
fi
$venv/bin/python -m pip --quiet install --no-deps --no-build-isolation --force-reinstall .
mkdir -p bench-results
if [ "$1" = didyoumean ] || [ "$1" = all ]; then # npm mailcheck, where there is npm
  if command -v npm >/dev/null && cp scripts/peers/package*.json $venv/ && (cd $venv && npm ci --silent --no-fund --no-audit); then
    export NODE_PATH="$PWD/$venv/node_modules"
  else
    echo "npm mailcheck is left out: there is no npm, or it has no registry" >&2
  fi
fi
case $1 in
  gateway) scripts/install-test-packages.sh; exec $venv/bin/python scripts/bench_gateway.py ;;
  content | all)
    $venv/bin/python scripts/bench_unseen.py --out bench-results/unseen.json
    exec $venv/bin/straymail bench "$1" --corpus "$corpus" --out bench-results
    ;;
  *) exec $venv/bin/straymail bench "$1" --corpus "$corpus" --out bench-results ;;
esac
