"""A report made by hand: a class that talked for some days, with everything a report can hold."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.core import report_columns
from bot.core.participation import Rule
from bot.core.report_model import (
    Again,
    Cell,
    ClassFigure,
    Column,
    Day,
    Edge,
    Kind,
    Report,
    Row,
    Series,
    Sheet,
    SideCount,
    Window,
)
from storage.ids import CourseId, MemberId

ZONE = ZoneInfo("America/New_York")
AS_OF = datetime(2026, 11, 2, 15, 0, tzinfo=UTC)
NAMES = (
    "Ada Pitlamp", "=HYPERLINK(1)", "Zoë Ünsal-Straße", "Анна Ударникова", "北京 学生", "عائشة",
    "<script>alert(1)</script>", "Tom O'Neill", "Wilhelmina van der Kolenmijn-Houthakker",
)  # fmt: skip


def local(day: int, hour: int = 9, month: int = 9) -> datetime:
    return datetime(2026, month, day, hour, 30, 15, 123_456, tzinfo=UTC).astimezone(ZONE)


def _row(columns: Sequence[Column], given: dict[str, Cell]) -> Row:
    filler: dict[Kind, Cell] = {Kind.COUNT: 0, Kind.TEXT: ""}
    return tuple(given.get(c.name, filler.get(c.kind)) for c in columns)


def students(names: Sequence[str] = NAMES, words: Sequence[int] = ()) -> Sheet:
    columns = report_columns.STUDENTS
    rows = tuple(
        _row(
            columns,
            {
                "member": f"u{n}", "name": name, "posts": n, "replies": 2 * n,
                "words": words[n] if words else 100 * n, "words_raw": 110 * n,
                "hours_to_first": 1.25 * n if n else None,
                "first": local(7) if n else None,
                "last": local(1, 5 + n % 2, 11) if n else None,  # in the hour that is there twice
            },
        )
        for n, name in enumerate(names)
    )  # fmt: skip
    return Sheet("students", columns, rows, len(rows))


def discussions() -> Sheet:
    rows = (
        _row(
            report_columns.DISCUSSIONS,
            {"discussion": "D1", "title": "+Kulaks & shock workers", "opened": local(7),
             "closed": local(21), "open_to": 9, "joined": 8, "posts": 36, "replies": 72,
             "unanswered": 3, "words": 3_600},
        ),
        _row(
            report_columns.DISCUSSIONS,
            {"discussion": "D2", "title": "John Henry", "opened": local(22)},
        ),
    )  # fmt: skip
    return Sheet("discussions", report_columns.DISCUSSIONS, rows, len(rows))


def message(n: int, **given: Cell) -> Row:
    return _row(
        report_columns.REPLIES,
        {
            "message": n, "discussion": "D1", "channel": "history", "member": "u1",
            "name": NAMES[1], "sent": local(7) + timedelta(minutes=n), "kind": "post",
            "counted": "yes", "rule": Rule.COUNTED.value, "words": 12,
            "link": f"https://chat.example/c/1/{n}", **given,
        },
    )  # fmt: skip


def replies(rows: Sequence[Row]) -> Sheet:
    return Sheet("replies", report_columns.REPLIES, tuple(rows), len(rows))


MESSAGES = (
    message(1),
    message(2, member="u2", name=NAMES[2], kind="reply", to="u1", edited=local(9)),
    message(3, member="u3", name=NAMES[3], counted="no", rule=Rule.DELETED.value, edited=local(8)),
    message(4, member="staff", name="A teacher", counted="no", rule=Rule.STAFF.value),
    message(5, member="u4", name=NAMES[4], link="/course/history#m5"),
)
SERIES = Series(
    days=tuple(Day(date(2026, 9, 7) + timedelta(days=n), n % 4, n % 7) for n in range(15)),
    edges=(Edge(1, 2, 3), Edge(2, 1, 1), Edge(3, 1, 8), Edge(4, 6, 1), Edge(8, 0, 2)),
    voices=(0, 0, 12, 40, 41, 90, 160, 300, 800),
    sides=(
        SideCount("D1", "The kulaks were right", 6, 3),
        SideCount("D1", "The shock workers were right", 2, 5),
    ),
)


def a_report(
    names: Sequence[str] = NAMES, messages: Sequence[Row] = MESSAGES, series: Series = SERIES
) -> Report:
    return Report(
        course_id=CourseId(1),
        course="Labor & <Legend>",
        zone=ZONE.key,
        as_of=AS_OF,
        window=Window(
            "7 September to 2 November 2026, D1 and D2",
            date(2026, 9, 7),
            date(2026, 11, 2),
            ("D1", "D2"),
        ),
        pseudonymised=False,
        version=report_columns.VERSION,
        definitions=report_columns.definitions(),
        students=students(names),
        members=tuple(MemberId(n + 10) for n in range(len(names))),
        discussions=discussions(),
        replies=replies(messages),
        class_figures=(
            ClassFigure("share_joined", 0.75, "The share of students with a counted message."),
            ClassFigure("reciprocity", None, "Of the pairs, the share gone both ways."),
        ),
        series=series,
    )


def empty_report() -> Report:
    """Of a course in which nobody is yet."""
    whole = a_report((), (), Series())
    return replace(whole, discussions=replace(whole.discussions, rows=(), count=0))


def a_large_class(count: int, seed: int = 1935) -> Series:
    """Series of a class of so many, over a term."""
    source = random.Random(seed)
    pairs = {(source.randrange(count), source.randrange(count)) for _ in range(count * 3)}
    words = sorted(0 if source.random() < 0.05 else int(source.expovariate(1 / 400))
                   for _ in range(count))  # fmt: skip
    term = (date(2026, 9, 7) + timedelta(days=n) for n in range(160))
    return Series(
        days=tuple(Day(d, source.randrange(9), source.randrange(30)) for d in term),
        edges=tuple(Edge(a, b, 1 + source.randrange(6)) for a, b in sorted(pairs) if a != b),
        voices=tuple(words),
        sides=tuple(
            SideCount(f"D{d}", f"Side {s} of a question", 5 + d, 7 - s)
            for d in range(1, 5)
            for s in (1, 2, 3)
        ),
    )


def many(count: int) -> Sheet:
    """So many messages, made anew each time."""

    rows = Again(lambda: (message(n) for n in range(count)))
    return Sheet("replies", report_columns.REPLIES, rows, count)
