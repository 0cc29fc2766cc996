"""/participation export and `coalface report`: a report is read, counted and made a file of, all at
one moment and on a thread of its own."""

from codecs import BOM_UTF8
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.core import frozen, report_asking
from bot.core.cards import Card, number, text
from bot.core.commands import Answer, File
from bot.core.dispatch import Call
from bot.core.enrolment import InReport
from bot.core.errors import Refused, UserError
from bot.core.events import Place
from bot.core.frozen import Exported
from bot.core.provenance import About, facts_about
from bot.core.pseudonyms import key_of, pseudonym
from bot.core.reckoning import Asked, reckon
from bot.core.register import Register, read_register
from bot.core.report_building import Dress, Linked, build, in_order
from bot.core.report_model import Report
from bot.core.services import Services, channel_labels
from prompts.models import Pack
from storage import courses, exports
from storage.database import Connection
from storage.exports import Export, Figure
from storage.ids import ChannelId, MemberId, MessageRef, ThreadRef
from storage.rows import Channel, Course
from storage.snapshot import Snapshot


async def export(call: Call) -> Answer:
    """/participation export: the class's table as a file."""
    over = await report_asking.asked(call)
    hidden = call.text("pseudonyms") == "yes"
    kind = Kind(call.text("format") or "csv", hidden)
    made = await make(call.services, call.course, over, kind, call.now, call.member.id)
    async with call.services.database.read() as db:
        labels = channel_labels(await courses.channels_of(db, call.course.id))
    blocks = [
        frozen.line(made.export, call.course.zone, labels),
        text(f"{number(made.students, 'student')}, by definitions version {made.export.version}."),
    ]
    if hidden:
        blocks.append(text("It names nobody: each student has a pseudonym, the same every time."))
    footer = "/participation compare says what has changed since."
    return Answer(Card("Participation report", tuple(blocks), footer), made.files)


@dataclass(frozen=True, slots=True)
class Kind:
    """What kind of file is made; `bare`: without the mark that spreadsheets know UTF-8 by."""

    format: str
    hidden: bool = False
    bare: bool = False


async def make(
    services: Services,
    course: Course,
    over: Asked,
    kind: Kind,
    now: datetime,
    by: MemberId | None = None,
) -> Exported:
    """The file, whose figures are kept as it is handed out; `by` None: to whoever runs the bot."""
    exporter = services.exporters[kind.format]
    pack = services.packs[course.pack].pack if course.pack in services.packs else None
    key = await key_of(services, course.id) if kind.hidden else None
    name = report_asking.file_name(now.astimezone(ZoneInfo(course.zone)), over)

    def work(db: Snapshot) -> tuple[File, Export, list[Figure], int, About]:
        made, whose = counted_report(db, services, course, over, now, pack, key)
        file = exporter(made, name)
        if kind.bare:
            file = replace(file, content=file.content.removeprefix(BOM_UTF8))
        export = frozen.to_be_kept(
            over, file, kind.format, now, hidden=kind.hidden, version=made.version
        )
        figures = list(frozen.figures(made.students, whose))
        about = About(facts_about(made), made.definitions)
        return file, export, figures, made.students.count, about

    file, export, figures, students, about = await services.database.apart(work)
    export = replace(export, made_by=by)
    kept = await services.database.write(
        lambda db: exports.freeze(db, course.id, export, figures)
    )  # fmt: skip
    about = replace(about, facts=(("Export", kept.name), *about.facts))
    return Exported(file, kept, about, students)


def report_of(
    db: Snapshot, services: Services, course: Course, over: Asked, now: datetime, pack: Pack | None
) -> Report:
    """The report, on a snapshot's thread."""
    return counted_report(db, services, course, over, now, pack)[0]


def counted_report(
    db: Snapshot,
    services: Services,
    course: Course,
    over: Asked,
    now: datetime,
    pack: Pack | None,
    key: bytes | None = None,
) -> tuple[Report, Sequence[InReport]]:
    """The report, and whose the rows of its students are; with a key, under pseudonyms."""
    of = read_register(db, course, pack)
    labels = channel_labels(list(of.channels.values()))
    hide = None if key is None else (lambda whose: pseudonym(key, whose))
    dress = Dress(labels, linked(services, of), hide)
    counted = reckon(db, of, over)
    report = build(db, counted, now, report_asking.window(over, labels), dress)
    return report, in_order(counted, dress)


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
    bare: bool = False  # see Kind


async def the_course(db: Connection, number: int | None) -> Course:
    """A course by its number, or the only one there is, for the terminal. Raises Refused."""
    all_ = await courses.all_courses(db)
    named = [c for c in all_ if number is None or c.id == number]
    if len(named) != 1:
        known = "; ".join(f"{c.id}: {c.title}" for c in all_) or "none yet"
        raise Refused(f"Say which course, by its number ({known}).")
    return named[0]


async def report_files(services: Services, wanted: Wanted) -> list[File]:
    """The files of `exported`, where they are all that is wanted."""
    return [one.file for one in await exported(services, wanted)]


async def exported(services: Services, wanted: Wanted) -> list[Exported]:
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
    kind = Kind(wanted.format, wanted.pseudonyms, wanted.bare)
    found = []
    for one in asked:
        made = await make(services, course, one, kind, now)
        if wanted.by_channel:
            made = made.named(_of_channel(made.file.name, channels, one))
        found.append(made)
    return found


def _of_channel(name: str, channels: list[Channel], over: Asked) -> str:
    """A file's name, after its channel too."""
    label = channel_labels(channels)[next(c.id for c in channels if c.id == over.channel)]
    safe = "".join(c if c.isalnum() or c in "-_" else "-" for c in label.removeprefix("#"))
    stem, point, kind = name.rpartition(".")
    return f"{stem}-{safe.strip('-') or over.channel}{point}{kind}"
