"""The way in: the window, or one command without a window."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

_PLAIN_STATUS = (["status"], ["status", "--json"])


def main() -> int:
    """The ``caponier`` command. Qt is imported only where a window is wanted."""
    words = sys.argv[1:]
    if words in _PLAIN_STATUS:
        # What a status bar asks each second goes without the parser, which would take longer than all the rest.
        from desktop.cli.remote import show_status

        return show_status([], as_json=words[-1] == "--json")
    link = _link_in(words)
    if link:
        return _open_window(link=link)
    from desktop.cli.arguments import DEMO, SELF_TEST, WINDOW, parse_arguments

    arguments = parse_arguments(words)
    if arguments.command == WINDOW:
        return _open_window(verbose=arguments.verbose, hidden=arguments.hidden)
    if arguments.command == DEMO:
        from desktop.app import run_demo

        return run_demo(verbose=arguments.verbose)
    if arguments.command == SELF_TEST:
        from desktop.selftest import run_self_test

        return run_self_test()
    return _run_command(arguments)


def main_window() -> int:
    """The ``caponier-gui`` program."""
    return main()


def _link_in(words: list[str]) -> str:
    """What the system hands over as the only argument to have it opened: a link, or a file, as a URL. Else empty."""
    word = words[0] if len(words) == 1 else ""
    if word.lower().startswith(("caponier:", "file:")):
        return word
    if word.lower().endswith(".caponier") and not word.startswith("-"):
        from pathlib import Path

        return Path(word).absolute().as_uri()
    return ""


def _open_window(*, verbose: bool = False, hidden: bool = False, link: str = "") -> int:
    from desktop.cli.remote import raise_window

    if raise_window(hidden=hidden, link=link):
        return 0
    from desktop.app import run_window

    return run_window(verbose=verbose, hidden=hidden, link=link)


def _run_command(arguments: argparse.Namespace) -> int:
    from desktop.cli import arguments as words
    from desktop.cli import remote

    if arguments.command == words.STATUS:
        return remote.show_status(arguments.names, as_json=arguments.json)
    if arguments.command == words.DOWN:
        return remote.switch_off(arguments.names, as_json=arguments.json)
    if arguments.command == words.UP and not arguments.here:
        accepted, replacing = arguments.accept_host_key, arguments.replace_host_key
        status = remote.switch_on(arguments.names, accepted, replacing, as_json=arguments.json)
        if status is not None:
            return status
    from desktop.cli.main import run_command

    return run_command(arguments)


if __name__ == "__main__":
    sys.exit(main())
