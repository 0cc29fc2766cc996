"""Hostile texts as somebody types them on Slack, and what of all that was sent would act there."""

from typing import Any

from tests import hostile
from tests.adapters.slack.connected import Seminar
from tests.adapters.slack.reading import parts

TOKENS = (
    "<!channel> now", "<!here|here> <!everyone>", "<@U0000001|ada> <#C0000001|x>", "<!subteam^S1>",
    "&lt;!channel&gt; &amp;lt;b&amp;gt; &amp;amp;", "@channel @here @everyone", "<https://x.example|ok>",
    "<!date^1392734382^{date}|then>", "“smart” ‘quotes’ „low“ «guillemets", '"', "x:y=z title:no",
    "word " * 8_000,
)  # fmt: skip
"""What acts on Slack, when it is not escaped; and a message as long as Slack takes (40,000)."""

STRINGS = [
    text
    for each in (*TOKENS, *hostile.strings(count=12))
    if (text := each.encode("utf-8", "ignore").decode()).strip()
]


def calls_nobody(seminar: Seminar) -> None:
    """All that Coalface sent: to Slack, to an address or as an acknowledgement."""
    sent = 0
    for asked in seminar.slack.requests:
        text, blocks = asked.args.get("text"), asked.args.get("blocks")
        shown = [*(blocks or ()), *((asked.args.get("view") or {}).get("blocks") or ())]
        assert all(isinstance(block, dict) for block in shown)
        sent += bool(shown)
        quiet(text, shown)
    for message in seminar.world.state.private:  # also what came with an acknowledgement
        quiet(message.text, message.blocks)
    assert sent


def quiet(text: str | None, blocks: list[Any]) -> None:
    """No markup, no call, no emoji's name."""
    assert "<" not in (text or ""), text
    for part in parts(blocks):
        kind = part.get("type")
        assert kind != "mrkdwn", part
        assert kind not in ("user", "channel", "usergroup", "broadcast", "user_group"), part
        assert kind != "plain_text" or part.get("emoji") is False, part
