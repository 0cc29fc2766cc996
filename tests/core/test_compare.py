"""/participation compare names what changed each figure, and tells nobody what was another's."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text as sql

from bot.core.causes_of_messages import Fate, fate_of
from bot.core.commands import File
from bot.core.events import MessagePosted, MessageRef, Person, Place, ThreadRef
from bot.core.privacy import forget_what_is_due
from storage.ids import AccountRef, ChannelRef, DiscussionId, MemberId, MessageId
from storage.since import Touched
from tests.core.test_linking import CY, _link_code, _links_there, _two_spaces
from tests.world import SPACE, START, Human, World

ROSTER = b"Name,Student ID,Section\nBo Drift,700123,A\nDot Doe,700789,B\n"


class Class:
    def __init__(self, world: World, people: list[Human], thread: int) -> None:
        self.world, self.thread = world, thread
        self.ada, self.bo, self.cy = people

    async def export(self) -> None:
        await self.ada.answer("participation export")
        self.world.clock.move(hours=1)

    async def compared(self, who: Human | None = None) -> dict[str, list[tuple[str, str]]]:
        """What changed and why, by student."""
        found: dict[str, list[tuple[str, str]]] = {}
        said = await (who or self.ada).answer("participation compare")
        for line in said.splitlines():
            if " | " in line and not line.startswith("Student | "):
                name, what, why = line.split(" | ")
                found.setdefault(name, []).append((what, why))
        return found


@pytest.fixture
async def room(world: World) -> Class:
    people = [await world.person(name) for name in ("Ada", "Bo", "Cy")]
    await world.course(people[0])
    thread = await world.post(people[0])
    await people[1].say("One two", thread)
    await people[2].say("Three", thread)
    return Class(world, people, thread)


async def test_figures_stand_with_what_changed_them(room: Class) -> None:
    edited = await room.bo.say("One", room.thread)
    await room.export()
    await room.bo.edit(edited, "One two three")
    await room.cy.say("An answer", to=edited)
    found = await room.compared()
    assert [what for what, _ in found["Bo"]] == [
        "words 3 → 5; words_raw 3 → 5; characters 10 → 20",
        "replies_received 0 → 1; answered_by 0 → 1",
    ]
    assert found["Bo"][0][1].startswith("1 message edited since: D1, Mon 7 Sep 2026, 05:00 EDT (ed")
    assert found["Bo"][1][1].startswith("1 response to them written since: D1, Cy, Mon 7 Sep 2026")
    ((what, why),) = found["Cy"]
    assert "replies 0 → 1" in what
    assert why.startswith("1 message written since: D1, ")


async def test_an_edit_is_no_cause_of_there_being_one_message_more(room: Class) -> None:
    first = await room.bo.say("One", room.thread)
    await room.export()
    await room.bo.edit(first, "One two")
    await room.bo.say("Three", room.thread)
    (posts, written), (words, both) = (await room.compared())["Bo"]
    assert posts.startswith("posts 2 → 3; last ")
    assert words.startswith("words 3 → 5")
    assert "edited since" not in written
    assert "edited since" in both
    assert "written since" in both


async def test_what_classmates_did_among_themselves_is_no_cause(room: Class) -> None:
    dee = await room.world.person("Dee")
    first = await dee.say("Four", room.thread)
    await room.export()
    await room.cy.say("For Dee", to=first)
    assert {*await room.compared()} == {"Cy", "Dee"}


async def test_a_deleted_message_is_told_to_who_answered_it_and_who_wrote_after_it(
    room: Class,
) -> None:
    first = await room.bo.say("Only this", room.thread)
    await room.cy.say("An answer", to=first)
    await room.export()
    await room.bo.delete(first)
    found = await room.compared()
    ((what, why),) = found["Cy"]
    assert what == "peers_root 1 → 0"
    assert why.startswith("1 message that they answered deleted since: D1, Bo, Mon 7 Sep 2026")
    assert any("replies_received 1 → 0" in what for what, _ in found["Bo"])


async def test_of_many_messages_the_first_are_named_and_the_others_counted(room: Class) -> None:
    await room.export()
    for n in range(5):
        await room.bo.say(f"Number {n}", room.thread)
    ((_, why),) = (await room.compared())["Bo"]
    assert why.startswith("5 messages written since: D1, ")
    assert why.endswith("; and 2 more")


async def test_more_time_makes_a_late_message_count_and_a_due_time_is_moved(room: Class) -> None:
    await room.ada.answer("prompt due", discussion="D1", due="today 06:00")
    await room.export()
    await room.ada.answer("prompt due", discussion="D1", closes="tue 9am")  # as due as it was
    assert await room.compared() == {}
    await room.ada.answer("prompt due", discussion="D1", due="none")
    ((what, why),) = (await room.compared())["Bo"]
    assert what == "on_time 1 → 0"
    assert why.startswith("D1 is due no more, set by Ada, Mon 7 Sep 2026")
    await room.ada.answer("prompt close", discussion="D1")
    room.world.clock.move(hours=1)
    await room.bo.say("Late words", room.thread)
    await room.export()
    await room.ada.answer(
        "participation extend",
        student="Bo",
        discussion="D1",
        until="2026-09-08 09:00",
        reason="ill",
    )
    ((what, why),) = (await room.compared())["Bo"]
    assert "extended 0 → 1; posts 1 → 2; words 2 → 4" in what
    assert why.startswith("they got more time for D1 by Ada, Mon 7 Sep 2026")
    assert "ill" not in why


async def test_reactions_sides_and_withdrawals_have_their_times(room: Class) -> None:
    said = await room.bo.say("One", room.thread)
    await room.export()
    await room.cy.react(said, "👍")
    await room.bo.run("prompt side", side="ideology", thread=room.thread)
    found = await room.compared()
    assert [what for what, _ in found["Bo"]] == ["sides 0 → 1", "reactions_received 0 → 1"]
    assert found["Bo"][0][1].startswith("they took a side in D1, Mon 7 Sep 2026")
    assert found["Bo"][1][1].startswith("1 reaction to their messages changed since: D1, ")
    assert found["Cy"][0][1].startswith("1 reaction of theirs changed since: D1, ")
    await room.ada.answer("prompt withdraw", what="D1")
    ((what, why), *_) = (await room.compared())["Cy"]
    assert what.startswith("discussions_open 1 → 0; discussions_joined 1 → 0; posts 1 → 0")
    assert why.startswith("D1 was withdrawn, Mon 7 Sep 2026")


async def test_an_entry_of_the_roster_is_followed_to_its_account(room: Class) -> None:
    file = File("r.csv", "text/csv", ROSTER)
    await room.ada.answer("course roster", file=file, missing="left")
    await room.export()
    await room.ada.answer("roster link", student="Bo", entry="700123")
    found = await room.compared()
    assert {*found} == {"Bo Drift"}
    (united, why), *_ = found["Bo Drift"]
    assert united == "two rows → one"
    assert why.startswith("an account was linked to the roster by Ada, Mon 7 Sep 2026")
    dot = await room.world.person("Dot")
    await dot.say("I am new", room.thread)
    await room.ada.answer("roster link", student="Dot", entry="700789")
    found = await room.compared()
    assert all("no row" not in what and "none" not in what for what, _ in found["Dot Doe"])
    assert any("posts 0 → 1" in what and why.startswith("1 message written since")
               for what, why in found["Dot Doe"])  # fmt: skip


async def test_who_is_new_or_gone_has_a_row_that_comes_or_goes(room: Class) -> None:
    eve = await room.world.person("Eve")
    await eve.answer("help")
    await room.export()
    dee = await room.world.person("Dee")
    await dee.say("Four", room.thread)
    await room.ada.answer("course staff", person="Eve", role="assistant")
    found = await room.compared()
    ((what, why),) = found["Dee"]
    assert what.startswith("no row → one; discussions_open nothing → 1")
    assert "excused" not in what, "zeros that come with the row are none of its news"
    assert "they came into the course, Mon 7 Sep 2026" in why
    ((what, why),) = found["a student who is no longer there"]
    assert what == "a row → none; discussions_open 1 → nothing"
    assert why.startswith("the role was changed by Ada, Mon 7 Sep 2026")


async def test_what_made_a_new_row_is_named_whatever_else_changed_it(room: Class) -> None:
    await room.export()
    file = File("r.csv", "text/csv", ROSTER)
    await room.ada.answer("course roster", file=file, missing="left")
    await room.ada.answer("participation rule", rule="2 points for a post")
    await room.world.post(room.ada)
    ((what, why),) = (await room.compared())["Dot Doe"]
    assert what.startswith("no row → one")
    assert "the roster was taken anew by Ada" in why


async def test_two_accounts_that_became_one_are_the_cause(world: World) -> None:
    ada, cy, _ = await _two_spaces(world)
    await ada.answer("participation export")
    world.clock.move(hours=1)
    await _links_there(world, await _link_code(cy), CY)
    said = await ada.answer("participation compare")
    (line,) = [line for line in said.splitlines() if line.startswith("Cy | ")]
    assert "posts 1 → 2; words 3 → 5" in line
    assert " | two accounts were made one member by Cy, " in line


async def test_what_nobody_noted_is_said_to_be_unknown_and_definitions_are_named(
    room: Class,
) -> None:
    await room.export()

    async def alter(query: str) -> None:
        await room.world.app.services.database.write(lambda db: db.execute(sql(query)))

    await alter("UPDATE export_figures SET number = 7 WHERE name = 'posts'")
    found = await room.compared()
    assert {*found} == {"Bo", "Cy"}
    assert found["Bo"][0][0] == "posts 7 → 1"
    assert found["Bo"][0][1].startswith("nothing was noted that would say")
    await alter("UPDATE exports SET version = '2'")
    assert (await room.compared())["Bo"][0][1] == "the definitions are version 3, and were 2"


async def test_links_go_with_the_texts_that_are_not_kept(room: Class) -> None:
    await room.bo.say("See https://example.org/a", room.thread)
    await room.ada.answer("course settings", keep_text=1)
    await room.export()
    services = room.world.app.services
    now = room.world.clock.move(days=3)
    await forget_what_is_due(services.database, now, services.packs)
    ((what, why),) = (await room.compared())["Bo"]
    assert what == "links 1 → 0"
    assert why == "texts go after 1 day, and what they linked with them"


async def test_a_message_that_came_late_says_so(room: Class) -> None:
    await room.export()
    place = Place(SPACE, ChannelRef("history"), ThreadRef(str(room.thread)))
    before = room.world.clock.now() - timedelta(hours=2)
    dee = Person(AccountRef(room.bo.ref), "Bo")
    await room.world.app.intake.take_in(
        MessagePosted(place, MessageRef("99999"), dee, before, "Late words")
    )
    await room.world.settle()
    ((_, why),) = [one for one in (await room.compared())["Bo"] if "words 2 → 4" in one[0]]
    assert why.startswith("1 message known only since, though written before: D1, Mon 7 Sep 2026")
    assert "(came Mon 7 Sep 2026" in why


def test_what_becomes_of_a_message() -> None:
    day = timedelta(days=1)
    one = Touched(MessageId(1), MemberId(1), DiscussionId(1), START - day, START - day, None, None)
    assert (
        fate_of(replace(one, sent_at=START + day, received_at=START + day), START) is Fate.WRITTEN
    )
    assert fate_of(replace(one, received_at=START + day), START) is Fate.LATE
    assert fate_of(replace(one, received_at=START + day, deleted_at=START + day), START) is None
    assert fate_of(replace(one, edited_at=START + day, deleted_at=START - day), START) is None
    assert fate_of(replace(one, deleted_at=START + day), START) is Fate.DELETED
    assert fate_of(replace(one, edited_at=START + day), START) is Fate.EDITED
