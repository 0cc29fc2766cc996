"""Forms as modals: what was typed is never lost, also where no modal may follow another."""

import asyncio

import pytest
from simcord.results import InteractionResult

from bot.adapters.discord import forms, limits
from bot.core import catalog
from bot.core.cards import Card, text
from bot.core.commands import Catalog, Choice, Command, Form, Param, Role, Type
from bot.core.dispatch import Call
from bot.core.rendering import clean
from tests import hostile
from tests.adapters.discord.conftest import School, fields, labels, messages, read

BUILT = catalog.build()


async def _echo(call: Call) -> Card:
    return Card("Got", (text("; ".join(f"{k}={v}" for k, v in call.arguments.items())),))


async def _slow_form(call: Call) -> Form:
    await asyncio.sleep(0.05)
    return Form("slow", call.command.params, dict(call.arguments))


SEVEN = Command(
    "seven", "Seven fields", Role.STUDENT, _echo,
    (
        Param("one", "The first", required=True),
        Param("two", "The second", required=True),
        Param("three", "The third", Type.PARAGRAPH),
        Param("four", "The fourth", choices=(Choice("a", "Apple"), Choice("b", "Beet"))),
        Param("five", "The fifth", Type.INTEGER, most=9),
        Param("six", "The sixth"),
        Param("seven", "The seventh"),
    ),
    form=True,
)  # fmt: skip
PICKS = Command(
    "picks", "Things to pick", Role.STUDENT, _echo,
    (
        Param("who", "A person", Type.PERSON, True),
        Param("where", "A channel", Type.CHANNEL),
        Param("team", "A role", Type.ROLE),
        Param("kind", "A kind", choices=(Choice("a", "Apple"), Choice("b", "Beet"))),
        Param("many", "Of many", choices=tuple(Choice(str(n), f"No {n}") for n in range(30))),
    ),
    form=True,
)  # fmt: skip
SLOW = Command("slow", "Slow", Role.STUDENT, _slow_form, (Param("what", "What", required=True),))


@pytest.fixture
def commands() -> Catalog:
    return Catalog([*BUILT, SEVEN, PICKS, SLOW])


async def again(school: School, refused: InteractionResult) -> InteractionResult:
    return await school.agnes.click(messages(refused)[-1], label="Edit again")


# --- a form opens -------------------------------------------------------------------------------


async def test_a_command_with_nothing_given_opens_its_form(school: School) -> None:
    await school.setup()
    opened = await school.agnes.slash(school.history, "prompt new")
    shown = fields(opened)
    assert {name: field["label"] for name, field in shown.items()} == {
        "title": "Title", "text": "Text", "sides": "Sides (optional)", "tags": "Tags (optional)",
    }  # fmt: skip
    assert shown["text"]["style"] == 2
    assert shown["text"]["description"] == "The question, as students will read it"
    assert shown["title"]["required"]
    assert opened.modal is not None
    assert opened.modal["title"] == "/prompt new"
    said = await school.agnes.submit_modal(
        opened, {"title": "Norms", "text": "Was it *fair*?\n\nSay why."}
    )
    assert "Was it *fair*?" in read(said)
    assert {"Preview", "Post it here"} <= set(labels(said))


async def test_a_missing_paragraph_is_asked_for_with_what_was_given(school: School) -> None:
    await school.setup()
    opened = await school.ada.slash(school.history, "fact check")
    assert list(fields(opened)) == ["text"]
    half = await school.agnes.slash(school.history, "prompt new", title="Norms")
    assert fields(half)["title"]["value"] == "Norms"


async def test_all_given_at_once_runs_at_once(school: School) -> None:
    await school.setup()
    said = await school.agnes.slash(school.history, "prompt new", title="T", text="A text.")
    assert "A text." in read(said)


async def test_what_can_be_picked_is_picked_from(school: School) -> None:
    await school.setup()
    await school.agnes.slash(school.history, "picks")
    opened = await school.agnes.slash(school.history, "picks", kind="b", who=school.ben)
    assert "who=" in read(opened), "enough was given"
    team = school.guild.create_role("Tutors")
    opened = await school.agnes.slash(
        school.history, "picks", kind="b", where=school.history, team=team
    )
    shown = fields(opened)
    kinds = [shown[name]["type"] for name in ("who", "where", "team", "kind", "many")]
    assert kinds == [5, 8, 6, 3, 4]
    assert shown["team"]["default_values"] == [{"id": team.id, "type": "role"}]
    assert shown["kind"]["options"] == [
        {"label": "Apple", "value": "a", "default": False},
        {"label": "Beet", "value": "b", "default": True},
    ]
    assert shown["where"]["default_values"] == [{"id": school.history.id, "type": "channel"}]
    assert str(shown["many"]["placeholder"]).startswith("No 0, No 1")
    said = await school.agnes.submit_modal(
        opened,
        {
            "who": [school.ada],
            "where": [school.history],
            "team": [team],
            "kind": ["a"],
            "many": "7",
        },
    )
    assert f"who={school.ada.id}; where={school.history.id}; team={team.id};" in read(said)
    assert "kind=a; many=7" in read(said)


async def test_the_course_is_asked_for_where_it_can_not_be_told(school: School) -> None:
    await school.setup("History 101")
    other = school.guild.create_text_channel("second")
    lobby = school.guild.create_text_channel("lobby")
    await school.agnes.slash(other, "course setup", title="History 202")
    opened = await school.agnes.slash(lobby, "course show")
    options = fields(opened)["course"]["options"]
    assert isinstance(options, list)
    picked = {option["label"]: option["value"] for option in options}
    assert set(picked) == {"History 101", "History 202"}
    said = await school.agnes.submit_modal(opened, {"course": [picked["History 202"]]})
    assert "History 202" in read(said)


# --- a form is refused --------------------------------------------------------------------------


async def test_a_refused_form_comes_back_by_a_button_with_what_was_typed(school: School) -> None:
    await school.setup()
    opened = await school.agnes.slash(school.history, "prompt new")
    refused = await school.agnes.submit_modal(
        opened, {"title": "Norms", "text": "Why?", "sides": "only one"}
    )
    assert "A prompt has no sides, or at least two" in read(refused)
    shown = fields(await again(school, refused))
    assert (shown["title"]["value"], shown["text"]["value"]) == ("Norms", "Why?")
    assert shown["sides"]["value"] == "only one"
    assert shown["sides"]["description"] != "Positions to take, parted by semicolons"
    fixed = await school.agnes.submit_modal(
        await again(school, refused), {"title": "Norms", "text": "Why?", "sides": "yes; no"}
    )
    assert "Why?" in read(fixed)


async def test_a_wrong_option_is_told_and_can_be_mended(school: School) -> None:
    refused = await school.agnes.slash(
        school.history, "course setup", title="History", zone="Atlantis/Deep"
    )
    assert "Atlantis/Deep" in read(refused)
    opened = await again(school, refused)
    assert fields(opened)["zone"]["value"] == "Atlantis/Deep"
    said = await school.agnes.submit_modal(opened, {"title": "History", "zone": "Europe/London"})
    assert "History is set up" in read(said)


async def test_what_was_typed_is_kept_until_a_restart(school: School) -> None:
    refused = await school.agnes.slash(school.history, "course setup", title="H", zone="Nowhere")
    await school.restart()
    said = await again(school, refused)
    assert "restarted" in read(said)


async def test_a_form_can_be_sent_after_a_restart(school: School) -> None:
    await school.setup()
    opened = await school.agnes.slash(school.history, "prompt new")
    await school.restart()
    said = await school.agnes.submit_modal(opened, {"title": "Norms", "text": "Why?"})
    assert "Why?" in read(said)


# --- more fields than five ----------------------------------------------------------------------


async def test_fields_without_room_keep_what_was_given(school: School) -> None:
    await school.setup()
    opened = await school.agnes.slash(school.history, "seven", six="kept", seven="too", three="par")
    assert list(fields(opened)) == ["one", "two", "three", "four", "five"]
    said = await school.agnes.submit_modal(opened, {"one": "1", "two": "2", "three": ""})
    assert "one=1; two=2; six=kept; seven=too" in read(said), "and what was emptied is gone"


async def test_fields_without_room_that_were_lost_are_told(school: School) -> None:
    await school.setup()
    opened = await school.agnes.slash(school.history, "seven", six="kept")
    await school.restart()
    refused = await school.agnes.submit_modal(opened, {"one": "1", "two": "2"})
    assert "restarted" in read(refused)
    assert fields(await again(school, refused))["one"]["value"] == "1"


def test_a_field_with_a_problem_is_always_shown() -> None:
    form = Form("seven", SEVEN.params, {"one": "1", "two": "2"}, {"seven": "Wrong."})
    assert [param.name for param in forms.shown(form)] == ["one", "two", "three", "four", "seven"]


# --- slow, and hostile --------------------------------------------------------------------------


class TestSlow:
    @pytest.fixture
    def defer_seconds(self) -> float:
        return 0.01

    async def test_a_form_after_a_wait_opens_by_a_button(self, school: School) -> None:
        await school.setup()
        said = await school.agnes.slash(school.history, "slow", what="x")
        assert "needs a little more" in read(said)
        opened = await school.agnes.click(messages(said)[-1], label="Fill in")
        assert fields(opened)["what"]["value"] == "x"


async def test_a_hostile_text_is_kept_exactly_in_a_form(school: School) -> None:
    await school.setup()
    for number, said in enumerate(hostile.FIXED):
        typed = clean(said.encode("utf-8", "ignore").decode())[:3_000].strip()
        if not typed:
            continue
        opened = await school.agnes.slash(school.history, "prompt new")
        refused = await school.agnes.submit_modal(
            opened, {"title": f"T{number}", "text": typed, "sides": "one"}
        )
        form = await again(school, refused)
        assert fields(form)["text"]["value"] == typed
        kept = await school.agnes.submit_modal(form, {"title": f"T{number}", "text": typed})
        assert "".join(typed.split()) in "".join(read(kept).split())
    assert school.env.errors == []


async def test_a_note_stands_above_the_fields_and_takes_the_room_of_one() -> None:
    form = Form("seven", SEVEN.params, {"two": "2"}, note="Is it _this_ @everyone? " + "x" * 9_000)
    modal = forms.to_modal(form, "1").to_dict()
    note, *rest = modal["components"]
    assert note["type"] == 10
    assert note["content"].startswith(r"Is it \_this\_ \@everyone? xxx")
    assert len(note["content"]) <= limits.TEXT_DISPLAY
    assert [part["component"]["custom_id"] for part in rest] == ["one", "two", "three", "four"]
    assert not forms.holds_all(form)
