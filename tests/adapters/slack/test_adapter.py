"""Coalface on the loopback Slack, by Socket Mode and over HTTP: it connects, is installed, answers
and goes, and what is not Slack's is refused."""

import asyncio
import gc
import logging
from contextlib import suppress
from pathlib import Path

import aiohttp
import pytest

from bot import logs
from bot.adapters.slack.manifest import EVENTS_PATH
from bot.app import run
from bot.core.errors import CannotConnect
from tests.adapters.slack.connected import Seminar, Way, a_seminar, a_workspace

WAYS = pytest.mark.parametrize("way", ["socket", "http"])


@WAYS
async def test_it_connects_and_answers(way: Way, tmp_path: Path) -> None:
    async with a_seminar(tmp_path, way) as seminar:
        post = await seminar.set_up()
        assert "Two kinds of success, two fates" in post.words()
        seminar.world.say(seminar.ada, seminar.channel, "The state decided.", thread=post)
        assert "I record what you write" in await seminar.told(seminar.ada)
        (said,) = await seminar.asks(seminar.ada, "/participation me")
        assert "1 message" in said


@WAYS
async def test_what_somebody_known_asks_takes_no_call(way: Way, tmp_path: Path) -> None:
    async with a_seminar(tmp_path, way) as seminar:
        await seminar.set_up()
        await seminar.asks(seminar.ada, "/fact about F8")
        seminar.slack.requests.clear()
        (said,) = await seminar.asks(seminar.ada, "/fact about F8")
        assert "F8" in said
        assert seminar.slack.requests == []


# --- installing ---------------------------------------------------------------------------------


async def test_two_workspaces_that_do_not_see_each_other(tmp_path: Path) -> None:
    async with a_seminar(tmp_path, "http") as seminar:
        world = seminar.world
        post = await seminar.set_up()
        team = world.add_team("Physics", install=False)
        owner = world.add_user("Olga", team, "owner")
        status, page = await seminar.install(owner)
        assert (status, "Thank you!" in page) == (200, True)
        channel = world.add_channel("seminar", owner)
        await seminar.asks(owner, '/course setup "Physics 7"', channel)
        await seminar.asks(owner, "/prompt post john-henry-and-stakhanov", channel)
        (theirs,) = seminar.posts(channel)
        world.say(seminar.ada, seminar.channel, "Only for history.", thread=post)
        world.say(owner, channel, "Only for physics.", thread=theirs)
        await seminar.settle()
        for name in ("participation class", "course show", "prompt list"):
            shown = "\n".join(await seminar.asks(owner, f"/{name}", channel))
            assert "History 101" not in shown
            assert "Ada" not in shown
        assert {one.team for one in seminar.slack.asked("chat.postMessage")} == {
            seminar.team.id,
            team.id,
        }
        assert "History 101" not in (await world.open_home(owner)).words()


async def test_what_happens_in_a_shared_channel_reaches_the_workspace_of_its_course(
    tmp_path: Path,
) -> None:
    """…though Slack tells of it once, for one of the two that have Coalface."""
    async with a_seminar(tmp_path, "http") as seminar:
        world = seminar.world
        team = world.add_team("Physics", install=False)
        owner = world.add_user("Olga", team, "owner")
        await seminar.install(owner)
        shared = world.add_channel("shared", owner, seminar.ada, shared_with=[seminar.team])
        world.invite_bot(shared)
        world.join(world.bot(seminar.team), shared)
        await seminar.asks(owner, '/course setup "Physics 7"', shared)
        await seminar.asks(owner, "/prompt post kulaks-and-shock-workers", shared)
        (post,) = seminar.posts(shared)
        said = world.say(seminar.ada, shared, "From the other workspace.", thread=post)
        await seminar.settle()
        told = {one.envelope["team_id"] for one in seminar.slack.deliveries.events[-2:]}
        assert told == {seminar.team.id}, "Slack told it for the one that has no course there"
        world.react(owner, said)
        await seminar.settle()
        why = "\n".join(await seminar.asks(owner, f"/participation why {seminar.ada.id}", shared))
        assert "1 message, of which 1 counts" in why
        assert "Reactions received: 1" in why
        world.leave(seminar.ada, shared)
        await seminar.settle()
        why = "\n".join(await seminar.asks(owner, f"/participation why {seminar.ada.id}", shared))
        assert "Ada has left" in why


async def test_a_whole_organisation_installs_it_once(tmp_path: Path) -> None:
    async with a_seminar(tmp_path, "http") as seminar:
        world = seminar.world
        enterprise = world.add_enterprise("University")
        teams = [
            world.add_team(name, enterprise=enterprise, install=False) for name in ("One", "Two")
        ]
        owners = [world.add_user(f"Owner of {team.name}", team, "owner") for team in teams]
        await seminar.install(owners[0], whole=True)
        for number, owner in enumerate(owners):
            channel = world.add_channel(f"room-{number}", owner)
            (said, *_) = await seminar.asks(owner, f"/course setup Course{number}", channel)
            assert f"Course{number} is set up" in said
            await seminar.asks(owner, "/prompt post kulaks-and-shock-workers", channel)
            assert len(seminar.posts(channel)) == 1


async def test_an_install_that_another_browser_ends_is_refused(tmp_path: Path) -> None:
    async with a_seminar(tmp_path, "http") as seminar:
        base = f"http://127.0.0.1:{seminar.adapter.port}"
        async with aiohttp.ClientSession() as browser:
            for query in ("?code=none&state=guessed", "?error=access_denied", ""):
                async with browser.get(f"{base}/slack/oauth_redirect{query}") as page:
                    shown = await page.text()
                    assert "Thank you!" not in shown
                    assert "Oops" in shown or "went wrong" in shown.casefold() or page.status >= 400
        assert len(seminar.slack.asked("oauth.v2.access")) == 1


async def test_what_was_removed_is_forgotten_and_can_be_installed_again(tmp_path: Path) -> None:
    async with a_seminar(tmp_path, "http") as seminar:
        await seminar.set_up()
        seminar.world.uninstall(seminar.team)
        await seminar.settle()
        assert await seminar.adapter.platform.workspaces._clients(seminar.team.id) is None
        await seminar.install(seminar.owner)
        seminar.world.invite_bot(seminar.channel)
        await seminar.settle()
        assert "D1" in "".join(await seminar.asks(seminar.ada, "/prompt list"))


# --- what is not Slack's ------------------------------------------------------------------------


async def test_requests_that_slack_did_not_sign_now_are_refused(tmp_path: Path) -> None:
    async with a_seminar(tmp_path, "http") as seminar:
        post, deliveries = await seminar.set_up(), seminar.slack.deliveries
        url = f"http://127.0.0.1:{seminar.adapter.port}{EVENTS_PATH}"
        seminar.world.say(seminar.ada, seminar.channel, "Once.", thread=post)
        await seminar.settle()
        envelope = deliveries.events[-1].envelope
        forged = {**envelope, "event": {**envelope["event"], "text": "Forged."}}
        good, headers = deliveries.signed("events_api", envelope)
        bad, _ = deliveries.signed("events_api", forged)
        deliveries.skew = -301.0
        old = deliveries.signed("events_api", forged)
        unsigned = {key: value for key, value in headers.items() if "Signature" not in key}
        async with aiohttp.ClientSession() as session:
            for body, sent, expected in (
                (good, headers, 200),
                (bad, headers, 401),
                (bad, unsigned, 401),
                (*old, 401),
            ):
                async with session.post(url, data=body, headers=sent) as answer:
                    assert answer.status == expected
        await seminar.settle()
        deliveries.skew = 0.0
        (said, *_) = await seminar.asks(seminar.ada, "/participation me")
        assert "1 message" in said


async def test_slack_takes_the_address_that_it_is_given(tmp_path: Path) -> None:
    async with a_seminar(tmp_path, "http") as seminar:
        assert await seminar.slack.deliveries.challenge()


async def test_a_wrong_token_ends_it_with_a_sentence(tmp_path: Path) -> None:
    async with a_workspace(tmp_path) as seminar:
        seminar.slack.app.app_token = "xapp-1-other"  # noqa: S105 - it opens nothing
        settings = seminar.settings
        seminar.slack.app.app_token = "xapp-1-loopback"  # noqa: S105 - it opens nothing
        with pytest.raises(CannotConnect, match="does not know the bot's or the app's token"):
            await seminar.fails(settings)


# --- the log ------------------------------------------------------------------------------------


@WAYS
async def test_the_log_holds_no_token_and_nobodys_words(way: Way, tmp_path: Path) -> None:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    logs.start(tmp_path / "log", "debug")
    try:
        async with a_seminar(tmp_path, way) as seminar:
            post = await seminar.set_up()
            seminar.world.say(seminar.ada, seminar.channel, "Wordsworth.", thread=post)
            seminar.world.mention(seminar.ada, seminar.channel, "Byronic", thread=post)
            await seminar.asks(seminar.ada, "/fact search Shelleyan")
            await seminar.asks(seminar.teacher, "/participation export")
            secrets = [seminar.world.token(seminar.team), *_secrets(seminar)]
    finally:
        root.handlers[0].close()
        root.handlers[:] = handlers
        root.setLevel(level)
    written = (tmp_path / "log" / logs.LOG).read_text("utf-8")
    assert written
    for word in (*secrets, "xoxb-", "xapp-", "ticket-", "Wordsworth", "Byronic", "Shelleyan"):
        assert word not in written


def _secrets(seminar: Seminar) -> list[str]:
    app = seminar.slack.app
    return [app.app_token, app.signing_secret, app.client_secret, seminar.key]


# --- as the composition root runs it ------------------------------------------------------------


@WAYS
async def test_it_runs_and_stops(way: Way, tmp_path: Path) -> None:
    async with a_workspace(tmp_path, way) as seminar:
        async with seminar.up():
            await seminar.set_up()
        running = asyncio.create_task(
            run(
                seminar.settings,
                sample=False,
                announce=lambda *_: None,
                classroom=False,
                slack=way,
            )
        )
        before = len(seminar.slack.asked("conversations.replies"))
        await seminar.world.state.until(
            lambda: len(seminar.slack.asked("conversations.replies")) > before or None,
            "the discussion read again",
        )
        # Passes of the garbage collector over all that is loaded would hold up everybody.
        await seminar.world.state.until(
            lambda: gc.get_freeze_count() > 10_000 or None, "what is loaded spared"
        )
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        assert running.done()
        assert not gc.get_freeze_count()
