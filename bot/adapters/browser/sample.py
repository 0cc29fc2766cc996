"""Plays a sample class: the people of a script do in the classroom what people would do, through
the same classroom and the same commands."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from bot.adapters.browser import inbound
from bot.adapters.browser.classroom import Classroom, Kept
from bot.core.cards import Actions, Button, from_json
from bot.core.commands import Form, Outcome
from bot.core.dispatch import Dispatcher
from bot.core.events import ChannelRef
from bot.core.ports import ClassroomMessage, ClassroomPerson

PATIENCE = 30.0
"""Seconds in which a prompt must have been posted."""


class ScriptError(Exception):
    """A step of the script can't be played; str() says which and why."""


async def play(classroom: Classroom, dispatcher: Dispatcher, script: Mapping[str, Any]) -> None:
    """Play a script, as seeds/sample-class.yaml describes it. Raises ScriptError."""
    channel = await classroom.add_channel(script["channel"])
    people = {}
    for name in script["people"]:
        people[name] = await classroom.add_person(name)
    player = _Player(classroom, dispatcher, channel.ref, people)
    for number, step in enumerate(script["steps"], start=1):
        (kind, what), *more = step.items()
        if more:
            raise ScriptError(f"Step {number} does more than one thing.")
        try:
            await player.play(kind, what)
        except (KeyError, ValueError, ScriptError) as problem:
            raise ScriptError(f"Step {number} ({kind}): {problem}") from problem


class _Player:
    def __init__(
        self,
        classroom: Classroom,
        dispatcher: Dispatcher,
        channel: ChannelRef,
        people: Mapping[str, ClassroomPerson],
    ) -> None:
        self._classroom = classroom
        self._dispatcher = dispatcher
        self._channel = channel
        self._people = people
        self._said: dict[str, int] = {}

    async def play(self, kind: str, what: Mapping[str, Any]) -> None:
        who = self._people[what["by"]]
        match kind:
            case "command":
                await self._command(who, what["name"], what.get("with", {}))
            case "press":
                await self._press(who, what["button"])
            case "say":
                to = what.get("to")
                kept = await self._classroom.post(
                    who.ref,
                    self._channel,
                    what["text"],
                    thread=await self._thread(),
                    reply_to=None if to is None else self._said[to],
                )
                self._keep(what.get("as"), kept)
            case "edit":
                self._checked(
                    await self._classroom.edit(who.ref, self._said[what["what"]], what["text"])
                )
            case "react":
                id_ = self._said[what["to"]]
                self._checked(await self._classroom.react(who.ref, id_, what["emoji"], True))
            case _:
                raise ScriptError("there is no such step.")

    async def _command(
        self, who: ClassroomPerson, name: str, given: Mapping[str, str], thread: int | None = None
    ) -> None:
        arguments: dict[str, object] = {
            key: self._people[value].ref if value in self._people else value
            for key, value in given.items()
        }
        invocation = inbound.to_invocation(
            inbound.new_invocation_id(),
            who,
            inbound.to_place(self._channel, thread),
            name,
            arguments,
            self._classroom.clock.now(),
        )
        _refuse(await self._dispatcher.run(invocation))

    async def _press(self, who: ClassroomPerson, label: str) -> None:
        prompt = await self._prompt()
        found = [button for button in _buttons(prompt) if button.label.startswith(label)]
        if len(found) != 1:
            raise ScriptError(f"{len(found)} buttons begin with “{label}”.")
        await self._command(who, found[0].command, dict(found[0].arguments), prompt.id)

    async def _thread(self) -> int:
        return (await self._prompt()).id

    async def _prompt(self) -> ClassroomMessage:
        """The bot's newest post in the channel; it may still be on its way."""
        posted = asyncio.Event()
        unsubscribe = self._classroom.subscribe(lambda change: posted.set())
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    posted.clear()
                    posts = await self._classroom.messages(self._channel, None, None)
                    if by_bot := [message for message in posts if message.author is None]:
                        return by_bot[-1]
                    await posted.wait()
        except TimeoutError:
            raise ScriptError("no prompt has been posted.") from None
        finally:
            unsubscribe()

    def _keep(self, name: str | None, kept: Kept) -> None:
        self._checked(kept)
        if name is not None:
            self._said[name] = kept.message.id

    def _checked(self, kept: Kept) -> None:
        if kept.trouble is not None:
            raise ScriptError(kept.trouble)


def _buttons(message: ClassroomMessage) -> Sequence[Button]:
    blocks = from_json(message.card).blocks
    return [button for block in blocks if isinstance(block, Actions) for button in block.buttons]


def _refuse(outcome: Outcome) -> None:
    """Raises ScriptError for a refusal, or a form that wants more."""
    if isinstance(outcome, Form):
        raise ScriptError(" ".join(outcome.problems.values()) or "more arguments are needed.")
    if outcome.card.tone == "refusal":
        raise ScriptError(f"refused: {outcome.card.blocks}")
