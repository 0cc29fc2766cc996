"""A million messages need no room: files are written while the rows are read."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from weakref import WeakSet

import pytest

from bot.core.ports import Exporter
from bot.core.report_model import Again, Row
from bot.reports.csv_file import sheet_to_csv
from bot.reports.json_file import to_json
from bot.reports.xapi import Xapi
from bot.reports.xlsx_file import to_xlsx
from tests.reports import made

EXPORTERS: dict[str, Exporter] = {
    "csv": lambda report, name: sheet_to_csv(report.replies, name),
    "json": to_json,
    "xlsx": to_xlsx,
    "xapi": Xapi("https://bot.example"),
}
FEW = 10
"""Rows that may be held at once."""


class Word(str):
    """A text of which one can see whether anybody still holds it."""


@dataclass
class Watched:
    """Messages, with the most of them that were held at once."""

    count: int
    most: int = 0
    alive: WeakSet[Word] = field(default_factory=WeakSet)

    def rows(self) -> Iterator[Row]:
        for n in range(self.count):
            word = Word(f"channel {n}")
            self.alive.add(word)
            self.most = max(self.most, len(self.alive))
            yield made.message(n, channel=word)


def written(name: str, count: int) -> Watched:
    watched = Watched(count)
    sheet = replace(made.many(count), rows=Again(watched.rows))
    file = EXPORTERS[name](replace(made.a_report(), replies=sheet), "x")
    assert len(file.content) > 1_000
    return watched


@pytest.mark.parametrize("name", EXPORTERS)
def test_no_row_is_held_once_it_is_written(name: str) -> None:
    assert 0 < written(name, 300).most < FEW


@pytest.mark.soak
@pytest.mark.parametrize("name", EXPORTERS)
def test_a_million_messages(name: str) -> None:
    assert 0 < written(name, 1_000_000).most < FEW
