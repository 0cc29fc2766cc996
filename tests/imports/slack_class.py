"""A class on Slack, as its export has it, with all that stands in real exports: see formats.md.

It is made of steps; the rows are what the export says, and the words of each text are known.
"""

import json
import zipfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from tests.imports.pieces import COMMON, SLACK, Piece, joined, texts

LOS_ANGELES = ZoneInfo("America/Los_Angeles")
START = 1_725_199_000
CHANNELS = {"history": "C1", "сельдь": "C2"}
PEOPLE = ("U0", "U1", "U2", "UGONE", "UDELETED")
"""UGONE is missing from users.json; UDELETED is in it, and was deleted."""
AUTHORS = (*PEOPLE, "URobot", "USLACKBOT", "U1+app")
KINDS = (
    "post", "post", "reply", "reply", "reply", "broadcast", "orphan", "me_message", "file_share",
    "channel_join", "bot_message", "hidden", "someday_new", "edit", "tombstone", "tombstone",
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
    reactions: Sequence[tuple[str, str]]
    files: int


steps = st.builds(
    Step,
    st.sampled_from(KINDS),
    st.sampled_from(list(CHANNELS)),
    st.sampled_from(AUTHORS),
    st.integers(0, 7),
    texts([*COMMON, *SLACK]),
    st.sampled_from([0, 1, 40, 30_000]),
    st.none() | st.sampled_from([*PEOPLE, "URobot"]),
    st.lists(
        st.tuples(st.sampled_from(["+1", "eyes"]), st.sampled_from([*PEOPLE, "URobot"])),
        max_size=3,
        unique=True,
    ),
    st.integers(0, 2),
)


@dataclass(slots=True)
class SlackClass:
    """`rows`: each with its channel's folder, in the order of their ts; a copy comes later."""

    rows: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    words: dict[str, int] = field(default_factory=dict)
    _clock: int = START * 1_000_000

    def play(self, step: Step) -> None:
        self._clock += step.gap * 1_000_000 + 1_003
        roots = [r for f, r in self.rows if f == step.channel and _is_root(r)]
        root = roots[-1 - step.target % len(roots)] if roots else None
        if step.kind == "tombstone":
            self._delete(root)
        elif step.kind == "edit":
            self._copy(step)
        else:
            self.rows.append((step.channel, self._row(step, root)))

    def _row(self, step: Step, root: dict[str, Any] | None) -> dict[str, Any]:
        text, words = joined(step.pieces)
        if step.named is not None:
            text += f" <@{step.named}>" if step.target % 2 else f" <@{step.named}|somebody>"
        self.words[text] = words
        user, _, app = step.author.partition("+")
        row: dict[str, Any] = {"type": "message", "user": user, "text": text, "ts": self._ts()}
        if app or step.kind == "bot_message":
            row |= {"bot_id": "B1", "bot_profile": {"name": "app"}}
        if user == "UGONE":
            row["user_profile"] = {"display_name": "", "real_name": "Гость", "name": "guest"}
        if step.reactions:
            named: dict[str, list[str]] = defaultdict(list)
            for emoji, person in step.reactions:
                named[emoji].append(person)
            row["reactions"] = [
                {"name": emoji, "users": users, "count": len(users)}
                for emoji, users in named.items()
            ]
        row["attachments"] = None
        if step.files:
            row["files"] = [{"id": "F", "mode": "hosted"}] * step.files + [{"mode": "tombstone"}]
        if step.kind in ("reply", "broadcast") and root is not None:
            root |= {"thread_ts": root["ts"], "reply_count": 1}
            row |= {"thread_ts": root["ts"], "parent_user_id": root["user"]}
        elif step.kind == "orphan":
            row["thread_ts"] = f"{START - 86_400 * (1 + step.target % 2)}.000100"
        if step.kind == "broadcast":
            row |= {"subtype": "thread_broadcast", "root": dict(root or {})}
        elif step.kind == "hidden":
            row["hidden"] = True
        elif step.kind not in ("post", "reply", "orphan"):
            row["subtype"] = step.kind
        return row

    def _delete(self, root: dict[str, Any] | None) -> None:
        """A root with replies that is deleted stays as a tombstone."""
        if root is None or "thread_ts" not in root or "edited" in root:
            return
        kept = {"ts": root["ts"], "thread_ts": root["ts"], "type": "message"}
        root.clear()
        root |= kept | {"subtype": "tombstone", "user": "USLACKBOT", "hidden": True, "text": "gone"}

    def _copy(self, step: Step) -> None:
        """The channel was dumped again, after somebody had edited a message."""
        rows = [(f, r) for f, r in self.rows if r.get("subtype") != "tombstone"]
        if not rows:
            return
        folder, row = rows[-1 - step.target % len(rows)]
        text, words = joined(step.pieces)
        self.words[text] = words
        edited = {"user": row["user"], "ts": self._ts()}
        self.rows.append((folder, {**row, "text": text, "edited": edited}))

    def _ts(self) -> str:
        return f"{self._clock // 1_000_000}.{self._clock % 1_000_000:06}"

    # --- its files ------------------------------------------------------------------------------

    def files(self) -> Mapping[str, object]:
        """The export: path to what stands there as JSON."""
        users = [
            {"id": id_, "name": id_.lower(), "deleted": id_ == "UDELETED", "is_bot": False,
             "profile": {"display_name": "=cmd" if id_ == "U0" else "", "real_name": f"Name {id_}"}}
            for id_ in PEOPLE if id_ != "UGONE"
        ]  # fmt: skip
        users.append({"id": "URobot", "name": "robot", "is_bot": True, "profile": {}})
        made: dict[str, object] = {
            "users.json": users,
            "channels.json": [{"id": id_, "name": name} for name, id_ in CHANNELS.items()],
            "integration_logs.json": [{"type": "message", "ts": "1.0", "user": "U0"}],
            "history/notes.json": [{"type": "message", "ts": "1.0", "user": "U0", "text": "x"}],
        }
        days: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for folder, row in self.rows:
            seconds = int(row["ts"].partition(".")[0])
            day = datetime.fromtimestamp(seconds, LOS_ANGELES).date().isoformat()
            days[f"{folder}/{day}.json"].append(row)
        return made | {name: sorted(rows, key=lambda r: r["ts"]) for name, rows in days.items()}

    def write_folder(self, folder: Path) -> Path:
        for name, value in self.files().items():
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(value, ensure_ascii=False, indent=1), "utf-8")
        return folder

    def write_zip(self, path: Path) -> Path:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
            for name, value in self.files().items():
                made.writestr(name, json.dumps(value))
        return path


def _is_root(row: Mapping[str, Any]) -> bool:
    """Whether people can reply to it in a thread; a tombstone too, as in a real one."""
    return row.get("thread_ts") in (None, row["ts"]) and row.get("subtype") != "channel_join"


@st.composite
def slack_classes(draw: st.DrawFn, most: int = 40) -> SlackClass:
    made = SlackClass()
    for step in draw(st.lists(steps, min_size=3, max_size=most)):
        made.play(step)
    return made
