#!/bin/sh
# Packs dist/caponier as one file that runs on any desktop with the libraries that packaging/README.md lists:
# dist/caponier-VERSION-ARCH.AppImage. Needs appimagetool; without it only the folder for it is made, in build/.
# usage: make-appimage.sh PYTHON      the Python of the build, which has Qt to draw the icons
set -eu
cd "$(dirname "$0")/../.."
python=$1
id=io.github.caponier.Caponier
version=$(sed -n 's/^__version__ = "\(.*\)"/\1/p' desktop/__init__.py)
arch=$(uname -m)
folder=build/Caponier.AppDir
rm -rf "$folder" dist/caponier-*.AppImage
umask 022

mkdir -p "$folder/usr/lib"
packaging/linux/install-shared-files.sh "$python" "$folder/usr"
cp -a --no-preserve=ownership dist/caponier "$folder/usr/lib/caponier"
# What an AppDir holds at its top (AppImage specification, "Contents of the image").
ln -s usr/lib/caponier/caponier "$folder/AppRun"
ln -s "usr/share/applications/$id.desktop" "$folder/$id.desktop"
ln -s "usr/share/icons/hicolor/256x256/apps/$id.png" "$folder/$id.png"
ln -s "$id.png" "$folder/.DirIcon"
"$folder/AppRun" --version

if command -v appimagetool >/dev/null; then
    ARCH=$arch VERSION=$version appimagetool --no-appstream "$folder" "dist/caponier-$version-$arch.AppImage"
else
    echo "no AppImage: appimagetool is not here" >&2
fi
