"""The database file in the hands of whoever runs the bot: made, upgraded, copied, put back."""

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from storage import maintenance
from storage.database import Database
from storage.errors import NotADatabase, StorageBusy, StorageNewer
from tests.storage.conftest import NOW

SPACE = "INSERT INTO spaces (platform, ref, created_at) VALUES ('browser', ?, 0)"


def put(path: Path, *refs: str) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.executemany(SPACE, [(ref,) for ref in refs])


def refs(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as db:
        return [ref for (ref,) in db.execute("SELECT ref FROM spaces ORDER BY id")]


def set_revision(path: Path, revision: str) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE alembic_version SET version_num = ?", (revision,))


def files(path: Path) -> list[str]:
    """What lies in the folder, but for SQLite's own working files beside a database."""
    found = [file.name for file in path.parent.rglob("*") if file.is_file()]
    return sorted(name for name in found if not name.endswith(("-wal", "-shm")))


# --- upgrading ----------------------------------------------------------------------------------


def test_upgrading_makes_the_folder_and_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "coalface.sqlite3"
    assert maintenance.upgrade(path, NOW) is None
    health = maintenance.check(path)
    assert (health.problems, health.revision, health.damaged) == ((), health.newest, False)


def test_upgrading_twice_changes_nothing(path: Path) -> None:
    put(path, "kept")
    before = path.read_bytes()
    assert maintenance.upgrade(path, NOW) is None
    assert path.read_bytes() == before
    assert not (path.parent / "backups").exists()


def test_an_empty_file_is_made_a_database(tmp_path: Path) -> None:
    path = tmp_path / "coalface.sqlite3"
    path.touch()
    assert maintenance.upgrade(path, NOW) is None
    assert maintenance.check(path).problems == ()


LATER = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "9999", "{newest}"


def upgrade() -> None:
    op.create_table("later", sa.Column("id", sa.Integer, primary_key=True))
    op.execute("INSERT INTO later (id) SELECT id FROM spaces")
"""


@pytest.fixture
def older(path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A database that is one revision behind: a migration comes after the newest one."""
    put(path, "old")
    after = tmp_path / "migrations"
    (after / "versions").mkdir(parents=True)
    for file in maintenance.MIGRATIONS.rglob("*.py"):
        (after / file.relative_to(maintenance.MIGRATIONS)).write_text(file.read_text("utf-8"))
    later = after / "versions" / "9999_later.py"
    later.write_text(LATER.format(newest=maintenance.newest()))
    monkeypatch.setattr(maintenance, "MIGRATIONS", after)
    return path


def test_an_older_database_is_kept_before_it_is_changed(older: Path) -> None:
    before = maintenance.revision(older)
    saved = maintenance.upgrade(older, NOW)
    assert saved is not None
    assert maintenance.revision(saved) == before
    assert refs(saved) == ["old"]
    assert maintenance.revision(older) == "9999"
    assert refs(older) == ["old"]


def test_an_upgrade_that_fails_leaves_the_database_as_it_was(older: Path) -> None:
    with (maintenance.MIGRATIONS / "versions" / "9999_later.py").open("a") as file:
        file.write(
            "made = upgrade\ndef upgrade() -> None:\n    made()\n    raise RuntimeError('no')\n"
        )
    with pytest.raises(RuntimeError):
        maintenance.upgrade(older, NOW)
    assert maintenance.revision(older) != "9999"
    assert "later" not in maintenance.check(older).counts


def test_a_newer_database_is_refused_untouched(path: Path) -> None:
    set_revision(path, "4711")
    before = path.read_bytes()
    with pytest.raises(StorageNewer, match=r"made by a newer version of Coalface.*4711"):
        maintenance.upgrade(path, NOW)
    assert path.read_bytes() == before
    assert files(path) == ["coalface.sqlite3"]


@pytest.mark.parametrize("content", [b"not a database at all, " * 100, b"SQLite format 3\0" * 90])
def test_a_file_that_is_no_database_is_refused_untouched(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "coalface.sqlite3"
    path.write_bytes(content)
    acts: list[Callable[[], object]] = [
        lambda: maintenance.upgrade(path, NOW),
        lambda: maintenance.check(path),
        lambda: maintenance.backup(path, tmp_path / "copy"),
    ]
    for act in acts:
        with pytest.raises(NotADatabase, match="is not a Coalface database, or is damaged"):
            act()
    assert path.read_bytes() == content
    assert files(path) == ["coalface.sqlite3"]


def test_somebody_elses_database_is_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "coalface.sqlite3"
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE recipes (name TEXT)")
    before = path.read_bytes()
    with pytest.raises(NotADatabase, match="nothing was changed"):
        maintenance.upgrade(path, NOW)
    assert "not a Coalface database" in maintenance.check(path).problems[0]
    assert path.read_bytes() == before


def test_only_the_newest_automatic_backups_are_kept_and_nobody_elses(path: Path) -> None:
    mine = path.parent / "backups" / "coalface-before-the-break.sqlite3"
    maintenance.backup(path, mine)
    kept = []
    for minute in range(maintenance.KEPT_BACKUPS + 2):
        kept.append(maintenance.set_aside(path, NOW + timedelta(minutes=minute)))
        maintenance.upgrade(path, NOW)
    assert sorted(mine.parent.iterdir()) == sorted([mine, *(f for f in kept[2:] if f is not None)])


# --- backup, restore ----------------------------------------------------------------------------


def test_a_backup_made_while_others_write_is_whole(path: Path, tmp_path: Path) -> None:
    stop, begun = threading.Event(), threading.Event()

    def write() -> None:
        number = 0
        with closing(sqlite3.connect(path)) as db:
            while not stop.is_set():
                with db:  # each transaction writes a pair
                    db.executemany(SPACE, [(f"{number}a",), (f"{number}b",)])
                number += 1
                begun.set()

    writer = threading.Thread(target=write)
    writer.start()
    begun.wait(10)
    copies = [maintenance.backup(path, tmp_path / f"{number}.sqlite3") for number in range(5)]
    stop.set()
    writer.join()
    for copy in copies:
        assert maintenance.check(copy).problems == ()
        found = refs(copy)
        assert found
        assert len(found) % 2 == 0


def test_a_backup_is_one_file_and_checking_leaves_it_alone(path: Path, tmp_path: Path) -> None:
    put(path, "one")
    copy = maintenance.backup(path, tmp_path / "kept" / "copy.sqlite3")
    before = copy.read_bytes()
    assert maintenance.check(copy).problems == ()
    assert [file.name for file in copy.parent.iterdir()] == ["copy.sqlite3"]
    assert copy.read_bytes() == before


def test_a_backup_overwrites_nothing_and_needs_a_database(path: Path, tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.write_text("dear to somebody")
    with pytest.raises(FileExistsError, match="exists already; choose another name"):
        maintenance.backup(path, there)
    assert there.read_text() == "dear to somebody"
    with pytest.raises(NotADatabase, match="There is no database"):
        maintenance.backup(tmp_path / "nowhere", tmp_path / "copy")


def test_a_restored_backup_is_back_and_what_stood_there_is_kept(path: Path, tmp_path: Path) -> None:
    put(path, "monday")
    copy = maintenance.backup(path, tmp_path / "copy.sqlite3")
    put(path, "tuesday")
    saved = maintenance.restore(path, copy, NOW)
    assert saved is not None
    assert refs(path) == ["monday"]
    assert refs(saved) == ["monday", "tuesday"]
    assert refs(copy) == ["monday"]


def test_a_damaged_database_can_be_restored_over(path: Path, tmp_path: Path) -> None:
    put(path, "monday")
    copy = maintenance.backup(path, tmp_path / "copy.sqlite3")
    path.write_bytes(b"a virus was here" * 1_000)
    saved = maintenance.restore(path, copy, NOW)
    assert refs(path) == ["monday"]
    assert saved is not None
    assert saved.read_bytes().startswith(b"a virus")


def test_restoring_where_there_is_none_makes_it(path: Path, tmp_path: Path) -> None:
    put(path, "monday")
    elsewhere = tmp_path / "new" / "coalface.sqlite3"
    assert maintenance.restore(elsewhere, path, NOW) is None
    assert refs(elsewhere) == ["monday"]


def test_what_is_no_whole_backup_changes_nothing(path: Path, tmp_path: Path) -> None:
    put(path, "monday")
    copy = maintenance.backup(path, tmp_path / "copy.sqlite3")
    damage(copy)
    with pytest.raises(NotADatabase):
        maintenance.restore(path, copy, NOW)
    set_revision(newer := maintenance.backup(path, tmp_path / "newer.sqlite3"), "4711")
    with pytest.raises(StorageNewer):
        maintenance.restore(path, newer, NOW)
    assert refs(path) == ["monday"]
    assert files(path) == ["coalface.sqlite3", "copy.sqlite3", "newer.sqlite3"]


async def test_while_the_bot_runs_nothing_is_put_in_its_place(path: Path, tmp_path: Path) -> None:
    copy = maintenance.backup(path, tmp_path / "copy.sqlite3")
    database = await Database.open(path)
    acts: list[Callable[[], object]] = [
        lambda: maintenance.restore(path, copy, NOW),
        lambda: maintenance.set_aside(path, NOW),
    ]
    for act in acts:
        with pytest.raises(StorageBusy, match="stop the bot first"):
            act()
    await database.close()
    assert maintenance.restore(path, copy, NOW) is not None


# --- checking -----------------------------------------------------------------------------------


def damage(path: Path) -> None:
    """Flip bytes in the middle of every page but the first."""
    content = bytearray(path.read_bytes())
    for page in range(4_096, len(content), 4_096):
        for at in range(page, min(page + 64, len(content))):
            content[at] ^= 0xFF
    path.write_bytes(content)


def test_damage_is_found(path: Path, tmp_path: Path) -> None:
    put(path, "one")
    copy = maintenance.backup(path, tmp_path / "copy.sqlite3")
    damage(copy)
    try:
        health = maintenance.check(copy)
    except NotADatabase:
        return  # so damaged that its revision can't be read
    assert health.damaged
    assert health.problems


@pytest.mark.parametrize("page", range(2, 12))
def test_damage_to_any_page_is_found_or_does_no_harm(path: Path, page: int) -> None:
    put(path, "one")
    copy = maintenance.backup(path, path.parent / "copy.sqlite3")
    content = bytearray(copy.read_bytes())
    content[page * 4_096 : page * 4_096 + 8] = b"\xff" * 8  # a page's header
    copy.write_bytes(content)
    try:
        assert maintenance.check(copy).damaged
    except NotADatabase:
        return


def test_a_row_that_refers_to_nothing_is_found(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("INSERT INTO accounts (space_id, created_at) VALUES (4711, 0)")
    assert maintenance.check(path).problems == (
        "accounts row 1 refers to a row of spaces that is not there",
    )


def test_an_older_one_is_whole_but_told(older: Path) -> None:
    health = maintenance.check(older)
    assert not health.damaged
    assert health.problems == (f"it is at revision {health.revision}, and this version needs 9999",)


@pytest.mark.parametrize("lost", [0, 1, 100, 5_000, 40_000])
def test_a_torn_copy_opens_at_the_last_whole_transaction(
    path: Path, tmp_path: Path, lost: int
) -> None:
    """A copy of the files as a crash leaves them: the log cut off anywhere."""
    torn = tmp_path / "torn.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA wal_autocheckpoint = 0")
        for number in range(20):
            db.execute(SPACE, (str(number),))
        log = path.with_name(f"{path.name}-wal").read_bytes()
        torn.write_bytes(path.read_bytes())
        torn.with_name("torn.sqlite3-wal").write_bytes(log[: max(0, len(log) - lost)])
    assert maintenance.upgrade(torn, NOW) is None
    assert maintenance.check(torn).problems == ()
    found = refs(torn)
    assert found == [str(number) for number in range(len(found))]
    assert len(found) == 20 if lost == 0 else len(found) < 20
