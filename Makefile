# Two commands matter: `make demo` shows it running, `make test` proves it.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DESK := .venv-helpdesk
ROUNDUP := .venv-roundup
PEERS := .venv-peers
UV := $(BIN)/uv pip
# --universal: one file for every platform. No header and no annotation: they would name paths and hosts.
# Extras stay: an older pip takes a pin without them for another package and looks for a newer one.
PIN := $(UV) compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-strip-extras

# Tests start many processes: each would compile every module again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo install test test-fast coverage check format bench bench-peers picture reference lookalikes pins clean

demo: install
	$(BIN)/sidecue demo

install: $(VENV)/.installed

$(VENV)/.python:
	@.ci/require python $(PYTHON)
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.installed: $(VENV)/.python requirements.txt setup.cfg pyproject.toml
	@.ci/require headers $(BIN)/python
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

$(VENV)/.tested: $(VENV)/.installed requirements-dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

# django-helpdesk has requirements of its own that must not mix with ours.
$(DESK)/.installed: tests/helpdesk/requirements.txt | $(VENV)/.python
	$(PYTHON) -m venv $(DESK)
	$(DESK)/bin/pip install --quiet --disable-pip-version-check -r tests/helpdesk/requirements.txt
	@touch $@

# Roundup too. Where it is not to be had, its tests are skipped and say why.
$(ROUNDUP)/.installed: tests/helpdesk/roundup.txt | $(VENV)/.python
	@$(PYTHON) -m venv $(ROUNDUP)
	@if $(ROUNDUP)/bin/pip install --quiet --disable-pip-version-check -r $< 2>$(ROUNDUP)/why-not; then touch $@; else \
	    echo "Roundup cannot be installed; its tests are skipped: $$(tail -n 1 $(ROUNDUP)/why-not)"; fi

test: check $(DESK)/.installed $(ROUNDUP)/.installed
	@.ci/require chromium
	@.ci/require examples
	@.ci/require php
	@.ci/require request-tracker
	$(BIN)/pytest --numprocesses 2 --dist loadgroup

test-fast: $(VENV)/.tested
	$(BIN)/pytest --numprocesses 2 -m "not slow and not browser and not helpdesk"

# Which lines and branches no quick test reaches.
coverage: $(VENV)/.tested
	$(BIN)/pytest --numprocesses 2 -m "not browser and not helpdesk" --cov --cov-report term

check: $(VENV)/.tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/sidecue rules check

format: $(VENV)/.tested
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: install
	$(BIN)/sidecue bench

# The engines that somebody might take instead have requirements that must not mix with ours.
$(PEERS)/.installed: plugin/bench/peers/requirements.txt | $(VENV)/.python
	$(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r plugin/bench/peers/requirements.txt
	@touch $@

bench-peers: install $(PEERS)/.installed
	$(BIN)/sidecue bench peers --peers $(PEERS)/bin/python

# The picture at the top of the README, as the browser test took it.
picture: $(VENV)/.tested
	@.ci/require chromium
	$(BIN)/pytest tests/browser -k readme_picture
	cp tests/artefacts/sidebar.png plugin/sidebar/sidebar.png

# The reference of rules and commands and the editors' schemas, from the code.
reference: $(VENV)/.installed
	$(BIN)/python -m plugin.cli.reference

# The real words that are nobody's misspelling, from the word lists of the pinned package.
lookalikes: $(VENV)/.tested
	PYTHONPATH=. $(BIN)/python tests/support/lookalike_lists.py

pins: $(VENV)/.tested
	$(PIN) requirements.in -o requirements.txt
	$(PIN) requirements-dev.in -o requirements-dev.txt
	$(PIN) plugin/bench/peers/requirements.in -o plugin/bench/peers/requirements.txt

clean:
	rm -rf $(VENV) $(DESK) $(ROUNDUP) $(PEERS) build *.egg-info tests/artefacts .mypy_cache .ruff_cache .pytest_cache .hypothesis
