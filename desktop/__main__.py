"""The way in: the window, or one command without a window."""

from __future__ import annotations

import sys

from desktop.cli.arguments import DEMO, WINDOW, parse_arguments


def main() -> int:
    """The ``caponier`` command. Qt is imported only where a window is wanted."""
    arguments = parse_arguments()
    if arguments.command in (WINDOW, DEMO):
        from desktop.app import run_demo, run_window

        if arguments.command == DEMO:
            return run_demo(verbose=arguments.verbose)
        return run_window(verbose=arguments.verbose)
    from desktop.cli.main import run_command

    return run_command(arguments)


def main_window() -> int:
    """The ``caponier-gui`` program."""
    from desktop.app import run_window

    return run_window(verbose=False)


if __name__ == "__main__":
    sys.exit(main())
