"""Facts on command: what a person sees of a fact, its source, its disputes, and where to go on."""

import asyncio
import base64
import time
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest

from bot.core.cards import Actions, Button, Card, FactMark, Image, Span, Table, Text
from bot.core.commands import Answer
from bot.core.ports import Timeline
from tests.world import Human, World, a_world


@pytest.fixture
async def ada(world: World) -> Human:
    """The instructor of a course with the shipped pack."""
    ada = await world.person("Ada")
    await world.course(ada)
    return ada


async def card(human: Human, command: str, **arguments: object) -> Card:
    outcome = await human.run(command, **arguments)  # type: ignore[arg-type] # as Human.answer
    assert isinstance(outcome, Answer), outcome
    return outcome.card


def buttons(shown: Card) -> list[Button]:
    return [b for block in shown.blocks if isinstance(block, Actions) for b in block.buttons]


def marks(row: Iterable[Span]) -> list[str]:
    return [span.id for span in row if isinstance(span, FactMark)]


# --- a fact's card ------------------------------------------------------------------------------


async def test_a_card_says_who_says_so_and_what_that_is_worth(ada: Human) -> None:
    said = await ada.answer("fact about", subject="F8")
    assert "F8: Stakhanov's record" in said
    assert "102 tons" in said
    assert "[1] Essay, [Essay on the Stakhanovite movement], paragraph 1." in said
    assert said.count("An essay argues a case") == 1
    assert "Disputed by F" in said
    assert "Related: F" in said
    assert "Prompts: “" in said


async def test_a_card_leads_on_by_buttons(ada: Human) -> None:
    pressed = buttons(await card(ada, "fact about", subject="F37"))
    assert [b.label for b in pressed] == ["Cite", "Source", "Disputed", "Discuss"]
    for button in pressed:
        said = await ada.answer(button.command, **dict(button.arguments))
        assert "F37" in said


async def test_a_slip_and_what_corrects_it_name_each_other(ada: Human) -> None:
    assert "Corrected by F38: " in await ada.answer("fact about", subject="F37")
    assert "Corrects F37: " in await ada.answer("fact about", subject="f38")


async def test_one_find_has_the_whole_card_and_several_are_listed(ada: Human) -> None:
    one = await card(ada, "fact search", text="Paul Bunyan F34")
    assert one.title is not None
    several = await card(ada, "fact search", text="coal")
    assert several.title == "Facts for “coal”"
    shown = [marks(block.spans) for block in several.blocks if isinstance(block, Text)]
    assert ["F8"] in shown


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("Stakhavonite", "Stakhanovite"),
        ("stakanov", "Stakhanov"),
        ("kulack", "kulaks"),
        ("shockworkers", "shock worker"),
        ("102 tonnes", "102 tons"),
        ("six hours", "six"),
    ],
)
async def test_what_is_misspelled_is_found(ada: Human, typed: str, first: str) -> None:
    shown = await card(ada, "fact search", text=typed)
    head = next(block for block in shown.blocks if isinstance(block, Text))
    said = "".join(getattr(span, "text", "") for span in head.spans)
    assert first in said


async def test_no_match_says_so_and_offers_the_nearest_topics(ada: Human) -> None:
    shown = await card(ada, "fact search", text="zeppelin")
    assert "The pack has no fact for “zeppelin”" in await ada.answer("fact search", text="zeppelin")
    offered = buttons(shown)
    assert 1 <= len(offered) <= 5
    for button in offered:
        assert "F" in await ada.answer(button.command, **dict(button.arguments))


# --- its source, its disputes, its discussions --------------------------------------------------


async def test_the_source_tells_the_place_the_words_and_what_is_not_known(ada: Human) -> None:
    said = await ada.answer("fact source", fact="F8")
    assert "Author: not stated in the copy at hand" in said
    assert "Place: Paragraph 1" in said
    assert "“102 tons of coal”" in said
    assert "From the same place: F" in said


async def test_disputes_stand_side_by_side_with_both_sources(ada: Human) -> None:
    said = await ada.answer("fact disputed", fact="F2")
    assert "What is said against F2" in said
    assert "Disputed by F17" in said
    assert "Student blog post" in said
    assert "Essay" in said


async def test_without_a_fact_all_disputes_are_listed_once(ada: Human) -> None:
    shown = await card(ada, "fact disputed")
    heads = [marks(block.spans) for block in shown.blocks if isinstance(block, Text)]
    pairs = [(one[0], other[0]) for one, other in zip(heads[::2], heads[1::2], strict=True)]
    assert ("F37", "F38") in pairs
    assert len(pairs) == len({frozenset(pair) for pair in pairs})


async def test_what_nothing_disputes_is_said_so(ada: Human) -> None:
    said = await ada.answer("fact disputed", fact="F3")
    assert "No fact of the pack disputes or corrects F3." in said


async def test_discuss_names_the_open_discussion_and_then_the_prompts(
    world: World, ada: Human
) -> None:
    sam = await world.person("Sam")
    said = await sam.answer("fact discuss", fact="F37")
    assert "Prompt: 102 tons in an hour?" in said
    assert "Your instructor can post a prompt with /prompt post" in said
    offered = buttons(await card(ada, "fact discuss", fact="F37"))
    assert {b.command for b in offered} == {"prompt preview"}
    assert ("prompt", "tons-in-an-hour") in {pair for b in offered for pair in b.arguments}
    await world.post(ada, "tons-in-an-hour")
    said = await sam.answer("fact discuss", fact="F37")
    assert "Open: D1: 102 tons in an hour?" in said


async def test_a_fact_that_is_none_is_refused_with_the_nearest(ada: Human) -> None:
    form = await ada.form("fact source", fact="F999")
    assert "There is no fact “F999”" in form.problems["fact"]
    said = await ada.answer("fact source", fact="the Kremlin conference")
    assert "Sources of F" in said


# --- subjects side by side ----------------------------------------------------------------------


async def test_subjects_side_by_side_each_cell_cited(ada: Human) -> None:
    shown = await card(ada, "fact compare", first="kulaks", second="shock workers")
    table = next(block for block in shown.blocks if isinstance(block, Table))
    assert table.columns == ("Compared", "Kulaks", "Shock workers")
    cells = [cell for row in table.rows for cell in row[1:]]
    assert all(marks(cell) or "No source" in str(cell) for cell in cells)
    assert any("No source of the pack says." in str(cell) for cell in cells)
    assert any(marks(cell) for cell in cells)


async def test_three_subjects_by_other_names_and_misspelled(ada: Human) -> None:
    said = await ada.answer(
        "fact compare", first="Stakanov", second="john henry", third="Paul bunyan"
    )
    assert "Stakhanov · John Henry · Paul Bunyan" in said


async def test_a_subject_that_is_none_or_comes_twice(ada: Human) -> None:
    form = await ada.form("fact compare", first="kulaks", second="zeppelins")
    assert "There is no subject “zeppelins”; there are Kulaks" in form.problems["second"]
    form = await ada.form("fact compare", first="kulaks", second="Kulaks")
    assert "Kulaks is compared already" in form.problems["second"]


# --- when things happened -----------------------------------------------------------------------


async def test_the_timeline_is_in_order_with_a_picture_and_its_words(ada: Human) -> None:
    shown = await card(ada, "fact timeline")
    picture, table = shown.blocks
    assert isinstance(picture, Image)
    head, _, held = picture.url.partition(",")
    assert head == "data:image/png;base64"
    assert base64.b64decode(held).startswith(b"\x89PNG")
    assert "29% in 1929" in picture.alt
    assert isinstance(table, Table)
    when = [cell[0].text for cell, *_ in table.rows]  # type: ignore[union-attr]
    assert when[0] == "1929, 1930"
    assert when.index("31 August 1935") < when.index("November 1935")


async def test_the_timeline_of_a_topic_and_of_none(ada: Human) -> None:
    said = await ada.answer("fact timeline", topic="norms")
    assert "1936" in said
    assert "1929" not in said
    form = await ada.form("fact timeline", topic="normz")
    assert "did you mean norms?" in form.problems["topic"]


async def test_where_nothing_draws_the_table_says_it_all(tmp_path: Path) -> None:
    class Broken:
        def timeline(self, timeline: Timeline) -> bytes:
            raise ValueError(timeline.title)

    async with a_world(tmp_path).opened() as world:
        ada = await world.person("Ada")
        await world.course(ada)
        for charts in (None, Broken()):
            object.__setattr__(world.app.services, "charts", charts)
            shown = await card(ada, "fact timeline")
            assert [type(block) for block in shown.blocks] == [Table]


async def test_pictures_are_drawn_one_after_the_other(ada: Human) -> None:
    """However many are asked for at once: each takes a process, and others need the threads."""
    at_once, most = 0, 0

    class Counting:
        def timeline(self, timeline: Timeline) -> bytes:
            nonlocal at_once, most
            at_once += 1
            most = max(most, at_once)
            time.sleep(0.05)
            at_once -= 1
            return b"\x89PNG"

    object.__setattr__(ada.world.app.services, "charts", Counting())
    await asyncio.gather(*(card(ada, "fact timeline") for _ in range(3)))
    assert most == 1


async def test_the_entries_span_the_days_that_a_date_means(ada: Human) -> None:
    seen: list[Timeline] = []

    class Seeing:
        def timeline(self, timeline: Timeline) -> bytes:
            seen.append(timeline)
            return b"\x89PNG"

    object.__setattr__(ada.world.app.services, "charts", Seeing())
    await asyncio.wait_for(card(ada, "fact timeline"), 5)
    whole = {entry.when: (entry.first, entry.last) for entry in seen[0].entries}
    assert whole["1929"] == (date(1929, 1, 1), date(1929, 12, 31))
    assert whole["November 1935"] == (date(1935, 11, 1), date(1935, 11, 30))
    assert whole["31 August 1935"] == (date(1935, 8, 31), date(1935, 8, 31))
