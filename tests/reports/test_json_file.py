"""The report as JSON, held against its schema."""

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bot.core.report_model import Report
from bot.reports.json_file import to_json
from tests.reports import made

SCHEMA = json.loads((Path(__file__).parent / "report.schema.json").read_text("utf-8"))


def read(report: Report) -> Any:
    return json.loads(to_json(report, "participation").content)


@pytest.mark.parametrize("report", [made.a_report(), made.empty_report()], ids=["full", "empty"])
def test_it_has_the_shape_that_is_promised(report: Report) -> None:
    jsonschema.Draft202012Validator(SCHEMA).validate(read(report))


def test_everything_of_the_report_is_in_it() -> None:
    report = made.a_report()
    found = read(report)
    for sheet in (report.students, report.discussions, report.replies):
        table = found[sheet.name]
        assert table["count"] == len(table["rows"]) == sheet.count
        assert [c["name"] for c in table["columns"]] == list(sheet.names)
        for row, ours in zip(table["rows"], sheet.rows, strict=True):
            assert list(row) == list(sheet.names)
            for value, cell in zip(row.values(), ours, strict=True):
                if isinstance(cell, datetime):
                    again = datetime.fromisoformat(value)
                    assert abs((again - cell).total_seconds()) < 0.001
                    assert again.utcoffset() == cell.utcoffset()
                else:
                    assert value == cell
    assert found["as_of"] == "2026-11-02T10:00:00.000-05:00"
    assert found["series"]["voices"] == list(report.series.voices)
    assert len(found["definitions"]) == len(report.definitions)


def test_what_is_no_number_is_null() -> None:
    report = made.a_report()
    figure = replace(report.class_figures[0], value=float("inf"))
    assert read(replace(report, class_figures=(figure,)))["class_figures"][0]["value"] is None
