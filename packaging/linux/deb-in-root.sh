#!/bin/sh
# The part of test-deb.sh that runs in namespaces of its own: makes the root folder, and shows one thing after another.
# usage: deb-in-root.sh DEB SCRATCH DISPLAY
# shellcheck disable=SC2016  # apt-get and dpkg-query have a $ of their own
set -eu
deb=$1 scratch=$2 display=$3
root=$scratch/root log=$scratch/log
id=io.github.caponier.Caponier
home=/home/me
# The first process of a namespace is deaf to signals that it has no trap for.
trap 'exit 1' INT TERM HUP

in_root() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive "$@"; }
# In the background, $! is then the process that passes signals on; once each, which --foreground is for.
become_me() {
    exec timeout --foreground --kill-after=5 120 \
        chroot --userspec=me "$root" env -i HOME="$home" DISPLAY="$display" "$@"
}
as_me() { (become_me "$@"); }
apt() {
    in_root http_proxy="$http_proxy" https_proxy="$https_proxy" \
        apt-get -qq -y --no-install-recommends -o Dpkg::Use-Pty=0 "$@"
}

# shown SENTENCE COMMAND...      the command must not rely on "set -e", which does not hold in a condition
shown() {
    sentence=$1
    shift
    if "$@" >>"$log" 2>&1; then
        echo "ok: $sentence"
    else
        tail -n 40 "$log" >&2
        echo "not so: $sentence"
        exit 1
    fi
}

# within SECONDS COMMAND...
within() {
    deadline=$(($(date +%s) + $1))
    shift
    until "$@"; do
        [ "$(date +%s)" -lt "$deadline" ] || return 1
        sleep 0.2
    done
}

# From where the apt of this computer gets its own Debian.
debian_sources() {
    apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(LABEL)' "Created-By: Packages" "Origin: Debian" |
        sort -u
}

make_root() {
    # shellcheck disable=SC1091  # a file of this computer
    codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
    mirror=$(debian_sources | sed -n "s/ $codename Debian\$//p" | head -n 1)
    eval "$(apt-config shell http_proxy Acquire::http::Proxy https_proxy Acquire::https::Proxy)"
    export http_proxy="${http_proxy:-}" https_proxy="${https_proxy:-}"
    [ -n "$mirror" ] && debootstrap --variant=minbase "$codename" "$root" "$mirror" || return 1
    debian_sources | sed 's/^\([^ ]* [^ ]*\) .*/deb \1 main/' >"$root/etc/apt/sources.list"
    apt-config dump | grep -E '^Acquire::(https?|Retries)\b' >"$root/etc/apt/apt.conf.d/acquire" || true
    printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
    chmod 755 "$root/usr/sbin/policy-rc.d"
    # The root is thrown away: nothing has to be on the disk.
    echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/unsafe-io"
    install -m 644 "$deb" "$root/caponier.deb"
    mkdir -p "$root/tmp/.X11-unix" "$root/run/sshd"
    mount -t proc proc "$root/proc" && mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts" &&
        mount --bind /tmp/.X11-unix "$root/tmp/.X11-unix" && apt update && in_root useradd -m -p '*' -s /bin/sh me
}

has_no_python() {
    in_root dpkg-query -W -f '${db:Status-Status} ${Package}\n' >"$scratch/packages" &&
        ! grep -E '^installed (lib)?python' "$scratch/packages" &&
        ! find "$root/bin/" "$root/sbin/" "$root/usr/local/bin" -name 'python*' | grep .
}

# Everything with its mode and contents, but what apt and dpkg note for themselves, the person's files, and the sockets
# of other screens of this computer.
list_files() {
    (cd "$root" && find . -xdev \( -path ./var/lib/apt -o -path ./var/cache/apt -o -path ./var/log \
        -o -path ./var/lib/dpkg/status-old -o -path ".$home" -o -path ./tmp/.X11-unix \) -prune \
        -o -printf '%m %p %l\n' -type f -exec sha256sum {} + | sort)
}

installs() { list_files >"$scratch/before" && apt install ./caponier.deb && has_no_python; }

is_purged() {
    apt purge caponier && list_files >"$scratch/after" && diff "$scratch/before" "$scratch/after"
}

is_in_the_menu() {
    entry=$root/usr/share/applications/$id.desktop
    grep -q '<glob pattern="\*.caponier"/>' "$root/usr/share/mime/packages/$id.xml" || return 1
    desktop-file-validate "$entry" && appstreamcli validate --no-net "$root/usr/share/metainfo/$id.metainfo.xml" &&
        in_root sh -c "command -v $(sed -n 's/^Exec=\([^ ]*\).*/\1/p' "$entry")" &&
        for size in 16x16 48x48 256x256; do
            [ -s "$root/usr/share/icons/hicolor/$size/apps/$id.png" ] || return 1
        done && [ -s "$root/usr/share/icons/hicolor/scalable/apps/$id.svg" ]
}

opens_its_window() {
    become_me /usr/bin/caponier &
    window=$!
    within 30 as_me /usr/bin/caponier status --json &&
        DISPLAY=$display timeout 30 xdotool search --sync --onlyvisible --name '^Caponier'
}

ends_by_sigterm() { kill "$window" && wait "$window"; }

keeps_a_secret() {
    printf 'password of the test' | as_me PATH=/usr/bin:/bin dbus-run-session -- sh -c \
        'gnome-keyring-daemon --unlock --components=secrets && exec caponier --self-test' >"$scratch/self-test"
    cat "$scratch/self-test"
    grep -q '^ok  *keyring' "$scratch/self-test"
}

start_sshd() {
    key=/etc/ssh/ssh_host_ed25519_key
    # Below the ports that are given to whoever asks for any.
    port=$(shuf -i 20000-32000 -n 1)
    in_root /usr/sbin/sshd -D -e -h "$key" -o ListenAddress="127.0.0.1:$port" -o PidFile=none -o UsePAM=no &
    within 20 in_root ssh-keyscan -t ed25519 -p "$port" 127.0.0.1 &&
        fingerprint=$(in_root ssh-keygen -lf "$key" | cut -d ' ' -f 2) &&
        as_me ssh-keygen -q -t ed25519 -N '' -f "$home/.ssh/id_ed25519" &&
        as_me cp "$home/.ssh/id_ed25519.pub" "$home/.ssh/authorized_keys"
}

local_port() { sed -n 's/.*"state": "up".*"local": "127.0.0.1:\([0-9]*\)".*/\1/p' "$scratch/events" | grep .; }

# Through the tunnel, a second time to sshd, and there through "cat".
echoes() {
    head -c 1000000 /dev/urandom >"$scratch/sent"
    as_me ssh -q -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -i "$home/.ssh/id_ed25519" \
        -p "$(local_port)" me@127.0.0.1 cat <"$scratch/sent" >"$scratch/received" &&
        cmp "$scratch/sent" "$scratch/received"
}

carries_a_tunnel() {
    as_me mkdir -m 700 "$home/.ssh" && start_sshd && as_me /usr/bin/caponier add bastion \
        "ssh -N -L 0:127.0.0.1:$port -p $port -i $home/.ssh/id_ed25519 me@127.0.0.1" || return 1
    become_me /usr/bin/caponier up --here --json --accept-host-key "$fingerprint" bastion >"$scratch/events" &
    up=$!
    within 30 local_port && echoes && kill "$up" && wait "$up"
}

shown "debootstrap makes a minimal Debian" make_root
shown "it has no Python" has_no_python
shown "apt finds what the package depends on" apt satisfy "$(dpkg-deb -f "$deb" Depends)"
shown "apt-get install works, and brings no Python" installs
shown "the menu entry and the metainfo are valid, the program and the icons that they name are there" is_in_the_menu
shown "the self-test passes in an empty environment, for a person who is not root" as_me /usr/bin/caponier --self-test
shown "the window opens, and caponier status answers" opens_its_window
shown "SIGTERM ends it, with status 0" ends_by_sigterm
shown "apt-get purge leaves every file and folder as it was before" is_purged

shown "a keyring and OpenSSH's server can be installed" apt install dbus gnome-keyring openssh-client openssh-server
shown "apt-get install works beside them, and brings no Python" installs
shown "gnome-keyring keeps a secret, gives it back and forgets it" keeps_a_secret
shown "a megabyte goes through a tunnel by OpenSSH's sshd and an identity file, and comes back" carries_a_tunnel
shown "apt-get purge leaves every file and folder as it was before" is_purged
shown "the person's own connections stay" test -s "$root$home/.config/Caponier/connections.json"
