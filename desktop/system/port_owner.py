"""Who holds a local port."""

from __future__ import annotations


def who_holds(port: int) -> str:
    """``name (process 123)`` of the program that listens on the TCP port, or an empty string.

    Empty also where the system does not tell: macOS shows an ordinary user no other process's sockets, Linux none
    of another user. Blocks for some milliseconds, more with many processes.
    """
    # Costs 20 ms to import, and is needed only when something went wrong.
    import psutil

    try:
        for each in psutil.net_connections(kind="tcp"):
            if each.status == psutil.CONN_LISTEN and each.laddr.port == port and each.pid is not None:
                return f"{psutil.Process(each.pid).name()} (process {each.pid})"
    except (psutil.Error, OSError):
        return ""
    return ""
