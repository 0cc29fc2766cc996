"""The loopback Slack goes wrong as Slack does: late, twice, broken off, again later."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth.installation_store import FileInstallationStore
from slack_sdk.oauth.state_store import FileOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient

from tests.adapters.slack.test_workspace import Scene, opened
from tests.fakes.slack_workspace import AcceptLate, Cut, Fail, Hang, Hold, RateLimit, Refuse, Slack
from tests.fakes.slack_workspace.listening import over_http, over_sockets


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with opened() as one:
        one.slack.limits.posting = False
        yield one


def texts(scene: Scene) -> list[str]:
    return [one.text for one in scene.channel.messages.values()]


async def test_calls_fail_before_they_are_taken_and_after(scene: Scene) -> None:
    faults, post = scene.slack.faults, scene.client.chat_postMessage
    where = scene.channel.id
    faults.next("chat.postMessage", RateLimit(7), Fail(500), Fail(503, accepted=True), Refuse("x"))
    with pytest.raises(SlackApiError) as caught:
        await post(channel=where, text="limited")
    assert caught.value.response.headers["Retry-After"] == "7"
    for text in ("lost", "kept", "refused"):
        with pytest.raises(SlackApiError):
            await post(channel=where, text=text)
    faults.next("chat.postMessage", Cut(), Cut(accepted=True))
    for text in ("cut off", "cut short"):
        with pytest.raises(aiohttp.ClientError):
            await post(channel=where, text=text)
    assert texts(scene) == ["kept", "cut short"]
    assert faults.waiting == 0
    outcomes = [one.outcome for one in scene.slack.asked("chat.postMessage")]
    assert outcomes == ["ratelimited", "500", "503", "x", "Cut", "Cut"]


async def test_a_call_is_applied_when_the_client_has_gone(scene: Scene) -> None:
    scene.slack.faults.next("chat.postMessage", AcceptLate(after=30), Hang(accepted=True))
    with pytest.raises(aiohttp.ClientError):
        await scene.client.chat_postMessage(channel=scene.channel.id, text="late")
    assert texts(scene) == []
    scene.world.move(seconds=31)
    assert scene.slack.land() == 1
    hanging = asyncio.create_task(
        scene.client.chat_postMessage(channel=scene.channel.id, text="hangs")
    )
    while len(texts(scene)) < 2:  # noqa: ASYNC110 - until it has come in
        await asyncio.sleep(0.001)
    scene.slack.faults.release()
    with pytest.raises(aiohttp.ClientError):
        await hanging
    assert texts(scene) == ["late", "hangs"]


async def test_a_call_is_applied_although_its_sender_is_gone(scene: Scene) -> None:
    scene.slack.faults.next("chat.postMessage", Hold(0.1), Hold(0.05))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(
            scene.client.chat_postMessage(channel=scene.channel.id, text="gone"), 0.03
        )
    await scene.client.chat_postMessage(channel=scene.channel.id, text="waited")
    while len(texts(scene)) < 2:  # noqa: ASYNC110 - until it has landed
        await asyncio.sleep(0.001)
    assert sorted(texts(scene)) == ["gone", "waited"]


class Listener:
    """Not Bolt: it answers each request with the next status."""

    def __init__(self, *statuses: int, **headers: str) -> None:
        self.statuses, self.headers = list(statuses), headers
        self.got: list[tuple[str | None, str | None]] = []

    async def serve(self, request: web.Request) -> web.Response:
        headers = request.headers
        self.got.append((headers.get("X-Slack-Retry-Num"), headers.get("X-Slack-Retry-Reason")))
        status = self.statuses.pop(0)
        if status == 0:
            await asyncio.sleep(0.3)
        return web.Response(status=status or 200, headers=self.headers)

    @asynccontextmanager
    async def at(self, slack: Slack) -> AsyncIterator[None]:
        app = web.Application()
        app.router.add_post("/", self.serve)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        slack.deliver_to("http://{}:{}/".format(*runner.addresses[0][:2]))
        try:
            yield
        finally:
            await runner.cleanup()


async def test_an_event_is_sent_again_at_once_and_after_one_and_five_minutes(scene: Scene) -> None:
    listener = Listener(500, 0, 404, 200)
    scene.slack.deliveries.patience = 0.1
    async with listener.at(scene.slack):
        scene.world.say(scene.bo, scene.channel, "Bread")
        await scene.slack.caught_up()
        assert listener.got == [(None, None), ("1", "http_error")]
        scene.world.move(seconds=59)
        await scene.slack.caught_up()
        assert len(listener.got) == 2
        scene.world.move(seconds=1)
        await scene.slack.caught_up()
        assert listener.got[2:] == [("2", "http_timeout")]
        assert len(scene.slack.deliveries.waiting) == 1
        await scene.slack.retry_now()
        assert listener.got[3:] == [("3", "http_error")]
        assert scene.slack.deliveries.events[0].outcomes[-1] == ""


async def test_an_event_is_given_up(scene: Scene) -> None:
    listener = Listener(500, 500, 500, 500)
    async with listener.at(scene.slack):
        scene.world.say(scene.bo, scene.channel, "Bread")
        await scene.slack.caught_up()
        await scene.slack.retry_now()
        await scene.slack.retry_now()
        assert len(listener.got) == 4
        assert (len(scene.slack.deliveries.given_up), scene.slack.deliveries.waiting) == (1, [])


async def test_a_command_is_never_sent_again_and_fails_before_the_person(scene: Scene) -> None:
    listener = Listener(500)
    async with listener.at(scene.slack):
        ran = scene.world.run_command(scene.ada, scene.channel, "/prompt")
        with pytest.raises(AssertionError, match="http_error"):
            await ran.answered()
        await scene.slack.caught_up()
        assert len(listener.got) == 1
        assert scene.slack.complaints == ["command: http_error "]
        scene.slack.complaints.clear()


async def test_events_in_any_order_and_all_at_once(scene: Scene) -> None:
    scene.slack.deliveries.in_order = False
    async with scene.reached("http"):
        for n in range(64):
            scene.world.say(scene.bo, scene.channel, str(n))
        await scene.slack.caught_up()
    assert sorted(int(one["text"]) for one in scene.heard) == list(range(64))
    assert scene.slack.deliveries.failed == []


async def test_an_event_without_a_listener_is_seen(scene: Scene) -> None:
    async with scene.reached("http"):
        scene.world.archive(scene.channel)
        await scene.slack.caught_up()
    assert [one.name for one in scene.slack.deliveries.failed] == ["channel_archive"]


async def test_an_event_comes_three_times(scene: Scene) -> None:
    scene.slack.deliveries.times = 3
    async with scene.reached("http"):
        said = scene.world.say(scene.bo, scene.channel, "Bread")
        await scene.slack.caught_up()
        assert await scene.slack.deliveries.challenge()
    assert [one["ts"] for one in scene.heard] == [said.ts] * 3


async def test_an_event_needs_its_subscription_its_scope_and_the_bot(scene: Scene) -> None:
    world, told = scene.world, scene.slack.deliveries.events
    elsewhere = world.add_channel("lounge", scene.ada, bot=False)
    world.say(scene.ada, elsewhere, "unheard")
    scene.slack.app.events = frozenset({"app_mention", "channel_left", "channel_archive"})
    world.say(scene.ada, scene.channel, "not subscribed")
    world.mention(scene.ada, scene.channel, "heard")
    world.remove_bot(scene.channel)
    world.archive(scene.channel)
    assert [one.name for one in told] == ["app_mention", "channel_left"]
    world.install(scene.team, scene.ada, ["chat:write"])
    world.archive(scene.channel, archived=False)
    world.invite_bot(scene.channel)
    world.mention(scene.ada, scene.channel, "no scope")
    assert len(told) == 2


async def test_the_app_is_held_to_its_manifest(scene: Scene) -> None:
    scene.slack.app.configure(
        {
            "display_information": {"name": "Coalface"},
            "features": {"slash_commands": [{"command": "/fact", "should_escape": False}]},
            "oauth_config": {"scopes": {"bot": ["chat:write"]}},
            "settings": {
                "event_subscriptions": {"bot_events": ["message.channels", "emoji_changed"]},
                "interactivity": {"is_enabled": True},
                "socket_mode_enabled": True,
            },
        }
    )
    assert scene.slack.app.unknown_events == ["emoji_changed"]
    world = scene.world
    ran = world.run_command(scene.bo, scene.channel, "/fact", "@Ada <3")
    assert ran.payload["text"] == "@Ada &lt;3"
    with pytest.raises(AssertionError, match="not a valid command"):
        world.run_command(scene.bo, scene.channel, "/prompt")
    await scene.slack.caught_up()
    scene.slack.complaints.clear()


# --- Socket Mode ----------------------------------------------------------------------------------


async def test_two_connections_share_the_envelopes(scene: Scene) -> None:
    async with over_sockets(scene.slack, scene.app), over_sockets(scene.slack, scene.app):
        for n in range(4):
            scene.world.say(scene.bo, scene.channel, str(n))
        await scene.slack.caught_up()
        assert [one.served for one in scene.slack.sockets.connections] == [2, 2]
    assert [one["text"] for one in scene.heard] == ["0", "1", "2", "3"]


@pytest.mark.parametrize("how", ["refresh", "close", "cut"])
async def test_the_app_comes_back(scene: Scene, how: str) -> None:
    sockets = scene.slack.sockets
    async with over_sockets(scene.slack, scene.app):
        ended = getattr(sockets, how)()
        if ended is not None:
            await ended
        async with asyncio.timeout(10):
            while (  # noqa: ASYNC110 - until its library has seen it
                sockets.opened < 2 or any(one.leaving for one in sockets.connections)
            ):
                await asyncio.sleep(0.01)
        scene.world.say(scene.bo, scene.channel, "after")
        await scene.slack.caught_up()
    assert [one["text"] for one in scene.heard] == ["after"]


async def test_what_is_not_acknowledged_is_sent_again(scene: Scene) -> None:
    scene.slack.deliveries.patience = 0.2
    slow = [0.4, 0.0]

    @scene.app.middleware
    async def dawdle(next_: Any) -> None:
        await asyncio.sleep(slow.pop(0) if slow else 0)
        await next_()

    async with over_sockets(scene.slack, scene.app):
        scene.world.say(scene.bo, scene.channel, "twice")
        await scene.slack.caught_up()
        assert scene.slack.deliveries.events[0].outcomes == ["timeout", ""]
        async with asyncio.timeout(30):
            while len(scene.heard) < 2:  # noqa: ASYNC110 - the slow one comes to its end
                await asyncio.sleep(0.01)


async def test_without_a_connection_events_wait_or_are_lost(scene: Scene) -> None:
    scene.world.say(scene.bo, scene.channel, "missed")
    await scene.slack.caught_up()
    assert len(scene.slack.deliveries.waiting) == 1
    async with over_sockets(scene.slack, scene.app) as handler:
        await scene.slack.retry_now()
        assert handler.client.wss_uri is not None
    assert [one["text"] for one in scene.heard] == ["missed"]


# --- OAuth ----------------------------------------------------------------------------------------


# slack_sdk 3.47 uses what aiohttp 3.14 means to give up
@pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")
async def test_two_workspaces_install_the_app_by_its_own_pages(tmp_path: Any) -> None:
    async with Slack().serving() as slack:
        world, app_of_slack = slack.world, slack.app
        teams = [world.add_team(name, install=False) for name in ("History", "Chemistry")]
        owners = [world.add_user(f"Owner {team.name}", team, "owner") for team in teams]
        store = FileInstallationStore(base_dir=str(tmp_path))
        settings = AsyncOAuthSettings(
            client_id=app_of_slack.client_id,
            client_secret=app_of_slack.client_secret,
            scopes=["chat:write", "channels:history", "app_mentions:read"],
            installation_store=store,
            state_store=FileOAuthStateStore(expiration_seconds=600, base_dir=str(tmp_path)),
            install_page_rendering_enabled=False,
            redirect_uri="https://coalface.example/slack/oauth_redirect",
        )
        flow = AsyncOAuthFlow(settings=settings, client=AsyncWebClient(base_url=slack.api))
        app = AsyncApp(
            signing_secret=app_of_slack.signing_secret,
            oauth_flow=flow,
            client=AsyncWebClient(base_url=slack.api),
            process_before_response=True,
        )

        @app.event("app_mention")
        async def answer(event: dict[str, Any], say: Any) -> None:
            await say("Here.")

        @app.event("message")
        async def pass_over() -> None:
            pass

        async with over_http(slack, app), aiohttp.ClientSession() as browser:
            assert slack.deliveries.url is not None
            base = slack.deliveries.url.removesuffix("/slack/events")
            for owner in owners:
                sent = await browser.get(f"{base}/slack/install", allow_redirects=False)
                cookie = re.match(r"[^;]+", sent.headers["Set-Cookie"])
                back = world.approve(sent.headers["Location"], owner)
                address = base + back.removeprefix("https://coalface.example")
                done = await browser.get(address, headers={"Cookie": cookie[0] if cookie else ""})
                assert done.status == 200, await done.text()
            first, second = (world.add_channel("talk", owner) for owner in owners)
            world.mention(owners[0], first, "are you there?")
            await slack.caught_up()
            assert [one.text for one in first.messages.values()][1:] == ["Here."]
            assert second.messages == {}
            token = world.token(teams[0])
            world.uninstall(teams[0])
            await slack.caught_up()
            dead = await browser.post(
                f"{slack.api}auth.test", headers={"Authorization": f"Bearer {token}"}
            )
            assert (await dead.json())["error"] == "account_inactive"
            assert [one.name for one in slack.deliveries.events][-2:] == [
                "tokens_revoked",
                "app_uninstalled",
            ]
        assert [one.team for one in slack.asked("chat.postMessage")] == [teams[0].id]
