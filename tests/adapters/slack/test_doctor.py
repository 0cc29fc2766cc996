"""What `coalface doctor` says of Slack: over the loopback workspace, through the real slack_sdk."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import SecretStr
from slack_sdk.oauth.installation_store.models.installation import Installation

from bot.adapters.slack import inbound, permissions
from bot.adapters.slack.adapter import ManyWorkspaces, OneWorkspace
from bot.adapters.slack.doctor import (
    APP_REFUSED,
    BOT_REFUSED,
    NO_CONNECTIONS,
    NOBODY_YET,
    diagnose,
)
from bot.adapters.slack.installations import InstallationStore, Keys, StateStore, new_key
from bot.adapters.slack.manifest import to_manifest
from bot.app import SystemClock
from bot.cli.doctor import diagnose as diagnose_all
from bot.config import SettingsError, load
from bot.core import catalog
from bot.core.events import ChannelRef, Space
from storage import courses
from storage.database import Connection, Database
from storage.installations import Installations
from tests.fakes.slack_workspace import Channel, Slack, Team
from tests.migrating import migrate
from tests.world import START


@dataclass(frozen=True)
class Bound:
    """A channel as the database has it."""

    space: Space
    ref: ChannelRef
    name: str
    kind: str = "class"


def bound(channel: Channel, kind: str = "class", name: str | None = None) -> Bound:
    space = inbound.to_space(channel.team.id)
    return Bound(space, ChannelRef(channel.id), name or channel.name, kind)


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    """The workspace History, in which somebody made the app from the manifest."""
    served = Slack()
    served.app.configure(to_manifest(catalog.build()))
    async with served.serving():
        served.world.add_team("History")
        yield served
        assert served.unknown == []


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Installations]:
    migrate(tmp_path / "course.sqlite3", START)
    database = await Database.open(tmp_path / "course.sqlite3")
    yield Installations(database)
    await database.close()


def team_of(slack: Slack) -> Team:
    return next(iter(slack.world.state.teams.values()))


def seminar(slack: Slack, name: str = "kulaks", *, private: bool = False) -> Channel:
    teacher = slack.world.add_user("Prof", team_of(slack))
    return slack.world.add_channel(name, teacher, private=private)


def one(slack: Slack, bot: str | None = None, app: str | None = None) -> OneWorkspace:
    return OneWorkspace(bot or slack.world.token(team_of(slack)), app or slack.app.app_token)


def many(slack: Slack, keeper: Installations, key: str) -> ManyWorkspaces:
    return ManyWorkspaces(
        signing_secret=slack.app.signing_secret,
        client_id=slack.app.client_id,
        client_secret=slack.app.client_secret,
        store=InstallationStore(keeper, Keys(SecretStr(key))),
        states=StateStore(keeper, SystemClock()),
        host="127.0.0.1",
        port=0,
    )


async def install(slack: Slack, way: ManyWorkspaces, team: Team) -> None:
    held = slack.world.installation(team)
    await way.store.async_save(
        Installation(
            app_id=slack.app.id,
            team_id=team.id,
            team_name=team.name,
            bot_token=slack.world.token(team),
            bot_id=held.bot_id,
            bot_user_id=held.bot.id,
            user_id=held.by.id,
            installed_at=START.timestamp(),
        )
    )


async def said(
    slack: Slack, *ways: OneWorkspace | ManyWorkspaces, to: tuple[Bound, ...] = ()
) -> str:
    return "\n".join(await diagnose(ways, to, SystemClock(), slack.api))


# --- one workspace --------------------------------------------------------------------------------


async def test_nothing_is_said_where_all_is_well(slack: Slack) -> None:
    staff = seminar(slack, "staff-room", private=True)
    assert await said(slack, one(slack), to=(bound(seminar(slack)), bound(staff, "staff"))) == ""


async def test_each_token_that_slack_does_not_take_is_named(slack: Slack) -> None:
    right = one(slack)
    swapped = one(slack, bot=right.app_token, app=right.bot_token)
    assert await said(slack, swapped) == f"{BOT_REFUSED}\n{APP_REFUSED}"
    wrong = one(slack, bot="xoxb-not-it", app="xapp-not-it")
    words = await said(slack, wrong, to=(bound(seminar(slack)),))
    assert words == f"{BOT_REFUSED}\n{APP_REFUSED}"
    slack.app.app_scopes = ()
    assert await said(slack, right) == NO_CONNECTIONS


async def test_a_permission_that_is_missing_is_named_with_what_it_is_for(slack: Slack) -> None:
    team = team_of(slack)
    held = [scope for scope in permissions.scopes() if scope not in ("im:write", "reactions:read")]
    slack.world.install(team, slack.world.installation(team).by, held)
    words = await said(slack, one(slack), to=(bound(seminar(slack)),))
    assert words.startswith("History: Coalface's app lacks the permissions “im:write” and")
    assert "“reactions:read”" in words
    assert "`coalface slack manifest`" in words
    assert "can't tell somebody something privately; hear reactions" in words
    assert len(words.splitlines()) == 1


async def test_without_the_permission_to_see_channels_that_alone_is_said(slack: Slack) -> None:
    team = team_of(slack)
    held = [scope for scope in permissions.scopes() if scope != "groups:read"]
    slack.world.install(team, slack.world.installation(team).by, held)
    words = await said(slack, one(slack), to=(bound(seminar(slack, private=True)),))
    assert "“groups:read”" in words
    assert len(words.splitlines()) == 1


async def test_each_channel_that_the_bot_can_not_use_is_named(slack: Slack) -> None:
    left, old, gone, secret = (seminar(slack, name) for name in ("a", "b", "c", "d"))
    public = seminar(slack, "staff-room")
    slack.world.remove_bot(left)
    slack.world.archive(old)
    slack.world.delete_channel(gone)
    slack.world.make_private(secret)
    slack.world.remove_bot(secret)
    channels = (*map(bound, (left, old, gone, secret)), bound(public, "staff"))
    words = (await said(slack, one(slack), to=channels)).splitlines()
    assert words[0] == "Coalface is not in #a; type /invite @Coalface there."
    assert words[1].startswith("On Slack #b is archived")
    assert words[2].startswith("Slack shows Coalface no such channel as #c")
    assert words[3].startswith("Slack shows Coalface no such channel as #d")
    assert words[4].startswith("#staff-room is public")
    assert len(words) == 5


async def test_channels_of_a_workspace_without_the_app_are_named_together(slack: Slack) -> None:
    other = slack.world.add_team("Letters")
    teacher = slack.world.add_user("Prof", other)
    channels = tuple(bound(slack.world.add_channel(name, teacher)) for name in ("x", "y"))
    words = await said(slack, one(slack), to=channels)
    assert words.startswith("#x, #y: Coalface is not installed in that Slack workspace")


@pytest.mark.parametrize(
    ("ahead", "word"), [(50, None), (-50, None), (200, "behind"), (-400, "before")]
)
async def test_a_clock_that_is_wrong_is_said_once(
    slack: Slack, ahead: float, word: str | None
) -> None:
    slack.set_ahead(ahead)
    words = await said(slack, one(slack))
    if word is None:
        assert words == ""
    else:
        assert f"seconds {word} Slack's" in words
        assert len(words.splitlines()) == 1


async def test_a_slack_that_does_not_answer_is_said_once() -> None:
    way = OneWorkspace("xoxb-a", "xapp-b")
    words = await diagnose([way], [], SystemClock(), "http://127.0.0.1:9/api/")
    assert words == ["Slack does not answer at the moment."]


# --- many workspaces ------------------------------------------------------------------------------


async def test_each_installation_is_examined(slack: Slack, store: Installations) -> None:
    history, letters = team_of(slack), slack.world.add_team("Letters")
    way = many(slack, store, new_key())
    for team in (history, letters):
        await install(slack, way, team)
    channel = seminar(slack)
    assert await said(slack, way, to=(bound(channel),)) == ""
    slack.world.uninstall(letters)
    slack.world.remove_bot(channel)
    words = (await said(slack, way, to=(bound(channel),))).splitlines()
    assert words[0].startswith("Letters: Coalface is not installed in that Slack workspace")
    assert words[1] == "Coalface is not in #kulaks; type /invite @Coalface there."
    assert len(words) == 2


async def test_where_nobody_installed_it_the_clock_is_still_looked_at(
    slack: Slack, store: Installations
) -> None:
    way = many(slack, store, new_key())
    assert await said(slack, way) == NOBODY_YET
    slack.set_ahead(301)
    first, second = (await said(slack, way)).splitlines()
    assert first == NOBODY_YET
    assert "seconds behind Slack's" in second


async def test_the_wrong_key_is_said_and_nothing_is_changed(
    slack: Slack, store: Installations
) -> None:
    old, new = new_key(), new_key()
    await install(slack, many(slack, store, old), team_of(slack))
    before = await store.all()
    with pytest.raises(SettingsError, match="COALFACE_SLACK_KEY"):
        await said(slack, many(slack, store, new))
    assert await said(slack, many(slack, store, f"{new},{old}")) == ""
    assert await store.all() == before


# --- as the program asks it -----------------------------------------------------------------------


async def test_the_channels_are_those_of_the_courses(slack: Slack, tmp_path: Path) -> None:
    way, channel = one(slack), seminar(slack)
    tokens = {"slack_bot_token": way.bot_token, "slack_app_token": way.app_token}
    settings = load(tmp_path, slack_api=slack.api, **tokens)
    migrate(settings.database, START)
    database = await Database.open(settings.database)

    async def course(db: Connection) -> None:
        space = await courses.ensure_space(db, inbound.to_space(channel.team.id), START)
        made = await courses.create(
            db, space, title="Labor", zone="UTC", pack="soviet-labor", now=START
        )
        ref = ChannelRef(channel.id)
        await courses.bind_channel(db, made, space, ref, name="kulaks", kind="class", now=START)

    await database.write(course)
    await database.close()
    assert await diagnose_all(settings) == []
    slack.world.remove_bot(channel)
    assert await diagnose_all(settings) == [
        "Coalface is not in #kulaks; type /invite @Coalface there."
    ]
