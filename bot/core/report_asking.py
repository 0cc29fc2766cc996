"""What a report is to be over, as people type it: days, discussions, a channel, a section."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from bot.core.dispatch import Call
from bot.core.errors import BadInput, UnknownName
from bot.core.reckoning import Asked
from bot.core.report_model import Window
from bot.core.roster import OnRoster, on_roster
from bot.core.roster_rows import sections_of
from bot.core.services import channel_labels
from storage import courses, discussions
from storage.database import Connection
from storage.ids import ChannelId, CourseId
from storage.rows import Channel, Discussion


async def asked(call: Call) -> Asked:
    """What the command was given. Raises BadInput."""
    async with call.services.database.read() as db:
        return await asked_for(
            db,
            call.course.id,
            {name: call.text(name) for name in ("from", "to", "discussion", "channel", "section")},
        )


async def asked_for(db: Connection, course: CourseId, typed: Mapping[str, str | None]) -> Asked:
    """The same of what was typed, by the names of the parameters. Raises BadInput."""
    first, last = day("from", typed.get("from")), day("to", typed.get("to"))
    if first is not None and last is not None and last < first:
        raise BadInput("to", f"The last day is before the first one, {first}.")
    all_ = await discussions.discussions_of(db, course)
    own = await courses.channels_of(db, course)
    return Asked(
        first,
        last,
        _numbers(all_, typed.get("discussion")),
        _channel(own, typed.get("channel")),
        _section(await on_roster(db, course), typed.get("section")),
    )


def day(param: str, typed: str | None) -> date | None:
    """A day as ISO 8601 writes it. Raises BadInput."""
    if typed is None:
        return None
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise BadInput(param, f"{param} takes a day such as 2026-09-07.") from None


def _numbers(all_: Sequence[Discussion], typed: str | None) -> tuple[int, ...]:
    if typed is None:
        return ()
    by_name = {d.name.casefold(): d.number for d in all_}
    numbers = set()
    for name in typed.replace(",", " ").split():
        if name.casefold() not in by_name:
            hint = "it takes discussions such as D3, parted by commas."
            raise UnknownName("discussion", "discussion", name, [d.name for d in all_], hint)
        numbers.add(by_name[name.casefold()])
    return tuple(sorted(numbers))


def _section(roster: Sequence[OnRoster], typed: str | None) -> str | None:
    if typed is None:
        return None
    known = sorted({section for one in roster for section in sections_of(one.section)})
    for section in known:
        if section.casefold() == typed.casefold():
            return section
    hint = f"it takes {', '.join(known)}." if known else "the roster names none."
    raise UnknownName("section", "section", typed, known, hint)


def _channel(own: Sequence[Channel], typed: str | None) -> ChannelId | None:
    if typed is None or typed.casefold() == "all":
        return None
    labels = channel_labels(own)
    wanted = typed.casefold().removeprefix("#")
    found = [c for c in own if wanted in (c.ref.casefold(), labels[c.id].casefold()[1:])]
    if not found:
        found = [c for c in own if wanted == c.name.casefold()]
    if len(found) != 1:
        known = [labels[c.id] for c in own]
        raise UnknownName("channel", "channel", typed, known, f"it takes {', '.join(known)}.")
    return found[0].id


def window(over: Asked, labels: Mapping[ChannelId, str]) -> Window:
    """The same in words."""
    label = None if over.channel is None else labels[over.channel]
    names = tuple(f"D{number}" for number in over.discussions)
    parts = ["everything so far" if over == Asked() else "what was written"]
    if over.first is not None and over.first == over.last:
        parts.append(f"on {over.first}")
    else:
        parts += [] if over.first is None else [f"from {over.first}"]
        parts += [] if over.last is None else [f"up to {over.last}"]
    parts += [f"in {', '.join(names)}"] if names else []
    parts += [] if label is None else [f"in {label}"]
    parts += [] if over.section is None else [f"by section {over.section}"]
    return Window(" ".join(parts), over.first, over.last, names, over.section, label)


def file_name(zone_now: datetime, over: Asked) -> str:
    """Of a report's file: the days it is over, where it is over some, and as of when, by the
    course's clocks."""
    as_of = f"{zone_now:%Y-%m-%d-%H%M%S}"
    if over.first is None and over.last is None:
        return f"participation-{as_of}"
    first, last = over.first or "start", over.last or f"{zone_now:%Y-%m-%d}"
    return f"participation-{first}-to-{last}-as-of-{as_of}"
