"""Who on the roster is who in class: students say it, staff confirm it, and take it back. Who is no
staff learns nothing of the roster but what is their own."""

import threading
from collections.abc import Callable, Iterator

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from rapidfuzz import fuzz, process, utils

from bot.core import catalog, roster
from bot.core.cards import Actions, Button, from_json
from bot.core.commands import Answer, Command, File, Invocation, Outcome, Type
from bot.core.events import AccountRef, ChannelRef, InvocationId, Person, Place, ThreadRef
from bot.core.plain import to_plain
from storage import linking
from storage.ids import AccountId, EntryId
from tests.core.test_joining import _look, _said, _there
from tests.core.test_linking import CY, _link_code, _links_there, _problem, _two_spaces
from tests.core.test_roster import COURSE, on_it, takes
from tests.world import SPACE, Human, World

ROSTER = """Name,Student ID,Login,E-mail,Section
Ada Pitlamp,700123,q7pit,ada.pitlamp@example.edu,Seam-A
Cy Young,700456,cyoung,cy.young@example.edu,Seam-B
Dot Doe,700789,q7doe,dot.doe@example.edu,Seam-B
"""
SECRETS = ("Pitlamp", "7001", "q7", "ada.pit", "Seam-A", "Dot Doe", "7007", "dot.doe")
"""What nobody in this class is, and no student may read."""

NAMES = st.lists(st.sampled_from(["Ada", "ad", "Pitlamp,", "Pitlam", "-", "Zoë"])).map(" ".join)


class Class:
    """Ines teaches, Ann assists; Cy and Bo study, and have written."""

    def __init__(self, world: World, ines: Human, ann: Human, cy: Human, bo: Human) -> None:
        self.world, self.ines, self.ann, self.cy, self.bo = world, ines, ann, cy, bo
        self.thread = 0


@pytest.fixture
async def school(world: World) -> Class:
    people = [await world.person(name) for name in ("Ines", "Ann", "Cyrus Y.", "Bo")]
    school = Class(world, *people)
    await world.course(school.ines)
    school.thread = await world.post(school.ines)
    for who in (school.ann, school.cy, school.bo):
        await who.say("Some words.", school.thread)
    await world.settle()
    await school.ines.answer("course staff", person="Ann", role="assistant")
    await takes(school.ann, ROSTER)
    return school


async def buttons(school: Class, reader: Human) -> list[Button]:
    """Those of the last card that was told to somebody alone."""
    await school.world.settle()
    found = await school.world.app.browser.classroom.messages(
        ChannelRef("history"), None, reader.ref
    )
    cards = [from_json(m.card) for m in found if m.only_for == reader.ref and m.card is not None]
    actions = [block for block in cards[-1].blocks if isinstance(block, Actions)]
    return [button for block in actions for button in block.buttons]


async def press(who: Human, button: Button) -> str:
    return await who.answer(button.command, **dict(button.arguments))


async def test_a_student_says_it_and_staff_confirm_it(school: Class) -> None:
    said = await school.cy.answer("roster claim", name_or_id="700456")
    assert "Staff are asked whether you are “700456” on the roster" in said
    assert "Staff have not looked yet" in await school.cy.answer("roster claim")
    told = "\n".join(await school.ann.sees())
    assert "Cyrus Y. (Browser) says: “700456”." in told
    assert "That is Cy Young, 700456, section Seam-B." in told
    confirm, *_ = await buttons(school, school.ann)
    assert confirm.label == "Yes, Cy Young"
    assert "Cyrus Y. (Browser) is Cy Young, 700456" in await press(school.ann, confirm)
    assert "is Cy Young on the roster already" in await press(school.ines, confirm)
    own = await school.cy.answer("roster claim")
    assert "Name: Cy Young\nStudent id: 700456\nLogin: cyoung" in own
    listed = await school.ann.answer("roster list")
    assert "Cy Young | 700456 | Seam-B | Cyrus Y. (Browser)" in listed
    assert "says:" not in listed


async def test_what_is_answered_to_a_student_is_the_same_whoever_they_say_to_be(
    school: Class,
) -> None:
    for who in ("Ada Pitlamp", "nobody of this name", "700789"):
        said = await school.bo.answer("roster claim", name_or_id=who)
        assert said.replace(who, "…").startswith("Staff are asked whether you are “…” on")
    assert (await on_it(school.world))["Ada Pitlamp 700123"].member is None


async def test_staff_are_told_once_and_find_the_newest_words_in_the_list(school: Class) -> None:
    for who in ("me", "Dot D", "Doe Dot"):
        await school.bo.answer("roster claim", name_or_id=who)
    told = [words for words in await school.ann.sees() if "Bo (Browser) says" in words]
    assert len(told) == 1
    assert "Nobody on the roster is called so." in told[0]
    listed = await school.ann.answer("roster list", show="unlinked")
    assert "Bo (Browser) says: “Doe Dot”" in listed


async def test_names_that_are_alike_are_suggested_and_never_linked(school: Class) -> None:
    await school.bo.answer("roster claim", name_or_id="Doe, Dot")
    assert "That may be Dot Doe, 700789" in "\n".join(await school.ann.sees())
    dora = await school.world.person("doe DOT")
    await dora.say("Here too.", school.thread)
    await school.world.settle()
    listed = await school.ann.answer("roster list")
    assert "Dot Doe | 700789 | Seam-B | perhaps doe DOT (Browser)" in listed
    assert all(one.member is None for one in (await on_it(school.world)).values())


async def test_names_are_compared_beside_the_event_loop_and_once_for_each_entry(
    school: Class, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared = list[int]()
    one_of: Callable[..., object] = process.extractOne

    def noted(*given: object, **how: object) -> object:
        compared.append(threading.get_ident())
        return one_of(*given, **how)

    monkeypatch.setattr(process, "extractOne", noted)
    seen = await roster.overview(school.world.app.services.database, COURSE)
    assert (len(compared), len(seen.entries)) == (3, 3)
    assert threading.get_ident() not in compared


@given(one=NAMES, other=NAMES)
def test_names_are_as_alike_as_rapidfuzz_has_it(one: str, other: str) -> None:
    score = fuzz.token_sort_ratio(one, other, processor=utils.default_process)
    found = roster._most_alike({EntryId(1): one}, {AccountId(2): other})
    assert found == ({EntryId(1): AccountId(2)} if score >= roster.ALIKE else {})


async def test_staff_put_a_claim_aside(school: Class) -> None:
    await school.bo.answer("roster claim", name_or_id="700123")
    *_, nobody = await buttons(school, school.ann)
    assert nobody.label == "Nobody on it"
    assert "What Bo (Browser) said is put aside" in await press(school.ann, nobody)
    assert "Say who you are on the roster" in await school.bo.answer("roster claim")
    assert "is linked to nobody on the roster." in await press(school.ann, nobody)


async def test_staff_link_by_what_the_roster_says_and_take_it_back(school: Class) -> None:
    said = await school.ann.answer("roster link", student="Bo", entry="dot.doe@example.edu")
    assert "Bo (Browser) is Dot Doe, 700789" in said
    refused = await school.ann.answer("roster link", student="Bo", entry="Ada Pitlamp")
    assert (
        "Bo (Browser) is linked to Dot Doe on the roster already; take that back first, with"
        " /roster unlink student: Bo (Browser)."
    ) in refused
    said = await school.ann.answer("roster unlink", student="Bo")
    assert "is linked to nobody on the roster any more" in said
    assert (await on_it(school.world))["Dot Doe 700789"].member is None
    form = await school.ann.form("roster link", student="Bo", entry="Nobody")
    assert "There is no student on the roster called “Nobody”" in form.problems["entry"]
    form = await school.ann.form("roster link", student="Zed", entry="700123")
    assert "There is no account in this course called “Zed”" in form.problems["student"]


async def test_an_entry_that_is_linked_says_to_whom_and_how_that_is_taken_back(
    school: Class,
) -> None:
    await school.ann.answer("roster link", student="Bo", entry="Dot Doe")
    before = await on_it(school.world)
    said = await school.ann.answer("roster link", student="Bo", entry="700789")
    assert said == "Bo (Browser) is Dot Doe on the roster already."
    said = await school.ann.answer("roster link", student="Cyrus Y.", entry="Dot Doe")
    assert said == (
        "Dot Doe on the roster is linked to Bo (Browser) already, who can't be one person with"
        " Cyrus Y. (Browser); if it is Cyrus Y. (Browser), take that back first, with /roster"
        " unlink student: Bo (Browser)."
    )
    assert await on_it(school.world) == before
    assert len(_look(school.world, "SELECT * FROM audit WHERE action = 'roster link'")) == 1
    await school.ann.answer("roster unlink", student="Bo (Browser)")
    said = await school.ann.answer("roster link", student="Cyrus Y.", entry="Dot Doe")
    assert said.startswith("Cyrus Y. (Browser) is Dot Doe, 700789")


async def test_the_roster_is_of_students(school: Class) -> None:
    refused = await school.ines.answer("roster link", student="Ann", entry="700123")
    assert "Ann (Browser) is an assistant of this course" in refused
    form = await school.ann.form("roster claim", name_or_id="Ann")
    assert "you are of its staff" in form.problems[""]


async def test_two_accounts_of_one_student_become_one_row_counted_once(world: World) -> None:
    ada, cy, _ = await _two_spaces(world)
    await takes(ada, ROSTER)
    said = await ada.answer("roster link", student="Cy (Browser)", entry="700456")
    assert "one member" not in said
    assert "Cy Young | 1 | 1 | 0 | 2" in await ada.answer("participation class")
    said = await ada.answer("roster link", student="Cy Young (Second)", entry="700456")
    assert "Their accounts are one member from now on, counted together and once" in said
    after = await ada.answer("participation class")
    cy_s = [line for line in after.splitlines() if line.startswith("Cy")]
    assert cy_s == ["Cy Young | 1 | 2 | 0 | 5 | 0 | 0 | 0"]  # by the roster's name, and once
    assert len({one.member for one in (await on_it(world)).values() if one.member}) == 1
    assert "Student id: 700456" in _said(await _there(world, "roster claim", CY, manages=False))
    assert len(_look(world, "SELECT * FROM audit WHERE action = 'course merge'")) == 1
    # Parted again, the other account is nobody on the roster.
    await ada.answer("course split", account="Cy Young (Second)")
    listed = await ada.answer("roster list")
    assert "Cy Young | 700456 | Seam-B | Cy (Browser) |" in listed
    assert "Cy Young (Second)" in listed.partition("In class, and not on the roster\n")[2]
    assert "says" not in await cy.answer("roster claim")


async def test_two_students_on_the_roster_do_not_become_one(world: World) -> None:
    ada, cy, _ = await _two_spaces(world)
    await takes(ada, ROSTER)
    await ada.answer("roster link", student="Cy (Browser)", entry="700456")
    await ada.answer("roster link", student="Cy Young (Second)", entry="700789")
    merged = await ada.answer("course merge", first="Cy (Browser)", second="Cy Young (Second)")
    assert "On the roster these are two students" in merged
    refused = _problem(await _links_there(world, await _link_code(cy)))
    assert "On the roster these are two students" in refused


async def test_who_was_linked_before_they_were_one_is_linked_afterwards(world: World) -> None:
    ada, cy, _ = await _two_spaces(world)
    await takes(ada, ROSTER)
    await ada.answer("roster link", student="Cy Young (Second)", entry="700456")
    await _links_there(world, await _link_code(cy))
    async with world.app.services.database.read() as db:
        all_ = await linking.all_accounts(db, COURSE)
    kept = next(one.member for one in all_ if one.name == "Cy")
    assert (await on_it(world))["Cy Young 700456"].member == kept


# --- privacy ------------------------------------------------------------------------------------

COMMANDS = list(catalog.build())
TYPED = st.sampled_from(
    ["Ada", "Ada Pitlamp", "700123", "E1", "E3", "A1", "A4", "Dot", "doe", "Seam", "D1", "P1", "F8",
     "1", "all", "", "e", "example.edu", "linked", "unlinked", "csv", "left", "student"]
)  # fmt: skip


def revealed(outcome: Outcome) -> Iterator[str]:
    """All that a person gets to see of it."""
    if isinstance(outcome, Answer):
        yield to_plain(outcome.card)
        yield from (file.content.decode("utf-8", "replace") for file in outcome.files)
    else:
        yield from outcome.problems.values()
        for param in outcome.params:
            yield from (choice.label for choice in param.choices)


def without(said: str, typed: dict[str, str]) -> str:
    """What they typed themselves is no secret to them."""
    for own in typed.values():
        said = said.replace(own, "") if own else said
    return said


def asked(who: Human, command: Command, arguments: dict[str, object], thread: int) -> Invocation:
    world = who.world
    place = Place(SPACE, ChannelRef("history"), ThreadRef(str(thread)))
    id_, now = InvocationId(f"asked-{next(world.numbers)}"), world.clock.move(seconds=1)
    return Invocation(id_, place, Person(who.ref, who.name), command.name, arguments, now)


async def all_that_is_seen(
    who: Human, command: Command, typed: dict[str, str], thread: int
) -> list[str]:
    """What a command and its suggestions show to somebody, and what stands before them then."""
    dispatcher = who.world.app.dispatcher
    arguments: dict[str, object] = {**typed}
    if any(param.type is Type.FILE for param in command.params):
        arguments["file"] = File("r.csv", "text/csv", b"Name\nBo\n")
    seen = [*revealed(await dispatcher.run(asked(who, command, arguments, thread)))]
    for param in command.params:
        for start in ("", typed.get(param.name, "")):
            asking = asked(who, command, {}, thread)
            found = await dispatcher.complete(asking, param.name, start)
            seen += [choice.label for choice in found]
    return seen + await who.sees()


@settings(max_examples=2, phases=[Phase.generate])  # what fails is one command
@given(data=st.data())
async def test_nobody_below_assistant_gets_anything_of_the_roster_by_any_command(
    school: Class, data: st.DataObject
) -> None:
    outsider = Human(school.world, AccountRef("never-seen"), "Out", manages=False)
    for who in (school.bo, outsider):
        for command in COMMANDS:
            params = [param for param in command.params if param.type is not Type.FILE]
            typed = {param.name: data.draw(TYPED, param.name) for param in params}
            for said in await all_that_is_seen(who, command, typed, school.thread):
                bare = without(said, typed)
                assert not [secret for secret in SECRETS if secret in bare], command.name


async def test_the_property_above_can_fail(school: Class) -> None:
    commands = {command.name: command for command in COMMANDS}
    for name in ("roster list", "roster link"):
        seen = await all_that_is_seen(school.ann, commands[name], {}, school.thread)
        assert all(secret in "\n".join(seen) for secret in ("Pitlamp", "7001", "Seam-A", "Dot Doe"))
