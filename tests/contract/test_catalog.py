"""A command that is added to a catalogue is there on every platform, with its help."""

from pathlib import Path

from bot.core import catalog
from bot.core.cards import Card, text
from bot.core.commands import Choice, Command, OnMessage, Param, Role
from bot.core.dispatch import Call
from tests.contract.conftest import DRIVERS


async def _echo(call: Call) -> Card:
    return Card("Echo", (text(f"{call.text('how') or 'plainly'}: {call.required('what')}"),))


ECHO = Command(
    "coal echo",
    "Says it again",
    Role.STUDENT,
    _echo,
    (
        Param("what", "What to say", required=True),
        Param("how", "In what voice", choices=(Choice("loud", "Loudly"), Choice("low", "Low"))),
    ),
    on_message=OnMessage("Echo it", "what"),
)


async def test_a_new_command_is_found_with_its_help(driver: str, tmp_path: Path) -> None:
    async with DRIVERS[driver](tmp_path, catalog.build().with_command(ECHO)) as c:
        await c.join("Ines")
        await c.channel("history")
        assert "/coal echo what [how]" in (await c.command("Ines", "help")).words
        said = await c.command("Ines", "help", command="coal echo")
        assert "In what voice (loud, low)" in said.words
        said = await c.command("Ines", "coal echo", what="two words", how="loud")
        assert "loud: two words" in said.words
        await c.command("Ines", "course setup", title="History 101")
        await c.command("Ines", "prompt post", prompt="kulaks-and-shock-workers")
        await c.say("Ines", "Said once.", within="D1")
        said = await c.use("Ines", "Echo it", on="Said once.", within="D1")
        assert "plainly: Said once." in said.words
