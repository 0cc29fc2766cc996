"""What Slack refuses, or doesn't answer, as a sentence that somebody can act on."""

import logging
import secrets
from datetime import timedelta
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.adapters.slack.pacing import Limited
from bot.core.ports import SendRefused, SendUncertain

log = logging.getLogger(__name__)

Problem = SlackApiError | Limited | aiohttp.ClientError | OSError
PROBLEMS = (SlackApiError, Limited, aiohttp.ClientError, OSError)
"""What a call to Slack raises; a timeout is an OSError."""

NOT_A_MEMBER = "not_in_channel"
NO_SUCH_CHANNEL = "channel_not_found"
NO_SUCH_MESSAGE = ("message_not_found", "cant_update_message", "edit_window_closed")
NO_SUCH_THREAD = ("thread_not_found", "cannot_reply_to_message")
NOT_THERE = (
    "user_not_in_channel", NOT_A_MEMBER, NO_SUCH_CHANNEL, "is_archived", *NO_SUCH_THREAD,
)  # fmt: skip
"""Why somebody can't be told something in a channel; directly they can be."""
NOT_INSTALLED = (
    "account_inactive", "token_revoked", "token_expired", "invalid_auth", "not_authed",
    "team_access_not_granted", "app_uninstalled",
)  # fmt: skip
MALFORMED = (
    "invalid_blocks", "invalid_blocks_format", "msg_too_long", "msg_blocks_too_long", "no_text",
    "too_many_attachments", "invalid_arguments", "invalid_metadata_format", "metadata_too_large",
    "invalid_metadata_schema",
)  # fmt: skip
RESTRICTED = (
    "restricted_action", "restricted_action_read_only_channel", "restricted_action_thread_locked",
    "restricted_action_thread_only_channel", "restricted_action_non_threadable_channel",
    "not_allowed_token_type", "access_denied",
)  # fmt: skip
NO_DIRECT_MESSAGES = (
    "cannot_dm_bot", "user_not_found", "user_disabled", "user_not_visible", "messages_tab_disabled",
)  # fmt: skip
UNANSWERED = ("internal_error", "fatal_error", "request_timeout", "service_unavailable")
"""Some of what was asked may have been done before the error: Slack's documentation, Errors of
chat.postMessage, which names them with status 200."""

LATER = 5.0
"""Seconds to wait where Slack asks to wait and doesn't say how long."""


def error_of(problem: BaseException) -> str:
    """Slack's word for what is wrong, or nothing."""
    found = _body(problem).get("error")
    return found if isinstance(found, str) else ""


def seconds_to_wait(problem: Problem) -> float | None:
    """How long Slack asks to wait, where that is all that is wrong."""
    if isinstance(problem, Limited):
        return problem.seconds
    if not isinstance(problem, SlackApiError):
        return None
    if _status(problem) != 429 and error_of(problem) not in ("ratelimited", "rate_limited"):
        return None
    try:
        return max(1.0, float(problem.response.headers.get("Retry-After", LATER)))
    except ValueError:
        return LATER


def refusal(
    problem: Problem, channel: str | None = None, *, writes: bool = False
) -> SendRefused | SendUncertain:
    """What the core is told. `channel` is what people call the one it concerns.

    With `writes`, an answer that never came leaves it open whether it was done.
    """
    seconds = seconds_to_wait(problem)
    if seconds is not None:
        return SendRefused(
            "Slack asks Coalface to wait before it goes on.",
            retry_after=timedelta(seconds=seconds),
        )
    if isinstance(problem, aiohttp.ClientConnectorError):  # nothing went out
        return _unanswered(writes=False)
    error = error_of(problem)
    if not error or error in UNANSWERED or _status(problem) >= 500:
        return _unanswered(writes)
    return _refusal(problem, error, "the channel" if channel is None else f"#{channel}")


def gone(what: str) -> SendRefused:
    return SendRefused(f"{what} does not exist on Slack any more.", final=True)


def not_installed() -> SendRefused:
    return SendRefused(
        "Coalface is not installed in that Slack workspace any more; whoever runs it, or an admin"
        " of the workspace, must install it there again."
    )


def lacking(scopes: str) -> str:
    """One sentence: what the app may not do in a workspace, and how that is mended."""
    listed = " and ".join(f"“{scope}”" for scope in scopes.split(","))
    noun = "permission" if "," not in scopes else "permissions"
    return (
        f"Coalface's app lacks the {noun} {listed} in this Slack workspace; give it the manifest"
        " that `coalface slack manifest` prints, and install it there again."
    )


def _refusal(problem: Problem, error: str, where: str) -> SendRefused:
    if error == NOT_A_MEMBER:
        return SendRefused(f"Coalface is not in {where}; type /invite @Coalface there.")
    if error == NO_SUCH_CHANNEL:
        return SendRefused(
            f"Slack shows Coalface no such channel as {where}: it is gone, or private. If it is"
            " private, type /invite @Coalface there."
        )
    if error == "missing_scope":
        return SendRefused(lacking(str(_body(problem).get("needed") or "unknown")))
    if error == "is_archived":
        return SendRefused(f"On Slack {where} is archived; unarchive it, and Coalface goes on.")
    if error in NOT_INSTALLED:
        return not_installed()
    if error in NO_SUCH_MESSAGE:
        return gone(f"Coalface's message in {where}")
    if error in NO_SUCH_THREAD:
        return gone("The discussion's thread")
    if error in NO_DIRECT_MESSAGES:
        return SendRefused("This person takes no direct messages from Coalface.")
    if error in RESTRICTED:
        return SendRefused(
            f"Who may post in {where} is restricted; an admin of the workspace can let Coalface,"
            " in the channel's settings under Posting permissions."
        )
    if error in MALFORMED:
        failure = secrets.token_hex(4)
        log.error("Slack took no message like it", extra={"failure": failure, "error": error})
        return SendRefused(
            "Slack takes no message like it, which is a mistake of Coalface's, logged as"
            f" {failure}. A shorter one may do.",
            final=True,
        )
    return SendRefused(f"Slack refused it, with its word “{error}”.")


def _unanswered(writes: bool) -> SendRefused | SendUncertain:
    if writes:
        return SendUncertain()
    return SendRefused("Slack does not answer at the moment.")


def _status(problem: BaseException) -> int:
    """The answer's HTTP status; the library's own answer and aiohttp's name it differently."""
    response = getattr(problem, "response", None)
    found = getattr(response, "status_code", None) or getattr(response, "status", None)
    return found if isinstance(found, int) else 0


def _body(problem: BaseException) -> dict[str, Any]:
    found = getattr(getattr(problem, "response", None), "data", None)
    return found if isinstance(found, dict) else {}
