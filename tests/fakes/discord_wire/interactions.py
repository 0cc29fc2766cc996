"""What people start with a command, a button or a form, and what they get to see for it.

https://docs.discord.com/developers/interactions/receiving-and-responding
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.fakes.discord_wire import permissions
from tests.fakes.discord_wire.payloads import (
    View,
    attachment_json,
    channel_json,
    member_json,
    message_json,
    role_json,
    user_json,
)
from tests.fakes.discord_wire.records import (
    Attachment,
    Channel,
    Json,
    Message,
    Role,
    User,
    walk,
)
from tests.fakes.discord_wire.state import NONE_NEEDED, Event, State

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 2, 3, 4, 5

STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = range(3, 12)
SUBCOMMANDS = (1, 2)


class NotOffered(AssertionError):
    """What a person can't do in Discord's own window: the command, button or choice isn't there."""


@dataclass(eq=False)
class Interaction:
    """One act of somebody's, and everything that was answered to it."""

    id: int
    token: str
    kind: int
    user: User
    channel: Channel
    data: Json
    at: datetime
    message: Message | None = None
    """The one whose button was pressed, or from whose button the form came."""
    origin: "Interaction | None" = None
    """What a form was opened by."""
    callback: int | None = None
    """The type of the first answer."""
    modal: Json | None = None
    choices: list[Json] | None = None
    original: Message | None = None
    followups: list[Message] = field(default_factory=list)

    @property
    def messages(self) -> list[Message]:
        """All that is to be seen of the answers, without those that say "thinking"."""
        first = [self.original] if self.original and self.callback in (4, 5) else []
        return [message for message in first + self.followups if not message.loading]

    async def until(
        self,
        true: "Callable[[Interaction], object]",
        timeout: float = 30,  # noqa: ASYNC109 - a test's patience
    ) -> "Interaction":
        async with asyncio.timeout(timeout):
            while not true(self):  # noqa: ASYNC110 - whatever the test asks for
                await asyncio.sleep(0.002)
        return self

    async def answered(self) -> "Interaction":
        """Until the first answer: a message, a form, choices or a deferral."""
        return await self.until(lambda one: one.callback is not None)

    async def told(self, count: int = 1) -> Message:
        """Until so many messages can be seen; the last of them."""
        await self.until(lambda one: len(one.messages) >= count)
        return self.messages[count - 1]


@dataclass
class Starter:
    """Makes interactions and tells the bot of them."""

    state: State

    def start(
        self,
        kind: int,
        user: User,
        channel: Channel,
        data: Json,
        *,
        message: Message | None = None,
        origin: Interaction | None = None,
    ) -> Interaction:
        number = self.state.ids.next()
        token = f"interaction-token-{number}"
        at = self.state.clock.now()
        one = Interaction(number, token, kind, user, channel, data, at, message, origin)
        self.state.interactions[token] = one
        body = self._payload(one)
        self.state.tell(Event("INTERACTION_CREATE", channel.guild, NONE_NEEDED, lambda _: body))
        return one

    def _payload(self, one: Interaction) -> Json:
        """Interactions always carry words, with the content intent or without."""
        state, channel, guild = self.state, one.channel, one.channel.guild
        body: Json = {
            "version": 1,
            "id": str(one.id),
            "application_id": str(state.application.id),
            "type": one.kind,
            "token": one.token,
            "data": one.data,
            "locale": "en-US",
            "channel_id": str(channel.id),
            "channel": channel_json(channel)
            | {"permissions": str(permissions.in_channel(channel, one.user))},
            "app_permissions": str(permissions.in_channel(channel, state.bot)),
            "attachment_size_limit": 10 * 1024 * 1024,
            "entitlements": [],
            "authorizing_integration_owners": {"0": str(guild.id) if guild else "0"},
            "context": 0 if guild else 1,
        }
        if one.message is not None:
            body["message"] = message_json(state, one.message, View(content=True))
        if guild is None:
            return body | {"user": user_json(one.user)}
        allowed = str(permissions.in_channel(channel, one.user))
        return body | {
            "guild_id": str(guild.id),
            "guild": {"id": str(guild.id), "locale": "en-US", "features": []},
            "guild_locale": "en-US",
            "member": member_json(guild.members[one.user.id]) | {"permissions": allowed},
        }

    # --- commands -------------------------------------------------------------------------------

    def command(
        self, user: User, channel: Channel, path: str, given: dict[str, Any], focused: str | None
    ) -> Interaction:
        """`path` is the command's name with its group's before it. `focused` asks for choices."""
        names = path.split()
        top = self.registered(user, channel, names[0], 1)
        leaf, trail = top, []
        for name in names[1:]:
            inner = [o for o in leaf.get("options") or () if o["type"] in SUBCOMMANDS]
            leaf = _named(inner, name, path)
            trail.append(leaf)
        known = {option["name"]: option for option in leaf.get("options") or ()}
        if known and any(o["type"] in SUBCOMMANDS for o in known.values()):
            raise NotOffered(f"/{path} is a group")
        if strange := set(given) - set(known):
            raise NotOffered(f"/{path} takes no {', '.join(sorted(strange))}")
        resolved: Json = {}
        options = []
        for name, option in known.items():
            if name in given:
                options.append(self._option(option, given[name], channel, resolved, focused))
            elif option.get("required") and focused is None:
                raise NotOffered(f"/{path} needs {name}")
        for one in reversed(trail):
            options = [{"name": one["name"], "type": one["type"], "options": options}]
        data: Json = {"id": top["id"], "name": top["name"], "type": 1, "options": options}
        if resolved:
            data["resolved"] = resolved
        return self.start(AUTOCOMPLETE if focused else COMMAND, user, channel, data)

    def context(
        self, user: User, name: str, target: Message | User, channel: Channel
    ) -> Interaction:
        """A context menu on a message, or on a person."""
        kind, resolved = 3, {}
        if isinstance(target, Message):
            shown = message_json(self.state, target, View(content=True))
            resolved = {"messages": {str(target.id): shown}}
        else:
            kind = 2
            self._resolve(USER, target, channel, resolved)
        top = self.registered(user, channel, name, kind)
        data = {
            "id": top["id"],
            "name": name,
            "type": kind,
            "target_id": str(target.id),
            "resolved": resolved,
        }
        return self.start(COMMAND, user, channel, data)

    def registered(self, user: User, channel: Channel, name: str, kind: int) -> Json:
        """As last synchronised; hidden from who lacks the permissions it asks for."""
        guild = channel.guild
        commands = [*self.state.commands[None], *self.state.commands[guild.id if guild else 0]]
        found = _named([c for c in commands if c.get("type", 1) == kind], name, name)
        wanted = found.get("default_member_permissions")
        if guild and wanted is not None:
            held = permissions.in_channel(channel, user)
            if held & int(wanted) != int(wanted) or (wanted == "0" and held != permissions.ALL):
                raise NotOffered(f"/{name} is hidden from {user.name}")
        contexts = found.get("contexts") or ([0, 1, 2] if found.get("dm_permission", True) else [0])
        if guild is None and 1 not in contexts:
            raise NotOffered(f"/{name} is for servers only")
        if not permissions.may(channel, user, "use_application_commands"):
            raise NotOffered(f"{user.name} may not use commands here")
        return found

    def _option(
        self, option: Json, value: Any, channel: Channel, resolved: Json, focused: str | None
    ) -> Json:
        name, kind = option["name"], option["type"]
        if focused == name:  # half-typed, so a string and unchecked
            if not option.get("autocomplete"):
                raise NotOffered(f"{name} completes nothing")
            return {"name": name, "type": kind, "value": value, "focused": True}
        choices = option.get("choices")
        if choices and value not in [choice["value"] for choice in choices]:
            raise NotOffered(f"{value!r} is no choice of {name}")
        if kind == STRING and not (
            option.get("min_length", 0) <= len(value) <= option.get("max_length", 6000)
        ):
            raise NotOffered(f"{name} is too short or too long")
        if kind in (INTEGER, NUMBER) and not (
            option.get("min_value", value) <= value <= option.get("max_value", value)
        ):
            raise NotOffered(f"{name} is too small or too large")
        if kind in (USER, CHANNEL, ROLE, MENTIONABLE, ATTACHMENT):
            value = self._resolve(kind, value, channel, resolved)
        return {"name": name, "type": kind, "value": value}

    def _resolve(self, kind: int, value: Any, channel: Channel, resolved: Json) -> str:
        guild, key = channel.guild, str(value.id)
        if isinstance(value, User):
            resolved.setdefault("users", {})[key] = user_json(value)
            if guild and value.id in guild.members:
                body = member_json(guild.members[value.id], with_user=False)
                held = str(permissions.in_channel(channel, value))
                resolved.setdefault("members", {})[key] = body | {"permissions": held}
        elif isinstance(value, Role):
            resolved.setdefault("roles", {})[key] = role_json(value)
        elif isinstance(value, Channel):
            held = str(permissions.in_channel(value, self.state.bot))
            resolved.setdefault("channels", {})[key] = channel_json(value) | {"permissions": held}
        else:
            assert isinstance(value, Attachment), kind
            self.state.uploads[value.id] = value
            holder = Message(value.id, channel, self.state.bot, attachments=[value])
            shown = attachment_json(value, holder, self.state.files)
            resolved.setdefault("attachments", {})[key] = shown
        return key

    # --- buttons, menus, forms ------------------------------------------------------------------

    def press(
        self, user: User, message: Message, which: str, values: list[str] | None
    ) -> Interaction:
        """`which` is a button's label or custom id, or a menu's custom id."""
        if message.seen_by not in (None, user):
            raise NotOffered(f"{user.name} doesn't see this message")
        found = [i for i in message.items() if which in (i.get("label"), i["custom_id"])]
        if len(found) != 1:
            raise NotOffered(f"{which!r}: {[i.get('label') for i in message.items()]}")
        item = found[0]
        if item.get("disabled"):
            raise NotOffered(f"{which!r} is disabled")
        data: Json = {
            "custom_id": item["custom_id"],
            "component_type": item["type"],
            "id": item.get("id", 1),
        }
        if values is not None:
            data["values"] = values
        return self.start(COMPONENT, user, message.channel, data, message=message)

    def submit(self, opened: Interaction, given: dict[str, str | list[str]]) -> Interaction:
        """Fill in the form by labels or custom ids; what is left out keeps its first value."""
        form = opened.modal
        if form is None:
            raise NotOffered("no form was opened")
        left = dict(given)
        components = [self._filled(part, left) for part in form["components"]]
        if left:
            raise NotOffered(f"the form has no {', '.join(left)}")
        data = {"custom_id": form["custom_id"], "components": components}
        return self.start(
            MODAL_SUBMIT, opened.user, opened.channel, data, message=opened.message, origin=opened
        )

    def _filled(self, part: Json, left: dict[str, str | list[str]]) -> Json:
        label, inside = part.get("label"), part.get("components") or [part.get("component")]
        for item in walk(one for one in inside if one):
            names = [item.get("custom_id"), item.get("label"), label]
            name = next((one for one in names if one in left), None)
            value = left.pop(name) if name is not None else None
            answer: Json = {"type": item["type"], "custom_id": item["custom_id"], "id": item["id"]}
            if item["type"] == 4:
                answer["value"] = _typed(item, value)
            else:
                chosen = [o["value"] for o in item.get("options") or () if o.get("default")]
                answer["values"] = chosen if value is None else list(value)
            if part["type"] == 18:
                return {"type": 18, "id": part["id"], "component": answer}
            return {"type": part["type"], "id": part["id"], "components": [answer]}
        return {"type": part["type"], "id": part["id"]}


def _typed(item: Json, value: str | list[str] | None) -> str:
    text = item.get("value") or "" if value is None else value
    assert isinstance(text, str)
    least = item.get("min_length") or (1 if item.get("required", True) else 0)
    if text or item.get("required", True):
        most = item.get("max_length") or 4000
        if not least <= len(text) <= most:
            raise NotOffered(f"{item['custom_id']}: {len(text)} characters, not {least} to {most}")
    return text


def _named(commands: list[Json], name: str, path: str) -> Json:
    found = next((one for one in commands if one["name"] == name), None)
    if found is None:
        raise NotOffered(f"/{path} is not there: {sorted(one['name'] for one in commands)}")
    return found
