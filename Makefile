# Everything here works from a fresh clone: the first call makes the environment, later ones only look whether it is current.
# Needs make, and either uv (which brings Python 3.13) or Python 3.13 itself.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install demo up down test test-quick lint format test-model sam-local clean

# SAM's builder looks for pip and python3.13 on the PATH; nothing of another environment may come in between.
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export SAM_CLI_TELEMETRY := 0
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV

# A process a core, four at most: more would wait for the slowest file. A file, and so its stack, stays in one.
ON_ALL_CORES := --numprocesses logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder

# Either way the packages come from the compiled files, each with its hash; our own three are linked, not copied.
define install
	@requirements/install $(1) $(2) requirements/$(3).txt
	@touch $@
endef

.venv/.local: requirements/local.txt pyproject.toml requirements/install
	$(call install,.venv,3.13,local)

.venv/.dev: requirements/dev.txt pyproject.toml requirements/install
	$(call install,.venv,3.13,dev)
	@touch .venv/.local  # dev holds all of local

.venv-model/.model: requirements/model.txt pyproject.toml requirements/install
	$(call install,.venv-model,3.13,model)

help: ## Show what can be made.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo "  demo takes SOURCE=folder|zip|s3://… RATE=photos/s LIMIT=photos PLANT=share SEED=n POLICY=posterior|exact REPORT=file.json PAGE=file.html"

install: .venv/.dev ## Make the environment in .venv.

demo: .venv/.local ## Show the main job on real photos: uploads in, verdicts and alerts out.
	@binwatch demo $${SOURCE:+--source "$$SOURCE"} $${RATE:+--rate "$$RATE"} $${LIMIT:+--limit "$$LIMIT"} \
	  $${PLANT:+--plant "$$PLANT"} $${SEED:+--seed "$$SEED"} $${POLICY:+--policy "$$POLICY"} $${REPORT:+--report "$$REPORT"} $${PAGE:+--page "$$PAGE"}

up: .venv/.local ## Start the stack and leave it running; `.venv/bin/binwatch --help` says what to do with it.
	@binwatch up

down: .venv/.local ## Stop the stack; its state is kept.
	@binwatch down

test: .venv/.dev ## Run all tests but the training tests.
	pytest $(ON_ALL_CORES)

test-quick: .venv/.dev ## Run the tests that start no stack.
	pytest $(ON_ALL_CORES) -m "not stack"

lint: .venv/.dev ## Check style, types and the template.
	ruff check .
	ruff format --check .
	mypy
	AWS_DEFAULT_REGION=us-east-1 sam validate --lint

format: .venv/.dev ## Put the code into its one form.
	ruff check --fix .
	ruff format .

test-model: .venv-model/.model ## Run the counter's tests with torch.
	OMP_NUM_THREADS=1 .venv-model/bin/python -m pytest $(ON_ALL_CORES) tests/model

sam-local: .venv/.dev ## Invoke every function with every sample event in SAM's container (needs an engine with Docker's API).
	python -m tests.artefacts.sam_local_every_event

clean: ## Remove what was built; environments and the stack's state stay.
	rm -rf build .aws-sam .mypy_cache .pytest_cache .ruff_cache .hypothesis
