"""`coalface slack …`: what somebody needs who adds Coalface to a Slack workspace."""

from typing import Annotated

import typer

from bot.cli.shared import Json, told

app = typer.Typer(help="Slack: add Coalface to a workspace.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Slack: add Coalface to a workspace."""


@app.command()
@told
def manifest(
    json: Json = False,
    http: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Where Slack reaches Coalface (https://…); else Coalface connects to Slack.",
            show_default=False,
        ),
    ] = None,
    emails: Annotated[
        bool,
        typer.Option(
            "--emails", help="Ask for people's e-mail addresses, to know the roster's students."
        ),
    ] = False,
) -> None:
    """Print the manifest from which Slack makes the app."""
    from bot.adapters.slack.manifest import to_json, to_manifest, to_yaml
    from bot.core import catalog

    made = to_manifest(catalog.build(), http, emails=emails)
    typer.echo(to_json(made) if json else to_yaml(made), nl=False)


@app.command()
@told
def key() -> None:
    """Print a new key for COALFACE_SLACK_KEY, with which workspaces' tokens are kept."""
    from bot.adapters.slack.installations import new_key

    typer.echo(new_key())
