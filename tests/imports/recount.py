"""The figures of an archive's students, counted anew in plain Python from the rows of the export,
by the counting rules for archives; nothing here is the application's."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

COLUMNS = (
    "posts", "replies", "words", "words_raw", "attachments", "active_days", "peers_root",
    "peers_thread", "peers_named", "replies_received", "first", "last",
)  # fmt: skip


@dataclass(slots=True)
class Count:
    posts: int = 0
    replies: int = 0
    words: int = 0
    words_raw: int = 0
    attachments: int = 0
    days: set[str] = field(default_factory=set)
    root: set[str] = field(default_factory=set)
    thread: set[str] = field(default_factory=set)
    named: set[str] = field(default_factory=set)
    replies_received: int = 0
    times: list[str] = field(default_factory=list)

    def row(self) -> dict[str, str]:
        values = (
            self.posts, self.replies, self.words, self.words_raw, self.attachments, len(self.days),
            len(self.root), len(self.thread), len(self.named), self.replies_received,
            min(self.times, default=""), max(self.times, default=""),
        )  # fmt: skip
        return dict(zip(COLUMNS, map(str, values), strict=True))

    def add(self, text: str, words: int, attachments: int, time: str) -> None:
        self.words += words
        self.words_raw += len(text.split())
        self.attachments += attachments
        self.days.add(time[:10])
        self.times.append(time)


Counts = Mapping[str, Count]

# --- Slack --------------------------------------------------------------------------------------


def of_slack(
    rows: Iterable[tuple[str, Mapping[str, Any]]], bots: set[str], words: Mapping[str, int]
) -> Counts:
    """`rows`: each with its channel. `bots`: who is one by users.json."""
    last: dict[tuple[str, str], Mapping[str, Any]] = {}
    for channel, row in rows:
        key = channel, row["ts"]
        if key not in last or _edited(row) > _edited(last[key]):
            last[key] = row
    counted = {key: row for key, row in last.items() if _slack_counts(row, bots)}
    found: dict[str, Count] = defaultdict(Count)
    for (channel, ts), row in sorted(counted.items(), key=lambda item: item[0][1]):
        own, me = found[row["user"]], row["user"]
        files = [one for one in row.get("files", ()) if one["mode"] != "tombstone"]
        own.add(row["text"], words[row["text"]], len(files), _slack_time(ts))
        own.named |= set(re.findall(r"<@(\w+)", row["text"])) - bots - {me}
        thread = row.get("thread_ts")
        if thread is None or thread == ts:
            own.posts += 1
            continue
        own.replies += 1
        root = counted.get((channel, thread))
        if root is not None and root["user"] != me:
            own.root.add(root["user"])
            found[root["user"]].replies_received += 1
        own.thread |= {
            other["user"]
            for (where, at), other in counted.items()
            if where == channel and at < ts and thread in (at, other.get("thread_ts"))
        } - {me}
    return found


def _edited(row: Mapping[str, Any]) -> str:
    return str(row["edited"]["ts"]) if "edited" in row else ""


def _slack_counts(row: Mapping[str, Any], bots: set[str]) -> bool:
    kinds = ("thread_broadcast", "me_message", "file_share")
    ordinary = "subtype" not in row or row["subtype"] in kinds
    human = "bot_id" not in row and row["user"] != "USLACKBOT" and row["user"] not in bots
    return row["type"] == "message" and ordinary and human and "hidden" not in row


def _slack_time(ts: str) -> str:
    """To the millisecond, cut."""
    seconds, _, rest = ts.partition(".")
    return _written(int(seconds) * 1_000 + int(rest[:3]))


def _written(milliseconds: int) -> str:
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
    return at.isoformat(timespec="milliseconds")


# --- Discord ------------------------------------------------------------------------------------


def of_discord(
    messages: Iterable[tuple[str, str | None, Mapping[str, Any]]],
    named: Mapping[str, set[str]],
    words: Mapping[str, int],
) -> Counts:
    """`messages`: each with its channel and, in a thread, that thread's id. `named`: whom the text
    of a message mentions, by its id and when it was edited."""
    last: dict[str, tuple[str, str | None, Mapping[str, Any]]] = {}
    for place in messages:
        row = place[2]
        if row["id"] not in last or (row["timestampEdited"] or "") > (
            last[row["id"]][2]["timestampEdited"] or ""
        ):
            last[row["id"]] = place
    counted = {id_: place for id_, place in last.items() if _discord_counts(place[2])}
    found: dict[str, Count] = defaultdict(Count)
    for id_, (channel, thread, row) in sorted(counted.items(), key=lambda item: int(item[0])):
        me = row["author"]["id"]
        own = found[me]
        own.add(row["content"], words[row["content"]], len(row["attachments"]), _discord_time(id_))
        own.named |= named.get(row["content"], set()) - {me}
        if thread is None and row["type"] == "Default":
            own.posts += 1
            continue
        own.replies += 1
        answered = None
        if row["type"] == "Reply":
            answered = counted.get(row["reference"]["messageId"] or "")
        if answered is not None and answered[2]["author"]["id"] != me:
            own.root.add(answered[2]["author"]["id"])
            found[answered[2]["author"]["id"]].replies_received += 1
        if thread is None:
            above = _chain(row, last)
        else:
            above = [
                other
                for other_id, (where, in_thread, other) in counted.items()
                if int(other_id) < int(id_)
                and (in_thread == thread or (where == channel and other_id == thread))
            ]
        own.thread |= {one["author"]["id"] for one in above if _discord_counts(one)} - {me}
    return found


def _chain(
    row: Mapping[str, Any], last: Mapping[str, tuple[str, str | None, Mapping[str, Any]]]
) -> list[Mapping[str, Any]]:
    above = []
    while row["type"] == "Reply" and row["reference"]["messageId"] in last:
        row = last[row["reference"]["messageId"]][2]
        above.append(row)
    return above


def _discord_counts(row: Mapping[str, Any]) -> bool:
    return row["type"] in ("Default", "Reply") and not row["author"]["isBot"]


def _discord_time(id_: str) -> str:
    return _written((int(id_) >> 22) + 1_420_070_400_000)
