"""“Check sources”: what the asker is told of claims, in which order, and what is left alone."""

import pytest

from bot.core.commands import Answer
from prompts.claims import MAX_TEXT
from tests.world import Human, World

HOUR = "Stakhanov cut 102 tons of coal in one hour."


@pytest.fixture
async def ada(world: World) -> Human:
    ada = await world.person("Ada")
    await world.course(ada)
    return ada


async def test_what_differs_comes_first_with_its_fact_and_source(ada: Human) -> None:
    said = await ada.answer(
        "fact check", text=f"The record was fourteen times Stakhanov's quota. {HOUR}"
    )
    first, _, rest = said.partition("Borne out.")
    assert "> Stakhanov cut 102 tons of coal in one hour." in first
    assert "The sources have it otherwise." in first
    assert "F8" in first
    assert "fourteen times" in rest
    assert "F8: Essay, [Essay on the Stakhanovite movement], paragraph 1." in rest
    assert "Only you see this; nothing was posted." in rest


async def test_what_only_a_reader_says_is_not_called_borne_out(ada: Human) -> None:
    said = await ada.answer("fact check", text="The kulaks were deported and shamed.")
    assert "A reader's comment says so too." in said
    assert "Borne out." not in said


@pytest.mark.parametrize(
    "typed",
    [
        "I think the title was a brilliant idea.",
        "Was it really 201 tons?",
        "What if he had dug 200 tons instead?",
        "My grandfather worked in room 102 for six years.",
        "🙂",
        "F8",
    ],
)
async def test_opinions_questions_and_other_subjects_are_left_alone(ada: Human, typed: str) -> None:
    said = await ada.answer("fact check", text=typed)
    assert "otherwise" not in said
    assert "Nothing to check" in said


async def test_what_is_not_shown_is_counted_and_told_apart(ada: Human) -> None:
    hours = "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen"
    wrong = [f"Stakhanov cut 102 tons of coal in {n} hours." for n in hours]
    said = await ada.answer("fact check", text=" ".join([*wrong, "What a man!"]))
    assert said.count("> Stakhanov cut") == 6
    assert "2 more claims not shown" in said
    assert "1 sentence is opinion" in said


async def test_a_text_that_is_too_long_is_checked_as_far_as_it_goes(ada: Human) -> None:
    filler = "We met on Tuesday and talked for a while. " * (MAX_TEXT // 40)
    said = await ada.answer("fact check", text=f"{HOUR} {filler}")
    assert "otherwise" in said
    assert f"Only the first {MAX_TEXT:,} characters were checked." in said


async def test_only_the_asker_sees_it_and_nothing_is_recorded_of_it(
    world: World, ada: Human
) -> None:
    sam = await world.person("Sam")
    thread = await world.post(ada)
    before = await ada.sees(thread)
    outcome = await sam.run("fact check", thread=thread, text=f"{HOUR} See F8.")
    assert isinstance(outcome, Answer)
    await world.settle()
    assert [line for line in await ada.sees(thread) if "Stakhanov cut" in line] == []
    assert len(await ada.sees(thread)) == len(before)
    assert "Nothing has been written" in await ada.answer("participation why", student="Sam")


async def test_a_course_without_its_pack_says_so(ada: Human) -> None:
    ada.world.app.services.packs.clear()
    outcome = await ada.run("fact check", text=HOUR)
    assert "is not installed" in str(outcome)
