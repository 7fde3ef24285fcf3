"""The servers that many stories share, started once a run."""

from __future__ import annotations

from tests.support.lab.fixtures import lab as lab
from tests.support.postgres import warehouse as warehouse
from tests.support.system_user import system_user as system_user
