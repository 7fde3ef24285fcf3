"""Jump hosts, proxies and certificates in an ssh command, and back."""

from __future__ import annotations

import shlex

import pytest

from desktop.core.command_problem import CommandProblem
from desktop.core.config_errors import CommandNotUnderstood
from desktop.core.model import Auth, AuthMethod, Connection, Endpoint, Forward, Hop, Proxy, ProxyKind, Route
from desktop.core.ssh_command import ParsedCommand, parse_ssh_command, ssh_command
from desktop.core.ssh_proxy import parse_proxy_url

DB = Forward(Endpoint("db", 1), 2)
SOCKS = Proxy(ProxyKind.SOCKS5, "proxy", 1080)
HTTP = Proxy(ProxyKind.HTTP, "proxy", 3128)
KEY = Auth(AuthMethod.KEY_FILE, "~/jump key", certificate_file="~/jump-cert.pub")


def parsed(options: str) -> ParsedCommand:
    return parse_ssh_command(f"ssh -N {options} -L 2:db:1 me@bastion")


def command(*hops: Hop, proxy: Proxy | None = None) -> str:
    return ssh_command(Connection("sales", Route(hops, proxy), DB))


@pytest.mark.parametrize(
    ("options", "jumps"),
    [
        ("-J jump", (Hop("jump", ""),)),
        (
            "-J jump1,you@jump2:2222,ssh://[::1]:23",
            (Hop("jump1", ""), Hop("jump2", "you", 2222), Hop("::1", "", 23)),
        ),
        ("-o ProxyJump=you@jump", (Hop("jump", "you"),)),
        ("-o 'ProxyCommand ssh -q -W %h:%p you@jump'", (Hop("jump", "you"),)),
        (
            "-o 'ProxyCommand=ssh -W [%h]:%p -J first -p 2222 -i key jump'",
            (
                Hop("first", ""),
                Hop("jump", "", 2222, Auth(AuthMethod.KEY_FILE, "key")),
            ),
        ),
        ("-J none", ()),
        ("-o ProxyJump=none -J jump", ()),
    ],
)
def test_jump_hosts_are_read_nearest_first(options: str, jumps: tuple[Hop, ...]) -> None:
    assert (parsed(options).jumps, parsed(options).proxy) == (jumps, None)


@pytest.mark.parametrize(
    ("written", "proxy"),
    [
        ("nc -X 5 -x proxy:1080 %h %p", SOCKS),
        ("/usr/bin/nc -x proxy:1080 %h %p", SOCKS),
        ("exec nc -x proxy:3128 -X connect %h %p", HTTP),
        ("nc -X connect -x proxy:3128 -P ada %h %p", Proxy(ProxyKind.HTTP, "proxy", 3128, "ada")),
        ("ncat --proxy-type socks5 --proxy=proxy:1080 %h %p", SOCKS),
        ("ncat --proxy proxy:3128 %h %p", HTTP),
        (
            "ncat --proxy proxy:3128 --proxy-auth ada:sesame %h %p",
            Proxy(ProxyKind.HTTP, "proxy", 3128, "ada"),
        ),
        ("connect-proxy -S ada@proxy:1080 %h %p", Proxy(ProxyKind.SOCKS5, "proxy", 1080, "ada")),
        ("connect -H [::1]:3128 %h %p", Proxy(ProxyKind.HTTP, "::1", 3128)),
    ],
)
def test_the_usual_programs_for_a_proxy_are_known(written: str, proxy: Proxy) -> None:
    read = parsed(f"-o {shlex.quote('ProxyCommand=' + written)}")
    assert (read.proxy, read.jumps, read.not_taken) == (proxy, (), ())


@pytest.mark.parametrize(
    "written",
    [
        "nc %h %p",
        "nc -X 4 -x proxy:1080 %h %p",
        "nc -X 5 -x proxy %h %p",
        "nc -v -X 5 -x proxy:1080 %h %p",
        "nc -X 5 -x proxy:1080 %h 22",
        "nc -X 5 -x proxy:99999 %h %p",
        "nc -X 5 -x $PROXY:1080 %h %p",
        "nc -X 5 -x proxy:1080 %h %p 2>/dev/null",
        "aws ssm start-session --target %h --parameters 'portNumber=%p'",
        "ssh jump nc %h %p",
        "ssh -o StrictHostKeyChecking=no -W %h:%p jump",
        "ssh -W %h:%p -o 'ProxyCommand=corkscrew proxy 80 %h %p' jump",
        "it's",
        '"C:\\Program Files\\nc.exe" "%h" "%p"',
    ],
)
def test_any_other_program_is_kept_as_it_stands(written: str) -> None:
    read = parsed(f"-o {shlex.quote('ProxyCommand=' + written)}")
    assert (read.proxy, read.jumps) == (Proxy(ProxyKind.COMMAND, command=written), ())


def test_the_name_as_given_is_written_into_a_command() -> None:
    read = parsed("-o HostName=10.0.0.1 -o 'ProxyCommand=reach %n %%n %h'").proxy
    assert read == Proxy(ProxyKind.COMMAND, command="reach bastion %%n %h")


def test_the_first_of_two_ways_counts_and_the_other_is_told() -> None:
    read = parsed("-J jump -o 'ProxyCommand=nc -x proxy:1080 %h %p'")
    assert (read.jumps, read.proxy) == ((Hop("jump", ""),), None)
    assert read.not_taken == ("-o ProxyCommand=nc -x proxy:1080 %h %p",)


def test_a_certificate_goes_with_the_key() -> None:
    auth = parsed("-i key -o CertificateFile=~/key-cert.pub").hop.auth
    assert auth == Auth(AuthMethod.KEY_FILE, "key", certificate_file="~/key-cert.pub")
    read = parsed("-o CertificateFile=first -o CertificateFile=second")
    assert (read.hop.auth.certificate_file, read.not_taken) == ("first", ("-o CertificateFile=second",))
    assert parsed("-o CertificateFile=%d/cert").not_taken == ("-o CertificateFile=%d/cert",)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ("-J ''", CommandProblem.BAD_HOST),
        ("-J a,,b", CommandProblem.BAD_HOST),
        ("-J -oProxyCommand=x", CommandProblem.BAD_HOST),
        ("-J jump:0", CommandProblem.BAD_PORT),
        ("-J jump:ssh", CommandProblem.BAD_PORT),
        ("-o ProxyCommand=", CommandProblem.MISSING_ARGUMENT),
    ],
)
def test_what_is_no_jump_host_is_refused(options: str, problem: CommandProblem) -> None:
    with pytest.raises(CommandNotUnderstood) as refused:
        parsed(options)
    assert refused.value.facts["problem"] == problem


@pytest.mark.parametrize(
    ("hops", "proxy", "way"),
    [
        ((), SOCKS, "-o 'ProxyCommand=nc -X 5 -x proxy:1080 %h %p'"),
        (
            (),
            Proxy(ProxyKind.HTTP, "proxy", 3128, "ada"),
            "-o 'ProxyCommand=connect-proxy -H ada@proxy:3128 %h %p'",
        ),
        ((), Proxy(ProxyKind.COMMAND, command="reach %h %p"), "-o 'ProxyCommand=reach %h %p'"),
        ((Hop("jump", "me", 2222),), None, "-J me@jump:2222"),
        ((Hop("jump", "me", auth=Auth(AuthMethod.KEY_FILE, "~/.ssh/id_rsa")),), None, "-J me@jump:22"),
        (
            (Hop("jump", "me", auth=Auth(AuthMethod.KEY_FILE, "key")),),
            None,
            "-o 'ProxyCommand=ssh -W '\"'\"'[%h]:%p'\"'\"' -i key me@jump'",
        ),
    ],
)
def test_a_way_is_written_for_ssh(hops: tuple[Hop, ...], proxy: Proxy | None, way: str) -> None:
    assert command(*hops, Hop("b", "me"), proxy=proxy) == f"ssh -N -L 2:db:1 {way} me@b"


@pytest.mark.parametrize("proxy", [None, SOCKS, HTTP, Proxy(ProxyKind.SOCKS5, "::1", 1, "it's")])
@pytest.mark.parametrize("login", [Auth(), KEY])
def test_ways_that_are_written_are_read_back_the_same(proxy: Proxy | None, login: Auth) -> None:
    hops = (Hop("first", "jo doe", auth=login), Hop("::2", "", 23, login), Hop("third", "CORP@me"))
    for count in range(4):
        read = parse_ssh_command(command(*hops[:count], Hop("bastion", "me", auth=login), proxy=proxy))
        assert (read.jumps, read.hop) == (hops[:count], Hop("bastion", "me", auth=login))
        assert read.proxy == proxy
        assert read.ignored == read.not_taken == ()


@pytest.mark.parametrize(
    ("url", "proxy"),
    [
        ("socks5://proxy", SOCKS),
        ("SOCKS5H://ada@proxy:1081", Proxy(ProxyKind.SOCKS5, "proxy", 1081, "ada")),
        ("http://[::1]:3128/", Proxy(ProxyKind.HTTP, "::1", 3128)),
        ("http://CORP%5Cada@proxy:3128", Proxy(ProxyKind.HTTP, "proxy", 3128, "CORP\\ada")),
    ],
)
def test_a_proxy_is_read_from_its_url(url: str, proxy: Proxy) -> None:
    assert parse_proxy_url(url) == proxy


@pytest.mark.parametrize(
    "url",
    [
        "proxy:1080",
        "http://proxy",
        "ftp://proxy:1",
        "http://proxy:0",
        "http://proxy:99999",
        "socks5://",
        "http://p:1/x",
        "",
    ],
)
def test_what_is_no_url_of_a_proxy_is_refused(url: str) -> None:
    with pytest.raises(CommandNotUnderstood) as refused:
        parse_proxy_url(url)
    assert refused.value.facts["problem"] == CommandProblem.BAD_PROXY


@pytest.mark.parametrize(
    "url", ["http://ada:sesame@proxy:3128", "socks5://:sesame@proxy", "ada:sesame@proxy"]
)
def test_a_password_in_a_url_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(CommandNotUnderstood) as refused:
        parse_proxy_url(url)
    assert "sesame" not in str(refused.value)
