"""The columns of Moodle's forum report, read as a spreadsheet would."""

import csv
import io

from bot.reports.moodle_summary import to_moodle_summary
from tests.reports import made


def test_everybody_has_a_row_also_who_wrote_nothing() -> None:
    file = to_moodle_summary(made.a_report(), "participation")
    assert file.name == "participation-moodle.csv"
    text = io.StringIO(file.content.decode("utf-8-sig"), newline="")
    head, silent, odd, *rest = csv.reader(text, dialect=csv.excel)
    assert head == [
        "Name", "Number of discussions posted", "Number of replies posted",
        "Number of attachments", "Number of views", "Word count", "Character count",
        "Earliest post", "Most recent post",
    ]  # fmt: skip
    assert silent == ["Ada Pitlamp", "0", "0", "0", "", "0", "0", "-", "-"]
    assert odd == [
        "'=HYPERLINK(1)", "1", "2", "0", "", "110", "0", "2026-09-07 05:30", "2026-11-01 01:30",
    ]  # fmt: skip
    assert len(rest) == len(made.NAMES) - 2
