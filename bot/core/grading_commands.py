"""/participation rule and override: what gives points in a course, and points by staff instead."""

from bot.core import points, prompts
from bot.core.allowing import of_student
from bot.core.cards import Block, Card, PersonName, text
from bot.core.commands import Role
from bot.core.dispatch import Call
from bot.core.errors import BadInput, NotAllowed, Refused
from bot.core.grading import EXAMPLE, MOST, parse, plainly
from bot.core.register import Register
from bot.core.tally import Selection
from storage import audit, grading
from storage.database import Connection
from storage.grading import Given
from storage.ids import MemberId
from storage.snapshot import Snapshot

NO_RULE = "This course has no grading rule, and so no points."
OFF = "none"


async def rule(call: Call) -> Card:
    """/participation rule: read by everybody, set by an instructor."""
    typed = call.text("rule")
    if typed is None:
        async with call.services.database.read() as db:
            kept = await grading.rule_of(db, call.course.id)
        return Card("The grading rule", (text(_said(kept)),))
    if call.role < Role.INSTRUCTOR:
        raise NotAllowed("Only an instructor of the course sets its grading rule.")
    new = None if typed.strip().casefold() == OFF else typed.strip()
    if new is not None:
        parse(new)

    async def work(db: Connection) -> None:
        await prompts.refuse_archived(db, call)
        await grading.set_rule(db, call.course.id, new, call.now)
        await audit.note(
            db, call.course.id, call.member.id, call.command.name, "rule", call.now
        )  # fmt: skip

    await call.services.database.write(work)
    return Card("The grading rule", (text(_said(new)),))


def _said(kept: str | None) -> str:
    if kept is None:
        return f"{NO_RULE} An instructor sets one with /participation rule, such as: {EXAMPLE}."
    return f"In each discussion: {parse(kept).words}."


async def override(call: Call) -> Card:
    """/participation override: points by staff in the place of the rule's, or the rule's again."""
    discussion, member = await of_student(call)
    typed, reason = call.text("points"), call.text("reason")
    amount = None if typed is None else _amount(typed)
    if amount is not None and reason is None:
        raise BadInput("reason", "Say why: it stands in the report, and colleagues read it.")

    async def work(db: Connection) -> None:
        await prompts.refuse_archived(db, call)
        if await grading.rule_of(db, call.course.id) is None:
            raise Refused(f"{NO_RULE} An instructor sets one with /participation rule.")
        if amount is not None:
            given = Given(discussion.id, member.id, amount, call.member.id, call.now, reason)
            await grading.give(db, call.course.id, given)
        elif not await grading.take_back(
            db, call.course.id, discussion.id, member.id, call.now
        ):  # fmt: skip
            raise Refused(f"{member.name} has the rule's points in {discussion.name} already.")
        details = {"member": member.id, "points": amount}
        await audit.note(
            db, call.course.id, call.member.id, call.command.name, discussion.name, call.now,
            details,
        )  # fmt: skip

    await call.services.database.write(work)
    done = "the rule's points" if amount is None else plainly(amount)
    return Card(blocks=(text(PersonName(member.name), f" has {done} in {discussion.name}."),))


def _amount(typed: str) -> float:
    try:
        amount = float(typed.replace(",", "."))
    except ValueError:
        amount = -1
    if not 0 <= amount <= MOST:  # also what is no number at all
        raise BadInput("points", f"points takes a number from 0 to {MOST}, such as 2.5.")
    return round(amount, 2)


def found(db: Snapshot, of: Register, member: MemberId) -> list[points.Point]:
    """A student's points; none where the course has no rule."""
    made = points.points_of(db, of, of.discussions, Selection(), {member})
    one = points.find(of, member)
    return [] if made is None or one is None else made.of_one(one)


def told(of: Register, own: list[points.Point], *, reasons: bool) -> list[Block]:
    """The rule, and somebody's points by discussion; `reasons`: with those that staff gave."""
    if of.grading is None:
        return []
    reached, worth = points.total(own)
    lines: list[Block] = [
        text(f"Points, in each discussion: {of.grading.words}."),
        text(f"{plainly(reached)} of {plainly(worth)} so far"
             + "".join(f"; {one.words}{_why(one) if reasons else ''}" for one in own) + "."),
    ]  # fmt: skip
    return lines


def _why(one: points.Point) -> str:
    reason = None if one.given is None else one.given.reason
    return "" if reason is None else f" ({reason})"
