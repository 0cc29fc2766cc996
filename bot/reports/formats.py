"""Every kind of file that a report can be had as, by the name that people give."""

from collections.abc import Mapping

from bot.core.ports import Exporter, GradeExporter
from bot.reports import grade_files
from bot.reports.csv_file import to_csv
from bot.reports.html_file import to_html
from bot.reports.json_file import to_json
from bot.reports.moodle_summary import to_moodle_summary
from bot.reports.xapi import Xapi
from bot.reports.xlsx_file import to_xlsx


def exporters(home: str) -> Mapping[str, Exporter]:
    """`home` is the address under which xAPI statements name this installation."""
    return {
        "csv": to_csv,
        "xlsx": to_xlsx,
        "html": to_html,
        "json": to_json,
        "moodle": to_moodle_summary,
        "xapi": Xapi(home),
    }


def grade_exporters() -> Mapping[str, GradeExporter]:
    """Every kind of file that grades can be had as."""
    return {"canvas": grade_files.to_canvas, "moodle": grade_files.to_moodle}
