"""What can be typed."""

from __future__ import annotations

import argparse

from desktop import __version__
from desktop.core.exchange import SUFFIX
from desktop.core.foreign import Tool
from desktop.core.model import SecretKind
from desktop.core.warehouses import CATALOGUE, OTHER
from desktop.wording.ssh_config import RESOLVE_HELP

WINDOW = "window"
DEMO = "demo"
SELF_TEST = "self-test"
UP, DOWN, STATUS = "up", "down", "status"
RESOLVE = "resolve"


def parse_arguments(words: list[str] | None = None) -> argparse.Namespace:
    """`command` names the command, `WINDOW` where none is given. Exits with status 2 on wrong use."""
    parser = _parser()
    arguments = parser.parse_args(words)
    if arguments.command == "import":
        _refuse_odd_source(parser, arguments)
    return arguments


def _refuse_odd_source(parser: argparse.ArgumentParser, arguments: argparse.Namespace) -> None:
    if arguments.ssh_config and arguments.file is not None:
        parser.error("import --ssh-config takes no FILE")
    if not (arguments.ssh_config or arguments.tool or arguments.file is not None):
        parser.error("import needs a FILE, --from or --ssh-config")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="caponier",
        description="Keeps warehouse connections reachable through bastion hosts.",
        epilog="Without a command it opens the window.",
    )
    parser.add_argument("--version", action="version", version=f"Caponier {__version__}")
    parser.add_argument("--verbose", action="store_true", help="write every detail to the log file")
    parser.add_argument(
        "--self-test",
        action="store_const",
        dest="command",
        const=SELF_TEST,
        help="check what the program stands on, here, and end",
    )
    parser.add_argument("--hidden", action="store_true", help="start the window in the tray, if there is one")
    parser.set_defaults(command=WINDOW)
    commands = parser.add_subparsers(metavar="COMMAND", title="commands")
    _add_saving(commands)
    _add_exchange(commands)
    _add_remote(commands)
    _add_running(commands)
    _add_host_keys(commands)
    return parser


def _add_saving(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    add = commands.add_parser(
        "add", help="save a connection, described by an ssh command with -L or -D, or a direct one"
    )
    add.set_defaults(command="add")
    add.add_argument("name", metavar="NAME")
    add.add_argument("description", metavar="'ssh -N -L ... me@bastion' | HOST:PORT")
    add.add_argument(
        "--direct",
        action="store_true",
        help="a warehouse at HOST:PORT that needs no bastion: no tunnel, but its strings and its check",
    )
    kinds = [entry.key for entry in (*CATALOGUE, OTHER)]
    add.add_argument("--kind", choices=kinds, help="the warehouse; guessed from its port otherwise")
    add.add_argument(
        "--agent-key",
        metavar="SHA256:...",
        default="",
        help="log in with this key of the SSH agent, as ssh-add -l names it, and offer no other",
    )
    add.add_argument(
        "--proxy",
        metavar="URL",
        default="",
        help="a proxy in front of the first server: socks5://[USER@]HOST[:PORT] or http://[USER@]HOST:PORT, without a"
        " password",
    )

    listing = commands.add_parser("list", help="show the saved connections")
    listing.set_defaults(command="list")
    listing.add_argument("--json", action="store_true", help="one JSON object a line")

    secret = commands.add_parser("secret", help="store a secret in the keyring")
    secret.set_defaults(command="secret-set")
    verbs = secret.add_subparsers(metavar="VERB", required=True)
    setting = verbs.add_parser("set", help="read it from a prompt, or from standard input when piped")
    setting.add_argument("name", metavar="NAME")
    setting.add_argument("kind", metavar="KIND", choices=list(SecretKind), help=", ".join(SecretKind))
    setting.add_argument(
        "--jump-host",
        metavar="[USER@]HOST[:PORT]",
        default="",
        help="whose login the secret is for; the bastion's where none is named",
    )

    remove = commands.add_parser("remove", help="forget a connection and its secrets")
    remove.set_defaults(command="remove")
    remove.add_argument("name", metavar="NAME")


def _add_exchange(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    export = commands.add_parser("export", help="write connections to a file for others, without secrets")
    export.set_defaults(command="export")
    export.add_argument("file", metavar="FILE", help=f"ending in {SUFFIX}, or - for standard output")
    export.add_argument("names", metavar="NAME", nargs="*", help="all connections where none is named")

    importing = commands.add_parser(
        "import",
        help="save the connections of such a file or of another program, or the forwards in your ssh configuration",
    )
    importing.set_defaults(command="import")
    importing.add_argument("file", metavar="FILE", nargs="?")
    source = importing.add_mutually_exclusive_group()
    source.add_argument(
        "--from",
        dest="tool",
        choices=list(Tool),
        help="another program, which reads its FILE, or without one its usual places",
    )
    source.add_argument(
        "--ssh-config",
        action="store_true",
        help="what the aliases in ~/.ssh/config, and in what it includes, forward",
    )
    importing.add_argument("--dry-run", action="store_true", help="only say what would be saved")
    importing.add_argument(
        "--with-commands",
        action="store_true",
        help="save also connections that run a command of the file's on this computer; read it first, with --dry-run",
    )


def _add_remote(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    up = commands.add_parser(
        UP, help="connect in the window that runs; without one run tunnels here until Ctrl-C"
    )
    up.set_defaults(command=UP)
    up.add_argument("names", metavar="NAME", nargs="+")
    up.add_argument("--here", action="store_true", help="run them here, whatever runs elsewhere")
    up.add_argument("--json", action="store_true", help="one JSON object for each change of state")
    up.add_argument(
        "--accept-host-key",
        metavar="SHA256:...",
        default="",
        help="trust an unknown server that shows this fingerprint, from now on",
    )
    up.add_argument(
        "--replace-host-key",
        metavar="SHA256:...",
        default="",
        help="trust the key with this fingerprint instead of the one that the server had before; have it"
        " confirmed by its administrator first",
    )

    down = commands.add_parser(DOWN, help="disconnect in the window that runs")
    down.set_defaults(command=DOWN)
    down.add_argument("names", metavar="NAME", nargs="+")
    down.add_argument("--json", action="store_true", help="one JSON object for each change of state")

    status = commands.add_parser(STATUS, help="how things stand in the window that runs")
    status.set_defaults(command=STATUS)
    status.add_argument("names", metavar="NAME", nargs="*")
    status.add_argument("--json", action="store_true", help="one JSON object for each connection")


def _add_host_keys(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    host_keys = commands.add_parser("host-keys", help="list, add and forget the host keys of servers")
    verbs = host_keys.add_subparsers(metavar="VERB", required=True)

    listing = verbs.add_parser("list", help="show those that Caponier knows, and those that ssh knows")
    listing.set_defaults(command="host-keys-list")
    listing.add_argument("--json", action="store_true", help="one JSON object a line")

    add = verbs.add_parser("add", help="make the key of a host known, so that nobody is asked about it")
    add.set_defaults(command="host-keys-add")
    add.add_argument(
        "line", metavar="LINE", help="as in known_hosts, or a public key; - reads standard input"
    )
    add.add_argument(
        "--host", metavar="HOST[:PORT]", default="", help="whose it is, where the line names no host"
    )

    forget = verbs.add_parser(
        "forget", help="forget what Caponier knows of a host; files of ssh stay as they are"
    )
    forget.set_defaults(command="host-keys-forget")
    forget.add_argument("host", metavar="HOST[:PORT]")


def _add_running(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    check = commands.add_parser("check", help="find out, stage by stage, what works and what does not")
    check.set_defaults(command="check")
    check.add_argument("name", metavar="NAME")
    form = check.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one JSON object for each stage")
    form.add_argument("--report", action="store_true", help="a text for your administrator, without secrets")
    check.add_argument(
        "--login",
        action="store_true",
        help="log in to the warehouse, too, with the stored password, and run SELECT 1",
    )

    guard = commands.add_parser(
        "guard", help="remember who the warehouse is, and let programs to no other one"
    )
    guard.set_defaults(command="guard")
    guard.add_argument("name", metavar="NAME")
    choice = guard.add_mutually_exclusive_group()
    choice.add_argument("--off", action="store_true", help="guard it no more")
    choice.add_argument(
        "--accept", action="store_true", help="remember the one that answers now, though it is another"
    )

    resolve = commands.add_parser(
        RESOLVE,
        help="print what an alias of your ssh configuration stands for",
        description=RESOLVE_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    resolve.set_defaults(command=RESOLVE)
    resolve.add_argument("alias", metavar="ALIAS", help="as after ssh; USER@ALIAS works, too")
    resolve.add_argument("--json", action="store_true", help="one JSON object; also for an error of a file")
    resolve.add_argument(
        "--config", metavar="FILE", default="", help="read this file only, as ssh -F does; none reads no file"
    )

    demo = commands.add_parser("demo", help="try Caponier with a bastion and a PostgreSQL of its own")
    demo.set_defaults(command=DEMO)
