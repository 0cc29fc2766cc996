"""The composition root: builds everything, starts it, stops it. The only place that knows all."""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import Any

import yaml

import seeds
from bot.adapters.browser.adapter import BrowserAdapter
from bot.config import Settings
from bot.core import catalog, discussions, privacy, reporting
from bot.core.commands import Catalog, File
from bot.core.dispatch import Dispatcher
from bot.core.intake import Intake
from bot.core.outbox import Outbox
from bot.core.ports import Clock, Platform
from bot.core.privacy import Notices
from bot.core.recovery import Recovery
from bot.core.services import LoadedPack, Services, load_packs
from bot.core.staff import StaffNotices
from bot.reports import charts
from bot.reports.csv_file import to_csv
from storage.classroom import Classroom as ClassroomTables
from storage.database import Database

log = logging.getLogger(__name__)

HOUSEKEEPING_SECONDS = 300
"""How soon what was deleted, or has become too old, has left the database's files."""


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class App:
    """Everything that runs, wired together."""

    services: Services
    dispatcher: Dispatcher
    intake: Intake
    notices: Notices
    recovery: Recovery
    browser: BrowserAdapter

    async def settle(self) -> None:
        """Wait until what has been begun is done."""
        await self.intake.drain()
        await self.notices.drain()


@asynccontextmanager
async def open_app(
    settings: Settings,
    *,
    clock: Clock | None = None,
    commands: Catalog | None = None,
    owner: str | None = None,
) -> AsyncIterator[App]:
    """Build the application over a database that is at the current version; nothing runs yet.

    Raises StorageError when the database can't be used, PackError when a pack can't.
    """
    clock = clock or SystemClock()
    packs = load_packs([*seeds.packs(), *settings.packs])
    database = await Database.open(settings.database)
    try:
        yield _wire(database, clock, packs, commands or catalog.build(), owner or _new_id())
    finally:
        await database.close()
        for loaded in packs.values():
            loaded.index.close()


def _wire(
    database: Database,
    clock: Clock,
    packs: dict[str, LoadedPack],
    commands: Catalog,
    owner: str,
) -> App:
    browser = BrowserAdapter(ClassroomTables(database), clock)
    platforms: dict[str, Platform] = {"browser": browser.platform}
    staff = StaffNotices(database, platforms)
    informed: set[object] = set()
    notices = Notices(database, clock, platforms, informed)
    intake = Intake(database, clock, notices.reached)
    recovery = Recovery(database, clock, platforms, intake, staff)
    outbox = Outbox(
        database,
        clock,
        platforms,
        owner,
        discussions.compose,
        staff.refused,
        recovery.read_again,
        _new_id,
    )
    services = Services(
        database=database,
        clock=clock,
        random=Random(),  # noqa: S311 - it picks facts to show
        new_id=_new_id,
        packs=packs,
        platforms=platforms,
        exporters={"csv": to_csv},
        catalog=commands,
        outbox=outbox,
        informed=informed,
        charts=charts.installed(),
    )
    dispatcher = Dispatcher(services)
    browser.connect(dispatcher, intake)
    return App(services, dispatcher, intake, notices, recovery, browser)


def _new_id() -> str:
    return secrets.token_hex(4)


async def run(
    settings: Settings, *, sample: bool, announce: Callable[[str, str | None], None]
) -> None:
    """Run until cancelled: the classroom, the outbox, the housekeeping.

    `sample`: play the sample class if the classroom is empty. Raises as `open_app` does.
    """
    asyncio.get_running_loop().set_exception_handler(_log_failure)
    async with open_app(settings) as app:
        tasks = [asyncio.create_task(app.services.outbox.run(), name="outbox")]
        try:
            await app.recovery.recover(app.browser.platform.name)
            if sample and not await app.browser.classroom.people():
                from bot.adapters.browser.sample import play

                script = yaml.safe_load(seeds.SAMPLE_CLASS.read_text("utf-8"))
                await play(app.browser.classroom, app.dispatcher, script)
            tasks.append(asyncio.create_task(_keep_house(app), name="housekeeping"))
            await app.browser.serve(settings.host, settings.port, announce)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await app.settle()


def _log_failure(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What fails in the background; the loop's own handler would quote it at length."""
    log.error("unexpected failure in the background", exc_info=context.get("exception"))


async def _keep_house(app: App) -> None:
    while True:
        try:
            services = app.services
            now = services.clock.now()
            await privacy.forget_what_is_due(services.database, now, services.packs)
            await app.services.database.checkpoint()
        except Exception as problem:  # the next round may do better
            app.dispatcher.report_failure(problem, "housekeeping")
        await asyncio.sleep(HOUSEKEEPING_SECONDS)


async def report(settings: Settings, course: int | None) -> File:
    """The participation report of a course, or of the only one. Raises UserError."""
    async with open_app(settings) as app:
        return await reporting.report_file(app.services, course)
