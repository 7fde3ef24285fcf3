"""A fault in one line, before it is known which file that line is in."""

from __future__ import annotations

from desktop.core.ssh_config_problem import SshConfigProblem


class Fault(ValueError):
    """`part` is the word concerned. Becomes `SshConfigInvalid` where file and line are known."""

    def __init__(self, problem: SshConfigProblem, part: str) -> None:
        super().__init__(problem, part)
        self.problem = problem
        self.part = part
