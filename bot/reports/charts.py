"""Pictures for a chat: Vega-Lite specifications, drawn by vl-convert to PNG.

One hue and a light ground of their own, so that they read the same to the colour-blind and where
the chat is dark. A picture says nothing that its table does not.
"""

from datetime import date, timedelta
from importlib.util import find_spec
from typing import Any

from bot.core.ports import Charts, Picture, Timeline, TimelineEntry
from bot.core.report_model import Report
from bot.reports import drawings
from bot.reports.vega import CONFIG, HUE, INK, SCHEMA, WIDTH, to_png

ROW = 40
TICKS = 25
"""How many years are marked at most."""
_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500)


class VegaCharts:
    """Implements `bot.core.ports.Charts`."""

    def timeline(self, timeline: Timeline) -> bytes:
        return to_png([timeline_spec(timeline)])[0]

    def of_report(self, report: Report, most: int) -> tuple[Picture, ...]:
        drawn = drawings.of(report)[:most]
        pictures = to_png([one.spec for one in drawn])
        return tuple(Picture(png, one.alt) for png, one in zip(pictures, drawn, strict=True))


def installed() -> Charts | None:
    """The charts, where the library that draws them is installed (the extra `charts`)."""
    return VegaCharts() if find_spec("vl_convert") is not None else None


def timeline_spec(timeline: Timeline) -> dict[str, Any]:
    """One row for each label: a dot for a day, a bar for a month, a year or a span."""
    numbers: dict[str, int] = {}
    values = []
    for entry in timeline.entries:
        # A row is named once, however many dates it has.
        named = entry.label if entry.label not in numbers else ""
        number = numbers.setdefault(entry.label, len(numbers))
        values.append(_value(number, named, entry))
    rows = {"field": "row", "type": "ordinal", "axis": None}
    when = {"type": "temporal", "axis": _years(timeline), "title": None}
    words = {"type": "text", "align": "left", "dy": -9, "color": INK, "fontSize": 12.5}
    bar = {"type": "bar", "height": 7, "cornerRadius": 3, "yOffset": 9, "color": HUE}
    dot = {"type": "point", "filled": True, "size": 80, "yOffset": 9, "color": HUE, "opacity": 1}
    return {
        "$schema": SCHEMA,
        "title": f"Timeline: {timeline.title}",
        "width": WIDTH,
        "height": {"step": ROW},
        "data": {"values": values},
        "config": dict(CONFIG),
        "layer": [
            {
                "transform": [{"filter": "datum.span"}],
                "mark": bar,
                "encoding": {"y": rows, "x": {"field": "first", **when}, "x2": {"field": "end"}},
            },
            {
                "transform": [{"filter": "!datum.span"}],
                "mark": dot,
                "encoding": {"y": rows, "x": {"field": "first", **when}},
            },
            {
                "mark": {**words, "limit": WIDTH},
                "encoding": {"y": rows, "x": {"value": 0}, "text": {"field": "label"}},
            },
        ],
    }


def _years(timeline: Timeline) -> dict[str, Any]:
    """Ticks at round years, or at months where all happened within two."""
    first = min(entry.first for entry in timeline.entries)
    last = max(entry.last for entry in timeline.entries)
    short = last - first < timedelta(days=730)
    step = next(step for step in _STEPS if (last.year - first.year) / step <= TICKS)
    unit = {"interval": "month", "step": 3} if short else {"interval": "year", "step": step}
    return {
        "format": "%b %Y" if short else "%Y",
        "tickCount": unit,
        "labelOverlap": True,
        "grid": True,
        "orient": "top",
    }


def _value(number: int, named: str, entry: TimelineEntry) -> dict[str, Any]:
    end = entry.last + timedelta(days=1) if entry.last < date.max else entry.last
    return {
        "row": number,
        "label": named,
        "first": entry.first.isoformat(),
        "end": end.isoformat(),
        "span": entry.last > entry.first,
    }
