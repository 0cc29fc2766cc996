"""What people are called in their servers, which roles they hold, and whether they are still there.
Without the members intent Discord says it only with what they do; whoever is known from history
alone is asked for."""

from collections import OrderedDict

import discord

from bot.adapters.discord import inbound
from bot.adapters.discord.inbound import Known, User, to_known
from bot.adapters.discord.refusals import NO_SUCH_MEMBER
from bot.core.events import PersonLeft
from bot.core.ports import Clock

REMEMBERED = 10_000


class People:
    """What was last seen of them, in memory only; and who was asked for and is not there."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: OrderedDict[tuple[int, int], Known] = OrderedDict()
        self._left: list[PersonLeft] = []

    def saw(self, user: User) -> None:
        if isinstance(user, discord.Member):
            self._keep(user.guild.id, user.id, to_known(user))

    def forget(self) -> None:
        """What changed since was perhaps not told: whoever wrote is asked for anew."""
        self._known.clear()

    def known(self, guild: discord.Guild, user: User) -> Known:
        """As the server calls them, else as they call themselves."""
        member = guild.get_member(user.id)
        if member is not None:
            return to_known(member)
        return self._known.get((guild.id, user.id)) or to_known(user)

    async def learn(self, guild: discord.Guild, user: User) -> None:
        """Ask for somebody who wrote and is not known; who has left keeps their own name."""
        unknown = (guild.id, user.id) not in self._known and guild.get_member(user.id) is None
        if isinstance(user, discord.Member) or user.bot or not unknown:
            self.saw(user)
            return
        asked = self._clock.now()
        if await self.find(guild, user.id) is None:
            self._keep(guild.id, user.id, to_known(user))
            self._left.append(inbound.to_left(guild.id, user.id, asked))

    async def find(self, guild: discord.Guild, user_id: int) -> discord.Member | None:
        """A member of the server, by Get Guild Member; None for anybody else."""
        try:
            member = await guild.fetch_member(user_id)
        except discord.NotFound as problem:
            if problem.code not in NO_SUCH_MEMBER:
                raise
            return None
        self.saw(member)
        return member

    def found_gone(self) -> list[PersonLeft]:
        """Who was met in history and is not there any more; each is said once."""
        left, self._left = self._left, []
        return left

    def _keep(self, guild_id: int, user_id: int, known: Known) -> None:
        self._known[guild_id, user_id] = known
        self._known.move_to_end((guild_id, user_id))
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
