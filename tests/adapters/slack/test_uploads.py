"""Files that Slack holds: fetched with the bot's token, from Slack alone, no more than wanted."""

from collections.abc import AsyncIterator

import pytest

from bot.adapters.slack.calls import Calls
from bot.adapters.slack.pacing import Pace
from bot.adapters.slack.uploads import GONE, NOT_ALLOWED, SILENT, Uploads
from bot.adapters.slack.workspaces import Workspace
from bot.core.errors import CannotFetch
from tests.adapters.slack.connected import Lesson, a_lesson
from tests.fakes.slack_workspace.payloads import file_json
from tests.fakes.slack_workspace.records import Json

CONTENT = b"Name,ID\nAda,1\n"


class Desk:
    """A teacher's file, as a form brings it, and what fetches it."""

    def __init__(self, lesson: Lesson, workspace: Workspace, uploads: Uploads) -> None:
        self.lesson, self.workspace, self.uploads = lesson, workspace, uploads
        self.file = lesson.slack.world.file(lesson.teacher, "r.csv", CONTENT, "text/csv")

    @property
    def shown(self) -> Json:
        return file_json(self.file, self.lesson.slack.api.removesuffix("/api/"))

    async def fetch(self, shown: Json, most: int = 1_000) -> bytes:
        return await self.uploads.to_upload(self.workspace, shown).fetch(most)

    async def refusal(self, shown: Json) -> str:
        with pytest.raises(CannotFetch) as refused:
            await self.fetch(shown)
        return str(refused.value)


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with a_lesson() as lesson:
        workspaces = lesson.platform.workspaces
        uploads = Uploads(Calls(workspaces, Pace(lesson.time.now, lesson.time.sleep)))
        yield Desk(lesson, await workspaces.get(lesson.team.id), uploads)
        await uploads.close()


async def test_a_file_is_fetched_as_often_as_it_is_wanted(desk: Desk) -> None:
    upload = desk.uploads.to_upload(desk.workspace, desk.shown)
    assert (upload.name, upload.media_type, upload.size) == ("r.csv", "text/csv", len(CONTENT))
    assert [await upload.fetch(1_000), await upload.fetch(1_000)] == [CONTENT, CONTENT]
    assert await upload.fetch(5) == CONTENT[:6], "one more than wanted shows that it is too large"


async def test_a_file_of_which_slack_says_its_id_only_is_looked_up(desk: Desk) -> None:
    bare = {"id": desk.file.id, "name": "r.csv", "file_access": "check_file_info"}
    assert await desk.fetch(bare) == CONTENT
    assert "file_not_found" in repr(desk.lesson.slack.requests) or desk.lesson.slack.asked(
        "files.info"
    )


async def test_without_the_permission_slack_shows_a_page_and_it_is_said(desk: Desk) -> None:
    installation = desk.lesson.slack.world.installation(desk.lesson.team)
    installation.scopes = tuple(s for s in installation.scopes if s != "files:read")
    assert await desk.refusal(desk.shown) == NOT_ALLOWED


async def test_a_file_that_is_gone_and_a_slack_that_is_silent(desk: Desk) -> None:
    shown = desk.shown
    del desk.lesson.slack.world.state.files[desk.file.id]
    assert await desk.refusal(shown) == GONE
    desk.workspace.client.base_url = "http://127.0.0.1:9/api/"  # nobody listens there
    assert await desk.refusal({**shown, "url_private_download": "http://127.0.0.1:9/f"}) == SILENT


@pytest.mark.parametrize(
    "address",
    ["https://evil.example/f", "https://slack.com.evil.example/f", "http://files.slack.com/f",
     "https://evilslack.com/f", "https://files.slack.com@evil.example/f", "file:///etc/passwd"],
)  # fmt: skip
async def test_the_token_goes_to_slack_alone(desk: Desk, address: str) -> None:
    assert await desk.refusal({**desk.shown, "url_private_download": address}) == GONE
