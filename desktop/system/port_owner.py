"""Who holds a local port."""

from __future__ import annotations

from collections.abc import Iterator


def who_holds(port: int) -> str:
    """``name (process 123)`` of the program that listens on the TCP port, or an empty string.

    Empty also where the system does not tell: no ordinary user is shown the sockets of other users' processes. Blocks
    for some milliseconds, more with many processes.
    """
    # Costs 20 ms to import, and is needed only when something went wrong.
    import psutil

    try:
        return next((_named(pid) for pid in _holders(port)), "")
    except (psutil.Error, OSError):
        return ""


def _holders(port: int) -> Iterator[int]:
    """Ids of processes. Raises `psutil.Error` and `OSError`."""
    import psutil

    try:
        for each in psutil.net_connections(kind="tcp"):
            if each.status == psutil.CONN_LISTEN and each.laddr.port == port and each.pid is not None:
                yield each.pid
    except psutil.AccessDenied:
        # What macOS says to everybody but root (psutil documentation, "net_connections"). Our own may be looked into.
        yield from _own_holders(port)


def _own_holders(port: int) -> Iterator[int]:
    import psutil

    for process in psutil.process_iter():
        try:
            found = process.net_connections(kind="tcp")
        except (psutil.Error, OSError):
            continue
        if any(each.status == psutil.CONN_LISTEN and each.laddr.port == port for each in found):
            yield process.pid


def _named(pid: int) -> str:
    import psutil

    try:
        return f"{psutil.Process(pid).name()} (process {pid})"
    except (psutil.Error, OSError):
        return f"process {pid}"
