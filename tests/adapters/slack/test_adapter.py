"""Coalface on the loopback Slack, by Socket Mode and over HTTP: it connects, is installed, answers
and goes, and what is not Slack's is refused."""

from pathlib import Path

import pytest

from tests.adapters.slack.connected import Way, a_seminar

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
