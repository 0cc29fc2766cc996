"""What comes in from a platform, however it is told: late, early, twice, by halves."""

import asyncio
from datetime import datetime, timedelta
from itertools import permutations

import pytest

from bot.core.events import (
    AccountRef,
    ChannelRef,
    Event,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    MessageRef,
    Person,
    Place,
    ReactionChanged,
    ThreadRef,
)
from bot.core.intake import Intake
from bot.core.ports import SeenMessage
from storage import discussions, messages, replies
from storage.database import Connection
from storage.ids import CourseId
from storage.rows import Reply
from tests.fakes.platform import FaultyPlatform, LoseAnswer, stand_in
from tests.world import PROMPT, SPACE, Human, World

HISTORY = ChannelRef("history")
COURSE = CourseId(1)


class Channel:
    """A course's channel, in which things are said as a platform would tell them."""

    def __init__(self, world: World, ada: Human, thread: int) -> None:
        self.world, self.ada, self.thread = world, ada, str(thread)

    def place(self, thread: str | None = None) -> Place:
        return Place(SPACE, HISTORY, None if thread is None else ThreadRef(thread))

    def at(self, seconds: float) -> datetime:
        """An instant: seconds after now."""
        return self.world.clock.now() + timedelta(seconds=seconds)

    def said(
        self,
        who: str,
        ref: str,
        text: str = "some words",
        *,
        to: str | None = None,
        thread: str | None = "",
        at: float = 0,
        automated: bool = False,
        name: str | None = None,
    ) -> MessagePosted:
        return MessagePosted(
            self.place(self.thread if thread == "" else thread),
            MessageRef(ref),
            Person(AccountRef(who), name or who.title(), automated),
            self.at(at),
            text,
            None if to is None else MessageRef(to),
        )

    def edited(
        self, ref: str, text: str, at: float = 1, *, thread: str | None = ""
    ) -> MessageEdited:
        place = self.place(self.thread if thread == "" else thread)
        return MessageEdited(place, MessageRef(ref), self.at(at), text)

    def deleted(self, ref: str, at: float = 2) -> MessageDeleted:
        return MessageDeleted(self.place(self.thread), MessageRef(ref), self.at(at))

    def reacted(
        self,
        who: str,
        ref: str,
        at: float = 1,
        present: bool = True,
        name: str | None = None,
        thread: str | None = "",
    ) -> ReactionChanged:
        person = Person(AccountRef(who), who.title() if name is None else name)
        place = self.place(self.thread if thread == "" else thread)
        return ReactionChanged(place, MessageRef(ref), person, "👍", present, self.at(at))

    async def hears(self, *events: Event) -> None:
        for event in events:
            await self.world.app.intake.take_in(event)

    async def replies(self) -> dict[str, Reply]:
        async with self.world.app.services.database.read() as db:
            return {reply.ref: reply for reply in await replies.replies_of(db, COURSE)}

    async def held(self) -> set[str]:
        async with self.world.app.services.database.read() as db:
            placed = await discussions.placements_of(db, COURSE)
            channel = placed[0].channel.id
            return {state.ref for state in await messages.held(db, channel)}

    async def evidence(self) -> dict[str, set[str]]:
        """What each message names, by what the platform calls it."""
        found: dict[str, set[str]] = {}
        names = {reply.id: ref for ref, reply in (await self.replies()).items()}
        async with self.world.app.services.database.read() as db:
            for message, named in await replies.evidence_of(db, COURSE):
                found.setdefault(names[message], set()).add(named)
        return found

    async def parents(self) -> dict[str, str | None]:
        """Each reply's parent, by what the platform calls them."""
        found = await self.replies()
        names: dict[object, str] = {reply.id: ref for ref, reply in found.items()}
        return {ref: names.get(reply.parent_id) for ref, reply in found.items()}


@pytest.fixture
async def channel(world: World) -> Channel:
    ada = await world.person("Ada")
    await world.course(ada)
    for ref in ("bo", "cy"):
        await world.app.browser.classroom.store.add_person(
            AccountRef(ref), ref.title(), world.clock.now()
        )
    return Channel(world, ada, await world.post(ada))


@pytest.mark.parametrize("what", ["an edit", "a deletion", "a reaction"])
async def test_staff_stay_staff_whatever_happens_to_their_message(
    channel: Channel, what: str
) -> None:
    ada = channel.ada.ref
    happens: dict[str, Event] = {
        "an edit": channel.edited("m1", "other words"),
        "a deletion": channel.deleted("m1"),
        "a reaction": channel.reacted("bo", "m1"),
    }
    await channel.hears(channel.said(ada, "m1", name="Ada"), happens[what])
    assert (await channel.replies())["m1"].role == "instructor"


async def test_staff_stay_staff_when_their_response_comes_before_its_message(
    channel: Channel,
) -> None:
    ada = channel.ada.ref
    await channel.hears(
        channel.said(ada, "m2", to="m1", thread=None, at=1, name="Ada"),
        channel.said("bo", "m1", to=channel.thread, thread=None),
    )
    assert (await channel.replies())["m2"].role == "instructor"
    assert (await channel.parents())["m2"] == "m1"


async def test_a_reaction_that_goes_away_takes_no_name_with_it(channel: Channel) -> None:
    """A platform may tell who took a reaction back without saying what they are called."""
    await channel.hears(channel.said("bo", "m1"), channel.said("cy", "m2"))
    await channel.hears(channel.reacted("cy", "m1"))
    await channel.hears(channel.reacted("cy", "m1", 2, present=False, name=""))
    assert "Cy | 1" in await channel.ada.answer("participation class")


@pytest.mark.parametrize("first", ["reaction", "response"])
async def test_a_response_to_a_bot_is_an_answer_to_the_prompt(channel: Channel, first: str) -> None:
    """…whether or not somebody reacted to what the bot said."""
    response = channel.said("bo", "m2", to="bots", at=2)
    events = [channel.reacted("cy", "bots"), response]
    await channel.hears(channel.said("robot", "bots", automated=True))
    await channel.hears(*(events if first == "reaction" else reversed(events)))
    assert await channel.parents() == {"m2": None}
    assert (await channel.replies())["m2"].parent_by == "prompt"


async def test_a_reaction_before_both_messages_leaves_the_response_its_parent(
    channel: Channel,
) -> None:
    await channel.hears(
        channel.reacted("cy", "m1", 3),
        channel.said("bo", "m2", to="m1", at=2),
        channel.said("cy", "m1"),
    )
    assert await channel.parents() == {"m1": None, "m2": "m1"}


@pytest.mark.parametrize("first", ["reaction", "message"])
async def test_what_is_written_after_the_archiving_is_not_taken_in(
    channel: Channel, first: str
) -> None:
    await channel.ada.answer("course archive", confirm="History 101")
    events = [channel.reacted("cy", "m1", 3), channel.said("bo", "m1", at=2)]
    await channel.hears(*(events if first == "reaction" else reversed(events)))
    assert await channel.replies() == {}


@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize("at_once", [True, False])
async def test_evidence_is_that_of_the_last_text_in_whatever_order_it_is_told(
    channel: Channel, order: tuple[int, ...], at_once: bool
) -> None:
    told: list[Event] = [
        channel.said("bo", "m1", "see F8"),
        channel.edited("m1", "see F9 and F10", 1),
        channel.edited("m1", "see F10", 2),
    ]
    if at_once:
        intake = channel.world.app.intake
        await asyncio.gather(*(intake.take_in(told[n]) for n in order))
    else:
        await channel.hears(*(told[n] for n in order))
    assert await channel.evidence() == {"m1": {"F10"}}
    await channel.hears(told[0], channel.deleted("m1", 3), told[2])
    assert await channel.evidence() == {}


async def test_a_message_that_answers_itself_does_no_harm(channel: Channel) -> None:
    async with asyncio.timeout(30):
        await channel.hears(channel.said("bo", "m1", to="m1"))
    assert await channel.parents() == {"m1": None}


async def test_bots_joins_and_other_channels_leave_no_trace(channel: Channel) -> None:
    join = channel.said("bo", "m1")
    await channel.hears(
        channel.said("robot", "m2", automated=True),
        MessagePosted(join.place, join.message, join.author, join.sent_at, None, ordinary=False),
        channel.said("bo", "m3", thread=None),
        channel.said("bo", "m4", thread="another thread"),
        MessagePosted(
            Place(SPACE, ChannelRef("elsewhere"), ThreadRef("x")),
            MessageRef("m5"),
            join.author,
            join.sent_at,
            "words",
        ),
    )
    assert await channel.replies() == {}
    assert await channel.held() == set()
    assert "Bo" not in await channel.ada.answer("participation class")


async def test_a_bad_event_does_not_keep_the_others_from_being_taken_in(
    channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Events that come together are written together; the one that fails, fails alone."""
    apply = channel.world.app.intake._apply

    async def choking(db: Connection, batch: object) -> object:
        if any("choke" in (getattr(event, "text", "") or "") for event, _ in batch):  # type: ignore[attr-defined]
            raise RuntimeError("an event that can't be digested")
        return await apply(db, batch)  # type: ignore[arg-type]

    intake = Intake(channel.world.app.services.database, channel.world.clock)
    monkeypatch.setattr(intake._group, "_apply", choking)
    events = [channel.said("bo", f"m{i}", "choke" if i == 3 else "fine", at=i) for i in range(6)]
    done = await asyncio.gather(*(intake.take_in(e) for e in events), return_exceptions=True)
    assert [isinstance(result, RuntimeError) for result in done] == [
        False, False, False, True, False, False,
    ]  # fmt: skip
    assert set(await channel.replies()) == {"m0", "m1", "m2", "m4", "m5"}


# --- before the post is recorded ----------------------------------------------------------------


async def test_replies_before_the_record_of_the_post_are_taken_in_and_chatter_is_let_go(
    channel: Channel,
) -> None:
    world, ada = channel.world, channel.ada
    platform = FaultyPlatform(world.clock)
    outbox = stand_in(world, platform)
    platform.fail(LoseAnswer())
    await ada.answer("prompt post", prompt=PROMPT)
    posted = platform.standing[0].ref  # it stands there, and the bot does not know it yet
    written = [
        channel.said("cy", "m3", to="m2", thread=posted, at=3),
        channel.said("bo", "m1", thread=posted, at=1),
        channel.said("cy", "m2", to=posted, thread=None, at=2),
    ]
    platform.seen = [SeenMessage(event) for event in written]
    await channel.hears(
        *written,
        channel.edited("m1", "four words with F8", thread=posted),
        channel.reacted("cy", posted, thread=None),
        channel.said("bo", "chatter", thread=None),
        channel.said("bo", "other", thread="another thread"),
    )
    assert await channel.replies() == {}
    assert "chatter" in await channel.held()
    assert "Bo" not in await ada.answer("participation class")

    world.clock.move(seconds=60)
    await outbox.deliver_due()
    replies = await channel.replies()
    assert await channel.parents() == {"m1": None, "m2": None, "m3": "m2"}
    assert replies["m1"].words == 4
    assert await channel.evidence() == {"m1": {"F8"}}
    assert len({reply.discussion_id for reply in replies.values()}) == 1
    assert not {"chatter", "other"} & await channel.held()
    assert "Cy | 1 | 2 | 0" in await ada.answer("participation class")


async def test_what_is_held_waits_for_every_post_under_way_in_the_channel(
    channel: Channel,
) -> None:
    world, ada = channel.world, channel.ada
    platform = FaultyPlatform(world.clock)
    outbox = stand_in(world, platform)
    platform.fail(LoseAnswer(), LoseAnswer())
    await ada.answer("prompt post", prompt=PROMPT)
    world.clock.move(seconds=20)
    await ada.answer("prompt post", prompt=PROMPT)
    first, second = [one.ref for one in platform.standing]
    await channel.hears(
        channel.said("bo", "m1", thread=first), channel.said("bo", "m2", thread=second)
    )
    world.clock.move(seconds=30)
    await outbox.deliver_due()  # the first one's lease has run out, and not the second's
    assert set(await channel.replies()) == {"m1"}
    world.clock.move(seconds=20)
    await outbox.deliver_due()
    assert set(await channel.replies()) == {"m1", "m2"}


async def test_a_reaction_held_until_its_message_has_its_place_makes_a_member(
    channel: Channel,
) -> None:
    world, ada = channel.world, channel.ada
    platform = FaultyPlatform(world.clock)
    outbox = stand_in(world, platform)
    platform.fail(LoseAnswer())
    await ada.answer("prompt post", prompt=PROMPT)
    thread = platform.standing[0].ref
    said = channel.said("bo", "m1", thread=thread, at=1)
    mark = channel.reacted("di", "m1", 2, thread=thread)
    platform.seen = [SeenMessage(said, ((mark.person, "👍"),))]
    await channel.hears(said, mark)
    world.clock.move(seconds=60)
    await outbox.deliver_due()
    assert "Di |" in await ada.answer("participation class")


async def test_a_reaction_told_before_its_message_makes_a_member(channel: Channel) -> None:
    await channel.hears(channel.reacted("di", "m1", 2, thread=None))
    await channel.hears(channel.said("bo", "m1", to=channel.thread, thread=None, at=1))
    assert "Di |" in await channel.ada.answer("participation class")
