#!/bin/sh
# Builds what people on Linux install, in dist/: the folder caponier, a tar.xz of it, a .deb and an AppImage
# where their tools are here, and their checksums.
# The same commit, Python and system packages give the same bytes: see compare-builds.sh.
set -eu
cd "$(dirname "$0")/.."
python=${CAPONIER_PYTHON:-.venv/bin/python}

# What a build stamps its files with is the time of the commit, not of the build
# (reproducible-builds.org, "SOURCE_DATE_EPOCH").
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat -c %Y pyproject.toml)}
# The order of sets ends up in compiled modules.
PYTHONHASHSEED=0
LC_ALL=C.UTF-8
TZ=UTC
export SOURCE_DATE_EPOCH PYTHONHASHSEED LC_ALL TZ
umask 022

"$python" -m PyInstaller --noconfirm --clean --log-level WARN packaging/caponier.spec
"$python" packaging/linux/forget_home.py dist/caponier
"$python" packaging/notices.py build/caponier/contents.json dist/caponier
"$python" packaging/check_bundle.py dist/caponier
packaging/linux/make-tarball.sh
if command -v dpkg-deb >/dev/null; then
    packaging/linux/make-deb.sh "$python"
else
    echo "no .deb: dpkg-deb is not here" >&2
fi
packaging/linux/make-appimage.sh "$python"
(cd dist && find . -maxdepth 1 -name 'caponier[-_]*' -type f -printf '%f\n' | sort | xargs sha256sum >SHA256SUMS)
packaging/linux/self-test.sh dist/caponier
ls -l dist
