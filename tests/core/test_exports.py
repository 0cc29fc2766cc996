"""What was handed out is kept without names, and compared with what is there now."""

import csv
import io
from hashlib import sha256

import pytest
from sqlalchemy import event
from sqlalchemy import text as sql

from bot.core.commands import Answer, File, Form
from bot.core.exporting import Wanted, exported
from bot.core.formats import FORMATS
from bot.core.plain import to_plain
from storage import exports
from storage.ids import CourseId, MemberId
from tests.world import Human, World

COURSE = CourseId(1)


class Class:
    def __init__(self, world: World, ada: Human, bo: Human, cy: Human, thread: int) -> None:
        self.world, self.ada, self.bo, self.cy, self.thread = world, ada, bo, cy, thread

    async def export(self, **given: str) -> tuple[str, File]:
        outcome = await self.ada.run("participation export", **given)
        assert isinstance(outcome, Answer), outcome
        file, _ = outcome.files
        return to_plain(outcome.card), file

    async def compared(self, export: str | None = None) -> str:
        given = {} if export is None else {"export": export}
        return await self.ada.answer("participation compare", **given)

    async def rows(self, query: str) -> list[tuple[object, ...]]:
        async with self.world.app.services.database.read() as db:
            return [tuple(row) for row in await db.execute(sql(query))]


@pytest.fixture
async def room(world: World) -> Class:
    ada, bo, cy = [await world.person(name) for name in ("Ada", "Bo", "Cy")]
    await world.course(ada)
    return Class(world, ada, bo, cy, await world.post(ada))


async def test_an_export_says_which_it_is_and_keeps_no_name_and_no_text(room: Class) -> None:
    await room.bo.say("The quota was a fiction", room.thread)
    await room.ada.answer("participation excuse", student="Bo", discussion="D1", reason="Was ill")
    said, file = await room.export()
    digest = sha256(file.content).hexdigest()
    assert "E1 · as of " in said
    assert f"over everything so far · SHA-256 {digest}" in said
    assert "by definitions version 3" in said
    said, _ = await room.export(format="xlsx", pseudonyms="yes")
    assert "E2 · as of " in said
    kept = repr(await room.rows("SELECT * FROM exports")) + repr(
        await room.rows("SELECT * FROM export_figures")
    )
    assert digest in kept
    assert not [word for word in ("Bo", "Cy", "quota", "ill") if f"'{word}" in kept]
    ids = await room.rows("SELECT DISTINCT export_id, member_id FROM export_figures")
    assert len(ids) == 2  # Bo, in both


async def test_nothing_changed_is_said(room: Class) -> None:
    assert "Nothing has been exported in this course yet" in await room.compared()
    await room.bo.say("One", room.thread)
    await room.export()
    assert "No student's figures have changed since." in await room.compared()


async def test_what_changed_is_told_with_its_reason(room: Class) -> None:
    first = await room.bo.say("One two", room.thread)
    second = await room.cy.say("Gone soon", room.thread)
    await room.export()
    room.world.clock.move(hours=1)
    await room.bo.edit(first, "One two three")
    await room.cy.delete(second)
    said = await room.compared()
    assert "Bo | words 2 → 3; words_raw 2 → 3; characters 7 → 13 | 1 message edited since" in said
    (cy,) = [line for line in said.splitlines() if line.startswith("Cy |")]
    assert "discussions_joined 1 → 0; posts 1 → 0" in cy
    assert "1 message deleted since: D1, Mon 7 Sep 2026, 05:00 EDT (deleted Mon 7 Sep 2026" in cy
    await room.export()
    room.world.clock.move(hours=1)
    await room.cy.say("I answer", to=first)
    said = await room.compared()
    (bo,) = [line for line in said.splitlines() if line.startswith("Bo |")]
    assert "replies_received 0 → 1; answered_by 0 → 1" in bo
    assert "1 response to them written since: D1, Cy, Mon 7 Sep 2026, 07:00 EDT" in bo
    (cy,) = [line for line in said.splitlines() if line.startswith("Cy |")]
    assert "1 message written since" in cy
    assert "words 2 → 3" in await room.compared("e1")


async def test_a_withdrawn_discussion_and_an_excuse_are_reasons(room: Class) -> None:
    await room.bo.say("One", room.thread)
    await room.export()
    room.world.clock.move(hours=1)
    await room.ada.answer("participation excuse", student="Bo", discussion="D1", reason="Was ill")
    said = await room.compared()
    assert "excused 0 → 1" in said
    assert "they were excused from D1 by Ada, Mon 7 Sep 2026, 06:00 EDT" in said
    assert "Was ill" not in said
    await room.ada.answer("prompt withdraw", what="D1")
    said = await room.compared()
    assert "discussions_open 1 → 0" in said
    assert "D1 was withdrawn" in said


async def test_it_is_compared_over_what_it_was_over(room: Class) -> None:
    await room.bo.say("One", room.thread)
    await room.export(to="2026-09-07")
    room.world.clock.move(days=2)
    await room.bo.say("Two", room.thread)
    said = await room.compared()
    assert "over what was written up to 2026-09-07" in said
    assert "No student's figures have changed since." in said


async def test_an_unknown_export_is_asked_for_again(room: Class) -> None:
    await room.export()
    outcome = await room.ada.run("participation compare", export="E7")
    assert isinstance(outcome, Form)
    assert "There is no export “E7”; " in outcome.problems["export"]
    assert "E1" in outcome.problems["export"]


async def test_who_is_no_longer_kept_leaves_nothing_in_what_was_handed_out(room: Class) -> None:
    await room.bo.say("One", room.thread)
    await room.cy.say("Two", room.thread)
    await room.export()
    database = room.world.app.services.database
    ((bo,),) = await room.rows(
        "SELECT member_id FROM export_figures WHERE name = 'words' ORDER BY member_id LIMIT 1"
    )
    assert isinstance(bo, int)
    member = MemberId(bo)
    await database.write(lambda db: exports.forget(db, COURSE, member))
    left = await room.rows("SELECT DISTINCT member_id FROM export_figures")
    assert len(left) == 1
    assert (bo,) not in left


async def test_the_terminals_export_is_kept_too(room: Class) -> None:
    await room.bo.say("One", room.thread)
    (made,) = await exported(room.world.app.services, Wanted(bare=True))
    assert made.export.made_by is None
    assert made.export.digest == sha256(made.file.content).hexdigest()
    assert made.file.content.startswith(b"member,name,")
    assert "No student's figures have changed since." in await room.compared("E1")


FULL = b"""Name,Student ID,Login,E-mail,Section
Bo Drift,SID-700123,q7drift,bo.drift@example.edu,A
Dot Doe,SID-700789,q7doe,dot.doe@example.edu,B
"""
PERSONAL = (
    "Bo", "Cy", "Drift", "Dot", "Doe", "700123", "700789", "q7", "@", "example", "quota", "fiction",
    "mended", "infirmary", "whispered",
)  # fmt: skip
"""Words of names, of the roster, of messages and of reasons; no column's name has one in it."""


@pytest.mark.parametrize("hidden", ["no", "yes"])
async def test_no_format_leaves_anything_of_a_student_in_what_is_kept(
    room: Class, hidden: str
) -> None:
    said = await room.bo.say("The quota was a fiction", room.thread)
    await room.bo.edit(said, "The quota was mended, see https://example.org/whispered")
    await room.cy.say("A fiction, @Bo", to=said)
    roster = File("Drift.csv", "text/csv", FULL)
    await room.ada.answer("course roster", file=roster)
    await room.ada.answer("participation rule", rule="1 point for a post")
    given = {"student": "Bo", "discussion": "D1", "reason": "In the infirmary"}
    await room.ada.answer("participation override", points="2", **given)
    await room.ada.answer("participation excuse", **given)
    for format_ in FORMATS:
        await room.export(format=format_.value, pseudonyms=hidden)
    await room.ada.answer("roster link", student="Bo", entry="SID-700123")
    await room.export()
    noted = "SELECT * FROM audit WHERE action LIKE '%export%'"
    tables = ("SELECT * FROM exports", "SELECT * FROM export_figures", noted)
    kept = "\n".join([repr(await room.rows(query)) for query in tables])
    assert "points" in kept
    assert [word for word in PERSONAL if word in kept] == []


async def test_who_is_forgotten_is_so_as_an_entry_of_the_roster_too(room: Class) -> None:
    await room.bo.say("One", room.thread)
    await room.cy.say("Two", room.thread)
    await room.ada.answer("course roster", file=File("r.csv", "text/csv", FULL))
    await room.export()
    await room.ada.answer("roster link", student="Bo", entry="Bo Drift")
    await room.export()
    whose = "SELECT DISTINCT export_id, member_id, entry_id FROM export_figures ORDER BY 1, 2, 3"
    before = await room.rows(whose)
    ((bo, drift),) = await room.rows(
        "SELECT member_id, entry_id FROM roster_links JOIN member_accounts USING (account_id)"
    )
    database = room.world.app.services.database
    assert isinstance(bo, int)
    member = MemberId(bo)
    await database.write(lambda db: exports.forget(db, COURSE, member))
    after = await room.rows(whose)
    assert after == [row for row in before if row[1] != bo and row[2] != drift]
    assert len(before) - len(after) == 3  # in the first as both, in the second as one


# --- the roster's students ----------------------------------------------------------------------

ROSTER = b"Name,Student ID,Section\nBo Drift,700123,A\nDot Doe,700789,B\n"


async def test_the_rosters_students_are_all_in_the_report(room: Class) -> None:
    await room.bo.say("One", room.thread)
    await room.ada.answer("course roster", file=File("r.csv", "text/csv", ROSTER), missing="left")
    await room.ada.answer("roster link", student="Bo", entry="700123")
    _, file = await room.export()
    table = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert [(row["member"], row["name"], row["section"], row["posts"]) for row in table] == [
        ("700123", "Bo Drift", "A", "1"),
        ("700789", "Dot Doe", "B", "0"),
    ]
    assert table[1]["discussions_open"] == "1"
    said = await room.ada.answer("participation class")
    assert "Dot Doe | 0 | 0 | 0 | 0" in said
    assert "2 students" in said
    assert "Not heard yet: Dot Doe." in await room.ada.answer("participation quiet")
    assert "No student's figures have changed since." in await room.compared()


async def test_what_was_allowed_stands_in_the_report_with_its_reason(room: Class) -> None:
    await room.bo.say("One", room.thread)
    await room.cy.say("Two", room.thread)
    await room.ada.answer("participation excuse", student="Bo", discussion="D1", reason="Was ill")
    await room.ada.answer(
        "participation extend", student="Cy", discussion="D1", until="2026-10-01 09:00",
        reason="A move",
    )  # fmt: skip
    _, file = await room.export()
    bo, cy = csv.DictReader(io.StringIO(file.content.decode("utf-8-sig")))
    assert (bo["excused"], bo["extended"], bo["allowances"]) == ("1", "0", "D1: excused (Was ill)")
    assert (cy["excused"], cy["extended"]) == ("0", "1")
    assert cy["allowances"] == "D1: until 2026-10-01 09:00 (A move)"
    _, file = await room.export(pseudonyms="yes")
    assert b"D1: excused" in file.content
    assert b"ill" not in file.content


async def test_a_large_class_is_kept_a_piece_at_a_time(
    room: Class, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "AT_A_TIME", 7)
    pieces: list[int] = []
    engine = room.world.app.services.database._writer.sync_engine

    @event.listens_for(engine, "before_cursor_execute")
    def _written(_: object, __: object, statement: str, values: list[object], *___: object) -> None:
        if statement.startswith("INSERT INTO export_figures"):
            pieces.append(len(values))

    await room.bo.say("The quota was a fiction", room.thread)
    await room.export()
    assert max(pieces) == 7, "the event loop must go on between"
    assert len(pieces) > 2
    assert [(sum(pieces),)] == await room.rows("SELECT count(*) FROM export_figures")
