"""A connection as an ssh command, and back."""

from __future__ import annotations

import random
import shlex
from dataclasses import replace

import pytest

from desktop.core.model import (
    CONFIGURED_PORT,
    AnyHost,
    Auth,
    AuthMethod,
    Connection,
    Endpoint,
    Forward,
    Hop,
    Route,
    Target,
    UnixSocket,
)
from desktop.core.ssh_command import parse_ssh_command, ssh_command

HOSTS = ["bastion", "10.0.0.1", "2001:db8::1", "db.internal", "::1", "fe80::1%eth0"]
USERS = ["me", "", "me@corp.example", "CORP\\me", "jo doe", "it's", '"q"', "-x", "$HOME", "a;b&c|d>e#f"]
SOCKETS = ["/run/x.sock", "/run/my app/x", "/a:b\\c", "/it's/@", "/run/[x]"]
KEYS = ["key", "~/.ssh/id", "C:\\Users\\Jo Doe\\id", "/tmp/it's", "-odd", "# 1", "a\\b", "new\nline"]

ALIAS = Hop("prod", "", CONFIGURED_PORT, Auth(AuthMethod.SSH_CONFIG))


def connection(*hops: Hop, forward: Forward) -> Connection:
    return Connection("sales", Route(hops), forward)


@pytest.mark.parametrize(
    ("hop", "forward", "expected"),
    [
        (
            Hop("bastion", "me", 2222, Auth(AuthMethod.KEY_FILE, "key")),
            Forward(Endpoint("db.internal", 5432), 15432),
            "ssh -N -L 15432:db.internal:5432 -p 2222 -i key me@bastion",
        ),
        (ALIAS, Forward(Endpoint("db", 5432), 15432), "ssh -N -L 15432:db:5432 prod"),
        (
            replace(ALIAS, user="eve", port=22),
            Forward(Endpoint("db", 5432), 15432),
            "ssh -N -L 15432:db:5432 -p 22 eve@prod",
        ),
        (Hop("b", "me"), Forward(Endpoint("db", 5432)), "ssh -N -L 5432:db:5432 me@b"),
        (
            Hop("b", "me", auth=Auth(AuthMethod.PASTED_KEY, "left over", "SHA256:x")),
            Forward(Endpoint("::2", 1), 3, "::1"),
            "ssh -N -L '[::1]:3:[::2]:1' me@b",
        ),
        (
            Hop("b", "me", auth=Auth(AuthMethod.AGENT, "", "SHA256:x", "~/my agent")),
            Forward(Endpoint("db", 1), 3),
            "ssh -N -L 3:db:1 -o 'IdentityAgent=\"~/my agent\"' me@b",
        ),
        (
            Hop("b", "me", auth=Auth(AuthMethod.AGENT, "~/id.pub", "SHA256:x")),
            Forward(Endpoint("db", 1), 3),
            "ssh -N -L 3:db:1 -o IdentitiesOnly=yes -i '~/id.pub' me@b",
        ),
        (Hop("b", "me", auth=Auth(AuthMethod.AGENT)), Forward(Endpoint("db", 1), 3), "ssh -N -L 3:db:1 me@b"),
        (Hop("b", "me"), Forward(AnyHost(), 1080), "ssh -N -D 1080 me@b"),
        (Hop("b", "me"), Forward(AnyHost(), 0, "::1"), "ssh -N -D '[::1]:1080' me@b"),
        (Hop("b", "me"), Forward(UnixSocket("/run/x.sock"), 3), "ssh -N -L 3:/run/x.sock me@b"),
        (Hop("b", "me"), Forward(UnixSocket("/run/a:b"), 3), "ssh -N -L '3:/run/a\\:b' me@b"),
        (
            Hop("b", "me", auth=Auth(AuthMethod.INTERACTIVE)),
            Forward(Endpoint("db", 1), 3),
            "ssh -N -L 3:db:1 -o PreferredAuthentications=keyboard-interactive me@b",
        ),
        (Hop("b", "-x"), Forward(Endpoint("db", 1), 3), "ssh -N -L 3:db:1 -- -x@b"),
    ],
)
def test_a_connection_is_written_as_a_command(hop: Hop, forward: Forward, expected: str) -> None:
    assert ssh_command(connection(hop, forward=forward)) == expected


@pytest.mark.parametrize(
    ("saved", "given", "written"), [(0, 40000, 40000), (0, None, 5432), (15432, 40000, 15432)]
)
def test_the_local_port_is_the_saved_one_or_the_given_or_the_target_s(
    saved: int, given: int | None, written: int
) -> None:
    sales = connection(Hop("b", "me"), forward=Forward(Endpoint("db", 5432), saved))
    assert f"-L {written}:db:5432" in ssh_command(sales, given)


def test_bastions_on_the_way_are_written_as_jumps() -> None:
    hops = (Hop("outer", "me", 2222), Hop("::2", ""), Hop("inner", "me"))
    words = shlex.split(ssh_command(connection(*hops, forward=Forward(Endpoint("db", 1), 2))))
    assert words[words.index("-J") + 1] == "me@outer:2222,[::2]:22"


@pytest.mark.parametrize("seed", range(10))
def test_what_is_written_is_read_back_the_same(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(50):
        key = dice.choice(["", *KEYS])
        by_agent = Auth(
            AuthMethod.AGENT, dice.choice(["", "id.pub"]), agent=dice.choice(["/run/a", "~/my agent"])
        )
        auth = dice.choice([Auth(AuthMethod.KEY_FILE, key) if key else Auth(), by_agent])
        hop = Hop(dice.choice(HOSTS), dice.choice(USERS), dice.randint(1, 65535), auth)
        to_host = Endpoint(dice.choice(HOSTS), dice.randint(1, 65535))
        targets: list[Target] = [to_host, to_host, UnixSocket(dice.choice(SOCKETS)), AnyHost()]
        target = dice.choice(targets)
        forward = Forward(target, dice.randint(1, 65535), dice.choice(["127.0.0.1", "::1"]))
        text = ssh_command(connection(hop, forward=forward))
        parsed = parse_ssh_command(text)
        assert (parsed.forwards, parsed.hop) == ((forward,), hop), text
        assert parsed.ignored == parsed.not_taken == ()
