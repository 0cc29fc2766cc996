"""How what one person alone may see reaches them: in the answer to Slack's own request, by the
address it gave, as an ephemeral message in the thread, or else directly. Files always go directly:
Slack has no ephemeral ones."""

import logging
from collections.abc import Sequence
from typing import Any

import aiohttp
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.adapters.slack.calls import Calls
from bot.adapters.slack.invocations import Asked
from bot.adapters.slack.refusals import NOT_THERE, PROBLEMS, error_of
from bot.adapters.slack.render import Attached, Rendered, to_messages
from bot.core.cards import Card, text
from bot.core.ports import SendRefused, SendUncertain

log = logging.getLogger(__name__)

ADDRESS_USES = 5
"""How many messages one response_url takes."""


class Delivery:
    """Shows messages to one person. One HTTP session serves all: a new one for each message would
    cost more than the message."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def show(self, asked: Asked, messages: Sequence[Rendered]) -> None:
        """Show them in order. Raises SendRefused or SendUncertain."""
        for number, message in enumerate(messages):
            await self._show(asked, message, may_use_address=number < ADDRESS_USES)

    async def _show(self, asked: Asked, message: Rendered, *, may_use_address: bool) -> None:
        in_thread = asked.place.thread is not None
        if in_thread and await self._in_channel(asked, message):
            return
        if may_use_address and await self._by_address(asked, message):
            return
        if not in_thread and asked.place.channel and await self._in_channel(asked, message):
            return
        await self._directly(asked, message)

    async def _in_channel(self, asked: Asked, message: Rendered) -> bool:
        """False where the person or the bot is not there."""
        try:
            await self._calls.write(
                asked.workspace,
                asked.workspace.client.chat_postEphemeral,
                channel=str(asked.place.channel),
                user=asked.user,
                thread_ts=asked.place.thread,
                **message.to_arguments(),
            )
        except SendRefused as problem:
            if error_of(problem.__cause__ or problem) in NOT_THERE:
                return False
            raise
        return True

    async def _by_address(self, asked: Asked, message: Rendered) -> bool:
        """False where there is no address, or it takes no more."""
        if asked.response_url is None:
            return False
        if self._session is None:
            self._session = aiohttp.ClientSession()
        client = AsyncWebhookClient(asked.response_url, session=self._session, retry_handlers=[])
        try:
            answer = await client.send_dict(
                {
                    "response_type": "ephemeral",
                    "replace_original": False,
                    "text": message.text,
                    "blocks": list(message.blocks),
                }
            )
        except PROBLEMS as problem:
            raise SendUncertain from problem
        return bool(answer.status_code == 200)

    async def _directly(self, asked: Asked, message: Rendered) -> None:
        await self._calls.write(
            asked.workspace,
            asked.workspace.client.chat_postMessage,
            channel=await self._direct(asked),
            **message.to_post(),
        )

    async def _direct(self, asked: Asked) -> str:
        answer = await self._calls.write(
            asked.workspace, asked.workspace.client.conversations_open, users=asked.user
        )
        return str(answer["channel"]["id"])

    # --- files ----------------------------------------------------------------------------------

    async def give(self, asked: Asked, files: Sequence[Attached]) -> None:
        """Upload files for the person alone, and say where they are."""
        try:
            await self._upload(asked, files)
            sentence = f"{_names(files)} {_is(files)} in your messages with Coalface."
        except SendRefused as problem:
            sentence = f"{_names(files)} could not be given to you: {problem.sentence}"
        except SendUncertain:
            sentence = (
                f"Slack did not answer; if {_names(files)} {_is(files)} not in your messages with"
                " Coalface, please give the command again."
            )
        await self.show(asked, to_messages(Card(blocks=(text(sentence),))))

    async def _upload(self, asked: Asked, files: Sequence[Attached]) -> None:
        client, channel = asked.workspace.client, await self._direct(asked)
        done = []
        for file in files:
            ticket = await self._calls.write(
                asked.workspace,
                client.files_getUploadURLExternal,
                filename=file.name,
                length=len(file.content),
                alt_txt=file.alt or None,
            )
            await self._put(ticket["upload_url"], file)
            done.append({"id": ticket["file_id"], "title": file.name})
        await self._calls.write(
            asked.workspace, client.files_completeUploadExternal, files=done, channel_id=channel
        )

    async def _put(self, address: str, file: Attached) -> None:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        try:
            async with self._session.post(address, data=file.content) as answer:
                answer.raise_for_status()
        except PROBLEMS as problem:
            raise SendUncertain from problem


def _names(files: Sequence[Attached]) -> str:
    return ", ".join(file.name for file in files)


def _is(files: Sequence[Attached]) -> str:
    return "is" if len(files) == 1 else "are"


def to_body(message: Rendered) -> dict[str, Any]:
    """The message as the answer to a slash command's own request."""
    return {"response_type": "ephemeral", "text": message.text, "blocks": list(message.blocks)}
