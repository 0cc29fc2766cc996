"""Discord as simcord plays it, with what it lacks put right: it pages history as Discord does, and
refuses what Discord refuses. What stands here is held by tests/adapters/discord/test_simulated.py,
which notices when simcord has learned it.

What stays wrong: a thread under an announcement comes as a public one; no nonce is looked at."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import discord
from simcord.backend.errors import BackendError
from simcord.enums import CallbackType, InteractionType
from simcord.env import Env
from simcord.http import router
from simcord.http.router import RequestContext

Handler = Callable[[RequestContext], Any]

IDLE_SECONDS = 0.001
"""How long simcord waits between two looks at whether the bot is done; its own 0.05 is slow."""

_HISTORY = "channels/{channel_id}/messages"
_MESSAGE = "channels/{channel_id}/messages/{message_id}"
_THREADS = "channels/{channel_id}/messages/{message_id}/threads"
_CALLBACK = "interactions/{interaction_id}/{token}/callback"


@asynccontextmanager
async def simulated(bot: discord.Client, **options: Any) -> AsyncIterator[Env]:
    """A running bot on a Discord of its own; `options` are those of simcord's Env.

    Build the world in an async fixture: an Env belongs to its event loop.
    """
    if isinstance(bot, discord.AutoShardedClient) and not bot.shard_count:
        options.setdefault("shard_count", 1)
    with corrected():
        env = Env(bot, **options)  # simcord.run can't be left by another task than it began in
        await env.start()
        try:
            yield env
        finally:
            await env.shutdown()
        if env.check_errors:
            env._raise_errors_since(env._errors_acknowledged)


@contextmanager
def corrected() -> Iterator[None]:
    """simcord, with its history, its refusals and its haste put right; as it was, afterwards."""
    defaults = Env._settle_internal.__kwdefaults__
    assert defaults is not None
    idle = defaults["idle"]
    defaults["idle"] = IDLE_SECONDS
    kept = {method: list(routes) for method, routes in router._ROUTES.items()}
    for (method, template), correction in CORRECTED.items():
        _wrap(router._ROUTES[method], template.split("/"), correction)
    try:
        yield
    finally:
        defaults["idle"] = idle
        for method, routes in kept.items():
            router._ROUTES[method][:] = routes


def _wrap(
    routes: list[tuple[list[str], Handler]],
    template: list[str],
    correction: Callable[[RequestContext, Handler], Any],
) -> None:
    at = next(number for number, (segments, _) in enumerate(routes) if segments == template)
    handler = routes[at][1]

    def corrected_handler(ctx: RequestContext) -> Any:
        return correction(ctx, handler)

    corrected_handler.__wrapped__ = handler  # type: ignore[attr-defined]
    routes[at] = (template, corrected_handler)


def undo(method: str, template: str) -> None:
    """Take one correction away again: for the tests that ask whether it is still needed."""
    routes = router._ROUTES[method]
    for at, (segments, handler) in enumerate(routes):
        if segments == template.split("/"):
            routes[at] = (segments, getattr(handler, "__wrapped__", handler))


def _history(ctx: RequestContext, handler: Handler) -> Any:
    """After an id Discord gives the messages that follow it, and simcord the newest of all.

    Discord's documentation, Get Channel Messages; the page comes newest first either way.
    """
    if "after" not in ctx.params:
        return handler(ctx)
    limit = int(ctx.params.get("limit", 50))
    everything = {**ctx.params, "limit": 10**9}
    ctx.params = everything
    found: list[Any] = handler(ctx)
    return found[-limit:]


def _edit(ctx: RequestContext, handler: Handler) -> Any:
    channel = ctx.backend.get_channel(ctx.int_arg("channel_id"))
    if channel.thread_metadata is not None and channel.thread_metadata.archived:
        raise BackendError(400, 50083, "Tried to perform an operation on an archived thread")
    return handler(ctx)


def _thread(ctx: RequestContext, handler: Handler) -> Any:
    message = ctx.int_arg("message_id")
    if message in ctx.backend.channels:
        raise BackendError(400, 160004, "A thread has already been created for this message")
    return handler(ctx)


def _callback(ctx: RequestContext, handler: Handler) -> Any:
    record = ctx.backend.interactions.get(ctx.int_arg("interaction_id"))
    asked_by_form = record is not None and record.type == InteractionType.MODAL_SUBMIT
    if asked_by_form and ctx.body()["type"] == CallbackType.MODAL:
        raise BackendError(400, 50035, "Invalid Form Body: a modal can't answer a modal")
    return handler(ctx)


CORRECTED: dict[tuple[str, str], Callable[[RequestContext, Handler], Any]] = {
    ("GET", _HISTORY): _history,
    ("PATCH", _MESSAGE): _edit,
    ("POST", _THREADS): _thread,
    ("POST", _CALLBACK): _callback,
}
