"""Taking grades to a gradebook: /participation rehearse and /participation grades, and the same for
the terminal."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.core import gradebook_canvas, gradebook_moodle, rehearsing
from bot.core.cards import Card, number, text
from bot.core.commands import Answer, File
from bot.core.course_report import of_report
from bot.core.dispatch import Call
from bot.core.exporting import the_course
from bot.core.gradebook import Chosen, GradedStudent, Grades, Rehearsal
from bot.core.graded import about_grades, graded_students
from bot.core.provenance import About
from bot.core.report_model import Report
from bot.core.roster import OnRoster
from bot.core.services import Services

CHOSEN: Mapping[str, Callable[[Sequence[GradedStudent]], Chosen]] = {
    "canvas": gradebook_canvas.chosen,
    "moodle": gradebook_moodle.chosen,
}
"""Who is in a file for each of `graded.PLATFORMS`."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: the gradebook's export, the title in it, the figure that is the grade, and
    whether a column may be made."""

    content: bytes
    column: str
    figure: str
    makes_column: bool

    def rehearsed(self, report: Report, roster: Sequence[OnRoster]) -> "Rehearsed":
        students = graded_students(report, self.figure, roster)
        rehearsal = rehearsing.rehearse(
            self.content, students, self.column, make_column=self.makes_column
        )
        about = about_grades(report, self.figure, rehearsal.heading)
        return Rehearsed(rehearsal, rehearsing.upload_file(rehearsal), about)


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """A rehearsal with its file to upload, if there is any, and what is said of that."""

    rehearsal: Rehearsal
    file: File | None
    about: About


async def rehearse(call: Call) -> Answer:
    """/participation rehearse: what an upload would do, and the file for it."""
    asked = Asked(
        call.file("file").content,
        call.required("column"),
        call.required("figure"),
        call.text("new") == "yes",
    )
    made = await of_report(call.services, call.course, call.now, asked.rehearsed)
    files = () if made.file is None else made.about.with_it(made.file)
    return Answer(rehearsing.to_card(made.rehearsal), files)


async def grades(call: Call) -> Answer:
    """/participation grades: a file for Canvas or Moodle, without its export to go by."""
    figure = call.required("figure")
    platform, column = call.required("platform"), call.required("column")
    students, about = await of_report(
        call.services,
        call.course,
        call.now,
        lambda report, roster: (
            graded_students(report, figure, roster), about_grades(report, figure, column),
        ),
    )  # fmt: skip
    exporter = call.services.grade_exporters[platform]
    local = call.now.astimezone(ZoneInfo(call.course.zone))
    file = exporter(Grades(column, students), f"grades-{local:%Y-%m-%d-%H%M%S}")
    chosen = CHOSEN[platform](students)
    inside = len(chosen.students)
    verb = "is" if inside == 1 else "are"
    blocks = [text(f"{number(inside, 'student')} of {len(students)} {verb} in the file.")]
    if chosen.note:
        blocks.append(text(chosen.note))
    left = rehearsing.missing_ones("Left out", chosen.left_out)
    footer = "/participation rehearse tells what an upload would do."
    files = about.with_it(file) if inside else ()
    return Answer(Card("Grades", (*blocks, *left), footer), files)


async def rehearse_for(services: Services, course: int | None, asked: Asked) -> Rehearsed:
    """A rehearsal for the terminal; `course` by its number, None for the only one. Raises
    UserError."""
    async with services.database.read() as db:
        chosen = await the_course(db, course)
    return await of_report(services, chosen, services.clock.now(), asked.rehearsed)
