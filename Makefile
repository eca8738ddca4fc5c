# Everything a person or CI runs. `make help` lists it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP_ARGS ?=
LAB_DIR ?= my_lessons
LAB_ARGS ?=
# In which language the lessons are, as make is told: the environment's LANGUAGE is about other programs.
LANGUAGE :=
BENCH_ARGS ?=
LOAD_ARGS ?=
FUZZ_CASES ?= 2000
IDIOM_DRAWS ?= 100
PAGES_ARGS ?=
MUTANTS_ARGS ?=
# Where PyTorch is to be had without CUDA. Whoever names another index or a folder of wheels is given what lies there.
CPU_INDEX ?= https://download.pytorch.org/whl/cpu
NAMES_AN_INDEX := $(strip $(PIP_ARGS) $(PIP_INDEX_URL) $(PIP_EXTRA_INDEX_URL) $(PIP_FIND_LINKS) $(PIP_NO_INDEX))
export OMP_NUM_THREADS ?= 2
export TQDM_DISABLE ?= 1
# Python and pytest keep what they compile, whatever the shell says: each process of tests would compile all of it anew.
export PYTHONDONTWRITEBYTECODE :=
# Threads that wait spin for a moment only: for long, beside another busy process, they would stop each other ...
export GOMP_SPINCOUNT ?= 1000
# ... but where one training has the machine to itself, OpenMP's own number is up to twice as fast.
bench bench-real build models: export GOMP_SPINCOUNT = 300000

.PHONY: help lab teach test test-fast test-sandbox test-browser test-hub test-network test-notebooks test-languages load load-dask fuzz mutants idioms bench bench-real bench-grading bench-scale term lint format build results pages models lock check-lock newest clean
.DEFAULT_GOAL := help

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

# One environment, as much of it as somebody needs: a learner, a teacher, or whoever changes and tests the course. For a
# learner, what is used is compiled when it is used; a sandbox could not keep that, so for the others all is compiled.
# And a learner has no use for the programs that test PyTorch, a sixth of it.
$(VENV)/learner: EXTRAS := lab
$(VENV)/learner: COMPILE := --no-compile
$(VENV)/learner: UNUSED := torch/test torch/bin/test_* torch/bin/*StoreTest
$(VENV)/learner: HOLDS := what learners need, PyTorch and JupyterLab: about 310 MB
$(VENV)/teacher: EXTRAS := lab,grade
$(VENV)/teacher: HOLDS := what teachers need, nbgrader besides PyTorch and JupyterLab: about 340 MB
$(VENV)/ready: EXTRAS := test
$(VENV)/ready: HOLDS := everything, the tools of the tests too: about 450 MB
$(VENV)/ready: SMALLER := $(VENV)/learner $(VENV)/teacher $(VENV)/menus-ko
$(VENV)/teacher: SMALLER := $(VENV)/learner

# The lock constrains versions; pyproject.toml says what is needed. pip is not quiet: it would hide why versions conflict.
$(VENV)/learner $(VENV)/teacher $(VENV)/ready: pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null || { printf '%s\n' \
		"The course needs Python 3.11 or newer, and $(PYTHON) --version says: $$($(PYTHON) --version 2>&1)" \
		'Install one (Debian, Ubuntu: apt install python3 python3-venv) or name one that you have, for example:' \
		'make $(or $(MAKECMDGOALS),lab) PYTHON=python3.12' >&2; exit 1; }
	@echo 'Making the environment $(VENV) with $(HOLDS) to fetch, once.'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	@[ "$$(uname -s)" != Linux ] || [ -n "$(NAMES_AN_INDEX)" ] || if command -v nvidia-smi > /dev/null; then \
		echo 'PyTorch for your NVIDIA card is some gigabytes more.'; else \
		echo 'PyTorch without CUDA, since there is no NVIDIA card, from $(CPU_INDEX) ...'; \
		$(BIN)/python -m pip install $(COMPILE) --quiet --no-deps --retries 0 --index-url $(CPU_INDEX) \
			--constraint requirements.lock torch 2> /dev/null || \
		echo 'It has none for you, or does not answer: PyTorch comes with CUDA, some gigabytes more.'; fi
	$(BIN)/python -m pip install $(PIP_ARGS) $(COMPILE) --constraint requirements.lock --editable '.[$(EXTRAS)]' || { printf '%s\n' '' \
		'The environment $(VENV) is not complete; pip says above why: look for ERROR.' \
		'- No connection? Run the same command again; what was downloaded is kept.' \
		'- No version for your Python? The lock serves 3.11.2 to 3.14: make $(or $(MAKECMDGOALS),lab) PYTHON=python3.12' \
		'- No space left? PyTorch without CUDA is small: see "Two commands" in README.md.' >&2; exit 1; }
	@rm -rf $(addprefix $(VENV)/lib/python3*/site-packages/,$(UNUSED))
	@[ -n "$(COMPILE)" ] || $(BIN)/python -m compileall -q $(VENV)/lib > /dev/null || true
	@touch $@ $(SMALLER)

# JupyterLab's own menus in a language; the lessons are in it without.
$(VENV)/menus-%: $(VENV)/learner
	@$(BIN)/python -m pip install $(PIP_ARGS) --quiet --constraint requirements.lock --editable '.[$*]' && touch $@ || \
		echo "JupyterLab's own menus stay English: their translation could not be fetched."

lab: $(VENV)/learner $(addprefix $(VENV)/menus-,$(filter-out en,$(LANGUAGE)))  ## make a learner's environment, copy the lessons, open JupyterLab (LANGUAGE=ko LAB_ARGS=--no-browser)
	TQDM_DISABLE= $(BIN)/autograder lab $(addprefix --language=,$(LANGUAGE)) $(LAB_DIR) -- $(LAB_ARGS)

teach: $(VENV)/teacher  ## add what grading a class needs to the environment
	@echo 'Ready. Enter it with: source $(BIN)/activate, then follow autograder/GUIDE.md. What this machine can do:'
	@$(BIN)/autograder doctor || true

test: $(VENV)/ready  ## every test: unit, build check, and nbval on each solution notebook; minutes by part
	$(BIN)/python tests/parts.py

test-fast: $(VENV)/ready  ## tests that start no kernel and compute for seconds only, under 75 s
	$(BIN)/pytest tests -m 'not slow and not long and not browser' -n 2

test-sandbox: $(VENV)/ready  ## only what needs a sandbox: its probes, the attacks, the engine
	$(BIN)/pytest tests -m sandbox

test-browser: $(VENV)/ready  ## a learner's way through JupyterLab in the system's Chromium; pictures in build/screenshots
	$(BIN)/pytest tests -m browser

test-hub: $(VENV)/ready  ## a class on a real JupyterHub, with users that root makes; pictures in build/screenshots
	$(BIN)/python -m pip install $(PIP_ARGS) --quiet --editable '.[hub]'
	RUN_HUB=1 $(BIN)/pytest tests/hub -rs

test-notebooks: $(VENV)/ready  ## run the solution notebooks and compare their outputs
	$(BIN)/pytest --nbval solutions --ignore-glob='solutions/??'

test-languages: $(VENV)/ready  ## the same in the course's other languages
	$(BIN)/pytest --nbval solutions/[a-z][a-z]

test-network: $(VENV)/ready  ## what fetches packages: a lesson with the IPython that Colab has
	NETWORK=1 $(BIN)/pytest tests/whole/test_colab.py

term: $(VENV)/ready  ## a class of 60 through all lessons, from the LMS to the marks (minutes)
	WHOLE_TERM=1 $(BIN)/pytest tests/whole/test_term.py --durations=8

bench-grading: $(VENV)/ready  ## time classes of 40 and 200: stock nbgrader beside autograder (BENCH_ARGS="--students 40 --rounds 3")
	$(BIN)/python tests/benchmarks/bench_grading.py $(BENCH_ARGS)

load: $(VENV)/ready  ## grade 1,000 submissions, in peace and killed ten times, and compare (LOAD_ARGS="--students 20")
	$(BIN)/python tests/benchmarks/load.py $(LOAD_ARGS)

bench-scale: $(VENV)/ready  ## submissions/s by workers and class size, memory: table and figure (OUT=folder, BENCH_ARGS="--sizes 50 200")
	@test -n "$(OUT)" || { echo 'name a folder for table and figure: make bench-scale OUT=folder'; exit 2; }
	$(BIN)/python tests/benchmarks/bench_scale.py '$(OUT)' $(BENCH_ARGS)

fuzz: $(VENV)/ready  ## thousands of damaged notebooks and messages, new ones each time (FUZZ_CASES=2000: about half an hour)
	FUZZ_CASES=$(FUZZ_CASES) $(BIN)/pytest tests/judging/test_fuzz_notebooks.py tests/subjects/test_fuzz_protocol.py

mutants: $(VENV)/ready  ## slips in every reference solution, run through its check: table in build/mutants (MUTANTS_ARGS="--lesson 3")
	OMP_NUM_THREADS=1 $(BIN)/python tests/mutants/run.py $(MUTANTS_ARGS)

idioms: $(VENV)/ready  ## answers in the style of other codebases, through their checks: how often one is misjudged (IDIOM_DRAWS=100)
	IDIOM_DRAWS=$(IDIOM_DRAWS) OMP_NUM_THREADS=1 $(BIN)/pytest tests/checks/test_idioms.py -n 2

load-dask: $(VENV)/ready  ## 240 submissions on a Dask cluster of two workers, one of which is killed (minutes)
	LOAD_STUDENTS=240 $(BIN)/pytest tests/grading/test_cluster.py -k half_way

lint: $(VENV)/ready  ## style, types, and the layers that autograder/ARCHITECTURE.md draws
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache
	$(BIN)/mypy

format: $(VENV)/ready  ## let ruff rewrite
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

build: $(VENV)/ready  ## lesson sources to executed solutions, released lessons and recorded cases
	$(BIN)/autograder build

results: $(VENV)/ready  ## train what the results files lack, publish finished ones (hours; goes on where it stopped)
	$(BIN)/python -m lessons.experiments
	$(BIN)/python -m lessons.experiments.step_time
	@echo 'not run: the real corpus; make bench-real FILE=pairs.tsv BENCH_ARGS=--results makes its results file'
	$(BIN)/python -m lessons.experiments.publish
	$(BIN)/python -m lessons.experiments.summary

bench: $(VENV)/ready  ## training speed beside a plain arrangement, three seeds (half an hour; nothing else should run)
	$(BIN)/python tests/benchmarks/bench_training.py

bench-real: $(VENV)/ready  ## train on real sentence pairs, print BLEU and time (FILE=pairs.tsv, BENCH_ARGS="--seeds 1 2 3")
	@test -n "$(FILE)" || { echo 'name a file of sentence pairs: make bench-real FILE=pairs.tsv (autograder fetch gets one)'; exit 2; }
	$(BIN)/python tests/benchmarks/bench_real.py '$(FILE)' $(BENCH_ARGS)

pages: $(VENV)/ready  ## the solved course as a site to read without installing (PAGES_ARGS="--repository owner/name")
	$(BIN)/autograder pages site $(PAGES_ARGS)

models: $(VENV)/ready  ## train the models that the lessons load (minutes)
	$(BIN)/python -m lessons.experiments.models

lock: $(VENV)/ready  ## write the installed versions to requirements.lock
	$(BIN)/python -m pip freeze --exclude-editable | sed 's/+cpu$$//' > requirements.lock
	$(MAKE) check-lock

check-lock: $(VENV)/ready  ## resolve the lock for the oldest and the newest Python that it serves
	$(BIN)/python tests/helpers/resolve_lock.py

newest:  ## an environment with the newest versions that the ranges allow, and all tests in it
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install $(PIP_ARGS) --editable '.[test]'
	@touch $(VENV)/ready $(VENV)/learner $(VENV)/teacher
	$(MAKE) test

clean:  ## remove the environment and caches
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .ruff_cache
