"""Taking grades to a gradebook: /participation rehearse and /participation grades, and the same for
the terminal."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.core import rehearsing
from bot.core.cards import Card, number, text
from bot.core.commands import Answer
from bot.core.course_report import of_report
from bot.core.dispatch import Call
from bot.core.exporting import the_course
from bot.core.gradebook import Grades, Rehearsal
from bot.core.graded import graded_students
from bot.core.report_model import Report
from bot.core.roster import OnRoster
from bot.core.services import Services


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: the gradebook's export, the title in it, the figure that is the grade, and
    whether a column may be made."""

    content: bytes
    column: str
    figure: str
    makes_column: bool

    def rehearsed(self, report: Report, roster: Sequence[OnRoster]) -> Rehearsal:
        students = graded_students(report, self.figure, roster)
        return rehearsing.rehearse(
            self.content, students, self.column, make_column=self.makes_column
        )


async def rehearse(call: Call) -> Answer:
    """/participation rehearse: what an upload would do, and the file for it."""
    asked = Asked(
        call.file("file").content,
        call.required("column"),
        call.required("figure"),
        call.text("new") == "yes",
    )
    rehearsal = await of_report(call.services, call.course, call.now, asked.rehearsed)
    file = rehearsing.upload_file(rehearsal)
    return Answer(rehearsing.to_card(rehearsal), () if file is None else (file,))


async def grades(call: Call) -> Answer:
    """/participation grades: a file for Canvas or Moodle, without its export to go by."""
    figure = call.required("figure")
    students = await of_report(
        call.services,
        call.course,
        call.now,
        lambda report, roster: graded_students(report, figure, roster),
    )
    exporter = call.services.grade_exporters[call.required("platform")]
    local = call.now.astimezone(ZoneInfo(call.course.zone))
    file = exporter(Grades(call.required("column"), students), f"grades-{local:%Y-%m-%d}")
    graded = sum(one.grade is not None for one in students)
    said = text(
        f"{number(graded, 'student')} of {len(students)} have a grade; the others are not in the"
        " file, since a blank would wipe what the gradebook has, nor is whom the platform could not"
        " know by the roster. /participation rehearse tells what an upload would do."
    )
    return Answer(Card("Grades", (said,)), (file,))


async def rehearse_for(services: Services, course: int | None, asked: Asked) -> Rehearsal:
    """A rehearsal for the terminal; `course` by its number, None for the only one. Raises
    UserError."""
    async with services.database.read() as db:
        chosen = await the_course(db, course)
    return await of_report(services, chosen, services.clock.now(), asked.rehearsed)
