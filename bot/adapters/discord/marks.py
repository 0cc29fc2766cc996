"""How a send is known again in its channel: by a short digest of its key, in each of its messages.

It stands in the address of the first embed, which leads to the channel itself: a bot gets its own
embeds back from history with or without the message-content intent, and Discord keeps an address as
it was given.
"""

import hashlib
from base64 import b32encode
from dataclasses import replace

import discord

from bot.adapters.discord.limits import NONCE
from bot.adapters.discord.render import Rendered

_DIGEST = 20


def to_address(guild_id: int, channel_id: int, message_id: int | str | None = None) -> str:
    """Where a person can open a channel or a message of it."""
    end = "" if message_id is None else f"/{message_id}"
    return f"https://discord.com/channels/{guild_id}/{channel_id}{end}"


def to_mark(key: str, number: int = 0) -> str:
    """The mark of a send's message of this number, the first being 0."""
    digest = _digest(key, _DIGEST)
    return digest if number == 0 else f"{digest}-{number}"


def to_nonce(key: str, number: int) -> str:
    """The nonce of a send's message of this number: Discord takes a second one with it for the
    same, for a few minutes."""
    return _digest(f"{number}:{key}", NONCE)


def marked(rendered: Rendered, address: str, key: str | None = None, number: int = 0) -> Rendered:
    """The message with its first embed leading to the address, marked as the send's message of this
    number."""
    embeds = [embed.copy() for embed in rendered.embeds] or [discord.Embed(description="…")]
    embeds[0].url = address if key is None else f"{address}#{to_mark(key, number)}"
    return replace(rendered, embeds=tuple(embeds))


def carries(message: discord.Message, key: str, number: int = 0) -> bool:
    mark = f"#{to_mark(key, number)}"
    return any((embed.url or "").endswith(mark) for embed in message.embeds)


def _digest(key: str, length: int) -> str:
    return b32encode(hashlib.sha256(key.encode()).digest()).decode().lower()[:length]
