# Open Battery Passport. `make run` needs Python 3.11 or newer and make, nothing else.

.DEFAULT_GOAL := help
.SUFFIXES:
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
DATA ?= data
WORKERS ?= 2
BENCH_ARGS ?=
LOCK_TOOL := pip-tools==7.6.2

# The first Python that is new enough; PYTHON=... names another one.
PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11 python3.14; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$name && break; done)

export PATH := $(CURDIR)/$(BIN):$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1
INSTALL := $(BIN)/python -m pip install --quiet --require-hashes
NODE_STAMPS := $(patsubst %package-lock.json,%node_modules/.stamp,$(wildcard tests/*/package-lock.json passport/ui/*/package-lock.json))
CODE := passport bms_ingest recycler_portal tests

.PHONY: help run test check fix bench bench-quick soak lock clean
.PHONY: tools check-format check-lint check-types check-layers check-fast-tests

help:
	@echo 'make run    start the service with its demonstration on http://localhost:8000'
	@echo 'make test   every check and every test, as the CI runs them'
	@echo 'make check  the fast gate: format, lint, types, layers, unit and property tests'
	@echo 'make fix    format the code and repair what the linter can repair'
	@echo 'make bench  figures beside peers and limits, in a table and in bench.json (QUICK=1: shorter)'
	@echo 'make soak   long runs in parts of at most 60 minutes (SOAK_SEED=... goes on, SOAK_MINUTES=... forged passports)'
	@echo 'make lock   write requirements/*.txt anew from the ranges'
	@echo 'make clean  remove the environment and caches; data/ stays'

run: $(VENV)/.core
	@echo '==> starting; the first time loads the demonstration (Ctrl-C ends the service)'
	@PASSPORT_PUBLIC_BASE_URL="$${PASSPORT_PUBLIC_BASE_URL:-http://localhost:$(PORT)}" \
		exec $(BIN)/python -m passport.cli serve --demo --port $(PORT) --data $(DATA)

# Static checks first, then the quick figures alone on the machine, for reading: a loaded machine
# must not fail the tests. Then every test; the last line is pytest's summary.
test: $(VENV)/.test tools $(NODE_STAMPS)
	@echo '==> format, lint, types and import layers'
	@$(MAKE) --jobs=2 --keep-going --output-sync=target check-format check-lint check-types check-layers
	@$(MAKE) bench-quick || echo '==> a bar was missed in the short run: speed is shown here, make bench judges it'
	@echo '==> tests'
	@$(BIN)/python -m pytest --numprocesses=$(WORKERS) --dist=loadfile --quiet

check: $(VENV)/.test
	@$(MAKE) --jobs=2 --keep-going --output-sync=target \
		check-format check-lint check-types check-layers check-fast-tests

check-format: $(VENV)/.test
	@$(BIN)/ruff format --check --quiet $(CODE)
check-lint: $(VENV)/.test
	@$(BIN)/ruff check --quiet $(CODE)
check-types: $(VENV)/.test
	@$(BIN)/mypy
check-layers: $(VENV)/.test
	@$(BIN)/lint-imports
check-fast-tests: $(VENV)/.test
	@$(BIN)/python -m pytest tests/unit tests/property --numprocesses=$(WORKERS) --quiet

fix: $(VENV)/.test
	@$(BIN)/ruff check --fix --quiet $(CODE) || true
	@$(BIN)/ruff format $(CODE)

bench: $(VENV)/.test $(NODE_STAMPS)
	@PYTHONPATH=tests $(BIN)/python -m benchmark $(if $(QUICK),--quick) $(BENCH_ARGS)
bench-quick:
	@$(MAKE) bench QUICK=1

soak: $(VENV)/.test
	@$(BIN)/python tests/soak.py $(if $(SOAK_SEED),--seed $(SOAK_SEED)) \
		$(if $(SOAK_MINUTES),--minutes $(SOAK_MINUTES))

# Exact versions with hashes of every wheel, so that they install on each Python from 3.11 on.
COMPILE := build/lock/bin/python -m piptools compile --quiet --upgrade --generate-hashes \
	--allow-unsafe --strip-extras --no-header --no-emit-index-url --no-emit-trusted-host \
	--no-emit-find-links --no-emit-options
lock:
	@echo '==> locking requirements (with the oldest supported Python: 3.11)'
	@python3.11 -m venv build/lock
	@build/lock/bin/python -m pip install --quiet '$(LOCK_TOOL)'
	@$(COMPILE) --output-file=requirements/core.txt pyproject.toml
	@for name in build test node; do \
		echo "==> requirements/$$name.txt"; \
		$(COMPILE) --output-file=requirements/$$name.txt requirements/$$name.in || exit 1; \
	done

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find tests passport -name node_modules -prune -exec rm -rf {} +

# The environment: a second start finds the stamps and does nothing.
$(BIN)/python:
	@test -n "$(PYTHON)" || { echo 'make: Python 3.11 or newer is needed; PYTHON=path names one' >&2; exit 1; }
	@.ci/machine venv "$(PYTHON)"
	@echo '==> environment in $(VENV) with '"$$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.core: requirements/core.txt requirements/build.txt pyproject.toml | $(BIN)/python
	@echo '==> core dependencies (the first time takes a minute)'
	@$(INSTALL) --requirement requirements/core.txt
	@$(INSTALL) --requirement requirements/build.txt
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.test: requirements/test.txt $(VENV)/.core
	@echo '==> test dependencies'
	@$(INSTALL) --requirement requirements/test.txt
	@touch $@

# Programs the tests start: PostgreSQL, Chromium, mosquitto, nats-server, SoftHSM2, OpenSSL, Go,
# Node.js 20 or newer.
tools: $(VENV)/.core
	@.ci/machine tests

%/node_modules/.stamp: %/package.json %/package-lock.json | tools
	@echo '==> Node packages of $*'
	@cd $* && npm ci --no-audit --no-fund --loglevel=error
	@touch $@
