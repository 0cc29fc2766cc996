"""The commands about pictures of the class and grades: catalog.py has all of them in order."""

from bot.core import gradebook_commands, graded, picturing, rehearsing
from bot.core.commands import Command, Param, Role, Type

_COLUMN = Param("column", "The assignment's title in the gradebook", required=True)
_FIGURE = Param("figure", "The figure that is the grade", required=True, choices=graded.FIGURES)


def of_staff() -> tuple[Command, ...]:
    assistant = Role.ASSISTANT
    return (
        Command(
            "participation picture", "The class in pictures: activity, voices, who answers whom,"
            " sides", assistant, picturing.picture,
        ),
        Command(
            "participation rehearse", "What uploading grades to a gradebook would do, before you"
            " upload them", assistant, gradebook_commands.rehearse,
            (
                Param("file", "The gradebook as Canvas or Moodle exports it (CSV)", Type.FILE,
                      required=True, most=rehearsing.MOST_BYTES),
                _COLUMN, _FIGURE,
                Param("new", "Whether the column may be made", choices=graded.NEW),
            ),
        ),
        Command(
            "participation grades", "Grades as a file for Canvas or Moodle", assistant,
            gradebook_commands.grades,
            (
                Param("platform", "Whose gradebook", required=True, choices=graded.PLATFORMS),
                _COLUMN, _FIGURE,
            ),
        ),
    )  # fmt: skip
