"""The composition root: builds everything, starts it, stops it. The only place that knows all."""

import asyncio
import gc
import logging
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import yaml
from pydantic import SecretStr

import seeds
from bot.adapters.browser.adapter import BrowserAdapter
from bot.config import Settings, SlackSecret, SlackWay
from bot.core import composing, privacy
from bot.core.agenda import Agenda
from bot.core.by_email import ByEmail
from bot.core.commands import Catalog
from bot.core.dispatch import Dispatcher
from bot.core.intake import Intake
from bot.core.loaded_packs import LoadedPack, load_packs
from bot.core.outbox import Outbox
from bot.core.ports import Clock, Platform
from bot.core.privacy import Notices
from bot.core.recovery import Recovery
from bot.core.roll_call import RollCall
from bot.core.services import Services
from bot.core.staff import StaffNotices
from bot.imports.sheets import read_sheet
from bot.reports import charts, formats
from bot.reports.calendar_file import to_ics
from storage.classroom import Classroom as ClassroomTables
from storage.database import Database
from storage.installations import Installations

if TYPE_CHECKING:
    from bot.adapters.discord.adapter import DiscordAdapter
    from bot.adapters.slack.adapter import ManyWorkspaces, OneWorkspace, SlackAdapter
    from bot.adapters.slack.pacing import Pace

log = logging.getLogger(__name__)

HOUSEKEEPING_SECONDS = 300
"""How soon what was deleted, or has become too old, has left the database's files."""

ROLL_CALL_SECONDS = 24 * 60 * 60
"""How often each member's account is asked for, whether it is still there."""

CONNECTING_SECONDS = 30
"""How long what is owed waits for Discord and Slack: without them, sends would only be refused."""

REGISTERED = "discord-commands"
"""The file in the data folder that says which commands Discord knows."""


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
    roll_call: RollCall
    browser: BrowserAdapter
    discord: "DiscordAdapter | None" = None
    slack: "SlackAdapter | None" = None

    async def settle(self) -> None:
        """Wait until what has been begun is done."""
        if self.slack is not None:
            await self.slack.settle()
        await self.intake.drain()
        await self.notices.drain()
        await self.services.by_email.drain()


@asynccontextmanager
async def open_app(
    settings: Settings,
    *,
    clock: Clock | None = None,
    commands: Catalog | None = None,
    owner: str | None = None,
    discord: bool = False,
    slack: SlackWay | None = None,
    pace: "Pace | None" = None,
) -> AsyncIterator[App]:
    """Build the application over a database that is at the current version; nothing runs yet.

    `discord`, `slack`: with these beside the browser; `pace`: how fast Slack takes messages, if not
    as it documents. Raises StorageError when the database can't be used, PackError when a pack
    can't, SettingsError where Slack lacks a secret.
    """
    clock = clock or SystemClock()
    packs = load_packs([*seeds.packs(), *settings.packs])
    database = await Database.open(settings.database)
    try:
        registered = settings.data / REGISTERED if discord else None
        if commands is None:
            from bot.core import catalog  # a report in the terminal is quicker without

            commands = catalog.build()
        on_slack = None if slack is None else _slack(settings, slack, database, clock, pace)
        yield _wire(
            settings, database, clock, packs, commands, owner or _new_id(), registered, on_slack
        )
    finally:
        await database.close()
        for loaded in packs.values():
            loaded.index.close()


def _wire(
    settings: Settings,
    database: Database,
    clock: Clock,
    packs: dict[str, LoadedPack],
    commands: Catalog,
    owner: str,
    registered: Path | None,
    slack: "SlackAdapter | None",
) -> App:
    browser = BrowserAdapter(ClassroomTables(database), clock)
    platforms: dict[str, Platform] = {browser.platform.name: browser.platform}
    discord = None if registered is None else _discord(clock, registered)
    if discord is not None:
        platforms[discord.platform.name] = discord.platform
    if slack is not None:
        platforms[slack.platform.name] = slack.platform
    staff = StaffNotices(database, clock, platforms)
    informed: set[object] = set()
    notices = Notices(database, clock, platforms, informed)
    by_email = ByEmail(database, clock, platforms)
    intake = Intake(database, clock, notices.reached)
    recovery = Recovery(database, clock, platforms, intake, staff)
    outbox = Outbox(
        database,
        clock,
        platforms,
        owner,
        composing.compose,
        staff.refused,
        staff.not_set_open,
        staff.not_notified,
        recovery.read_again,
        _new_id,
        recovery.is_behind,
    )
    agenda = Agenda(database, clock, packs, staff, outbox.wake, _new_id, recovery.is_behind)
    intake.replied, intake.met = agenda.answered, by_email.reached
    services = Services(
        database=database,
        clock=clock,
        random=Random(),  # noqa: S311 - it picks facts to show
        new_id=_new_id,
        random_bytes=secrets.token_bytes,
        packs=packs,
        platforms=platforms,
        exporters=formats.exporters(settings.xapi_home),
        grade_exporters=formats.grade_exporters(),
        catalog=commands,
        outbox=outbox,
        agenda=agenda,
        to_calendar=to_ics,
        roster_reader=read_sheet,
        by_email=by_email,
        informed=informed,
        charts=charts.installed(),
    )
    dispatcher = Dispatcher(services)
    browser.connect(dispatcher, intake)
    if discord is not None:
        discord.connect(dispatcher, intake, recovery, commands)
    if slack is not None:
        slack.connect(dispatcher, intake, recovery, commands, clock)
    roll_call = RollCall(database, clock, platforms, intake)
    return App(services, dispatcher, intake, notices, recovery, roll_call, browser, discord, slack)


def _discord(clock: Clock, registered: Path) -> "DiscordAdapter":
    # Imported here, since discord.py takes half a second to load, and not everybody needs it.
    from bot.adapters.discord.adapter import DiscordAdapter

    return DiscordAdapter(clock, registered)


def _slack(
    settings: Settings, way: SlackWay, database: Database, clock: Clock, pace: "Pace | None"
) -> "SlackAdapter":
    from bot.adapters.slack.adapter import SlackAdapter

    return SlackAdapter(slack_way(settings, way, database, clock), settings.slack_api, pace)


def slack_way(
    settings: Settings, way: SlackWay, database: Database, clock: Clock
) -> "OneWorkspace | ManyWorkspaces":
    """By Socket Mode, with the tokens of one workspace, or over HTTP. Raises SettingsError."""
    from bot.adapters.slack.adapter import ManyWorkspaces, OneWorkspace
    from bot.adapters.slack.installations import InstallationStore, Keys, StateStore

    def secret(what: SlackSecret) -> str:
        return settings.slack_secret(what).get_secret_value()

    if way == "socket":
        return OneWorkspace(secret("bot_token"), secret("app_token"))
    kept = Installations(database)
    return ManyWorkspaces(
        signing_secret=secret("signing_secret"),
        client_id=settings.slack_client(),
        client_secret=secret("client_secret"),
        store=InstallationStore(kept, Keys(settings.slack_secret("key"))),
        states=StateStore(kept, clock),
        host=settings.slack_host,
        port=settings.slack_port,
        emails=settings.slack_emails,
    )


def _new_id() -> str:
    return secrets.token_hex(4)


async def run(
    settings: Settings,
    *,
    sample: bool,
    announce: Callable[[str, str | None], None],
    listening: Callable[[str, int], None] | None = None,
    classroom: bool = True,
    discord: bool = False,
    slack: SlackWay | None = None,
) -> None:
    """Run until cancelled: the classroom, Discord, Slack, the outbox, the housekeeping.

    `sample`: play the sample class if the classroom is empty. `listening` is told where Slack's
    requests are taken over HTTP. Raises as `open_app` does, and
    CannotConnect and SettingsError where Discord or Slack can't be used.
    """
    asyncio.get_running_loop().set_exception_handler(_log_failure)
    token = settings.discord_secret() if discord else None

    def announced(address: str, unused: str | None) -> None:
        spare_what_stands()  # the pages' library has been loaded
        announce(address, unused)

    async with open_app(settings, discord=discord, slack=slack) as app:
        serving, behind = [], []
        app.recovery.expect(app.services.platforms)
        try:
            if app.discord is not None and token is not None:
                serving.append(asyncio.create_task(_serve_discord(app.discord, token)))
                await _connected(app.discord.ready, serving[-1])
            if app.slack is not None:
                serving.append(asyncio.create_task(app.slack.serve(), name="slack"))
                await _connected(app.slack.ready, serving[-1])
                if listening is not None and app.slack.port:
                    listening(settings.slack_host, app.slack.port)
            behind.append(asyncio.create_task(app.services.outbox.run(), name="outbox"))
            behind.append(asyncio.create_task(app.services.agenda.run(), name="agenda"))
            await app.recovery.recover(app.browser.platform.name)
            if classroom and sample and not await app.browser.classroom.people():
                from bot.adapters.browser.sample import play

                script = yaml.safe_load(seeds.SAMPLE_CLASS.read_text("utf-8"))
                await play(app.browser.classroom, app.dispatcher, script)
            behind.append(asyncio.create_task(_keep_house(app), name="housekeeping"))
            behind.append(asyncio.create_task(_call_the_roll(app), name="roll call"))
            if classroom:
                served = app.browser.serve(settings.host, settings.port, announced)
                serving.append(asyncio.create_task(served, name="classroom"))
            spare_what_stands()
            await _until_one_ends(serving)
        finally:
            gc.unfreeze()
            for task in [*serving, *behind]:
                task.cancel()
            await asyncio.gather(*serving, *behind, return_exceptions=True)
            await app.intake.drain()  # whoever is new in it would be looked for
            app.services.by_email.close()
            await app.settle()


def spare_what_stands() -> None:
    """What is in memory by now stays: the garbage collector leaves it alone. Its passes over all of
    that would hold up everybody, for a tenth of a second each, while a report is made."""
    gc.collect()
    gc.freeze()


async def _serve_discord(discord: "DiscordAdapter", token: SecretStr) -> None:
    await discord.serve(token.get_secret_value())


async def _connected(is_ready: asyncio.Event, serving: asyncio.Task[None]) -> None:
    """Wait for a platform, but not for ever; what ends the serving is raised later."""
    ready = asyncio.create_task(is_ready.wait())
    try:
        await asyncio.wait(
            [ready, serving], timeout=CONNECTING_SECONDS, return_when=asyncio.FIRST_COMPLETED
        )
    finally:
        ready.cancel()


async def _until_one_ends(serving: Sequence[asyncio.Task[None]]) -> None:
    """Wait for what is served; the first to end ends all, and what ended it is raised."""
    done, _ = await asyncio.wait(serving, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()


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


async def _call_the_roll(app: App) -> None:
    while True:
        for platform in app.services.platforms:
            try:
                await app.roll_call.call(platform)
            except Exception as problem:  # the next round may do better
                app.dispatcher.report_failure(problem, "roll call")
        await asyncio.sleep(ROLL_CALL_SECONDS)
