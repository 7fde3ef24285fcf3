"""Reads a pasted ssh command, and looks up its host where that may be an alias of ssh_config."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.core.aliases import Aliases, AliasLook, AliasView
from desktop.core.config_errors import CommandNotUnderstood
from desktop.core.ssh_command import ParsedCommand, no_forward, parse_ssh_command
from desktop.engine.alias_drafts import alias_hop, with_its_forwards
from desktop.wording.messages import advice

TYPING_PAUSE_MS = 200


class CommandReader(QObject):
    """`understood` carries a `ParsedCommand` and the `AliasView` of its host, or None; `refused` says what is missing.

    Without `aliases` both come before `read` returns. With them, `understood` comes when the host was looked up, which
    goes on by itself; only the last text counts.
    """

    understood = Signal(object, object)
    refused = Signal(str)
    _viewed = Signal(object)

    def __init__(self, aliases: Aliases | None, parent: QObject) -> None:
        super().__init__(parent)
        self._aliases = aliases
        self._parsed: ParsedCommand | None = None
        self._look: AliasLook | None = None
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(TYPING_PAUSE_MS)
        self._pause.timeout.connect(self._look_up)
        self._viewed.connect(self._on_viewed)

    def read(self, text: str) -> None:
        self.stop()
        try:
            parsed = parse_ssh_command(text, needs_forward=self._aliases is None)
        except CommandNotUnderstood as error:
            self.refused.emit(advice(error.cause))
            return
        if self._aliases is None or parsed.names_file:
            self._tell(parsed, None)
        else:
            self._parsed = parsed
            self._pause.start()

    def stop(self) -> None:
        """Nothing more is told of what was read. Idempotent."""
        self._pause.stop()
        self._parsed = None
        look, self._look = self._look, None
        if look is not None:
            look.stop()

    def _look_up(self) -> None:
        if self._aliases is not None and self._parsed is not None:
            self._look = self._aliases.look(
                alias_hop(self._parsed), self._viewed.emit, is_nearest=not self._parsed.jumps
            )

    def _on_viewed(self, view: AliasView) -> None:
        parsed = self._parsed
        if self._look is None or parsed is None or view.alias != parsed.hop.host:
            return
        self.stop()
        self._tell(with_its_forwards(parsed, view), view)

    def _tell(self, parsed: ParsedCommand, view: AliasView | None) -> None:
        if parsed.forwards:
            self.understood.emit(parsed, view)
        else:
            self.refused.emit(advice(no_forward().cause))
