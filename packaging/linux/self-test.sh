#!/bin/sh
# Runs a bundle's self-test in an empty environment, on a screen of its own where there is Xvfb.
# usage: self-test.sh FOLDER
set -eu
folder=$1
scratch=$(mktemp -d)
screen=
finish() {
    [ -z "$screen" ] || kill "$screen" 2>/dev/null || true
    rm -rf "$scratch"
}
trap finish EXIT
trap 'exit 1' INT TERM

display=
if command -v Xvfb >/dev/null; then
    mkfifo "$scratch/display"
    Xvfb -displayfd 3 -screen 0 1280x900x24 -nolisten tcp -noreset 3>"$scratch/display" 2>/dev/null &
    screen=$!
    read -r number <"$scratch/display"
    display=:$number
fi
# No PATH, no Python, no session bus; the home folder is empty.
env -i HOME="$scratch" ${display:+DISPLAY="$display"} "$folder/caponier" --self-test
