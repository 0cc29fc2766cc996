"""`coalface doctor`: what keeps the bot from working, in words."""

import typer

from bot.cli.shared import Data, fail, load_settings, told


@told
def doctor(data: Data = None) -> None:
    """Say what is missing on Discord: intents, permissions, commands out of date."""
    import asyncio

    settings = load_settings(data)
    settings.discord_secret()
    from storage import maintenance

    health = maintenance.check(settings.database)
    if health.problems:
        mend = "db restore" if health.damaged else "db upgrade"
        fail(f"The database can't be used: {health.problems[0]}; see coalface {mend}.")
    from bot.app import diagnose

    problems = asyncio.run(diagnose(settings))
    if problems:
        fail("\n".join(problems))
    typer.echo("All is well on Discord.")
