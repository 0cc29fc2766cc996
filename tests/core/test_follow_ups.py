"""Follow-ups of a prompt: posted when their condition is met, each once, at most two."""

import pytest

from bot.adapters.browser.platform import BrowserPlatform
from bot.core.ports import SendRefused
from tests.core.terms import Term, a_term
from tests.world import PROMPT, World

# The prompt has three: at 4 replies, after 24 hours of silence, and 72 hours after opening.
AT_FOUR, SILENT, BEFORE_CLOSE = "F12 says that", "Nobody has brought a source", "Before we close"


@pytest.fixture
async def term(world: World) -> Term:
    made = await a_term(world)
    await made.until("2026-09-07 12:00")
    await world.post(made.ada)
    return made


async def follow_ups(term: Term) -> list[str]:
    said = await term.bo.sees(1)
    return [next(w for w in (AT_FOUR, SILENT, BEFORE_CLOSE) if w in words)
            for words in said if "D1 · goes on" in words]  # fmt: skip


async def test_silence_brings_one_and_a_reply_puts_it_off(term: Term) -> None:
    await term.until("2026-09-08 11:00")
    await term.bo.say("Not yet.", 1)
    await term.until("2026-09-08 12:30")
    assert await follow_ups(term) == []
    await term.until("2026-09-09 11:01")
    await term.pass_()
    assert await follow_ups(term) == [SILENT]
    why = await term.ada.answer("prompt why", discussion="D1")
    assert "after 24 hours without a reply" in why
    assert "nobody had replied since Tue 8 Sep 2026, 11:00 EDT" in why


async def test_replies_bring_one_at_once(term: Term) -> None:
    for number in range(4):
        assert await follow_ups(term) == []
        await term.bo.say(f"Answer {number}.", 1)
        await term.pass_()
    assert await follow_ups(term) == [AT_FOUR]
    await term.bo.say("One more.", 1)
    await term.pass_()
    assert await follow_ups(term) == [AT_FOUR]
    assert "4 replies counted by then" in await term.ada.answer("prompt why", discussion="D1")


async def test_what_staff_write_and_what_is_deleted_brings_none(term: Term) -> None:
    for number in range(4):
        await term.ada.say(f"Staff {number}.", 1)
        await term.bo.delete(await term.bo.say(f"Answer {number}.", 1))
    await term.pass_()
    assert await follow_ups(term) == []


async def test_at_most_two_are_posted(term: Term) -> None:
    for number in range(4):
        await term.bo.say(f"Answer {number}.", 1)
    await term.pass_()
    await term.until("2026-09-08 13:00")
    assert await follow_ups(term) == [AT_FOUR, SILENT]
    await term.until("2026-09-10 13:00")
    assert len(await follow_ups(term)) == 2
    assert "D1 had 2 follow-ups before" in await term.ada.answer("prompt why", discussion="D1")


async def test_none_comes_in_the_quiet_hours(term: Term) -> None:
    await term.until("2026-09-07 23:00")
    await term.bo.say("Late at night.", 1)
    await term.until("2026-09-08 23:01")
    assert await follow_ups(term) == []
    await term.until("2026-09-09 06:59")
    assert await follow_ups(term) == []
    await term.until("2026-09-09 07:00")
    assert await follow_ups(term) == [SILENT]


async def test_one_put_off_by_the_quiet_hours_goes_back_to_waiting_when_replies_are_deleted(
    term: Term,
) -> None:
    await term.until("2026-09-07 23:00")
    said = [await term.bo.say(f"Answer {number}.", 1) for number in range(4)]
    await term.pass_()
    await term.bo.delete(said[0])
    await term.until("2026-09-08 07:30")
    assert await follow_ups(term) == []
    await term.bo.say("A fourth one again.", 1)
    await term.pass_()
    assert await follow_ups(term) == [AT_FOUR]


async def test_one_that_could_not_be_posted_by_day_is_not_posted_at_night(
    term: Term, monkeypatch: pytest.MonkeyPatch
) -> None:
    await term.until("2026-09-07 21:30")
    await term.bo.say("In the evening.", 1)
    with monkeypatch.context() as patch:
        patch.setattr(BrowserPlatform, "post", refuse)
        await term.until("2026-09-08 21:31")
    await term.until("2026-09-08 23:00")
    assert await follow_ups(term) == []
    await term.until("2026-09-09 06:59")
    assert await follow_ups(term) == []
    await term.until("2026-09-09 07:00")
    assert await follow_ups(term) == [SILENT]


async def refuse(*_: object) -> None:
    raise SendRefused("Not now.")


async def test_the_quiet_hours_are_the_courses_own(term: Term) -> None:
    assert "Quiet hours: 10:00-14:00" in await term.ada.answer(
        "course settings", quiet="10:00-14:00"
    )
    await term.until("2026-09-08 12:30")
    assert await follow_ups(term) == []
    await term.until("2026-09-08 14:00")
    assert await follow_ups(term) == [SILENT]


@pytest.mark.parametrize(
    ("typed", "hours"),
    [
        ("10pm-7am", "22:00-07:00"), ("10 p.m. to 7:30 a.m.", "22:00-07:30"),
        ("10PM TO 7AM", "22:00-07:00"), ("22-7", "22:00-07:00"), ("22:15 – 07:00", "22:15-07:00"),
        ("midnight to 6am", "00:00-06:00"),
    ],
)  # fmt: skip
async def test_quiet_hours_are_typed_as_people_type_them(
    term: Term, typed: str, hours: str
) -> None:
    assert f"Quiet hours: {hours}" in await term.ada.answer("course settings", quiet=typed)


@pytest.mark.parametrize(
    "typed", ["late", "10-7am", "10:30-7am", "22:00", "25-7", "9-9-9", "22:60-7"]
)
async def test_what_are_no_hours_of_the_day_is_refused(term: Term, typed: str) -> None:
    form = await term.ada.form("course settings", quiet=typed)
    assert "quiet takes hours of the day" in form.problems["quiet"]


async def test_none_comes_once_it_is_closed(term: Term) -> None:
    await term.ada.answer("prompt close", discussion="D1")
    await term.until("2026-09-11 13:00")
    assert await follow_ups(term) == []
    assert "D1 was closed before" in await term.ada.answer("prompt why", discussion="D1")


async def test_one_that_was_due_long_ago_is_let_go(term: Term) -> None:
    """The bot was away; what was to come after 72 hours would come out of place."""
    await term.until("2026-09-12 12:00")
    assert await follow_ups(term) == [SILENT]
    assert "the bot was away when it was due" in await term.ada.answer(
        "prompt why", discussion="D1"
    )


async def test_those_of_a_scheduled_prompt_come_too(term: Term) -> None:
    await term.schedule(PROMPT, "tomorrow 9am")
    await term.until("2026-09-08 09:00")
    await term.until("2026-09-09 09:01")
    why = await term.ada.answer("prompt why", discussion="D2")
    assert "Posted by S1, for Tuesday 8 September 2026 at 09:00" in why
    assert "nobody had replied since" in why
