"""Pictures: the specification says what is to be drawn, and the library draws it."""

from datetime import date

import pytest

from bot.core.ports import Timeline, TimelineEntry
from bot.reports import charts
from bot.reports.charts import installed, timeline_spec

DAY = TimelineEntry("F8 A record", "31 August 1935", date(1935, 8, 31), date(1935, 8, 31))
YEAR = TimelineEntry("F6 Two shares", "1929", date(1929, 1, 1), date(1929, 12, 31))
NEXT = TimelineEntry("F6 Two shares", "1930", date(1930, 1, 1), date(1930, 12, 31))


def test_days_are_dots_and_years_are_bars_up_to_their_end() -> None:
    values = timeline_spec(Timeline("Coal", (YEAR, NEXT, DAY)))["data"]["values"]
    assert [value["span"] for value in values] == [True, True, False]
    assert (values[0]["first"], values[0]["end"]) == ("1929-01-01", "1930-01-01")


def test_one_label_has_one_row_and_rows_keep_their_order() -> None:
    values = timeline_spec(Timeline("Coal", (YEAR, NEXT, DAY)))["data"]["values"]
    rows = [value["row"] for value in values]
    assert rows[0] == rows[1]
    assert sorted(rows) == rows
    assert [value["label"] for value in values] == ["F6 Two shares", "", "F8 A record"]


def test_what_happened_within_two_years_has_ticks_at_months() -> None:
    spec = timeline_spec(Timeline("Coal", (DAY,)))
    assert spec["layer"][0]["encoding"]["x"]["axis"]["format"] == "%b %Y"


def test_ticks_stand_at_round_years_and_are_few() -> None:
    early = TimelineEntry("F1 A war", "1763", date(1763, 2, 10), date(1763, 2, 10))
    axis = timeline_spec(Timeline("Two centuries", (early, DAY)))["layer"][0]["encoding"]["x"][
        "axis"
    ]
    assert axis["tickCount"] == {"interval": "year", "step": 10}


def test_a_title_that_looks_like_markup_or_an_expression_is_only_text() -> None:
    odd = TimelineEntry("<b>'+datum+\"\\ 日本", "1929", date(1929, 1, 1), date(1929, 12, 31))
    drawn = installed()
    assert drawn is not None
    assert drawn.timeline(Timeline("<script>", (odd,))).startswith(b"\x89PNG")


def test_the_first_and_the_last_day_that_there_are() -> None:
    drawn = installed()
    assert drawn is not None
    ends = TimelineEntry("F1 Ever", "always", date.min, date.max)
    assert drawn.timeline(Timeline("Ever", (ends,))).startswith(b"\x89PNG")


def test_without_the_library_there_are_no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(charts, "find_spec", lambda name: None)
    assert installed() is None
