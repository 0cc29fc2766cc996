"""Files that people give on Discord, with a command or in a form: Discord holds them for a day."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

import aiohttp
import discord

from bot.core.commands import Upload
from bot.core.errors import CannotFetch

GONE = "Discord does not hand this file over any more; pick it once more."
SILENT = "Discord did not hand this file over; try again in a minute."


def attached(
    name: str, media_type: str | None, size: int, read: Callable[[], Awaitable[bytes]]
) -> Upload:
    """A file as the core is given it."""

    async def fetch(most: int) -> bytes:
        try:
            return await read()
        except (discord.NotFound, discord.Forbidden) as problem:
            raise CannotFetch(GONE) from problem
        except (discord.HTTPException, aiohttp.ClientError, OSError) as problem:
            raise CannotFetch(SILENT) from problem

    return Upload(name, media_type or "application/octet-stream", size, fetch)


def from_submission(interaction: discord.Interaction) -> dict[str, Upload]:
    """The files that came with a form, by their ids (Receiving and Responding, Resolved Data)."""
    data: Mapping[str, Any] = {**(interaction.data or {})}
    resolved = (data.get("resolved") or {}).get("attachments") or {}
    read = interaction.client.http.get_from_cdn
    return {
        id_: attached(
            one["filename"], one.get("content_type"), one["size"], partial(read, one["url"])
        )
        for id_, one in resolved.items()
    }
