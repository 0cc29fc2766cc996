"""The course's part on the loopback Slack."""

from collections import Counter
from random import Random

from bot.adapters.slack.manifest import to_manifest
from bot.core import catalog
from tests.crash.hurried import HurriedClock
from tests.crash.parts import CHANNELS, SMALL_PRINT, STUDENTS, Order, Part, Thread, kind_of
from tests.crash.troubles import MOST_WAITING, any_trouble
from tests.fakes.slack_workspace import Channel, Interaction, Message, Slack, User

TROUBLED = (
    *("chat.postMessage",) * 6,
    *("chat.update", "conversations.history", "conversations.replies", "users.info"),
)


class SlackPart(Part):
    name = "slack"
    emoji = ("+1", "fire")

    def __init__(self, clock: HurriedClock, chance: Random) -> None:
        super().__init__(clock, chance)
        self.slack = Slack(clock)
        self.slack.limits.now = lambda: clock.now().timestamp()
        self.slack.app.configure(to_manifest(catalog.build(), None))
        self.slack.deliveries.in_order = chance.random() < 0.5
        world = self.world = self.slack.world
        self.team = world.add_team("History", install=False)
        owner = world.add_user("Owner", self.team, "owner")
        world.install(self.team, owner)
        self.teacher = world.add_user("Ada", self.team, "admin")
        self.students = [world.add_user(name, self.team) for name in STUDENTS]
        everybody = (self.teacher, *self.students)
        self.channels = [world.add_channel(name, *everybody) for name in CHANNELS]

    # --- people ---------------------------------------------------------------------------------

    async def ask(self, command: str, *, at: int = 0, **given: str) -> str:
        asked = self._run(command, at, given)
        return (await asked.told()).words()

    def order(self, command: str, **given: str) -> Order:
        asked = self._run(command, 0, given)
        private = self.world.state.private
        return Order(lambda: [one.words() for one in private if one.answering is asked])

    def _run(self, command: str, at: int, given: dict[str, str]) -> Interaction:
        group, _, verb = command.partition(" ")
        typed = " ".join((verb, *(f'{name}:"{value}"' for name, value in given.items())))
        return self.world.run_command(self.teacher, self.channels[at], f"/{group}", typed)

    def threads(self) -> list[Thread]:
        return [
            Thread(channel.id, name, message)
            for channel, message, name, kind in self._posts()
            if kind == "prompt"
        ]

    def _posts(self) -> list[tuple[Channel, Message, str, str]]:
        bot = self.world.bot(self.team)
        return [
            (channel, message, found[1], kind_of(found[2]))
            for channel in self.channels
            for message in list(channel.messages.values())
            if message.user is bot
            and not message.deleted
            and (found := SMALL_PRINT.search(message.words()))
        ]

    def say(self, user: User, thread: Message, text: str) -> tuple[Message, str]:
        message = self.world.say(user, thread.channel, text, thread=thread)
        return message, message.ts

    def edit(self, message: Message, text: str) -> None:
        self.world.edit(message, text)

    def delete(self, message: Message) -> None:
        self.world.delete(message)

    def react(self, user: User, message: Message, emoji: str, *, add: bool) -> None:
        (self.world.react if add else self.world.unreact)(user, message, emoji)

    # --- what everybody sees --------------------------------------------------------------------

    def standing(self) -> Counter[tuple[str, str, str]]:
        return Counter((channel.id, name, kind) for channel, _, name, kind in self._posts())

    # --- Slack's doings -------------------------------------------------------------------------

    def sends(self) -> int:
        return len(self.slack.asked("chat.postMessage"))

    def trouble(self) -> None:
        if self.slack.faults.waiting < MOST_WAITING:
            method = self.chance.choice(TROUBLED)
            self.slack.faults.next(method, any_trouble(self.clock, self.chance))

    def calm(self) -> None:
        self.slack.faults.clear()

    def passed(self) -> None:
        self.slack.deliveries.clock_moved()

    def is_served(self) -> bool:
        return bool(self.slack.sockets.connections)

    def connections(self) -> int:
        return self.slack.sockets.opened

    def not_built(self) -> list[str]:
        return [f"Slack: {asked.method}" for asked in self.slack.unknown]

    def settings(self) -> dict[str, str]:
        """Of the program that is to be in it, as variables."""
        return {
            "COALFACE_SLACK_API": self.slack.api,
            "COALFACE_SLACK_BOT_TOKEN": self.world.token(self.team),
            "COALFACE_SLACK_APP_TOKEN": self.slack.app.app_token,
        }
