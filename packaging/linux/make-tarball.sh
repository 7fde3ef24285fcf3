#!/bin/sh
# Packs dist/caponier as dist/caponier-VERSION-linux-ARCH.tar.xz. Names, times and owners say nothing of this computer.
set -eu
cd "$(dirname "$0")/../.."
version=$(sed -n 's/^__version__ = "\(.*\)"/\1/p' desktop/__init__.py)
archive=dist/caponier-$version-linux-$(uname -m).tar.xz
rm -f dist/caponier-*-linux-*.tar.xz
tar --sort=name --format=posix --pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime \
    --mtime="@${SOURCE_DATE_EPOCH:?}" --owner=0 --group=0 --numeric-owner --mode=go-w \
    --transform="s,^caponier,caponier-$version," -C dist -cf - caponier | xz -T1 -9 >"$archive"
echo "$archive: $(stat -c %s "$archive") bytes"
