"""A course's people, its settings, its end."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import timedelta

from bot.core.events import MessagePosted, MessageRef, Person, Place, ThreadRef
from bot.core.privacy import forget_what_is_due
from tests.world import PROMPT, SPACE, Human, World


async def _a_class(world: World, *names: str) -> tuple[int, list[Human]]:
    """The first one teaches; the prompt's thread, and the people."""
    people = [await world.person(name) for name in names]
    await world.course(people[0])
    return await world.post(people[0]), people


async def _posted(world: World, who: Human, thread: int, ref: str) -> MessagePosted:
    place = Place(SPACE, await world.channel(), ThreadRef(str(thread)))
    person = Person(who.ref, who.name)
    return MessagePosted(place, MessageRef(ref), person, world.clock.now(), f"Text of {ref}.")


async def test_a_picked_stranger_is_not_taken_for_a_member_of_the_same_name(world: World) -> None:
    thread, (ada, alex) = await _a_class(world, "Ada", "Alex")
    await alex.say("An answer.", thread)
    stranger = await world.app.browser.classroom.store.add_person(
        type(alex.ref)("stranger"), "Alex", world.clock.now()
    )
    form = await ada.form("participation why", student=stranger.ref)
    assert "Alex is not in this course yet" in form.problems["student"]
    assert "Alex is an assistant" in await ada.answer(
        "course staff", person="Alex", role="assistant"
    )


async def test_staff_may_be_named_who_never_wrote(world: World) -> None:
    _, (ada,) = await _a_class(world, "Ada")
    zoe = await world.person("Zoe")
    assert "Zoe is an instructor" in await ada.answer(
        "course staff", person=zoe.ref, role="instructor"
    )
    assert "Nothing was changed" in await zoe.answer("course settings")
    nobody = await ada.form("course staff", person="Zebedee", role="assistant")
    assert "There is no person of this course called “Zebedee”" in nobody.problems["person"]


async def test_a_second_setup_changes_nothing_and_says_so_where_it_would(world: World) -> None:
    _, (ada,) = await _a_class(world, "Ada")
    assert "History 101 is set up" in await ada.answer("course setup", title="History 101")
    refused = await ada.form("course setup", title="History 101", zone="Asia/Tokyo")
    assert "/course settings changes it" in refused.problems[""]
    assert "Asia/Tokyo" not in await ada.answer("course show")


async def test_clearing_what_is_not_there_changes_nothing(world: World) -> None:
    _, (ada,) = await _a_class(world, "Ada")
    for what in ("notify", "staff_channel"):
        assert "Nothing was changed" in await ada.answer("course settings", clear=what)


async def test_of_two_who_set_a_channel_up_at_once_one_is_told_it_is_taken(world: World) -> None:
    ada = await world.person("Ada")
    await world.channel()
    outcomes = await asyncio.gather(
        ada.run("course setup", title="History 101"), ada.run("course setup", title="Latin 3")
    )
    said = str(outcomes)
    assert ("belongs to the course “History 101”" in said) != (
        "belongs to the course “Latin 3”" in said
    )


async def test_of_two_edits_at_once_neither_is_lost(world: World) -> None:
    _, (ada,) = await _a_class(world, "Ada")
    await ada.answer("prompt new", title="Old title", text="Old text", tags="coal")
    await asyncio.gather(
        ada.answer("prompt edit", prompt="P1", title="New title"),
        ada.answer("prompt edit", prompt="P1", text="New text"),
    )
    preview = await ada.answer("prompt preview", prompt="P1")
    assert "New title" in preview
    assert "New text" in preview


async def test_after_the_end_nothing_changes_but_what_is_deleted(world: World) -> None:
    thread, (ada, bo, cy) = await _a_class(world, "Ada", "Bo", "Cy")
    kept = await bo.say("Three words here.", thread)
    gone = await bo.say("Regretted.", thread)
    await ada.answer("course archive", confirm="history 101")
    await bo.edit(kept, "Now there are many more words than before.")
    await cy.react(kept, "👍")
    await cy.say("Too late to join.", thread)
    await bo.delete(gone)
    await cy.answer("help")
    table = await ada.answer("participation class")
    assert "Bo | 1 | 1 | 0 | 3 | 0 | 0" in table
    assert "Cy" not in table
    assert "archived, and closed to changes" in await ada.answer("prompt post", prompt=PROMPT)
    assert "Nothing is recorded about you" in await cy.answer("participation me")


async def test_whoever_only_reacts_is_told_and_is_in_the_course(world: World) -> None:
    thread, (ada, bo, cy) = await _a_class(world, "Ada", "Bo", "Cy")
    message = await bo.say("An answer.", thread)
    await cy.react(message, "👍")
    await world.settle()
    assert any("I record what you write" in words for words in await cy.sees(thread))
    assert "Cy | 0 | 0 | 0 | 0 | 0 | 0" in await ada.answer("participation class")


async def test_told_again_late_an_old_name_and_a_text_let_go_do_not_come_back(
    world: World,
) -> None:
    thread, (ada, bo) = await _a_class(world, "Ada", "Bo")
    first = await _posted(world, bo, thread, "m1")
    await world.app.intake.take_in(first)
    world.clock.move(hours=1)
    bo.name = "Robert"
    await world.app.intake.take_in(await _posted(world, bo, thread, "m2"))
    await ada.answer("course settings", keep_text=1)
    world.clock.move(days=2)
    await forget_what_is_due(world.app.services.database, world.clock.now(), {})
    await world.app.intake.take_in(first)
    assert "Robert | 1 | 2" in await ada.answer("participation class")
    with closing(sqlite3.connect(world.settings.database)) as db:
        assert db.execute("SELECT text FROM message_texts").fetchall() == []


async def test_a_role_holds_for_what_is_written_after_it_however_late_it_is_told(
    world: World,
) -> None:
    thread, (ada, bo) = await _a_class(world, "Ada", "Bo")
    await bo.say("As a student.", thread)
    ahead = await _posted(world, bo, thread, "m9")
    ahead = MessagePosted(
        ahead.place, ahead.message, ahead.author, ahead.sent_at + timedelta(hours=1), "As staff."
    )
    await world.app.intake.take_in(ahead)
    await ada.answer("course staff", person="Bo", role="assistant")
    once = await ada.answer("participation why", student="Bo")
    await world.app.intake.take_in(ahead)
    assert "no: written as staff of the course" in once
    assert (await ada.answer("participation why", student="Bo")) == once


async def test_names_stand_as_in_the_alphabet(world: World) -> None:
    thread, people = await _a_class(world, "Ada", "Zed", "bo", "Émile")
    for human in people[1:]:
        await human.say("Here.", thread)
    table = await people[0].answer("participation class")
    assert table.index("bo |") < table.index("Émile |") < table.index("Zed |")


async def test_which_channel_is_asked_where_there_are_several(world: World) -> None:
    ada = await world.person("Ada")
    await world.course(ada)
    await world.channel("corridor")
    await world.app.services.database.write(
        lambda db: db.exec_driver_sql(
            "INSERT INTO channels (course_id, space_id, ref, name, kind, created_at)"
            " VALUES (1, 1, 'second', 'second', 'class', 0)"
        )
    )
    form = await ada.form("prompt post", channel="corridor", prompt=PROMPT)
    assert "the course has history, second" in form.problems["channel"]


async def test_what_no_text_holds_is_left_out_of_what_is_typed(world: World) -> None:
    _, (ada,) = await _a_class(world, "Ada")
    said = await ada.answer(
        "prompt new", title="Co\x00al\u202e!", text="Why\ud800?\r\n\r\nSo?\x07", sides=""
    )
    assert "P1 is kept" in said
    preview = await ada.answer("prompt preview", prompt="P1")
    assert preview.startswith("Coal!\nWhy?\nSo?")


async def test_a_course_keeps_its_pack_while_something_rests_on_it(world: World) -> None:
    ada = await world.person("Ada")
    await world.course(ada)
    said = await ada.answer("course settings", pack="gettysburg")
    assert "Pack: gettysburg" in said
    await ada.answer("course settings", pack="soviet-labor")
    await world.post(ada)
    form = await ada.form("course settings", pack="gettysburg")
    assert "D1 rests on the facts of soviet-labor" in form.problems["pack"]
    await ada.answer("prompt withdraw", what="D1")
    assert "Pack: gettysburg" in await ada.answer("course settings", pack="gettysburg")
