# Two commands do everything: `make demo` and `make test`. The rest is named in CONTRIBUTING.md.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
UV     := $(BIN)/uv
JOBS   ?= auto

.PHONY: demo screening test test-slow test-wheel coverage check docs site changelog sbom mutate bench lock clean
.DEFAULT_GOAL := demo

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "kansa needs Python 3.11 or newer; set PYTHON=/path/to/python3.11"; exit 2; }
	@$(PYTHON) -m venv $(VENV) || { echo "this Python cannot make environments; on Debian: apt-get install python3-venv"; exit 2; }
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r locks/uv.txt

$(VENV)/.runtime: $(UV) locks/runtime.txt pyproject.toml
	@$(UV) pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r locks/runtime.txt
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --editable .
	@$(BIN)/python -m compileall -q src
	@touch $@

# Name screening: PyICU is built from source, so a compiler and ICU's headers come first (docs/adr/0008).
$(VENV)/.screening: $(VENV)/.runtime locks/screening.txt
	@tools/debian-packages build
	@$(UV) pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r locks/screening.txt
	@touch $@

$(VENV)/.test: $(VENV)/.runtime locks/test.txt
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r locks/test.txt
	@$(MAKE) --no-print-directory $(VENV)/.screening || echo "name screening could not be built; its tests will skip"
	@touch $@

# The fictional operator: makes ./kansa-demo with a vault, a report and a dossier, verifies it, says where to look.
demo: $(VENV)/.runtime
	@$(BIN)/kansa demo --into kansa-demo --fresh

screening: $(VENV)/.screening

test: $(VENV)/.test
	@tools/debian-packages test
	@$(BIN)/pytest -n $(JOBS) -m "not slow"

test-slow: $(VENV)/.test
	@$(BIN)/pytest -n $(JOBS) -m slow

check: $(VENV)/.test
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

# Rewrites what the documentation takes from the code and from runs.
docs: $(VENV)/.test
	@$(BIN)/python tools/generate-docs
	@$(BIN)/python tools/draw-coherence
	@$(BIN)/python tools/run-examples README.md README.ja.md docs/questions.md docs/questions.ja.md
	@$(BIN)/pytest -q tests/walkthroughs tests/situations tests/cases/test_page.py --write
	@$(MAKE) --no-print-directory site

# Small faults put into the code that decides and verifies: the tests that hold it must notice nine in ten (an hour).
mutate: $(VENV)/.test
	@$(BIN)/python tools/mutate --page docs/mutation.md $(MODULES)

bench: $(VENV)/.test
	@$(BIN)/python benchmarks/startup.py
	@$(BIN)/python benchmarks/coherence.py
	@$(BIN)/python benchmarks/equality.py
	@$(BIN)/python benchmarks/ledger.py
	@$(BIN)/python benchmarks/vault.py --write
	@$(BIN)/python benchmarks/rules.py
	@$(BIN)/python benchmarks/rules_replay.py
	@$(BIN)/python benchmarks/standing.py
	@$(BIN)/python benchmarks/gate.py
	@$(BIN)/python benchmarks/screening.py

# Programs that benchmarks compare with, in an environment of their own: they pin other versions than ours.
peers: $(UV)
	@tools/debian-packages build
	@$(UV) venv --quiet --allow-existing .venv-peers
	@$(UV) pip install --quiet --python .venv-peers/bin/python --require-hashes -r locks/peers.txt

lock: $(UV)
	@tools/lock $(UV)

# The documentation as a site, both languages, without a network: site/index.html
$(VENV)/.docs: $(VENV)/.test locks/docs.txt
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r locks/docs.txt
	@touch $@

site: $(VENV)/.docs
	@$(BIN)/mkdocs build --quiet --clean

$(VENV)/.release: $(VENV)/.test locks/release.txt
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r locks/release.txt
	@touch $@

# What the next release will say.
changelog: $(VENV)/.release
	@$(BIN)/towncrier build --draft --version "$$($(BIN)/kansa --version)"

# What is installed to run Kansa, as CycloneDX, and under which licences. An environment of its own: no test tools in it.
sbom: $(VENV)/.release
	@rm -rf $(VENV)/sbom && $(UV) venv --quiet $(VENV)/sbom && mkdir -p dist
	@$(UV) pip install --quiet --python $(VENV)/sbom/bin/python --require-hashes -r locks/runtime.txt
	@$(BIN)/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible -o dist/sbom.json $(VENV)/sbom/bin/python
	@$(BIN)/pip-licenses --python $(VENV)/sbom/bin/python --format markdown --with-urls --output-file dist/licences.md
	@echo "dist/sbom.json, dist/licences.md"

# The suite with coverage, subprocesses included; fails under the floor in pyproject.toml.
coverage: $(VENV)/.release
	@tools/debian-packages test
	@rm -f .coverage .coverage.*
	@$(BIN)/coverage run -m pytest -n $(JOBS) -m "not slow"
	@$(BIN)/coverage combine --quiet && $(BIN)/coverage report

# The suite against the built wheel instead of the source tree.
test-wheel: $(VENV)/.test
	@rm -rf dist/kansa-*.whl .venv-wheel && $(UV) build --quiet --wheel --out-dir dist
	@$(UV) venv --quiet --python $(BIN)/python .venv-wheel
	@$(UV) pip install --quiet --python .venv-wheel/bin/python --require-hashes -r locks/test.txt
	@$(UV) pip install --quiet --python .venv-wheel/bin/python --require-hashes -r locks/screening.txt || echo "name screening could not be built; its tests will skip"
	@$(UV) pip install --quiet --python .venv-wheel/bin/python --no-deps dist/kansa-*.whl
	@.venv-wheel/bin/pytest -n $(JOBS) -m "not slow"

clean:
	rm -rf $(VENV) .venv-wheel site dist kansa-demo
