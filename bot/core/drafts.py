"""Forms with what was typed into them, kept in memory while a platform lets them be answered, and
what is said of a form that can't be shown at once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.cards import Block, Bold, Card, text
from bot.core.commands import Form

MOST = 10_000
"""Of some kilobytes each at worst; the oldest goes first."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A form, with all that was typed into it, as it waits to be shown or to come back."""

    form: Form
    at: datetime


class Drafts:
    """Kept for as long as is `valid`; a restart forgets them. `new_id` gives ids nobody guesses."""

    def __init__(self, valid: timedelta, new_id: Callable[[], str]) -> None:
        self._valid = valid
        self._new_id = new_id
        self._kept: dict[str, Draft] = {}

    @property
    def lost(self) -> str:
        """What is said of a draft that is kept no more."""
        minutes = int(self._valid.total_seconds() // 60)
        return (
            f"What you typed is not kept any more: that lasts {minutes} minutes, and ends when"
            " Coalface is restarted. Please give the command again."
        )

    def keep(self, form: Form, at: datetime) -> str:
        """A short id under which the form is found again; `at` is when it was needed (UTC)."""
        self._forget(at)
        id_ = self._new_id()
        self._kept[id_] = Draft(form, at)
        return id_

    def find(self, id_: str, at: datetime) -> Form | None:
        self._forget(at)
        draft = self._kept.get(id_)
        return None if draft is None else draft.form

    def _forget(self, at: datetime) -> None:
        """What has become too old; they stand in the order in which they were kept."""
        for id_, draft in list(self._kept.items()):
            if at - draft.at < self._valid and len(self._kept) < MOST:
                return
            del self._kept[id_]


def refused(form: Form) -> Card:
    """What is wrong with a form, or why it is asked: for a message with a button."""
    blocks: list[Block] = []
    for name, sentence in form.problems.items():
        blocks.append(text(Bold(f"{name}: "), sentence) if name else text(sentence))
    if form.note:
        blocks.append(text(form.note))
    if not blocks:
        blocks.append(text(f"/{form.command} needs a little more: press the button to fill it in."))
    return Card(blocks=tuple(blocks), tone="refusal" if form.problems else "normal")
