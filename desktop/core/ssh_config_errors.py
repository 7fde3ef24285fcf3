"""The branch of the error tree for files of ssh_config(5).

::

    SshConfigError
    ├── SshConfigInvalid  SshConfigLoop  SshConfigJumpLoop  SshConfigNoMethod  SshConfigUnreadable
    └── SshConfigTooLarge  SshConfigUntrusted  SshConfigCommandFailed
"""

from __future__ import annotations

from desktop.core.errors import CaponierError


class SshConfigError(CaponierError):
    """A file of ssh_config(5) can't be used. `path` is the file concerned, also where another one includes it."""


class SshConfigInvalid(SshConfigError):
    """`problem` is a `desktop.core.ssh_config_problem.SshConfigProblem`, `part` the word concerned."""

    code = "ssh_config_invalid"
    fact_names = ("path", "line", "problem", "part")


class SshConfigLoop(SshConfigError):
    """The files include each other, or are nested deeper than `depth`."""

    code = "ssh_config_loop"
    fact_names = ("path", "depth")


class SshConfigJumpLoop(SshConfigError):
    """Jump hosts lead back to one another. `chain` names them, each reached through the next."""

    code = "ssh_config_jump_loop"
    fact_names = ("path", "line", "chain")


class SshConfigNoMethod(SshConfigError):
    """For `alias`, the files allow no way to log in that Caponier has."""

    code = "ssh_config_no_method"
    fact_names = ("path", "line", "alias")


class SshConfigUnreadable(SshConfigError):
    code = "ssh_config_unreadable"
    fact_names = ("path", "reason")


class SshConfigTooLarge(SshConfigError):
    """`limit` is what may be read in all, with its unit."""

    code = "ssh_config_too_large"
    fact_names = ("path", "limit")


class SshConfigUntrusted(SshConfigError):
    """Somebody else can write to `changeable`: the file, or a folder on the way to it."""

    code = "ssh_config_untrusted"
    fact_names = ("path", "changeable")


class SshConfigCommandFailed(SshConfigError):
    """The command of a ``Match exec`` neither succeeded nor failed, or was not run."""

    code = "ssh_config_command_failed"
    fact_names = ("path", "line", "reason")
