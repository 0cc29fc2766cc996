"""`coalface doctor`: what keeps the bot from working, in words."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from bot.cli.shared import Data, fail, load_settings, told

if TYPE_CHECKING:
    from bot.config import Settings, SlackWay

NOTHING = (
    "There is nothing to examine: neither Discord (COALFACE_DISCORD_TOKEN) nor Slack"
    " (COALFACE_SLACK_BOT_TOKEN and COALFACE_SLACK_APP_TOKEN, or over HTTP"
    " COALFACE_SLACK_SIGNING_SECRET and what goes with it) is set up."
)


@told
def doctor(data: Data = None) -> None:
    """Say what is missing on Discord and on Slack, whichever are set up: tokens, permissions."""
    import asyncio

    settings = load_settings(data)
    examined = [
        *(["Discord"] if settings.has_discord() else []),
        *(["Slack"] if settings.slack_ways() else []),
    ]
    if not examined:
        fail(NOTHING)
    if settings.has_discord():
        settings.discord_secret()
    for way in settings.slack_ways():
        settings.check_slack(way)
    from storage import maintenance

    health = maintenance.check(settings.database)
    if health.problems:
        mend = "db restore" if health.damaged else "db upgrade"
        fail(f"The database can't be used: {health.problems[0]}; see coalface {mend}.")
    problems = asyncio.run(diagnose(settings))
    if problems:
        fail("\n".join(problems))
    typer.echo(f"All is well on {' and '.join(examined)}.")


async def diagnose(settings: "Settings") -> list[str]:
    """What keeps Discord and Slack from working, whichever are set up, a sentence each; none where
    all is well. Raises SettingsError and StorageError."""
    problems: list[str] = []
    if settings.has_discord():
        problems += await _diagnose_discord(settings)
    if ways := settings.slack_ways():
        problems += await _diagnose_slack(settings, ways)
    return problems


async def _diagnose_discord(settings: "Settings") -> list[str]:
    from bot.adapters.discord.doctor import diagnose as diagnose_
    from bot.app import open_app
    from bot.config import SettingsError
    from bot.core.errors import CannotConnect
    from storage import courses

    token = settings.discord_secret()
    async with open_app(settings, discord=True) as app:
        async with app.services.database.read() as db:
            places = await courses.channels_in(db, "discord")
        if app.discord is None:
            raise SettingsError("Discord is not part of this installation.")
        try:
            return await diagnose_(app.discord, token.get_secret_value(), places)
        except CannotConnect as problem:
            return [str(problem)]


async def _diagnose_slack(settings: "Settings", ways: "Sequence[SlackWay]") -> list[str]:
    from bot.adapters.slack.doctor import diagnose as diagnose_
    from bot.app import SystemClock, slack_way
    from storage import courses
    from storage.database import Database

    clock = SystemClock()
    database = await Database.open(settings.database)
    try:
        async with database.read() as db:
            places = await courses.channels_in(db, "slack")
        opened = [slack_way(settings, way, database, clock) for way in ways]
        return await diagnose_(opened, places, clock, settings.slack_api)
    finally:
        await database.close()
