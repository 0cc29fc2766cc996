"""The loopback Slack refuses what Slack refuses, to the real slack_sdk."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from tests.adapters.slack.test_workspace import Scene, opened
from tests.fakes.slack_workspace import Slack
from tests.fakes.slack_workspace.listening import client


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with opened() as one:
        one.slack.limits.posting = False
        yield one


async def refused(call: Any) -> Any:
    with pytest.raises(SlackApiError) as caught:
        await call
    return caught.value.response


async def error(call: Any) -> str:
    return str((await refused(call))["error"])


async def test_tokens(scene: Scene) -> None:
    stranger = AsyncWebClient("xoxb-else", base_url=scene.slack.api)
    assert await error(stranger.auth_test()) == "invalid_auth"
    assert await error(AsyncWebClient(base_url=scene.slack.api).auth_test()) == "not_authed"
    call = scene.client.apps_connections_open(app_token=scene.world.token(scene.team))
    assert await error(call) == "not_allowed_token_type"
    me = await scene.client.auth_test()
    assert (me["team_id"], me["user_id"]) == (scene.team.id, scene.world.bot(scene.team).id)
    await scene.client.auth_revoke()
    assert await error(scene.client.auth_test()) == "token_revoked"
    assert scene.slack.deliveries.events[-1].name == "tokens_revoked"


async def test_the_clock_of_slack_may_be_ahead(scene: Scene) -> None:
    scene.slack.set_ahead(600)
    at = parsedate_to_datetime((await scene.client.api_test()).headers["Date"])
    assert (at - datetime.now(UTC)).total_seconds() == pytest.approx(600, abs=30)


async def test_a_missing_scope_is_named(scene: Scene) -> None:
    scene.world.install(scene.team, scene.ada, ["chat:write", "users:read"])
    answer = await refused(scene.client.conversations_history(channel=scene.channel.id))
    assert answer["error"] == "missing_scope"
    assert answer["needed"] == "channels:history,groups:history,im:history,mpim:history"
    assert answer["provided"] == "chat:write,users:read"


async def test_places(scene: Scene) -> None:
    world, post = scene.world, scene.client.chat_postMessage
    elsewhere = world.add_channel("lounge", scene.ada, bot=False)
    secret = world.add_channel("staff", scene.ada, private=True, bot=False)
    other = world.add_team("Chemistry")
    foreign = world.add_channel("acids", world.add_user("Cy", other))
    assert await error(post(channel=elsewhere.id, text="x")) == "not_in_channel"
    assert await error(post(channel=secret.id, text="x")) == "channel_not_found"
    assert await error(post(channel=foreign.id, text="x")) == "channel_not_found"
    assert await error(post(channel="C0NOWHERE", text="x")) == "channel_not_found"
    history = scene.client.conversations_history
    assert await error(history(channel=elsewhere.id)) == "not_in_channel"
    world.archive(scene.channel)
    assert await error(post(channel=scene.channel.id, text="x")) == "is_archived"


async def test_messages(scene: Scene) -> None:
    post, where = scene.client.chat_postMessage, scene.channel.id
    empty = {"channel": where, "text": " "}
    assert await error(scene.client.api_call("chat.postMessage", json=empty)) == "no_text"
    assert await error(post(channel=where, text="x" * 40_001)) == "msg_too_long"
    answer = await refused(post(channel=where, text="x", blocks=[{"type": "divider"}] * 51))
    assert answer["error"] == "invalid_blocks"
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] no more than 50 items allowed [json-pointer:/blocks]"
    ]
    posted = await post(channel=where, text="x" * 40_000)
    update = scene.client.chat_update
    assert await error(update(channel=where, ts=posted["ts"], text="x" * 4001)) == "msg_too_long"
    typed = scene.world.say(scene.bo, scene.channel, "mine")
    assert await error(update(channel=where, ts=typed.ts, text="x")) == "cant_update_message"
    assert await error(update(channel=where, ts="1.0", text="x")) == "message_not_found"
    reply = scene.world.say(scene.bo, scene.channel, "so", thread=typed)
    call = post(channel=where, text="x", thread_ts=reply.ts)
    assert await error(call) == "cannot_reply_to_message"


async def test_metadata_is_kept_and_shown_to_who_asks(scene: Scene) -> None:
    mark = {"event_type": "prompt", "event_payload": {"key": "k1"}}
    where, post = scene.channel.id, scene.client.chat_postMessage
    await post(channel=where, text="x", metadata=mark)
    history = scene.client.conversations_history
    assert "metadata" not in (await history(channel=where))["messages"][0]
    shown = await history(channel=where, include_all_metadata=True)
    assert shown["messages"][0]["metadata"] == mark
    bad = {"event_type": "prompt"}
    call = post(channel=where, text="x", metadata=bad)
    assert await error(call) == "invalid_metadata_format"


async def test_one_message_a_second_in_a_channel(scene: Scene) -> None:
    now = [100.0]
    scene.slack.limits.posting, scene.slack.limits.now = True, lambda: now[0]
    second = scene.world.add_channel("second", scene.ada)
    post = scene.client.chat_postMessage
    await post(channel=scene.channel.id, text="1")
    await post(channel=second.id, text="1")
    answer = await refused(post(channel=scene.channel.id, text="2"))
    assert (answer.status_code, answer["error"]) == (429, "ratelimited")
    assert answer.headers["Retry-After"] == "1"
    now[0] += 1
    await post(channel=scene.channel.id, text="2")


async def test_commercial_apps_read_little(scene: Scene) -> None:
    now = [100.0]
    scene.slack.limits.commercial, scene.slack.limits.now = True, lambda: now[0]
    for n in range(20):
        scene.world.say(scene.bo, scene.channel, str(n))
    history = scene.client.conversations_history
    first = await history(channel=scene.channel.id, limit=200)
    assert len(first["messages"]) == 15
    answer = await refused(history(channel=scene.channel.id))
    assert answer.headers["Retry-After"] == "60"
    now[0] += 60
    cursor = first["response_metadata"]["next_cursor"]
    rest = await history(channel=scene.channel.id, cursor=cursor)
    texts = [one["text"] for page in (first, rest) for one in page["messages"]]
    assert texts == [str(n) for n in reversed(range(20))]


async def test_tiers_hold_when_they_are_switched_on(scene: Scene) -> None:
    scene.slack.limits.tiers, scene.slack.limits.now = True, lambda: 100.0
    for _ in range(20):
        await scene.client.users_list()
    assert await error(scene.client.users_list()) == "ratelimited"
    await scene.client.users_info(user=scene.bo.id)


async def test_a_thread_is_read_by_cursor(scene: Scene) -> None:
    root = scene.world.say(scene.ada, scene.channel, "Who?")
    for n in range(5):
        scene.world.say(scene.bo, scene.channel, str(n), thread=root, broadcast=n == 4)
    seen, cursor = [], None
    while cursor != "":
        page = await scene.client.conversations_replies(
            channel=scene.channel.id, ts=root.ts, limit=3, cursor=cursor
        )
        assert page["messages"][0]["ts"] == root.ts
        seen += [one["text"] for one in page["messages"][1:]]
        cursor = page["response_metadata"]["next_cursor"] if page["has_more"] else ""
    assert seen == ["0", "1", "2", "3", "4"]
    roots = (await scene.client.conversations_history(channel=scene.channel.id))["messages"]
    assert [one.get("subtype") for one in roots] == ["thread_broadcast", None]
    assert roots[1]["reply_count"] == 5
    scene.world.delete(root)
    page = await scene.client.conversations_replies(channel=scene.channel.id, ts=root.ts)
    assert page["messages"][0]["subtype"] == "tombstone"
    told = scene.slack.deliveries.events[-1].envelope["event"]
    assert (told["subtype"], told["message"]["subtype"]) == ("message_changed", "tombstone")


async def test_a_file_goes_to_a_conversation_and_not_to_a_person(scene: Scene) -> None:
    upload = scene.client.files_upload_v2
    answer = await error(upload(channel=scene.bo.id, content="a,b", filename="r.csv"))
    assert answer == "channel_not_found"
    opened_ = await scene.client.conversations_open(users=scene.bo.id)
    await upload(channel=opened_["channel"]["id"], content="a,b", filename="r.csv")
    told = await scene.world.told(scene.bo)
    assert [(one.name, one.content) for one in told.files] == [("r.csv", b"a,b")]


async def test_people(scene: Scene) -> None:
    world, info = scene.world, scene.client.users_info
    assert await error(info(user="U0NOBODY")) == "user_not_found"
    guest = world.add_user("Gus", scene.team, "single_channel_guest")
    assert (await info(user=guest.id))["user"]["is_ultra_restricted"]
    other = world.add_team("Chemistry", install=False)
    cy = world.add_user("Cy", other)
    assert await error(info(user=cy.id)) == "user_not_found"
    world.add_channel("shared", scene.ada, cy, shared_with=[other])
    shown = (await info(user=cy.id))["user"]
    assert (shown["team_id"], shown["is_stranger"]) == (other.id, False)
    world.deactivate(scene.bo)
    assert (await info(user=scene.bo.id))["user"]["deleted"]
    assert await error(scene.client.conversations_open(users=scene.bo.id)) == "user_disabled"
    call = scene.client.chat_postEphemeral(channel=scene.channel.id, user=guest.id, text="x")
    assert await error(call) == "user_not_in_channel"


async def test_a_trigger_is_good_once_and_for_three_seconds(scene: Scene) -> None:
    view = {"type": "modal", "title": {"type": "plain_text", "text": "T"}, "blocks": []}
    first = scene.world.run_command(scene.ada, scene.channel, "/x").payload["trigger_id"]
    await scene.client.views_open(trigger_id=first, view=view)
    call = scene.client.views_open(trigger_id=first, view=view)
    assert await error(call) == "exchanged_trigger_id"
    second = scene.world.run_command(scene.ada, scene.channel, "/x").payload["trigger_id"]
    scene.world.move(seconds=4)
    call = scene.client.views_open(trigger_id=second, view=view)
    assert await error(call) == "expired_trigger_id"
    assert await error(scene.client.views_open(trigger_id="1", view=view)) == "invalid_trigger_id"
    await scene.slack.caught_up()
    assert scene.slack.complaints == ["command: connection_failed "] * 2, "nobody listens"
    scene.slack.complaints.clear()


async def test_what_is_not_built_is_seen() -> None:
    async with Slack().serving() as slack:
        team = slack.world.add_team("History")
        call = client(slack, team).api_call("bookmarks.list")
        assert await error(call) == "unknown_method"
        assert [one.method for one in slack.unknown] == ["bookmarks.list"]


def test_a_request_is_signed_as_slack_signs() -> None:
    slack = Slack()
    verifier = SignatureVerifier(slack.app.signing_secret)
    body, headers = slack.deliveries.signed("interactive", {"type": "block_actions"})
    assert verifier.is_valid_request(body, headers)
    assert not verifier.is_valid_request(body + b" ", headers)
    slack.deliveries.skew = -301
    assert not verifier.is_valid_request(*slack.deliveries.signed("events_api", {}))
