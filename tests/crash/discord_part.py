"""The course's part on the loopback Discord."""

from collections import Counter
from random import Random

from tests.adapters.discord.connected import MAY
from tests.crash.hurried import HurriedClock
from tests.crash.parts import CHANNELS, SMALL_PRINT, STUDENTS, Order, Part, Thread, kind_of
from tests.crash.troubles import MOST_WAITING, any_trouble
from tests.fakes.discord_wire import TOKEN, Channel, Interaction, Message, User, Wire

TROUBLED = (
    *(("POST", "/channels/*/messages"),) * 5,
    *(("POST", "/channels/*/messages/*/threads"),) * 3,
    ("PATCH", "/channels/*/messages/*"),
    ("GET", "/channels/*/messages"),
)


class DiscordPart(Part):
    name = "discord"
    emoji = ("👍", "🔥")

    def __init__(self, clock: HurriedClock, chance: Random) -> None:
        super().__init__(clock, chance)
        self.wire = Wire(clock)
        world = self.world = self.wire.world
        self.teacher = world.add_user("Ada")
        self.students = [world.add_user(name) for name in STUDENTS]
        self.guild = world.add_guild("History", self.teacher, *self.students, bot_permissions=MAY)
        self.channels = [world.add_channel(self.guild, name) for name in CHANNELS]

    # --- people ---------------------------------------------------------------------------------

    async def ask(self, command: str, *, at: int = 0, **given: str) -> str:
        asked = self.world.run_command(self.teacher, self.channels[at], command, **given)
        return _words(await asked.told())

    def order(self, command: str, **given: str) -> Order:
        asked = self.world.run_command(self.teacher, self.channels[0], command, **given)
        return Order(lambda: _answers(asked))

    def threads(self) -> list[Thread]:
        return [
            Thread(str(channel.id), name, self.guild.channels[message.id])
            for channel, message, name, kind in self._posts()
            if kind == "prompt" and message.id in self.guild.channels
            if not self.guild.channels[message.id].locked
        ]

    def _posts(self) -> list[tuple[Channel, Message, str, str]]:
        return [
            (channel, message, found[1], kind_of(found[2]))
            for channel in self.channels
            for place in (channel, *self.guild.threads(channel))
            for message in list(place.messages.values())
            if message.author is self.world.bot and (found := SMALL_PRINT.search(_words(message)))
        ]

    def say(self, user: User, thread: Channel, text: str) -> tuple[Message, str]:
        message = self.world.say(user, thread, text)
        return message, str(message.id)

    def edit(self, message: Message, text: str) -> None:
        self.world.edit(message, text)

    def delete(self, message: Message) -> None:
        self.world.delete(message)

    def react(self, user: User, message: Message, emoji: str, *, add: bool) -> None:
        (self.world.react if add else self.world.unreact)(user, message, emoji)

    # --- what everybody sees --------------------------------------------------------------------

    def standing(self) -> Counter[tuple[str, str, str]]:
        return Counter((str(channel.id), name, kind) for channel, _, name, kind in self._posts())

    # --- Discord's doings -----------------------------------------------------------------------

    def sends(self) -> int:
        return len(self.wire.asked("POST", "/messages")) + len(self.wire.asked("POST", "/threads"))

    def trouble(self) -> None:
        if self.wire.faults.waiting < MOST_WAITING:
            method, path = self.chance.choice(TROUBLED)
            self.wire.faults.next(method, path, any_trouble(self.clock, self.chance))

    def calm(self) -> None:
        self.wire.faults.clear()

    def passed(self) -> None:
        """Sessions that were cut by a death are remembered no longer: nobody resumes them."""
        self.wire.gateway.forget()

    def is_served(self) -> bool:
        return any(session.connection for session in self.wire.gateway.sessions.values())

    def connections(self) -> int:
        return len(self.wire.gateway.identified)

    def not_built(self) -> list[str]:
        return [f"Discord: {asked.method} {asked.path}" for asked in self.wire.unknown]

    def settings(self) -> dict[str, str]:
        """Of the program that is to be in it, as variables."""
        return {"CRASH_DISCORD": str(self.wire.url), "COALFACE_DISCORD_TOKEN": TOKEN}


def _answers(asked: Interaction) -> list[str]:
    return [_words(message) for message in asked.messages]


def _words(message: Message) -> str:
    said = [message.content]
    for embed in message.embeds:
        said += [embed.get("title", ""), embed.get("description", "")]
        said.append(embed.get("footer", {}).get("text", ""))
    return "\n".join(said)
