"""Warehouses that speak HTTP: a GET of a page that tells who they are and needs no login (RFC 9112)."""

from __future__ import annotations

import json
import re

from desktop.core.model import Connection, Endpoint
from desktop.core.warehouses import warehouse
from desktop.probe.speech import Greeting, Speech

_STATUS = re.compile(rb"HTTP/\d(?:\.\d)? (\d{3})")
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked\r\n", re.IGNORECASE)
_WANTS_LOGIN = (b"401", b"403")


def _get(connection: Connection) -> bytes:
    target = connection.forward.target
    host = str(target) if isinstance(target, Endpoint) else "localhost"
    lines = (
        f"GET {warehouse(connection.kind).http_path} HTTP/1.1",
        f"Host: {host}",
        "User-Agent: Caponier",
        "Accept: */*",
    )
    return "\r\n".join((*lines, "Connection: close", "", "")).encode()


def _is_whole(heard: bytes) -> bool:
    head, end, body = heard.partition(b"\r\n\r\n")
    if not heard.startswith(b"HTTP/"[: len(heard)]):
        return True
    if not end:
        return False
    length = _LENGTH.search(head + b"\r\n")
    if length is not None:
        return len(body) >= int(length[1])
    return bool(_CHUNKED.search(head + b"\r\n")) and body.endswith(b"0\r\n\r\n")


def _read(connection: Connection, heard: bytes) -> Greeting | None:
    status = _STATUS.match(heard)
    if status is None:
        return None
    entry = warehouse(connection.kind)
    body = heard.partition(b"\r\n\r\n")[2]
    is_known = not entry.http_answer or entry.http_answer.encode() in body
    # A gateway in front of it may ask who wants to know.
    if not is_known and status[1] not in _WANTS_LOGIN:
        return None
    version = _version(body)
    return Greeting(f"{entry.title} {version}".rstrip(), greeting=version)


def _version(body: bytes) -> str:
    """Of Trino and Presto, ``{"nodeVersion": {"version": "435"}, ...}``; others say none here."""
    start, end = body.find(b"{"), body.rfind(b"}")
    try:
        said = json.loads(body[start : end + 1])
        version = said["nodeVersion"]["version"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
    return version if isinstance(version, str) and len(version) < 50 and version.isprintable() else ""


SPEECH = Speech(_get, _is_whole, _read, may_begin_with_tls=True)
