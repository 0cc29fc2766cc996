"""/participation definitions: what every figure means, as exports say it too."""

from bot.core import report_columns
from bot.core.cards import Bold, Card, Table, spans
from bot.core.dispatch import Call
from storage import grading


async def definitions(call: Call) -> Card:
    """/participation definitions: what each figure means."""
    async with call.services.database.read() as db:
        graded = await grading.rule_of(db, call.course.id) is not None
    rows = tuple(
        (spans(Bold(one.name)), spans(one.sentence))
        for one in report_columns.definitions(graded=graded)
    )
    return Card(
        "What the figures mean",
        (Table(("Figure", "Meaning"), rows, frozenset()),),
        f"Definitions, version {report_columns.VERSION}.",
    )
