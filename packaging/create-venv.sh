#!/bin/sh
# Makes .venv, or brings it up to date, with the versions of constraints.txt.  usage: create-venv.sh EXTRAS
set -eu
cd "$(dirname "$0")/.."
if [ ! -x .venv/bin/python ]; then
    python=$(packaging/find-python.sh) || {
        packaging/linux/install-system-packages.sh python
        python=$(packaging/find-python.sh) || {
            echo "Caponier needs Python 3.11 or newer with the venv module; none was found on the PATH." >&2
            exit 1
        }
    }
    "$python" -m venv .venv
fi
.venv/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[$1]"
