"""What was picked of a platform's own things, a channel or a role: the platform is asked whether it
will do."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from bot.core.errors import BadInput
from bot.core.ports import REQUEST, SendRefused, SendUncertain

T = TypeVar("T")


async def answered(param: str, asked: Awaitable[T]) -> T:
    """What the platform says of what was given for `param`. Raises BadInput with its refusal."""
    try:
        async with asyncio.timeout(REQUEST.total_seconds()):
            return await asked
    except SendRefused as refusal:
        raise BadInput(param, refusal.sentence) from refusal
    except (SendUncertain, TimeoutError) as problem:
        raise BadInput(param, "There was no answer about it; try it again.") from problem
