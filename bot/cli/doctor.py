"""`coalface doctor`: what keeps the bot from working, in words."""

import typer

from bot.cli.shared import Data, fail, load_settings, told

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
    from bot.app import diagnose

    problems = asyncio.run(diagnose(settings))
    if problems:
        fail("\n".join(problems))
    typer.echo(f"All is well on {' and '.join(examined)}.")
