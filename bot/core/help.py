"""/help: what the asker may use, and only that."""

from collections.abc import Sequence

from bot.core.cards import Block, Card, Code, Spans, Table, spans, text
from bot.core.commands import Choice, Command
from bot.core.dispatch import Call
from bot.core.errors import UnknownName
from bot.core.prompts import matching


async def choices(call: Call, typed: str) -> Sequence[Choice]:
    return matching([Choice(c.name, f"/{c.name}: {c.summary}") for c in _offered(call)], typed)


async def help_(call: Call) -> Card:
    """/help: the commands the asker may use, or one of them in full."""
    wanted = call.text("command")
    offered = _offered(call)
    if wanted is None:
        rows = tuple((spans(Code(command.usage)), spans(command.summary)) for command in offered)
        blocks: list[Block] = [Table(("Command", "What it does"), rows)]
        if call.course_or_none is None:
            blocks.append(text("No course has been set up in this channel yet."))
        return Card("What you can use here", tuple(blocks))
    name = wanted.removeprefix("/").casefold()
    for command in offered:
        if command.name == name:
            return _one(command)
    names = [command.name for command in offered]
    raise UnknownName("command", "command that you can use called", wanted, names, "see /help.")


def first_words() -> Card:
    """What is said once in a space that Coalface was added to."""
    return Card(
        "Coalface is here",
        (
            text(
                "It posts discussion prompts, keeps track of who answered whom, and brings sourced"
                " facts. To begin, go to the channel of your class and use ",
                Code("/course setup"),
                "; whoever does becomes the course's instructor. ",
                Code("/help"),
                " names what each person can use.",
            ),
        ),
    )


def _offered(call: Call) -> list[Command]:
    return [command for command in call.services.catalog if call.may(command)]


def _one(command: Command) -> Card:
    blocks: list[Block] = [text(command.summary), text("Type ", Code(command.usage))]
    if command.params:
        rows = tuple(
            (
                spans(Code(param.name)),
                _what(param.summary, [choice.value for choice in param.choices]),
                spans("required" if param.required else ""),
            )
            for param in command.params
        )
        blocks.append(Table(("Parameter", "What it takes", ""), rows))
    return Card(f"/{command.name}", tuple(blocks))


def _what(summary: str, values: Sequence[str]) -> Spans:
    return spans(summary + (f" ({', '.join(values)})" if values else ""))
