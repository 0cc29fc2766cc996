"""Posting, replying, closing, reopening and withdrawing, as people meet them."""

import asyncio

from tests.world import PROMPT, World


async def test_a_class_from_setup_to_why(world: World) -> None:
    """The main way through the house, in one conversation."""
    ada, bo, cy = [await world.person(name) for name in ("Ada", "Bo", "Cy")]
    await world.channel()
    assert "no course in this channel" in await bo.answer("prompt list")
    await world.course(ada)
    thread = await world.post(ada)
    answer = await bo.say("The kulaks were deported, the shock workers praised.", thread)
    response = await cy.say("But peasants could get titles too, Bo.", to=answer)
    await bo.react(response, "👍")
    await bo.edit(answer, "The kulaks were deported.")
    await world.settle()

    said = await ada.answer("participation class")
    assert "Bo | 1 | 1 | 0 | 4 | 0 | 1 | 0" in said
    assert "Cy | 1 | 0 | 1 | 7 | 1 | 0 | 0" in said
    why = await ada.answer("participation why", student="Cy")
    assert "1 message, of which 1 counts" in why
    assert "Bo | yes |  | 7" in why


async def test_a_late_reply_does_not_count_and_why_says_so(world: World) -> None:
    ada, bo = [await world.person(name) for name in ("Ada", "Bo")]
    await world.course(ada)
    thread = await world.post(ada)
    await bo.say("In time.", thread)
    assert "D1 is closed" in await ada.answer("prompt close", discussion="D1")
    await bo.say("Too late.", thread)
    why = await ada.answer("participation why", student="Bo")
    assert "2 messages, of which 1 counts" in why
    assert "no: written while the discussion was closed" in why

    assert "open again" in await ada.answer("prompt reopen", thread=thread)
    await bo.say("In time again.", thread)
    why = await ada.answer("participation why", student="Bo")
    assert "3 messages, of which 2 count" in why


async def test_closing_shows_a_summary_and_marks_the_post(world: World) -> None:
    ada, bo = [await world.person(name) for name in ("Ada", "Bo")]
    await world.course(ada)
    thread = await world.post(ada)
    await bo.say("An answer.", thread)
    await ada.answer("prompt close", thread=thread)
    assert "Closed" in (await bo.sees())[0]
    summary = (await bo.sees(thread))[-1]
    assert "Students who wrote: 1" in summary
    assert "Answers nobody responded to: 1" in summary
    assert "at least 5 people" in summary


async def test_the_same_invocation_posts_once(world: World) -> None:
    ada = await world.person("Ada")
    await world.course(ada)
    for _ in range(2):
        await ada.run("prompt post", prompt=PROMPT, invocation="pressed-twice")
    await asyncio.gather(
        *(ada.run("prompt post", prompt=PROMPT, invocation="at-once") for _ in range(5))
    )
    posts = [words for words in await ada.sees() if "reply in the thread" in words]
    assert [words.rsplit("\n", 1)[1] for words in posts] == [
        "D1 · reply in the thread",
        "D2 · reply in the thread",
    ]


async def test_two_instructors_never_take_the_same_number(world: World) -> None:
    ada = await world.person("Ada")
    await world.course(ada)
    await asyncio.gather(*(ada.run("prompt post", prompt=PROMPT) for _ in range(8)))
    footers = {words.rsplit("\n", 1)[1] for words in await ada.sees()}
    assert footers == {f"D{number} · reply in the thread" for number in range(1, 9)}


async def test_a_withdrawn_discussion_counts_nothing(world: World) -> None:
    ada, bo = [await world.person(name) for name in ("Ada", "Bo")]
    await world.course(ada)
    thread = await world.post(ada)
    await bo.say("An answer.", thread)
    await ada.answer("prompt withdraw", thread=thread)
    assert "Withdrawn" in (await bo.sees())[0]
    why = await ada.answer("participation why", student="Bo")
    assert "no: the discussion was withdrawn" in why


async def test_sides_are_taken_changed_and_kept_private(world: World) -> None:
    ada, bo, cy = [await world.person(name) for name in ("Ada", "Bo", "Cy")]
    await world.course(ada)
    await ada.answer("prompt new", title="T", text="Which?", sides="Left; Right")
    thread = await world.post(ada, "P1")
    assert "You took the side “Left”" in await bo.answer(
        "prompt side", discussion="D1", side="left"
    )
    assert "from “Left” to “Right”" in await bo.answer("prompt side", thread=thread, side="Right")
    problem = await bo.form("prompt side", discussion="D1", side="Rihgt")
    assert "did you mean Right?" in problem.problems["side"]
    assert "Your side in D1: Right." in await bo.answer("participation me")
    assert "Side in D1: Right." in await ada.answer("participation why", student="Bo")
    assert "Right" not in await cy.answer("participation me")


async def test_of_two_who_close_at_once_one_does_and_one_is_told(world: World) -> None:
    ada = await world.person("Ada")
    await world.course(ada)
    thread = await world.post(ada)
    said = await asyncio.gather(*(ada.answer("prompt close", discussion="D1") for _ in range(4)))
    assert sum("D1 is closed" in words for words in said) == 1
    assert sum("D1 is not open" in words for words in said) == 3
    assert sum("summary" in words for words in await ada.sees(thread)) == 1


async def test_what_answers_staff_or_oneself_is_no_response_to_a_classmate(world: World) -> None:
    ada, bo = [await world.person(name) for name in ("Ada", "Bo")]
    await world.course(ada)
    thread = await world.post(ada)
    hint = await ada.say("A hint.", thread)
    own = await bo.say("To your hint, Ada.", to=hint)
    await bo.say("And to go on.", to=own)
    said = await bo.answer("participation me")
    assert "Answers to prompts: 2\nResponses to classmates: 0" in said
    await ada.answer("prompt close", thread=thread)
    assert "Answers to the prompt: 2\nResponses: 0" in (await bo.sees(thread))[-1]


async def test_a_prompt_withdrawn_before_it_was_posted_is_not_reopened(world: World) -> None:
    ada = await world.person("Ada")
    await world.course(ada)
    await world.post(ada)
    await world.app.services.database.write(
        lambda db: db.exec_driver_sql("UPDATE outbox SET state = 'missed'")
    )
    await ada.answer("prompt withdraw", what="D1")
    assert "never posted" in await ada.answer("prompt reopen", discussion="D1")


async def test_the_course_is_asked_for_where_it_cannot_be_told(world: World) -> None:
    ada = await world.person("Ada")
    await world.course(ada)
    await world.course(ada, "physics", "Physics 7")
    await world.channel("corridor")
    form = await ada.form("course show", channel="corridor")
    assert form.params[0].name == "course"
    assert "Physics 7" in await ada.answer("course show", channel="corridor", course="Physics 7")
    again = await ada.form("course show", channel="corridor", course="Phisics 7")
    assert "did you mean Physics 7?" in again.problems["course"]
