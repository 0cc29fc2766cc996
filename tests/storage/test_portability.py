"""SQLite is the default and PostgreSQL must stay within reach: all that we say to the database
compiles for it, and nothing is said that only SQLite understands."""

import importlib
import pkgutil
import re
from dataclasses import replace
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
from storage.database import Connection, Database
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
    event.listen(database._aside, "before_execute", listen)
    await a_day_in_class(world, database)
    await an_install(database)
    await a_word_beforehand(database)
    await an_old_term(world, database)

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


async def an_old_term(world: World, database: Database) -> None:
    from bot.core.archives import Wanted, bring_in
    from bot.imports.slack_export import SlackExport
    from tests.imports.slack_class import SlackClass, Step

    made = SlackClass()
    for kind in ("post", "reply", "orphan"):
        reactions = [("+1", "U1")]
        made.play(Step(kind, "history", "U0", 0, [("said", 1)], 1, "U1", reactions, 0))
    folder = world.settings.data
    archive = SlackExport.open_(made.write_folder(folder / "first"))
    wanted = Wanted("Old", "UTC", space="old")
    brought = await bring_in(database, world.clock, archive, wanted)
    made.rows[0][1]["edited"] = {"user": "U0", "ts": made.rows[2][1]["ts"]}
    del made.rows[0][1]["reactions"]
    archive = SlackExport.open_(made.write_folder(folder / "second"))
    again = await bring_in(database, world.clock, archive, wanted)
    assert (brought.messages, again.messages, again.changed, again.known) == (3, 0, 1, 2)


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


async def a_word_beforehand(database: Database) -> None:
    """Said where replies refer to nothing: on Slack."""
    from storage import responding
    from storage.ids import AccountId, ChannelId, CourseId, DiscussionId, MessageRef

    channel, discussion, account = ChannelId(1), DiscussionId(1), AccountId(1)

    async def work(db: Connection) -> None:
        await responding.message_at(db, channel, MessageRef("m"))
        await responding.say(
            db, discussion, channel, account, None, invocation="said", at=START
        )  # fmt: skip
        await responding.said_in(db, CourseId(1), discussion)

    await database.write(work)


async def a_day_in_class(world: World, database: Database) -> None:
    """Every command that writes, and every kind of message."""
    from bot.core import privacy, undelivered
    from bot.core.cards import Card
    from bot.core.commands import File
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
    await ada.answer("participation export", pseudonyms="yes")
    now = world.clock.now()
    await undelivered.keep(database, CourseId(1), SPACE, ada.ref, Card("Hello"), now)
    assert "Hello" in await ada.answer("participation why", student="Bo")
    names = File("roster.csv", "text/csv", b"Name\nBo\nCy\n")
    for file in (names, replace(names, content=b"Name,E-mail\nBo,bo@example.org\n")):
        await ada.answer("course roster", file=file, missing="left")
    await bo.answer("roster claim", name_or_id="Bo")
    await ada.answer("roster link", student="Bo", entry="Bo")
    await ada.answer("roster list")
    await ada.answer("roster unlink", student="Bo")
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
