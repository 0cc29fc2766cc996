"""How people on Slack are answered: in time, alone, and somehow, whatever Slack refuses."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.adapters.slack import answering
from bot.core.dispatch import Dispatcher
from tests.adapters.slack.connected import Seminar, Way, a_seminar
from tests.fakes.slack_workspace import Fail, Refuse

WAYS = pytest.mark.parametrize("way", ["socket", "http"])


@pytest.fixture
async def seminar(tmp_path: Path) -> AsyncIterator[Seminar]:
    async with a_seminar(tmp_path) as seminar:
        await seminar.set_up()
        yield seminar


class Slowly:
    """The core takes its time, until it is let go."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, seminar: Seminar) -> None:
        self.goes_on = asyncio.Event()
        run = Dispatcher.run

        async def waits(dispatcher: Dispatcher, invocation: object) -> object:
            await self.goes_on.wait()
            return await run(dispatcher, invocation)  # type: ignore[arg-type]  # whatever it was

        monkeypatch.setattr(Dispatcher, "run", waits)
        assert seminar.adapter._listeners is not None
        monkeypatch.setattr(seminar.adapter._listeners.answering, "_defer_seconds", 0.05)


@WAYS
async def test_what_takes_long_is_acknowledged_and_follows(
    way: Way, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_seminar(tmp_path, way) as seminar:
        await seminar.set_up()
        slowly = Slowly(monkeypatch, seminar)
        asked = seminar.world.run_command(seminar.ada, seminar.channel, "/fact", "about F8")
        assert await asked.answered() is None
        slowly.goes_on.set()
        told = await asked.told()
        assert "F8" in told.words()
        assert told.seen_by is seminar.ada


async def test_a_form_that_takes_long_closes_and_is_answered(
    seminar: Seminar, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = await seminar.opens(seminar.teacher, "/prompt new Norms")
    slowly = Slowly(monkeypatch, seminar)
    sent = seminar.world.submit(view, title="Norms", text="Why?", sides="only one")
    await sent.answered()
    assert not view.is_open
    slowly.goes_on.set()
    await seminar.settle()
    refused = seminar.world.private_to(seminar.teacher)[-1]
    assert "at least two" in refused.words()
    again = await seminar.world.press(seminar.teacher, refused, "Edit again").opened()
    assert "Why?" in str(again.blocks), "what was typed is there again"


async def test_a_trigger_that_is_too_old_leaves_a_button(seminar: Seminar) -> None:
    seminar.slack.faults.next("views.open", Refuse("expired_trigger_id"))
    (said,) = await seminar.asks(seminar.teacher, "/prompt new Norms")
    assert "needs a little more" in said
    offer = seminar.world.private_to(seminar.teacher)[-1]
    view = await seminar.world.press(seminar.teacher, offer, "Fill in").opened()
    assert "Norms" in str(view.blocks)


async def test_a_button_whose_form_is_not_kept_any_more_says_so(seminar: Seminar) -> None:
    seminar.slack.faults.next("views.open", Refuse("expired_trigger_id"))
    await seminar.asks(seminar.teacher, "/prompt new Norms")
    offer = seminar.world.private_to(seminar.teacher)[-1]
    seminar.clock.move(seconds=(answering.FORM_VALID + timedelta(seconds=1)).total_seconds())
    pressed = seminar.world.press(seminar.teacher, offer, "Fill in")
    assert "not kept any more" in (await pressed.told()).words()


async def test_where_the_address_fails_it_is_shown_another_way(seminar: Seminar) -> None:
    seminar.slack.faults.next("response_url", Fail(404))
    await seminar.world.press(seminar.ada, seminar.posts()[0], "Fact F32").answered()
    assert "F32" in await seminar.told(seminar.ada)
    assert seminar.slack.asked("chat.postEphemeral")


async def test_who_has_left_the_channel_is_answered_directly(seminar: Seminar) -> None:
    post = seminar.posts()[0]
    seminar.world.mention(seminar.ada, seminar.channel, "fact about F8", thread=post)
    seminar.world.leave(seminar.ada, seminar.channel)
    await seminar.settle()
    told = seminar.world.private_to(seminar.ada)[-1]
    assert "F8" in told.words()
    assert told.channel.kind == "im"


async def test_a_file_that_slack_refuses_is_said_to_be_missing(seminar: Seminar) -> None:
    seminar.slack.faults.next("files.completeUploadExternal", Refuse("missing_scope"))
    said = "\n".join(await seminar.asks(seminar.teacher, "/participation export"))
    assert "could not be given to you" in said


async def test_a_file_without_an_answer_may_be_there(seminar: Seminar) -> None:
    seminar.slack.faults.next("files.completeUploadExternal", Fail(500, accepted=True))
    said = "\n".join(await seminar.asks(seminar.teacher, "/participation export"))
    assert "Slack did not answer" in said


async def test_what_goes_wrong_on_our_side_has_an_id(
    seminar: Seminar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "_files", _fails)
    pressed = seminar.world.press(seminar.ada, seminar.posts()[0], "Fact F32")
    assert "was logged as" in (await pressed.told()).words()


def _fails(*given: object) -> None:
    raise RuntimeError("a bug")


async def test_a_group_alone_or_mistyped_says_what_there_is(seminar: Seminar) -> None:
    (said,) = await seminar.asks(seminar.ada, "/prompt")
    assert "/prompt is followed by one of" in said
    (said,) = await seminar.asks(seminar.ada, "/fact abuot F8")
    assert "/fact about" in said
    (said,) = await seminar.asks(seminar.ada, "/coalface fact about F8")
    assert "F8" in said


async def test_in_a_direct_message_the_only_course_is_meant(seminar: Seminar) -> None:
    bot = seminar.world.bot(seminar.team)
    seminar.world.say(seminar.ada, seminar.channel, "Mine.", thread=seminar.posts()[0])
    await seminar.settle()
    asked = seminar.world.run_command(seminar.ada, bot, "/participation", "me")
    await asked.answered()
    assert "1 message" in await seminar.told(seminar.ada)
