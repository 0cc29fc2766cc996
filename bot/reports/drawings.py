"""The pictures of a report: of each its specification, what it says in words, and its table.

A picture shows what its table does and nothing more; what has nothing to show is not drawn.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.core.cards import number
from bot.core.report_model import Cell, Day, Report, SideCount
from bot.reports import network
from bot.reports.vega import CONFIG, HUE, INK, PALE, SCHEMA, SOFT, WIDTH

HEIGHT = 200
KINDS = ("answers to prompts", "responses to classmates")
WHEN = ("at first", "in the end")
DAYS_MOST = 120
"""Days that are drawn one by one; of more, weeks are."""
SIDES_MOST = 12
"""Rows that one picture has room for: the latest. The table has them all."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """`alt` says the picture in words; `head` and `rows` are the table behind it."""

    key: str
    title: str
    alt: str
    spec: Mapping[str, Any]
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def of(report: Report) -> tuple[Drawing, ...]:
    """Those that have something to show, in the order in which they are to be seen."""
    series = report.series
    names = network.names_of(report)
    made = (
        activity(series.days),
        voices(series.voices),
        _answers(network.draw(names, series.edges)),
        sides(series.sides),
    )
    return tuple(drawing for drawing in made if drawing is not None)


def activity(days: Sequence[Day]) -> Drawing | None:
    """Counted messages a day, or a week where there are many days: answers below, responses on
    top of them."""
    posts, replies = sum(d.posts for d in days), sum(d.replies for d in days)
    if not posts + replies:
        return None
    by_week = len(days) > DAYS_MOST
    spans = _weeks(days) if by_week else [(d.day, 1, d.posts, d.replies) for d in days]
    values = [v for span in spans for v in _stacked(*span)]
    busiest = max(spans, key=lambda span: span[2] + span[3])
    unit = "week" if by_week else "day"
    reach = [spans[0][0].isoformat(), _after(spans[-1][0], spans[-1][1])]
    scale = {"type": "utc", "domain": reach}
    when = {"type": "temporal", "scale": scale, "title": None, "axis": _date_axis(days)}
    height = {"type": "quantitative", "title": "messages", "axis": {"tickMinStep": 1}}
    end = days[-1].day
    return Drawing(
        "activity",
        f"Activity by {unit}",
        f"Activity by {unit}, {_day(days[0].day)} to {_day(end)}: {number(posts, 'answer')} to"
        f" prompts and {number(replies, 'response')} to classmates. The busiest {unit}"
        f" {'began on' if by_week else 'was'} {_day(busiest[0])}, with"
        f" {number(busiest[2] + busiest[3], 'message')}.",
        _spec(
            f"Activity by {unit}",
            values,
            {
                "mark": {"type": "bar", "x2Offset": -1 if len(spans) < 100 else 0},
                "encoding": {
                    "x": {"field": "first", **when},
                    "x2": {"field": "end"},
                    "y": {"field": "from", **height},
                    "y2": {"field": "to"},
                    "color": _two_colours("kind", *KINDS, dark=KINDS[0]),
                },
            },
            HEIGHT,
        ),
        (unit, "answers", "responses"),
        tuple((first.isoformat(), own, to) for first, _, own, to in spans),
    )


def voices(words: Sequence[int]) -> Drawing | None:
    """The words of each student, least first, without names."""
    if not sum(words):
        return None
    silent, half = sum(w == 0 for w in words), _upper_half(words)
    values = [{"place": place, "words": count} for place, count in enumerate(words, 1)]
    title = f"Voices: words of each of {number(len(words), 'student')}, least first"
    return Drawing(
        "voices",
        "Voices",
        f"Voices: the words of {number(len(words), 'student')}, least first, without names, from"
        f" {words[0]} to {words[-1]}. {number(silent, 'student')} wrote none. Half of all words"
        f" come from {number(half, 'student')}.",
        _spec(title, values, _strip(len(words)), 150),
        ("place", "words"),
        tuple(enumerate(words, 1)),
    )


def _strip(count: int) -> Mapping[str, Any]:
    """Bars side by side, and a dot for whoever wrote nothing."""
    gap = 0.2 if count <= 100 else 0
    place = {"field": "place", "type": "ordinal", "axis": None, "scale": {"paddingInner": gap}}
    axis = {"tickMinStep": 1, "tickCount": 5}
    dot = {"type": "point", "size": 16 if count <= 100 else 2, "color": SOFT, "yOffset": -5}
    return {
        "layer": [
            {
                "mark": {"type": "bar", "color": HUE},
                "encoding": {
                    "x": place,
                    "y": {"field": "words", "type": "quantitative", "title": "words", "axis": axis},
                },
            },
            {
                "transform": [{"filter": "datum.words === 0"}],
                "mark": dot,
                "encoding": {"x": place, "y": {"datum": 0}},
            },
        ]
    }


def sides(counts: Sequence[SideCount]) -> Drawing | None:
    """How many held each side at first and in the end."""
    if not counts:
        return None
    shown = counts[-SIDES_MOST:]
    values = [
        {"row": row, "label": f"{c.discussion} {_short(c.side)}", "when": when, "people": people}
        for row, c in enumerate(shown)
        for when, people in zip(WHEN, (c.first, c.last), strict=True)
    ]
    said = "; ".join(
        f"{c.discussion} {_short(c.side)}: {c.first} at first, {c.last} in the end" for c in shown
    )
    return Drawing(
        "sides",
        "Sides before and after",
        f"Sides before and after, where at least five took one. {said}.",
        _spec("Sides before and after", values, _pairs(), {"step": 17}),
        ("discussion", "side", *WHEN),
        tuple((c.discussion, c.side, c.first, c.last) for c in counts),
    )


def _pairs() -> Mapping[str, Any]:
    """Two bars for each row, with their figures after them and the row's label above."""
    padding = {"paddingInner": 0.45, "paddingOuter": 0.5}
    rows = {"field": "row", "type": "ordinal", "axis": None, "scale": padding}
    bars = {
        "y": rows,
        "yOffset": {"field": "when", "sort": list(WHEN)},
        "x": {
            "field": "people", "type": "quantitative", "title": "people",
            "axis": {"tickMinStep": 1},
        },
    }  # fmt: skip
    words = {"type": "text", "align": "left", "color": INK, "fontSize": 12}
    label = {"y": {**rows, "bandPosition": 0}, "x": {"value": 0}, "text": {"field": "label"}}
    colour = _two_colours("when", *WHEN, dark=WHEN[1])
    return {
        "layer": [
            {
                "mark": {"type": "bar", "height": {"band": 0.85}},
                "encoding": {**bars, "color": colour},
            },
            {"mark": {**words, "dx": 4}, "encoding": {**bars, "text": {"field": "people"}}},
            {
                "transform": [{"filter": f"datum.when === '{WHEN[0]}'"}],
                "mark": {**words, "dy": -10, "limit": WIDTH},
                "encoding": label,
            },
        ]
    }


def _answers(drawn: network.Drawn | None) -> Drawing | None:
    if drawn is None:
        return None
    spec = _spec(drawn.title, [], drawn.layers, drawn.height)
    head = ("who", "whom", "responses")
    return Drawing("answers", "Who answers whom", drawn.alt, spec, head, drawn.rows)


def _spec(title: str, values: list[Any], drawn: Mapping[str, Any], height: Any) -> dict[str, Any]:
    return {
        "$schema": SCHEMA,
        "title": title,
        "width": WIDTH,
        "height": height,
        "data": {"values": values},
        "config": dict(CONFIG),
        **drawn,
    }


def _two_colours(field: str, first: str, last: str, dark: str) -> dict[str, Any]:
    colours = [HUE, PALE] if dark == first else [PALE, HUE]
    return {
        "field": field,
        "type": "nominal",
        "scale": {"domain": [first, last], "range": colours},
        "legend": {"direction": "horizontal"},
    }


def _stacked(first: date, days: int, posts: int, replies: int) -> list[dict[str, Any]]:
    begun = {"first": first.isoformat(), "end": _after(first, days)}
    both = ((KINDS[0], 0, posts), (KINDS[1], posts, posts + replies))
    return [
        {**begun, "kind": kind, "from": low, "to": high} for kind, low, high in both if high > low
    ]


def _weeks(days: Sequence[Day]) -> list[tuple[date, int, int, int]]:
    """Of each week, from its Monday: its first day, how long it is, answers and responses."""
    sums: dict[date, list[int]] = {}
    for day in days:
        monday = date.fromordinal(max(1, day.day.toordinal() - day.day.weekday()))
        week = sums.setdefault(monday, [0, 0])
        week[0] += day.posts
        week[1] += day.replies
    return [(monday, 7, posts, replies) for monday, (posts, replies) in sums.items()]


def _date_axis(days: Sequence[Day]) -> dict[str, Any]:
    """Marks in the middle of days, at most seven; or at the beginnings of months."""
    plain = {"labelOverlap": True, "grid": False}
    if len(days) > DAYS_MOST:
        return {**plain, "format": "%b %Y", "tickCount": "month"}
    step = -(-len(days) // 7)
    marked = [{"year": d.day.year, "month": d.day.month, "date": d.day.day, "hours": 12,
               "utc": True} for d in days[::step]]  # fmt: skip
    return {**plain, "format": "%-d %b", "values": marked}


def _after(first: date, days: int) -> str:
    return date.fromordinal(min(first.toordinal() + days, date.max.toordinal())).isoformat()


def _upper_half(words: Sequence[int]) -> int:
    """How many, of those who wrote most, wrote half of all."""
    whole, so_far = sum(words), 0
    for count, own in enumerate(reversed(words), 1):
        so_far += own
        if 2 * so_far >= whole:
            return count
    return len(words)


def _day(day: date) -> str:
    return f"{day.day} {day:%B} {day.year}"


def _short(label: str, most: int = 60) -> str:
    return label if len(label) <= most else f"{label[: most - 1]}…"
