"""What DiscordChatExporter wrote: a JSON file for each channel and thread, or for a part of one.

Each file is read twice: first for who is in it, since a mention is no more than `@Display Name` in
the text. A thread belongs to its parent's channel, as it does while the bot runs.
"""

import hashlib
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from bot.core import words
from bot.core.archived import (
    ArchivedChannel,
    ArchivedMessage,
    ChannelRef,
    MessageRef,
    Person,
    Slip,
    ThreadRef,
    to_micros,
)
from bot.core.errors import Refused
from bot.imports import json_rows
from bot.imports.discord_people import People
from bot.imports.texts import Unreadable, clean

_ID = re.compile(r"\d{1,20}")
_COUNTED = ("Default", "Reply")


@dataclass(frozen=True, slots=True)
class _Header:
    """What a file says of its channel; `thread` where it is one."""

    channel: ArchivedChannel
    thread: ThreadRef | None
    digest: str


class DiscordExport:
    """Open it with `open_`; close it in the end."""

    platform = "discord"

    def __init__(self, files: Sequence[Path]) -> None:
        self._people = People()
        self.title = "Discord"
        self.size = 2 * sum(file.stat().st_size for file in files)
        self.read = 0
        self._files = [(file, header) for file in files if (header := self._header(file))]
        self.left_out: tuple[str, ...] = ()
        if direct := len(files) - len(self._files):
            self.left_out = (f"{direct} direct conversation{'s' if direct > 1 else ''}",)

    @classmethod
    def open_(cls, files: Sequence[Path]) -> "DiscordExport":
        """Raises Refused where one of them is no such file, and OSError where it can't be read."""
        for file in files:
            if file.is_dir():
                raise Refused(f"{file} is a folder; give the JSON files in it: {file / '*.json'}")
            if zipfile.is_zipfile(file):
                raise Refused(
                    f"{file} is a ZIP file; unpack it and give the JSON files that"
                    " DiscordChatExporter wrote. (A Slack export: coalface import slack)"
                )
        return cls(files)

    def close(self) -> None:
        return

    def people(self) -> Iterable[Person]:
        return self._people.listed()

    def parts(self) -> Iterator["File"]:
        for file, header in self._files:
            after = self.read + file.stat().st_size
            yield File(self, file, header, self._people)
            self.read = after  # also where all of it was there, and nobody read it

    def chunks(self, opened: IO[bytes], digest: "hashlib._Hash | None" = None) -> Iterator[bytes]:
        """A file's bytes, of which it is noted how many there were."""
        while chunk := opened.read(json_rows.WINDOW):
            self.read += len(chunk)
            if digest is not None:
                digest.update(chunk)
            yield chunk

    def _header(self, file: Path) -> _Header | None:
        """Read the file for its channel and its people; None for a direct conversation. Raises
        Refused."""
        digest = hashlib.sha256()
        channel: object = None
        with file.open("rb") as opened:
            chunks = self.chunks(opened, digest)
            try:
                for name, value in json_rows.rows(json_rows.decoded(chunks), "messages"):
                    if name == "messages":
                        self._people.meet(value)
                    elif name == "channel":
                        channel = value
                    elif name == "guild" and isinstance(value, dict):
                        self.title = _called(value.get("name"), self.title)
            except json_rows.BrokenJson as problem:
                if channel is None:
                    raise _no_export(file, f"line {problem.line}: {problem}") from problem
            for _ in chunks:  # what follows the broken place belongs to the digest too
                pass
        if not isinstance(channel, dict) or not _is_id(channel.get("id")):
            raise _no_export(file, "it says not which channel it is")
        if str(channel.get("type")).startswith("Direct"):
            return None
        return _to_header(channel, digest.hexdigest())


def _no_export(file: Path, why: str) -> Refused:
    return Refused(
        f"{file} is no file of DiscordChatExporter's in its JSON format ({why}); nothing was"
        " imported."
    )


def _to_header(channel: Mapping[str, Any], digest: str) -> _Header:
    own, parent = str(channel["id"]), channel.get("categoryId")
    if str(channel.get("type")).endswith("Thread") and _is_id(parent):
        above = ArchivedChannel(ChannelRef(str(parent)), _called(channel.get("category"), parent))
        return _Header(above, ThreadRef(own), digest)
    thread = ThreadRef(own) if str(channel.get("type")).endswith("Thread") else None
    return _Header(
        ArchivedChannel(ChannelRef(own), _called(channel.get("name"), own)), thread, digest
    )


def _called(name: object, id_: object) -> str:
    return clean(name) if isinstance(name, str) and name else str(id_)


def _is_id(value: object) -> bool:
    return isinstance(value, str) and _ID.fullmatch(value) is not None


class File:
    """The messages of one file."""

    def __init__(
        self, export: DiscordExport, path: Path, header: _Header, people: People
    ) -> None:  # fmt: skip
        self._export, self._path, self._header, self._people = export, path, header, people
        self.digest = header.digest

    def rows(self) -> Iterator[ArchivedMessage | Slip]:
        number = 0
        with closing(self._path.open("rb")) as opened:
            text = json_rows.decoded(self._export.chunks(opened))
            try:
                for name, row in json_rows.rows(text, "messages"):
                    if name != "messages":
                        continue
                    number += 1
                    try:
                        message = self._read(row)
                    except Unreadable as problem:
                        yield Slip(self._path.name, f"message {number}", str(problem))
                    else:
                        if message is not None:
                            yield message
            except json_rows.BrokenJson as problem:
                where = f"line {problem.line}"
                yield Slip(self._path.name, where, problem.after("message", number))

    def _read(self, row: Any) -> ArchivedMessage | None:
        """A message that matters, or None. Raises Unreadable."""
        if not isinstance(row, dict):
            raise Unreadable("it is no message")
        if row.get("type") not in _COUNTED:
            return None
        if not _is_id(row.get("id")):
            raise Unreadable("its id is none of Discord's")
        ref = MessageRef(row["id"])
        person = self._people.person(row.get("author"))
        sent_at = _instant(row.get("timestamp"), "timestamp")
        thread, reply_to = self._header.thread, None
        if row["type"] == "Reply":
            reply_to = _referred(row.get("reference"))
        if person.automated:
            # Whoever answers a bot's reply stands further down in the chain that it went on with.
            if thread is not None or reply_to is None:
                return None
            return ArchivedMessage(self._header.channel, ref, sent_at, None, thread, reply_to, True)
        return self._message(row, ref, sent_at, person, reply_to)

    def _message(
        self,
        row: Mapping[str, Any],
        ref: MessageRef,
        sent_at: int,
        author: Person,
        reply_to: MessageRef | None,
    ) -> ArchivedMessage:
        text = row.get("content") or ""
        if not isinstance(text, str):
            raise Unreadable("its content is no text")
        text = clean(text)
        edited = row.get("timestampEdited")
        mentions, unspoken = self._people.mentioned(text, row.get("mentions"))
        return ArchivedMessage(
            self._header.channel,
            ref,
            sent_at,
            author,
            self._header.thread,
            reply_to,
            row["type"] == "Reply",
            None if edited is None else _instant(edited, "timestampEdited"),
            False,
            text,
            words.count(text, unspoken),
            mentions,
            len(files) if isinstance(files := row.get("attachments"), list) else 0,
            self._people.reactions(row["reactions"]) if row.get("reactions") else (),
        )


def _referred(reference: object) -> MessageRef | None:
    """The message that a reply refers to; it may be gone."""
    wanted = reference.get("messageId") if isinstance(reference, dict) else None
    return MessageRef(wanted) if isinstance(wanted, str) and wanted else None


def _instant(said: object, field: str) -> int:
    try:
        at = datetime.fromisoformat(said) if isinstance(said, str) else None
        if at is not None and at.tzinfo is not None:
            return to_micros(at.astimezone(UTC))
    except (ValueError, OverflowError):
        pass
    raise Unreadable(f"{field} is no time such as 2024-09-02T14:05:00.123+00:00")
