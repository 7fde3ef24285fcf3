#!/bin/sh
# Builds this commit twice, in two clones of different names, and compares what came out.
# usage: compare-builds.sh [PYTHON]      a Python with the bundle's packages; without it each clone makes its own
# Status 1, and a list, where a file is missing on one side or differs.
set -eu
cd "$(dirname "$0")/.."
python=${1:-}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM

for name in first the-second; do
    clone=$scratch/$name
    git clone --quiet --local . "$clone"
    if [ -n "$python" ]; then
        CAPONIER_PYTHON=$python "$clone/packaging/build-bundle.sh"
    else
        make -C "$clone" bundle
    fi
    (cd "$clone/dist" && find . \( -type f -exec sha256sum {} + \) -o \( -type l -printf 'link %l  %p\n' \)) |
        sort -k 2 >"$scratch/$name.list"
done >"$scratch/log" 2>&1 || { cat "$scratch/log" >&2; exit 1; }

if ! diff "$scratch/first.list" "$scratch/the-second.list"; then
    echo "the two builds differ" >&2
    exit 1
fi
echo "$(wc -l <"$scratch/first.list") files, the same in both builds"
