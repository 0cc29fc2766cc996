"""What /course setup and /course settings take of a Discord server: roles whose holders are staff,
a role that is notified, another channel, a forum's tag."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.adapters.discord.connected import Seminar, heard
from tests.contract.test_discord_scripts import KULAKS, a_server, posted, read, run, why
from tests.fakes.discord_wire import TickingClock, Wire
from tests.fakes.discord_wire.records import Role


@pytest.fixture
async def seminar(tmp_path: Path) -> AsyncIterator[Seminar]:
    async with a_server(tmp_path) as seminar:
        yield seminar


async def role(seminar: Seminar, name: str, *, mentionable: bool = False) -> Role:
    made = seminar.world.add_role(seminar.guild, name, mentionable=mentionable)
    await seminar.settle()
    return made


# --- staff by a role ----------------------------------------------------------------------------


async def test_who_holds_the_role_is_staff_at_once_and_a_student_again_without_it(
    seminar: Seminar,
) -> None:
    tutors = await role(seminar, "Tutors")
    thread = await posted(seminar, assistants=tutors)
    shown = await run(seminar, seminar.ada, "course show")
    assert "Assistants by role: @Tutors" in shown
    seminar.world.say(seminar.bo, thread, "The state picked sides.")
    await seminar.settle()
    assert "is for assistants" in await run(seminar, seminar.bo, "participation class")
    seminar.world.give(seminar.guild, tutors, seminar.bo)
    assert "Student: Cy" not in await run(seminar, seminar.bo, "participation class")
    seminar.world.say(seminar.bo, thread, "Compare this with F12.")
    await seminar.settle()
    assert "Bo (assistant)" in await run(seminar, seminar.ada, "course show")
    seminar.world.take(seminar.guild, tutors, seminar.bo)
    seminar.world.say(seminar.bo, thread, "I am one of you again.")
    said = await why(seminar)
    assert "3 messages, of which 2 count" in said
    assert "written as staff of the course" in said
    assert "is for assistants" in await run(seminar, seminar.bo, "participation class")


async def test_an_instructor_by_role_posts_and_completes_without_having_been_seen(
    seminar: Seminar,
) -> None:
    teachers = await role(seminar, "Teachers")
    await run(seminar, seminar.ada, "course setup", title="History 101", instructors=teachers)
    seminar.world.give(seminar.guild, teachers, seminar.cy)
    asked = seminar.world.autocomplete(seminar.cy, seminar.channel, "prompt post", "prompt")
    await asked.until(lambda one: one.choices is not None)
    assert KULAKS in [choice["value"] for choice in asked.choices or ()]
    assert "Posted in" in await run(seminar, seminar.cy, "prompt post", prompt=KULAKS)


async def test_who_wrote_with_the_role_while_the_bot_was_away_is_asked_for(
    tmp_path: Path,
) -> None:
    clock = TickingClock()
    async with Wire(clock).opened() as wire:
        seminar = Seminar(wire, clock, tmp_path)
        async with seminar.up():
            await seminar.settle()
            tutors = await role(seminar, "Tutors")
            thread = await posted(seminar, assistants=tutors)
        seminar.world.give(seminar.guild, tutors, seminar.bo)
        seminar.world.say(seminar.bo, thread, "Think of the quotas.")
        async with seminar.up():
            await seminar.settle()
            assert "Bo (assistant)" in await run(seminar, seminar.ada, "course show")
            assert "1 message, of which 0 count" in await why(seminar)
        assert wire.unknown == []


async def test_a_role_that_was_lost_while_the_connection_was_is_asked_for(
    seminar: Seminar,
) -> None:
    tutors = await role(seminar, "Tutors")
    thread = await posted(seminar, assistants=tutors)
    seminar.world.give(seminar.guild, tutors, seminar.bo)
    seminar.world.say(seminar.bo, thread, "Compare this with F12.")
    await seminar.settle()
    assert "Bo (assistant)" in await run(seminar, seminar.ada, "course show")
    async with heard(seminar, "shard_ready"):
        with seminar.wire.gateway.down():
            seminar.world.take(seminar.guild, tutors, seminar.bo)
            seminar.world.say(seminar.bo, thread, "I am one of you again.")
            seminar.wire.gateway.forget()
    await seminar.settle()
    assert "Bo (assistant)" not in await run(seminar, seminar.ada, "course show")
    assert "2 messages, of which 1 counts" in await why(seminar)


async def test_everyone_and_an_apps_role_make_nobody_staff(seminar: Seminar) -> None:
    everyone = seminar.guild.roles[0]
    said = await run(
        seminar, seminar.ada, "course setup", title="History 101", assistants=everyone
    )  # fmt: skip
    assert "@everyone is the whole server; pick a role that only staff hold." in said
    managed = seminar.world.add_role(seminar.guild, "Quizzer", managed=True)
    await seminar.settle()
    said = await run(
        seminar, seminar.ada, "course setup", title="History 101", instructors=managed
    )  # fmt: skip
    assert "“Quizzer” is an app's" in said
    said = await run(seminar, seminar.ada, "course setup", title="History 101", notify=everyone)
    assert "Coalface never notifies @everyone" in said
    assert "There is no course in this channel yet" in await run(
        seminar, seminar.bo, "course show"
    )  # fmt: skip


# --- a role that is notified --------------------------------------------------------------------


async def test_a_prompt_notifies_the_role_once_and_nobody_else(seminar: Seminar) -> None:
    students = await role(seminar, "Students", mentionable=True)
    await role(seminar, "Others", mentionable=True)
    thread = await posted(seminar, notify=students)
    (prompt,) = seminar.posts()
    assert prompt.content == f"<@&{students.id}>"
    assert prompt.mention_roles == [students.id]
    assert (prompt.mentions, prompt.mention_everyone) == ([], False)
    await run(seminar, seminar.ada, "prompt close", discussion="D1")
    await seminar.settle()
    assert prompt.edited_at is not None
    assert "Closed" in read(prompt)
    assert seminar.posts(thread)
    assert all(later.mention_roles == [] for later in seminar.posts(thread)), "nor its summary"
    cleared = await run(seminar, seminar.ada, "course settings", clear="notify")
    assert "Notified of prompts" not in cleared
    await run(seminar, seminar.ada, "prompt post", prompt=KULAKS)
    await seminar.settle()
    assert seminar.posts()[-1].mention_roles == []
    assert seminar.posts()[-1].content == ""


async def test_a_role_that_can_not_be_mentioned_is_refused_until_it_can(seminar: Seminar) -> None:
    students = await role(seminar, "Students")
    seminar.world.deny(seminar.channel, seminar.guild.roles[0], "mention_everyone")
    await seminar.settle()
    said = await run(seminar, seminar.ada, "course setup", title="History 101", notify=students)
    assert "“Students” can't be mentioned by Coalface in #kulaks; allow everybody to" in said
    assert "“Mention @everyone, @here, and All Roles” there" in said
    bot = seminar.guild.members[seminar.world.bot.id].roles[0]
    seminar.world.allow(seminar.channel, bot, "mention_everyone")
    await seminar.settle()
    await posted(seminar, notify=students)
    (prompt,) = seminar.posts()
    assert prompt.mention_roles == [students.id]


async def test_where_it_can_be_mentioned_no_more_the_prompt_stands_and_staff_are_told(
    seminar: Seminar,
) -> None:
    students = await role(seminar, "Students", mentionable=True)
    seminar.world.deny(seminar.channel, seminar.guild.roles[0], "mention_everyone")
    office = seminar.world.add_channel(seminar.guild, "office")
    await seminar.settle()
    await run(
        seminar, seminar.ada, "course setup", title="History 101", notify=students,
        staff_channel=office,
    )  # fmt: skip
    seminar.world.change_role(seminar.guild, students, mentionable=False)
    await seminar.settle()
    assert "Posted in" in await run(seminar, seminar.ada, "prompt post", prompt=KULAKS)
    await seminar.settle()
    (prompt,) = seminar.posts()
    assert prompt.mention_roles == []
    (notice,) = seminar.posts(office)
    assert "D1 is posted in #kulaks, and nobody was notified: “Students” can't" in read(notice)


# --- another channel, and a forum's tag ---------------------------------------------------------


async def test_a_forum_is_set_up_from_a_text_channel_with_the_tag_it_wants(
    seminar: Seminar,
) -> None:
    forum = seminar.world.add_channel(
        seminar.guild, "debates", "forum", tags=["Week 1", "Debates"], tag_required=True
    )
    await seminar.settle()
    ada = seminar.ada
    said = await run(seminar, ada, "course setup", title="History 101", channel=forum)
    assert "Posts in #debates must have a tag; give one of these: Week 1, Debates." in said
    asked = seminar.world.autocomplete(
        ada, seminar.channel, "course setup", "tag", title="History 101", channel=forum
    )
    await asked.until(lambda one: one.choices is not None)
    assert [choice["value"] for choice in asked.choices or ()] == ["Week 1", "Debates"]
    said = await run(
        seminar, ada, "course setup", title="History 101", channel=forum, tag="Debates"
    )  # fmt: skip
    assert "Whoever writes in #debates's discussions" in said
    assert "Posted in" in await run(seminar, ada, "prompt post", prompt=KULAKS)
    await seminar.settle()
    (post,) = [c for c in seminar.guild.channels.values() if c.parent is forum]
    assert post.applied_tags == [forum.tags[1].id]
    seminar.world.remove_tag(forum, "Debates")
    await seminar.settle()
    await run(seminar, ada, "prompt post", prompt=KULAKS)
    shown = await run(seminar, ada, "course show", post)
    assert "“Debates”, which was chosen for them, is gone; add it again" in shown


async def test_a_channel_in_which_it_may_not_post_is_refused_and_says_what_it_lacks(
    seminar: Seminar,
) -> None:
    news = seminar.world.add_channel(seminar.guild, "news", "announcement")
    bot = seminar.guild.members[seminar.world.bot.id].roles[0]
    seminar.world.deny(news, bot, "embed_links")
    await seminar.settle()
    said = await run(seminar, seminar.ada, "course setup", title="History 101", channel=news)
    assert "Coalface needs “Embed Links” in #news" in said
    seminar.world.allow(news, bot, "embed_links")
    await seminar.settle()
    said = await run(seminar, seminar.ada, "course setup", title="History 101", channel=news)
    assert "Whoever writes in #news's discussions" in said
    said = await run(seminar, seminar.bo, "course setup", title="Mine", channel=seminar.channel)
    assert "There is no course in this channel yet" in said
