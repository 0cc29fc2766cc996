"""A student in two spaces of a course: one member once they or staff have said so, and not before;
and two again when staff part them."""

import json
from dataclasses import replace

from bot.core import roles
from bot.core.commands import Answer, Choice, Form, Invocation, Outcome
from bot.core.events import (
    AccountRef,
    ChannelRef,
    InvocationId,
    MessageEdited,
    MessagePosted,
    MessageRef,
    Person,
    PersonLeft,
    Place,
    RoleRef,
    ThreadRef,
)
from storage import courses, discussions, members
from storage.database import Connection
from storage.ids import CourseId, DiscussionId
from tests.core.test_joining import THERE, _code, _look, _said, _second, _taught, _there
from tests.world import PROMPT, SPACE, Human, World

COURSE = CourseId(1)
CY = Person(AccountRef("u-cy"), "Cy Young")
WRONG = "Nobody in this course has this code, or not any more"


async def _two_spaces(world: World) -> tuple[Human, Human, ThreadRef]:
    """Ada and Cy of the browser; D1 stands here and there, and Cy has written in both."""
    ada, cy = await _taught(world, "Cy")
    second = _second(world)
    await _there(world, "course join", code=await _code(ada))
    await _there(world, "prompt post", prompt=PROMPT, channel="all")
    posts = await world.app.browser.classroom.messages(ChannelRef("history"), None, None)
    await cy.say("Three words here.", max(m.id for m in posts if m.author is None))
    thread = ThreadRef(second.standing[0].ref)
    world.clock.move(seconds=1)
    place = Place(THERE.space, THERE.channel, thread)
    await world.app.intake.take_in(
        MessagePosted(place, MessageRef("m1"), CY, world.clock.now(), "And two.")
    )
    await world.settle()
    return ada, cy, thread


async def _link_code(who: Human) -> str:
    (code,) = [line for line in (await who.answer("course link")).splitlines() if len(line) == 8]
    return code


async def _links_there(world: World, code: str, who: Person = CY) -> Outcome:
    return await _there(world, "course link", who, manages=False, code=code)


def _problem(outcome: Outcome) -> str:
    assert isinstance(outcome, Form), outcome
    return " ".join(outcome.problems.values())


async def test_two_rows_of_the_table_become_one(world: World) -> None:
    ada, cy, _ = await _two_spaces(world)
    before = await ada.answer("participation class")
    assert "Cy | 1 | 1 | 0 | 3" in before
    assert "Cy Young | 1 | 1 | 0 | 2" in before
    said = _said(await _links_there(world, await _link_code(cy)))
    assert "You are one member of History 101" in said
    after = await ada.answer("participation class")
    assert "Cy | 1 | 2 | 0 | 5" in after
    assert "Cy Young" not in after
    mine = _said(await _there(world, "participation me", CY, manages=False))
    assert mine == await cy.answer("participation me")


async def test_what_is_written_later_from_either_account_is_the_one_members(world: World) -> None:
    ada, cy, thread = await _two_spaces(world)
    await _links_there(world, await _link_code(cy))
    place = Place(THERE.space, THERE.channel, thread)
    now = world.clock.move(seconds=1)
    await world.app.intake.take_in(MessagePosted(place, MessageRef("m2"), CY, now, "One more."))
    assert "Cy | 1 | 3 | 0 | 7" in await ada.answer("participation class")
    assert _look(world, "SELECT COUNT(DISTINCT member_id) FROM messages") == [(1,)]


async def test_of_two_sides_the_later_one_holds(world: World) -> None:
    _, cy, _ = await _two_spaces(world)
    content = json.loads(_look(world, "SELECT content FROM discussions")[0][0])
    first, second = [side for side, _ in content["sides"][:2]]
    code = await _link_code(cy)
    await cy.answer("prompt side", discussion="D1", side=first)
    await _there(world, "prompt side", CY, manages=False, discussion="D1", side=second)
    await _links_there(world, code)
    async with world.app.services.database.read() as db:
        held = await discussions.sides_of(db, CourseId(1), DiscussionId(1))
    assert list(held.values()) == [second]


async def test_it_is_noted_and_no_trace_of_the_other_member_is_left(world: World) -> None:
    _, cy, _ = await _two_spaces(world)
    ((kept,), (gone,)) = _look(
        world, "SELECT DISTINCT member_id FROM roles WHERE role = 'student' ORDER BY 1"
    )
    await _links_there(world, await _link_code(cy))
    noted = _look(world, "SELECT member_id, subject FROM audit WHERE action = 'course link'")
    assert noted == [(kept, str(gone))]
    for table in ("member_accounts", "messages", "sides_taken", "audit", "roles", "link_codes"):
        query = f"SELECT COUNT(*) FROM {table} WHERE member_id = {gone}"  # noqa: S608 - our own
        assert _look(world, query) == [(0,)], table
    assert _look(world, f"SELECT COUNT(*) FROM members WHERE id = {gone}") == [(0,)]  # noqa: S608


# --- who may, and with which code ---------------------------------------------------------------


async def test_a_code_works_once_and_the_form_sent_twice_is_answered_twice(world: World) -> None:
    _, cy, _ = await _two_spaces(world)
    code = await _link_code(cy)
    first = _said(await _links_there(world, code))
    assert _said(await _links_there(world, code)) == first
    assert len(_look(world, "SELECT id FROM audit WHERE action = 'course link'")) == 1
    stranger = Person(AccountRef("u-di"), "Di")
    assert WRONG in _problem(await _links_there(world, code, stranger))


async def test_a_code_lasts_an_hour_and_a_newer_one_takes_its_place(world: World) -> None:
    _, cy, _ = await _two_spaces(world)
    earlier, newer = await _link_code(cy), await _link_code(cy)
    assert WRONG in _problem(await _links_there(world, earlier))
    world.clock.move(hours=1)
    assert WRONG in _problem(await _links_there(world, newer))


async def test_nobody_gains_a_role_by_linking(world: World) -> None:
    ada, cy, _ = await _two_spaces(world)
    assert "Only accounts that have always been students'" in await ada.answer("course link")
    code = await _link_code(cy)
    tom = Person(AccountRef("u-tom"), "Tom")
    assert "always been students'" in _problem(await _links_there(world, code, tom))
    await ada.answer("course staff", person="Cy", role="assistant")
    assert "always been students'" in _problem(await _links_there(world, code))
    await ada.answer("course staff", person="Cy", role="student")
    assert "always been students'" in _problem(await _links_there(world, code))


async def test_two_people_of_one_space_stay_two(world: World) -> None:
    _, cy, _ = await _two_spaces(world)
    code = await _link_code(cy)
    bo = await world.person("Bo")
    assert "so these are two" in _problem(await bo.run("course link", code=code))
    assert "This is your own code" in _problem(await cy.run("course link", code=code))
    assert isinstance(await _links_there(world, code), Answer)
    di = Person(AccountRef("u-di"), "Di")
    assert "so these are two" in _problem(await _links_there(world, await _link_code(cy), di))


async def test_another_courses_code_is_no_code_here(world: World) -> None:
    _, cy, _ = await _two_spaces(world)
    eve = await world.person("Eve")
    eve.manages = True
    await world.course(eve, "seminar", "Latin 3")
    said = await cy.answer("course link", channel="seminar")
    (code,) = [line for line in said.splitlines() if len(line) == 8]
    assert WRONG in _problem(await _links_there(world, code))


async def test_codes_can_not_be_guessed_here_either(world: World) -> None:
    _, cy, _ = await _two_spaces(world)
    code = await _link_code(cy)
    for _ in range(5):
        assert WRONG in _problem(await _links_there(world, "ABCDEFGH"))
    assert "try again in an hour" in _problem(await _links_there(world, code))


async def test_an_archived_course_links_nobody(world: World) -> None:
    ada, cy, _ = await _two_spaces(world)
    code = await _link_code(cy)
    await ada.answer("course archive", confirm="History 101")
    assert "closed to changes" in _problem(await _links_there(world, code))
    assert "closed to changes" in await cy.answer("course link")


# --- by staff -----------------------------------------------------------------------------------


async def _offered(world: World, who: Human, command: str, param: str, typed: str) -> list[Choice]:
    asked = Invocation(
        InvocationId("asked"), Place(SPACE, ChannelRef("history")), Person(who.ref, who.name),
        command, {}, world.clock.now(),
    )  # fmt: skip
    return list(await world.app.dispatcher.complete(asked, param, typed))


async def _of(world: World, ada: Human, label: str, typed: str = "cy") -> str:
    """The value of the account that is suggested under this label."""
    found = await _offered(world, ada, "course merge", "first", typed)
    return next(choice.value for choice in found if choice.label == label)


async def _merged(world: World) -> tuple[Human, Human, ThreadRef, str, str]:
    ada, cy, thread = await _two_spaces(world)
    here, there = await _of(world, ada, "Cy (Browser)"), await _of(world, ada, "Cy Young (Second)")
    said = await ada.answer("course merge", first=here, second=there)
    assert "Cy (Browser) and Cy Young (Second) are one member" in said
    return ada, cy, thread, here, there


async def test_an_instructor_says_that_two_are_one(world: World) -> None:
    ada, cy, _, here, there = await _merged(world)
    after = await ada.answer("participation class")
    assert "Cy | 1 | 2 | 0 | 5" in after
    assert "Cy Young" not in after
    mine = _said(await _there(world, "participation me", CY, manages=False))
    assert mine == await cy.answer("participation me")
    again = await ada.answer("course merge", first=there, second=here)
    assert "are one member already" in again
    ((kept,),) = _look(world, "SELECT DISTINCT member_id FROM messages")
    noted = _look(world, "SELECT subject FROM audit WHERE action = 'course merge'")
    assert noted == [(str(kept),)]


async def test_merging_is_for_students_of_two_spaces_and_for_instructors(world: World) -> None:
    ada, cy, _ = await _two_spaces(world)
    bo = await world.person("Bo")
    await bo.answer("prompt list")
    said = await ada.answer("course merge", first="Cy", second="Bo")
    assert "these are two people" in said
    said = await ada.answer("course merge", first="Cy", second="Tom")
    assert "always been students'" in said
    said = await cy.answer("course merge", first="Cy", second="Cy Young")
    assert "/course merge is for instructors" in said
    form = await ada.form("course merge", first="Cy", second="Zoe")
    assert "no account in this course called" in form.problems["second"]
    assert len(_look(world, "SELECT DISTINCT member_id FROM messages")) == 2


async def test_split_gives_each_account_back_what_it_did(world: World) -> None:
    ada, cy, thread = await _two_spaces(world)
    content = json.loads(_look(world, "SELECT content FROM discussions")[0][0])
    first, second = [side for side, _ in content["sides"][:2]]
    await cy.answer("prompt side", discussion="D1", side=first)
    await _there(world, "prompt side", CY, manages=False, discussion="D1", side=second)
    await _links_there(world, await _link_code(cy))
    later = Place(THERE.space, THERE.channel, thread)
    await world.app.intake.take_in(
        MessagePosted(later, MessageRef("m2"), CY, world.clock.move(seconds=1), "One more.")
    )
    for _ in range(2):  # the form sent twice
        said = await ada.answer("course split", account=await _of(world, ada, "Cy Young (Second)"))
    assert "is a member with no other account" in said
    after = await ada.answer("participation class")
    assert "Cy | 1 | 1 | 0 | 3" in after
    assert "Cy Young | 1 | 2 | 0 | 4" in after
    async with world.app.services.database.read() as db:
        held = await discussions.sides_of(db, CourseId(1), DiscussionId(1))
    assert sorted(held.values()) == sorted([first, second])
    assert "1 message, of which 1 counts" in await cy.answer("participation me")
    ((old, details),) = _look(
        world, "SELECT subject, details FROM audit WHERE action = 'course split'"
    )
    assert _look(world, "SELECT DISTINCT member_id FROM messages ORDER BY 1") == [
        (int(old),), (json.loads(details)["made"],)
    ]  # fmt: skip
    assert _look(world, "SELECT * FROM link_codes") == []


async def test_what_is_split_can_be_linked_again_and_only_linked_ones_are_offered(
    world: World,
) -> None:
    ada, _, _, here, there = await _merged(world)
    offered = await _offered(world, ada, "course split", "account", "")
    assert [choice.value for choice in offered] == [here, there]
    assert "is a member of its own" in await ada.answer("course split", account=there)
    assert await _offered(world, ada, "course split", "account", "") == []
    assert "are one member" in await ada.answer("course merge", first=here, second=there)
    assert "Cy | 1 | 2 | 0 | 5" in await ada.answer("participation class")


async def test_what_was_written_as_staff_stays_so_and_the_split_one_is_a_student(
    world: World,
) -> None:
    ada, _, thread, _, there = await _merged(world)
    await ada.answer("course staff", person="Cy", role="assistant")
    place = Place(THERE.space, THERE.channel, thread)
    sent = world.clock.move(seconds=1)
    await world.app.intake.take_in(MessagePosted(place, MessageRef("m2"), CY, sent, "As staff."))
    await ada.answer("course split", account=there)
    shown = await ada.answer("course show")
    assert "Cy (assistant)" in shown
    assert "Cy Young" not in shown
    edited = world.clock.move(seconds=1)
    await world.app.intake.take_in(
        MessageEdited(place, MessageRef("m2"), edited, "Still as staff.", CY)
    )
    assert "Cy Young | 1 | 1 | 0 | 2" in await ada.answer("participation class")


async def test_a_role_of_the_platforms_goes_with_the_account_that_holds_it(world: World) -> None:
    ada, cy, _ = await _two_spaces(world)
    await _links_there(world, await _link_code(cy))
    database, tutors = world.app.services.database, RoleRef("tutors")

    async def chosen(db: Connection) -> None:
        space = await courses.ensure_space(db, THERE.space, world.clock.now())
        await roles.choose(db, COURSE, space, "assistants", (tutors, "Tutors"), world.clock.now())

    await database.write(chosen)
    holds = replace(CY, roles=frozenset({tutors}))
    at = world.clock.move(seconds=1)
    await database.write(lambda db: roles.notice(db, COURSE, THERE.space, holds, at))
    assert "Cy (assistant)" in await ada.answer("course show")
    world.clock.move(seconds=1)
    await ada.answer("course split", account=await _of(world, ada, "Cy Young (Second)"))
    async with database.read() as db:
        now = {member.name: member.role for member in await members.members_of(db, COURSE)}
    assert (now["Cy"], now["Cy Young"]) == ("student", "assistant")
    gone = replace(CY, roles=frozenset())
    at = world.clock.move(seconds=1)
    await database.write(lambda db: roles.notice(db, COURSE, THERE.space, gone, at))
    assert "assistant" not in await ada.answer("course show")


async def test_who_left_with_one_account_has_left_once_it_is_split(world: World) -> None:
    ada, _, _, _, there = await _merged(world)
    await world.app.intake.take_in(PersonLeft(THERE.space, CY.ref, world.clock.move(seconds=1)))
    assert "has left" not in await ada.answer("participation class")
    await ada.answer("course split", account=there)
    assert "Cy Young (has left) | 1" in await ada.answer("participation class")
    await ada.answer("course merge", first="Cy", second=there)
    assert "has left" not in await ada.answer("participation class")


async def test_an_archived_course_is_neither_merged_nor_split(world: World) -> None:
    ada, _, _, here, there = await _merged(world)
    await ada.answer("course archive", confirm="History 101")
    assert "closed to changes" in await ada.answer("course split", account=there)
    assert "closed to changes" in await ada.answer("course merge", first=here, second=there)
