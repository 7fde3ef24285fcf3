#!/bin/sh
# Writes dist/SHA256SUMS for the disk image, in the form that `shasum -a 256 --check` reads.
set -eu
cd "$(dirname "$0")/../../dist"
shasum -a 256 caponier-*.dmg >SHA256SUMS
cat SHA256SUMS
