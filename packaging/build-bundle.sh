#!/bin/sh
# Builds dist/caponier and starts it once: a bundle that can't say its version is not a bundle.
set -eu
cd "$(dirname "$0")/.."
.venv/bin/python -m PyInstaller --noconfirm --log-level WARN packaging/caponier.spec
# `env -i`: it must not lean on anything of this computer's Python.
env -i HOME="${HOME:-/}" dist/caponier/caponier --version
