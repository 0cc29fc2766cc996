"""A class on Discord, as DiscordChatExporter has it, with all that stands in real exports: see
formats.md. It is made of steps; the words of each text, and whom it mentions, are known."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from tests.imports.pieces import COMMON, Piece, joined, texts

START = 1_725_199_000_000  # ms
DISCORD = 1_420_070_400_000
DELETED = "456226577798135808"
PEOPLE: Mapping[str, tuple[str, str | None]] = {
    "11": ("ada", "Ada Lovelace"),
    "12": ("bo", None),
    "13": ("bo", "Bo Peep"),
    "14": ("anna", "Анна"),
    DELETED: ("Deleted User", "Deleted User"),
}
BOTS = {"91": ("coalface", "Coalface"), "92": ("hook", None)}
CHANNELS = ("101", "102")
KINDS = (
    "Default", "Default", "Reply", "Reply", "Reply", "lost", "null", "thread", "thread", "loose",
    "ChannelPinnedMessage", "ThreadCreated", "forward", "21", "GuildMemberJoin", "edit",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    kind: str
    channel: str
    author: str
    target: int
    pieces: Sequence[Piece]
    gap: int
    named: str | None
    files: int
    bot: bool


steps = st.builds(
    Step,
    st.sampled_from(KINDS),
    st.sampled_from(CHANNELS),
    st.sampled_from([*PEOPLE]),
    st.integers(0, 7),
    texts(COMMON),
    st.sampled_from([0, 1_000, 40_000, 30_000_000]),
    st.none() | st.sampled_from(["11", "13", "14"]),
    st.integers(0, 2),
    st.sampled_from([False, False, False, True]),
)


@dataclass(slots=True)
class DiscordClass:
    """`messages`: each with its channel and its thread, in the order of their ids."""

    lists_mentions: bool = True
    messages: list[tuple[str, str | None, dict[str, Any]]] = field(default_factory=list)
    words: dict[str, int] = field(default_factory=dict)
    named: dict[str, set[str]] = field(default_factory=dict)
    _clock: int = START

    def play(self, step: Step) -> None:
        self._clock += step.gap + 1
        if step.kind == "edit":
            self._copy(step)
            return
        thread = None
        if step.kind == "thread" and self._in(step.channel, None):
            thread = self._earlier(step, None)
        elif step.kind == "loose":
            thread = _id(
                START - 5_000 - int(step.channel)
            )  # what it began with is not in the archive
        self.messages.append((step.channel, thread, self._row(step, thread)))

    def _row(self, step: Step, thread: str | None) -> dict[str, Any]:
        content = self._text(step)
        people = BOTS if step.bot else PEOPLE
        author = ["91", "92"][step.target % 2] if step.bot else step.author
        name, nickname = people[author]
        row: dict[str, Any] = {
            "id": _id(self._clock),
            "type": step.kind,
            "timestamp": self._stamp(step.target),
            "timestampEdited": None,
            "content": content,
            "author": {"id": author, "name": name, "isBot": step.bot},
            "attachments": [{"id": "1", "url": "u", "fileName": "f"}] * step.files,
            "reactions": [{"emoji": {"id": "", "name": "👍"}, "count": 2}],
        }  # fmt: skip
        if nickname is not None:
            row["author"]["nickname"] = nickname
        if self.lists_mentions:
            # Whoever is answered is notified, and so stands in the list, though not in the text.
            listed = self.named.get(content, set()) | {"12"}
            row["mentions"] = [
                {"id": id_, "name": PEOPLE[id_][0], "nickname": PEOPLE[id_][1], "isBot": False}
                for id_ in sorted(listed)
            ]
        reference = self._reference(step, thread)
        if reference is not None:
            row["reference"] = {"messageId": reference or None, "channelId": step.channel}
        if step.kind in ("Reply", "lost", "null"):
            row["type"] = "Reply" if reference is not None else "Default"
        elif step.kind in ("thread", "loose"):
            answers = thread is not None and step.target % 3 == 0 and self._in(step.channel, thread)
            row["type"] = "Reply" if answers else "Default"
            if answers:
                row["reference"] = {"messageId": self._earlier(step, thread)}
        elif step.kind == "forward":
            row["type"] = "Default"
        return row

    def _text(self, step: Step) -> str:
        content, words = joined(step.pieces)
        if step.named is not None:
            name, nickname = PEOPLE[step.named]
            content += f" @{nickname or name}"
            self.named[content] = {step.named}
        self.words[content] = words
        return content

    def _reference(self, step: Step, thread: str | None) -> str | None:
        """The message that is referred to; "" where it is gone."""
        match step.kind:
            case "Reply" | "ChannelPinnedMessage" | "ThreadCreated" | "forward" | "21":
                return self._earlier(step, None) if self._in(step.channel, None) else None
            case "lost":
                return _id(START - 9_000)
            case "null":
                return ""
            case _:
                return None

    def _in(self, channel: str, thread: str | None) -> list[str]:
        return [row["id"] for c, t, row in self.messages if (c, t) == (channel, thread)]

    def _earlier(self, step: Step, thread: str | None) -> str:
        ids = self._in(step.channel, thread)
        return ids[-1 - step.target % len(ids)]

    def _copy(self, step: Step) -> None:
        if not self.messages:
            return
        channel, thread, row = self.messages[-1 - step.target % len(self.messages)]
        content, words = joined(step.pieces)
        self.words[content] = words
        edited = {**row, "content": content, "timestampEdited": self._stamp(0)}
        self.messages.append((channel, thread, edited))

    def _stamp(self, number: int) -> str:
        """With the exporter's offset, and three digits of a fraction, or as few as will do."""
        zone = timezone(timedelta(hours=-5)) if number % 2 else UTC
        at = datetime.fromtimestamp(0, zone) + timedelta(milliseconds=self._clock)
        whole = self._clock % 1_000 == 0
        return at.isoformat(timespec="seconds" if whole else "milliseconds")

    # --- its files ------------------------------------------------------------------------------

    def documents(self) -> dict[str, dict[str, Any]]:
        """The files by their names: a channel in two parts, one backwards, one of them twice."""
        places: dict[tuple[str, str | None], list[dict[str, Any]]] = defaultdict(list)
        for channel, thread, row in self.messages:
            places[channel, thread].append(row)
        made: dict[str, dict[str, Any]] = {}
        for number, ((channel, thread), rows) in enumerate(places.items()):
            half = len(rows) // 2
            name = f"Guild - {channel} - {thread or 'history'} [{thread or channel}]"
            made[f"{name}.json"] = _document(channel, thread, rows[: half or None])
            if half:
                made[f"{name} [part 2].json"] = _document(channel, thread, rows[half:][::-1])
            if number == 0:
                made[f"{name} again.json"] = _document(channel, thread, rows)
        return made

    def write(self, folder: Path) -> list[Path]:
        folder.mkdir(parents=True, exist_ok=True)
        files = []
        for name, document in self.documents().items():
            files.append(folder / name)
            files[-1].write_text(json.dumps(document, ensure_ascii=False, indent=2), "utf-8")
        return files


def _document(channel: str, thread: str | None, rows: list[dict[str, Any]]) -> dict[str, Any]:
    about: dict[str, Any] = {
        "id": channel, "type": "GuildTextChat", "categoryId": "1", "category": "Class",
        "name": f"history-{channel}", "topic": None,
    }  # fmt: skip
    if thread is not None:
        about |= {
            "id": thread, "type": "GuildPublicThread", "categoryId": channel,
            "category": f"history-{channel}", "name": "On kulaks",
        }  # fmt: skip
    return {
        "guild": {"id": "1", "name": "History 2024", "iconUrl": "i"},
        "channel": about,
        "dateRange": {"after": None, "before": None},
        "exportedAt": "2024-12-24T00:00:00+00:00",
        "messages": rows,
        "messageCount": len(rows),
    }


def _id(milliseconds: int) -> str:
    return str((milliseconds - DISCORD) << 22)


@st.composite
def discord_classes(draw: st.DrawFn, most: int = 40) -> DiscordClass:
    made = DiscordClass(lists_mentions=draw(st.booleans()))
    for person in PEOPLE:  # a name is known by what its owner wrote
        made.play(Step("Default", "101", person, 0, [("hello", 1)], 0, None, 0, False))
    for step in draw(st.lists(steps, min_size=3, max_size=most)):
        made.play(step)
    return made
