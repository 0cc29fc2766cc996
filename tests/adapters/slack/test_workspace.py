"""The loopback Slack under the real Bolt: people act, the app answers, both see it."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp

from tests.fakes.slack_workspace import Channel, NotOffered, Slack, Team, User
from tests.fakes.slack_workspace.listening import bare_app, client, over_http, over_sockets

WAYS = {"http": over_http, "sockets": over_sockets}


class Scene:
    """A workspace with a class of two, and an app that remembers what it heard."""

    def __init__(self, slack: Slack) -> None:
        self.slack, self.world = slack, slack.world
        self.team: Team = slack.world.add_team("History")
        self.ada: User = slack.world.add_user("Ada", self.team, "owner")
        self.bo: User = slack.world.add_user("Bo", self.team)
        self.channel: Channel = slack.world.add_channel("kulaks", self.ada, self.bo)
        self.client = client(slack, self.team)
        self.app: AsyncApp = bare_app(slack, self.team, process_before_response=True)
        self.heard: list[dict[str, Any]] = []
        for name in ("message", "app_mention", "reaction_added", "member_joined_channel"):
            self.app.event(name)(self._hear)

    async def _hear(self, event: dict[str, Any]) -> None:
        self.heard.append(event)

    def reached(self, way: str) -> AbstractAsyncContextManager[object]:
        return WAYS[way](self.slack, self.app)


@asynccontextmanager
async def opened() -> AsyncIterator[Scene]:
    async with Slack().serving() as slack:
        yield Scene(slack)
        assert slack.unknown == []
        assert slack.complaints == []


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with opened() as one:
        yield one


both_ways = pytest.mark.parametrize("way", list(WAYS))


@both_ways
async def test_what_people_do_comes_as_events(scene: Scene, way: str) -> None:
    world = scene.world
    async with scene.reached(way):
        first = world.say(scene.ada, scene.channel, "Who were the *kulaks*? <3 & @Bo")
        reply = world.say(scene.bo, scene.channel, "Farmers", thread=first)
        world.edit(reply, "Rich farmers")
        world.unfurl(reply)
        world.delete(reply)
        world.react(scene.bo, first)
        await scene.slack.caught_up()
    plain, thread, edited, unfurled, deleted, reaction = scene.heard
    assert plain["text"] == f"Who were the *kulaks*? &lt;3 &amp; <@{scene.bo.id}>"
    assert plain["channel_type"] == "channel"
    assert (thread["thread_ts"], thread["parent_user_id"]) == (first.ts, scene.ada.id)
    assert edited["previous_message"]["text"] == "Farmers"
    assert edited["message"]["text"] == "Rich farmers" == unfurled["message"]["text"]
    assert edited["message"]["edited"]["user"] == scene.bo.id
    assert (deleted["subtype"], deleted["deleted_ts"]) == ("message_deleted", reply.ts)
    assert reaction["item"] == {"type": "message", "channel": scene.channel.id, "ts": first.ts}


@both_ways
async def test_a_command_is_answered_and_responded_to(scene: Scene, way: str) -> None:
    @scene.app.command("/prompt")
    async def prompt(ack: Any, respond: Any, command: dict[str, Any]) -> None:
        await ack(f"You typed {command['text']}")
        await respond("And more.")

    async with scene.reached(way):
        ran = scene.world.run_command(scene.ada, scene.channel, "/prompt", "list @Bo")
        await ran.answered()
        told = {(await ran.told()).text, (await ran.told()).text}
    assert told == {f"You typed list <@{scene.bo.id}|bo>", "And more."}
    assert scene.channel.messages == {}, "ephemeral"


@both_ways
async def test_a_form_is_opened_corrected_and_sent(scene: Scene, way: str) -> None:
    view = {
        "type": "modal",
        "callback_id": "post",
        "title": {"type": "plain_text", "text": "Post"},
        "submit": {"type": "plain_text", "text": "Send"},
        "blocks": [
            {
                "type": "input",
                "block_id": "words",
                "label": {"type": "plain_text", "text": "Words"},
                "element": {"type": "plain_text_input", "action_id": "v"},
            },
            {
                "type": "input",
                "block_id": "pack",
                "label": {"type": "plain_text", "text": "Pack"},
                "element": {"type": "external_select", "action_id": "pick", "min_query_length": 0},
            },
        ],
    }
    sent = []

    @scene.app.command("/post")
    async def post(ack: Any, body: Any, client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    @scene.app.options("pick")
    async def pick(ack: Any, payload: Any) -> None:
        text = {"type": "plain_text", "text": payload["value"].title()}
        await ack(options=[{"text": text, "value": payload["value"]}])

    @scene.app.view("post")
    async def submitted(ack: Any, view: Any) -> None:
        values = view["state"]["values"]
        if values["words"]["v"]["value"] == "no":
            await ack(response_action="errors", errors={"words": "Say yes."})
            return
        sent.append(values)
        await ack()

    world = scene.world
    async with scene.reached(way):
        form = await world.run_command(scene.ada, scene.channel, "/post").opened()
        assert form.title == "Post"
        found = world.suggest(scene.ada, form, "pick", "kulaks")
        assert await found.choices() == ["Kulaks"]
        refused = world.submit(form, words="no", pack="Kulaks")
        assert await refused.errors() == {"words": "Say yes."}
        still_open = form.is_open
        await world.submit(form, words="yes", pack="Kulaks").answered()
        assert (still_open, form.is_open) == (True, False)
    assert sent[0]["pack"]["pick"]["selected_option"]["value"] == "kulaks"


@both_ways
async def test_a_button_and_a_shortcut(scene: Scene, way: str) -> None:
    @scene.app.action("yes")
    async def yes(ack: Any, respond: Any, body: Any) -> None:
        await ack()
        await respond(f"{body['actions'][0]['value']} it is")

    @scene.app.shortcut("why")
    async def why(ack: Any, respond: Any, shortcut: Any) -> None:
        await ack()
        await respond(f"Because of {shortcut['message']['text']}")

    words = {"type": "plain_text", "text": "Agree"}
    button = {"type": "button", "action_id": "yes", "value": "yes", "text": words}
    blocks = [{"type": "actions", "elements": [button]}]
    async with scene.reached(way):
        posted = await scene.client.chat_postMessage(
            channel=scene.channel.id, text="Agree?", blocks=blocks
        )
        message = scene.channel.messages[posted["ts"]]
        pressed = scene.world.press(scene.bo, message, "Agree")
        assert (await pressed.told()).text == "yes it is"
        said = scene.world.say(scene.bo, scene.channel, "Bread")
        asked = scene.world.shortcut(scene.ada, said, "why")
        assert (await asked.told()).text == "Because of Bread"
        await scene.slack.caught_up()
    own = scene.slack.deliveries.events[0].envelope["event"]
    assert (own["ts"], own["user"]) == (message.ts, scene.world.bot(scene.team).id)
    assert own["bot_id"] == scene.world.installation(scene.team).bot_id
    assert [one["text"] for one in scene.heard] == ["Bread"], "Bolt passes over its own"


@both_ways
async def test_the_home_is_published(scene: Scene, way: str) -> None:
    @scene.app.event("app_home_opened")
    async def home(event: Any, client: Any) -> None:
        words = {"type": "plain_text", "text": "Your record"}
        header = {"type": "header", "text": words}
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": [header]})

    async with scene.reached(way):
        view = await scene.world.open_home(scene.bo)
    assert view.words() == "Your record"


@both_ways
async def test_a_mention_and_its_message_are_two_events_of_one_ts(scene: Scene, way: str) -> None:
    async with scene.reached(way):
        said = scene.world.mention(scene.bo, scene.channel, "fact about kulaks")
        await scene.slack.caught_up()
    assert {one["ts"] for one in scene.heard} == {said.ts}
    assert [one["type"] for one in scene.heard] == ["message", "app_mention"]
    first, second = (one.envelope["event_id"] for one in scene.slack.deliveries.events)
    assert first != second


async def test_there_are_no_commands_in_threads(scene: Scene) -> None:
    root = scene.world.say(scene.ada, scene.channel, "Who?")
    with pytest.raises(NotOffered):
        scene.world.run_command(scene.bo, scene.channel, "/prompt", "list", thread=root)
