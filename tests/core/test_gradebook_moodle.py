"""The gradebook rehearsal for Moodle. The judge takes our file as Moodle would: nothing changes but
what the rehearsal said, and nothing ends the import."""

import csv
import io
from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import BadInput
from bot.core.gradebook import Fate, GradedStudent, Rehearsal
from bot.core.rehearsing import rehearse
from tests.core.moodle_import import Moodle, User

ADA = User("Ada", "Pitlamp", "1001", "Ada@example.edu")
BEN = User("Ben", "Strebel", "1002", "ben@example.edu")
CYD = User("Cyd", "Winch", "", "cyd@example.edu")


def book(**grades: str) -> Moodle:
    names = ("ada", "ben", "cyd")
    own = {(names.index(name), "Participation"): grade for name, grade in grades.items()}
    return Moodle(
        [ADA, BEN, CYD], ["Quiz: Essay", "Participation"], {(0, "Quiz: Essay"): "9.00"} | own
    )


def judged(moodle: Moodle, found: Rehearsal) -> dict[tuple[int, str], tuple[str, str]]:
    assert found.upload is not None
    head = next(csv.reader(io.StringIO(found.upload.decode())))
    judge = deepcopy(moodle)
    changed = judge.take(found.upload, *head)
    assert judge.made == ([found.heading] if found.makes_column else [])
    return changed


def test_a_grade_is_given_another_changes_and_a_third_stays() -> None:
    moodle = book(ben="7.00", cyd="4,50")
    found = rehearse(
        moodle.export(),
        [
            GradedStudent("Ada Pitlamp", sis_id="1001", grade=9),
            GradedStudent("B. Strebel", email="BEN@example.edu", grade=8),
            GradedStudent("Cyd Winch", grade=4.5),
        ],
        "Participation",
    )
    assert [(line.row, line.key, line.after, line.fate) for line in found.lines] == [
        ("Ada Pitlamp", "idnumber", "9.00", Fate.GIVEN),
        ("Ben Strebel", "email", "8.00", Fate.CHANGES),
        ("Cyd Winch", "name", "4,50", Fate.STAYS),
    ]
    assert judged(moodle, found) == {
        (0, "Participation"): ("-", "9.00"),
        (1, "Participation"): ("7.00", "8.00"),
    }
    assert found.upload == b"idnumber,Participation\r\n1001,9.00\r\n1002,8.00\r\n"
    assert "map idnumber to the users' idnumber" in found.notes[-1]


def test_the_key_that_tells_the_most_is_taken_with_moodles_own_spelling() -> None:
    moodle = book()
    found = rehearse(
        moodle.export(),
        [GradedStudent("Ada Pitlamp", email="ada@example.edu", grade=9),
         GradedStudent("Cyd Winch", grade=4.5)],
        "Participation",
    )  # fmt: skip
    assert found.upload is not None
    assert found.upload.startswith(b"email,Participation\r\nAda@example.edu,9.00")
    assert len(judged(moodle, found)) == 2


def test_excused_and_without_a_grade_are_left_out() -> None:
    moodle = book(ada="6.00")
    students = [GradedStudent("Ada Pitlamp", excused=True), GradedStudent("Ben Strebel")]
    found = rehearse(moodle.export(), students, "Participation")
    assert [line.why for line in found.lines] == [
        "Moodle's files can't say that somebody is excused: say so in Moodle",
        "there is no grade here",
    ]
    assert found.upload is None


def test_an_item_is_found_by_its_title_without_its_kind() -> None:
    moodle = book()
    found = rehearse(moodle.export(feedback=True), [GradedStudent("Ben Strebel", grade=5)], "Essay")
    assert found.heading == "Quiz: Essay"
    assert judged(moodle, found) == {(1, "Quiz: Essay"): ("-", "5.00")}


@pytest.mark.parametrize(
    ("kind", "title", "sentence"),
    [
        ("Percentage", "Participation", "only as Percentage; export the gradebook again"),
        ("Real", "Course total", "a sum that Moodle makes itself"),
        ("Real", "@item", "for a formula"),
        ("Real", " ", "Give the grade item's title"),
    ],
)
def test_a_column_that_can_not_be_filled_is_refused(kind: str, title: str, sentence: str) -> None:
    with pytest.raises(BadInput) as refused:
        rehearse(book().export(kind=kind), [GradedStudent("Ada Pitlamp", grade=1)], title)
    assert sentence in str(refused.value)


def test_an_item_that_is_not_there_is_made_only_when_that_was_meant() -> None:
    moodle, ada = book(), [GradedStudent("Ada Pitlamp", grade=1)]
    found = rehearse(moodle.export(), ada, "Participaton")
    assert (found.makes_column, found.upload) == (True, None)
    assert "did you mean “Participation”?" in found.notes[0]
    meant = rehearse(moodle.export(), ada, "Talk", make_column=True)
    assert judged(moodle, meant) == {(0, "Talk"): ("-", "1.00")}


@given(st.data())
def test_whatever_the_gradebook_nothing_happens_but_what_was_said(data: st.DataObject) -> None:
    one_of = st.sampled_from
    users = [
        User(
            data.draw(one_of(["Ada", "Eva"])), data.draw(one_of(["Tub", "Winch"])),
            data.draw(one_of(["", f"{n}", f"{n}", "-7", "0"])),
            data.draw(one_of([f"m{n}@example.edu", f"M{n}@example.edu", "m0@example.edu", ""])),
        )
        for n in range(data.draw(st.integers(0, 6)))
    ]  # fmt: skip
    cells = one_of(["-", "", "8.00", "8,5", "Good"])
    items = ["Talk", "Essay"]
    grades = {(n, item): data.draw(cells) for n in range(len(users)) for item in items}
    moodle = Moodle(users, items, grades)
    students = [
        GradedStudent(
            data.draw(one_of([f"{user.first} {user.last}", "Somebody"])),
            sis_id=data.draw(one_of([user.idnumber, "", "0"])),
            email=data.draw(one_of([user.email.upper(), "", "m0@example.edu"])),
            grade=data.draw(one_of([None, 8.0, 8.5, 3.333])),
        )
        for user in users
        if data.draw(st.booleans())
    ]
    title = data.draw(one_of(["Talk", "New one"]))
    found = rehearse(moodle.export(data.draw(one_of(",;"))), students, title, make_column=True)
    assert len(found.lines) + len(found.not_found) + len(found.unclear) == len(students)
    said = sorted((x.row, x.after) for x in found.lines if x.fate in (Fate.GIVEN, Fate.CHANGES))
    if found.upload is None:
        assert not said
        return
    happened = [
        (f"{users[place].first} {users[place].last}", after)
        for (place, item), (_, after) in judged(moodle, found).items()
        if item == title
    ]
    assert sorted(happened) == said
