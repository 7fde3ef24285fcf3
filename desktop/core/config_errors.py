"""The branch of the error tree for saved data, and for what a person typed.

::

    ConfigError
    ├── ConfigUnreadable  ConfigNotWritable  ConnectionInvalid  ConnectionNotFound  JumpHostNotFound
    └── CommandNotUnderstood  HostKeyTextInvalid  ImportUnreadable  ExportNotWritable
"""

from __future__ import annotations

from desktop.core.errors import CaponierError


class ConfigError(CaponierError):
    """Saved data, or what the person typed, can't be used."""


class ConfigUnreadable(ConfigError):
    """`kept_as` is where the damaged file was set aside."""

    code = "config_unreadable"
    fact_names = ("path", "reason", "kept_as")


class ConfigNotWritable(ConfigError):
    code = "config_not_writable"
    fact_names = ("path", "reason")


class ConnectionInvalid(ConfigError):
    """`field`, `problem` and, in a way, `jump_host` as in `desktop.core.validation.Problem`."""

    code = "connection_invalid"
    fact_names = ("field", "problem")


class ConnectionNotFound(ConfigError):
    code = "connection_not_found"
    fact_names = ("name",)


class JumpHostNotFound(ConfigError):
    code = "jump_host_not_found"
    fact_names = ("jump_host", "name")


class CommandNotUnderstood(ConfigError):
    """A pasted ssh command; `problem` names what is wrong with it and `part` is the word concerned."""

    code = "command_not_understood"
    fact_names = ("problem", "part")


class HostKeyTextInvalid(ConfigError):
    """`problem` is a `desktop.core.host_keys.PasteProblem`, `line` where it is, and `part` a host's name, if any."""

    code = "host_key_text_invalid"
    fact_names = ("problem", "line", "part")


class ImportUnreadable(ConfigError):
    """A file of connections for import, at `path`."""

    code = "import_unreadable"
    fact_names = ("path", "reason")


class ExportNotWritable(ConfigError):
    """A file for export, at `path`."""

    code = "export_not_writable"
    fact_names = ("path", "reason")
