"""How the app comes into a workspace, and out of it: https://docs.slack.dev/authentication/installing-with-oauth"""

from collections.abc import Sequence
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.fakes.slack_workspace.forms import NotOffered
from tests.fakes.slack_workspace.records import Enterprise, Installation, Team, User
from tests.fakes.slack_workspace.routes_apps import new_token, revoke_tokens
from tests.fakes.slack_workspace.state import State


def install(
    state: State, where: Team | Enterprise, by: User, scopes: Sequence[str] | None = None
) -> Installation:
    """Again: the same bot, with what scopes are asked for now."""
    team = where if isinstance(where, Team) else None
    enterprise = where.enterprise if isinstance(where, Team) else where
    wanted = tuple(state.app.scopes if scopes is None else scopes)
    for one in state.installations:
        if one.team is team and (team is not None or one.enterprise is enterprise):
            one.scopes, one.by, one.active = wanted, by, True
            return one
    home = team or by.team
    bot = User(state.stamps.new_id("U"), state.app.name, home, "bot", app_id=state.app.id)
    bot.bot_id = state.stamps.new_id("B")
    state.users[bot.id] = bot
    installation = Installation(team, enterprise, bot, bot.bot_id, wanted, by)
    state.installations.append(installation)
    return installation


def approve(state: State, address: str, by: User, *, whole: bool = False) -> str:
    """A person agrees on the page at `address` (that of oauth/v2/authorize, to which the app
    sent them). Answers where their browser is sent; the cookie is the test's to carry."""
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    if asked.get("client_id") != state.app.client_id:
        raise NotOffered("no app has that client id")
    scopes = tuple(scope for scope in asked.get("scope", "").split(",") if scope)
    if not scopes:
        raise NotOffered("the app asks for no scope")
    if missing := set(scopes) - set(state.app.scopes):
        raise NotOffered(f"not in the manifest: {sorted(missing)}")
    where: Team | Enterprise = by.team
    if whole:
        if by.team.enterprise is None or not state.app.org_deploy:
            raise NotOffered("the app can't be installed for an organisation")
        where = by.team.enterprise
    installation = install(state, where, by, scopes)
    code = state.stamps.new_id("code-")
    state.codes[code] = installation
    answer = {"code": code, "state": asked.get("state", "")}
    # Slack's documentation, Installing with OAuth: without one, the first of the app's own.
    back = asked.get("redirect_uri") or state.app.redirects[0]
    return f"{back}?{urlencode(answer)}"


def uninstall(state: State, installation: Installation) -> None:
    """By an admin: its tokens are dead, and the app is told (tokens_revoked, app_uninstalled)."""
    team = installation.team or installation.by.team
    revoke_tokens(state, installation, "account_inactive")
    state.event("app_uninstalled", {"type": "app_uninstalled"}, [installation], team=team)
    for channel in state.channels.values():
        if installation.bot in channel.members:
            channel.members.remove(installation.bot)


def token_of(state: State, installation: Installation) -> str:
    return new_token(state, installation).value
