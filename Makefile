# SPDX-License-Identifier: Apache-2.0

SWIFT ?= swift
SWIFT_SOURCES = Package.swift Plugins Sources Tests

.PHONY: run release dist deb test focus storm attack histories check-api demo queries bench bench-ledger bench-rooms fuzz fuzz-sanitized dashboards format lint help

run: release                ## set the machine up, build a release and serve from memory; DATA=data keeps a folder; ARGS="--log.level debug"
	@exec .build/release/llm-cost-exporter $(if $(DATA),--storage.path $(DATA),--storage.memory-calls 100000) $(ARGS)

release:                    ## set the machine up and build a release, .build/release/llm-cost-exporter
	@scripts/setup
	@SWIFT=$(SWIFT) scripts/release

dist: release               ## make a tarball of the release, with manual pages and completions, in .build/dist, and check it
	@packaging/dist
	@packaging/check-dist

deb: release                ## make a Debian package of the release in .build/dist, and check it
	@packaging/dist
	@packaging/deb
	@packaging/check-deb
	@packaging/check-unit

ATTACK = PYTHONPATH=Tests .build/test-tools/python/bin/python -B -m Attack

# The binary under test is the debug one, which `swift build --build-tests` leaves next to the tests. Tests of listeners and of
# whole processes run on their own: long computations at the same time would keep them from their sockets until these time out.
test:                       ## set the machine up, build, run every test, short attacks, storm and histories
	@scripts/setup
	@scripts/test-tools
	.build/test-tools/python/bin/python -m unittest discover --buffer -s scripts/tests
	$(SWIFT) build --build-tests --explicit-target-dependency-import-check error
	$(SWIFT) test --skip-build --disable-xctest --skip '^(HTTPAPI|FrontDoor|Guest|EndToEnd)Tests[.]'
	$(SWIFT) test --skip-build --disable-xctest --no-parallel --filter '^(HTTPAPI|FrontDoor|Guest)Tests[.]'
	$(SWIFT) test --skip-build --disable-xctest --no-parallel --filter '^EndToEndTests[.]'
	.build/test-tools/python/bin/python -B -m unittest discover --buffer -s scripts/tests/service
	$(ATTACK) --short --binary .build/debug/llm-cost-exporter
	$(STORM) --short --binary .build/debug/llm-cost-exporter
	$(HISTORIES) --short --binary .build/debug/llm-cost-exporter

focus:                      ## check a FOCUS file with the validator of the FinOps Foundation, if there is Python 3.12; FILE=focus.csv
	@scripts/check-focus $(FILE)

# Tests/Attack/__init__.py lists the checks.
attack: release             ## build a release and run every attack on it, about 15 minutes; ARGS="--only NAME"
	@scripts/test-tools
	$(ATTACK) $(ARGS)

STORM = PYTHONPATH=Tests .build/test-tools/python/bin/python -B -m Storm

# Tests/Storm/__init__.py says what is tried.
storm: release              ## kill a release 100 times, let its disk fail, copy its folder, about 9 minutes; ARGS="--kills 20"
	@scripts/test-tools
	$(STORM) $(ARGS)

HISTORIES = PYTHONPATH=Tests .build/test-tools/python/bin/python -B -m Histories

# Tests/Histories/__init__.py says what is compared.
histories: release          ## compare answers about 1,000 generated histories with going over all calls; ARGS="--seed 7"
	@scripts/test-tools
	$(HISTORIES) $(ARGS)

# Tests/CheckAPI/__init__.py says what is checked.
check-api: release          ## check the questions over HTTP against their OpenAPI document, about 2 minutes; ARGS="--seed 7"
	@scripts/check-api $(ARGS)

SIMULATION = PYTHONPATH=grafana .build/test-tools/python/bin/python -B -m

# docs/demo.md says what it shows.
demo: release               ## a simulated company's week, on pages and in Prometheus, and its present live; ARGS="--minutes 2 --days 7"
	@scripts/test-tools
	@exec env $(SIMULATION) demo $(ARGS)

# A shorter form is part of the tests.
queries: release            ## play the simulated company, and evaluate every query of dashboards and rules on it
	@scripts/test-tools
	$(SIMULATION) demo.proof $(ARGS)

BENCH = PYTHONPATH=Tests .build/test-tools/python/bin/python -B -m Benchmarks.WholeService

# Tests/Benchmarks/WholeService/__init__.py says what is measured and how.
bench: ROUNDS ?= 5
bench: release              ## the service under load; BASELINE=PATH compares; LOADS="NAME …" ROUNDS=5 ARGS=--list PAGE=FILE
	@scripts/test-tools
	$(BENCH) --rounds $(ROUNDS) $(if $(BASELINE),--baseline $(BASELINE)) $(if $(PAGE),--page $(PAGE)) $(ARGS) $(LOADS)

# Tests/Benchmarks/Ledger/__init__.py says what is measured.
bench-ledger: ROUNDS ?= 3
bench-ledger: release       ## what a folder costs, beside what it may; ROUNDS=3 ARGS="--calls 300000"
	@scripts/test-tools
	PYTHONPATH=Tests .build/test-tools/python/bin/python -B -m Benchmarks.Ledger --rounds $(ROUNDS) $(ARGS)

bench-rooms:                ## micro benchmarks: what each room takes of the CPU for one body
	@scripts/setup
	LLM_COST_EXPORTER_BENCHMARKS=1 $(SWIFT) build -c release --static-swift-stdlib --product Benchmarks
	.build/release/Benchmarks $(ARGS)

# A release build traps on arithmetic overflow, as a debug build does.
fuzz: BODIES ?= 1000000
fuzz-sanitized: BODIES ?= 100000
fuzz fuzz-sanitized: SEED ?= 1

fuzz:                       ## feed generated bodies and price files to a release build; BODIES=1000000 SEED=1
	@scripts/setup
	LLM_COST_EXPORTER_FUZZ=1 $(SWIFT) build -c release --static-swift-stdlib --product Fuzz
	.build/release/Fuzz $(BODIES) $(SEED)

# Leaks are not looked for: the checker does not see references that Swift packs into an enumeration.
fuzz-sanitized:             ## the same under AddressSanitizer, in .build-asan; BODIES=100000 SEED=1
	@scripts/setup
	LLM_COST_EXPORTER_FUZZ=1 $(SWIFT) build -c release --sanitize=address --scratch-path .build-asan --product Fuzz
	ASAN_OPTIONS=detect_leaks=0 .build-asan/release/Fuzz $(BODIES) $(SEED)

dashboards:                 ## write the dashboards of grafana/source to grafana/dashboards
	@scripts/test-tools
	@PYTHONPATH=grafana .build/test-tools/python/bin/python -B -m source

format:                     ## rewrite the Swift sources in the house format
	$(SWIFT) format format --in-place --parallel --recursive $(SWIFT_SOURCES)

lint:                       ## check that the Swift sources are in the house format
	$(SWIFT) format lint --strict --parallel --recursive $(SWIFT_SOURCES)

help:                       ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "%-20s %s\n", $$1, $$2 }'
