"""What becomes of a course's channels: a new name or a new id is kept, and staff learn what matters
to the class."""

from collections.abc import Sequence
from datetime import datetime

from bot.core.cards import Card, number, text
from bot.core.events import ChannelChanged, Place
from bot.core.ports import Platform, SendRefused
from bot.core.services import named
from storage import courses, discussions
from storage.database import Connection, Database
from storage.rows import Channel, Discussion

_TITLES = {
    "archived": "{name} was archived",
    "unarchived": "{name} is there again",
    "deleted": "{name} was deleted",
    "public": "{name} is public now",
    "private": "{name} is private now",
}


async def take_in(database: Database, change: ChannelChanged) -> None:
    """Keep a channel's new name or id; returns when it is durable. An older name that is told late
    changes nothing. Raises StorageError."""
    if change.name is None and change.moved_to is None:
        return

    async def work(db: Connection) -> None:
        channel = await courses.channel_at(db, change.space, change.channel)
        if channel is None:
            return
        if change.name is not None:
            await courses.rename_channel(
                db, channel.course_id, channel.id, change.name, change.at
            )  # fmt: skip
        if change.moved_to is not None and not await courses.channel_at(
            db, change.space, change.moved_to
        ):
            await courses.move_channel(db, channel.course_id, channel.id, change.moved_to)

    await database.write(work)


async def look(database: Database, platform: Platform, at: datetime) -> None:
    """Ask what the courses' channels are called: what was renamed while the bot was away."""
    async with database.read() as db:
        bound = await courses.channels_in(db, platform.name)
    for channel in bound:
        place = Place(channel.space, channel.ref)
        try:
            name = await platform.channel_name(place)
        except SendRefused:
            continue  # whatever it is, whoever reads or posts there is told
        if name not in (None, "", channel.name):
            await take_in(database, ChannelChanged(channel.space, channel.ref, at, name=name))


async def notice(database: Database, change: ChannelChanged) -> tuple[Channel, Card] | None:
    """What staff are told, and the channel it is about; None where it is none of a course's, or
    nothing that they have to know."""
    if change.became is None:
        return None
    async with database.read() as db:
        channel = await courses.channel_at(db, change.space, change.channel)
        if channel is None:
            return None
        placed = {
            placement.discussion_id
            for placement in await discussions.placements_of(db, channel.course_id)
            if placement.channel.id == channel.id
        }
        all_ = await discussions.discussions_of(db, channel.course_id)
    title = _TITLES[change.became].format(name=f"#{channel.name}")
    say = _of_staff if channel.kind == "staff" else _of_class
    sentence = say(channel, change.became, [d for d in all_ if d.id in placed and d.open])
    return channel, Card(title, (text(f"On {named(channel.space)}: {sentence}"),))


def _of_class(channel: Channel, became: str, open_: Sequence[Discussion]) -> str:
    here = f" ({', '.join(d.name for d in open_)})" if open_ else ""
    held = f"{number(len(open_), 'open discussion')}{here}"
    match became:
        case "archived":
            return (
                f"nobody can write there until it is unarchived. {held} and what is still to be"
                " posted there wait for that; what was written stays and counts."
            )
        case "unarchived":
            return f"the class can write there again, and what is owed goes out; {held} there."
        case "deleted":
            return (
                f"what was written there ({held}) is gone; what is on record stays and counts. To"
                " go on, make another channel the course's with /course code and /course join."
            )
        case "public":
            return "everybody there can read what the class writes in it."
        case _:
            return "only who is invited can read it, and what the class writes in it."


def _of_staff(channel: Channel, became: str, open_: Sequence[Discussion]) -> str:
    if became in ("private", "unarchived"):
        return "notices to staff are posted in it again."
    return (
        "no notice to staff is posted in it any more; each of you is told privately, until it is"
        " private and unarchived again, or /course settings names another staff_channel."
    )
