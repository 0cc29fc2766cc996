"""What a message's text leaves on record: the text, its measure, whom and what it names."""

from collections.abc import Collection

from bot.core import evidence, words
from bot.core.events import MessageEdited, MessagePosted
from storage.ids import AccountId
from storage.messages import MessageState


def keep(
    state: MessageState,
    event: MessagePosted | MessageEdited,
    measure: words.Measure,
    mentioned: Collection[AccountId],
) -> None:
    """The event's text is the message's, in the place of any before.

    `mentioned` are the accounts it names, each once, in its order.
    """
    _write(state, event.text, measure)
    state.attachments = event.attachments
    state.mentioned = mentioned
    state.evidence = evidence.named_in(event.text) if event.text else ()


def remove(state: MessageState) -> None:
    """The message has no text any more, and names nobody and nothing."""
    _write(state, None, words.NOTHING)
    state.attachments = 0
    state.mentioned = state.evidence = ()


def _write(state: MessageState, text: str | None, measure: words.Measure) -> None:
    state.text, state.text_changed = text, True
    state.words, state.words_raw = measure.words, measure.words_raw
    state.characters = measure.characters
