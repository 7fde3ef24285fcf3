"""Where connections queue with their questions: one dialog at a time, and one answer for all who share it."""

from __future__ import annotations

from collections.abc import Hashable

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from desktop.core.errors import Cause
from desktop.core.identity import Guard
from desktop.core.model import Route, Snapshot
from desktop.core.ports import Tunnels
from desktop.gui.bridge import Bridge
from desktop.gui.challenge_dialog import ChallengeDialog
from desktop.gui.changed_key_prompt import ChangedKeyPrompt
from desktop.gui.changed_key_question import ChangedKeyQuestion
from desktop.gui.connections_model import ConnectionsModel
from desktop.gui.guard_prompt import GuardPrompt
from desktop.gui.guard_question import GuardQuestion
from desktop.gui.prompt_dialogs import HostKeyPrompt, Prompt, SecretPrompt
from desktop.gui.prompt_questions import (
    ChallengeQuestion,
    HostKeyQuestion,
    SecretQuestion,
    asks,
    question_of,
    subject,
)

# What tells one refusal from the next one of the same connection.
_Asked = tuple[Cause | None, float, int, int]


class PromptDesk(QObject):
    """Shows a prompt whenever a connection waits for the person, and passes the answer on.

    A question whose connection has moved on by itself disappears. Cancelling disconnects all who asked it, except for
    what a login asks: there, those who only share the login are left to ask again when they are needed. Where another
    warehouse stands behind a port, cancelling leaves things as they are; `guard_chosen` carries the id of a connection
    and the `Guard` to save with it.
    """

    guard_chosen = Signal(str, object)

    def __init__(
        self, bridge: Bridge, model: ConnectionsModel, tunnels: Tunnels, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._tunnels = tunnels
        self._window = parent
        self._dialog: Prompt | None = None
        self._finished: Prompt | None = None
        self._subject: Hashable = None
        self._asker = ""
        self._asked: _Asked | None = None
        self._settled: dict[str, _Asked] = {}
        self._keyring_trouble = ""
        self._other_dialog: QWidget | None = None
        # The queue is read after the model has taken in the update, whoever of us hears of it first.
        self._review_soon = QTimer(self)
        self._review_soon.setSingleShot(True)
        self._review_soon.timeout.connect(self._review)
        bridge.updated.connect(self._review_soon.start)
        self._review_soon.start()

    @property
    def dialog(self) -> QDialog | None:
        """The prompt on screen, if any."""
        return self._dialog

    def ask_again(self, connection_id: str) -> None:
        """Bring the question of a connection to the front: the person pressed its "Answer" button."""
        self._settled.pop(connection_id, None)
        if self._dialog is not None:
            _bring_forward(self._dialog)
        self._review_soon.start()

    def _review(self) -> None:
        self._finished = None
        waiting = self._waiting()
        if isinstance(self._dialog, ChallengeDialog):
            self._follow(self._dialog)
        elif self._dialog is not None and not any(self._is_asked_now(snapshot) for snapshot in waiting):
            self._withdraw()
        if self._dialog is None and waiting and not self._waits_for_other_dialog():
            self._ask(waiting[0])

    def _follow(self, dialog: ChallengeDialog) -> None:
        """The next round of the same login takes the place of the one before; the login's end, that of the dialog."""
        asking = [each for each in self._model.snapshots() if subject(each) == self._subject]
        question = question_of(asking, self._keyring_trouble) if asking else None
        if isinstance(question, ChallengeQuestion):
            dialog.show_question(question)
            self._asker = question.asker
        else:
            self._withdraw()

    def _waits_for_other_dialog(self) -> bool:
        """A prompt never covers the editor, or whatever the person is busy with: it comes after."""
        other = QApplication.activeModalWidget()
        if other is None:
            return False
        if other is not self._other_dialog:
            self._other_dialog = other
            # Nothing is modal any more once the event loop has dealt with its end.
            other.destroyed.connect(self._on_other_gone)
            if isinstance(other, QDialog):
                other.finished.connect(self._on_other_gone)
        return True

    def _on_other_gone(self) -> None:
        self._other_dialog = None
        self._review_soon.start()

    def _waiting(self) -> list[Snapshot]:
        """Who needs an answer that was not given yet, in the model's order."""
        snapshots = {snapshot.connection.id: snapshot for snapshot in self._model.snapshots()}
        self._settled = {
            connection_id: asked
            for connection_id, asked in self._settled.items()
            if connection_id in snapshots and _asked_by(snapshots[connection_id]) == asked
        }
        return [each for each in snapshots.values() if asks(each) and each.connection.id not in self._settled]

    def _is_asked_now(self, snapshot: Snapshot) -> bool:
        return subject(snapshot) == self._subject and snapshot.cause == self._cause_on_screen

    @property
    def _cause_on_screen(self) -> Cause | None:
        return self._asked[0] if self._asked else None

    def _ask(self, first: Snapshot) -> None:
        self._subject = subject(first)
        self._asked = _asked_by(first)
        self._note_keyring(first)
        question = question_of(self._askers(), self._keyring_trouble)
        dialog: Prompt
        match question:
            case HostKeyQuestion() | ChangedKeyQuestion():
                dialog = self._host_key_prompt(question)
            case SecretQuestion():
                dialog = self._secret_prompt(question)
            case GuardQuestion():
                dialog = self._guard_prompt(question, first.connection.id)
            case ChallengeQuestion():
                dialog = self._challenge_dialog(question)
        dialog.rejected.connect(self._on_cancelled)
        dialog.finished.connect(self._on_finished)
        self._dialog = dialog
        dialog.open()
        _bring_forward(dialog)

    def _host_key_prompt(
        self, question: HostKeyQuestion | ChangedKeyQuestion
    ) -> HostKeyPrompt | ChangedKeyPrompt:
        dialog: HostKeyPrompt | ChangedKeyPrompt
        if isinstance(question, HostKeyQuestion):
            dialog = HostKeyPrompt(question, self._visible_window())
        else:
            dialog = ChangedKeyPrompt(question, self._visible_window())
        dialog.trusted.connect(lambda: self._on_trusted(question.key))
        return dialog

    def _guard_prompt(self, question: GuardQuestion, connection_id: str) -> GuardPrompt:
        dialog = GuardPrompt(question, self._visible_window())
        dialog.remembered.connect(lambda: self._on_remembered(connection_id, question))
        dialog.disconnected.connect(self._on_disconnected)
        return dialog

    def _secret_prompt(self, question: SecretQuestion) -> SecretPrompt:
        dialog = SecretPrompt(question, self._visible_window())
        dialog.answered.connect(lambda value, remember: self._on_secret(question, value, remember))
        return dialog

    def _challenge_dialog(self, question: ChallengeQuestion) -> ChallengeDialog:
        self._asker = question.asker
        dialog = ChallengeDialog(question, self._visible_window())
        dialog.answered.connect(
            lambda number, answers, remember: self._tunnels.answer_challenge(
                self._asker, number, answers, remember=remember
            )
        )
        return dialog

    def _visible_window(self) -> QWidget | None:
        """The window to stand over; a dialog of a hidden or minimized one would not be seen on every system."""
        window = self._window
        return window if window is not None and window.isVisible() and not window.isMinimized() else None

    def _askers(self) -> list[Snapshot]:
        return [snapshot for snapshot in self._waiting() if subject(snapshot) == self._subject]

    def _note_keyring(self, snapshot: Snapshot) -> None:
        """A refused password does not say how the keyring is: then the last word about it holds."""
        facts = dict(snapshot.cause.facts) if snapshot.cause else {}
        self._keyring_trouble = facts.get("store", self._keyring_trouble)

    def _on_trusted(self, key: str) -> None:
        served: set[Route] = set()
        for snapshot in self._settle():
            # Links that share the server but not the login wait each for themselves.
            if snapshot.connection.route not in served:
                served.add(snapshot.connection.route)
                self._tunnels.accept_host_key(snapshot.connection.id, key)

    def _on_secret(self, question: SecretQuestion, value: str, remember: bool) -> None:
        askers = self._settle()
        if askers:
            asker = askers[0].connection.id
            self._tunnels.provide_secret(asker, question.kind, value, remember=remember, login=question.login)

    def _on_remembered(self, connection_id: str, question: GuardQuestion) -> None:
        self._settle()
        if question.identity is not None:
            self.guard_chosen.emit(connection_id, Guard(True, question.identity))

    def _on_cancelled(self) -> None:
        if isinstance(self._dialog, GuardPrompt):
            # Later: its clients wait on, and so does everybody else.
            self._settle()
            return
        if isinstance(self._dialog, ChallengeDialog):
            self._settle()
            self._tunnels.decline_challenge(self._asker, self._dialog.number)
            return
        self._on_disconnected()

    def _on_disconnected(self) -> None:
        for snapshot in self._settle():
            self._tunnels.disconnect(snapshot.connection.id)

    def _settle(self) -> list[Snapshot]:
        """Those the dialog spoke for. They are not asked again until they fail anew."""
        askers = self._askers()
        self._settled.update({snapshot.connection.id: _asked_by(snapshot) for snapshot in askers})
        return askers

    def _on_finished(self) -> None:
        # Its last signal is still being delivered: a dialog without a parent must outlive that.
        self._finished, self._dialog = self._dialog, None
        self._review_soon.start()

    def _withdraw(self) -> None:
        self._finished, self._dialog = self._dialog, None
        dialog = self._finished
        if dialog is not None:
            dialog.rejected.disconnect(self._on_cancelled)
            dialog.finished.disconnect(self._on_finished)
            dialog.reject()


def _asked_by(snapshot: Snapshot) -> _Asked:
    number = snapshot.challenge.number if snapshot.challenge is not None else 0
    return (snapshot.cause, snapshot.since, snapshot.attempt, number)


def _bring_forward(dialog: QDialog) -> None:
    dialog.raise_()
    dialog.activateWindow()
