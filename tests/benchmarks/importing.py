"""How fast an old term is brought in: 100,000 messages of a Slack export, and as many of
DiscordChatExporter's, against parsing the same JSON and inserting it raw into one table.

Both sides read the same files, write durably with the same pragmas, and end with a whole database.
"""

import asyncio
import json
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

from bot.core.archived import Archive
from bot.core.archives import Wanted, bring_in
from bot.imports.discord_export import DiscordExport
from bot.imports.slack_export import SlackExport
from storage import maintenance
from storage.database import PRAGMAS, Database
from tests.benchmarks.ratios import Measured, interleaved
from tests.benchmarks.writing import Clock

MESSAGES = 100_000
STUDENTS = 200
CHANNELS = 10
START = datetime(2024, 9, 2, 12, tzinfo=UTC)
EVERY = timedelta(minutes=10)
TEXT = " ".join(f"word{number}" for number in range(60))
BOUND = 0.25

Row = dict[str, Any]


async def measure() -> list[Measured]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        slack, discord = _slack_files(folder / "slack"), _discord_files(folder / "discord")
        days = sorted(slack.glob("chan*/*.json"))
        return [
            await _compared(
                "import_100k_vs_raw", folder, days, "", lambda: SlackExport.open_(slack), "Slack"
            ),
            await _compared(
                "import_discord_100k_vs_raw",
                folder,
                discord,
                "messages",
                lambda: DiscordExport.open_(discord),
                "Discord",
            ),
        ]


async def _compared(
    name: str, folder: Path, files: list[Path], listed: str, opened: Any, what: str
) -> Measured:
    async def ours() -> float:
        return await _imported(folder / "ours", opened)

    async def raw() -> float:
        return await asyncio.to_thread(_raw, folder / "raw.sqlite3", files, listed)

    mine, other = await interleaved(ours, raw)
    note = f"{what}: {MESSAGES / mine:,.0f} messages/s against {MESSAGES / other:,.0f}"
    return Measured(name, other / mine, BOUND, True, note)


async def _imported(folder: Path, opened: Any) -> float:
    """Seconds for the whole archive, from opening it; the database is there."""
    with tempfile.TemporaryDirectory(dir=folder.parent) as made:
        path = Path(made) / "coalface.sqlite3"
        maintenance.upgrade(path, START)
        database = await Database.open(path)
        started = perf_counter()
        archive: Archive = opened()
        brought = await bring_in(database, Clock(), archive, Wanted("Old", "UTC", space="old"))
        seconds = perf_counter() - started
        await database.close()
        assert (brought.messages, brought.unread) == (MESSAGES, 0)
        return seconds


def _raw(path: Path, files: Iterable[Path], listed: str) -> float:
    """Each file parsed whole, its messages inserted as they are, all in one transaction."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for pragma in PRAGMAS:
            db.execute(f"PRAGMA {pragma}")
        db.execute("DROP TABLE IF EXISTS raw")
        db.execute("CREATE TABLE raw (id TEXT, author TEXT, thread TEXT, at TEXT, body TEXT)")
        started = perf_counter()
        db.execute("BEGIN IMMEDIATE")
        for file in files:
            found = json.loads(file.read_bytes())
            rows = found[listed] if listed else found
            db.executemany("INSERT INTO raw VALUES (?, ?, ?, ?, ?)", map(_values, rows))
        db.execute("COMMIT")
        seconds = perf_counter() - started
        assert db.execute("SELECT count(*) FROM raw").fetchone() == (MESSAGES,)
        return seconds


def _values(row: Row) -> tuple[object, ...]:
    if "ts" in row:
        return row["ts"], row["user"], row.get("thread_ts"), row["ts"], row["text"]
    reference = row.get("reference") or {}
    return (
        row["id"], row["author"]["id"], reference.get("messageId"), row["timestamp"],
        row["content"],
    )  # fmt: skip


# --- the archives -------------------------------------------------------------------------------


def _slack_files(folder: Path) -> Path:
    """Six of ten messages are replies, one in five mentions somebody and has a link, and one in ten
    was reacted to; each with its blocks, as in a real export."""
    folder.mkdir()
    users = [
        {"id": f"U{n}", "profile": {"display_name": f"Student {n}"}} for n in range(STUDENTS)
    ]  # fmt: skip
    (folder / "users.json").write_text(json.dumps(users))
    channels = [{"id": f"C{n}", "name": f"chan{n}"} for n in range(CHANNELS)]
    (folder / "channels.json").write_text(json.dumps(channels))
    for channel in range(CHANNELS):
        days: dict[str, list[Row]] = {}
        for at, row in _slack_rows(channel):
            days.setdefault(at.date().isoformat(), []).append(row)
        (folder / f"chan{channel}").mkdir()
        for day, rows in days.items():
            (folder / f"chan{channel}" / f"{day}.json").write_text(json.dumps(rows, indent=1))
    return folder


def _slack_rows(channel: int) -> Iterator[tuple[datetime, Row]]:
    root = ""
    for number in range(MESSAGES // CHANNELS):
        at = START + number * EVERY
        ts = f"{int(at.timestamp())}.{number:06}"
        text = TEXT
        if number % 5 == 0:
            text += f" <@U{number % STUDENTS}> &amp; <https://example.org/{number}|this one>"
        row: Row = {
            "client_msg_id": f"00000000-0000-0000-0000-{number:012}",
            "type": "message",
            "user": f"U{(number * 7 + channel) % STUDENTS}",
            "text": text,
            "ts": ts,
            "team": "T1",
            "user_profile": {"real_name": "A Student", "display_name": "", "name": "student"},
            "blocks": [{"type": "rich_text", "elements": [{"type": "text", "text": text}]}],
        }
        if number % 10 in (0, 3, 5, 8):
            root = ts if number % 10 in (0, 5) else root
            if root == ts:
                row |= {"thread_ts": ts, "reply_count": 3}
        else:
            row |= {"thread_ts": root, "parent_user_id": "U1"}
        if number % 10 == 0:
            row["reactions"] = [{"name": "+1", "users": ["U1", "U2"], "count": 2}]
        yield at, row


def _discord_files(folder: Path) -> list[Path]:
    """Ten channels of ten thousand messages; six of ten are replies."""
    folder.mkdir()
    files = []
    for channel in range(CHANNELS):
        rows = [_discord_row(channel, number) for number in range(MESSAGES // CHANNELS)]
        document = {
            "guild": {"id": "1", "name": "Old"},
            "channel": {"id": str(100 + channel), "type": "GuildTextChat", "name": "history"},
            "messages": rows,
            "messageCount": len(rows),
        }
        files.append(folder / f"{channel}.json")
        files[-1].write_text(json.dumps(document, indent=2))
    return files


def _discord_row(channel: int, number: int) -> Row:
    at = START + number * EVERY
    person = (number * 7 + channel) % STUDENTS
    text, mentions = TEXT, []
    if number % 5 == 0:
        text += f" @Student {person // 2}"
        mentions = [{"id": f"{500 + person // 2}", "nickname": f"Student {person // 2}"}]
    row: Row = {
        "id": _snowflake(channel, number),
        "type": "Reply" if number % 10 > 3 else "Default",
        "timestamp": at.isoformat(timespec="milliseconds"),
        "timestampEdited": None,
        "isPinned": False,
        "content": text,
        "author": {
            "id": f"{500 + person}", "name": f"s{person}", "nickname": f"Student {person}",
            "isBot": False, "avatarUrl": "https://cdn.example.org/embed/avatars/0.png",
        },
        "attachments": [], "embeds": [], "stickers": [], "reactions": [], "mentions": mentions,
    }  # fmt: skip
    if row["type"] == "Reply":
        row["reference"] = {"messageId": _snowflake(channel, number - 1 - number % 3)}
    return row


def _snowflake(channel: int, number: int) -> str:
    at = START + number * EVERY
    return str((int(at.timestamp() * 1000) - 1_420_070_400_000 << 22) + channel)
