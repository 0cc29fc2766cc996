"""What Discord refuses, or doesn't answer, as a sentence that somebody can act on."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from typing import TypeAlias

import aiohttp
import discord
from discord.abc import GuildChannel

from bot.adapters.discord.permissions import Need, how_to_give, missing
from bot.core.ports import SendRefused, SendUncertain

Channel: TypeAlias = GuildChannel | discord.Thread

NO_SUCH_CHANNEL = (10003, 10004)
NO_SUCH_MEMBER = (10007, 10013)  # not of the server; an account that does not exist any more
NO_SUCH_MESSAGE = 10008
REQUIRES_TAG = 40067
NO_ACCESS = 50001
NO_DIRECT_MESSAGES = (50007, 50278)
NO_PERMISSION = 50013
MALFORMED = 50035
THREAD_EXISTS = 160004
THREAD_LOCKED = 160005
TOO_MANY_THREADS = 160006
"""Discord's documentation, Opcodes and Status Codes › JSON Error Codes."""


class NoAnswer(Exception):
    """A request to post went out, and Discord's servers failed: it may have been accepted."""


class Limited(Exception):
    """Discord asks to wait."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@contextmanager
def refusing(
    *needs: Need, channel: Channel | None = None, writes: bool = False
) -> Generator[None, None, None]:
    """Raise SendRefused or SendUncertain for what goes wrong inside.

    `needs` is what is being done, in `channel`; with `writes`, an answer that never came leaves it
    open whether it was done.
    """
    try:
        yield
    except (SendRefused, SendUncertain):
        raise
    except Limited as problem:
        raise _later(problem.seconds) from problem
    except discord.RateLimited as problem:
        raise _later(problem.retry_after) from problem
    except discord.DiscordServerError as problem:
        raise _unanswered(writes) from problem
    except discord.HTTPException as problem:
        raise _refusal(problem, needs, channel) from problem
    except aiohttp.ClientConnectorError as problem:  # nothing went out
        raise _unanswered(writes=False) from problem
    except (NoAnswer, aiohttp.ClientError, OSError) as problem:
        raise _unanswered(writes) from problem


def check(channel: Channel, *needs: Need) -> None:
    """Raises SendRefused where the bot lacks what these need in the channel, before it tries."""
    lacking = missing(channel.permissions_for(channel.guild.me), *needs)
    if lacking:
        raise SendRefused(how_to_give(lacking, _name(channel)))


def gone(what: str) -> SendRefused:
    return SendRefused(f"{what} does not exist on Discord any more.", final=True)


def _refusal(
    problem: discord.HTTPException, needs: tuple[Need, ...], channel: Channel | None
) -> SendRefused:
    code = problem.code
    name = "the channel" if channel is None else f"#{_name(channel)}"
    if problem.status == 429:
        return _later(float(problem.response.headers.get("Retry-After", 5)))
    if code in NO_SUCH_CHANNEL:
        return gone(name[:1].upper() + name[1:])
    if code == NO_SUCH_MESSAGE:
        return gone(f"Coalface's message in {name}")
    if code in NO_DIRECT_MESSAGES:
        return SendRefused("This person takes no direct messages from the server.")
    if code in (NO_ACCESS, NO_PERMISSION):
        return SendRefused(_lacking(code, needs, channel))
    if code == MALFORMED:
        return SendRefused(
            "Discord takes no message like it: it is too long, or holds what Discord does not"
            " allow. Make it shorter.",
            final=True,
        )
    if code == REQUIRES_TAG:
        return SendRefused(
            f"Posts in {name} must have a tag; add one that everybody may use, or lift that rule"
            " in the forum's settings."
        )
    if code == THREAD_LOCKED:
        return SendRefused(
            f"The thread in {name} is locked; unlock it, or give Coalface “Manage Threads”."
        )
    if code == TOO_MANY_THREADS:
        return SendRefused("The server has as many open threads as Discord allows; close some.")
    return SendRefused(f"Discord refused it, with its code {code or problem.status}.")


def _lacking(code: int, needs: tuple[Need, ...], channel: Channel | None) -> str:
    if channel is None:
        return "Coalface may not do that in this server; invite it anew with `coalface discord`."
    held = channel.permissions_for(channel.guild.me)
    lacking = missing(held, *needs)
    if not lacking and code == NO_ACCESS:
        lacking = ["View Channel"]
    if not lacking:  # Discord knows better than the cache
        lacking = missing(discord.Permissions.none(), *needs)
    return how_to_give(lacking, _name(channel))


def _later(seconds: float) -> SendRefused:
    return SendRefused(
        "Discord asks Coalface to wait before it posts again.",
        retry_after=timedelta(seconds=seconds),
    )


def _unanswered(writes: bool) -> Exception:
    if writes:
        return SendUncertain()
    return SendRefused("Discord does not answer at the moment.")


def _name(channel: Channel) -> str:
    parent = channel.parent if isinstance(channel, discord.Thread) else channel
    return channel.name if parent is None else parent.name
