"""Coalface's home in Slack: each person's own record and what is open in their courses; for staff,
the course at a glance and what is scheduled."""

import logging
from collections.abc import Sequence
from typing import Any

from bot.adapters.slack import limits
from bot.adapters.slack.calls import Calls
from bot.adapters.slack.invocations import Asked, to_invocation
from bot.adapters.slack.people import People
from bot.adapters.slack.render import to_view_blocks
from bot.core.cards import Actions, Button, Card, Divider, text
from bot.core.commands import Answer, Choice
from bot.core.dispatch import COURSE, Dispatcher

log = logging.getLogger(__name__)

SHOWN = ("prompt list", "schedule list", "participation me", "course show")
"""The commands whose answers stand there, for those who may use them."""
FORMS = (Button("Post a prompt", "prompt post", form=True),
         Button("Schedule prompts", "prompt schedule", form=True),
         Button("Write a prompt", "prompt new", form=True))  # fmt: skip
MORE = "There is more than Slack shows here; each part has its command, see /coalface help."
NOBODY = (
    "You are in no course here yet. Whoever writes in a course's discussions is in it; /course"
    " setup makes a channel a course's."
)


class Home:
    def __init__(self, dispatcher: Dispatcher, people: People, calls: Calls) -> None:
        self._dispatcher = dispatcher
        self._people = people
        self._calls = calls

    async def show(self, asked: Asked) -> None:
        """Show it as it is now. Raises SendRefused or SendUncertain."""
        cards: list[Card] = []
        for course in await self._courses(asked):
            cards += await self._of(asked, course)
        blocks = _blocks(cards or [Card("Coalface", (text(NOBODY),))])
        await self._calls.write(
            asked.workspace,
            asked.workspace.client.views_publish,
            user_id=asked.user,
            view={"type": "home", "blocks": blocks},
        )

    async def _courses(self, asked: Asked) -> Sequence[Choice]:
        invocation = await to_invocation(asked, self._people, SHOWN[0], {})
        return await self._dispatcher.complete(invocation, COURSE.name, "")

    async def _of(self, asked: Asked, course: Choice) -> list[Card]:
        """What one person is shown of one course."""
        given = {COURSE.name: course.value}
        invocation = await to_invocation(asked, self._people, SHOWN[0], given)
        offered = {command.name for command in await self._dispatcher.offered(invocation)}
        cards = [Card(course.label)]
        for name in SHOWN:
            if name in offered:
                outcome = await self._dispatcher.run(
                    await to_invocation(asked, self._people, name, given)
                )
                if isinstance(outcome, Answer):
                    cards.append(outcome.card)
        buttons = tuple(
            Button(b.label, b.command, ((COURSE.name, course.value),), b.emphasis, b.form)
            for b in FORMS
            if b.command in offered
        )
        return [*cards, Card(blocks=(Actions(buttons), Divider()))] if buttons else cards


def _blocks(cards: Sequence[Card]) -> list[dict[str, Any]]:
    """As many blocks as a home tab takes, each button with a name of its own."""
    blocks = [block for card in cards for block in to_view_blocks(card)]
    for number, block in enumerate(blocks):
        block.pop("block_id", None)
        if block["type"] == "actions":
            block["block_id"] = f"cf_home_{number}"
    if len(blocks) <= limits.VIEW_BLOCKS:
        return blocks
    more = to_view_blocks(Card(blocks=(text(MORE),)))
    return [*blocks[: limits.VIEW_BLOCKS - len(more)], *more]
