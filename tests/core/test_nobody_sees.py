"""What belongs to one student is shown to no other, and to nobody outside, by any command."""

from dataclasses import dataclass

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from bot.core import catalog
from bot.core.commands import Type
from storage.ids import AccountRef
from tests.core.test_roster_linking import all_that_is_seen, without
from tests.world import Human, World

WORDS = "dossier"
"""Of a message that Ann has deleted, so that nobody reads it in the thread any more."""
REASON = "toothache"
SECRETS = (WORDS, REASON, "3641", "7.25", "D1: 7.25")
"""What staff typed of her, how many words she wrote, her points: nobody else has the like."""
COMMANDS = list(catalog.build())
TYPED = st.sampled_from(
    ["Ann", "Ada", "Bo", "D1", "P1", "E1", "1", "all", "", "F8", "student", "csv", "json", "xapi",
     "points", "yes", "none", "canvas", "2 for a post"]
)  # fmt: skip


@dataclass
class Class:
    world: World
    ada: Human
    ann: Human
    bo: Human
    thread: int


@pytest.fixture
async def room(world: World) -> Class:
    ada, ann, bo = [await world.person(name) for name in ("Ada", "Ann", "Bo")]
    await world.course(ada)
    thread = await world.post(ada)
    await bo.say("Mine", thread)
    gone = await ann.say(f"The {WORDS} says so", thread)
    await ann.say("w " * 3641, thread)
    await ann.delete(gone)
    await ada.answer("participation rule", rule="1 for a post; 1 for a classmate answered")
    of = {"student": "Ann", "discussion": "D1", "reason": REASON}
    await ada.answer("participation override", **of, points="7.25")
    await ada.answer("participation extend", **of, until="2026-10-01 09:00")
    await ada.answer("participation export")
    return Class(world, ada, ann, bo, thread)


def seen_of(said: str, typed: dict[str, str]) -> list[str]:
    bare = without(said, typed)
    return [secret for secret in SECRETS if secret in bare]


@settings(max_examples=2, phases=[Phase.generate])  # what fails is one command
@given(data=st.data())
async def test_no_command_shows_a_student_or_an_outsider_anothers_figures(
    room: Class, data: st.DataObject
) -> None:
    outsider = Human(room.world, AccountRef("never-seen"), "Out", manages=False)
    for who in (room.bo, outsider):
        for command in COMMANDS:
            params = [param for param in command.params if param.type is not Type.FILE]
            typed = {param.name: data.draw(TYPED, param.name) for param in params}
            for said in await all_that_is_seen(who, command, typed, room.thread):
                assert seen_of(said, typed) == [], command.name


@pytest.mark.parametrize("name", ["Ann", "Bo"])
async def test_commands_about_students_say_nothing_of_another_when_well_typed(
    room: Class, name: str
) -> None:
    """As the property, with all that such a command needs: nothing but the role refuses it."""
    typed = {
        "student": name, "discussion": "D1", "reason": "A talk", "points": "1", "export": "E1",
        "until": "2026-10-02 09:00", "platform": "canvas", "column": "Talk", "figure": "points",
        "format": "json", "pseudonyms": "yes", "rule": "none",
    }  # fmt: skip
    about = [c for c in COMMANDS if c.group in ("participation", "roster")]
    assert len(about) > 10
    for command in about:
        given_ = {p.name: typed[p.name] for p in command.params if p.name in typed}
        for said in await all_that_is_seen(room.bo, command, given_, room.thread):
            assert seen_of(said, given_) == [], command.name


async def test_the_properties_above_can_fail(room: Class) -> None:
    commands = {command.name: command for command in COMMANDS}
    of_ann = {"student": "Ann"}
    seen = await all_that_is_seen(room.ada, commands["participation why"], of_ann, room.thread)
    assert {REASON, "3641", "7.25"} <= set(seen_of("\n".join(seen), of_ann))
    own = await all_that_is_seen(room.ann, commands["participation me"], {}, room.thread)
    assert {"3641", "7.25"} <= set(seen_of("\n".join(own), {}))
