# Straymail: the commands of the README. `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
SOURCES := $(shell find src -type f -not -name '*.pyc') pyproject.toml README.md LICENSE
PIP := PIP_DISABLE_PIP_VERSION_CHECK=1 .venv/bin/python -m pip --quiet

.PHONY: help run install dev test check lock soak bench bench-lookup bench-content bench-scan bench-gateway docs clean

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: .venv/.installed ## start a guard on embedded defaults, send four invented messages through it, stay up until Ctrl-C
	@.venv/bin/straymail demo --dir run

install: .venv/.installed ## .venv with the straymail command, from the lock
	@echo "Installed: .venv/bin/straymail ($$(.venv/bin/straymail version))"

.venv/.libraries: requirements.lock requirements-build.lock
	@command -v $(PYTHON) >/dev/null || { echo "Straymail needs Python 3.11 or newer (Debian: sudo apt-get install python3 python3-venv)" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Straymail needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version)" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "Python's venv module is missing (Debian: sudo apt-get install python3-venv)" >&2; exit 1; }
	@echo "Setting up .venv (about half a minute, once) ..."
	@test -x .venv/bin/python || $(PYTHON) -m venv .venv
	@$(PIP) install --require-hashes --no-deps -r requirements-build.lock -r requirements.lock
	@touch $@

.venv/.installed: .venv/.libraries $(SOURCES)
	@$(PIP) install --no-deps --no-build-isolation --force-reinstall .
	@touch $@

dev: ## .venv with everything to work on the code, the package editable
	@test -x .venv/bin/python || $(PYTHON) -m venv .venv
	@$(PIP) install --require-hashes --no-deps -r requirements-dev.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .

test: ## install what the tests need (apt, with sudo when not root) and run every check
	@scripts/test.sh

check: ## the quick half of `make test` on the working tree: lint, types, contracts, budgets, docs
	@scripts/checks.sh .venv

docs: ## regenerate docs/reference and the man page
	@.venv/bin/python scripts/gendocs.py

soak: .venv/.installed ## 2,000 messages while the guard is killed 30 times, with the disk full and the next hop down
	@.venv/bin/python scripts/soak.py

bench: ## every table of docs/quality.md (needs the corpus: CORPUS=folder)
	@scripts/bench.sh all

bench-lookup: ## near domains and mailboxes among a million
	@scripts/bench.sh lookup

bench-content: ## recall and false findings per class of content
	@scripts/bench.sh content

bench-scan: ## speed of the content scan
	@scripts/bench.sh scan

bench-gateway: ## throughput and latency beside no filter and rspamd, on a real Postfix
	@scripts/bench.sh gateway

lock: ## pin the libraries anew (versions and hashes only)
	@scripts/lock.sh

clean: ## remove what these commands made
	rm -rf .venv .venv-test build dist run bench-results .mypy_cache .ruff_cache .pytest_cache .hypothesis
