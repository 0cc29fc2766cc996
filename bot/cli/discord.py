"""`coalface discord …`: what somebody needs who adds Coalface to a Discord server."""

import typer

from bot.cli.shared import Data, load_settings, told

app = typer.Typer(help="Discord: add Coalface to a server.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Discord: add Coalface to a server."""


@app.command()
@told
def invite(data: Data = None) -> None:
    """Print the link that adds Coalface to a server, with the permissions it needs."""
    import asyncio

    from bot.adapters.discord.adapter import own_application
    from bot.adapters.discord.permissions import invite_link

    token = load_settings(data).discord_secret().get_secret_value()
    typer.echo(invite_link(asyncio.run(own_application(token)).id))
