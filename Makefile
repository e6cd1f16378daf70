# The virtual environment of the AWS emulator that the tests start.
.venv: .venv/installed

.venv/installed: tests/emulator/requirements.txt
	@command -v python3 >/dev/null || { echo "python3 is missing: install Python 3.11 or later with your system's packages" >&2; exit 1; }
	python3 -m venv --clear .venv
	.venv/bin/pip install --quiet --disable-pip-version-check --no-deps -r tests/emulator/requirements.txt
	.venv/bin/pip check
	touch $@

# Not .venv: the folder's own date says nothing.
.PHONY: .venv

# What a start of the provider and a fleet of a thousand shifts cost, each beside its floor.
bench: .venv
	cargo build --release -p terraform-provider-eksmig
	cargo run --quiet -p eksmig-tests --bin bench-startup
	cargo run --quiet -p eksmig-tests --bin bench-fleet
.PHONY: bench
