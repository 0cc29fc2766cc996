"""Who answers whom: up to 25 students on a circle, in the order of their names, with an arrow for
each pair; more of them as a matrix. The places depend on nothing but the order."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from bot.core.cards import number
from bot.core.report_model import Cell, Edge, Report
from bot.reports.vega import HUE, INK, PALE, SOFT, WIDTH

CIRCLE_MOST = 25
NAMED_MOST = 60
"""Of more students than these no name could be read in a picture."""
PAIRS_MOST = 5_000
"""Of more pairs neither a picture nor the table behind it could be read."""

HEIGHT = 430
RADIUS = 118.0
STEPS = 14
"""Pieces of which a curve is made."""
BEND = 0.2
"""How far a curve leans to its own right, so that both ways between two can be seen."""
SHORT = 9.0
"""Pixels by which an arrow ends before whom it points at."""
NAME = 18
"""Characters of a name that fit beside the circle."""
FEW, MANY, PAPER = "#ecd3b2", "#7a3f0c", "#fffdfa"
"""Of a matrix: from few to many in one hue, on a light ground of its own wherever it stands."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """`layers` go into a specification of WIDTH by `height`."""

    title: str
    layers: Mapping[str, Any]
    height: int
    alt: str
    rows: tuple[tuple[Cell, ...], ...]


def names_of(report: Report) -> list[str]:
    """What each student is called, in the order of their rows."""
    place = report.students.names.index("name")
    return [str(row[place] or "") for row in report.students.rows]


def draw(names: Sequence[str], edges: Iterable[Edge]) -> Drawn | None:
    """None where nobody answered anybody, or there are too many pairs to be seen."""
    found = islice(edges, PAIRS_MOST + 1)
    ordered = sorted(found, key=lambda e: (e.giver, e.taker))
    if not 0 < len(ordered) <= PAIRS_MOST:
        return None
    round_ = len(names) <= CIRCLE_MOST
    layers, height = _circle(names, ordered) if round_ else _matrix(names, ordered)
    rows = tuple((names[e.giver], names[e.taker], e.responses) for e in ordered)
    title = "Who answers whom" if round_ else "Who answers (down) whom (across)"
    return Drawn(title, layers, height, _alt(names, ordered), rows)


def _alt(names: Sequence[str], edges: Sequence[Edge]) -> str:
    pairs = {(e.giver, e.taker) for e in edges}
    mutual = sum((taker, giver) in pairs for giver, taker in pairs if giver < taker)
    apart = len(names) - len({place for pair in pairs for place in pair})
    return (
        f"Who answers whom: {number(sum(e.responses for e in edges), 'response')} between"
        f" {number(len(names), 'student')}; {number(mutual, 'pair')} answered each other;"
        f" {number(apart, 'student')} neither answered nor was answered."
    )


def _circle(names: Sequence[str], edges: Sequence[Edge]) -> tuple[Mapping[str, Any], int]:
    most = max(e.responses for e in edges)
    linked = {place for e in edges for place in (e.giver, e.taker)}
    nodes = [_node(place, name, len(names), place in linked) for place, name in enumerate(names)]
    curves = [point for e in edges for point in _curve(e, len(names), most)]
    heads = [_head(e, len(names)) for e in edges]
    left, right = "datum.left", "!datum.left"
    return {
        "layer": [
            {
                "data": {"values": curves},
                "mark": {"type": "line", "color": HUE, "strokeCap": "round", "opacity": 0.5},
                "encoding": {
                    **_at(),
                    "detail": {"field": "edge"},
                    "order": {"field": "step", "type": "quantitative"},
                    "strokeWidth": {"field": "width", "type": "quantitative", "scale": None},
                },
            },
            {
                "data": {"values": heads},
                "mark": {"type": "point", "shape": "triangle-up", "filled": True, "color": HUE,
                         "size": 45, "opacity": 1},
                "encoding": {
                    **_at(), "angle": {"field": "angle", "type": "quantitative", "scale": None},
                },
            },
            {
                "data": {"values": nodes},
                "mark": {"type": "point", "filled": True, "size": 55, "opacity": 1,
                         "stroke": INK, "strokeWidth": 1},
                "encoding": {
                    **_at(),
                    "fill": {"condition": {"test": "datum.linked", "value": PALE},
                             "value": "transparent"},
                },
            },
            _labels(nodes, left, "right"),
            _labels(nodes, right, "left"),
        ]
    }, HEIGHT  # fmt: skip


def _labels(nodes: Sequence[Mapping[str, Any]], test: str, align: str) -> Mapping[str, Any]:
    return {
        "data": {"values": nodes},
        "transform": [{"filter": test}],
        "mark": {"type": "text", "align": align, "baseline": "middle", "color": INK,
                 "fontSize": 12},
        "encoding": {
            **_at("label_x", "label_y"),
            "text": {"field": "label"},
            "angle": {"field": "turn", "type": "quantitative", "scale": None},
        },
    }  # fmt: skip


def _at(x: str = "x", y: str = "y") -> dict[str, Any]:
    """Places in pixels from the middle, downwards."""

    def axis(field: str, whole: float) -> dict[str, Any]:
        scale = {"domain": [-whole / 2, whole / 2], "nice": False, "zero": False}
        return {"field": field, "type": "quantitative", "axis": None, "scale": scale}

    down = axis(y, HEIGHT)
    return {"x": axis(x, WIDTH), "y": {**down, "scale": {**down["scale"], "reverse": True}}}


def _point(place: int, count: int, radius: float = RADIUS) -> tuple[float, float]:
    turn = 2 * math.pi * place / count - math.pi / 2
    return radius * math.cos(turn), radius * math.sin(turn)


def _node(place: int, name: str, count: int, linked: bool) -> dict[str, Any]:
    x, y = _point(place, count)
    label_x, label_y = _point(place, count, RADIUS + 12)
    turn = math.degrees(math.atan2(y, x))
    left = abs(turn) > 90.01
    return {
        "label": _cut(name), "x": round(x, 2), "y": round(y, 2), "linked": linked,
        "label_x": round(label_x, 2), "label_y": round(label_y, 2),
        "left": left, "turn": round(turn + 180 if left else turn, 2),
    }  # fmt: skip


def _bent(edge: Edge, count: int, along: float) -> tuple[float, float]:
    """A point of the edge's curve, `along` from 0 (who answers) to 1 (whom)."""
    (x0, y0), (x2, y2) = _point(edge.giver, count), _point(edge.taker, count)
    # The middle is drawn inwards, and to the right as one goes.
    x1 = 0.35 * (x0 + x2) - BEND * (y2 - y0)
    y1 = 0.35 * (y0 + y2) + BEND * (x2 - x0)
    a, b, c = (1 - along) ** 2, 2 * along * (1 - along), along**2
    return a * x0 + b * x1 + c * x2, a * y0 + b * y1 + c * y2


def _end(edge: Edge, count: int) -> float:
    """Where along its curve an arrow ends: short of whom it points at."""
    x, y = _point(edge.taker, count)
    back = (step / 200 for step in range(200, 100, -1))
    return next((t for t in back if math.dist(_bent(edge, count, t), (x, y)) >= SHORT), 0.5)


def _curve(edge: Edge, count: int, most: int) -> list[dict[str, Any]]:
    width = round(1 + 3.5 * math.sqrt((edge.responses - 1) / max(1, most - 1)), 2)
    end = _end(edge, count)
    points = (_bent(edge, count, step / STEPS * end) for step in range(STEPS + 1))
    return [
        {"edge": f"{edge.giver}-{edge.taker}", "step": step, "x": round(x, 2), "y": round(y, 2),
         "width": width, "responses": edge.responses}
        for step, (x, y) in enumerate(points)
    ]  # fmt: skip


def _head(edge: Edge, count: int) -> dict[str, Any]:
    """The arrow's head, turned as the curve ends."""
    end = _end(edge, count)
    x, y = _bent(edge, count, end)
    before_x, before_y = _bent(edge, count, end - 0.05)
    turn = math.degrees(math.atan2(y - before_y, x - before_x)) + 90
    return {"x": round(x, 2), "y": round(y, 2), "angle": round(turn, 2)}


def _matrix(names: Sequence[str], edges: Sequence[Edge]) -> tuple[Mapping[str, Any], int]:
    """Who answers down, whom across; darker is more."""
    named = len(names) <= NAMED_MOST
    size = WIDTH - (100 if named else 20)
    scale = {"domain": list(range(len(names))), "paddingInner": 0.08 if named else 0}
    place = {"type": "ordinal", "axis": None, "scale": scale}
    values = [{"giver": e.giver, "taker": e.taker, "responses": e.responses} for e in edges]
    colour = {
        "field": "responses", "type": "quantitative",
        "scale": {"range": [FEW, MANY], "domain": [1, max(2, *(e.responses for e in edges))]},
        "legend": {"orient": "bottom", "direction": "horizontal", "title": "responses",
                   "titleFontWeight": "normal", "titleColor": INK, "format": "d",
                   "tickMinStep": 1, "gradientLength": 180},
    }  # fmt: skip
    squares: dict[str, Any] = {
        "data": {"values": values},
        "mark": {"type": "rect"} if named else {"type": "square", "size": 12, "opacity": 1},
        "encoding": {
            "y": {"field": "giver", **place}, "x": {"field": "taker", **place}, "color": colour,
        },
    }  # fmt: skip
    frame = {"mark": {"type": "rect", "fill": PAPER, "stroke": SOFT}, "data": {"values": [{}]}}
    layers: list[Mapping[str, Any]] = [frame, squares]
    if named:
        labels = [{"place": n, "label": _cut(name)} for n, name in enumerate(names)]
        text = {"type": "text", "color": INK, "baseline": "middle",
                "fontSize": min(11, size / len(names))}  # fmt: skip
        down = {"y": {"field": "place", **place}, "x": {"value": -4}}
        across = {"x": {"field": "place", **place}, "y": {"value": -4}}
        layers += [
            {"data": {"values": labels}, "mark": {**text, **turned},
             "encoding": {**where, "text": {"field": "label"}}}
            for where, turned in ((down, {"align": "right"}), (across, {"align": "left",
                                                                      "angle": -90}))
        ]  # fmt: skip
    return {"layer": layers, "width": size}, size


def _cut(name: str) -> str:
    return name if len(name) <= NAME else f"{name[: NAME - 1]}…"
