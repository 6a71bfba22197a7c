# Two commands do all set-up on a machine with python3.11+, pip and node: `make demo`, `make test`.
.DEFAULT_GOAL := help
SHELL := /bin/bash

# uv is taken from PATH, or installed into a folder of its own.
UV := $(shell command -v uv || echo .uv/bin/uv)
RUN := $(UV) run --frozen
# jsii still runs on Node 20, and says at length that it will not for ever.
export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION := 20

# Every stack there is, for the checks: an image that nobody pulls, a collection that nobody makes.
ALL_STACKS := {"ocr_image": "000000000000.dkr.ecr.us-east-1.amazonaws.com/ocr:1", "search": "serverless", "textract": "on", "malware": "guardduty", "backfill_buckets": "archive"}

.PHONY: help setup tools demo test up down check synth deploy bench bench-ocr bench-classify bench-extract bench-flow bench-gpu test-torch register schema openapi lock clean

help:  ## What there is to make
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## / — /'

.uv/bin/uv:
	@command -v python3 >/dev/null || { echo "docparser needs python3 (3.11 or newer)" >&2; exit 1; }
	python3 -m venv .uv && .uv/bin/pip install --quiet 'uv==0.13.9'

setup: $(filter .uv/%,$(UV))  ## The locked Python environment
	@command -v node >/dev/null || { echo "docparser needs node (20 or newer): the CDK runs on it" >&2; exit 1; }
	@$(UV) sync --frozen --quiet

node_modules/.package-lock.json: package.json package-lock.json
	@command -v npm >/dev/null || { echo "docparser needs npm, which comes with node" >&2; exit 1; }
	npm ci --silent --no-fund --no-audit

tools: setup node_modules/.package-lock.json

demo: setup  ## Walk every sample through the pipeline, and hold the outcome to samples/expected.tsv
	@$(RUN) python -m samples.demo

# Shared out so that the suites which run side by side take about as long.
ENGINE := tests/contract/engine
APART := tests/workflow/test_kill.py tests/workflow/test_killed_workers.py tests/workflow/test_storms.py

test: tools  ## All suites, the fast ones first
	$(RUN) python -m tests.side_by_side 'tests/unit tests/evaluation' 'tests/infra $(ENGINE)'
	$(RUN) python -m tests.side_by_side 'tests/contract --ignore=$(ENGINE)' \
	  'tests/workflow $(APART:%=--ignore=%)' 'tests/e2e $(APART)'

.torch/bin/python:
	python3 -m venv .torch && .torch/bin/pip install --quiet 'torch==2.13.0'

# The lock has no torch: outside of AWS's images it would bring gigabytes of CUDA with it.
TORCH = PYTHONPATH=$$(.torch/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')

test-torch: setup .torch/bin/python  ## The GPU's backend, on the CPU: torch reads what ONNX Runtime reads
	$(TORCH) $(RUN) --group bench bash -c 'python -c "import torch, rapidfuzz" && pytest tests/torch'

check: tools  ## Format, lint, types, and the state machine checked three ways
# W3005 is the CDK's own: it writes DependsOn beside the reference that implies it. E3601 checks the
# state machine by a schema in which a time-out is a number; it may be JSONata, too, and the two
# checks above and the interpreter know that. statelint knows no InputType of a reader: a test shows
# it the backfill's machine without.
	$(RUN) ruff format --check .
	$(RUN) ruff check .
	$(RUN) mypy layers/core/python/docparser client/docparser_client local/docparser_local gpu_endpoints/ocr/docparser_ocr infra
	$(RUN) statelint --eval-jsonata statemachines/document.asl.json
	npx --no-install asl-validator --json-path statemachines/document.asl.json --json-path statemachines/backfill.asl.json
	rm -rf .docparser/check && CDK_OUTDIR=.docparser/check CDK_CONTEXT_JSON='$(ALL_STACKS)' $(RUN) python app.py
	$(RUN) cfn-lint --ignore-checks W3005 E3601 -- .docparser/check/*.template.json

up: setup  ## Start the local stack and leave it running
	@$(RUN) docparser up

down:  ## Stop the local stack
	@$(RUN) docparser down

synth: tools  ## CloudFormation for AWS, with every cdk-nag finding resolved
	PATH="$(CURDIR)/.venv/bin:$$PATH" npx --no-install cdk synth --quiet -c env=$(or $(ENV),dev) $(CONTEXT)

deploy: tools  ## Deploy to the account of your AWS credentials; ENV=dev|prod, CONTEXT="-c search=serverless"
	PATH="$(CURDIR)/.venv/bin:$$PATH" npx --no-install cdk deploy --all -c env=$(or $(ENV),dev) $(CONTEXT)

bench: setup  ## Run every benchmark; results are written to benchmarks/results
	$(RUN) python -m benchmarks

bench-ocr: setup  ## The OCR engine beside stock RapidOCR and Tesseract, on the same pages in one run
	$(RUN) --group bench python -m benchmarks.ocr

bench-classify: setup  ## Type, personal data and level beside their baselines; what a page costs
	$(RUN) python -m benchmarks.classify

bench-extract: setup  ## Fields and tables beside their baselines, by field and by seller; what a page costs
	$(RUN) python -m benchmarks.extract

bench-flow: setup  ## Redeliveries, bursts, long documents and bombs; a backfill and a stack that are killed
	$(RUN) python -m benchmarks.flow
	$(RUN) python -m benchmarks.flow_backfill
	$(RUN) python -m benchmarks.flow_kill

bench-gpu: setup .torch/bin/python  ## Pages a second on a GPU; needs one
	$(TORCH) $(RUN) --group bench python -m benchmarks.ocr_gpu $(ARGS)

schema: setup  ## Write docs/schema from the model
	$(RUN) python -m docparser.model.schema docs/schema

openapi: setup  ## Write docs/openapi.json from the API's routes
	$(RUN) python -m docparser.api.openapi docs/openapi.json

.register/bin/python: gpu_endpoints/ocr/register-requirements.txt
	python3 -m venv .register && .register/bin/pip install --quiet --require-hashes -r $<

register: setup .register/bin/python  ## Register IMAGE=<ECR URI> of the OCR container as a model version; ENV=dev|prod
	$(RUN) python gpu_endpoints/ocr/description.py | .register/bin/python gpu_endpoints/ocr/register.py --env $(or $(ENV),dev) --image $(IMAGE)

lock:  ## Resolve again, and export the requirements of the layers and of the OCR container
	$(UV) lock
	for layer in core pdf identify image search textract export office extract; do \
	  $(UV) export --frozen --quiet --only-group layer-$$layer --no-emit-project --no-header \
	    -o layers/$$layer/requirements.txt; done
	$(UV) export --frozen --quiet --only-group layer-core --only-group ocr --prune onnxruntime \
	  --prune openvino --no-emit-project --no-header -o gpu_endpoints/ocr/requirements.txt
	$(UV) export --frozen --quiet --only-group layer-core --only-group ocr --no-emit-project \
	  --no-header -o functions/ocr_cpu/requirements.txt
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	  --no-emit-index-url gpu_endpoints/ocr/register-requirements.in \
	  -o gpu_endpoints/ocr/register-requirements.txt

clean:  ## Remove what was built, and the local stack's state
	-@[ ! -x .venv/bin/docparser ] || .venv/bin/docparser down
	rm -rf .docparser cdk.out node_modules .venv .uv .torch .register
