"""Runs one command and turns whatever goes wrong into a sentence and an exit status."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from concurrent.futures import TimeoutError as FutureTimeout

from desktop.cli import exchange, host_keys, remote, resolve, saving
from desktop.cli.alias_import import import_aliases
from desktop.cli.arguments import RESOLVE
from desktop.cli.foreign_import import import_foreign
from desktop.cli.up import Up
from desktop.compose.backstage import Backstage
from desktop.core.config_errors import (
    CommandNotUnderstood,
    ConnectionInvalid,
    ConnectionNotFound,
    HostKeyTextInvalid,
    JumpHostNotFound,
)
from desktop.core.errors import CaponierError, SecretStoreLocked
from desktop.core.foreign import Tool
from desktop.core.host_keys import HostKeyConsent
from desktop.core.model import SecretKind
from desktop.core.warehouse_errors import NoTunnelToOpen
from desktop.wording.messages import command_line_advice, title

DONE, FAILED, WRONG_USE = 0, 1, 2
_WRONG_USE = (
    CommandNotUnderstood,
    ConnectionInvalid,
    ConnectionNotFound,
    HostKeyTextInvalid,
    JumpHostNotFound,
    NoTunnelToOpen,
)

Command = Callable[[Backstage, argparse.Namespace], int]


def run_command(arguments: argparse.Namespace) -> int:
    """The exit status: 0 done, 1 failed, 2 wrong use."""
    try:
        return _run(arguments)
    except FutureTimeout:
        return _explain(SecretStoreLocked(), arguments)
    except CaponierError as error:
        return _explain(error, arguments)
    except BrokenPipeError:
        # The reader of our output has left; there is nobody to tell.
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115 - kept open until the interpreter ends
        return FAILED
    except KeyboardInterrupt:
        return FAILED


def _run(arguments: argparse.Namespace) -> int:
    if arguments.command == RESOLVE:
        resolve.show(arguments.alias, arguments.config, as_json=arguments.json)
        return DONE
    backstage = Backstage(verbose=arguments.verbose)
    try:
        backstage.library.load()
        before = backstage.library.connections
        status = _COMMANDS[arguments.command](backstage, arguments)
        if backstage.library.connections != before:
            remote.tell_saved()
        return status
    finally:
        backstage.close()


def _explain(error: CaponierError, arguments: argparse.Namespace) -> int:
    name = getattr(arguments, "name", "")
    print(f"caponier: {title(error.cause)}", file=sys.stderr)
    print(command_line_advice(error.cause, name), file=sys.stderr)
    return WRONG_USE if isinstance(error, _WRONG_USE) else FAILED


def _add(backstage: Backstage, arguments: argparse.Namespace) -> int:
    if arguments.direct:
        saving.add_direct(backstage, arguments.name, arguments.description, arguments.kind)
        return DONE
    saving.add(
        backstage, arguments.name, arguments.description, arguments.kind, arguments.agent_key, arguments.proxy
    )
    return DONE


def _list(backstage: Backstage, arguments: argparse.Namespace) -> int:
    saving.show_list(backstage, as_json=arguments.json)
    return DONE


def _secret_set(backstage: Backstage, arguments: argparse.Namespace) -> int:
    saving.set_secret(backstage, arguments.name, SecretKind(arguments.kind), arguments.jump_host)
    return DONE


def _remove(backstage: Backstage, arguments: argparse.Namespace) -> int:
    saving.remove(backstage, arguments.name)
    return DONE


def _export(backstage: Backstage, arguments: argparse.Namespace) -> int:
    exchange.export(backstage, arguments.file, arguments.names)
    return DONE


def _import(backstage: Backstage, arguments: argparse.Namespace) -> int:
    if arguments.ssh_config:
        return DONE if import_aliases(backstage, dry_run=arguments.dry_run) else FAILED
    if arguments.tool:
        tool = Tool(arguments.tool)
        done = import_foreign(backstage, tool, arguments.file or "", dry_run=arguments.dry_run)
        return DONE if done else FAILED
    all_saved = exchange.import_file(
        backstage, arguments.file, dry_run=arguments.dry_run, with_commands=arguments.with_commands
    )
    return DONE if all_saved else FAILED


def _up(backstage: Backstage, arguments: argparse.Namespace) -> int:
    connections = [backstage.library.find_tunnel(name) for name in arguments.names]
    consent = HostKeyConsent(arguments.accept_host_key, arguments.replace_host_key)
    up = Up(backstage, connections, as_json=arguments.json, consent=consent)
    return up.run()


def _check(backstage: Backstage, arguments: argparse.Namespace) -> int:
    # With the probes behind it, which no other command needs, it would slow all of them down.
    from desktop.cli.check import Form, check

    connection = backstage.library.find(arguments.name)
    form = Form.JSON if arguments.json else Form.REPORT if arguments.report else Form.LINES
    well = check(backstage.check_parts, connection, form=form, with_login=arguments.login)
    return DONE if well else FAILED


def _guard(backstage: Backstage, arguments: argparse.Namespace) -> int:
    from desktop.cli import guard

    connection = backstage.library.find_tunnel(arguments.name)
    if arguments.off:
        guard.stop_guarding(backstage, connection)
        return DONE
    return DONE if guard.remember(backstage, connection, accept=arguments.accept) else FAILED


def _list_host_keys(backstage: Backstage, arguments: argparse.Namespace) -> int:
    host_keys.show_host_keys(backstage, as_json=arguments.json)
    return DONE


def _add_host_keys(backstage: Backstage, arguments: argparse.Namespace) -> int:
    host_keys.add_host_keys(backstage, arguments.line, arguments.host)
    return DONE


def _forget_host_keys(backstage: Backstage, arguments: argparse.Namespace) -> int:
    return DONE if host_keys.forget_host(backstage, arguments.host) else FAILED


_COMMANDS: dict[str, Command] = {
    "add": _add,
    "list": _list,
    "secret-set": _secret_set,
    "remove": _remove,
    "export": _export,
    "import": _import,
    "up": _up,
    "check": _check,
    "guard": _guard,
    "host-keys-list": _list_host_keys,
    "host-keys-add": _add_host_keys,
    "host-keys-forget": _forget_host_keys,
}
