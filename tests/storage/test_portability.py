"""SQLite is the default and PostgreSQL must stay within reach: all that we say to the database
compiles for it, and nothing is said that only SQLite understands."""

import importlib
import pkgutil
import re
from pathlib import Path
from typing import Any

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import event
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

import storage
from storage import maintenance
from storage.database import Database
from storage.prepared import Prepared, PreparedInsert
from storage.schema import metadata
from tests.world import PROMPT, SPACE, START, Human, World

POSTGRESQL = postgresql.dialect()  # type: ignore[no-untyped-call]
SQLITE_ONLY = re.compile(
    r"OR (?:IGNORE|REPLACE)|AUTOINCREMENT|\bPRAGMA\b|\bjson_each\b|\browid\b|\bsqlite|\bGLOB\b"
    r"|\bifnull\b|\bdatetime\(|\bstrftime\(|\bgroup_concat\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=str)
def test_every_table_can_be_made_there(table: Any) -> None:
    made: list[CreateTable | CreateIndex] = [
        CreateTable(table),
        *(CreateIndex(index) for index in table.indexes),
    ]
    for statement in made:
        said = str(statement.compile(dialect=POSTGRESQL))
        assert not SQLITE_ONLY.search(said), said
        for name in re.findall(r"(?:INDEX|CONSTRAINT) (\w+)", said):
            assert len(name) <= 63, f"PostgreSQL would cut the name {name}"


def test_the_partial_indexes_are_partial_there_too() -> None:
    said = [
        str(CreateIndex(index).compile(dialect=POSTGRESQL))
        for table in metadata.sorted_tables
        for index in table.indexes
        if index.dialect_options["sqlite"]["where"] is not None
    ]
    assert said
    assert all(" WHERE " in statement for statement in said)


def test_the_migrations_can_be_run_there() -> None:
    said: list[str] = []
    context = MigrationContext.configure(
        dialect_name="postgresql",
        opts={"as_sql": True, "output_buffer": _Buffer(said)},
    )
    scripts = ScriptDirectory(str(maintenance.MIGRATIONS))
    with Operations.context(context):
        for script in reversed(list(scripts.walk_revisions())):
            importlib.import_module(f"storage.migrations.versions.{Path(script.path).stem}")
            script.module.upgrade()
    everything = "".join(said)
    assert everything.count("CREATE TABLE") == len(metadata.tables)
    assert not SQLITE_ONLY.search(everything)


class _Buffer:
    """What alembic writes its SQL to."""

    def __init__(self, said: list[str]) -> None:
        self._said = said

    def write(self, text: str) -> None:
        self._said.append(text)

    def flush(self) -> None:
        return


async def test_everything_a_class_says_to_the_database_can_be_said_there(world: World) -> None:
    said: dict[str, Any] = {}

    def listen(connection: Any, statement: Any, *_: Any) -> None:
        said.setdefault(str(statement), statement)

    for statement in prepared():
        said[str(statement)] = statement
    database = world.app.services.database
    for engine in (database._readers, database._writer):
        event.listen(engine.sync_engine, "before_execute", listen)
    await a_day_in_class(world, database)
    await an_install(database)

    spoken = set()
    for statement in said.values():
        compiled = str(statement.compile(dialect=POSTGRESQL))
        assert not SQLITE_ONLY.search(compiled), compiled
        spoken |= {table for table in metadata.tables if re.search(rf"\b{table}\b", compiled)}
    assert spoken == set(metadata.tables), "a table that the day in class leaves out"


def prepared() -> list[Any]:
    """What is said for every event, which does not pass the engine."""
    names = [module.name for module in pkgutil.iter_modules(storage.__path__)]
    modules = [importlib.import_module(f"storage.{name}") for name in names]
    found = [
        value.statement
        for module in modules
        for value in vars(module).values()
        if isinstance(value, Prepared | PreparedInsert)
    ]
    assert len(found) > 10
    return found


async def an_install(database: Database) -> None:
    from storage.installations import Installation, Installations

    kept = Installations(database)
    await kept.begin("state", START, START)
    await kept.end("state", START)
    await kept.keep(Installation("E", "", "sealed", START))
    await kept.met("T", "E")
    await kept.of_team("T")
    await kept.find("E", "")
    await kept.all()
    await kept.forget("E", "")


async def a_scheduled_term(world: World, ada: Human) -> None:
    """Every command that schedules, and what falls due by itself."""
    await ada.answer("prompt due", discussion="D1", due="in 2 days", closes="in 3 days", remind=1)
    said = await ada.answer("prompt schedule", prompt=PROMPT, when="tomorrow 9am", repeat="daily")
    assert "Schedule this?" in said
    for command in ("confirm", "pause", "resume", "show", "post-now"):
        await ada.answer(f"schedule {command}", schedule="S1")
    await ada.answer("schedule move", schedule="S1", when="2026-09-10 17:00")
    await ada.answer("schedule skip", schedule="S1", dates="2026-09-12")
    await ada.answer("course settings", zone="Asia/Kolkata", scheduled="same-time")
    for _ in range(5):
        world.clock.move(days=1)
        await world.app.services.agenda.attend()
    await ada.answer("schedule list")
    await ada.answer("schedule calendar")
    await ada.answer("prompt why", discussion="D2")
    await ada.answer("schedule cancel", schedule="S1")


async def a_day_in_class(world: World, database: Database) -> None:
    """Every command that writes, and every kind of message."""
    from bot.core import privacy, undelivered
    from bot.core.cards import Card
    from storage import audit
    from storage.ids import CourseId

    ada, bo, cy = [await world.person(name) for name in ("Ada", "Bo", "Cy")]
    await world.course(ada)
    await ada.answer("prompt new", title="T", text="Which?", sides="Left; Right")
    await ada.answer("prompt edit", prompt="P1", title="U")
    thread = await world.post(ada, "P1")
    first = await bo.say("@Cy, the kulaks were deported: F8, https://example.org/a.", thread)
    second = await cy.say("Why?", to=first)
    await bo.react(second, "👍")
    await bo.react(second, "👍", present=False)
    await bo.edit(first, "The kulaks were deported, Cy.")
    await bo.answer("prompt side", discussion="D1", side="Left")
    await cy.delete(second)
    await ada.answer("course staff", person="Cy", role="assistant")
    await ada.answer("course settings", keep_text=1)
    (code,) = [line for line in (await ada.answer("course code")).splitlines() if len(line) == 8]
    await world.channel("seminar")
    await ada.answer("course join", channel="seminar", code=code)
    said = await bo.answer("course link")
    (code,) = [line for line in said.splitlines() if len(line) == 8]
    await bo.form("course link", code=code)  # it is Bo's own
    for command in ("participation extend", "participation excuse", "participation revoke"):
        given = {"until": "2026-10-01 09:00"} if command.endswith("extend") else {}
        given |= {} if command.endswith("revoke") else {"reason": "Was ill"}
        await ada.answer(command, student="Bo", discussion="D1", **given)
    await a_scheduled_term(world, ada)
    for command in ("participation class", "participation export", "course show", "prompt list"):
        await ada.answer(command)
    now = world.clock.now()
    await undelivered.keep(database, CourseId(1), SPACE, ada.ref, Card("Hello"), now)
    assert "Hello" in await ada.answer("participation why", student="Bo")
    await ada.answer("prompt close", discussion="D1")
    await ada.answer("prompt reopen", discussion="D1")
    await ada.answer("prompt withdraw", what="D1")
    await world.app.recovery.recover("browser")
    await world.app.services.outbox.deliver_due()
    await world.settle()
    await privacy.forget_what_is_due(database, world.clock.move(days=3), {})
    async with database.read() as db:
        assert await audit.entries(db, CourseId(1))
    await ada.answer("course archive", confirm="History 101")
