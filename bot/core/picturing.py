"""/participation picture: the class in pictures, with what each shows in words."""

import base64
import logging

from bot.core.cards import Block, Card, Image, Moment, text
from bot.core.course_report import of_report
from bot.core.dispatch import Call
from bot.core.ports import Picture
from bot.core.report_model import Report

log = logging.getLogger(__name__)

MOST = 4
ALT = 1_000
"""Characters of a picture's words (Discord takes 1,024)."""


async def picture(call: Call) -> Card:
    """Activity by day, voices without names, who answers whom, sides before and after: whichever
    have something to show."""
    charts = call.services.charts
    if charts is None:
        said = "Pictures can't be drawn here: whoever runs the bot can install the extra “charts”."
        return Card(blocks=(text(said, " /participation class says it in figures."),))

    def draw(report: Report, _roster: object) -> tuple[Picture, ...] | None:
        try:
            return charts.of_report(report, MOST)
        except ValueError as problem:
            log.warning("a picture could not be drawn", exc_info=problem)
            return None

    drawn = await of_report(call.services, call.course, call.now, draw)
    if drawn is None:
        said = "The pictures could not be drawn, and whoever runs the bot finds out why in its log."
        return Card(blocks=(text(said, " /participation class says it in figures."),))
    blocks: list[Block] = [Image(_address(one.png), _alt(one.alt)) for one in drawn]
    if not blocks:
        blocks.append(text("There is nothing to draw yet: /participation class has what there is."))
    blocks.append(text("As of ", Moment(call.now, call.course.zone), "."))
    return Card(f"{call.course.title}: participation in pictures", tuple(blocks))


def _address(png: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(png).decode('ascii')}"


def _alt(words: str) -> str:
    return words if len(words) <= ALT else f"{words[: ALT - 1]}…"
