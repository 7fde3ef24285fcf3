# Everything is done through these targets; the build server calls `make test` and nothing else.
# The environment in .venv is made on first use, with the versions of constraints.txt.
.DEFAULT_GOAL := help
.PHONY: help demo run test bench bench-recovery lint types format bundle clean system-window system-tests system-packaging
.DELETE_ON_ERROR:

PY := .venv/bin/python
PLATFORMS := linux win32 darwin

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1|\2/p' Makefile | awk -F'|' '{ printf "%-20s %s\n", $$1, $$2 }'

demo: system-window .venv/ready-dev ## a connection to a bastion and a PostgreSQL of its own, and a query through it
	$(PY) -m desktop demo

run: system-window .venv/ready-dev ## the window
	$(PY) -m desktop

# Most tests wait for others, so two at a time take little more than half of the time, also on two cores. Those of one
# file stay together: they share servers. Many start the program: compiled beforehand it takes 0.4 s less each time,
# where PYTHONDONTWRITEBYTECODE keeps it from being compiled once and for all.
TESTS_AT_ONCE := 2

test: lint types system-window system-tests system-packaging ## lint, strict types and every test
	$(PY) -m compileall -q desktop tests
	$(PY) -m pytest --numprocesses $(TESTS_AT_ONCE) --dist loadfile

bench: system-tests .venv/ready-bench ## speed beside ssh -L and other tunnels (40 minutes; BENCH=--quick: three minutes)
	$(PY) -m tests.bench $(BENCH)

bench-recovery: system-tests .venv/ready-dev ## time to recover from network faults, beside autossh (root, an hour)
	$(PY) -m tests.bench.recovery

lint: .venv/ready-dev ## ruff: rules and formatting
	$(PY) -m ruff check
	$(PY) -m ruff format --check

types: .venv/ready-dev ## mypy --strict for Linux, Windows and macOS
	@for platform in $(PLATFORMS); do \
	    echo "mypy --platform $$platform"; \
	    $(PY) -m mypy --platform $$platform --cache-dir .mypy_cache/$$platform || exit 1; \
	done

format: .venv/ready-dev ## let ruff mend what it can
	$(PY) -m ruff check --fix
	$(PY) -m ruff format

bundle: system-window system-packaging .venv/ready-bundle ## what people install: a folder, a tar.xz and a .deb, in dist/
	packaging/build-bundle.sh

clean: ## remove .venv, caches and everything built
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache build dist out
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

system-window:
	@packaging/linux/install-system-packages.sh window

system-tests:
	@packaging/linux/install-system-packages.sh tests

system-packaging:
	@packaging/linux/install-system-packages.sh packaging

.venv/ready-dev: pyproject.toml constraints.txt
	packaging/create-venv.sh demo,dev
	@touch $@

.venv/ready-bench: pyproject.toml constraints.txt
	packaging/create-venv.sh demo,dev,bench
	@touch $@

.venv/ready-bundle: pyproject.toml constraints.txt
	packaging/create-venv.sh bundle
	@touch $@
