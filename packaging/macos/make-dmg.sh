#!/bin/sh
# Packs dist/Caponier.app as dist/caponier-VERSION-macos-PROCESSOR.dmg, to be dragged onto Applications.
# usage: [CODESIGN_IDENTITY=...] make-dmg.sh
set -eu
cd "$(dirname "$0")/../.."
version=$(.venv/bin/python -c 'import desktop; print(desktop.__version__)')
image=dist/caponier-$version-macos-$(uname -m).dmg
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# ditto keeps links and signatures as they are.
ditto dist/Caponier.app "$folder/Caponier.app"
ln -s /Applications "$folder/Applications"
cp LICENSE "$folder/LICENSE.txt"
hdiutil create -volname Caponier -srcfolder "$folder" -fs HFS+ -format UDZO -imagekey zlib-level=9 -ov "$image"
if [ -n "${CODESIGN_IDENTITY:-}" ]; then
    codesign --force --sign "$CODESIGN_IDENTITY" --timestamp --identifier io.github.caponier.Caponier.dmg "$image"
fi
hdiutil verify "$image"
echo "$image"
