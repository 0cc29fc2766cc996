"""What people are called in their servers. Without the members intent Discord says it only with
what they write; whoever is known from history alone is asked for."""

from collections import OrderedDict

import discord

from bot.adapters.discord.inbound import User

REMEMBERED = 10_000


class People:
    """The names that were last seen, in memory only."""

    def __init__(self) -> None:
        self._names: OrderedDict[tuple[int, int], str] = OrderedDict()

    def saw(self, user: User) -> None:
        if isinstance(user, discord.Member):
            self._keep(user.guild.id, user.id, user.display_name)

    def name(self, guild: discord.Guild, user: User) -> str:
        """As the server calls them, else as they call themselves."""
        member = guild.get_member(user.id)
        if member is not None:
            return member.display_name
        return self._names.get((guild.id, user.id), user.display_name)

    async def learn(self, guild: discord.Guild, user: User) -> None:
        """Ask for somebody who wrote and is not known; who has left keeps their own name."""
        unknown = (guild.id, user.id) not in self._names and guild.get_member(user.id) is None
        if isinstance(user, discord.Member) or user.bot or not unknown:
            self.saw(user)
            return
        try:
            self.saw(await guild.fetch_member(user.id))
        except discord.NotFound:
            self._keep(guild.id, user.id, user.display_name)

    def _keep(self, guild_id: int, user_id: int, name: str) -> None:
        self._names[guild_id, user_id] = name
        self._names.move_to_end((guild_id, user_id))
        if len(self._names) > REMEMBERED:
            self._names.popitem(last=False)
