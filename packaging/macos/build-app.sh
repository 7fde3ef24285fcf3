#!/bin/sh
# Builds dist/Caponier.app for this Mac's own processor.  usage: build-app.sh
# Not universal: the wheels of cryptography, cffi and psutil hold one processor's code each, and every person would
# download and keep both halves. And for Apple silicon only: cryptography 50 has no wheel for Intel.
set -eu
cd "$(dirname "$0")/../.."
# What a build stamps its files with is the time of the commit (reproducible-builds.org, "SOURCE_DATE_EPOCH").
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
# The order of sets ends up in compiled modules.
PYTHONHASHSEED=0
export SOURCE_DATE_EPOCH PYTHONHASHSEED
.venv/bin/python -m PyInstaller --noconfirm --clean --log-level WARN packaging/caponier.spec
# Before the signature, which covers them.
.venv/bin/python packaging/notices.py build/caponier/contents.json dist/Caponier.app/Contents/Resources
.venv/bin/python packaging/check_bundle.py dist/caponier
# The same files without Info.plist: nobody needs them.
rm -rf dist/caponier
plutil -lint dist/Caponier.app/Contents/Info.plist
