"""More of what people do on the loopback Slack: forms upon forms, files, organisations, guests."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.adapters.slack.test_workspace import Scene, both_ways, opened
from tests.fakes.slack_workspace import NotOffered
from tests.fakes.slack_workspace.listening import client

Json = dict[str, Any]


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with opened() as one:
        one.slack.limits.posting = False
        yield one


def words(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def button(action_id: str) -> list[Json]:
    element = {"type": "button", "action_id": action_id, "text": words(action_id)}
    return [{"type": "actions", "elements": [element]}]


def modal(title: str, *blocks: Json, **more: Any) -> Json:
    view: Json = {"type": "modal", "callback_id": "f", "title": words(title)}
    return {**view, "submit": words("Send"), "blocks": list(blocks), **more}


async def test_a_response_url_is_good_five_times_and_for_half_an_hour(scene: Scene) -> None:
    @scene.app.command("/x")
    async def x(ack: Any) -> None:
        await ack()

    async with scene.reached("http"):
        ran = scene.world.run_command(scene.bo, scene.channel, "/x")
        await ran.answered()
        url = AsyncWebhookClient(ran.payload["response_url"])
        said = [await url.send(text=str(n)) for n in range(6)]
        assert [one.body for one in said] == ["ok"] * 5 + ["used_url"]
        second = scene.world.run_command(scene.bo, scene.channel, "/x").payload["response_url"]
        scene.world.move(minutes=31)
        assert (await AsyncWebhookClient(second).send(text="x")).body == "expired_url"
        await scene.slack.caught_up()
    assert [one.text for one in scene.world.private_to(scene.bo)] == ["0", "1", "2", "3", "4"]
    assert scene.world.private_to(scene.ada) == []
    assert len(scene.slack.asked("response_url")) == 7


@both_ways
async def test_what_one_person_sees_is_pressed_replaced_and_removed(scene: Scene, way: str) -> None:
    @scene.app.action("more")
    async def more(ack: Any, respond: Any, body: Json) -> None:
        await ack()
        assert "message" not in body
        await respond(text="Removed?", blocks=button("gone"), replace_original=True)

    @scene.app.action("gone")
    async def gone(ack: Any, respond: Any) -> None:
        await ack()
        await respond(delete_original=True)

    async with scene.reached(way):
        await scene.client.chat_postEphemeral(
            channel=scene.channel.id, user=scene.bo.id, text="Hm", blocks=button("more")
        )
        shown = await scene.world.told(scene.bo)
        with pytest.raises(NotOffered):
            scene.world.press(scene.ada, shown, "more")
        again = await scene.world.press(scene.bo, shown, "more").told()
        assert (again.ts, again.text) == (shown.ts, "Removed?")
        scene.world.press(scene.bo, again, "gone")
        await scene.slack.caught_up()
    assert scene.world.private_to(scene.bo) == []


@both_ways
async def test_forms_upon_forms(scene: Scene, way: str) -> None:
    closed = []

    @scene.app.shortcut("form")
    async def form(ack: Any, client: Any, shortcut: Json) -> None:
        await ack()
        await client.views_open(
            trigger_id=shortcut["trigger_id"], view=modal("One", notify_on_close=True)
        )

    @scene.app.view("f")
    async def sent(ack: Any, view: Json) -> None:
        match view["title"]["text"]:
            case "One":
                await ack(response_action="push", view=modal("Two"))
            case "Two":
                await ack(response_action="update", view=modal("Three"))
            case _:
                await ack(response_action="clear")

    @scene.app.view_closed("f")
    async def shut(ack: Any, view: Json) -> None:
        await ack()
        closed.append(view["title"]["text"])

    world = scene.world
    async with scene.reached(way):
        one = await world.shortcut(scene.bo, None, "form").opened()
        two = await world.submit(one).opened()
        assert (two.title, two.previous_id, two.root_id) == ("Two", one.id, one.id)
        with pytest.raises(NotOffered):
            world.submit(one)
        three = await world.submit(two).opened()
        assert (three.id, three.title) == (two.id, "Three")
        await world.submit(three).answered()
        assert not one.is_open
        assert not three.is_open
        once_more = await world.shortcut(scene.bo, None, "form").opened()
        world.close(once_more)
        await scene.slack.caught_up()
    assert closed == ["One"]


async def test_an_acknowledgement_that_slack_would_not_take_is_a_complaint(scene: Scene) -> None:
    @scene.app.shortcut("form")
    async def form(ack: Any, client: Any, shortcut: Json) -> None:
        await ack()
        await client.views_open(trigger_id=shortcut["trigger_id"], view=modal("One"))

    @scene.app.view("f")
    async def sent(ack: Any) -> None:
        await ack(response_action="errors", errors={"no such block": "Hm"})

    async with scene.reached("http"):
        view = await scene.world.shortcut(scene.bo, None, "form").opened()
        with pytest.raises(AssertionError, match="invalid_errors"):
            await scene.world.submit(view).answered()
    assert len(scene.slack.complaints) == 1
    scene.slack.complaints.clear()


@both_ways
async def test_files_are_given_in_messages_and_in_forms(scene: Scene, way: str) -> None:
    given: list[Json] = []

    @scene.app.command("/roster")
    async def roster(ack: Any, client: Any, body: Json) -> None:
        await ack()
        element = {"type": "file_input", "action_id": "v", "filetypes": ["csv"], "max_files": 1}
        block = {"type": "input", "block_id": "file", "label": words("List"), "element": element}
        await client.views_open(trigger_id=body["trigger_id"], view=modal("Roster", block))

    @scene.app.view("f")
    async def sent(ack: Any, view: Json) -> None:
        await ack()
        given.extend(view["state"]["values"]["file"]["v"]["files"])

    world = scene.world
    async with scene.reached(way):
        file = world.file(scene.ada, "class.csv", b"name\nBo\n", "text/csv")
        view = await world.run_command(scene.ada, scene.channel, "/roster").opened()
        with pytest.raises(NotOffered):
            world.submit(view, file=world.file(scene.ada, "class.pdf", b"x"))
        await world.submit(view, file=file).answered()
        world.say(scene.bo, scene.channel, "Look", files=[file])
        await scene.slack.caught_up()
    assert scene.heard[0]["subtype"] == "file_share"
    async with aiohttp.ClientSession() as session:
        address = given[0]["url_private_download"]
        headers = {"Authorization": f"Bearer {scene.world.token(scene.team)}"}
        async with session.get(address, headers=headers) as answer:
            assert await answer.read() == b"name\nBo\n"
        async with session.get(address) as answer:
            assert "Sign in" in await answer.text()


async def test_an_organisation_installs_once_for_all_its_workspaces(scene: Scene) -> None:
    world = scene.world
    org = world.add_enterprise("The university")
    history, law = (
        world.add_team(name, enterprise=org, install=False) for name in ("Old history", "Law")
    )
    owner, student = world.add_user("Olga", history, "owner"), world.add_user("Sam", law)
    asked = f"https://slack.com/oauth/v2/authorize?client_id={scene.slack.app.client_id}"
    asked += "&scope=channels:history,commands&state=s&redirect_uri=https://c.example/back"
    with pytest.raises(NotOffered):
        world.approve(asked, scene.ada, whole=True)
    assert world.approve(asked, owner, whole=True).startswith("https://c.example/back?code=")
    assert world.token(history) == world.token(law)
    me = await client(scene.slack, law).auth_test()
    assert me["is_enterprise_install"]
    channel = world.add_channel("torts", student)
    world.say(student, channel, "Hello")
    told = scene.slack.deliveries.events[-1].envelope
    assert (told["team_id"], told["enterprise_id"]) == (law.id, org.id)
    assert told["authorizations"][0]["is_enterprise_install"]
    ran = world.run_command(student, channel, "/x")
    assert (ran.payload["is_enterprise_install"], ran.payload["team_id"]) == ("true", law.id)
    await scene.slack.caught_up()
    scene.slack.complaints.clear()


@both_ways
async def test_somebody_of_another_workspace(scene: Scene, way: str) -> None:
    pressed = []

    @scene.app.action("agree")
    async def agree(ack: Any, body: Json) -> None:
        await ack()
        pressed.append((body["user"]["team_id"], body["team"]["id"]))

    world = scene.world
    other = world.add_team("Chemistry", install=False)
    cy = world.add_user("Cy", other)
    shared = world.add_channel("shared", scene.ada, cy, shared_with=[other])
    async with scene.reached(way):
        posted = await scene.client.chat_postMessage(
            channel=shared.id, text="Agree?", blocks=button("agree")
        )
        world.say(cy, shared, "Hello")
        await world.press(cy, shared.messages[posted["ts"]], "agree").answered()
        with pytest.raises(NotOffered):
            world.run_command(cy, shared, "/x")
        await scene.slack.caught_up()
    assert (scene.heard[0]["team"], scene.heard[0]["user_team"]) == (other.id, other.id)
    assert pressed == [(other.id, scene.team.id)]
    envelope = scene.slack.deliveries.events[-1].envelope
    assert (envelope["team_id"], envelope["is_ext_shared_channel"]) == (scene.team.id, True)


async def test_people_and_the_bot_come_and_go(scene: Scene) -> None:
    world = scene.world
    cy = world.add_user("Cy", scene.team)
    world.join(cy, scene.channel)
    world.leave(cy, scene.channel)
    world.rename(scene.channel, "peasants")
    world.make_private(scene.channel)
    world.archive(scene.channel)
    world.archive(scene.channel, archived=False)
    world.remove_bot(scene.channel)
    world.arrive("Di", scene.team)
    world.deactivate(cy)
    seen = [
        (one.name, one.envelope["event"].get("subtype")) for one in scene.slack.deliveries.events
    ]
    assert seen == [
        ("member_joined_channel", None),
        ("message", "channel_join"),
        ("member_left_channel", None),
        ("channel_rename", None),
        ("message", "channel_convert_to_private"),
        ("group_archive", None),
        ("group_unarchive", None),
        ("group_left", None),
        ("team_join", None),
        ("user_change", None),
    ]
    assert (await scene.client.users_info(user=cy.id))["user"]["deleted"]


async def test_a_direct_conversation(scene: Scene) -> None:
    async with scene.reached("http"):
        scene.world.say(scene.bo, scene.world.bot(scene.team), "hello")
        await scene.client.chat_postMessage(channel=scene.bo.id, text="Hello, Bo")
        await scene.slack.caught_up()
    assert [one["channel_type"] for one in scene.heard] == ["im"]
    assert (await scene.world.told(scene.bo)).text == "Hello, Bo"
