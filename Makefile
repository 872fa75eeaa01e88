# Each target does its own set-up, once: on a new Debian or Ubuntu machine with git, make and
# Python 3.11 or newer, `make run` and `make test` are all it takes. `make help` lists the targets.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
  $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
PY := $(VENV)/bin/python
SHARED := $(realpath ../shared)
SOURCES := crisisdesk ui resources

# Processes that tests run in, side by side; ARGS="-n0" is one, as a debugger needs it.
# A process that runs beside others has crashed in Qt, so that is for whoever asks:
# make test BESIDE="--numprocesses=logical --maxprocesses=4 --dist=loadgroup"
BESIDE ?=

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help run test cover lint bench soak screenshots walk servers lock clean

# Reference data beside the clone, where a machine has them; some tests read them.
ifneq ($(SHARED),)
export CRISISDESK_SHARED ?= $(SHARED)
endif

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 22

run: $(VENV)/.run ## open the desk; ARGS="--live" passes arguments; without a display, play the exercise as text
	@$(PY) -m compileall -q $(SOURCES)
	@if [ "$$(uname -s)" != Linux ] || [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then \
	  exec $(VENV)/bin/crisisdesk $(ARGS); \
	elif [ -n '$(ARGS)' ]; then \
	  echo 'There is no display (neither DISPLAY nor WAYLAND_DISPLAY is set) for: $(ARGS)' >&2; exit 1; \
	else \
	  echo 'There is no display: playing the exercise "night-flood" here as text instead.'; \
	  out="exercise-out/$$(date +%Y%m%d-%H%M%S)"; \
	  echo "Its record goes to ./$$out"; \
	  exec $(VENV)/bin/crisisdesk exercise run night-flood --autopilot --speed max --out "$$out"; \
	fi

test: lint ## all checks: lint, then every test, with the real servers that are installed
	@$(PY) -m tests.servers.install || test "$$CI" != true
	@QT_QPA_PLATFORM=offscreen $(PY) -m pytest $(BESIDE) $(ARGS)

cover: ## every test, and which lines none of them runs
	@$(MAKE) test ARGS="--cov --cov-report=term:skip-covered $(ARGS)"

lint: $(VENV)/.test ## style, types and the import contracts
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports

bench: $(VENV)/.test ## measure; one JSON object on standard output
	@$(PY) -m compileall -q $(SOURCES) >&2
	@QT_QPA_PLATFORM=offscreen $(PY) -m tests.benchmarks $(ARGS)

soak: $(VENV)/.test ## long runs, all or one part: ARGS="rigs --kills 10000", "broadcasts", "day", "mutations", "officers"
	@dev/system-packages.sh rigs
	@$(PY) -m tests.soak $(ARGS)

screenshots: $(VENV)/.test ## draw every screen into files
	@dev/system-packages.sh screenshots
	@QT_QPA_PLATFORM=offscreen $(PY) -m tests.gallery $(ARGS)

walk: $(VENV)/.test ## walk as a new user does: docs/walk, with a picture of each step
	@dev/system-packages.sh screenshots
	@QT_QPA_PLATFORM=offscreen TZ=UTC $(PY) -m tests.walk

servers: $(VENV)/.test ## install the test servers that come from npm and PyPI
	@$(PY) -m tests.servers.install

COMPILE := $(VENV)/bin/pip-compile --quiet --generate-hashes --strip-extras \
  --unsafe-package crisisdesk --no-header --no-emit-index-url --no-emit-find-links \
  --no-emit-trusted-host $(ARGS)
lock: $(VENV)/.test ## pin what pyproject.toml allows today; ARGS="--upgrade" for newer versions
	$(COMPILE) --extra test -o dev/lock/test.txt pyproject.toml
	@sed -i '/^# WARNING: .* were not pinned/,$$d' dev/lock/test.txt  # this is CrisisDesk itself
	$(COMPILE) --build-deps-for editable --extra postgres -c dev/lock/test.txt -o dev/lock/run.txt pyproject.toml
	$(COMPILE) -o dev/lock/mastodon-mock.txt dev/lock/mastodon-mock.in
	$(COMPILE) -o dev/lock/mitmproxy.txt dev/lock/mitmproxy.in

clean: ## remove everything that the other targets made
	@rm -rf $(VENV) .cache .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache \
	  .coverage build dist exercise-out *.egg-info tests/servers/bluesky/node_modules
	@find $(SOURCES) tests -name __pycache__ -type d -prune -exec rm -rf {} +

# Stamps: one per lock file, inside the environment so that they vanish with it. Set-up talks on
# standard error only.
$(VENV)/.run $(VENV)/.test: $(VENV)/.%: dev/lock/%.txt pyproject.toml
	@if [ -z '$(PYTHON)' ]; then echo 'CrisisDesk needs Python 3.11 or newer.' >&2; exit 1; fi
	@PYTHON='$(PYTHON)' dev/system-packages.sh tools run papers
	@echo 'setting up $(VENV) for "make $*" ...' >&2
	@[ -x $(VENV)/bin/pip ] || $(PYTHON) -m venv $(VENV) >&2
	@$(PY) -m pip install --quiet --no-deps --require-hashes -r $< >&2  # the lock names all there is
	@$(PY) -m pip install -qq --no-deps --no-build-isolation --no-index --config-settings editable_mode=compat -e . >&2
	@$(PY) -m pip check >&2  # the lock may lag behind pyproject.toml
	@touch $@
