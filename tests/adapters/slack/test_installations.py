"""Installations through Bolt's store: kept sealed, read with the key, found by workspace."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from slack_sdk.oauth.installation_store.models.bot import Bot
from slack_sdk.oauth.installation_store.models.installation import Installation

from bot.adapters.slack.installations import (
    STATE_LASTS,
    WRONG_KEY,
    InstallationStore,
    Keys,
    StateStore,
    new_key,
)
from bot.config import SettingsError
from storage.database import Database
from storage.installations import Installations
from tests.migrating import migrate
from tests.world import START, FakeClock

KEY = new_key()
OF_A_PERSON = "xoxp-of-a-person"


@pytest.fixture
async def keeper(tmp_path: Path) -> AsyncIterator[Installations]:
    migrate(tmp_path / "course.sqlite3", START)
    database = await Database.open(tmp_path / "course.sqlite3")
    yield Installations(database)
    await database.close()


def store(keeper: Installations, *keys: str) -> InstallationStore:
    return InstallationStore(keeper, Keys(SecretStr(",".join(keys or (KEY,)))))


def installed(team: str | None, enterprise: str | None = None) -> Installation:
    return Installation(
        app_id="A1",
        enterprise_id=enterprise,
        team_id=team,
        team_name="History",
        bot_token=f"xoxb-{team}",
        bot_id="B1",
        bot_user_id="U0",
        bot_scopes=["chat:write", "commands"],
        user_id="U1",
        user_token=OF_A_PERSON,
        is_enterprise_install=team is None,
        installed_at=START.timestamp(),
    )


async def test_two_workspaces_have_each_its_own_token(keeper: Installations) -> None:
    slack = store(keeper)
    await slack.async_save(installed("T1"))
    await slack.async_save(installed("T2"))
    bots = [await slack.async_find_bot(enterprise_id=None, team_id=t) for t in ("T1", "T2", "T3")]
    assert [bot and bot.bot_token for bot in bots] == ["xoxb-T1", "xoxb-T2", None]
    found = await slack.of_team("T1")
    assert found is not None
    assert (found.bot_scopes, found.bot_user_id) == (["chat:write", "commands"], "U0")
    assert found.user_token is None, "a person's token is not kept"
    assert [i.team_id for i in await slack.all()] == ["T1", "T2"]


async def test_whoever_did_not_install_it_has_no_installation_of_their_own(
    keeper: Installations,
) -> None:
    slack = store(keeper)
    await slack.async_save(installed("T1"))
    for user, is_there in (("U1", True), ("U2", False), (None, True)):
        found = await slack.async_find_installation(enterprise_id=None, team_id="T1", user_id=user)
        assert (found is not None) is is_there


async def test_an_organisation_installs_it_for_its_workspaces(keeper: Installations) -> None:
    slack = store(keeper)
    await slack.async_save(installed(None, "E1"))
    assert await slack.of_team("T1") is None
    for _ in range(2):  # told with everything that happens there
        bot = await slack.async_find_bot(
            enterprise_id="E1", team_id="T1", is_enterprise_install=True
        )
        assert bot is not None
    found = await slack.of_team("T1")
    assert found is not None
    assert (found.enterprise_id, found.is_enterprise_install) == ("E1", True)
    assert await slack.async_find_bot(enterprise_id="E1", team_id="T1") is None
    await slack.async_delete_all(enterprise_id="E1", team_id=None)
    assert await slack.of_team("T1") is None


def written_in(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.glob("course.sqlite3*"))


async def test_the_file_holds_no_token(keeper: Installations, tmp_path: Path) -> None:
    await store(keeper).async_save(installed("T1"))
    written = written_in(tmp_path)
    assert b"T1" in written
    assert b"xox" not in written


async def test_another_key_is_said_in_a_sentence(keeper: Installations) -> None:
    await store(keeper).async_save(installed("T1"))
    other = store(keeper, new_key())
    with pytest.raises(SettingsError) as caught:
        await other.check()
    assert str(caught.value) == WRONG_KEY
    with pytest.raises(SettingsError):
        await other.of_team("T1")


async def test_a_new_key_takes_over_what_the_old_one_wrote(keeper: Installations) -> None:
    await store(keeper).async_save(installed("T1"))
    newer = new_key()
    await store(keeper, newer, KEY).check()
    await store(keeper, newer).check()
    found = await store(keeper, newer).of_team("T1")
    assert found is not None
    assert found.to_bot().bot_token.endswith("T1")


@pytest.mark.parametrize(
    "key", ["", "short", f"{KEY},", "x" * 44], ids=["empty", "short", "nothing second", "too long"]
)
def test_what_is_no_key_is_said_and_not_shown(key: str) -> None:
    with pytest.raises(SettingsError, match="COALFACE_SLACK_KEY holds no key") as caught:
        Keys(SecretStr(key))
    assert caught.value.__cause__ is None
    assert "short" not in str(caught.value)


async def test_a_removed_app_is_forgotten_and_a_persons_revoked_token_changes_nothing(
    keeper: Installations,
) -> None:
    slack = store(keeper)
    await slack.async_save(installed("T1"))
    await slack.async_save(installed("T2"))
    await slack.async_delete_installation(enterprise_id=None, team_id="T1", user_id="U1")
    assert await slack.of_team("T1") is not None
    await slack.async_delete_bot(enterprise_id=None, team_id="T1")
    await slack.async_delete_all(enterprise_id=None, team_id="T2")
    assert await slack.all() == []


async def test_a_bots_new_token_takes_the_place_of_its_old(keeper: Installations) -> None:
    slack = store(keeper)
    await slack.async_save(installed("T1"))
    for team in ("T1", "T2"):
        await slack.async_save_bot(
            Bot(
                team_id=team,
                bot_token=f"xoxb-new-{team}",
                bot_id="B1",
                bot_user_id="U0",
                bot_scopes="chat:write",
                installed_at=START.timestamp(),
            )
        )
    found = await slack.all()
    assert [i.bot_token for i in found] == ["xoxb-new-T1", "xoxb-new-T2"]
    assert [i.team_name for i in found] == ["History", None]


async def test_an_installs_state_holds_once_and_for_ten_minutes(keeper: Installations) -> None:
    clock = FakeClock(START)
    states = StateStore(keeper, clock)
    first, second = await states.async_issue(), await states.async_issue()
    assert first != second
    assert await states.async_consume(first)
    assert not await states.async_consume(first)
    assert not await states.async_consume("made up")
    clock.at = START + STATE_LASTS
    assert not await states.async_consume(second)
