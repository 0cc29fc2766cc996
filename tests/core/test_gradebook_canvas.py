"""The gradebook rehearsal for Canvas. The judge takes our file as Canvas would: nothing changes but
what the rehearsal said."""

import csv
import io
from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import BadInput
from bot.core.gradebook import Fate, GradedStudent, Rehearsal, in_figures
from bot.core.rehearsing import rehearse
from tests.core.canvas_import import Canvas, Learner

ADA = Learner("11", "s-ada", "ada@example.edu", "Pitlamp, Ada")
BEN = Learner("12", "s-ben", "ben@example.edu", "Strebel, Ben")
CYD = Learner("13", "", "", "Winch, Cyd")


def book(**cells: str) -> Canvas:
    """Ada, Ben and Cyd, with an essay that nothing may touch, and their participation."""
    names = ("ada", "ben", "cyd")
    own = {(names.index(name), "77"): cell for name, cell in cells.items()}
    essay = {(0, "76"): "9.00", (1, "76"): "EX", (2, "76"): ""}
    return Canvas([ADA, BEN, CYD], {"76": "Essay", "77": "Participation"}, essay | own)


def rehearsed(
    canvas: Canvas, *students: GradedStudent, title: str = "Participation", make: bool = False
) -> Rehearsal:
    return rehearse(canvas.export(), students, title, make_column=make)


def judged(canvas: Canvas, found: Rehearsal) -> dict[tuple[int, str], tuple[str, str]]:
    """What Canvas changes when the file is uploaded."""
    assert found.upload is not None
    judge = deepcopy(canvas)
    changed = judge.take(found.upload)
    assert (judge.unmatched, judge.dropped) == ([], [])
    assert judge.made == ([found.heading] if found.makes_column else [])
    return changed


def test_a_grade_is_given_another_changes_and_a_third_stays() -> None:
    canvas = book(ben="7", cyd="4.5")
    found = rehearsed(
        canvas,
        GradedStudent("Ada Pitlamp", id="11", grade=9),
        GradedStudent("Ben Strebel", id="12", grade=8.125),
        GradedStudent("Cyd Winch", id="13", grade=4.5),
    )
    assert [(line.row, line.before, line.after, line.fate) for line in found.lines] == [
        ("Pitlamp, Ada", "", "9.00", Fate.GIVEN),
        ("Strebel, Ben", "7", "8.13", Fate.CHANGES),
        ("Winch, Cyd", "4.5", "4.5", Fate.STAYS),
    ]
    assert judged(canvas, found) == {(0, "77"): ("", "9.00"), (1, "77"): ("7", "8.13")}


@pytest.mark.parametrize(
    ("student", "key"),
    [
        (GradedStudent("Somebody", id="11"), "ID"),
        (GradedStudent("Somebody", sis_id="s-ada"), "SIS User ID"),
        (GradedStudent("Somebody", login="Ada@example.edu"), "SIS Login ID"),
        (GradedStudent("Ada Pitlamp"), "name"),
        (GradedStudent("Pitlamp, Ada"), "name"),
        (GradedStudent("Ada Pitlamp", id="99999", sis_id="s-ada"), "unclear"),
        (GradedStudent("Ada  Pitlamp", email="ada@elsewhere.example"), "name"),
    ],
)
def test_students_are_found_by_the_first_key_that_canvas_tries(
    student: GradedStudent, key: str
) -> None:
    found = rehearsed(book(), student)
    if key == "unclear":
        assert found.unclear[0].why == "the row with this SIS User ID has another ID"
    else:
        assert [(line.row, line.key) for line in found.lines] == [("Pitlamp, Ada", key)]


def test_who_is_not_in_the_gradebook_and_who_is_only_there() -> None:
    found = rehearsed(book(), GradedStudent("Dov Tub", id="40", grade=1))
    assert [missing.student for missing in found.not_found] == ["Dov Tub"]
    assert found.untouched == ("Pitlamp, Ada", "Strebel, Ben", "Winch, Cyd")
    assert found.upload is None


def test_two_of_one_name_are_nobody_for_sure() -> None:
    twins = Canvas([ADA, Learner("21", "", "", "Pitlamp, Ada")], {"77": "Participation"}, {})
    found = rehearsed(twins, GradedStudent("Ada Pitlamp", grade=3))
    assert (found.lines, found.unclear[0].why) == ((), "2 rows have this name")
    told = rehearsed(twins, GradedStudent("Ada Pitlamp", id="21", grade=3))
    assert judged(twins, told) == {(1, "77"): ("", "3.00")}


def test_two_students_are_not_one_row() -> None:
    found = rehearsed(
        book(), GradedStudent("Ada Pitlamp", grade=3), GradedStudent("A. Pitlamp", id="11", grade=5)
    )
    assert (found.lines, len(found.unclear), found.upload) == ((), 2, None)


def test_what_has_no_grade_here_is_not_wiped() -> None:
    canvas = book(ada="6", ben="EX")
    found = rehearsed(
        canvas, GradedStudent("Ada Pitlamp", id="11"), GradedStudent("Ben Strebel", grade=5)
    )
    assert [line.why for line in found.lines] == [
        "there is no grade here, and a blank would wipe the one there",
        "they are excused there",
    ]
    assert found.upload is None


def test_who_is_excused_here_is_excused_there() -> None:
    canvas = book(ada="6", ben="ex")
    found = rehearsed(
        canvas,
        GradedStudent("Ada Pitlamp", excused=True, grade=2),
        GradedStudent("Ben Strebel", excused=True),
    )
    assert [line.fate for line in found.lines] == [Fate.CHANGES, Fate.STAYS]
    assert judged(canvas, found) == {(0, "77"): ("6", "EX")}


def test_a_column_that_is_not_there_is_made_only_when_that_was_meant() -> None:
    canvas, ada = book(), GradedStudent("Ada Pitlamp", grade=2)
    found = rehearsed(canvas, ada, title="participation")
    assert (found.makes_column, found.upload) == (True, None)
    assert "did you mean “Participation”?" in found.notes[0]
    meant = rehearsed(canvas, ada, title="Talk", make=True)
    assert judged(canvas, meant) == {(0, "new Talk"): ("", "2.00")}


@pytest.mark.parametrize(
    ("title", "sentence"),
    [
        ("Final Score", "silently drops"),
        ("My current  grade", "silently drops"),
        ("Override Status of all", "silently drops"),
        ("", "Give the assignment's title"),
        ("x" * 256, "at most 255 characters"),
        ("Section", "one of Canvas's own columns"),
        ("=1+1", "for a formula"),
        ("Participation (78)", "no column “Participation (78)”"),
    ],
)
def test_a_title_that_canvas_would_not_take_is_refused(title: str, sentence: str) -> None:
    with pytest.raises(BadInput, match=r".") as refused:
        rehearsed(book(), GradedStudent("Ada Pitlamp", grade=2), title=title)
    assert sentence in str(refused.value)
    assert refused.value.param == "column"


def test_a_column_that_is_read_only_is_refused() -> None:
    canvas = book()
    canvas.read_only.add("77")
    with pytest.raises(BadInput, match="it is read only"):
        rehearsed(canvas, GradedStudent("Ada Pitlamp", grade=2))


def test_two_columns_of_one_title_are_told_apart_by_their_numbers() -> None:
    canvas = book()
    canvas.assignments["78"] = "Participation"
    ada = GradedStudent("Ada Pitlamp", grade=2)
    with pytest.raises(BadInput, match=r"Participation \(77\); Participation \(78\)"):
        rehearsed(canvas, ada)
    found = rehearsed(canvas, ada, title="Participation (78)")
    assert judged(canvas, found) == {(0, "78"): ("", "2.00")}


def test_a_name_that_looks_like_a_formula_is_written_as_none() -> None:
    odd = Learner("31", "", "", "=HYPERLINK(1)")
    canvas = Canvas([odd], {"77": "Participation"}, {})
    found = rehearsed(canvas, GradedStudent("Somebody", id="31", grade=2))
    assert found.upload is not None
    rows = list(csv.reader(io.StringIO(found.upload.decode()), dialect=csv.excel))
    assert rows[1] == ["'=HYPERLINK(1)", "31", "", "", "", "2.00"]
    assert judged(canvas, found) == {(0, "77"): ("", "2.00")}


def test_semicolons_and_decimal_commas_are_read() -> None:
    canvas = book(ada="8,5", ben="1,234")
    found = rehearse(
        canvas.export(";"),
        [GradedStudent("Ada Pitlamp", grade=8.5), GradedStudent("Ben Strebel", grade=1.23)],
        "Participation",
    )
    assert [line.fate for line in found.lines] == [Fate.STAYS, Fate.STAYS]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "That file is empty"),
        (b"PK\x03\x04\xff\xff", "not text in UTF-8"),
        (b"Student;Mark\nAda;3\n", "no export of a gradebook"),
        (b'Student,ID,Section\n"Ada,1,A\n', "not a CSV file that can be read"),
    ],
)
def test_another_kind_of_file_is_refused_in_words(content: bytes, sentence: str) -> None:
    with pytest.raises(BadInput) as refused:
        rehearse(content, [], "Participation")
    assert sentence in str(refused.value)
    assert refused.value.param == "file"


def test_grades_are_rounded_as_people_round() -> None:
    assert [in_figures(g) for g in (1.005, 2.675, 10, -0.001, 1234.5)] == [
        "1.01", "2.68", "10.00", "0.00", "1234.50",
    ]  # fmt: skip
    with pytest.raises(ValueError, match="no grade"):
        in_figures(float("nan"))


# --- any gradebook ------------------------------------------------------------------------------

NAMES = st.sampled_from(
    ["Pitlamp, Ada", "Ada Pitlamp", "Tub, Eva", "Eva Tub", "=A, B", "北京", "O'N, T"]
)
CELLS = st.sampled_from(["", "-", "8", "8.5", "8.50", "7,25", "EX", "ex", "A-", "0"])
GRADES = st.one_of(st.none(), st.sampled_from([0.0, 8.0, 8.5, 7.25, 9.999, 3.0]))


@st.composite
def gradebooks(draw: st.DrawFn) -> Canvas:
    count = draw(st.integers(0, 6))
    learners = [
        Learner(
            draw(st.sampled_from(["", str(100 + n), str(100 + n), str(100 + n), "100"])),
            draw(st.sampled_from(["", f"s{n}", f"s{n}", "s0", "-s"])),
            draw(st.sampled_from(["", f"L{n}", f"l{n}", "l0"])),
            draw(NAMES),
        )
        for n in range(count)
    ]
    titles = draw(st.lists(st.sampled_from(["Talk", "Essay", "Quiz (1)"]), min_size=1, max_size=3))
    assignments = {str(70 + n): title for n, title in enumerate(titles)}
    cells = {(n, number): draw(CELLS) for n in range(count) for number in assignments}
    return Canvas(learners, assignments, cells)


@st.composite
def classes(draw: st.DrawFn, canvas: Canvas) -> list[GradedStudent]:
    """Some of those in the gradebook, as a roster may have them, and some others."""
    students = []
    for one in canvas.learners:
        if draw(st.booleans()):
            name = draw(st.sampled_from([*sorted(one.names), "Somebody"]))
            students.append(
                GradedStudent(
                    name,
                    id=draw(st.sampled_from([one.id, "", "999"])),
                    sis_id=draw(st.sampled_from([one.sis, "", "s0"])),
                    login=draw(st.sampled_from([one.login, "", "L1"])),
                    grade=draw(GRADES),
                    excused=draw(st.sampled_from([False, False, False, True])),
                )
            )
    others = draw(st.lists(st.builds(GradedStudent, NAMES, grade=GRADES), max_size=2))
    return [*students, *others]


@given(st.data())
def test_whatever_the_gradebook_nothing_happens_but_what_was_said(data: st.DataObject) -> None:
    canvas = data.draw(gradebooks())
    students = data.draw(classes(canvas))
    title = data.draw(st.sampled_from(["Talk", "Essay", "New one"]))
    make = data.draw(st.booleans())
    if [*canvas.assignments.values()].count(title) > 1:
        with pytest.raises(BadInput, match="columns are called so"):
            rehearse(canvas.export(), students, title, make_column=make)
        return
    found = rehearse(canvas.export(), students, title, make_column=make)
    people = [*(x.student for x in found.lines), *(x.student for x in found.not_found),
              *(x.student for x in found.unclear)]  # fmt: skip
    assert sorted(people) == sorted(student.name for student in students)
    assert len(found.lines) + len(found.untouched) == len(canvas.learners)
    said = [(x.row, x.before, x.after) for x in found.lines
            if x.fate in (Fate.GIVEN, Fate.CHANGES)]  # fmt: skip
    if found.upload is None:
        assert not said or (found.makes_column and not make)
        return
    column = next((n for n, t in canvas.assignments.items() if t == title), f"new {title}")
    changed = judged(canvas, found)
    assert {number for _, number in changed} <= {column}
    happened = [
        (canvas.learners[place].sortable, before, after)
        for (place, _), (before, after) in changed.items()
    ]
    assert sorted(happened) == sorted(said)
