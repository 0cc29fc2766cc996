"""Files that people give in forms: Slack holds them, and hands them to the bot's token where it has
the scope files:read. By docs.slack.dev, reference/block-kit/block-elements/file-input-element and
reference/objects/file-object."""

from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from bot.adapters.slack.calls import Calls
from bot.adapters.slack.workspaces import Workspace
from bot.core.commands import Upload
from bot.core.errors import CannotFetch
from bot.core.ports import SendRefused

Json = Mapping[str, Any]

NOT_ALLOWED = (
    "Slack did not hand the file over, since the app lacks the permission files:read; whoever runs"
    " the bot can install it again from the manifest that coalface slack manifest prints."
)
GONE = "Slack does not hold this file any more; pick it once more."
SILENT = "Slack did not hand this file over; try again in a minute."

_OWN_HOSTS = ("slack.com", "slack-gov.com")
_PATIENCE = aiohttp.ClientTimeout(total=60)
_CHUNK = 64 * 1024


class Uploads:
    """Makes of Slack's files what the core is given. One HTTP session serves all."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    def to_upload(self, workspace: Workspace, file: Json) -> Upload:
        return Upload(
            name=str(file.get("name") or file.get("title") or "file"),
            media_type=str(file.get("mimetype") or "application/octet-stream"),
            size=int(file.get("size") or 0),
            fetch=partial(self._fetch, workspace, file),
        )

    async def _fetch(self, workspace: Workspace, file: Json, most: int) -> bytes:
        """At most one byte more than `most`. Raises CannotFetch."""
        address = _address(file) or _address(await self._look_up(workspace, file))
        if not _is_slacks(address, workspace):
            raise CannotFetch(GONE)  # the token goes nowhere else
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=_PATIENCE)
        bearer = {"Authorization": f"Bearer {workspace.client.token}"}
        try:
            async with self._session.get(address, headers=bearer, allow_redirects=False) as answer:
                _check(answer, file)
                content = bytearray()
                async for chunk in answer.content.iter_chunked(_CHUNK):
                    content += chunk
                    if len(content) > most:
                        break
        except (aiohttp.ClientError, OSError) as problem:  # a timeout is an OSError
            raise CannotFetch(SILENT) from problem
        return bytes(content[: most + 1])

    async def _look_up(self, workspace: Workspace, file: Json) -> Json:
        """In a channel shared between workspaces Slack names the file only."""
        try:
            answer = await self._calls.read(
                workspace, workspace.client.files_info, file=str(file.get("id"))
            )
        except SendRefused as problem:
            raise CannotFetch(problem.sentence) from problem
        found = answer.get("file")
        return found if isinstance(found, dict) else {}


def _address(file: Json) -> str:
    return str(file.get("url_private_download") or file.get("url_private") or "")


def _is_slacks(address: str, workspace: Workspace) -> bool:
    """Whether the address is Slack's own, or where its Web API is: who has the token is the bot."""
    parts, api = urlsplit(address), urlsplit(workspace.client.base_url)
    if (parts.scheme, parts.netloc) == (api.scheme, api.netloc):
        return True
    host = parts.hostname or ""
    return parts.scheme == "https" and any(
        host == own or host.endswith(f".{own}") for own in _OWN_HOSTS
    )


def _check(answer: aiohttp.ClientResponse, file: Json) -> None:
    """Without the scope Slack shows, or leads to, a page on which people sign in."""
    signs_in = answer.content_type == "text/html" and file.get("mimetype") != "text/html"
    if answer.status in (401, 403) or 300 <= answer.status < 400 or signs_in:
        raise CannotFetch(NOT_ALLOWED)
    if answer.status in (404, 410):
        raise CannotFetch(GONE)
    if answer.status != 200:
        raise CannotFetch(SILENT)
