"""The words of a server are found in paramiko's log lines, and those lines are details for everybody else."""

from __future__ import annotations

import logging
import threading

import pytest

from desktop.ssh.plain_log import LOG_CHANNEL, Words


class Reader(threading.Thread):
    """A thread that stands where a lane's does, and logs as paramiko does there."""

    def __init__(self, *lines: str) -> None:
        super().__init__(name="reader")
        self.words = Words()
        self._lines = lines
        self.start()
        self.join()

    def run(self) -> None:
        for line in self._lines:
            logging.getLogger(LOG_CHANNEL).error(line)


def test_a_farewell_is_heard() -> None:
    reader = Reader("EOF received", "Disconnect (code 2): Too many\nauthentication failures: 100%")
    assert (reader.words.farewell, reader.words.refusal) == ("Too many\nauthentication failures: 100%", "")


def test_the_last_refusal_is_heard() -> None:
    reader = Reader(
        "Secsh channel 7 open FAILED: open failed: Administratively prohibited",
        "Secsh channel 8 open FAILED: Name or service not known: Connect failed",
    )
    assert (reader.words.farewell, reader.words.refusal) == ("", "Name or service not known")


@pytest.mark.parametrize("verbose", [False, True])
def test_an_alarm_of_paramiko_is_a_detail(*, verbose: bool, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG if verbose else logging.WARNING, "paramiko")
    Reader("Socket exception: Connection reset by peer")
    assert [record.levelno for record in caplog.records] == ([logging.DEBUG] if verbose else [])
