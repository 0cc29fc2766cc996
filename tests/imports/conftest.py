"""A database that archives are brought into, and what the report then says of each."""

import asyncio
import csv
import io
import shutil
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import pytest

from bot.app import App, open_app
from bot.config import load
from bot.core.archived import Archive
from bot.core.archives import Brought, Wanted, bring_in
from bot.core.exporting import Wanted as Report
from bot.core.exporting import report_files
from bot.imports.discord_export import DiscordExport
from bot.imports.slack_export import SlackExport
from storage import maintenance
from tests.world import START, FakeClock

T = TypeVar("T")
Table = dict[str, Mapping[str, str]]


class Shelf:
    """Where archives go, each with a course of its own; the application stays open."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._numbers = count(1)
        self._runner = asyncio.Runner()
        self._stack = AsyncExitStack()
        self.app: App

    def open_(self) -> None:
        settings = load(self.folder)
        maintenance.upgrade(settings.database, START)
        opening = self._stack.enter_async_context(open_app(settings, clock=FakeClock()))
        self.app = self._runner.run(_awaited(opening))

    def close(self) -> None:
        self._runner.run(self._stack.aclose())
        self._runner.close()

    def new(self) -> tuple[str, Path]:
        """A title, and a folder for files, that no other archive has."""
        number = next(self._numbers)
        place = self.folder / f"files-{number}"
        place.mkdir()
        return f"Term {number}", place

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(work)

    def bring_in(self, archive: Archive, title: str) -> Brought:
        services = self.app.services
        wanted = Wanted(title, "UTC", space=f"space-{next(self._numbers)}")
        return self._runner.run(bring_in(services.database, services.clock, archive, wanted))

    def slack(self, path: Path, title: str) -> Brought:
        export = SlackExport.open_(path)
        try:
            return self.bring_in(export, title)
        finally:
            export.close()

    def discord(self, files: Sequence[Path], title: str) -> Brought:
        return self.bring_in(DiscordExport.open_(files), title)

    def report(self, course: int) -> Table:
        """The rows of the course's report, by the member."""
        (file,) = self._runner.run(report_files(self.app.services, Report(course)))
        rows = csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"), newline=""))
        return {row["member"]: row for row in rows}


async def _awaited(opening: object) -> App:
    app = await opening  # type: ignore[misc]
    assert isinstance(app, App)
    return app


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    folder = tmp_path_factory.mktemp("shelf")
    made = Shelf(folder)
    made.open_()
    yield made
    made.close()
    shutil.rmtree(folder)
