"""The pictures of a report: what is drawn is what the figures say, and is said in words too."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from bot.core.report_model import Day, Edge, Series, SideCount
from bot.reports import drawings, network, vega
from bot.reports.charts import installed
from bot.reports.drawings import Drawing
from tests.reports import made

EDGES = list(made.SERIES.edges)
DRAWN = {drawing.key: drawing for drawing in drawings.of(made.a_report())}


def values(drawing: Drawing) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = drawing.spec["data"]["values"]
    return found


def marks(drawing: Drawing, kind: str) -> int:
    """How many marks of a kind the picture really has."""
    (svg,) = vega.to_svg([drawing.spec])
    groups = re.findall(rf'<g class="mark-{kind} role-mark[^"]*"[^>]*>(.*?)</g>', svg, re.DOTALL)
    return sum(len(re.findall(r"<(?:path|line|text)\b", group)) for group in groups)


def test_all_four_are_drawn_in_their_order() -> None:
    assert list(DRAWN) == ["activity", "voices", "answers", "sides"]


def test_nothing_is_drawn_of_nothing() -> None:
    assert drawings.of(made.empty_report()) == ()
    quiet = Series(days=(Day(date(2026, 9, 7), 0, 0),), voices=(0, 0))
    assert drawings.of(made.a_report(series=quiet)) == ()


def test_activity_is_the_days_own_figures_one_upon_the_other() -> None:
    heights: dict[tuple[str, str], int] = {}
    for bar in values(DRAWN["activity"]):
        heights[bar["first"], bar["kind"]] = bar["to"] - bar["from"]
        assert bar["end"] == (date.fromisoformat(bar["first"]) + timedelta(days=1)).isoformat()
    for day in made.SERIES.days:
        own = day.day.isoformat()
        assert heights.get((own, "answers to prompts"), 0) == day.posts
        assert heights.get((own, "responses to classmates"), 0) == day.replies
    assert marks(DRAWN["activity"], "rect") == len(heights)
    assert DRAWN["activity"].rows[1] == ("2026-09-08", 1, 1)
    assert "21 answers to prompts and 42 responses" in DRAWN["activity"].alt


def test_of_many_days_the_weeks_are_drawn_and_nothing_is_lost() -> None:
    days = made.a_large_class(5).days
    drawn = drawings.activity(days)
    assert drawn is not None
    assert drawn.title == "Activity by week"
    assert {date.fromisoformat(bar["first"]).weekday() for bar in values(drawn)} == {0}
    whole = sum(bar["to"] - bar["from"] for bar in values(drawn))
    assert whole == sum(day.posts + day.replies for day in days)


def test_voices_are_in_order_and_without_names() -> None:
    drawn = DRAWN["voices"]
    assert [bar["words"] for bar in values(drawn)] == list(made.SERIES.voices)
    assert marks(drawn, "rect") == len(made.SERIES.voices)
    assert marks(drawn, "symbol") == 2, "who wrote nothing is a dot"
    assert not any(name in str(drawn) for name in made.NAMES)
    assert "2 students wrote none. Half of all words come from 1 student." in drawn.alt


def test_an_arrow_for_each_pair_as_wide_as_its_responses() -> None:
    lines, heads, nodes, *_ = DRAWN["answers"].spec["layer"]
    widths = {p["edge"]: (p["responses"], p["width"]) for p in lines["data"]["values"]}
    assert {e: r for e, (r, _) in widths.items()} == {
        f"{e.giver}-{e.taker}": e.responses for e in EDGES
    }
    ordered = [width for _, width in sorted(widths.values())]
    assert ordered == sorted(ordered)
    assert len(heads["data"]["values"]) == len(EDGES)
    assert [n["linked"] for n in nodes["data"]["values"]].count(False) == 2
    assert marks(DRAWN["answers"], "line") == len(EDGES)
    assert marks(DRAWN["answers"], "symbol") == len(EDGES) + len(made.NAMES)
    assert DRAWN["answers"].rows[0] == ("=HYPERLINK(1)", "Zoë Ünsal-Straße", 3)


def test_an_arrow_begins_at_one_and_ends_just_before_the_other() -> None:
    names = [f"S{n}" for n in range(25)]
    edges = [Edge(a, b, 1) for a in range(25) for b in range(25) if a != b]
    drawn = network.draw(names, edges)
    assert drawn is not None
    nodes = drawn.layers["layer"][2]["data"]["values"]
    curves: dict[str, list[Any]] = {}
    for point in drawn.layers["layer"][0]["data"]["values"]:
        curves.setdefault(point["edge"], []).append(point)
    for edge in edges:
        points = curves[f"{edge.giver}-{edge.taker}"]
        begin, end = points[0], points[-1]
        giver, taker = nodes[edge.giver], nodes[edge.taker]
        assert (begin["x"], begin["y"]) == (giver["x"], giver["y"])
        apart = ((end["x"] - taker["x"]) ** 2 + (end["y"] - taker["y"]) ** 2) ** 0.5
        assert 8 < apart < 14


@pytest.mark.parametrize(("count", "kind"), [(26, "rect"), (60, "rect"), (61, "symbol")])
def test_more_students_are_a_matrix(count: int, kind: str) -> None:
    series = made.a_large_class(count)
    drawn = drawings.of(made.a_report([f"S{n}" for n in range(count)], (), series))[2]
    squares = drawn.spec["layer"][1]["data"]["values"]
    assert [(s["giver"], s["taker"], s["responses"]) for s in squares] == [
        (e.giver, e.taker, e.responses) for e in series.edges
    ]
    frame = 1 if kind == "rect" else 0
    assert marks(drawn, kind) == len(list(series.edges)) + frame
    assert marks(drawn, "text") == (2 * count if count <= network.NAMED_MOST else 0)


def test_more_pairs_than_anybody_could_see_are_not_drawn() -> None:
    names = [f"S{n}" for n in range(100)]
    every = (Edge(n // 100, n % 100, 1) for n in range(10_000))
    assert network.draw(names, every) is None


def test_sides_are_counted_at_first_and_in_the_end() -> None:
    found = {(bar["label"], bar["when"]): bar["people"] for bar in values(DRAWN["sides"])}
    assert found == {
        ("D1 The kulaks were right", "at first"): 6,
        ("D1 The kulaks were right", "in the end"): 3,
        ("D1 The shock workers were right", "at first"): 2,
        ("D1 The shock workers were right", "in the end"): 5,
    }
    assert marks(DRAWN["sides"], "rect") == 4


def test_the_latest_sides_are_drawn_and_all_stand_in_the_table() -> None:
    counts = tuple(SideCount(f"D{n}", "For", n, n) for n in range(1, 31))
    drawn = drawings.sides(counts)
    assert drawn is not None
    assert (len(values(drawn)), len(drawn.rows)) == (2 * drawings.SIDES_MOST, 30)
    assert values(drawn)[-1]["label"] == "D30 For"


def test_the_same_figures_are_the_same_picture() -> None:
    assert drawings.of(made.a_report()) == drawings.of(made.a_report())


def test_what_people_typed_is_only_text_in_a_page() -> None:
    names = ["<b>\"'+datum+\\", '" fill="#2b2622"', "a\nb"]
    drawn = drawings.of(made.a_report(names, (), Series(edges=(Edge(0, 1, 1),))))
    (svg,) = vega.to_svg([drawn[0].spec])
    assert "<b>" not in svg
    assert "&lt;b&gt;" in svg
    assert "var(--ink)" in svg


def test_a_chat_gets_them_as_png_with_words() -> None:
    charts = installed()
    assert charts is not None
    found = charts.of_report(made.a_report(), 2)
    assert [one.png[:4] for one in found] == [b"\x89PNG", b"\x89PNG"]
    assert [one.alt.partition(":")[0].partition(",")[0] for one in found] == [
        "Activity by day", "Voices",
    ]  # fmt: skip


@pytest.mark.parametrize("first", [date.min, date(2026, 9, 7), date.max])
def test_a_single_day_is_drawn_wherever_it_is(first: date) -> None:
    drawn = drawings.activity((Day(first, 1, 0),))
    assert drawn is not None
    assert vega.to_png([drawn.spec])[0].startswith(b"\x89PNG")
