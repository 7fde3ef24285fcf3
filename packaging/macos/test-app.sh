#!/bin/sh
# Asks dist/Caponier.app how it is, as it will be delivered: after sign-app.sh.  usage: test-app.sh
set -eu
cd "$(dirname "$0")/../.."
program=dist/Caponier.app/Contents/MacOS/caponier
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
# `env -i`: it must not lean on anything of this computer's Python.
env -i HOME="$HOME" "$program" --version
env -i HOME="$HOME" CAPONIER_HOME="$home" "$program" --self-test
