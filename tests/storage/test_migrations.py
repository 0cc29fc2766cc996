"""The migrations, from nothing to the newest, end at what schema.py says; and back."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from storage import maintenance
from storage.schema import metadata
from tests.storage.conftest import NOW


def test_autogenerate_finds_nothing_left_to_migrate(path: Path) -> None:
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_the_migrated_file_is_the_one_that_the_schema_would_make(
    path: Path, tmp_path: Path
) -> None:
    """What autogenerate does not compare, too: partial indexes, keys, AUTOINCREMENT."""
    straight = tmp_path / "straight.sqlite3"
    engine = create_engine(f"sqlite:///{straight}")
    metadata.create_all(engine)
    engine.dispose()
    made, declared = shape(path), shape(straight)
    assert sorted(made) == sorted(declared)
    for table, expected in declared.items():
        assert made[table] == expected, table


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("channels", "kind"),
        ("roles", "role"),
        ("course_roles", "purpose"),
        ("granted_roles", "role"),
        ("outbox", "kind"),
        ("outbox", "state"),
    ],
)
def test_a_word_that_is_none_of_the_words_is_refused(path: Path, table: str, column: str) -> None:
    with closing(sqlite3.connect(path)) as db:
        columns = [row[1] for row in _info(db, table)]
        values = ", ".join("'nonsense'" if name == column else "1" for name in columns)
        with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
            db.execute(f"INSERT INTO {table} VALUES ({values})")  # noqa: S608 - our own words


def shape(path: Path) -> dict[str, Any]:
    with closing(sqlite3.connect(path)) as db:
        tables = db.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'table'"
            " AND name NOT IN ('sqlite_sequence', 'alembic_version')"
        ).fetchall()
        return {name: shape_of(db, name, sql) for name, sql in tables}


def shape_of(db: sqlite3.Connection, table: str, sql: str) -> dict[str, Any]:
    """Everything about a table but the order in which it was written down."""
    columns = {row[1]: (row[2], row[3], _bare(row[4]), row[5]) for row in _info(db, table)}
    indexes = db.execute("SELECT name, sql FROM sqlite_master WHERE tbl_name = ? AND sql NOT NULL"
                         " AND type = 'index'", (table,))  # fmt: skip
    listed = db.execute('SELECT name, "unique", origin FROM pragma_index_list(?)', (table,))
    unique = [
        (origin, tuple(row[2] for row in db.execute("SELECT * FROM pragma_index_info(?)", (name,))))
        for name, is_unique, origin in listed
        if is_unique
    ]
    foreign = db.execute('SELECT "from", "table", "to", on_delete FROM pragma_foreign_key_list(?)',
                         (table,))  # fmt: skip
    return {
        "columns": columns,
        "indexes": {name: _spaced(made) for name, made in indexes},
        "unique": sorted(unique),
        "foreign": sorted(foreign.fetchall()),
        "autoincrement": "AUTOINCREMENT" in sql,
    }


def _info(db: sqlite3.Connection, table: str) -> list[Any]:
    return db.execute("SELECT * FROM pragma_table_info(?)", (table,)).fetchall()


def _bare(default: str | None) -> str | None:
    return None if default is None else default.strip("()'")


def _spaced(sql: str) -> str:
    return " ".join(sql.split())


def test_there_is_one_line_of_migrations_from_nothing() -> None:
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory(str(maintenance.MIGRATIONS))
    assert len(scripts.get_heads()) == 1
    assert len(scripts.get_bases()) == 1
    for script in scripts.walk_revisions():
        assert script.doc, script.revision


def test_down_to_nothing_and_up_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = shape(path)
    with maintenance._writing(path) as connection:
        config = maintenance._config()
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    assert shape(path) == {}
    assert maintenance.revision(path) is None
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("DROP TABLE alembic_version")
    maintenance.upgrade(path, NOW)
    assert shape(path) == first
    assert maintenance.check(path).problems == ()


# --- what a migration does with the rows it finds -----------------------------------------------

TEXTS = {
    1: "See F8, f9 and (F8); not F8a, F012 or @F7.",
    2: "<https://WWW.Example.org/A/#note-F3|the page> and http://example.org/A).",
    3: "Nothing of the kind.",
    4: " ".join(f"F{number}" for number in range(1, 61)),
}


def test_what_was_said_before_is_searched_for_evidence(tmp_path: Path) -> None:
    path = tmp_path / "older.sqlite3"
    with maintenance._writing(path) as connection:
        config = maintenance._config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("INSERT INTO spaces VALUES (1, 'browser', 'classroom', 0)")
        db.execute("INSERT INTO courses (id, title, zone, pack, created_at)"
                   " VALUES (1, 'C', 'UTC', 'p', 0)")  # fmt: skip
        db.execute("INSERT INTO channels VALUES (1, 1, 1, 'c', 'c', 'class', 0)")
        for id_ in [*TEXTS, *range(1_000, 2_500)]:  # more than are read at once
            db.execute(
                "INSERT INTO messages (id, channel_id, ref, received_at, words, words_raw,"
                " characters, attachments) VALUES (?, 1, ?, 0, 0, 0, 0, 0)",
                (id_, f"m{id_}"),
            )
            text = TEXTS.get(id_, "As F12 says.")
            db.execute("INSERT INTO message_texts VALUES (?, ?)", (id_, text))
    assert maintenance.upgrade(path, NOW) is not None
    found: dict[int, set[str]] = {}
    with closing(sqlite3.connect(path)) as db:
        for id_, named in db.execute("SELECT message_id, named FROM evidence"):
            found.setdefault(id_, set()).add(named)
    assert found == {
        1: {"F8", "F9"},
        2: {"link:39bb97b005581e0d"},
        4: {f"F{number}" for number in range(1, 51)},
        **{id_: {"F12"} for id_ in range(1_000, 2_500)},
    }
    assert maintenance.check(path).problems == ()
