"""What came of it all: the outbox against what stands in the channels, and what students wrote
against what is on record."""

import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from tests.crash.parts import Part, Written

Kept = tuple[str | None, str | None, bool, bool]
"""The discussion, the text, whether it is deleted, and whether it is known who wrote it."""


@dataclass
class Counts:
    """`wrong` says of each duplicate, of what is missing and of what is lost, which it was."""

    kills: int = 0
    sends: int = 0
    duplicates: int = 0
    missing: int = 0
    replies: int = 0
    lost: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def well(self) -> bool:
        return not (self.duplicates or self.missing or self.lost or self.wrong)

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.kills + other.kills,
            self.sends + other.sends,
            self.duplicates + other.duplicates,
            self.missing + other.missing,
            self.replies + other.replies,
            self.lost + other.lost,
            self.wrong + other.wrong,
        )

    def __str__(self) -> str:
        return (
            f"kills {self.kills}, sends {self.sends}, duplicates {self.duplicates},"
            f" missing {self.missing}, replies {self.replies}, lost {self.lost}"
        )


def examine(database: Path, parts: Sequence[Part], scheduled: int) -> Counts:
    """How it stands now; `kills` is for whoever killed. `scheduled`: so many occurrences are due by
    schedules."""
    counts = Counts()
    with closing(sqlite3.connect(database)) as db:
        db.execute(_WANTED)
        _sends(db, parts, counts)
        _occurrences(db, scheduled, counts)
        _replies(db, parts, counts)
    counts.wrong += [f"not built: {what}" for part in parts for what in part.not_built()]
    return counts


def _sends(db: sqlite3.Connection, parts: Sequence[Part], counts: Counts) -> None:
    owed = Counter(db.execute(_OWED).fetchall())
    stands = Counter[tuple[str, str, str]]()
    for part in parts:
        stands += part.standing()
    counts.sends = owed.total()
    for what in sorted(owed | stands):
        over = stands[what] - owed[what]
        if over > 0:
            counts.duplicates += over
            counts.wrong.append(f"{' '.join(what)}: stands {stands[what]}, owed {owed[what]}")
        elif over < 0:
            counts.missing -= over
            counts.wrong.append(f"{' '.join(what)}: stands {stands[what]}, owed {owed[what]}")
    known = {discussion for _, discussion, _ in owed}
    for part in parts:
        for promised in {one for order in part.orders for one in order.promised} - known:
            counts.missing += 1
            counts.wrong.append(f"{promised}: {part.name} was told that it is open")
    for state, many in db.execute(_NOT_SENT):
        counts.wrong.append(f"{many} sends are {state}")
        counts.missing += many if state in ("missed", "failed") else 0


def _occurrences(db: sqlite3.Connection, scheduled: int, counts: Counts) -> None:
    """Each has opened one discussion; that it stands once is seen with the sends."""
    (opened,) = db.execute(_OPENED).fetchone()
    if opened != scheduled:
        counts.missing += max(0, scheduled - opened)
        counts.duplicates += max(0, opened - scheduled)
        counts.wrong.append(f"{scheduled} were scheduled, and {opened} discussions opened by them")


def _replies(db: sqlite3.Connection, parts: Sequence[Part], counts: Counts) -> None:
    kept: dict[tuple[str, str, str], list[Kept]] = {}
    for platform, channel, ref, place, text, deleted, known in db.execute(_KEPT):
        one = (place, text, bool(deleted), bool(known))
        kept.setdefault((platform, channel, ref), []).append(one)
    marks: dict[tuple[str, str, str], set[tuple[str, str]]] = {}
    for platform, channel, ref, who, emoji in db.execute(_MARKS):
        marks.setdefault((platform, channel, ref), set()).add((who, emoji))
    for said in (written for part in parts for written in part.written):
        counts.replies += 1
        key = (said.platform, said.channel, said.ref)
        wrong = list(_wrong(said, kept.get(key, []), marks.get(key, set())))
        counts.lost += bool(wrong)
        counts.wrong += [f"{' '.join(key)} in {said.discussion}: {what}" for what in wrong]


def _wrong(one: Written, kept: list[Kept], marks: set[tuple[str, str]]) -> Iterator[str]:
    if one.text is None:
        # What was deleted before anybody read it can't be known. What is held until it is known
        # where it belongs, and what is known by a reaction alone, nobody sees or counts.
        if any(place and (text or (known and not deleted)) for place, text, deleted, known in kept):
            yield f"it was deleted, and on record is {kept[0]}"
    elif len(kept) != 1:
        yield f"it is there {len(kept)} times"
    elif kept[0] != (one.discussion, one.text, False, True):
        yield f"it reads {one.text!r}, and on record is {kept[0]}"
    elif marks != one.marks:
        yield f"its reactions are {one.marks}, and on record {marks}"


_WANTED = """
    CREATE TEMP VIEW wanted AS SELECT * FROM outbox WHERE NOT (state = 'missed' AND (
        problem IN (
            'It was withdrawn before it could be posted.',
            'Its prompt was never posted in this channel.'
        )
        OR (
            kind = 'follow-up' AND problem = 'Its discussion was closed before.'
            AND discussion_id IN (SELECT discussion_id FROM periods WHERE closed_at IS NOT NULL)
        )
    ))
"""
_OWED = """
    SELECT c.ref, 'D' || d.number, w.kind FROM wanted w
    JOIN channels c ON c.id = w.channel_id
    JOIN discussions d ON d.id = w.discussion_id
    WHERE w.kind <> 'update'
"""
_OPENED = "SELECT count(DISTINCT discussion_id) FROM outbox WHERE key LIKE 'schedule:%'"
_NOT_SENT = "SELECT state, count(*) FROM wanted WHERE state <> 'sent' GROUP BY state"
_KEPT = """
    SELECT s.platform, c.ref, m.ref, 'D' || d.number, t.text, m.deleted_at IS NOT NULL,
        m.account_id IS NOT NULL
    FROM messages m
    JOIN channels c ON c.id = m.channel_id
    JOIN spaces s ON s.id = c.space_id
    LEFT JOIN discussions d ON d.id = m.discussion_id
    LEFT JOIN message_texts t ON t.message_id = m.id
"""
_MARKS = """
    SELECT s.platform, c.ref, m.ref, i.ref, r.emoji
    FROM reactions r
    JOIN messages m ON m.id = r.message_id
    JOIN channels c ON c.id = m.channel_id
    JOIN spaces s ON s.id = c.space_id
    JOIN identities i ON i.account_id = r.account_id
    WHERE r.present
"""
