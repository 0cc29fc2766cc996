"""What goes wrong on the way to Slack: what is known then, and what is not."""

import socket
from datetime import timedelta
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.adapters.slack.pacing import Limited
from bot.adapters.slack.refusals import LATER, PROBLEMS, lacking, refusal
from bot.core.ports import SendRefused, SendUncertain

_api_error: Any = SlackApiError  # it has no types


def problem(data: Any, status: int = 200, **headers: str) -> Any:
    response = AsyncSlackResponse(
        client=None,
        http_verb="POST",
        api_url="https://slack.com/api/chat.postMessage",
        req_args={},
        data=data,
        headers=headers,
        status_code=status,
    )
    return _api_error("It failed.", response)


@pytest.mark.parametrize(
    ("failure", "seconds"),
    [
        (problem({"ok": False, "error": "ratelimited"}, 429, **{"Retry-After": "30"}), 30),
        (problem({"ok": False, "error": "ratelimited"}), LATER),
        (problem("Too Many Requests", 429), LATER),
        (problem({}, 429, **{"Retry-After": "soon"}), LATER),
        (problem({}, 429, **{"Retry-After": "0"}), 1),
        (Limited(7.5), 7.5),
    ],
)
@pytest.mark.parametrize("writes", [True, False])
def test_what_has_to_wait_was_not_done(failure: Any, seconds: float, writes: bool) -> None:
    found = refusal(failure, writes=writes)
    assert isinstance(found, SendRefused)
    assert found.retry_after == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "failure",
    [
        problem("<html>Bad gateway</html>", 502),
        problem({"ok": False, "error": "not_in_channel"}, 503),
        problem({"ok": False, "error": "fatal_error"}),
        problem({}),
        _api_error("Unexpectedly failed to read the response body", None),
        TimeoutError(),
        ConnectionResetError(),
    ],
)
def test_what_got_no_answer_may_have_been_done_if_it_writes(failure: Any) -> None:
    assert isinstance(failure, PROBLEMS)
    assert isinstance(refusal(failure, writes=True), SendUncertain)
    found = refusal(failure, writes=False)
    assert isinstance(found, SendRefused)
    assert (found.sentence, found.final) == ("Slack does not answer at the moment.", False)


async def test_what_never_went_out_was_not_done() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and nobody listens there
        client = AsyncWebClient(
            "xoxb", f"http://127.0.0.1:{taken.getsockname()[1]}/", retry_handlers=[]
        )
        with pytest.raises(PROBLEMS) as raised:
            await client.chat_postMessage(channel="C1", text="x")
    failure: Any = raised.value
    assert isinstance(refusal(failure, writes=True), SendRefused)


def test_without_a_name_it_is_the_channel() -> None:
    found = refusal(problem({"ok": False, "error": "not_in_channel"}))
    assert isinstance(found, SendRefused)
    assert found.sentence == "Coalface is not in the channel; type /invite @Coalface there."


def test_one_missing_scope_or_several_are_named() -> None:
    assert "lacks the permission “chat:write” in" in lacking("chat:write")
    assert "lacks the permissions “a” and “b” in" in lacking("a,b")
    found = refusal(problem({"ok": False, "error": "missing_scope", "needed": "im:write"}))
    assert isinstance(found, SendRefused)
    assert found.sentence == lacking("im:write")
