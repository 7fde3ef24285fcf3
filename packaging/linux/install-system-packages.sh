#!/bin/sh
# Installs what Debian and Ubuntu must provide, and nothing where it is there already.
# usage: install-system-packages.sh GROUP...      groups: python (makes virtual environments), window (the window's
# libraries and fonts), tests (servers, a virtual screen and a tray for the tests), packaging (what builds and checks a
# bundle), deb-test (what tries a .deb and measures a bundle)
set -eu

PYTHON="python3-venv"
# What the libraries of the PySide6 wheel link to, and two font families for a computer that has none.
WINDOW="libbrotli1 libdbus-1-3 libegl1 libfontconfig1 libfreetype6 libgl1 libglib2.0-0 libgssapi-krb5-2 libx11-6
    libx11-xcb1 libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0
    libxcb-render0 libxcb-shape0 libxcb-shm0 libxcb-sync1 libxcb-xfixes0 libxcb-xkb1 libxkbcommon-x11-0 libxkbcommon0
    libzstd1 fonts-dejavu-core fonts-inter"
TESTS="autossh clickhouse-client clickhouse-server curl dbus gnome-keyring iproute2 libpam-oath mariadb-client-core
    mariadb-server-core microsocks oathtool openbox openssh-client openssh-server postgresql putty-tools
    redis-server tinyproxy-bin trayer xdotool xvfb"
PACKAGING="appstream binutils desktop-file-utils libglib2.0-bin shared-mime-info xvfb xz-utils"
DEB_TEST="appstream debootstrap desktop-file-utils procps trayer xdotool xvfb"

# The names of all installed packages and of what they stand for: libglib2.0-0t64 provides libglib2.0-0.
installed() {
    dpkg-query -W -f '${db:Status-Status}|${Package}|${Provides}\n' |
        sed -n 's/^installed|//p' | sed 's/([^)]*)//g' | tr '|, ' '\n'
}

missing_of() {
    installed >"$scratch"
    for package in "$@"; do
        grep -qxF "$package" "$scratch" || printf '%s ' "$package"
    done
}

wanted_of() {
    for group in "$@"; do
        case $group in
            python) echo "$PYTHON" ;;
            window) echo "$WINDOW" ;;
            tests) echo "$TESTS" ;;
            packaging) echo "$PACKAGING" ;;
            deb-test) echo "$DEB_TEST" ;;
            *) echo "unknown group: $group" >&2; exit 2 ;;
        esac
    done
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

# A package that brings a service (openssh-server) must not open a port of this computer to the world: services are
# kept from starting (policy-rc.d, invoke-rc.d(8)) and from being enabled for the next start.
keep_services_still() {
    [ -e /usr/sbin/policy-rc.d ] && return
    printf '#!/bin/sh\nexit 101\n' | as_root tee /usr/sbin/policy-rc.d >/dev/null
    as_root chmod 755 /usr/sbin/policy-rc.d
    trap 'rm -f "$scratch"; as_root rm -f /usr/sbin/policy-rc.d' EXIT
}

disable_new_sshd() {
    case " $1 " in *" openssh-server "*) ;; *) return ;; esac
    [ -d /run/systemd/system ] || return 0
    as_root systemctl disable --quiet ssh.service ssh.socket 2>/dev/null || true
}

install() {
    echo "installing system packages: $1" >&2
    keep_services_still
    as_root apt-get -qq update
    # shellcheck disable=SC2086  # a list of names
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 install -y --no-install-recommends $1 >&2
    disable_new_sshd "$1"
}

wanted=$(wanted_of "$@")
if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    [ "$(uname)" = Linux ] && echo "not a Debian or Ubuntu; the equivalents of these are needed:" "$wanted" >&2
    exit 0
fi
scratch=$(mktemp)
trap 'rm -f "$scratch"' EXIT
# shellcheck disable=SC2086  # a list of names
missing=$(missing_of $wanted)
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; then
    install "$missing"
else
    echo "Some system packages are missing. Please run:  sudo apt-get install $missing" >&2
    # Most tests run without the servers of the last group; without Python or Qt's libraries nothing does.
    case " $* " in *" python "* | *" window "*) exit 1 ;; esac
fi
