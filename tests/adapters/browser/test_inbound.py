"""From what was typed to events and invocations."""

import pytest

from bot.adapters.browser import inbound
from bot.core import catalog
from bot.core.commands import Command, Role, Type
from bot.core.events import AccountRef, ChannelRef
from bot.core.ports import ClassroomChannel, ClassroomPerson

PEOPLE = [
    ClassroomPerson(AccountRef("1"), "Ada", False),
    ClassroomPerson(AccountRef("2"), "Ada Pitlamp", False),
    ClassroomPerson(AccountRef("3"), "Ben (B+)", True),
]
CHANNELS = [ClassroomChannel(ChannelRef("history"), "history")]
CATALOG = catalog.build()


def command(name: str) -> Command:
    found = CATALOG.find(name)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "refs"),
    [
        ("@Ada Pitlamp is right", ["2"]),
        ("@Ada is right, @ADA PITLAMP, @ada", ["1", "2"]),
        ("@Adam, mail@Ada", []),
        ("so says @Ben (B+)", ["3"]),
        (None, []),
    ],
)
def test_mentions_are_names_the_longest_first(text: str | None, refs: list[str]) -> None:
    assert [person.ref for person in inbound.to_mentions(text, PEOPLE)] == refs


@pytest.mark.parametrize(
    ("typed", "name", "rest"),
    [
        ("/prompt post kulaks", "prompt post", "kulaks"),
        ("/PROMPT  Post  two words", "prompt post", "two words"),
        ("/help", "help", ""),
        ("/help fact search", "help", "fact search"),
        ("/fact search 102 tons ", "fact search", "102 tons"),
        ("/course", "course", ""),
        ("/nothing here at all", "nothing here", "at all"),
        ("/", "", ""),
    ],
)
def test_a_command_is_told_from_its_arguments(typed: str, name: str, rest: str) -> None:
    assert inbound.to_command(typed, list(CATALOG)) == (name, rest)


def test_a_name_that_is_not_offered_is_still_a_name() -> None:
    offered = [c for c in CATALOG if c.least is Role.STUDENT]
    assert inbound.to_command("/prompt post kulaks", offered) == ("prompt post", "kulaks")


@pytest.mark.parametrize(
    ("name", "typed", "arguments"),
    [
        ("fact search", "102 tons of coal", {"text": "102 tons of coal"}),
        ("course staff", "@Ada Pitlamp assistant", {"person": "2", "role": "assistant"}),
        ("course staff", "Nobody assistant", {"person": "Nobody", "role": "assistant"}),
        ("course setup", '"Old coal" Asia/Tokyo', {"title": "Old coal", "zone": "Asia/Tokyo"}),
        ("prompt post", "kulaks #history", {"prompt": "kulaks", "channel": "#history"}),
        ("help", "", {}),
    ],
)  # fmt: skip
def test_arguments_are_given_to_parameters_in_order(
    name: str, typed: str, arguments: dict[str, str]
) -> None:
    assert inbound.to_arguments(command(name), typed, PEOPLE, CHANNELS) == arguments


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("\ud800", "\ufffd"), ("a\udfffb", "a\ufffdb"), ("⛏️ 😀 naïve \ufeff", "⛏️ 😀 naïve \ufeff")],
)
def test_only_half_characters_are_replaced(typed: str, kept: str) -> None:
    assert inbound.to_text(typed) == kept
    kept.encode()


@pytest.mark.parametrize(
    ("typed", "number"),
    [("12", 12), ("007", 7), ("9" * 18, int("9" * 18)), ("9" * 19, None), ("", None), ("-1", None)],
)  # fmt: skip
def test_a_number_is_what_can_be_one(typed: str, number: int | None) -> None:
    assert inbound.to_number(typed) == number


def test_every_form_has_an_id_of_its_own() -> None:
    assert inbound.new_invocation_id() != inbound.new_invocation_id()
    assert Type.PERSON in {param.type for c in CATALOG for param in c.params}


def test_a_mention_is_no_word_however_it_is_typed() -> None:
    people = [ClassroomPerson(AccountRef("1"), "Bo", False)]
    assert inbound.to_unspoken("So @bo and @BO said.", people) == ("@bo", "@BO")
    assert [person.name for person in inbound.to_mentions("So @bo and @BO said.", people)] == ["Bo"]


def test_parameters_may_be_named() -> None:
    setup = next(c for c in catalog.build() if c.name == "course setup")
    typed = "title: Labor and Legend zone: Europe/London"
    assert inbound.to_arguments(setup, typed, [], []) == {
        "title": "Labor and Legend",
        "zone": "Europe/London",
    }
    why = next(c for c in catalog.build() if c.name == "participation why")
    people = [ClassroomPerson(AccountRef("7"), "Ada Pitlamp", False)]
    for typed in ("student: Ada Pitlamp", '"Ada Pitlamp"', "Ada Pitlamp"):
        assert inbound.to_arguments(why, typed, people, []) == {"student": "7"}


def test_roles_are_not_offered_and_take_none_of_what_is_typed() -> None:
    settings = command("course settings")
    names = [param.name for param in inbound.offered(settings.params)]
    assert [name for name in names if name in ("instructors", "assistants", "notify")] == []
    assert names[-2:] == ["staff_channel", "clear"]
    typed = "Labor UTC soviet-labor 12 0 history notify"
    assert inbound.to_arguments(settings, typed, PEOPLE, CHANNELS)["clear"] == "notify"
