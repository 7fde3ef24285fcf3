"""When a login waits for an older session, and when it does not."""

from __future__ import annotations

import pytest

from desktop.ssh.beside import chance_for_older_s


def test_a_path_that_answers_at_once_tells_that_the_silent_session_is_dead() -> None:
    assert chance_for_older_s(0.0) == 0


@pytest.mark.parametrize("silent_s", [0.45, 1.0, 1.9])
def test_after_a_moment_without_a_network_the_older_session_gets_that_long_again(silent_s: float) -> None:
    assert chance_for_older_s(silent_s) == silent_s


def test_it_never_gets_long() -> None:
    assert chance_for_older_s(2.9) == 2


def test_after_a_long_silence_a_new_login_is_sooner_there() -> None:
    assert chance_for_older_s(3.0) == 0
    assert chance_for_older_s(60.0) == 0
