#!/bin/sh
# Shows that a .deb works for a person: installs it into a minimal Debian without Python, uses it there, purges it.
# usage: test-deb.sh DEB      as root, on the Debian that the bundle was built on; takes some minutes
# A line "ok: ..." for each thing shown; status 1 and "not so: ..." at the first that fails.
# shellcheck disable=SC2317  # a trap calls what looks as if nothing did
set -eu
here=$(dirname "$0")
deb=${1:?which .deb?}
[ -f "$deb" ] || { echo "no such file: $deb" >&2; exit 2; }
[ "$(id -u)" = 0 ] || { echo "only root can make a root folder" >&2; exit 2; }

# Not /tmp: on a tmpfs with nodev the root's /dev/null would not work.
scratch=$(mktemp -d "${TMPDIR:-/var/tmp}/caponier-deb.XXXXXX")
inside=
screen=

# Killing the first process of the inner namespace ends all others in it. Its parent returns after the last one is gone.
end_inside() {
    while kill -0 "$inside"; do
        pkill -KILL -P "$inside" || true
        sleep 0.1
    done 2>/dev/null
}

end_screen() {
    kill "$screen" 2>/dev/null || true
    wait "$screen" || true
}

finish() {
    trap '' INT TERM HUP
    [ -z "$inside" ] || end_inside
    [ -z "$screen" ] || end_screen
    # What is mounted in the root was never visible out here; should it be, nothing may be removed through it.
    if grep -qF " $scratch/" /proc/self/mounts; then
        echo "something is still mounted in $scratch, which stays" >&2
        exit 1
    fi
    rm -rf --one-file-system "$scratch"
}
trap finish EXIT
trap 'exit 1' INT TERM HUP

mkfifo "$scratch/display"
# -ac: the person in the root is not the one who started the server. Nothing but a Unix socket leads to it.
Xvfb -displayfd 3 -screen 0 1280x900x24 -nolisten tcp -noreset -ac 3>"$scratch/display" 2>/dev/null &
screen=$!
read -r number <"$scratch/display"

# Mounts and processes of its own: they go with its first process, however that ends.
unshare --mount --pid --fork --kill-child --mount-proc \
    "$here/deb-in-root.sh" "$deb" "$scratch" ":$number" &
inside=$!
status=0
wait "$inside" || status=$?
inside=
exit "$status"
