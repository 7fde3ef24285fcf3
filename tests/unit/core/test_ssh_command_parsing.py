"""What pasted ssh commands mean, in the spellings people use."""

from __future__ import annotations

import pytest

from desktop.core.command_problem import CommandProblem
from desktop.core.config_errors import CommandNotUnderstood
from desktop.core.model import AnyHost, Auth, AuthMethod, Endpoint, Forward, Hop, UnixSocket
from desktop.core.ssh_command import ParsedCommand, parse_ssh_command

DB = Forward(Endpoint("db.internal", 5432), 15432)
KEY = Auth(AuthMethod.KEY_FILE, "key")
BASTION = Hop("bastion", "me", 2222, KEY)

SAME_MEANING = [
    "ssh -Nf -L 15432:db.internal:5432 -p 2222 -i key me@bastion",
    "ssh -fN -L15432:db.internal:5432 -p2222 -ikey me@bastion",
    "ssh -NfL 15432:db.internal:5432 -i key -p 2222 me@bastion",
    "ssh me@bastion -p 2222 -i key -L 15432:db.internal:5432 -N",
    "ssh -N me@bastion -L 127.0.0.1:15432:db.internal:5432 -p 2222 -i key",
    "ssh -N -L localhost:15432:db.internal:5432 -l me -p 2222 -i key bastion",
    "ssh -N -L 15432/db.internal/5432 -p 2222 -i key -- me@bastion",
    "ssh -N -L '15432:db.internal:5432' \"-p\" 2222 -i 'key' me@bastion",
    "ssh -N -o User=me -o 'Port 2222' -oIdentityFile=key -L 15432:db.internal:5432 bastion",
    "ssh -N -o 'LocalForward=15432 db.internal:5432' -i key ssh://me@bastion:2222",
    "ssh -N -o HostName=bastion -o port=2222 -i key -L 15432:db.internal:5432 me@alias",
    "ssh -i key -L 15432:db.internal:5432 ssh://me@bastion:2222/ &",
    "ssh -i key -L 15432:db.internal:5432 me@bastion:2222",
    "$ ssh -i key -p 2222 -L 15432:db.internal:5432 me@bastion",
    "me@laptop:~$ ssh -i key -p 2222 -L 15432:db.internal:5432 me@bastion",
    "[me@laptop work]$ ssh -i key -p 2222 -L 15432:db.internal:5432 me@bastion",
    "PS C:\\Users\\me> ssh.exe -i key -p 2222 -L 15432:db.internal:5432 me@bastion",
    "C:\\Windows\\System32\\OpenSSH\\ssh.exe -i key -p 2222 -L 15432:db.internal:5432 me@bastion",
    "sudo -u me /usr/bin/ssh -i key -p 2222 -L 15432:db.internal:5432 me@bastion",
    "autossh -M 0 -f -N -i key -p 2222 -L 15432:db.internal:5432 me@bastion",
    "AUTOSSH_GATETIME=0 autossh -M0 -1 -i key -p 2222 -L 15432:db.internal:5432 me@bastion",
    "nohup ssh -NT -q -i key -p 2222 -L 15432:db.internal:5432 me@bastion > /dev/null 2>&1 &",
    "cd ~/work && ssh -i key -p 2222 -L 15432:db.internal:5432 me@bastion; echo done",
    "ssh -N \\\n  -L 15432:db.internal:5432 \\\n  -p 2222 -i key \\\n  me@bastion\n",
    "ssh -N ^\r\n -L 15432:db.internal:5432 ^\r\n -p 2222 -i key me@bastion",
    "ssh -N\n  -L 15432:db.internal:5432\n  -p 2222\n  -i key me@bastion",
    "# the reporting database\nssh -i key -p 2222 -L 15432:db.internal:5432 me@bastion # keep open",
    "ssh -p 2222 -p 22 -l me -i key -L 15432:db.internal:5432 other@bastion",
    "ssh -o ServerAliveInterval=30 -o ExitOnForwardFailure=yes -i key -p 2222 -L 15432:db.internal:5432 me@bastion",
    "ssh -o ProxyCommand=none -i key -p 2222 -L 15432:db.internal:5432 me@bastion",
]


@pytest.mark.parametrize("text", SAME_MEANING)
def test_every_spelling_of_a_command_means_the_same(text: str) -> None:
    assert parse_ssh_command(text) == ParsedCommand((DB,), BASTION, names_port=True)


def test_a_command_without_a_forward_will_do_where_its_host_may_have_one() -> None:
    parsed = parse_ssh_command("ssh -F other prod", needs_forward=False)
    assert (parsed.forwards, parsed.names_port, parsed.names_file) == ((), False, True)


@pytest.mark.parametrize(
    ("spec", "forward"),
    [
        ("1:h:2", Forward(Endpoint("h", 2), 1)),
        ("0:h:2", Forward(Endpoint("h", 2), 0)),
        ("[::1]:1:[2001:db8::1]:2", Forward(Endpoint("2001:db8::1", 2), 1, "::1")),
        ("1:[2001:db8::1]:2", Forward(Endpoint("2001:db8::1", 2), 1)),
        ("::1/1/2001:db8::1/2", Forward(Endpoint("2001:db8::1", 2), 1, "::1")),
        ("65535:10.0.0.1:65535", Forward(Endpoint("10.0.0.1", 65535), 65535)),
    ],
)
def test_a_forward_is_read_with_its_addresses(spec: str, forward: Forward) -> None:
    parsed = parse_ssh_command(f"ssh -L {spec} bastion")
    assert (parsed.forwards, parsed.not_taken) == ((forward,), ())


@pytest.mark.parametrize(
    ("destination", "user", "host"),
    [
        ("bastion", "", "bastion"),
        ("me@corp.example@bastion", "me@corp.example", "bastion"),
        ("CORP\\me@bastion", "CORP\\me", "bastion"),
        ("me@2001:db8::1", "me", "2001:db8::1"),
        ("me@[2001:db8::1]", "me", "2001:db8::1"),
        ("ssh://me@[2001:db8::1]", "me", "2001:db8::1"),
        ("ssh://me%40corp@bastion", "me@corp", "bastion"),
        ("ssh://me:never-kept@bastion", "me", "bastion"),
    ],
)
def test_the_destination_is_split_into_user_and_host(destination: str, user: str, host: str) -> None:
    assert parse_ssh_command(f"ssh -L 1:h:2 {destination}").hop == Hop(host, user)


@pytest.mark.parametrize(
    ("written", "path"),
    [
        (r"C:\Users\me\.ssh\id_ed25519", r"C:\Users\me\.ssh\id_ed25519"),
        (r'"C:\Users\Jo Doe\id"', r"C:\Users\Jo Doe\id"),
        (r"my\ key", "my key"),
        ("~/.ssh/id_ed25519", "~/.ssh/id_ed25519"),
        ("'it'\"'\"'s'", "it's"),
    ],
)
def test_paths_of_keys_survive_quotes_and_backslashes(written: str, path: str) -> None:
    assert parse_ssh_command(f"ssh -i {written} -L 1:h:2 bastion").hop.auth.identity_file == path


def test_several_forwards_share_the_hop() -> None:
    parsed = parse_ssh_command("ssh -N -L 1:a:2 -L3:b:4 -o 'LocalForward 5 c:6' me@bastion")
    assert [str(forward.target) for forward in parsed.forwards] == ["a:2", "b:4", "c:6"]


@pytest.mark.parametrize(
    "options",
    [
        "-F other.conf",
        "-R 1:h:2",
        "-W h:2",
        "-b 10.0.0.1",
        "-g",
        "-w 0",
        "-o UserKnownHostsFile=/dev/null",
        "-o HostName=%h.corp",
        "-L 0.0.0.0:3:h:4",
        "-L *:3:h:4",
        "-L :3:h:4",
    ],
)
def test_what_would_reach_the_host_otherwise_is_reported_as_not_taken(options: str) -> None:
    parsed = parse_ssh_command(f"ssh -L 1:h:2 {options} bastion")
    assert (parsed.not_taken, parsed.ignored) == ((options,), ())


@pytest.mark.parametrize(
    ("option", "forward"),
    [
        ("-D 1080", Forward(AnyHost(), 1080)),
        ("-D [::1]:1080", Forward(AnyHost(), 1080, "::1")),
        ("-o DynamicForward=localhost:1080", Forward(AnyHost(), 1080)),
        ("-L 1:/run/x.sock", Forward(UnixSocket("/run/x.sock"), 1)),
        ("-L 127.0.0.1:1:/run/x.sock", Forward(UnixSocket("/run/x.sock"), 1)),
        ("-L [::1]:1:/run/x.sock", Forward(UnixSocket("/run/x.sock"), 1, "::1")),
        (r"-L '1:/run/a\:b.sock'", Forward(UnixSocket("/run/a:b.sock"), 1)),
        ("-o 'LocalForward 1 /run/x.sock'", Forward(UnixSocket("/run/x.sock"), 1)),
        ("-L 1:[::1]:5432", Forward(Endpoint("::1", 5432), 1)),
    ],
)
def test_where_a_forward_leads_is_understood(option: str, forward: Forward) -> None:
    parsed = parse_ssh_command(f"ssh -N {option} me@bastion")
    assert (parsed.forwards, parsed.not_taken, parsed.ignored) == ((forward,), (), ())


def test_a_dynamic_forward_that_others_could_use_is_reported_as_not_taken() -> None:
    parsed = parse_ssh_command("ssh -N -D 0.0.0.0:1080 me@bastion")
    assert (parsed.forwards, parsed.not_taken) == ((Forward(AnyHost(), 1080),), ("-D 0.0.0.0:1080",))


def test_a_second_key_is_reported_as_not_taken() -> None:
    parsed = parse_ssh_command("ssh -i first -i second -L 1:h:2 bastion")
    assert (parsed.hop.auth.identity_file, parsed.not_taken) == ("first", ("-i second",))


def test_options_without_meaning_here_and_a_remote_command_are_ignored_without_its_arguments() -> None:
    parsed = parse_ssh_command("ssh -CA4 -o Compression=yes -L 1:h:2 bastion mysql -psecret -L 3:x:4")
    assert parsed.ignored == ("-C", "-A", "-4", "-o Compression=yes", "mysql")
    assert len(parsed.forwards) == 1


@pytest.mark.parametrize(
    ("text", "problem", "part"),
    [
        ("", CommandProblem.EMPTY, ""),
        (" \n ", CommandProblem.EMPTY, ""),
        ("psql -h db", CommandProblem.NOT_SSH, "psql"),
        ("PGPASSWORD=secret psql", CommandProblem.NOT_SSH, ""),
        ("postgresql://me:secret@db/x", CommandProblem.NOT_SSH, ""),
        ("ssh -L '1:h:2 bastion", CommandProblem.UNBALANCED_QUOTES, "'"),
        ("ssh -Z -L 1:h:2 bastion", CommandProblem.UNKNOWN_OPTION, "-Z"),
        ("ssh bastion -L", CommandProblem.MISSING_ARGUMENT, "-L"),
        ("ssh -L 1:h:2 -o Port bastion", CommandProblem.MISSING_ARGUMENT, "-o Port"),
        ("ssh -L 1:h:2", CommandProblem.NO_HOST, ""),
        ("ssh -L 1:h:2 me@", CommandProblem.NO_HOST, ""),
        ("ssh -L 1:h:2 -- -oProxyCommand=x", CommandProblem.BAD_HOST, "-oProxyCommand=x"),
        ("ssh me@bastion", CommandProblem.NO_FORWARD, ""),
        ("ssh -L 5432 bastion", CommandProblem.BAD_FORWARD, "5432"),
        ("ssh -L 1:h bastion", CommandProblem.BAD_FORWARD, "1:h"),
        ("ssh -L 1::2 bastion", CommandProblem.BAD_FORWARD, "1::2"),
        ("ssh -L 1:2001:db8::1:2 bastion", CommandProblem.BAD_FORWARD, "1:2001:db8::1:2"),
        ("ssh -L 1:[::1:2 bastion", CommandProblem.BAD_FORWARD, "1:[::1:2"),
        ("ssh -L /run/y:/run/x.sock bastion", CommandProblem.UNIX_SOCKET, "/run/y:/run/x.sock"),
        ("ssh -D /run/x.sock bastion", CommandProblem.UNIX_SOCKET, "/run/x.sock"),
        ("ssh -L 1:run/x.sock bastion", CommandProblem.BAD_FORWARD, "1:run/x.sock"),
        ("ssh -L 1:/run/x.sock:2 bastion", CommandProblem.BAD_FORWARD, "1:/run/x.sock:2"),
        ("ssh -L a:b:1:/run/x.sock bastion", CommandProblem.BAD_FORWARD, "a:b:1:/run/x.sock"),
        ("ssh -D h:1:2 bastion", CommandProblem.BAD_FORWARD, "h:1:2"),
        ("ssh -D many bastion", CommandProblem.BAD_PORT, "many"),
        ("ssh -L /run/x.sock:h:2 bastion", CommandProblem.UNIX_SOCKET, "/run/x.sock:h:2"),
        ("ssh -L 1:h:65536 bastion", CommandProblem.BAD_PORT, "65536"),
        ("ssh -L 1:h:0 bastion", CommandProblem.BAD_PORT, "0"),
        ("ssh -L x:h:2 bastion", CommandProblem.BAD_PORT, "x"),
        ("ssh -p twenty -L 1:h:2 bastion", CommandProblem.BAD_PORT, "twenty"),
        ("ssh -L 1:h:2 ssh://bastion:99999", CommandProblem.BAD_PORT, "99999"),
    ],
)
def test_what_is_wrong_is_named_with_the_word_concerned(
    text: str, problem: CommandProblem, part: str
) -> None:
    with pytest.raises(CommandNotUnderstood) as caught:
        parse_ssh_command(text)
    assert (caught.value.cause.fact("problem"), caught.value.cause.fact("part")) == (problem, part)


@pytest.mark.parametrize(
    ("options", "auth"),
    [
        ("-o IdentityAgent=/run/agent", Auth(AuthMethod.AGENT, agent="/run/agent")),
        ("-o 'IdentityAgent \"~/my agent\"'", Auth(AuthMethod.AGENT, agent="~/my agent")),
        ("-o IdentityAgent=SSH_AUTH_SOCK", Auth(AuthMethod.AGENT)),
        ("-o IdentityAgent=$MINE", Auth(AuthMethod.AGENT, agent="$MINE")),
        ("-o IdentityAgent=none", Auth()),
        ("-o PreferredAuthentications=keyboard-interactive", Auth(AuthMethod.INTERACTIVE)),
        ("-o PreferredAuthentications=keyboard-interactive,password -i key", Auth(AuthMethod.INTERACTIVE)),
        (
            "-o PreferredAuthentications=publickey,keyboard-interactive -i key",
            Auth(AuthMethod.KEY_FILE, "key"),
        ),
        ("-i id.pub", Auth(AuthMethod.AGENT, "id.pub")),
        ("-i id.pub -o IdentityAgent=/run/agent", Auth(AuthMethod.AGENT, "id.pub", agent="/run/agent")),
    ],
)
def test_an_agent_is_taken_from_the_command(options: str, auth: Auth) -> None:
    parsed = parse_ssh_command(
        f"ssh -L 15432:db.internal:5432 {options.replace('$', chr(92) + '$')} me@bastion"
    )
    assert parsed.hop.auth == auth
    assert parsed.not_taken == ()


@pytest.mark.parametrize("options", ["-i key -o IdentityAgent=/run/agent", "-o IdentityAgent=%d/agent"])
def test_an_agent_that_is_not_taken_is_said(options: str) -> None:
    (left_out,) = parse_ssh_command(f"ssh -L 15432:db.internal:5432 {options} me@bastion").not_taken
    assert left_out.startswith("-o IdentityAgent=")
