"""The aliases that an ssh_config names: every word of its ``Host`` lines that is no pattern."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from desktop.core.ssh_config_errors import SshConfigLoop, SshConfigUnreadable
from desktop.core.ssh_config_problem import SshConfigProblem
from desktop.ssh_config.account import Account
from desktop.ssh_config.fault import Fault
from desktop.ssh_config.lines import Line, parse_line
from desktop.ssh_config.reader import MAX_DEPTH, invalid
from desktop.ssh_config.settings import Place
from desktop.ssh_config.sources import Files

_NOT_IN_NAMES = frozenset("*?!")


def named_hosts(account: Account) -> tuple[str, ...]:
    """Of the person's files and the system's, in their order, included ones where they are included.

    Blocks for files. Raises `SshConfigError` for what can't be read; mistakes within options are found by `resolve`.
    """
    found: dict[str, None] = {}
    files = Files(account)
    for path, is_users in ((account.user_file, True), (account.system_file, False)):
        with contextlib.suppress(FileNotFoundError):
            found |= dict.fromkeys(_names_in(path, files, is_users=is_users, is_checked=is_users))
    return tuple(found)


def _names_in(path: str, files: Files, *, is_users: bool, is_checked: bool, depth: int = 0) -> Iterator[str]:
    if depth > MAX_DEPTH:
        raise SshConfigLoop(path=path, depth=MAX_DEPTH)
    for number, text in enumerate(files.lines(path, is_checked=is_checked), 1):
        try:
            line = parse_line(text)
            if line is None:
                continue
            if line.keyword == "host":
                yield from (word for word in line.words if word and _NOT_IN_NAMES.isdisjoint(word))
            included = _included(line, files, is_users=is_users)
        except Fault as fault:
            raise invalid(Place(path, number, is_users), fault) from fault
        for inner in included:
            try:
                yield from _names_in(inner, files, is_users=is_users, is_checked=True, depth=depth + 1)
            except FileNotFoundError as error:
                raise SshConfigUnreadable(path=inner, reason="there is no such file") from error


def _included(line: Line, files: Files, *, is_users: bool) -> list[str]:
    if line.keyword != "include":
        return []
    if not all(line.words):
        raise Fault(SshConfigProblem.MISSING_VALUE, line.keyword)
    return [path for word in line.words for path in files.included(word, is_users=is_users)]
