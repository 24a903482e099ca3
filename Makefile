# midspan: every target makes what it needs. `make help` lists them.
SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
# One environment: the light set of packages answers, the full one has it within and trains and tests as well.
LIGHT := $(VENV)/.light
FULL := $(VENV)/.installed
EITHER := $(or $(wildcard $(FULL)),$(LIGHT))
WORKSPACE ?= workspace
ARGS ?=
# Files of tests are shared among a process a core and one more, as many wait for servers; each computes with one thread.
PROCESSES := $(shell cores=$$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2); echo $$((cores < 4 ? cores + 1 : 4)))
# Without the last a process grows by gigabytes: what threads that are gone left behind stays in heaps of their own.
PYTEST := OMP_NUM_THREADS=1 MALLOC_ARENA_MAX=1 $(BIN)/python -m pytest -n $(PROCESSES) --dist loadfile --no-loadscope-reorder
COMPILE := $(BIN)/uv pip compile --quiet --generate-hashes --no-header pyproject.toml

.DEFAULT_GOAL := help
.PHONY: help demo test test-fast lint format lock browser jdk services services-down clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 12

demo: $(EITHER) ## ingest the bundled corpus, answer examples, serve the UI (ARGS=--no-ui ends before the UI)
	$(BIN)/midspan --workspace $(WORKSPACE) demo $(ARGS)

test: $(FULL) browser jdk ## run every test (ARGS are pytest's; -n 0 for one process)
	$(PYTEST) $(ARGS)

test-fast: $(FULL) ## run the tests that take seconds
	$(PYTEST) -m "not slow and not browser" $(ARGS)

lint: $(FULL) ## ruff, ruff format, mypy, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(FULL) ## format and mend what ruff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(FULL) ## resolve the dependencies anew: the full set, the light one within it, that of the image for GPUs
	$(COMPILE) --upgrade --universal --python-version 3.10 --extra dev --output-file requirements-dev.lock
	$(COMPILE) --universal --python-version 3.10 --extra postgres --group encoder \
		--constraint requirements-dev.lock --output-file requirements.lock
	echo faiss-cpu | $(COMPILE) --python-version 3.11 --python-platform linux --extra postgres --extra gpu \
		--excludes /dev/stdin --constraint requirements-dev.lock --output-file requirements-gpu.lock

browser: ## install Chromium for the browser tests where it is missing and may be
	@if command -v chromium >/dev/null || command -v chromium-browser >/dev/null \
		|| command -v google-chrome >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
			--no-install-recommends chromium fonts-dejavu-core >/dev/null; \
	else \
		echo "no Chromium: the browser tests are skipped (install the package chromium to run them)" >&2; \
	fi

services: $(FULL) jdk ## start PostgreSQL, Neo4j and Redis on 127.0.0.1, print their URLs (eval "$$(make -s services)")
	@$(BIN)/python -m services up

services-down: ## stop what `make services` started
	@[ ! -x $(BIN)/python ] || $(BIN)/python -m services down

jdk: ## install a JDK and Maven, which run and fetch Neo4j, where they are missing and may be
	@if command -v java >/dev/null && command -v mvn >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
			--no-install-recommends default-jdk-headless maven >/dev/null; \
	else \
		echo "no JDK or Maven: the tests on Neo4j are skipped (install them to run these)" >&2; \
	fi

# An installation is made anew when its lock or the package's own metadata change.
$(LIGHT): requirements.lock pyproject.toml
	$(call install,requirements.lock)
	@touch $(LIGHT)

$(FULL): requirements-dev.lock pyproject.toml
	$(call install,requirements-dev.lock)
	@touch $(LIGHT) $(FULL)

define install
	@python=; for candidate in $(PYTHON) python3 python3.12 python3.11 python3.10; do \
		if $$candidate -c 'import sys, ensurepip; sys.exit(not (3, 10) <= sys.version_info[:2] < (3, 13))' \
			2>/dev/null; then python=$$candidate; break; fi; done; \
	if [ -z "$$python" ]; then \
		echo "midspan needs Python 3.10, 3.11 or 3.12 with venv (Debian: apt-get install python3-venv);" \
			"name one with make PYTHON=/path/to/python3.11" >&2; exit 1; fi; \
	[ -x $(BIN)/python ] || $$python -m venv $(VENV); \
	rm -f $(LIGHT) $(FULL)
	@sed -n '/^uv==/,/^[a-z]/p' requirements-dev.lock | sed '$$d; s/[[:space:]]*# via.*//' > $(VENV)/uv.lock.txt
	@[ -x $(BIN)/uv ] || $(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--require-hashes --no-deps -r $(VENV)/uv.lock.txt
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip sync --quiet --require-hashes $(1)
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --no-deps --require-build-hashes \
		--build-constraints requirements-dev.lock --editable .
endef

clean: ## remove the environment and caches (never a workspace)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis dist build
