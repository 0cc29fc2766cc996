"""What people may pick is what there is, and each makes a file of any report."""

import csv
import io

import pytest

from bot.core import graded
from bot.core.errors import BadInput
from bot.core.formats import FORMATS
from bot.core.gradebook import GradedStudent, Grades
from bot.reports.formats import exporters, grade_exporters
from tests.core.canvas_import import Canvas, Learner
from tests.core.moodle_import import Moodle, User
from tests.reports import made

EXPORTERS = exporters("https://bot.example")
STUDENTS = (
    GradedStudent(
        "Ada Pitlamp", "11", "1001", "ada", "ada@example.edu", "A", 8.125, feedback="=1+1"
    ),
    GradedStudent("Ben Strebel", "12", "1002", "ben", "ben@example.edu", "A"),
    GradedStudent("Cyd Winch", "13", "1003", "cyd", "cyd@example.edu", "B", 3, excused=True),
    GradedStudent("=Dov", grade=5),
)


def test_every_choice_has_its_maker() -> None:
    assert [choice.value for choice in FORMATS] == list(EXPORTERS)
    assert [choice.value for choice in graded.PLATFORMS] == list(grade_exporters())


@pytest.mark.parametrize("format_", EXPORTERS)
def test_each_makes_a_file_of_any_report(format_: str) -> None:
    for report in (made.a_report(), made.empty_report()):
        file = EXPORTERS[format_](report, "participation-2026-09-07")
        assert file.content
        assert file.name.startswith("participation-2026-09-07")
    names = {EXPORTERS[one](made.empty_report(), "x").name for one in EXPORTERS}
    assert len(names) == len(EXPORTERS), "saved side by side, none takes another's place"


def test_grades_for_canvas_change_those_who_have_one_and_nobody_else() -> None:
    learners = [Learner("11", "1001", "ada", "Pitlamp, Ada"), Learner("12", "", "", "Strebel, Ben"),
                Learner("13", "", "", "Winch, Cyd")]  # fmt: skip
    canvas = Canvas(learners, {"77": "Talk"}, {(1, "77"): "4.00"})
    file = grade_exporters()["canvas"](Grades("Talk", STUDENTS), "grades")
    assert canvas.take(file.content) == {(0, "77"): ("", "8.13"), (2, "77"): ("", "EX")}
    assert canvas.unmatched == ["'=Dov"]
    with pytest.raises(BadInput, match="silently drops"):
        grade_exporters()["canvas"](Grades("Final Score", STUDENTS), "grades")


def test_grades_for_moodle_hold_only_who_has_one_and_can_be_told() -> None:
    file = grade_exporters()["moodle"](Grades("Talk", STUDENTS), "grades")
    rows = list(csv.reader(io.StringIO(file.content.decode()), dialect=csv.excel))
    assert rows == [
        ["idnumber", "email", "Talk", "Talk feedback"],
        ["1001", "ada@example.edu", "8.13", "'=1+1"],
    ]
    moodle = Moodle([User("Ada", "Pitlamp", "1001", "ada@example.edu")], ["Talk"], {})
    assert moodle.take(file.content, "idnumber", "Talk") == {(0, "Talk"): ("-", "8.13")}
