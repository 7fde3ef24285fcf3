#!/bin/sh
# Packs dist/caponier as dist/caponier_VERSION_ARCH.deb, for apt on Debian 12 or Ubuntu 24.04 and newer.
# usage: make-deb.sh PYTHON      the Python of the build, which has Qt to draw the icons
set -eu
cd "$(dirname "$0")/../.."
python=$1
version=$(sed -n 's/^__version__ = "\(.*\)"/\1/p' desktop/__init__.py)
arch=$(dpkg --print-architecture)
stage=build/deb
rm -rf "$stage" dist/caponier_*.deb
umask 022

mkdir -p "$stage/DEBIAN" "$stage/usr/bin" "$stage/usr/lib" "$stage/usr/share/doc/caponier"
cp -a --no-preserve=ownership dist/caponier "$stage/usr/lib/caponier"
ln -s ../lib/caponier/caponier "$stage/usr/bin/caponier"
packaging/linux/install-shared-files.sh "$python" "$stage/usr"
gzip -9nc CHANGELOG.md >"$stage/usr/share/doc/caponier/changelog.gz"
cat >"$stage/usr/share/doc/caponier/copyright" <<TEXT
Caponier is licensed under the Apache License 2.0, /usr/share/common-licenses/Apache-2.0.
Copyright: The Caponier authors.

What it comes with, and under which licences: /usr/lib/caponier/NOTICE.txt and /usr/lib/caponier/licences.
TEXT

# Without a Secret Service passwords are asked for each time.
cat >"$stage/DEBIAN/control" <<TEXT
Package: caponier
Version: $version
Architecture: $arch
Maintainer: The Caponier authors <caponier@users.noreply.github.com>
Installed-Size: $(du -sk --apparent-size "$stage/usr" | cut -f1)
Depends: $("$python" packaging/linux/system_libraries.py "$stage/usr/lib/caponier")
Recommends: gnome-keyring | org.freedesktop.secrets
Section: net
Priority: optional
Description: Keeps warehouse connections reachable through SSH bastions
 You save a warehouse connection once; from then on its local port answers, and
 your SQL client, notebook or BI tool uses that. Caponier logs in to the bastion,
 and logs in again by itself after the computer slept, the network changed or the
 bastion restarted. The local port stays open meanwhile.
TEXT
(cd "$stage" && find usr -type f | sort | xargs -d '\n' md5sum) >"$stage/DEBIAN/md5sums"
find "$stage" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
dpkg-deb --root-owner-group -Zxz --build "$stage" "dist/caponier_${version}_$arch.deb"
