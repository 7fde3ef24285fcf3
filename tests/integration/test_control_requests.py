"""What another program of the same person may write to the window's socket."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

import pytest

from desktop.store.runtime import window_socket_path
from desktop.system.control import Message, NoWindow, ask
from tests.support import program
from tests.support.window_program import WindowProgram, a_window

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="ends programs by signals"),
    pytest.mark.timeout(180),
]

ANSWER_S = 10.0


@pytest.fixture
def window() -> Iterator[WindowProgram]:
    with a_window() as running:
        yield running


def answers(request: Message) -> list[Message]:
    return list(ask(window_socket_path(), request, ANSWER_S))


def test_odd_requests_are_refused_and_the_next_is_answered(window: WindowProgram) -> None:
    odd: list[Message] = [
        {},
        {"do": None},
        {"do": ["up"]},
        {"do": "format"},
        {"do": "up"},
        {"do": "up", "names": []},
        {"do": "down", "names": "orders"},
        {"do": "up", "names": [1, None, {}]},
    ]
    for request in odd:
        (answer,) = answers(request)
        assert answer["error"]["code"] == "bad_request", request  # type: ignore[index]
        assert (answer["done"], answer["status"]) == (True, 2)
    assert answers({"do": "ping"}) == [{"done": True, "status": 0}]


def test_a_token_of_any_kind_brings_the_window_forward(window: WindowProgram) -> None:
    for token in ("", "a-token", "x" * 10_000, "two\nlines", "\0", 7, None):
        assert answers({"do": "raise", "token": token}) == [{"done": True, "status": 0}]


def test_an_answer_is_json_whatever_the_name(window: WindowProgram) -> None:
    name = 'Ä "quoted"\n\\ name ' + "x" * 200
    (answer,) = answers({"do": "up", "names": [name]})
    assert answer["error"]["code"] == "connection_not_found"  # type: ignore[index]
    said = program.run("up", name)
    assert (said.status, json.dumps(said.out)) == (2, '""')


def test_without_a_window_there_is_nobody_to_ask() -> None:
    with pytest.raises(NoWindow):
        answers({"do": "ping"})
