"""A Slack workspace's export, as a folder or a ZIP: `users.json`, `channels.json`, and for each
channel a folder with a file for each day.

Direct conversations are left out: they are nobody's class. What counts as a message is said in
`_is_ordinary`, after the counting rules for archives.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from bot.core.archived import (
    AccountRef,
    ArchivedChannel,
    ArchivedMessage,
    ChannelRef,
    MessageRef,
    Person,
    Slip,
    ThreadRef,
)
from bot.core.errors import Refused
from bot.imports import json_rows, slack_texts
from bot.imports.sources import Entry, Source, opened
from bot.imports.texts import Unreadable, clean

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\.json")
_TS = re.compile(r"(\d{1,11})\.(\d{1,6})")
_COUNTED = (None, "thread_broadcast", "me_message", "file_share")
_SLACKBOT = "USLACKBOT"

LARGEST = 1 << 26
"""Bytes of one file: a day in the busiest channel has a few million."""


class SlackExport:
    """Open it with `open_`; close it in the end."""

    platform = "slack"

    def __init__(self, source: Source, entries: Iterable[Entry]) -> None:
        self._source = source
        self._lists, days = _sorted(entries)
        channels = {c.name: c for c in self._channels("channels.json", "groups.json")}
        private = {c.ref for c in self._channels("dms.json")}
        private |= {ChannelRef(c.name) for c in self._channels("mpims.json")}
        self._days = [
            (entry, channels.get(folder) or ArchivedChannel(ChannelRef(folder), folder))
            for folder, entry in days
            if folder not in private
        ]
        self._private = len({folder for folder, _ in days} & private)
        self._users = People(self._list("users.json"))
        self.size = sum(entry.size for entry, _ in self._days)
        self.read = 0

    @classmethod
    def open_(cls, path: Path) -> "SlackExport":
        """Raises Refused where it is no Slack export, or not a safe one."""
        source = opened(path)
        try:
            export = cls(source, source.entries())
            if not export._days and not export._private:
                raise Refused(
                    f"{path} is no Slack export: such a one has channels.json, users.json and, for"
                    " each channel, a folder of files such as general/2024-09-02.json."
                )
        except BaseException:
            source.close()
            raise
        return export

    def close(self) -> None:
        self._source.close()

    def people(self) -> Iterable[Person]:
        return self._users.listed()

    @property
    def left_out(self) -> tuple[str, ...]:
        """What of it is not imported, in words."""
        count = self._private
        if not count:
            return ()
        return (f"{count} direct conversation{'s' if count > 1 else ''}",)

    def parts(self) -> Iterator["Day"]:
        for entry, channel in self._days:
            if entry.size > LARGEST:
                raise Refused(
                    f"{entry.path} has {entry.size:,} bytes, and a day of an export has at most"
                    f" {LARGEST:,}."
                )
            content = self._source.read(entry)
            yield Day(str(entry.path), channel, content, self._users)
            self.read += entry.size

    def _channels(self, *names: str) -> Iterator[ArchivedChannel]:
        for name in names:
            for one in self._list(name):
                ref = one.get("id")
                if isinstance(ref, str):
                    yield ArchivedChannel(ChannelRef(ref), str(one.get("name") or ref))

    def _list(self, name: str) -> list[dict[str, Any]]:
        """The objects of one of the lists beside the channels' folders. Raises Refused: without
        them nobody could say who is a bot, and what is private."""
        if name not in self._lists:
            return []
        chunks = json_rows.decoded([self._source.read(self._lists[name])])
        try:
            return [one for _, one in json_rows.rows(chunks) if isinstance(one, dict)]
        except json_rows.BrokenJson as problem:
            raise Refused(
                f"{name} is damaged in line {problem.line} ({problem}); nothing was imported."
            ) from problem


def _sorted(entries: Iterable[Entry]) -> tuple[Mapping[str, Entry], list[tuple[str, Entry]]]:
    """The lists by their names, and the days' files each with its channel's folder. All of it may
    stand in one folder more, as it does where a folder was zipped."""
    all_ = list(entries)
    lists = {"users.json", "channels.json", "groups.json", "dms.json", "mpims.json"}
    depth = min((len(e.path.parts) for e in all_ if e.path.name in lists), default=1)
    here = {e.path.name: e for e in all_ if len(e.path.parts) == depth and e.path.name in lists}
    return here, [
        (entry.path.parts[-2], entry)
        for entry in all_
        if len(entry.path.parts) == depth + 1 and _DAY.fullmatch(entry.path.name)
    ]


class People:
    """Who is who in a workspace; whoever is missing is called what their own messages say."""

    def __init__(self, users: Iterable[Mapping[str, Any]]) -> None:
        self._known: dict[str, Person] = {}
        for user in users:
            id_ = user.get("id")
            if isinstance(id_, str) and id_:
                name = _name(user.get("profile")) or _name(user) or id_
                self._known[id_] = Person(AccountRef(id_), name, user.get("is_bot") is True)
        self._known[_SLACKBOT] = Person(AccountRef(_SLACKBOT), "Slackbot", True)
        self._listed = [person for person in self._known.values() if not person.automated]

    def listed(self) -> Iterable[Person]:
        return self._listed

    def person(self, id_: str, profile: object = None) -> Person:
        known = self._known.get(id_)
        if known is None or (known.name == id_ and profile):
            known = self._known[id_] = Person(AccountRef(id_), _name(profile) or id_)
        return known

    def name(self, id_: str) -> str | None:
        return None if id_ not in self._known else self._known[id_].name


def _name(said: object) -> str:
    if isinstance(said, dict):
        for field in ("display_name", "real_name", "first_name", "name"):
            if isinstance(said.get(field), str) and said[field].strip():
                return clean(said[field].strip())
    return ""


class Day:
    """The messages of one channel on one day."""

    def __init__(self, name: str, channel: ArchivedChannel, content: bytes, users: People) -> None:
        self._name, self._channel, self._content, self._users = name, channel, content, users
        self.digest = hashlib.sha256(f"{channel.ref}\n".encode() + content).hexdigest()

    def rows(self) -> Iterator[ArchivedMessage | Slip]:
        number = 0
        try:
            for name, row in json_rows.whole(self._content):
                if name:
                    raise json_rows.BrokenJson(1, "a day's file is a list of messages")
                number += 1
                try:
                    message = self._read(row)
                except Unreadable as problem:
                    yield Slip(self._name, f"row {number}", str(problem))
                else:
                    if message is not None:
                        yield message
        except json_rows.BrokenJson as problem:
            yield Slip(self._name, f"line {problem.line}", problem.after("row", number))

    def _read(self, row: Any) -> ArchivedMessage | None:
        """A message that matters, or None. Raises Unreadable."""
        if not isinstance(row, dict):
            raise Unreadable("it is no message")
        if row.get("type") != "message":
            return None
        deleted = row.get("subtype") == "tombstone"
        if not deleted and not _is_ordinary(row):
            return None
        ref: Any = row.get("ts")
        sent_at = _instant(ref, "ts")
        thread: ThreadRef | None = row.get("thread_ts") or None
        reply_to: MessageRef | None = None
        if thread is not None and thread != ref:
            _check(thread, "thread_ts")
            reply_to = MessageRef(thread)
        if deleted:
            return ArchivedMessage(
                self._channel, ref, sent_at, None, thread, reply_to, deleted=True
            )
        user = row.get("user")
        if not isinstance(user, str) or not user:
            raise Unreadable("it says not who wrote it (user)")
        author = self._users.person(user, row.get("user_profile"))
        if author.automated:
            return None
        return self._message(row, ref, sent_at, author, thread, reply_to)

    def _message(
        self,
        row: Mapping[str, Any],
        ref: MessageRef,
        sent_at: int,
        author: Person,
        thread: ThreadRef | None,
        reply_to: MessageRef | None,
    ) -> ArchivedMessage:
        raw = row.get("text") or ""
        if not isinstance(raw, str):
            raise Unreadable("its text is none")
        raw = slack_texts.without_tokens(clean(raw))
        edited = row.get("edited")
        edited_at = None
        if isinstance(edited, dict) and edited.get("ts") is not None:
            edited_at = _instant(edited["ts"], "edited.ts")
        return ArchivedMessage(
            self._channel,
            ref,
            sent_at,
            author,
            thread,
            reply_to,
            reply_to is not None,
            edited_at,
            False,
            slack_texts.readable(raw, self._users.name),
            slack_texts.measured(raw),
            self._named(raw) if "<" in raw else (),
            _files(row["files"]) if row.get("files") else 0,
            self._reactions(row["reactions"]) if row.get("reactions") else (),
        )

    def _named(self, raw: str) -> tuple[Person, ...]:
        people = (
            self._users.person(id_, {"name": name})
            for id_, name in slack_texts.named(raw).items()
        )  # fmt: skip
        return tuple(person for person in people if not person.automated)

    def _reactions(self, said: object) -> tuple[tuple[Person, str], ...]:
        """Who reacted with what."""
        found: dict[tuple[Person, str], None] = {}
        for reaction in said if isinstance(said, list) else ():
            users = reaction.get("users") if isinstance(reaction, dict) else None
            for user in users if isinstance(users, list) else ():
                if isinstance(user, str) and isinstance(reaction.get("name"), str):
                    found[self._users.person(user), clean(reaction["name"])] = None
        return tuple(one for one in found if not one[0].automated)


def _is_ordinary(row: Mapping[str, Any]) -> bool:
    """Whether it may be a person's message; who wrote it is looked at later."""
    return (
        row.get("subtype") in _COUNTED
        and not row.get("hidden")
        and not row.get("bot_id")
        and row.get("user") != _SLACKBOT
    )


def _files(said: object) -> int:
    """How many there are; of one that was deleted, a tombstone is left."""
    files = said if isinstance(said, list) else ()
    return sum(isinstance(file, dict) and file.get("mode") != "tombstone" for file in files)


def _instant(ts: object, field: str) -> int:
    """Slack's seconds and microseconds, which no float can hold; in microseconds."""
    seconds, part = _check(ts, field).groups()
    return int(seconds + part.ljust(6, "0"))


def _check(ts: object, field: str) -> re.Match[str]:
    found = _TS.fullmatch(ts) if isinstance(ts, str) else None
    if found is None:
        raise Unreadable(f"{field} is no time such as 1725263100.000200")
    return found
