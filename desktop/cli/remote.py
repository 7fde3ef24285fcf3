"""``status``, ``up`` and ``down``, done by the window that runs.

Imports next to nothing: the window has everything at hand, the words included.
"""

from __future__ import annotations

import io
import json
import os
import sys
import time
from contextlib import suppress

from desktop.store.runtime import window_socket_path
from desktop.system.control import Message, NoAnswer, NoWindow, ask, come_forward

FAILED = 1
# The window is busy for longer only when it hangs.
_ANSWERS_WITHIN_S = 5.0
_NOT_RUNNING = "Caponier is not running. Its window: caponier; without a window: caponier up NAME"
_SILENT = "Caponier's window ended, or does not answer."


def raise_window(*, hidden: bool, link: str) -> bool:
    """True where a window runs and came forward, with what `link` asks for. With `hidden` it stays where it is."""
    came = come_forward(window_socket_path(), hidden=hidden, link=link, within_s=_ANSWERS_WITHIN_S)
    return came is True


def show_status(names: list[str], *, as_json: bool) -> int:
    """Of all connections where none is named. The exit status."""
    status = _guarded({"do": "status", "names": names}, as_json=as_json)
    return _say_not_running() if status is None else status


def switch_on(names: list[str], accepted: str, replacing: str, *, as_json: bool) -> int | None:
    """Blocks until each is up or has failed. The exit status; None where no window runs that could do it.

    The fingerprints of `desktop.core.host_keys.HostKeyConsent` are given one by one.
    """
    request: Message = {
        "do": "up",
        "names": names,
        "accept_host_key": accepted,
        "replace_host_key": replacing,
    }
    return _guarded(request, as_json=as_json)


def switch_off(names: list[str], *, as_json: bool) -> int:
    """Blocks until each is off. The exit status."""
    status = _guarded({"do": "down", "names": names}, as_json=as_json)
    return _say_not_running() if status is None else status


def tell_saved() -> None:
    """A window that runs shows at once what this command saved; a busy one finds it with its next edit."""
    with suppress(NoWindow, NoAnswer):
        list(ask(window_socket_path(), {"do": "refresh"}, _ANSWERS_WITHIN_S))


def _say_not_running() -> int:
    print(f"caponier: {_NOT_RUNNING}", file=sys.stderr)
    return FAILED


def _guarded(request: Message, *, as_json: bool) -> int | None:
    """None where no window runs."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A terminal that lacks a sign of ours shows another one.
        sys.stdout.reconfigure(errors="replace")
    try:
        return _run(request, as_json=as_json)
    except NoWindow:
        return None
    except NoAnswer:
        print(f"caponier: {_SILENT}", file=sys.stderr)
    except BrokenPipeError:
        # The reader of our output has left; there is nobody to tell.
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115 - kept open until the interpreter ends
    except KeyboardInterrupt:
        # The window goes on with it.
        pass
    return FAILED


def _run(request: Message, *, as_json: bool) -> int:
    status: object = FAILED
    for answer in ask(window_socket_path(), request, _ANSWERS_WITHIN_S):
        status = answer.get("status", FAILED)
        standing = answer.get("connections")
        if isinstance(standing, list):
            (_print_events if as_json else _print_table)(standing)
        elif "event" in answer:
            _print_event(answer) if as_json else _print_line(answer)
        _complain(answer)
    return status if isinstance(status, int) else FAILED


def _print_event(told: Message) -> None:
    print(json.dumps(told["event"]), flush=True)


def _print_events(standing: list[Message]) -> None:
    for told in standing:
        _print_event(told)


def _print_line(told: Message) -> None:
    print(f"{time.strftime('%H:%M:%S')}  {_field(told, 'connection')}: {told.get('words')}", flush=True)


def _print_table(standing: list[Message]) -> None:
    names = [_field(told, "connection") for told in standing]
    locals_ = [_field(told, "local") or "-" for told in standing]
    name_width, local_width = max(map(len, names), default=0), max(map(len, locals_), default=0)
    for name, local, told in zip(names, locals_, standing, strict=True):
        print(f"{name:<{name_width}}  {local:<{local_width}}  {told.get('words')}")
    if not standing:
        print("No connections yet")


def _complain(answer: Message) -> None:
    error = answer.get("error")
    if isinstance(error, dict):
        lines = [f"caponier: {error.get('title')}", error.get("advice")]
        print("\n".join(line for line in lines if line), file=sys.stderr)
    elif "trouble" in answer:
        print(answer["trouble"], file=sys.stderr, flush=True)


def _field(told: Message, name: str) -> str:
    event = told["event"]
    value = event.get(name) if isinstance(event, dict) else None
    return value if isinstance(value, str) else ""
