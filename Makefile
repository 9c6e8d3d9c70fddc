# `make demo` and `make test` each work as the first command in a fresh clone, given a Swift 6
# toolchain. Build and tests are optimised: an unoptimised model is many times slower.

SWIFT ?= swift
FLAGS = -c release -Xswiftc -enable-testing

# The installed program runs without a Swift toolchain: the Swift libraries are in it.
PREFIX ?= /usr/local
STATIC = --scratch-path .build/static -c release -Xswiftc -static-stdlib
MANUAL = .build/static/plugins/GenerateManual/outputs/neurostitch

.DEFAULT_GOAL := help
.PHONY: help install-dependencies build test lint format docs demo benchmark installable install uninstall deb clean

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 30

install-dependencies: ## Install missing system packages with apt-get; nothing if all are there
	@.ci/install

build: install-dependencies ## Build the command line tool at .build/release/neurostitch
	$(SWIFT) build $(FLAGS)

test: install-dependencies lint ## Check the format, build and run all tests
	@.ci/test-programs
	@.ci/test-python
	$(SWIFT) build --build-tests $(FLAGS)
	PATH="$(CURDIR)/.build/test-python/bin:$$PATH" $(SWIFT) test --skip-build $(FLAGS)
	@.ci/skipped

lint: ## Check that sources are formatted as .swift-format says
	$(SWIFT) format lint --strict --recursive --parallel Sources Tests Package.swift

format: ## Format all sources in place
	$(SWIFT) format --in-place --recursive --parallel Sources Tests Package.swift

docs: install-dependencies ## Build the documentation of the library in .build/documentation
	@SWIFT="$(SWIFT)" .ci/docs

demo: build ## Stitch three synthetic days, query their factors, write a report
	.build/release/neurostitch demo

benchmark: build ## Measure training steps, inference, products and commands on this machine
	.build/release/neurostitch-benchmark
	.build/release/neurostitch-benchmark registry

installable: install-dependencies
	$(SWIFT) build $(STATIC) --product neurostitch
	$(SWIFT) package $(STATIC) plugin --allow-writing-to-package-directory generate-manual --multi-page

install: ## Install program, man pages, completions and docs under PREFIX (/usr/local)
	@if command -v $(SWIFT) >/dev/null; then $(MAKE) installable; fi
	DESTDIR="$(DESTDIR)" PREFIX="$(PREFIX)" .ci/stage .build/static/release/neurostitch $(MANUAL)

uninstall: ## Remove what `make install` laid under PREFIX
	DESTDIR="$(DESTDIR)" PREFIX="$(PREFIX)" .ci/stage --remove

deb: installable ## Make a Debian package in .build
	@.ci/package-deb .build/static/release/neurostitch $(MANUAL) .build

clean: ## Remove what was built
	$(SWIFT) package clean
