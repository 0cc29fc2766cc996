"""Installations as they are kept: by organisation and workspace, and begun ones until they end."""

from datetime import timedelta

from storage.database import Database
from storage.installations import Installation, Installations
from tests.storage.conftest import NOW, Look

LATER = NOW + timedelta(minutes=10)
TICK = timedelta(microseconds=1)


async def test_an_installation_is_found_where_it_was_made_and_nowhere_else(
    database: Database,
) -> None:
    kept = Installations(database)
    one, two = Installation("", "T1", "one", NOW), Installation("E1", "T2", "two", NOW)
    await kept.keep(one)
    await kept.keep(two)
    assert await kept.find("", "T1") == one
    assert await kept.find("E1", "T2") == two
    assert await kept.find("", "T2") is None
    assert await kept.find("E1", "") is None
    assert await kept.all() == [one, two]
    await kept.forget("", "T1")
    assert await kept.all() == [two]


async def test_a_new_installation_takes_the_place_of_the_old(database: Database) -> None:
    kept = Installations(database)
    await kept.keep(Installation("", "T1", "old", NOW))
    await kept.keep(Installation("", "T1", "new", LATER))
    assert await kept.all() == [Installation("", "T1", "new", LATER)]


async def test_a_workspace_has_its_own_installation_or_else_its_organisations(
    database: Database,
) -> None:
    kept = Installations(database)
    whole, own = Installation("E1", "", "whole", NOW), Installation("E1", "T1", "own", NOW)
    await kept.keep(whole)
    assert await kept.of_team("T1") is None, "nobody has met it yet"
    await kept.met("T1", "E1")
    await kept.met("T1", "E1")
    assert await kept.of_team("T1") == whole
    assert await kept.of_team("T2") is None
    await kept.keep(own)
    assert await kept.of_team("T1") == own
    await kept.forget("E1", "T1")
    assert await kept.of_team("T1") == whole
    await kept.met("T1", "E2")
    assert await kept.of_team("T1") is None, "the workspace has moved"


async def test_an_install_ends_once_and_in_time(database: Database, look: Look) -> None:
    kept = Installations(database)
    for digest in ("a", "b", "c"):
        await kept.begin(digest, NOW, LATER)
    assert await kept.end("a", LATER - TICK)
    assert not await kept.end("a", LATER - TICK)
    assert not await kept.end("b", LATER)
    assert not await kept.end("never", NOW)
    await kept.begin("d", LATER, LATER + TICK)
    assert look("SELECT digest FROM install_states") == [("d",)]
