"""The sample class that ships plays from beginning to end, and its discussion counts."""

import yaml

import seeds
from bot.adapters.browser.sample import play
from bot.core.events import ChannelRef
from tests.world import Human, World


async def test_the_sample_class_plays(world: World) -> None:
    script = yaml.safe_load(seeds.SAMPLE_CLASS.read_text("utf-8"))
    room = world.app.browser.classroom
    await play(room, world.app.dispatcher, script)
    people = {person.name: person for person in await room.people()}
    assert set(people) == set(script["people"])
    first = people[script["people"][0]]
    assert first.manages
    agnes = Human(world, first.ref, first.name, first.manages)
    (prompt,) = await room.messages(ChannelRef("seminar"), None, None)
    replies = await room.messages(ChannelRef("seminar"), prompt.id, None)
    assert len(replies) == 6
    assert sum(reply.reply_to is not None for reply in replies) == 3
    assert [reply.text for reply in replies if reply.edited_at]
    report = await agnes.answer("participation class", channel="seminar")
    for student in ("Ada Pitlamp", "Ben Coalscuttle", "Cora Shaftley", "Dmitri Seamright"):
        assert student in report
