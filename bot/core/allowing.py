"""What staff allow one student in one discussion: more time, or not to take part in it. Each is
noted in the audit, and stands in the report with its reason."""

from datetime import datetime

from bot.core import prompts
from bot.core.cards import Block, Card, Moment, PersonName, Span, text
from bot.core.commands import Role
from bot.core.courses import find_member
from bot.core.discussions import find
from bot.core.dispatch import Call
from bot.core.errors import BadInput, Refused
from bot.core.register import Register
from bot.core.typed_times import understood
from storage import allowances, audit, outbox
from storage.database import Connection
from storage.rows import Allowance, Discussion, Member


async def extend(call: Call) -> Card:
    """/participation extend: a student's replies are on time until then, and count until then."""
    discussion, member = await of_student(call)
    until = (await understood(call, "until")).at
    if discussion.due_at is not None and until <= discussion.due_at:
        raise BadInput("until", f"{discussion.name} is due later than that for everybody.")
    await _allow(call, discussion, member, Allowance(
        discussion.id, member.id, "extension", until, call.member.id, call.now,
        call.text("reason"),
    ))  # fmt: skip
    said = ["."]
    if discussion.closes_at is not None and discussion.closes_at < until:
        said = [". It closes before, and what they write there then counts all the same."]
    return Card(
        blocks=(
            text(
                PersonName(member.name),
                f" has time for {discussion.name} until ",
                Moment(until, call.course.zone),
                *said,
            ),
        )
    )


async def excuse(call: Call) -> Card:
    """/participation excuse: a discussion is not asked of a student; what they write counts."""
    discussion, member = await of_student(call)
    await _allow(call, discussion, member, Allowance(
        discussion.id, member.id, "excuse", None, call.member.id, call.now, call.text("reason")
    ))  # fmt: skip
    return Card(
        blocks=(
            text(
                PersonName(member.name),
                f" is excused from {discussion.name}: it is not asked of them, and what they write"
                " there counts.",
            ),
        )
    )


async def revoke(call: Call) -> Card:
    """/participation revoke: an extension or an excuse is taken back."""
    discussion, member = await of_student(call)

    async def work(db: Connection) -> None:
        await prompts.refuse_archived(db, call)
        if not await allowances.revoke(
            db, call.course.id, discussion.id, member.id, call.now
        ):  # fmt: skip
            raise Refused(f"{member.name} has no extension of {discussion.name} and no excuse.")
        await _owe_openness(db, discussion, call.now)
        await _note(db, call, discussion, member)

    await call.services.database.write(work)
    call.services.outbox.wake()
    return Card(
        blocks=(text("For ", PersonName(member.name), f" {discussion.name} is as for all."),)
    )


def told(of: Register, member: Member, *, reasons: bool) -> list[Block]:
    """What staff allowed a student, a line for each discussion; the reasons are for staff."""
    lines: list[Block] = []
    for discussion in of.discussions:
        one = of.allowed.get((discussion.id, member.id))
        if one is not None:
            why = f" ({one.reason})" if reasons else ""
            what: tuple[str | Span, ...] = ("excused",)
            if one.until is not None:
                what = ("more time, until ", Moment(one.until, of.course.zone))
            lines.append(text(f"{discussion.name}: ", *what, f"{why}."))
    return lines


async def of_student(call: Call) -> tuple[Discussion, Member]:
    """The discussion and the student that were named. Raises BadInput."""
    member = await find_member(call, "student")
    if member.role != Role.STUDENT.word:
        raise BadInput("student", f"{member.name} is no student of the course.")
    return await find(call), member


async def _allow(call: Call, discussion: Discussion, member: Member, one: Allowance) -> None:
    async def work(db: Connection) -> None:
        await prompts.refuse_archived(db, call)
        await allowances.allow(db, call.course.id, one)
        for moment in (call.now, one.until):
            if moment is not None:
                await _owe_openness(db, discussion, moment)
        await _note(db, call, discussion, member)

    await call.services.database.write(work)
    call.services.outbox.wake()


async def _owe_openness(db: Connection, discussion: Discussion, at: datetime) -> None:
    """At that moment its threads are opened to writing, or closed, as it stands then: as long as
    anybody has more time, the thread of a closed discussion stays open."""
    course, id_ = discussion.course_id, discussion.id
    which = f"openness:{id_}:{at:%Y%m%dT%H%M%S.%f}"
    owed = {send.key for send in await outbox.with_keys(db, course, which)}
    for channel in await outbox.channels_of(db, course, id_):
        if (key := f"{which}:{channel}") not in owed:
            await outbox.owe(db, course, channel, id_, key=key, kind="update", due_at=at)


async def _note(db: Connection, call: Call, discussion: Discussion, member: Member) -> None:
    details = {"member": member.id}
    await audit.note(
        db, call.course.id, call.member.id, call.command.name, discussion.name, call.now, details
    )
