"""A report as JSON, for programs: everything that is in it, written row by row.

Rows are objects by the columns' names; what is not known is null. Instants are ISO 8601 to the
millisecond with their offset, days are ISO dates. tests/reports/report.schema.json holds the shape;
`coalface_report` goes up when a program that read the one before would not read this.
"""

import io
import json
import math
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.core.commands import File
from bot.core.report_model import Cell, Report, Sheet

SHAPE = 1


def to_json(report: Report, name: str) -> File:
    held = io.BytesIO()
    for piece in _pieces(report):
        held.write(piece.encode("utf-8", "replace"))
    return File(f"{name}.json", "application/json", held.getvalue())


def _pieces(report: Report) -> Iterator[str]:
    yield _dumped(_head(report))[:-1]
    yield f',"series":{_dumped(_series(report))[:-1]},"edges":['
    edges = report.series.edges
    yield from _parted(
        {"giver": e.giver, "taker": e.taker, "responses": e.responses} for e in edges
    )
    yield "]}"
    for sheet in (report.students, report.discussions, report.replies):
        yield f',\n"{sheet.name}":'
        yield from _table(sheet)
    yield "}\n"


def _head(report: Report) -> dict[str, Any]:
    window, zone = report.window, ZoneInfo(report.zone)
    return {
        "coalface_report": SHAPE,
        "course": {"number": report.course_id, "title": report.course, "zone": report.zone},
        "as_of": _value(report.as_of.astimezone(zone)),
        "window": {
            "words": window.words,
            "first": window.first and window.first.isoformat(),
            "last": window.last and window.last.isoformat(),
            "discussions": list(window.discussions),
            "section": window.section,
            "channel": window.channel,
        },
        "pseudonymised": report.pseudonymised,
        "definitions_version": report.version,
        "definitions": [{"name": d.name, "sentence": d.sentence} for d in report.definitions],
        "class_figures": [
            {"name": f.name, "value": _value(f.value), "sentence": f.sentence}
            for f in report.class_figures
        ],
    }


def _series(report: Report) -> dict[str, Any]:
    """All but the edges, which may be many."""
    series = report.series
    return {
        "days": [
            {"day": d.day.isoformat(), "posts": d.posts, "replies": d.replies} for d in series.days
        ],
        "voices": list(series.voices),
        "sides": [
            {"discussion": s.discussion, "side": s.side, "first": s.first, "last": s.last}
            for s in series.sides
        ],
    }


def _table(sheet: Sheet) -> Iterator[str]:
    columns = [{"name": c.name, "kind": c.kind.value, "meaning": c.meaning} for c in sheet.columns]
    yield f'{{"columns":{_dumped(columns)},"count":{sheet.count},"rows":['
    names = sheet.names
    yield from _parted(
        {name: _value(value) for name, value in zip(names, row, strict=True)} for row in sheet.rows
    )
    yield "]}"


def _parted(values: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Each on a line of its own, with commas between them."""
    before = "\n"
    for value in values:
        yield f"{before}{_dumped(value)}"
        before = ",\n"


def _value(value: Cell) -> str | int | float | None:
    match value:
        case datetime():
            return value.isoformat(timespec="milliseconds")
        case float() if not math.isfinite(value):
            return None  # JSON has no sign for it
        case _:
            return value


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
