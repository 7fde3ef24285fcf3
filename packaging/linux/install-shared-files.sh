#!/bin/sh
# Puts what a desktop reads about Caponier (menu entry, file type, metainfo, icons) into PREFIX/share, and checks it.
# usage, from the repository: install-shared-files.sh PYTHON PREFIX      a Python that has Qt to draw the icons
set -eu
python=$1
share=$2/share
id=io.github.caponier.Caponier
version=$(sed -n 's/^__version__ = "\(.*\)"/\1/p' desktop/__init__.py)
date=$(date -u -d "@${SOURCE_DATE_EPOCH:?}" +%Y-%m-%d)

mkdir -p "$share/applications" "$share/metainfo" "$share/mime/packages"
cp "resources/linux/$id.desktop" "$share/applications/"
cp "resources/linux/$id.mime.xml" "$share/mime/packages/$id.xml"
sed -e "s/@VERSION@/$version/" -e "s/@DATE@/$date/" "resources/linux/$id.metainfo.xml" \
    >"$share/metainfo/$id.metainfo.xml"
if command -v desktop-file-validate >/dev/null && command -v appstreamcli >/dev/null; then
    desktop-file-validate "$share/applications/$id.desktop"
    appstreamcli validate --no-net "$share/metainfo/$id.metainfo.xml"
else
    echo "menu entry and metainfo are not checked: desktop-file-utils or appstream is not here" >&2
fi
"$python" packaging/linux/render_icons.py "$share/icons/hicolor"
