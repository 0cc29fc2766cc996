"""Everything belongs to a course: two courses with the same numbers, people and words in one space,
and no query that reads for one of them brings anything of the other."""

import inspect
from collections.abc import Awaitable, Callable
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import select

from storage import (
    allowances,
    archives,
    audit,
    courses,
    discussions,
    exports,
    follow_ups,
    grading,
    granting,
    joining,
    leaving,
    linking,
    members,
    messages,
    notices,
    outbox,
    receipts,
    replies,
    responding,
    rosters,
    schedules,
    since,
)
from storage.database import Connection, Database
from storage.ids import (
    AccountRef,
    MessageRef,
    SpaceId,
    ThreadRef,
)
from storage.schema import message_texts
from tests.storage.conftest import NOW
from tests.storage.two_courses import SPACE, Made, make

EARLIER = NOW - timedelta(days=1)
MODULES = (
    courses, joining, leaving, linking, members, granting, discussions, messages, replies, outbox,
    responding, notices, audit, allowances, follow_ups, schedules, rosters, archives, exports,
    grading, receipts,
)  # fmt: skip

NAMES_ITS_COURSE = {
    "CourseId", "Collection[CourseId]", "SpaceId", "Space", "ChannelId", "Collection[ChannelId]",
    "Collection[tuple[Space, ChannelRef]]", "Collection[tuple[CourseId, Space, AccountRef]]",
    "Sequence[tuple[Space, AccountRef]]",
}  # fmt: skip
BY_A_ROW = {
    "SendId", "Schedule", "Discussion", "FollowUpState", "Collection[MemberId]",
    "Collection[MessageId]", "Mapping[AccountId, str]", "Collection[ScheduleId]",
}  # fmt: skip
"""A row's own id belongs to one course, and ids are never handed out across."""

ACROSS = {
    "members.rename": "a person's name is their space's, whatever courses they are in",
    "courses.all_courses": "whoever runs the bot: reports, recovery and housekeeping go over all",
    "discussions.closing_or_reminding": "what falls due serves every course",
    "discussions.next_closing_or_reminding": "an instant, and of nobody",
    "follow_ups.replied_to": "what falls due serves every course; commands never read it",
    "follow_ups.expect": "writes rows of the discussions that it is handed",
    "schedules.decide": "writes rows of the schedules that the occurrences name",
    "follow_ups.due": "what falls due serves every course; commands never read it",
    "follow_ups.next_due": "an instant, and of nobody",
    "follow_ups.waiting_for_replies": "what falls due serves every course; commands never read it",
    "schedules.due": "what falls due serves every course; commands never read it",
    "schedules.next_due": "an instant, and of nobody",
    "receipts.to_be_told": "the agenda tells each course's staff; commands never read it",
    "receipts.told": "deletes only what was told",
    "schedules.forget_proposals": "housekeeping; deletes only",
    "courses.create": "makes the course, in a space or in none yet",
    "courses.channels_in": "whoever runs the bot: where it may write on a platform",
    "joining.code_of": "the code is what says which course, to somebody who is in none yet",
    "members.members_by_account": "gives the course with each member; the intake picks by channel",
    "leaving.there_on": "the daily roll call serves every course; commands never read it",
    "messages.reserve_ids": "reads no course's data",
    "messages.add": "writes the rows that it is handed",
    "messages.save": "writes the states that it is handed",
    "messages.save_reactions": "writes the states that it is handed",
    "messages.forget_held": "housekeeping; deletes only",
    "messages.by_id": "no query",
    "notices.forget": "housekeeping; deletes only",
    "outbox.due": "delivery serves every course; commands never read it",
    "outbox.next_due": "an instant, and of nobody",
    "outbox.with_keys": "a key holds the invocation's id, which is unique",
}


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_every_query_says_for_which_course(module: ModuleType) -> None:
    unnamed = []
    for name, function in inspect.getmembers(module, inspect.iscoroutinefunction):
        if function.__module__ != module.__name__ or name.startswith("_"):
            continue
        takes = {
            str(getattr(p.annotation, "__name__", p.annotation))
            if "[" not in str(p.annotation)
            else _short(str(p.annotation))
            for p in inspect.signature(function).parameters.values()
        }
        key = f"{module.__name__.rpartition('.')[2]}.{name}"
        if not takes & (NAMES_ITS_COURSE | BY_A_ROW) and key not in ACROSS:
            unnamed.append(key)
    assert unnamed == []


def _short(annotation: str) -> str:
    words = annotation.replace("collections.abc.", "").replace("storage.ids.", "")
    return words.replace("typing.", "")


async def _code_of(db: Connection, made: Made) -> Any:
    """By the digest that stands in the course's own row, whichever it is by now."""
    codes = [await joining.code_of(db, f"digest-{mark}") for mark in ("north", "south")]
    return [code for code in codes if code is not None and code.course_id == made.course]


async def _link_codes(db: Connection, made: Made) -> Any:
    return [await linking.code_of(db, made.course, f"digest-{mark}") for mark in ("north", "south")]


async def _grants_in(db: Connection, made: Made) -> Any:
    return await granting.grants_in(
        db, made.course, await courses.ensure_space(db, SPACE, NOW)
    )  # fmt: skip


async def _decided(db: Connection, made: Made) -> Any:
    return [await schedules.decided(db, s) for s in await schedules.schedules_of(db, made.course)]


async def _figures_of(db: Connection, made: Made) -> Any:
    return [
        await exports.figures_of(db, made.course, one.id)
        for one in await exports.exports_of(db, made.course)
    ]


Read = Callable[[Connection, Made], Awaitable[Any]]
READS: dict[str, Read] = {
    "course": lambda db, m: courses.course(db, m.course),
    "channels_of": lambda db, m: courses.channels_of(db, m.course),
    "channels_of staff": lambda db, m: courses.channels_of(db, m.course, "staff"),
    "channel": lambda db, m: courses.channel(db, m.course, m.channel),
    "channel_at": lambda db, m: courses.channel_at(db, SPACE, m.ref),
    "channels_at": lambda db, m: courses.channels_at(db, [(SPACE, m.ref)]),
    "code_of": _code_of,
    "linking.code_of": _link_codes,
    "accounts_of": lambda db, m: linking.accounts_of(db, m.course, m.member),
    "member_at": lambda db, m: members.member_at(db, m.course, SPACE, AccountRef("bo")),
    "members_of": lambda db, m: members.members_of(db, m.course),
    "staff_accounts": lambda db, m: members.staff_accounts(db, m.course),
    "roles_of": lambda db, m: members.roles_of(db, [m.member]),
    "chosen_in": lambda db, m: granting.chosen_in(db, [m.course]),
    "grants_of": lambda db, m: granting.grants_of(db, m.course, [m.account]),
    "grants_in": _grants_in,
    "grants_to": lambda db, m: granting.grants_to(db, m.course, m.member),
    "standing": lambda db, m: granting.standing(db, m.course, m.member),
    "prompts_of": lambda db, m: discussions.prompts_of(db, m.course),
    "discussions_of": lambda db, m: discussions.discussions_of(db, m.course),
    "placements_of": lambda db, m: discussions.placements_of(db, m.course),
    "placements_in": lambda db, m: discussions.placements_in(db, [m.channel], ["thread-1"]),
    "discussion_in": lambda db, m: discussions.discussion_in(
        db, SPACE, m.ref, ThreadRef("thread-1")
    ),
    "sides_of": lambda db, m: discussions.sides_of(db, m.course, m.discussion),
    "states": lambda db, m: messages.states(db, m.channel, [MessageRef("message-0")]),
    "waiting_for": lambda db, m: messages.waiting_for(db, m.channel, [MessageRef("asked")]),
    "held": lambda db, m: messages.held(db, m.channel),
    "known_in": lambda db, m: messages.known_in(
        db, m.channel, m.discussion, [MessageRef("message-0")]
    ),
    "standing_in": lambda db, m: messages.standing_in(db, m.channel, m.discussion),
    "with_ids": lambda db, m: messages.with_ids(db, m.channel, [m.message]),
    "members_at": lambda db, m: members.members_at(db, [(m.course, SPACE, AccountRef("bo"))]),
    "replies_of": lambda db, m: replies.replies_of(db, m.course),
    "mentions_of": lambda db, m: replies.mentions_of(db, m.course),
    "evidence_of": lambda db, m: replies.evidence_of(db, m.course),
    "evidence_of one": lambda db, m: replies.evidence_of(db, m.course, m.discussion),
    "standing_reactions": lambda db, m: replies.standing_reactions(
        db, m.channel, m.discussion, [MessageRef("message-0")]
    ),
    "message_at": lambda db, m: responding.message_at(db, m.channel, MessageRef("message-0")),
    "said_in": lambda db, m: responding.said_in(db, m.course),
    "sends_of": lambda db, m: outbox.sends_of(db, m.course),
    "outbox.channels_of": lambda db, m: outbox.channels_of(db, m.course, m.discussion),
    "archives.spaces_of": lambda db, m: archives.spaces_of(db, m.course),
    "archives.files_of": lambda db, m: archives.files_of(db, m.course),
    "archives.people_of": lambda db, m: archives.people_of(db, m.course, SpaceId(1)),
    "archives.known": lambda db, m: archives.known(db, m.channel, [MessageRef("message-0")]),
    "allowances_of": lambda db, m: allowances.allowances_of(db, m.course),
    "follow_ups_of": lambda db, m: follow_ups.follow_ups_of(db, m.course, m.discussion),
    "prompts_used": lambda db, m: discussions.prompts_used(db, m.course),
    "schedules_of": lambda db, m: schedules.schedules_of(db, m.course),
    "by_number": lambda db, m: schedules.by_number(db, m.course, 1),
    "occurrence_of": lambda db, m: schedules.occurrence_of(db, m.course, m.discussion),
    "decided": _decided,
    "count_by_students": lambda db, m: replies.count_by_students(db, m.course, m.discussion),
    "since.joined": lambda db, m: since.joined(db, m.course, EARLIER),
    "audit.since": lambda db, m: audit.since(db, m.course, EARLIER),
    "entries": lambda db, m: audit.entries(db, m.course),
    "rule_of": lambda db, m: grading.rule_of(db, m.course),
    "given_in": lambda db, m: grading.given_in(db, m.course),
    "exports_of": lambda db, m: exports.exports_of(db, m.course),
    "figures_of": _figures_of,
    "since.touched": lambda db, m: since.touched(db, m.course, EARLIER),
    "since.reacted": lambda db, m: since.reacted(db, m.course, EARLIER),
    "since.sided": lambda db, m: since.sided(db, m.course, EARLIER),
    "entries_of": lambda db, m: rosters.entries_of(db, m.course),
    "links_of": lambda db, m: rosters.links_of(db, m.course),
    "linked_by_email": lambda db, m: rosters.linked_by_email(db, m.course),
    "kept_apart": lambda db, m: rosters.kept_apart(db, m.course),
    "claims_of": lambda db, m: rosters.claims_of(db, m.course),
}


async def _two(database: Database) -> tuple[Made, Made]:
    return (
        await database.write(lambda db: make(db, "north")),
        await database.write(lambda db: make(db, "south")),
    )


@pytest.mark.parametrize("name", READS)
async def test_a_query_reads_its_own_course_only(database: Database, name: str) -> None:
    """What it brings is the same with the other course there as without it."""
    north = await database.write(lambda db: make(db, "north"))
    async with database.read() as db:
        alone = repr(await READS[name](db, north))
    south = await database.write(lambda db: make(db, "south"))
    async with database.read() as db:
        assert repr(await READS[name](db, north)) == alone
        assert "south" not in alone
        assert "north" not in repr(await READS[name](db, south))


async def test_another_courses_ids_find_nothing(database: Database) -> None:
    north, south = await _two(database)
    async with database.read() as db:
        assert await discussions.placements_of(db, north.course, south.discussion) == []
        ref = MessageRef("message-0")
        assert await messages.known_in(db, north.channel, south.discussion, [ref]) == []
        assert [*await messages.standing_in(db, north.channel, south.discussion)] == []
        assert await messages.with_ids(db, north.channel, [south.message]) == []
        assert await replies.evidence_of(db, north.course, south.discussion) == []
        assert await responding.said_in(db, north.course, south.discussion) == []
        assert await replies.standing_reactions(db, north.channel, south.discussion, [ref]) == set()
        for asked in (
            courses.channel(db, north.course, south.channel),
            discussions.discussion_by_id(db, north.course, south.discussion),
        ):
            with pytest.raises(Exception, match="No row was found"):
                await asked


async def test_writing_for_one_course_leaves_the_other_as_it_was(database: Database) -> None:
    north, south = await _two(database)

    async def everything(db: Connection, of: Made) -> list[str]:
        return [repr(await read(db, of)) for read in READS.values()]

    async def change(db: Connection) -> None:
        await courses.change(db, north.course, {"title": "new", "archived_at": NOW})
        await discussions.change_prompt(db, north.course, 1, {"content": {"title": "new"}})
        await discussions.revise(db, north.course, north.discussion, withdrawn_at=NOW)
        await discussions.close(db, north.course, north.discussion, NOW)
        await discussions.take_side(
            db, north.course, north.discussion, north.member, north.account, "new", NOW
        )
        await members.set_role(db, north.course, north.member, "assistant", NOW)
        # Somebody who hands in another course's member changes nothing.
        await members.mark_informed(db, north.course, south.member, NOW)
        await outbox.cancel(db, north.course, north.discussion, ["prompt"])
        for of in (north, south):
            await allowances.revoke(db, north.course, of.discussion, of.member, NOW)
            await grading.take_back(db, north.course, of.discussion, of.member, NOW)
        await messages.forget_texts(db, north.course, NOW.replace(year=2030), [])
        await messages.release(db, north.channel)
        # Nor does another course's channel stop being its own.
        await courses.unbind_channel(db, north.course, south.channel)
        await joining.replace_code(db, north.course, "new", NOW)
        await joining.use_up(db, north.course, north.channel, NOW)
        await joining.ensure_course_space(db, north.course, SpaceId(1))
        (theirs,) = await rosters.entries_of(db, south.course)
        await rosters.change(db, north.course, theirs.id, {"name": "new"})
        await rosters.unlink(db, north.course, [south.account])
        await grading.set_rule(db, north.course, None, NOW)
        await archives.settle(db, north.course)
        await exports.forget(db, north.course, south.member)
        for kept, gone in [(north.member, south.member), (south.member, north.member)]:
            with pytest.raises(LookupError):
                await linking.merge(db, north.course, kept, gone)

    async with database.read() as db:
        before = await everything(db, south)
    await database.write(change)
    async with database.read() as db:
        assert await everything(db, south) == before
        found = await db.execute(select(message_texts.c.message_id, message_texts.c.text))
        texts = {row[0]: row[1] for row in found}
        assert texts[south.message] == "south"
        assert north.message not in texts
