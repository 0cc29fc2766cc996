"""/participation export and `coalface report`: a report is read, counted and made a file of, all at
one moment and on a thread of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.core import report_asking
from bot.core.cards import Card, Moment, number, text
from bot.core.commands import Answer, File
from bot.core.dispatch import Call
from bot.core.errors import Refused, UserError
from bot.core.events import Place
from bot.core.pseudonyms import key_of, pseudonym
from bot.core.reckoning import Asked, reckon
from bot.core.register import Register, read_register
from bot.core.report_building import Dress, Linked, build
from bot.core.report_model import Report
from bot.core.services import Services, channel_labels
from prompts.models import Pack
from storage import courses
from storage.database import Connection
from storage.ids import ChannelId, MessageRef, ThreadRef
from storage.rows import Channel, Course
from storage.snapshot import Snapshot


async def export(call: Call) -> Answer:
    """/participation export: the class's table as a file."""
    over = await report_asking.asked(call)
    hidden = call.text("pseudonyms") == "yes"
    file, students, words = await make(
        call.services, call.course, over, call.text("format") or "csv", call.now, hidden
    )
    said = f"{number(students, 'student')}, over {words}, as of "
    blocks = [text(said, Moment(call.now, call.course.zone), ".")]
    if hidden:
        blocks.append(text("It names nobody: each student has a pseudonym, the same every time."))
    return Answer(Card("Participation report", tuple(blocks)), (file,))


async def make(
    services: Services, course: Course, over: Asked, format_: str, now: datetime, hidden: bool
) -> tuple[File, int, str]:
    """The file, how many students are in it, and over what it is in words."""
    exporter = services.exporters[format_]
    pack = services.packs[course.pack].pack if course.pack in services.packs else None
    key = await key_of(services, course.id) if hidden else None
    name = report_asking.file_name(now.astimezone(ZoneInfo(course.zone)), over)

    def work(db: Snapshot) -> tuple[File, int, str]:
        made = report_of(db, services, course, over, now, pack, key)
        return exporter(made, name), made.students.count, made.window.words

    return await services.database.apart(work)


def report_of(
    db: Snapshot,
    services: Services,
    course: Course,
    over: Asked,
    now: datetime,
    pack: Pack | None,
    key: bytes | None = None,
) -> Report:
    """The report, on a snapshot's thread; with a key, under pseudonyms."""
    of = read_register(db, course, pack)
    labels = channel_labels(list(of.channels.values()))
    hide = None if key is None else (lambda member: pseudonym(key, member))
    dress = Dress(labels, linked(services, of), hide)
    return build(db, reckon(db, of, over), now, report_asking.window(over, labels), dress)


def linked(services: Services, of: Register) -> Linked:
    """Where a message can be opened; None where its platform isn't running."""

    def link(channel: ChannelId, thread: ThreadRef | None, message: MessageRef) -> str | None:
        where = of.channels.get(channel)
        platform = None if where is None else services.platforms.get(where.space.platform)
        if where is None or platform is None:
            return None
        return platform.link(Place(where.space, where.ref, thread), message)

    return link


@dataclass(frozen=True, slots=True)
class Wanted:
    """A report as the terminal asks for it; see `report_asking.asked_for` for what is typed."""

    course: int | None = None
    format: str = "csv"
    typed: Mapping[str, str | None] | None = None
    pseudonyms: bool = False
    by_channel: bool = False


async def the_course(db: Connection, number: int | None) -> Course:
    """A course by its number, or the only one there is, for the terminal. Raises Refused."""
    all_ = await courses.all_courses(db)
    named = [c for c in all_ if number is None or c.id == number]
    if len(named) != 1:
        known = "; ".join(f"{c.id}: {c.title}" for c in all_) or "none yet"
        raise Refused(f"Say which course, by its number ({known}).")
    return named[0]


async def report_files(services: Services, wanted: Wanted) -> list[File]:
    """The report of a course, by its number, or of the only one there is: one file, or one for each
    channel. Raises UserError."""
    now = services.clock.now()
    if wanted.format not in services.exporters:
        known = ", ".join(sorted(services.exporters))
        raise UserError(f"There is no format “{wanted.format}”; it takes {known}.")
    async with services.database.read() as db:
        course = await the_course(db, wanted.course)
        over = await report_asking.asked_for(db, course.id, wanted.typed or {})
        channels = await courses.channels_of(db, course.id)
    asked = [over]
    if wanted.by_channel:
        asked = [replace(over, channel=channel.id) for channel in channels]
    files = []
    for one in asked:
        file, _, _ = await make(services, course, one, wanted.format, now, wanted.pseudonyms)
        files.append(_of_channel(file, channels, one) if wanted.by_channel else file)
    return files


def _of_channel(file: File, channels: list[Channel], over: Asked) -> File:
    """The file, named after its channel too."""
    label = channel_labels(channels)[next(c.id for c in channels if c.id == over.channel)]
    safe = "".join(c if c.isalnum() or c in "-_" else "-" for c in label.removeprefix("#"))
    stem, point, kind = file.name.rpartition(".")
    return replace(file, name=f"{stem}-{safe.strip('-') or over.channel}{point}{kind}")
