"""Telling somebody something through a platform that may refuse or not answer."""

import asyncio
import logging

from bot.core.cards import Card
from bot.core.events import Place
from bot.core.ports import REQUEST, Platform, SendRefused, SendUncertain
from storage.ids import AccountRef

log = logging.getLogger(__name__)


async def tell(platform: Platform, place: Place, person: AccountRef, card: Card) -> bool:
    """Whether the platform took it; a refusal is logged, without saying whom it concerns."""
    try:
        async with asyncio.timeout(REQUEST.total_seconds()):
            await platform.tell(place, person, card)
    except (SendRefused, SendUncertain, TimeoutError) as problem:
        log.warning("a private notice was not delivered", extra={"problem": type(problem).__name__})
        return False
    return True


async def post_notice(platform: Platform, place: Place, card: Card) -> bool:
    """Whether the platform took it; what got no answer may stand there all the same."""
    try:
        async with asyncio.timeout(REQUEST.total_seconds()):
            await platform.post_notice(place, card)
    except (SendRefused, SendUncertain, TimeoutError) as problem:
        log.warning("a notice was not posted", extra={"problem": type(problem).__name__})
        return False
    return True
