#!/bin/sh
# Runs the steps of the Dockerfile without a container: builds the wheel, installs it with the locked
# dependencies in an empty environment outside the checkout, and uses it there.
set -eu
root=$(pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$VENV/bin/python" -m build --quiet --wheel --no-isolation --outdir "$work/wheels" "$root"
"$PYTHON" -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check --require-hashes -r requirements.lock 2>"$work/pip.log" \
  || { cat "$work/pip.log" >&2; exit 1; }
"$work/env/bin/pip" install --quiet --disable-pip-version-check --no-deps --no-index "$work"/wheels/*.whl
cd "$work"
"$work/env/bin/python" "$root/tools/check_installed.py" "$work/env"
"$work/env/bin/rert-cds" knowledge check
"$work/env/bin/rert-cds" dose 50/25 14/3 --alpha-beta 2
echo "the wheel works in an empty environment"
