"""What is on record and what is shown, in the plain model's words: read from the database and from
the answers of commands, whatever platform they were given on."""

import csv
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.app import App
from bot.core.cards import Table
from bot.core.commands import Answer, Outcome
from bot.core.plain import spans_to_plain
from tests.core.happenings import ADDRESS, COURSES, KNOWN
from tests.core.plain_model import Model, Record


class OnRecord:
    """The database after a play, against the model. `refs` are what the platform calls the model's
    messages, and `written` gives a text as it stands there."""

    def __init__(
        self,
        model: Model,
        refs: Mapping[int, str],
        database: Path,
        written: Callable[[str], str] = str,
    ) -> None:
        self.model, self._refs, self._database, self._written = model, refs, database, written

    def check(self, *, deletions_dated: bool = True, edits_told: bool = True) -> None:
        """`deletions_dated`: the platform says when something was deleted. Where it does not, a
        message may be gone before it is read whose reactions were cleared. `edits_told`: every
        edit is told; where it is not, nobody learns of one whose message is gone since."""
        records, refs = self.model.records.values(), self._refs

        def edited(when: int | None, is_gone: bool) -> int | None:
            return _millis(when) if edits_told or not is_gone else None

        def gone(when: int | None) -> int | bool | None:
            return when if deletions_dated else when is not None

        rows = {
            row[0]: (*row[1:7], edited(row[7], row[8] is not None), gone(row[8]), *row[9:])
            for row in self.select(_ROWS)
        }
        assert rows == {
            refs[r.n]: (
                r.who, COURSES[r.where[0]], r.where[1], r.parent and refs[r.parent.n],
                None if r.text is None else self._written(r.text), r.words,
                edited(_micros(r.edited), r.deleted is not None), gone(_micros(r.deleted)),
                _micros(r.sent), r.role,
            )
            for r in records
        }  # fmt: skip
        marks: dict[str, set[tuple[str, str]]] = {}
        for ref, who, emoji in self.select(_MARKS):
            marks.setdefault(ref, set()).add((who, emoji))
        marked = [r for r in records if deletions_dated or r.deleted is None]
        ours = {refs[r.n]: marks[refs[r.n]] for r in marked if refs[r.n] in marks}
        assert ours == {refs[r.n]: r.reactions for r in marked if r.reactions}
        assert self._by_ref(_NAMED) == {refs[r.n]: r.named for r in records if r.named}
        assert self._by_ref(_CITED) == {refs[r.n]: r.evidence for r in records if r.evidence}
        sent = self.select("SELECT state FROM outbox WHERE kind = 'prompt'")
        assert sent == [("sent",)] * len(self.model.spans)

    def texts(self) -> set[str]:
        """Every text that is kept."""
        return {text for (text,) in self.select("SELECT text FROM message_texts")}

    def told_texts(self) -> set[str]:
        """Every text that should be."""
        texts = (record.text for record in self.model.records.values())
        return {self._written(text) for text in texts if text is not None}

    def _by_ref(self, query: str) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for ref, what in self.select(query):
            found.setdefault(ref, set()).add(what)
        return found

    def select(self, query: str) -> list[Any]:
        with closing(sqlite3.connect(self._database)) as db:
            return db.execute(query).fetchall()


def give_a_source_its_address(app: App) -> None:
    """One source of the pack gets the address that the texts link to."""
    packs = app.services.packs
    for id_, loaded in packs.items():
        first, *others = loaded.pack.sources
        sources = (replace(first, id="source", url=ADDRESS), *others)
        packs[id_] = replace(loaded, pack=replace(loaded.pack, sources=sources))


Explained = list[tuple[str, str, bool, str, int]]
"""Of each message: its discussion, to whom it answers, whether it counts, what it cites, words."""


def shown_of(outcome: Outcome) -> Explained:
    """What /participation why shows."""
    assert isinstance(outcome, Answer)
    (table,) = (b for b in outcome.card.blocks if isinstance(b, Table))
    shown = [tuple(spans_to_plain(cell) for cell in row) for row in table.rows]
    return [(row[0].split()[0], row[2], row[3] == "yes", row[4], int(row[5])) for row in shown]


def explained(model: Model, course: str, name: str) -> Explained:
    """What it must show."""
    own = [r for r in model.of(course) if r.who == name]
    return [(f"D{r.where[1]}", _to(r), r.counts, _cites(r), r.words) for r in own]


def exported(content: bytes) -> dict[tuple[str, str], str]:
    """The figures of an exported file, by their student's name and their own; but how long it took
    them and what was open to them, which go by when prompts were posted and people came."""
    rows = csv.DictReader(content.decode("utf-8-sig").splitlines())
    return {
        (row["name"], column): figure
        for row in rows
        for column, figure in row.items()
        if column not in ("name", "member", "hours_to_first", "discussions_open")
    }


_ROWS = """
    SELECT m.ref, i.name, c.title, d.number, p.ref, t.text, m.words,
           m.edited_at, m.deleted_at, m.sent_at, m.role
    FROM messages m
    JOIN discussions d ON d.id = m.discussion_id
    JOIN courses c ON c.id = d.course_id
    JOIN identities i ON i.account_id = m.account_id
    LEFT JOIN messages p ON p.id = m.parent_id
    LEFT JOIN message_texts t ON t.message_id = m.id
"""
_MARKS = """
    SELECT m.ref, i.name, r.emoji FROM reactions r
    JOIN messages m ON m.id = r.message_id
    JOIN identities i ON i.account_id = r.account_id
    WHERE r.present
"""
_NAMED = """
    SELECT m.ref, i.name FROM mentions n
    JOIN messages m ON m.id = n.message_id
    JOIN identities i ON i.account_id = n.account_id
"""
_CITED = "SELECT m.ref, e.named FROM evidence e JOIN messages m ON m.id = e.message_id"
SIDES_TAKEN = """
    SELECT c.title, d.number, i.name, s.side FROM sides_taken s
    JOIN discussions d ON d.id = s.discussion_id
    JOIN courses c ON c.id = d.course_id
    JOIN member_accounts a ON a.member_id = s.member_id
    JOIN identities i ON i.account_id = a.account_id
    ORDER BY s.taken_at, s.id
"""
HELD = "SELECT ref FROM messages WHERE discussion_id IS NULL AND account_id IS NOT NULL"


def _to(record: Record) -> str:
    if record.classmate is None:
        return "the prompt"
    return record.classmate.who + (", by a mention" if record.naming else "")


def _cites(record: Record) -> str:
    known = [name for name in KNOWN if name in record.evidence]
    return ", ".join(name if name[0] == "F" else f"source ({ADDRESS})" for name in known)


def _micros(when: datetime | None) -> int | None:
    return None if when is None else round(when.timestamp() * 1_000_000)


def _millis(micros: int | None) -> int | None:
    return None if micros is None else micros // 1_000
