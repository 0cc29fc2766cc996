"""Who may do what where.

https://docs.discord.com/developers/topics/permissions#permission-overwrites
"""

from functools import cache

from discord import Permissions

from tests.fakes.discord_wire.records import Channel, Guild, User

ALL = Permissions.all().value

EVERYONE = Permissions(
    view_channel=True,
    send_messages=True,
    embed_links=True,
    attach_files=True,
    read_message_history=True,
    mention_everyone=True,
    add_reactions=True,
    use_external_emojis=True,
    create_public_threads=True,
    create_private_threads=True,
    send_messages_in_threads=True,
    use_application_commands=True,
    change_nickname=True,
    create_instant_invite=True,
).value
"""What a new server gives to everybody."""


@cache
def named(*names: str) -> int:
    """The bits of permissions by discord.py's names for them."""
    return Permissions(**dict.fromkeys(names, True)).value


def of_member(guild: Guild, user: User) -> int:
    member = guild.members.get(user.id)
    if member is None:
        return 0
    if guild.owner is user:
        return ALL
    held = guild.everyone.permissions
    for role in member.roles:
        held |= role.permissions
    return ALL if held & named("administrator") else held


def in_channel(channel: Channel, user: User) -> int:
    """In a thread those of its parent; in a direct conversation, everything."""
    if channel.guild is None:
        return ALL
    place, guild = channel.parent or channel, channel.guild
    held = of_member(guild, user)
    if held == ALL or not held:
        return held
    roles = {role.id for role in guild.members[user.id].roles}
    by_target = {o.target: o for o in place.overwrites}
    if first := by_target.get(guild.id):
        held = held & ~first.deny | first.allow
    for_roles = [o for o in place.overwrites if o.target in roles]
    for one in for_roles:
        held &= ~one.deny
    for one in for_roles:
        held |= one.allow
    if last := by_target.get(user.id):
        held = held & ~last.deny | last.allow
    if not held & named("view_channel"):
        return 0
    if not channel.is_thread and not held & named("send_messages"):
        held &= ~named("mention_everyone", "send_tts_messages", "attach_files", "embed_links")
    return held


def may(channel: Channel, user: User, *names: str) -> bool:
    wanted = named(*names)
    return in_channel(channel, user) & wanted == wanted
