# The commands of this project. `make run` is all that is needed to talk.
#
# HOST, PORT, ENGINE=1 (install the engine although another provider is configured) and
# PYTHON=/path/to/python may be given: make run PORT=9000

# The engine's model libraries publish wheels for these; `python3` is taken first if it is one of them.
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null \
	&& { echo "$$name"; break; }; done)
# Of the environment, else of .env: a value, and whether there is one (which shows no secret).
value = $(shell printenv $(1) || sed -n 's/^ *$(1)=//p' .env 2>/dev/null | tail -1 | tr -d "\"' ")
is_set = $(shell if [ -n "$$$(1)" ] || grep -qsE '^ *$(1)=.' .env; then echo 1; fi)
choices = $(foreach name,PROVIDER SPEECH_PROVIDER TRANSCRIPTION_PROVIDER,$(call value,$(name)))
clouds = $(filter openai azure,$(call value,PROVIDER)) $(if $(filter engine,$(call value,PROVIDER)),, \
	$(foreach name,OPENAI_API_KEY OPENAI_API_KEY_FILE AZURE_OPENAI_ENDPOINT,$(call is_set,$(name))))
# A provider elsewhere needs no model libraries here, unless the engine is asked for something by name.
ENGINE ?= $(if $(call is_set,ENGINE_URL),0,$(if $(filter engine,$(choices)),1,$(if $(strip $(clouds)),0,1)))

ifeq ($(ENGINE),1)
installed := .venv/.installed-engine
else
installed := .venv/.installed-web
endif

# Compiled once, not by each program that the tests start.
export PYTHONDONTWRITEBYTECODE :=
bin := .venv/bin/python
pip := $(bin) -m pip --disable-pip-version-check
node := PATH="$$PWD/.venv/bin:$$PATH"
compile := .venv/bin/uv pip compile --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --no-header --upgrade -q pyproject.toml

.PHONY: run setup check-provider test lint format bench lock clean
.DEFAULT_GOAL := run

run: setup
	@exec $(bin) app.py

setup: $(installed)
ifeq ($(ENGINE),1)
	@$(bin) -m services.engine models
endif

# Tries what is configured, step by step: key, connection, a text turn, a spoken word, a transcription.
check-provider: setup
	@$(bin) -m services.check

# Several at once, as most of them wait for sound: three hardly load two cores, browsers do.
test: .venv/.installed-dev tests/js/node_modules/.installed
	@$(bin) tests/install.py
	$(node) npm --prefix tests/js test
	$(bin) -m pytest -n 3 --dist worksteal tests --ignore tests/browser
	$(bin) -m pytest -n 2 --dist worksteal tests/browser -m "not alone"
	$(bin) -m pytest tests/browser -m alone

lint: .venv/.installed-dev tests/js/node_modules/.installed
	$(bin) -m ruff format --check .
	$(bin) -m ruff check .
	$(bin) -m mypy
	$(node) npm --prefix tests/js run --silent types
	$(bin) -m pytest -q tests/test_imports.py tests/test_repository.py

format: .venv/.installed-dev
	$(bin) -m ruff format .
	$(bin) -m ruff check --fix .

bench: .venv/.installed-dev
	@$(bin) tests/install.py
	@$(bin) -m tests.bench

# Brings every pinned package to its newest release that pyproject.toml allows.
lock: .venv/.installed-dev
	$(compile) -o requirements.txt
	$(compile) --extra engine -o requirements-engine.txt
	$(compile) --all-extras -o requirements-dev.txt

clean:
	rm -rf .venv tests/js/node_modules .mypy_cache .pytest_cache .ruff_cache

# Each set of requirements contains the smaller ones; a stamp is older than its list when it must be installed anew.
.venv/.installed-web: requirements.txt | .venv/.created
.venv/.installed-engine: requirements-engine.txt | .venv/.created
.venv/.installed-dev: requirements-dev.txt | .venv/.created
.venv/.installed-%:
	@echo "Installing $< into .venv; the first time this takes a minute or two"
	@$(pip) install -qq --require-hashes -r $<
	@touch $@

tests/js/node_modules/.installed: tests/js/package-lock.json .venv/.installed-dev
	$(node) npm --prefix tests/js ci --silent --no-audit --no-fund
	@touch $@

# Debian and Ubuntu ship Python without what `venv` needs to put pip into a new environment.
.venv/.created:
	@if [ -z "$(PYTHON)" ]; then \
		echo "Vivavoce needs Python 3.11, 3.12, 3.13 or 3.14; none was found. On Debian or Ubuntu: apt-get install python3-venv. On macOS: brew install python." >&2; exit 1; fi
	@if ! $(PYTHON) -c 'import ensurepip' 2>/dev/null && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing python3-venv"; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$$($(PYTHON) -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')" >/dev/null; fi
	@if $(PYTHON) -c 'import ensurepip' 2>/dev/null; then rm -rf .venv && $(PYTHON) -m venv .venv; \
	elif $(PYTHON) -m pip --version >/dev/null 2>&1; then \
		rm -rf .venv && $(PYTHON) -m venv --without-pip .venv && $(PYTHON) -m pip --python $(bin) install -q pip; \
	else \
		echo "$(PYTHON) cannot make a virtual environment. On Debian or Ubuntu: sudo apt-get install python3-venv, then again." >&2; exit 1; fi
	@touch $@
