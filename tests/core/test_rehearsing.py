"""Grades taken to a gradebook, as an assistant does it: /participation rehearse and grades."""

import csv
import io

import pytest

from bot.core.cards import Image
from bot.core.commands import Answer, File
from bot.core.plain import to_plain
from bot.core.ports import Picture
from bot.core.report_model import Report
from tests.about import checked
from tests.core.canvas_import import Canvas, Learner
from tests.world import Human, World

CANVAS = Canvas(
    [Learner("11", "", "", "Pitlamp, Ada"), Learner("12", "", "", "Strebel, Ben")],
    {"77": "Participation"},
    {(0, "77"): "1.00"},
)


@pytest.fixture
async def staff(world: World) -> Human:
    """Who teaches a class in which Ada has answered the prompt twice, and Ben once."""
    teacher = await world.person("Ines")
    await world.course(teacher)
    ada, ben = await world.person("Ada Pitlamp"), await world.person("Ben Strebel")
    thread = await world.post(teacher)
    for person, words in ((ada, "Here is why."), (ada, "And more."), (ben, "No.")):
        await person.say(words, thread)
    await world.settle()
    return teacher


async def rehearsed(staff: Human, content: bytes, **typed: str) -> Answer:
    given = {"column": "Participation", "figure": "posts", **typed}
    file = File("grades.csv", "text/csv", content)
    outcome = await staff.run("participation rehearse", file=file, **given)
    assert isinstance(outcome, Answer), outcome
    return outcome


async def test_a_rehearsal_says_what_would_happen_and_hands_out_the_file(staff: Human) -> None:
    answer = await rehearsed(staff, CANVAS.export())
    said = to_plain(answer.card)
    assert "2 grades change if you upload the file; nothing else does." in said
    assert "Nothing has been uploaded." in said
    file, about = answer.files
    assert file.name == "canvas-upload.csv"
    checked(about.content, file.content)
    for words in (
        "As of: ",
        "Column: Participation (77)",
        "Grade: posts",
        "posts: Counted answers",
    ):
        assert f"\n# {words}" in about.content.decode()
    judge = Canvas(CANVAS.learners, dict(CANVAS.assignments), dict(CANVAS.cells))
    assert judge.take(file.content) == {
        (0, "77"): ("1.00", "2.00"),
        (1, "77"): ("", "1.00"),
    }


async def test_a_title_that_is_not_there_makes_no_file(staff: Human) -> None:
    answer = await rehearsed(staff, CANVAS.export(), column="Participaton")
    assert answer.files == ()
    said = to_plain(answer.card)
    assert "did you mean “Participation”?" in said
    assert "There is no file to upload, since it would make a column" in said
    made = await rehearsed(staff, CANVAS.export(), column="Talk", new="yes")
    assert "if you upload the file and makes the column" in to_plain(made.card)


async def test_a_wrong_file_or_title_is_said_at_its_field(staff: Human) -> None:
    file = File("grades.csv", "text/csv", b"a,b\n1,2\n")
    form = await staff.form(
        "participation rehearse", file=file, column="Participation", figure="posts"
    )
    assert "no export of a gradebook" in form.problems["file"]
    file = File("grades.csv", "text/csv", CANVAS.export())
    form = await staff.form(
        "participation rehearse", file=file, column="Final Score", figure="posts"
    )
    assert "silently drops" in form.problems["column"]


async def test_grades_come_as_a_file_for_canvas(staff: Human) -> None:
    outcome = await staff.run(
        "participation grades", platform="canvas", column="Participation", figure="posts"
    )
    assert isinstance(outcome, Answer)
    rows = list(csv.reader(io.StringIO(outcome.files[0].content.decode()), dialect=csv.excel))
    assert rows == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Participation"],
        ["Ada Pitlamp", "", "", "", "", "2.00"],
        ["Ben Strebel", "", "", "", "", "1.00"],
    ]


async def graded(staff: Human, platform: str, figure: str = "posts") -> tuple[str, list[list[str]]]:
    """What is said, and the rows of the file."""
    outcome = await staff.run(
        "participation grades", platform=platform, column="Participation", figure=figure
    )
    assert isinstance(outcome, Answer), outcome
    if not outcome.files:
        return to_plain(outcome.card), []
    file, about = outcome.files
    checked(about.content, file.content)
    return to_plain(outcome.card), list(csv.reader(io.StringIO(file.content.decode()), csv.excel))


async def test_who_was_excused_from_all_is_excused_in_canvas_and_not_in_moodle(
    staff: Human,
) -> None:
    await staff.answer(
        "participation excuse", student="Ada Pitlamp", discussion="D1", reason="Was ill"
    )
    _, rows = await graded(staff, "canvas")
    assert [row[-1] for row in rows[1:]] == ["EX", "1.00"]
    answer = await rehearsed(staff, CANVAS.export())
    judge = Canvas(CANVAS.learners, dict(CANVAS.assignments), dict(CANVAS.cells))
    assert judge.take(answer.files[0].content) == {
        (0, "77"): ("1.00", "EX"),
        (1, "77"): ("", "1.00"),
    }
    said, rows = await graded(staff, "moodle")
    assert rows == []
    assert "0 students of 2 are in the file." in said
    assert "Ada Pitlamp | Moodle's files can't say that somebody is excused" in said
    assert "Ben Strebel | the roster has no idnumber of theirs to tell them by" in said


async def test_who_is_asked_for_more_than_was_excused_has_a_grade(
    staff: Human, world: World
) -> None:
    await world.post(staff, prompt="john-henry-and-stakhanov")
    await staff.answer(
        "participation excuse", student="Ada Pitlamp", discussion="D1", reason="Was ill"
    )
    _, rows = await graded(staff, "canvas")
    assert [row[-1] for row in rows[1:]] == ["2.00", "1.00"]


async def test_moodle_gets_points_with_what_they_are_made_of(staff: Human) -> None:
    await staff.answer(
        "course roster",
        file=File("roster.csv", "text/csv", b"Name,Student ID,Email\nAda,s-1,\nBen,,b@x.edu\n"),
    )
    await staff.answer("roster link", student="Ada Pitlamp", entry="Ada")
    await staff.answer("participation rule", rule="2 points for a post by due; at most 3")
    await staff.answer(
        "participation override", student="Ada Pitlamp", discussion="D1", points="1.5",
        reason="We talked",
    )  # fmt: skip
    said, rows = await graded(staff, "moodle", "points")
    assert rows == [
        ["idnumber", "email", "Participation", "Participation feedback"],
        ["s-1", "", "1.50", "D1: 1.5 of 2, given by staff"],
    ]
    assert "1 student of 3 is in the file." in said
    assert "map idnumber to the users' idnumber" in said
    assert "Ben | there is no grade here" in said
    assert "Ben Strebel | the roster has no idnumber of theirs" in said


async def test_students_may_neither_rehearse_nor_see_pictures(staff: Human, world: World) -> None:
    ben = await world.person("Ben Strebel the second")
    for command in ("participation grades", "participation picture"):
        given = {"platform": "canvas", "column": "P", "figure": "posts"}
        said = await ben.answer(command, **(given if command.endswith("grades") else {}))
        assert "assistant" in said


async def test_pictures_are_shown_each_with_its_words(staff: Human) -> None:
    outcome = await staff.run("participation picture")
    assert isinstance(outcome, Answer)
    images = [block for block in outcome.card.blocks if isinstance(block, Image)]
    assert [image.alt.partition(",")[0].partition(":")[0] for image in images] == [
        "Activity by day", "Voices",
    ]  # fmt: skip
    assert "3 answers to prompts and 0 responses to classmates" in images[0].alt
    assert all(image.url.startswith("data:image/png;base64,") for image in images)


async def test_pictures_that_cannot_be_drawn_are_said_to_be(
    staff: Human, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken:
        def of_report(self, report: Report, most: int) -> tuple[Picture, ...]:
            raise ValueError("The pictures could not be drawn: the drawer ended with -9.")

    object.__setattr__(staff.world.app.services, "charts", Broken())
    said = await staff.answer("participation picture")
    assert "The pictures could not be drawn, and whoever runs the bot finds out why" in said
    assert "the drawer ended with -9" in caplog.text


async def test_where_nothing_was_said_there_is_nothing_to_draw(world: World) -> None:
    teacher = await world.person("Ines")
    await world.course(teacher)
    assert "There is nothing to draw yet" in await teacher.answer("participation picture")


# --- with a roster ------------------------------------------------------------------------------

ROSTER = (
    b"Student,ID,SIS User ID,SIS Login ID,Section\n"
    b'"Pitlamp, Adelaide",11,s-1,adelaide,A\n"Strebel, Ben",12,s-2,ben,A\n'
)


async def test_the_roster_says_who_somebody_is_in_the_gradebook(staff: Human) -> None:
    """Ada is called otherwise by the registrar: her account is linked, and Ben's is not."""
    file = File("roster.csv", "text/csv", ROSTER)
    await staff.answer("course roster", file=file)
    accounts = (await staff.run("roster list")).card  # type: ignore[union-attr]
    assert "Adelaide Pitlamp" in to_plain(accounts)
    await staff.answer("roster link", student="Ada Pitlamp", entry="Adelaide Pitlamp")
    canvas = Canvas(
        [Learner("11", "s-1", "adelaide", "Pitlamp, Adelaide"), *CANVAS.learners[1:]],
        {"77": "Participation"},
        {(1, "77"): "3.00"},
    )
    answer = await rehearsed(staff, canvas.export())
    said = to_plain(answer.card)
    assert "2 students here fit the row “Strebel, Ben”" in said
    assert canvas.take(answer.files[0].content) == {(0, "77"): ("", "2.00")}
    outcome = await staff.run(
        "participation grades", platform="canvas", column="Participation", figure="posts"
    )
    assert isinstance(outcome, Answer)
    assert b"Adelaide Pitlamp,11,s-1,adelaide,A,2.00" in outcome.files[0].content
